import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testStore } from "../store/testing.ts";
import { importFile } from "./import-file.ts";
import { openReceivables, receivablesMovement } from "./service.ts";
import { statementOf } from "./service-statement.ts";
import { readLedger } from "./store-ledger.ts";
import { csv, testDeps } from "./testing.ts";
import { emptyLedger, LEDGER_CUSTOMER as CUSTOMER } from "./testing-ledger.ts";

/** A later file that gives an invoice another amount: from its day on, never before. */

const store = await testStore();
const dayAt = (n: number) => Temporal.PlainDate.from("2026-01-01").add({ days: n });
let today = dayAt(0);
const deps = testDeps(store, { customers: [{ id: CUSTOMER, name: "Solvik" }], today: () => today });
const money = (minor: number) => `${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;

async function take(n: number, head: string[], rows: string[][]): Promise<void> {
  today = dayAt(n);
  const source = { bytes: csv(head, ...rows), fileName: "x.csv" };
  const mapping = { currency: "SEK", allocation: "named-then-oldest" } as const;
  const done = await importFile({ source, mapping, actor: deps.actor }, deps);
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
}
const bill = (n: number, amount: number) =>
  take(
    n,
    ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount"],
    [["A1", CUSTOMER, dayAt(0).toString(), dayAt(5).toString(), money(amount)]],
  );
const pay = (n: number, amount: number) =>
  take(
    n,
    ["Payment id", "Tenant id", "Value date", "Amount", "Invoice number"],
    [[`P${n}`, CUSTOMER, dayAt(n).toString(), money(amount), "A1"]],
  );

/** What a day shows, by every way of reading it. */
async function shownOn(n: number) {
  const asOf = dayAt(n);
  const [open] = await openReceivables(store.db, asOf);
  const outstanding = open?.outstandingMinor ?? 0n;
  const unapplied = open?.unappliedMinor ?? 0n;
  const sum = (of: readonly { readonly amountMinor: bigint }[]) => of.reduce((all, one) => all + one.amountMinor, 0n);
  const [account] = await Array.fromAsync(readLedger(store.db, { depth: "open", asOf }));
  const items = account?.items ?? [];
  assert.equal(
    items.reduce((all, item) => all + item.amountMinor - sum(item.applied), 0n),
    outstanding,
    `read item by item, day ${n}`,
  );
  const statement = await statementOf(
    store.db,
    { customersByIds: async () => new Map() },
    { customerId: CUSTOMER, asOf, skip: 0, limit: 200 },
  );
  assert.equal(
    BigInt(statement.movements[0]?.balance.minor ?? "0"),
    outstanding - unapplied,
    `the statement, day ${n}`,
  );
  const left = statement.movements.filter(({ what }) => what === "item").map((row) => BigInt(row.left?.minor ?? "0"));
  assert.equal(
    left.reduce((all, one) => all + one, 0n),
    outstanding,
    `what the statement leaves open, day ${n}`,
  );
  return { outstanding, unapplied, buckets: open?.buckets, amounts: items.map((item) => item.amountMinor) };
}

type Step = { readonly day: number; readonly amount: number; readonly isPayment: boolean };
const steps = fc
  .array(
    fc.record({
      day: fc.integer({ min: 1, max: 40 }),
      amount: fc.integer({ min: 1, max: 900 }),
      isPayment: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list) => [...new Map(list.map((one) => [one.day, one])).values()].toSorted((a, b) => a.day - b.day));

test("a corrected amount never changes what an earlier day showed, item by item and bucket by bucket", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 900 }), steps, async (first, list: readonly Step[]) => {
      await emptyLedger(store.db);
      await bill(0, first);
      let amount = first;
      let paid = 0;
      const seen = new Map<number, Awaited<ReturnType<typeof shownOn>>>();
      let before = 0;
      for (const step of list) {
        for (let n = before; n < step.day; n += 4) seen.set(n, await shownOn(n));
        before = step.day;
        if (step.isPayment) {
          await pay(step.day, step.amount);
          paid += step.amount;
        } else if (step.amount >= Math.min(paid, amount)) {
          // A file that asks for less than is paid is refused: a credit note is the way.
          await bill(step.day, step.amount);
          amount = step.amount;
        }
        const now = await shownOn(step.day);
        assert.equal(now.outstanding - now.unapplied, BigInt(amount - paid), `the balance of day ${step.day}`);
        for (const [n, shown] of seen) assert.deepEqual(await shownOn(n), shown, `day ${n} after day ${step.day}`);
      }
      const [moved] = await receivablesMovement(store.db, { after: dayAt(-1), upTo: dayAt(60) });
      assert.equal(moved?.invoicedMinor, BigInt(amount));
    }),
    { numRuns: 12 },
  );
});

test("a lower amount settles from its day on; a higher one opens from its day on, and is paid from then", async () => {
  await emptyLedger(store.db);
  await bill(0, 150);
  await pay(3, 100);
  await bill(10, 100);
  assert.deepEqual([(await shownOn(9)).outstanding, (await shownOn(10)).outstanding], [50n, 0n]);
  await bill(20, 180);
  await pay(25, 80);
  const shown = [3, 9, 10, 19, 20, 25].map(async (n) => (await shownOn(n)).outstanding);
  assert.deepEqual(await Promise.all(shown), [50n, 50n, 0n, 0n, 80n, 0n]);
  const { movements } = await statementOf(
    store.db,
    { customersByIds: async () => new Map() },
    { customerId: CUSTOMER, asOf: dayAt(30), skip: 0, limit: 50 },
  );
  assert.deepEqual(
    movements.filter(({ what }) => what === "correction").map(({ day, change }) => `${day.toString()} ${change.minor}`),
    [`${dayAt(20).toString()} 80`, `${dayAt(10).toString()} -50`],
  );
});
