import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { sql } from "kysely";
import type { Actor, Tx } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { undoChange, writeOff } from "./service-changes.ts";
import { drawDeposit } from "./service-deposit.ts";
import type { LedgerSettings } from "./service-money.ts";
import { openReceivables } from "./service.ts";
import { addInvoices, emptyLedger, LEDGER_CUSTOMER as CUSTOMER } from "./testing-ledger.ts";

const store = await testStore();
let chosen: LedgerSettings = {};
const deps = {
  onChanged: async () => {},
  newId: randomUUID,
  customersByIds: async () => new Map(),
  ledgerSettings: async (_tx: Tx) => chosen,
};
const karin = { kind: "person", id: "karin", name: "Karin" } as const satisfies Actor;
const on = (text: string) => ({
  actor: karin,
  now: Temporal.Instant.from(`${text}T09:00:00Z`),
  today: Temporal.PlainDate.from(text),
  reason: "agreed with the customer",
});
const sek = (minor: bigint) => ({ minor, currency: "SEK" });
/** Outstanding, unapplied and deposit at the end of a day. */
const at = async (text: string) => {
  const [open] = await openReceivables(store.db, Temporal.PlainDate.from(text));
  return [open?.outstandingMinor ?? 0n, open?.unappliedMinor ?? 0n, open?.depositsMinor ?? 0n];
};
const begin = async (): Promise<string> => {
  await emptyLedger(store.db);
  const [id] = await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-01" }]);
  await sql`insert into deposit_entry (entry_id, customer_id, system, number, kind, currency, amount_minor, day)
    values (1, ${CUSTOMER}, 'ledger', 'D1', 'paid-in', 'SEK', 80, '2026-05-02')`.execute(store.db);
  return id ?? assert.fail();
};
const draw = (invoiceId: string, minor: bigint, day = "2026-06-01") =>
  store.inTransaction((tx) => drawDeposit(tx, deps, { ...on(day), invoiceId, amount: sek(minor) }));

test("a draw pays the invoice and lowers the deposit, from its day on; undone, both are as before, from that day on", async () => {
  const id = await begin();
  const done = await draw(id, 60n);
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
  assert.deepEqual(await at("2026-05-31"), [100n, 0n, 80n]);
  assert.deepEqual(await at("2026-06-01"), [40n, 0n, 20n]);
  const undone = await store.inTransaction((tx) => undoChange(tx, deps, { ...on("2026-06-10"), changeId: done.value }));
  assert.ok(undone.ok, undone.ok ? "" : undone.error.detail);
  assert.deepEqual(await at("2026-06-09"), [40n, 0n, 20n]);
  assert.deepEqual(await at("2026-06-10"), [100n, 0n, 80n]);
  const events = await sql<{ type: string }>`select type from event order by seq`.execute(store.db);
  assert.ok(events.rows.some(({ type }) => type === "receivables.deposit-drawn"));
});

test("refused: more than is held, more than is open, nothing, another currency", async () => {
  const id = await begin();
  const code = async (minor: bigint) => {
    const done = await draw(id, minor);
    return done.ok ? "done" : done.error.code;
  };
  assert.deepEqual(
    [await code(90n), await code(101n), await code(0n)],
    ["over-deposit", "over-invoice", "amount-zero"],
  );
  const other = await store.inTransaction((tx) =>
    drawDeposit(tx, deps, { ...on("2026-06-01"), invoiceId: id, amount: { minor: 1n, currency: "EUR" } }),
  );
  assert.equal(other.ok ? "" : other.error.code, "wrong-currency");
  assert.deepEqual(await at("2026-06-01"), [100n, 0n, 80n]);
  assert.equal((await draw(id, 50n)).ok, true);
  assert.equal((await draw(id, 31n)).ok, false, "what is drawn is not there twice");
});

test("how much one person may write off alone is the desk's choice", async () => {
  const [id = ""] = await addInvoices(store.db, [{ number: "I9", amount: 50_000n, issued: "2026-05-01" }]);
  const waits = async (alone: bigint | undefined): Promise<boolean> => {
    chosen = { writeOffAlone: alone };
    const done = await store.inTransaction((tx) =>
      writeOff(tx, deps, { ...on("2026-06-01"), invoiceId: id, amount: sek(10_000n) }),
    );
    return done.ok && done.value.waits;
  };
  assert.deepEqual([await waits(99n), await waits(100n), await waits(undefined)], [true, false, false]);
});
