import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { sql } from "kysely";
import { seededRng } from "../core/rng.ts";
import type { CustomerId } from "../core/ids.ts";
import { SURETY, type Store } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { addInvoices } from "../receivables/testing-ledger.ts";
import { liveOn, type Told } from "./testing-child.ts";
import { testDesk } from "./testing-desk.ts";

/** The evaluation killed with kill -9 at random moments, day after day: what it leaves is what an unbroken life leaves. */

const KILLS = Number(process.env["SURETY_KILLS"] ?? 12);
const ACCOUNTS = 25;
const FIRST = "2026-03-10";
const LAST = "2026-04-10";

const killed = await testStore();
const whole = await testStore();
const folder = mkdtempSync(join(tmpdir(), "surety-kill-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const days: string[] = [];
for (
  let day = Temporal.PlainDate.from(FIRST);
  Temporal.PlainDate.compare(day, Temporal.PlainDate.from(LAST)) <= 0;
  day = day.add({ days: 1 })
)
  if (day.dayOfWeek < 6) days.push(day.toString());

/** Accounts that reach every step of the ladder on other days. */
async function prepare(store: Store): Promise<Told["accounts"]> {
  await sql`create table test_proposal (id text primary key, number bigint generated always as identity, kind text not null, target text not null, at timestamptz not null, unique (kind, target))`.execute(
    store.db,
  );
  const desk = testDesk(store, { from: "2026-03-01T08:00:00Z", folder });
  const accounts = Array.from({ length: ACCOUNTS }, (_, n) => ({
    id: randomUUID() as CustomerId,
    subscriptionId: randomUUID(),
    n,
  }));
  await store.inTransaction(async (tx) => {
    for (const { id, n } of accounts) {
      const due = Temporal.PlainDate.from("2026-02-16").add({ days: n });
      await addInvoices(tx, [
        { customerId: id, number: `F-${n}`, amount: 500_000n, issued: "2026-01-15", due: due.toString() },
      ]);
      const now = Temporal.Instant.from("2026-03-01T08:00:00Z");
      await desk.letters.addContact(tx, {
        accountId: id,
        channel: "mail",
        address: `a${n}@kund.example`,
        name: null,
        source: "person",
        actor: SURETY,
        now,
      });
    }
  });
  return accounts.map(({ id, subscriptionId }) => ({ id, subscriptionId }));
}

/** One life of the child: until it ends, or is killed after so many milliseconds of work. Gives the day it was at, undefined = done. */
function live(told: Told, killAfterMs: number | undefined): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      [new URL("testing-child.ts", import.meta.url).pathname, JSON.stringify(told)],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let at = told.days[0];
    let errors = "";
    let timer: NodeJS.Timeout | undefined;
    child.stderr.on("data", (data: Buffer) => void (errors += data.toString()));
    createInterface({ input: child.stdout }).on("line", (line) => {
      at = line;
      if (killAfterMs !== undefined) timer ??= setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    });
    // Closed, not only ended: the last day it told may still be on its way.
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") done(at);
      else if (code === 0) done(undefined);
      else fail(new Error(`the child ended with ${code}: ${errors}`));
    });
  });
}

const left = async (store: Store) => {
  const lines = async (query: ReturnType<typeof sql<{ line: string }>>) =>
    (await query.execute(store.db)).rows.map((row) => row.line);
  return {
    letters: await lines(sql<{
      line: string;
    }>`select concat_ws(' ', i.number, l.decided_on, l.step_id, l.channel, l.state) as line
      from collections_letter l join invoice i on i.customer_id::text = l.account_id::text and i.kind = 'invoice' order by 1`),
    claims: await lines(sql<{ line: string }>`select concat_ws(' ', o.number, c.kind, c.amount_minor) as line
      from invoice c join invoice o on o.invoice_id = c.of_invoice_id where c.kind <> 'invoice' order by 1`),
    effects: await lines(sql<{ line: string }>`select concat_ws(' ', i.number, e.kind, e.state, e.wanted_on) as line
      from collections_effect e join invoice i on i.customer_id::text = e.account_id and i.kind = 'invoice' order by 1`),
    proposals: await lines(sql<{ line: string }>`select concat_ws(' ', i.number, p.kind, p.name) as line
      from collections_effect_proposal p join invoice i on i.customer_id::text = p.customer_id and i.kind = 'invoice' order by 1`),
  };
};

test(
  `killed ${KILLS} times: no fee twice, no notice skipped or doubled, no proposal doubled`,
  { timeout: 600_000 },
  async () => {
    const chance = seededRng(20_260_310);
    const accounts = await prepare(killed);
    let rest: readonly string[] = days;
    for (let kill = 0; kill < KILLS && rest.length > 0; kill++) {
      const at = await live({ connection: killed.connection, folder, days: rest, accounts }, chance.int(20, 900));
      rest = at === undefined ? [] : rest.slice(rest.indexOf(at));
    }
    if (rest.length > 0)
      assert.equal(await live({ connection: killed.connection, folder, days: rest, accounts }, undefined), undefined);

    await liveOn(whole, { folder, days, accounts: await prepare(whole) }, () => {});
    const [found, expected] = [await left(killed), await left(whole)];
    assert.ok(expected.claims.length > 10 && expected.proposals.length > 5, "the days hold fees and proposals");
    for (const what of ["claims", "letters", "effects", "proposals"] as const) {
      assert.equal(new Set(found[what]).size, found[what].length, `${what}: nothing twice`);
      const differs = {
        missing: expected[what].filter((one) => !found[what].includes(one)),
        added: found[what].filter((one) => !expected[what].includes(one)),
      };
      assert.deepEqual(differs, { missing: [], added: [] }, what);
    }
  },
);
