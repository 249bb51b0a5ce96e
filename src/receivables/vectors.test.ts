import assert from "node:assert/strict";
import { test } from "node:test";
import { SURETY } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { BUCKETS, bucketOf } from "./contract.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { isLuhn, isModulus11, isRf, numberAtEndOf, referenceCandidates } from "./decide-reference.ts";
import { openReceivables } from "./service.ts";
import { recordMoneyWith } from "./service-money.ts";
import { readLedger } from "./store-ledger.ts";
import { addInvoices, emptyLedger, LEDGER_CUSTOMER as CUSTOMER } from "./testing-ledger.ts";

const store = await testStore();
const day = (text: string) => Temporal.PlainDate.from(text);
const pay = async (
  ...rows: (Pick<MoneyIn, "number" | "amountMinor"> & Partial<MoneyIn> & { readonly on: string })[]
) => {
  const now = Temporal.Instant.from("2026-11-17T08:00:00Z");
  const full = rows.map(({ on, ...row }): MoneyIn => ({
    customerId: CUSTOMER,
    system: "bank",
    kind: "payment",
    currency: "SEK",
    names: [],
    ...row,
    valueDate: day(on),
  }));
  const done = await store.inTransaction((tx) =>
    recordMoneyWith({ onChanged: async () => {} })(tx, { rows: full, actor: SURETY, now }),
  );
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
};
const at = async (text: string) => {
  const [open] = await openReceivables(store.db, day(text));
  return {
    outstanding: open?.outstandingMinor ?? 0n,
    unapplied: open?.unappliedMinor ?? 0n,
    notDue: open?.buckets.notDue ?? 0n,
  };
};
const left = async (text: string) =>
  (await Array.fromAsync(readLedger(store.db, { depth: "open", asOf: day(text) }))).flatMap(({ items }) =>
    items.map(
      (item) => `${item.number} ${item.amountMinor - item.applied.reduce((sum, one) => sum + one.amountMinor, 0n)}`,
    ),
  );
/** An invoice of 100 in instalments: several invoices, each with its own due date. */
const instalments = async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [
    { number: "I/1", amount: 30n, issued: "2026-01-01", due: "2026-02-01" },
    { number: "I/2", amount: 50n, issued: "2026-01-01", due: "2026-03-01" },
    { number: "I/3", amount: 20n, issued: "2026-01-01", due: "2026-04-01" },
  ]);
};

test("EN-08: 100 as 30, 50 and 20; 40 paid: the first is gone, 40 of the second and all of the third are left", async () => {
  await instalments();
  await pay({ number: "P1", amountMinor: 40n, on: "2026-02-01" });
  assert.deepEqual(await left("2026-02-01"), ["I/2 40", "I/3 20"]);
});
test("EN-09: then a credit note of 100: what is open is settled, the rest stands apart as unapplied credit", async () => {
  await instalments();
  await pay({ number: "P1", amountMinor: 40n, on: "2026-02-01" });
  await pay({ number: "C1", amountMinor: 100n, kind: "credit-note", on: "2026-02-10" });
  assert.deepEqual(await at("2026-02-10"), { outstanding: 0n, unapplied: 40n, notDue: 0n });
});
test("EN-12: money before any invoice is unapplied, and pays the invoice on its day", async () => {
  await emptyLedger(store.db);
  await pay({ number: "P1", amountMinor: 1_000n, on: "2026-02-01" });
  assert.deepEqual(await at("2026-02-01"), { outstanding: 0n, unapplied: 1_000n, notDue: 0n });
});
test("EN-14: money dated tomorrow is not seen today; what is too much of it is unapplied tomorrow", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-02-01" }]);
  await pay({ number: "P1", amountMinor: 110n, on: "2026-02-03" });
  assert.equal((await at("2026-02-02")).outstanding, 100n);
  assert.deepEqual(await at("2026-02-03"), { outstanding: 0n, unapplied: 10n, notDue: 0n });
});
test("EN-15: one sum that names two invoices pays 50 of each", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [
    { number: "I1", amount: 50n, issued: "2026-02-01" },
    { number: "I2", amount: 50n, issued: "2026-02-01" },
  ]);
  await pay({ number: "P1", amountMinor: 100n, on: "2026-02-03", names: ["I2", "I1"] });
  assert.deepEqual([await left("2026-02-02"), await left("2026-02-03")], [["I1 50", "I2 50"], []]);
});
test("EN-18 as ours: due tomorrow is in Not due, so that the buckets sum to the outstanding", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-02-01", due: "2026-02-11" }]);
  assert.deepEqual(await at("2026-02-10"), { outstanding: 100n, unapplied: 0n, notDue: 100n });
});
test("ST-07: as of a past day later payments are not seen: 110,775 and not 525", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [
    { number: "I1", amount: 11_025_000n, issued: "2026-04-01" },
    { number: "I2", amount: 52_500n, issued: "2026-05-01" },
  ]);
  await pay({ number: "P1", amountMinor: 11_025_000n, on: "2026-06-10", names: ["I1"] });
  assert.deepEqual(
    [(await at("2026-05-15")).outstanding, (await at("2026-06-10")).outstanding],
    [11_077_500n, 52_500n],
  );
});
for (const [id, due, bucket] of [
  ["ST-01", "2026-03-31", "notDue"],
  ["ST-02", "2026-03-30", "d1to30"],
  ["ST-03", "2026-03-02", "d1to30"],
  ["ST-05, ours: day 30 is in 1-30", "2026-03-01", "d1to30"],
  ["ST-05, the day after", "2026-02-28", "d31to60"],
] as const)
  test(`${id}: due ${due}, as of 2026-03-31`, () =>
    assert.equal(bucketOf(day(due).until(day("2026-03-31"), { largestUnit: "days" }).days), bucket));
