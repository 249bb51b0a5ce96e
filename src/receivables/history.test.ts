import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SURETY } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { BUCKETS } from "./contract.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { openReceivables } from "./service.ts";
import { recordMoneyWith } from "./service-money.ts";
import { loadAged } from "./store-aged.ts";
import { readLedger } from "./store-ledger.ts";
import { addInvoices, emptyLedger, LEDGER_CUSTOMER as CUSTOMER } from "./testing-ledger.ts";

const store = await testStore();
const recordMoney = recordMoneyWith({ onChanged: async () => {} });
const DAYS = 90;
const dayAt = (n: number) => Temporal.PlainDate.from("2026-01-01").add({ days: n });

/** Money of a random history: what comes in, and what goes back of earlier rows of the list. */
const facts = fc.array(
  fc.record({
    day: fc.nat(DAYS),
    amount: fc.integer({ min: 1, max: 900 }),
    names: fc.option(fc.nat(5)),
    kind: fc.constantFrom(
      "payment",
      "credit-note",
      "write-off",
      "refund",
      "chargeback",
      "payment-reversal",
      "end" as const,
    ),
    of: fc.nat(9),
  }),
  { minLength: 1, maxLength: 9 },
);
const bills = fc.array(
  fc.record({ issued: fc.nat(DAYS), terms: fc.nat(40), amount: fc.integer({ min: 1, max: 700 }) }),
  { minLength: 1, maxLength: 5 },
);
type Fact = typeof facts extends fc.Arbitrary<(infer F)[]> ? F : never;

/** Rows as a source would send them: a reversal names an earlier row of the right sign, and takes at most what that has. */
function rowsOf(list: readonly Fact[]): MoneyIn[] {
  const rows: MoneyIn[] = [];
  for (const [place, fact] of list.entries()) {
    const base = { customerId: CUSTOMER, system: "bank", number: `M${place}`, currency: "SEK", names: [] } as const;
    const target = rows[fact.of % Math.max(1, rows.length)];
    const plain = { ...base, valueDate: dayAt(fact.day), amountMinor: BigInt(fact.amount) };
    const isBack = ["refund", "chargeback", "payment-reversal"].includes(fact.kind);
    const reverses = target && { system: target.system, number: target.number };
    const later = Math.max(
      fact.day,
      target === undefined ? 0 : Temporal.PlainDate.from("2026-01-01").until(target.valueDate).days,
    );
    if (isBack && target !== undefined && target.amountMinor > 0n)
      rows.push({
        ...base,
        kind: fact.kind as MoneyIn["kind"],
        amountMinor: -target.amountMinor,
        valueDate: dayAt(later),
        reverses,
      });
    else if (fact.kind === "end" && target?.kind === "chargeback")
      rows.push({
        ...base,
        kind: "chargeback-reversal",
        amountMinor: -target.amountMinor,
        valueDate: dayAt(later),
        reverses,
      });
    else {
      const kind = fact.kind === "credit-note" || fact.kind === "write-off" ? fact.kind : "payment";
      rows.push({ ...plain, kind, names: fact.names === null ? [] : [`I${fact.names}`] });
    }
  }
  return rows;
}
type Bill = { readonly issued: number; readonly terms: number; readonly amount: number };
const take = async (rows: readonly MoneyIn[]): Promise<void> => {
  const now = Temporal.Instant.from("2026-11-17T08:00:00Z");
  const done = await store.inTransaction((tx) => recordMoney(tx, { rows, actor: SURETY, now }));
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
};
const begin = async (list: readonly Bill[]): Promise<void> => {
  await emptyLedger(store.db);
  await addInvoices(
    store.db,
    list.map(({ issued, terms, amount }, i) => ({
      number: `I${i}`,
      amount: BigInt(amount),
      issued: dayAt(issued).toString(),
      due: dayAt(issued + terms).toString(),
    })),
  );
};
const openAt = async (n: number) => {
  const [open] = await openReceivables(store.db, dayAt(n));
  return open === undefined ? undefined : { ...open, recordedAt: null };
};
const sum = (of: readonly bigint[]): bigint => of.reduce((total, one) => total + one, 0n);
/** Everything that must hold on a day, whatever happened. */
async function holds(list: readonly Bill[], rows: readonly MoneyIn[], n: number): Promise<void> {
  const open = await openAt(n);
  const issued = sum(list.filter((one) => one.issued <= n).map((one) => BigInt(one.amount)));
  const received = sum(
    rows.filter((row) => Temporal.PlainDate.compare(row.valueDate, dayAt(n)) <= 0).map((row) => row.amountMinor),
  );
  const outstanding = open?.outstandingMinor ?? 0n;
  assert.equal(outstanding - (open?.unappliedMinor ?? 0n), issued - received, `day ${n}`);
  assert.equal(sum(BUCKETS.map((bucket) => open?.buckets[bucket] ?? 0n)), outstanding);
  const [account] = await Array.fromAsync(readLedger(store.db, { depth: "open", asOf: dayAt(n) }));
  const left = (account?.items ?? []).map((item) => item.amountMinor - sum(item.applied.map((one) => one.amountMinor)));
  assert.ok(left.every((one) => one > 0n));
  assert.equal(sum(left), outstanding, `the ledger read item by item, day ${n}`);
  assert.equal(sum((account?.money ?? []).map((one) => one.amountMinor)), open?.unappliedMinor ?? 0n);
  for (const by of ["due", "issue"] as const) {
    const [aged] = await loadAged(store.db, { asOf: dayAt(n), by });
    assert.equal(aged === undefined ? 0n : aged.b0 + aged.b1 + aged.b2 + aged.b3 + aged.b4 + aged.b5, outstanding, by);
  }
  const [all] = await Array.fromAsync(readLedger(store.db, { depth: "all", asOf: dayAt(n) }));
  for (const item of all?.items ?? []) {
    const paid = sum(item.applied.map((one) => one.amountMinor));
    assert.ok(paid >= 0n && paid <= item.amountMinor, `${item.number} has ${paid} of ${item.amountMinor} on day ${n}`);
  }
}

