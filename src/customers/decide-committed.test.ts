import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { moneyToText } from "../core/money.ts";
import type { SeatPrice, TermFacts } from "./contract.ts";
import { chargeDaysAfter, decideCommitted, monthlyCost, monthsOf, renewalCommits } from "./decide-committed.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const price: SeatPrice = { unitPrice: "10.50", currency: "EUR", since: day("2026-01-01") };
const facts = (changes: Partial<TermFacts>): TermFacts => ({
  family: "new-commerce",
  status: "active",
  quantity: 10,
  isTrial: false,
  autoRenew: true,
  billingType: "license",
  billingCycle: "monthly",
  term: "P1Y",
  commitmentEndDay: day("2026-12-14"),
  cancellableUntil: undefined,
  renewalTerm: undefined,
  ...changes,
});
const say = (found: ReturnType<typeof decideCommitted>): string =>
  found.kind === "committed"
    ? `${found.instalments} x ${moneyToText(found.instalment)} = ${moneyToText(found.amount)} next ${found.nextChargeDay.toString()}`
    : `${found.kind}: ${found.why}`;

const cases: readonly (readonly [string, Partial<TermFacts>, string, string])[] = [
  // what                                   facts                                                          as of         still to be paid
  ["a year by the month, half way", {}, "2026-06-20", "5 x 105.00 = 525.00 next 2026-07-15"],
  ["a charge on the day itself is on an invoice", {}, "2026-07-15", "4 x 105.00 = 420.00 next 2026-08-15"],
  ["the day before a charge", {}, "2026-07-14", "5 x 105.00 = 525.00 next 2026-07-15"],
  ["the last month of the term", {}, "2026-11-15", "none: paid-up"],
  ["the last day of the term", {}, "2026-12-14", "none: paid-up"],
  ["the day after the term", {}, "2026-12-15", "none: term-ended"],
  ["a year paid at once", { billingCycle: "annual" }, "2026-06-20", "none: paid-up"],
  [
    "three years by the year",
    { term: "P3Y", billingCycle: "annual", commitmentEndDay: day("2028-12-14") },
    "2026-06-20",
    "2 x 105.00 = 210.00 next 2026-12-15",
  ],
  [
    "three years by the month",
    { term: "P3Y", commitmentEndDay: day("2028-12-14") },
    "2026-06-20",
    "29 x 105.00 = 3045.00 next 2026-07-15",
  ],
  [
    "three years paid at once",
    { term: "P3Y", billingCycle: "triennial", commitmentEndDay: day("2028-12-14") },
    "2026-06-20",
    "none: paid-up",
  ],
  ["a month by the month", { term: "P1M", commitmentEndDay: day("2026-07-14") }, "2026-06-20", "none: paid-up"],
  [
    "a month-long term needs no named cycle",
    { term: "P1M", billingCycle: undefined, commitmentEndDay: day("2026-07-14") },
    "2026-06-20",
    "none: paid-up",
  ],
  ["paid once for the whole term", { billingCycle: "one_time" }, "2026-06-20", "none: paid-up"],
  [
    "auto-renew off commits the same until the end",
    { autoRenew: false },
    "2026-06-20",
    "5 x 105.00 = 525.00 next 2026-07-15",
  ],
  [
    "suspending does not stop the bill",
    { status: "suspended", autoRenew: false },
    "2026-06-20",
    "5 x 105.00 = 525.00 next 2026-07-15",
  ],
  ["expired after its term", { status: "expired" }, "2026-12-20", "none: term-ended"],
  ["disabled but its term still runs", { status: "disabled" }, "2026-06-20", "5 x 105.00 = 525.00 next 2026-07-15"],
  ["cancelled within its window", { status: "deleted" }, "2026-06-20", "none: cancelled"],
  ["a status we do not know yet", { status: "frozen" }, "2026-06-20", "5 x 105.00 = 525.00 next 2026-07-15"],
  [
    "inside the cancel window it is committed all the same",
    { cancellableUntil: Temporal.Instant.from("2026-06-22T09:00:00Z") },
    "2026-06-20",
    "5 x 105.00 = 525.00 next 2026-07-15",
  ],
  ["a trial", { isTrial: true }, "2026-06-20", "none: trial"],
  [
    "an Azure plan",
    { family: "azure-plan", commitmentEndDay: undefined, billingCycle: "monthly" },
    "2026-06-20",
    "none: pay-as-you-go",
  ],
  ["legacy Azure", { family: "azure-legacy" }, "2026-06-20", "none: pay-as-you-go"],
  ["metered software", { family: "other", billingType: "usage" }, "2026-06-20", "none: pay-as-you-go"],
  ["legacy seats stop with suspension", { family: "legacy-seat" }, "2026-06-20", "none: legacy"],
  ["no end told", { commitmentEndDay: undefined }, "2026-06-20", "unknown: term-end-unknown"],
  ["no cycle told", { billingCycle: undefined }, "2026-06-20", "unknown: cycle-unknown"],
  ["a cycle we do not know", { billingCycle: "biennial" }, "2026-06-20", "unknown: cycle-unknown"],
  ["no term told: counted back from the end", { term: undefined }, "2026-06-20", "5 x 105.00 = 525.00 next 2026-07-15"],
  [
    "a term that ends on the 31st keeps month ends",
    { commitmentEndDay: day("2026-12-30") },
    "2026-08-15",
    "4 x 105.00 = 420.00 next 2026-08-31",
  ],
  ["no seats left", { quantity: 0 }, "2026-06-20", "5 x 0.00 = 0.00 next 2026-07-15"],
];
for (const [what, changes, asOf, expected] of cases)
  test(`${what}, as of ${asOf}: ${expected}`, () => {
    assert.equal(say(decideCommitted(facts(changes), price, day(asOf))), expected);
  });

