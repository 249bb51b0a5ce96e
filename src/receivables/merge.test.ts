import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Actor } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { importFile } from "./import-file.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { openReceivables } from "./service.ts";
import { mergeCustomer, undoMerge } from "./service-merge.ts";
import { recordMoneyWith } from "./service-money.ts";
import { setPayer, statementOf } from "./service-statement.ts";
import { readLedger } from "./store-ledger.ts";
import { ledgerState } from "./store-merge.ts";
import { csv, testDeps } from "./testing.ts";
import { emptyLedger, LEDGER_CUSTOMER as TENANT } from "./testing-ledger.ts";

const store = await testStore();
const imports = testDeps(store, { customers: [{ id: TENANT, name: "Solvik Energi AB" }] });
const told: CustomerId[] = [];
const deps = {
  ...imports,
  newId: randomUUID,
  onChanged: async (_: unknown, ids: readonly CustomerId[]) => void told.push(...ids),
};
const karin = { kind: "person", id: "karin", name: "Karin" } as const satisfies Actor;
const today = Temporal.PlainDate.from("2026-11-17");
const who = { actor: karin, now: imports.clock.now(), today, reason: "the same company" };
const dayAt = (n: number) => Temporal.PlainDate.from("2026-06-01").add({ days: n });

type Bill = { readonly name: string; readonly issued: number; readonly amount: number };
const take = async (bills: readonly Bill[], head = "Invoice number") => {
  const rows = bills.map((one, n) => [
    `${one.name.slice(0, 1)}${n}`,
    one.name,
    dayAt(one.issued).toString(),
    dayAt(one.issued + 10).toString(),
    `${one.amount}.00`,
  ]);
  const done = await importFile(
    {
      source: { bytes: csv([head, "Customer name", "Invoice date", "Due date", "Amount"], ...rows), fileName: "x.csv" },
      mapping: { currency: "SEK", allocation: "named-then-oldest", unknownCustomers: "create" },
      actor: deps.actor,
    },
    imports,
  );
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
  return done.value;
};
const pay = async (
  customerId: CustomerId,
  number: string,
  { on, minor }: { readonly on: number; readonly minor: number },
) => {
  const row: MoneyIn = {
    customerId,
    system: "bank",
    number,
    kind: "payment",
    currency: "SEK",
    amountMinor: BigInt(minor),
    valueDate: dayAt(on),
    names: [],
  };
  const done = await store.inTransaction((tx) =>
    recordMoneyWith(deps)(tx, { rows: [row], actor: karin, now: who.now }),
  );
  assert.ok(done.ok);
};
const ledgerOnly = async (): Promise<CustomerId> => {
  const { rows } = await sql<{
    id: CustomerId;
  }>`select customer_id as id from ledger_customer order by created_at limit 1`.execute(store.db);
  return rows[0]?.id ?? assert.fail("no ledger-only customer");
};
const merge = async (from: CustomerId) => {
  const seen = await ledgerState(store.db, from);
  return store.inTransaction((tx) => mergeCustomer(tx, deps, { ...who, customerId: from, into: TENANT, seen }));
};
/** Outstanding, unapplied and deposits of a day over everybody, and what the ledger read item by item has open. */
const totalsOn = async (n: number) => {
  const rows = await openReceivables(store.db, dayAt(n));
  const sum = (of: (row: (typeof rows)[number]) => bigint) => rows.reduce((all, row) => all + of(row), 0n);
  const accounts = await Array.fromAsync(readLedger(store.db, { depth: "open", asOf: dayAt(n) }));
  const items = accounts.flatMap((one) => one.items);
  const open = items.reduce(
    (all, one) => all + one.amountMinor - one.applied.reduce((s, a) => s + a.amountMinor, 0n),
    0n,
  );
  assert.equal(
    open,
    sum((row) => row.outstandingMinor),
  );
  return { outstanding: open, overdue: sum((row) => row.overdueMinor), unapplied: sum((row) => row.unappliedMinor) };
};

test("all that a ledger-only customer has goes over, the same file finds the tenant and changes nothing, and it goes back", async () => {
  await emptyLedger(store.db);
  const bills = [
    { name: "Okänd AB", issued: 0, amount: 100 },
    { name: "Solvik Energi AB", issued: 3, amount: 50 },
  ];
  await take(bills);
  const from = await ledgerOnly();
  await pay(from, "B1", { on: 5, minor: 12_000 });
  told.length = 0;
  const done = await merge(from);
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
  assert.deepEqual(told, [from, TENANT]);
  const open = await openReceivables(store.db, dayAt(20));
  assert.deepEqual(
    open.map((row) => [row.customerId, row.outstandingMinor, row.unappliedMinor]),
    [[TENANT, 5_000n, 2_000n]],
  );
  const again = await take(bills);
  assert.deepEqual([again.totals?.effect?.new, again.totals?.effect?.changed], [0, 0]);
  await pay(from, "B1", { on: 5, minor: 12_000 });
  assert.equal((await openReceivables(store.db, dayAt(20))).length, 1, "the bank's own id finds the tenant too");
  await take([...bills, { name: "Okänd AB", issued: 8, amount: 7 }]);
  assert.equal((await openReceivables(store.db, dayAt(20))).length, 1);
  const shown = await statementOf(store.db, deps, { customerId: from, asOf: today, skip: 0, limit: 10 });
  assert.deepEqual(
    [shown.name, shown.movements.length, shown.merges[0]?.intoId, shown.seen],
    ["Okänd AB", 0, TENANT, null],
  );
  const undone = await store.inTransaction((tx) => undoMerge(tx, deps, { ...who, mergeId: done.value }));
  assert.ok(undone.ok, undone.ok ? "" : undone.error.detail);
  const back = await openReceivables(store.db, today);
  assert.deepEqual(
    back.map((row) => [row.customerId === from, row.outstandingMinor, row.unappliedMinor]).toSorted(),
    [
      [false, 5_700n, 0n],
      [true, 0n, 2_000n],
    ].toSorted(),
    "what came in under the tenant since stays with it",
  );
  const events = await sql<{
    type: string;
  }>`select type from event where type like 'receivables.%merge%' order by seq`.execute(store.db);
  assert.deepEqual(
    events.rows.map(({ type }) => type),
    ["receivables.customer-merged", "receivables.merge-undone"],
  );
});

