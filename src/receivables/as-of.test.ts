import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { testStore } from "../store/testing.ts";
import { BUCKETS, bucketOf } from "./contract.ts";
import { importFile } from "./import-file.ts";
import { openReceivables } from "./service.ts";
import { csv, testDeps } from "./testing.ts";

const store = await testStore();
const CUSTOMER = "3d5e9f0a-1111-4222-8333-444455556666";
const deps = testDeps(store, { customers: [{ id: CUSTOMER, name: "Solvik" }] });
const DAYS = 120;
const dayAt = (n: number) => Temporal.PlainDate.from("2026-01-01").add({ days: n });

type Invoice = { readonly issued: number; readonly terms: number; readonly amount: number };
type Payment = { readonly day: number; readonly amount: number; readonly names: number | null };
const invoices = fc.array(
  fc.record({ issued: fc.nat(DAYS), terms: fc.nat(40), amount: fc.integer({ min: 1, max: 900 }) }),
  { minLength: 1, maxLength: 8 },
);
const payments = fc.array(
  fc.record({ day: fc.nat(DAYS), amount: fc.integer({ min: 1, max: 1_200 }), names: fc.option(fc.nat(9)) }),
  { maxLength: 8 },
);

const amount = (minor: number) => `${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;
async function empty(): Promise<void> {
  await sql`truncate invoice_revision, allocation, payment, invoice, deposit_entry, source_system, customer_key, ledger_presence`.execute(
    store.db,
  );
}
async function take(head: string[], rows: string[][]): Promise<void> {
  if (rows.length === 0) return;
  const done = await importFile(
    {
      source: { bytes: csv(head, ...rows), fileName: "x.csv" },
      mapping: { currency: "SEK", allocation: "named-then-oldest" },
      actor: deps.actor,
    },
    deps,
  );
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
}
const takeInvoices = (of: readonly Invoice[]) =>
  take(
    ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount"],
    of.map((one, i) => [
      `INV-${i}`,
      CUSTOMER,
      dayAt(one.issued).toString(),
      dayAt(one.issued + one.terms).toString(),
      amount(one.amount),
    ]),
  );
const takePayments = (of: readonly Payment[], from = 0) =>
  take(
    ["Payment id", "Tenant id", "Value date", "Amount", "Invoice number"],
    of.map((one, i) => [
      `PAY-${from + i}`,
      CUSTOMER,
      dayAt(one.day).toString(),
      amount(one.amount),
      one.names === null ? "" : `INV-${one.names}`,
    ]),
  );
const openAt = async (n: number) => (await openReceivables(store.db, dayAt(n)))[0];

test("at every day: buckets sum to the outstanding, and outstanding less unapplied is issued less received", async () => {
  await fc.assert(
    fc.asyncProperty(
      invoices,
      payments,
      fc.array(fc.nat(DAYS + 60), { minLength: 1, maxLength: 4 }),
      async (bills, money, days) => {
        await empty();
        await takeInvoices(bills);
        await takePayments(money);
        for (const n of days) {
          const open = await openAt(n);
          const sum = (of: readonly number[]) => BigInt(of.reduce((a, b) => a + b, 0));
          const issued = sum(bills.filter((one) => one.issued <= n).map((one) => one.amount));
          const received = sum(money.filter((one) => one.day <= n).map((one) => one.amount));
          assert.equal((open?.outstandingMinor ?? 0n) - (open?.unappliedMinor ?? 0n), issued - received);
          assert.equal(
            BUCKETS.reduce((total, bucket) => total + (open?.buckets[bucket] ?? 0n), 0n),
            open?.outstandingMinor ?? 0n,
          );
          assert.ok((open?.unappliedMinor ?? 0n) >= 0n && (open?.outstandingMinor ?? 0n) >= 0n);
          if (money.length === 0)
            for (const bucket of BUCKETS)
              assert.equal(
                open?.buckets[bucket] ?? 0n,
                sum(
                  bills
                    .filter((one) => one.issued <= n && bucketOf(n - one.issued - one.terms) === bucket)
                    .map((one) => one.amount),
                ),
              );
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("a payment never changes what a day before it shows, however it arrives", async () => {
  await fc.assert(
    fc.asyncProperty(invoices, payments, payments, fc.nat(DAYS), async (bills, early, late, n) => {
      await empty();
      await takeInvoices(bills);
      await takePayments(early.map((one) => ({ ...one, day: Math.min(one.day, n) })));
      const before = await openAt(n);
      await takePayments(
        late.map((one) => ({ ...one, day: n + 1 + one.day })),
        100,
      );
      assert.deepEqual({ ...(await openAt(n)), recordedAt: null }, { ...before, recordedAt: null });
    }),
    { numRuns: 25 },
  );
});

test("an invoice issued tomorrow is not owed today", async () => {
  await empty();
  await takeInvoices([{ issued: 10, terms: 5, amount: 100 }]);
  assert.equal(await openAt(9), undefined);
  assert.deepEqual([(await openAt(15))?.buckets.notDue, (await openAt(16))?.buckets.d1to30], [100n, 100n]);
});