test("an unknown price is unknown, unless nothing is left to pay", () => {
  assert.equal(say(decideCommitted(facts({}), undefined, day("2026-06-20"))), "unknown: price-unknown");
  assert.equal(say(decideCommitted(facts({ billingCycle: "annual" }), undefined, day("2026-06-20"))), "none: paid-up");
});

test("a seat price with more decimals than the currency is rounded once, for all seats", () => {
  const exact = { ...price, unitPrice: "3.3333" };
  assert.equal(
    say(decideCommitted(facts({ quantity: 3 }), exact, day("2026-10-20"))),
    "1 x 10.00 = 10.00 next 2026-11-15",
  );
});

test("paid so far and still committed make up the whole term, on any day of it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 364 }), fc.constantFrom(1, 12), (offset, everyMonths) => {
      const endsOn = day("2026-12-14");
      const schedule = { endsOn, everyMonths, termMonths: 12 };
      const asOf = day("2025-12-15").add({ days: offset });
      const all = chargeDaysAfter(day("2025-12-14"), schedule);
      const charged = all.filter((one) => Temporal.PlainDate.compare(one, asOf) <= 0);
      assert.equal(all.length, 12 / everyMonths);
      assert.equal(charged.length + chargeDaysAfter(asOf, schedule).length, all.length);
    }),
  );
});

const terms = [
  ["P1M", 1],
  ["P1Y", 12],
  ["P3Y", 36],
  ["P1Y6M", 18],
  ["p1y", 12],
  ["P0M", undefined],
  ["P30D", undefined],
  ["", undefined],
] as const;
for (const [term, months] of terms)
  test(`"${term}" is ${months ?? "no"} months`, () => assert.equal(monthsOf(term), months));

test("a yearly subscription costs a twelfth a month, and its renewal commits the whole year", () => {
  const yearly = facts({ billingCycle: "annual" });
  assert.equal(moneyToText(monthlyCost(yearly, price)!), "8.75");
  assert.equal(moneyToText(renewalCommits(yearly, price)!), "105.00");
  assert.equal(moneyToText(renewalCommits(facts({}), price)!), "1260.00");
  assert.equal(moneyToText(renewalCommits(facts({ renewalTerm: "P1M" }), price)!), "105.00");
});
test("nothing renews that is suspended or has auto-renew off", () => {
  assert.equal(renewalCommits(facts({ autoRenew: false }), price), undefined);
  assert.equal(renewalCommits(facts({ status: "suspended" }), price), undefined);
});