test("whatever is paid, refunded, charged back and restored: every day ties out, item by item and bucket by bucket", async () => {
  await fc.assert(
    fc.asyncProperty(
      bills,
      facts,
      fc.array(fc.nat(DAYS + 30), { minLength: 2, maxLength: 4 }),
      async (list, given, days) => {
        const rows = rowsOf(given);
        await begin(list);
        await take(rows);
        for (const n of days) await holds(list, rows, n);
      },
    ),
    { numRuns: 40 },
  );
});

test("rows arrive in any order, one by one, and twice: every day still ties out and the end is the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      bills,
      facts,
      fc.array(fc.nat(1_000), { minLength: 9, maxLength: 9 }),
      fc.nat(DAYS),
      async (list, given, keys, n) => {
        const rows = rowsOf(given);
        await begin(list);
        await take(rows);
        const end = await openAt(DAYS + 40);
        const shuffled = rows.map((row, i) => ({ row, key: keys[i] ?? 0 })).toSorted((a, b) => a.key - b.key);
        await begin(list);
        for (const { row } of shuffled) await take([row]);
        for (const { row } of shuffled) await take([row, row]);
        await holds(list, rows, n);
        const other = await openAt(DAYS + 40);
        const net = (one: typeof end) => (one?.outstandingMinor ?? 0n) - (one?.unappliedMinor ?? 0n);
        assert.equal(net(other), net(end));
      },
    ),
    { numRuns: 25 },
  );
});

test("what happens later never changes an earlier day", async () => {
  await fc.assert(
    fc.asyncProperty(bills, facts, fc.nat(DAYS), async (list, given, n) => {
      const rows = rowsOf(given);
      const isEarly = (row: MoneyIn) => Temporal.PlainDate.compare(row.valueDate, dayAt(n)) <= 0;
      await begin(list);
      await take(rows.filter(isEarly));
      const before = await openAt(n);
      await take(rows.filter((row) => !isEarly(row)));
      assert.deepEqual(await openAt(n), before);
    }),
    { numRuns: 30 },
  );
});
