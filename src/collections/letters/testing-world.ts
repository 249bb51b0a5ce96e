import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { sql } from "kysely";
import type { LetterSettings } from "../../access/contract-settings.ts";
import type { CustomerId } from "../../core/ids.ts";
import { SURETY } from "../../store/contract.ts";
import type { OpenStore } from "../../store/database.ts";
import type { LettersDeps } from "./deps.ts";
import { addContact } from "./http-contacts.ts";
import { receiveMail } from "./inbound.ts";
import { queueNoticeWith } from "./service.ts";
import { letterById } from "./store.ts";
import { ask, NOW } from "./testing.ts";
import { deskLike, type World } from "./testing-desk.ts";
import type { Sink } from "./testing-server.ts";

/** A desk with letters on a test database: its clock, settings and tasks are in the test's hand. */
export const over = (sink: Sink) => ({ mail: sink.setting });
export const newAccount = () => randomUUID() as CustomerId;

export function testWorld(store: OpenStore) {
  const dataFolder = mkdtempSync(join(tmpdir(), "surety-letters-"));
  after(() => rmSync(dataFolder, { recursive: true, force: true }));

  /** An account with an address and one letter in the outbox. */
  async function queued(
    deps: World,
    { to = ["anna@kund.example"], channel = "mail" as "mail" | "sms" | "letter", accountId = newAccount() } = {},
  ) {
    const letterId = await store.inTransaction(async (tx) => {
      for (const address of to)
        await addContact(deps, tx, {
          accountId,
          channel,
          address,
          name: null,
          source: "person",
          actor: SURETY,
          now: NOW,
        });
      const spec = {
        accountId,
        items: [{ number: "10413", open: 1250000n, due: "2026-10-12" }],
        channels: [{ channel, letter: channel === "sms" ? "sms" : "suspension-notice" }],
      };
      const [told] = await queueNoticeWith(deps)(tx, ask(spec));
      assert.ok(told);
      return told.letterId;
    });
    return { accountId, letterId };
  }

  return {
    dataFolder,
    world: (settings: Partial<LetterSettings> = {}, more: Partial<LettersDeps> = {}) =>
      deskLike(store, { settings, more: { dataFolder, ...more } }),
    queued,
    stateOf: async (letterId: string) => {
      const row = await letterById(store.db, letterId);
      assert.ok(row);
      return row;
    },
    receive: (deps: World, raw: string) =>
      store.inTransaction((tx) => receiveMail(deps, tx, { raw: Buffer.from(raw), now: deps.clockAt })),
    /** What earlier tests left waiting stays where it is. */
    calm: async () => {
      await sql`update collections_letter_recipient set next_at = null where state <> 'sending'`.execute(store.db);
    },
  };
}
