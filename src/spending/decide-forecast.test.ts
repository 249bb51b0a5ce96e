import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { money, moneyToText } from "../core/money.ts";
import { type Forecast, forecastMonth, type Interval, squareRoot, trendBps } from "./decide-forecast.ts";

const month = Temporal.PlainDate.from("2026-11-01");
const start = Temporal.Instant.from("2026-11-01T00:00:00Z");
/** One interval a day from the first of November, each with its cost in whole kronor. */
const days = (costs: readonly number[]): readonly Interval[] =>
  costs.map((cost, index) => ({
    fromAt: start.add({ hours: 24 * index }),
    through: start.add({ hours: 24 * (index + 1) }),
    cost: { units: BigInt(cost), scale: 0 },
  }));
const sek = (kronor: number) => money(BigInt(kronor) * 100n, "SEK");
function ask(costs: readonly number[], budget?: number) {
  const intervals = days(costs);
  return forecastMonth({
    used: sek(costs.reduce((a, b) => a + b, 0)),
    through: intervals.at(-1)?.through ?? start,
    month,
    intervals,
    budget: budget === undefined ? undefined : sek(budget),
  });
}
const say = (found: ReturnType<typeof ask>) =>
  typeof found === "string"
    ? found
    : `${moneyToText(found.low)} to ${moneyToText(found.high)}, middle ${moneyToText(found.mid)}${found.passesBudgetOn ? `, over on ${found.passesBudgetOn.toString()}` : ""}`;

const same = (n: number, cost: number) => Array.from({ length: n }, () => cost);
const cases = [
  // what                          days                                budget     forecast
  ["no figure at all", [], undefined, "no-data"],
  ["three days", same(3, 100), undefined, "too-few-days"],
  ["the whole month", same(30, 100), undefined, "month-over"],
  ["ten even days", same(10, 100), undefined, "3000.00 to 3000.00, middle 3000.00"],
  ["ten even days, budget 2,500", same(10, 100), 2_500, "3000.00 to 3000.00, middle 3000.00, over on 2026-11-26"],
  ["ten even days, budget 3,000", same(10, 100), 3_000, "3000.00 to 3000.00, middle 3000.00"],
  ["over already", same(10, 100), 900, "3000.00 to 3000.00, middle 3000.00"],
  [
    "uneven days have a band",
    [50, 150, 50, 150, 50, 150, 50, 150, 50, 150],
    undefined,
    "2476.79 to 3523.21, middle 3000.00",
  ],
  [
    "only the newest fourteen count",
    [...same(6, 10_000), ...same(14, 100)],
    undefined,
    "62400.00 to 62400.00, middle 62400.00",
  ],
  ["no cost at all", same(10, 0), 100, "0.00 to 0.00, middle 0.00"],
] as const;
for (const [what, costs, budget, expected] of cases)
  test(`${what}: ${expected}`, () => assert.equal(say(ask(costs, budget)), expected));

test("the band grows towards the month end and never falls below what is used", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 4, maxLength: 28 }), (costs) => {
      const found = ask(costs) as Forecast;
      const used = BigInt(costs.reduce((a, b) => a + b, 0)) * 100n;
      let width = 0n;
      for (const { low, mid, high } of found.points) {
        assert.ok(used <= low.minor && low.minor <= mid.minor && mid.minor <= high.minor);
        assert.ok(high.minor - mid.minor >= width - 1n);
        width = high.minor - mid.minor;
      }
      assert.equal(found.points.at(-1)?.day.toString(), "2026-11-30");
    }),
  );
});
test("the square root is the whole part", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (n) => {
      const root = squareRoot(n);
      assert.ok(root * root <= n && (root + 1n) * (root + 1n) > n);
    }),
  );
});

const trends = [
  ["two weeks, doubled", [...same(7, 100), ...same(7, 200)], 10_000],
  ["two weeks, halved", [...same(7, 100), ...same(7, 50)], -5_000],
  ["the same", same(14, 100), 0],
  ["thirteen days", same(13, 100), undefined],
  ["nothing before", [...same(7, 0), ...same(7, 50)], undefined],
  ["no days", [], undefined],
] as const;
for (const [what, costs, expected] of trends)
  test(`trend of ${what}: ${expected ?? "unknown"}`, () => assert.equal(trendBps(days(costs), "SEK"), expected));

test("one figure for two weeks tells no trend", () => {
  const long: Interval = { fromAt: start, through: start.add({ hours: 24 * 20 }), cost: { units: 900n, scale: 0 } };
  assert.equal(trendBps([long], "SEK"), undefined);
});