test("each edge has a day on both sides", () =>
  assert.deepEqual(
    [0, 1, 30, 31, 60, 61, 90, 91, 120, 121].map((late) => BUCKETS.indexOf(bucketOf(late))),
    [0, 1, 1, 2, 2, 3, 3, 4, 4, 5],
  ));

test("structured references: only a check that holds is taken apart", () => {
  assert.deepEqual(
    [isLuhn("12344"), isLuhn("12345"), isRf("RF18539007547034"), isRf("RF19539007547034")],
    [true, false, true, false],
  );
  assert.ok(referenceCandidates("RF18 5390 0754 7034").includes("539007547034"));
  assert.ok(referenceCandidates("12344").includes("1234"));
  assert.deepEqual(referenceCandidates("12345"), ["12345"]);
  // 1234 with its length digit (six digits in all) and check digit.
  const check = [..."0123456789"].find((digit) => isLuhn(`12346${digit}`)) ?? "";
  assert.ok(referenceCandidates(`12346${check}`).includes("1234"));
  assert.equal([..."0123456789-"].filter((check) => isModulus11(`1234567890${check}`)).length, 1);
  const kid = `000771001${[..."0123456789"].find((digit) => isLuhn(`000771001${digit}`))}`;
  assert.equal(numberAtEndOf(kid, ["1001", "2002"]), "1001");
  assert.equal(numberAtEndOf(kid, ["1001", "71001"]), undefined);
});

test("EN-11: 100, 40 paid, a credit of 100 kept on itself: +60 and -100 stand side by side, nothing is netted", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-01-01", due: "2026-02-01" }]);
  await pay({ number: "P1", amountMinor: 40n, on: "2026-01-10", names: ["I1"] });
  const credit: MoneyIn = {
    customerId: CUSTOMER,
    system: "bank",
    number: "C1",
    kind: "credit-note",
    currency: "SEK",
    amountMinor: 100n,
    valueDate: day("2026-01-20"),
    names: [],
  };
  const now = Temporal.Instant.from("2026-11-17T08:00:00Z");
  const kept = await store.inTransaction((tx) =>
    recordMoneyWith({ onChanged: async () => {} })(tx, { rows: [credit], actor: SURETY, now, rule: "named-only" }),
  );
  assert.ok(kept.ok);
  assert.deepEqual(await at("2026-01-20"), { outstanding: 60n, unapplied: 100n, notDue: 60n });
});