test("refused: somebody was quicker, no tenant, the same number twice, a payer link, undone twice", async () => {
  await emptyLedger(store.db);
  await take([{ name: "Okänd AB", issued: 0, amount: 100 }]);
  const from = await ledgerOnly();
  const ask = { ...who, customerId: from, into: TENANT, seen: "0" };
  const code = async (work: Parameters<typeof store.inTransaction>[0]) => {
    const done = (await store.inTransaction(work)) as { ok: boolean; error?: { code: string } };
    return done.error?.code;
  };
  assert.equal(await code((tx) => mergeCustomer(tx, deps, ask)), "changed-since");
  assert.equal(await code((tx) => mergeCustomer(tx, deps, { ...ask, into: from })), "not-a-tenant");
  assert.equal(await code((tx) => mergeCustomer(tx, deps, { ...ask, customerId: TENANT })), "not-ledger-only");
  await sql`insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, issue_date, due_date)
    select 1, ${TENANT}, system, number, currency, amount_minor, issue_date, due_date from invoice limit 1`.execute(
    store.db,
  );
  const seen = await ledgerState(store.db, from);
  assert.equal(await code((tx) => mergeCustomer(tx, deps, { ...ask, seen })), "number-twice");
  await sql`delete from invoice where invoice_id = 1`.execute(store.db);
  const other = "0aaaaaaa-1111-4222-8333-444455556666" as CustomerId;
  await store.inTransaction((tx) => setPayer(tx, deps, { ...who, customerId: from, payerId: other, from: today }));
  assert.equal(await code((tx) => mergeCustomer(tx, deps, { ...ask, seen })), "payer-links");
  await sql`delete from payer_link`.execute(store.db);
  const done = await merge(from);
  assert.ok(done.ok);
  assert.equal(await code((tx) => mergeCustomer(tx, deps, { ...ask, seen })), "not-ledger-only");
  const undo = { ...who, mergeId: done.value };
  assert.equal(await code((tx) => undoMerge(tx, deps, undo)), undefined);
  assert.equal(await code((tx) => undoMerge(tx, deps, undo)), "already-undone");
});

test("sums over all customers are the same on every day before and after a merge and its undo", async () => {
  const bill = fc.record({
    name: fc.constantFrom("Okänd AB", "Solvik Energi AB"),
    issued: fc.nat(60),
    amount: fc.integer({ min: 1, max: 90 }),
  });
  const money = fc.record({ isTenant: fc.boolean(), on: fc.nat(80), minor: fc.integer({ min: 1, max: 12_000 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(bill, { minLength: 1, maxLength: 6 }),
      fc.array(money, { maxLength: 4 }),
      fc.array(money, { maxLength: 2 }),
      async (bills, early, late) => {
        await emptyLedger(store.db);
        await take([{ name: "Okänd AB", issued: 0, amount: 5 }, ...bills]);
        const from = await ledgerOnly();
        for (const [n, one] of early.entries()) await pay(one.isTenant ? TENANT : from, `E${n}`, one);
        const days = [0, 25, 60, 90];
        const before = await Promise.all(days.map(totalsOn));
        const done = await merge(from);
        assert.ok(done.ok, done.ok ? "" : done.error.detail);
        assert.deepEqual(await Promise.all(days.map(totalsOn)), before, "after the merge");
        for (const [n, one] of late.entries()) await pay(TENANT, `L${n}`, one);
        const then = await Promise.all(days.map(totalsOn));
        const undone = await store.inTransaction((tx) => undoMerge(tx, deps, { ...who, mergeId: done.value }));
        assert.ok(undone.ok, undone.ok ? "" : undone.error.detail);
        assert.deepEqual(await Promise.all(days.map(totalsOn)), then, "after its undo no day before it changed");
        const net = (one: Awaited<ReturnType<typeof totalsOn>>) => one.outstanding - one.unapplied;
        const end = Temporal.PlainDate.from("2026-06-01").until(today).days;
        const [a, b] = [await totalsOn(end), then.at(-1)];
        assert.equal(net(a), b === undefined ? 0n : net(b), "today what was taken back is open and unapplied");
        if (late.length === 0) assert.deepEqual(await Promise.all(days.map(totalsOn)), before);
      },
    ),
    { numRuns: 8 },
  );
});
