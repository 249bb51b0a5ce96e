import assert from "node:assert/strict";
import { test } from "node:test";
import { money, moneyToText } from "../core/money.ts";
import { type Figure, perHour, type SpendInput, standingOf } from "./decide-state.ts";

const month = Temporal.PlainDate.from("2026-11-01");
const whole = (n: number) => ({ units: BigInt(n), scale: 0 });
/** `count` days of November at `cost` a day, figures at 05:00. */
function daysOf(count: number, cost: number): readonly [Figure, ...Figure[]] {
  const list = Array.from({ length: count }, (_, index): Figure => {
    const through = Temporal.Instant.from("2026-11-02T05:00:00Z").add({ hours: 24 * index });
    return {
      day: month.add({ days: index + 1 }),
      month,
      through,
      fromAt: through.subtract({ hours: index === 0 ? 29 : 24 }),
      cost: whole(cost),
      monthToDate: whole(cost * (index + 1)),
      usd: undefined,
    };
  });
  return list as unknown as readonly [Figure, ...Figure[]];
}
const now = Temporal.Instant.from("2026-11-17T07:00:00Z");
const base: SpendInput = {
  figures: daysOf(10, 100),
  currency: "SEK",
  agreed: undefined,
  copy: undefined,
  raise: undefined,
  now,
};
const agreed = (kronor: number, setAt = "2026-10-01T00:00:00Z") => ({
  amount: money(BigInt(kronor) * 100n, "SEK"),
  setAt: Temporal.Instant.from(setAt),
});

const states = [
  // agreed here        Microsoft's copy  state           measured against
  [undefined, undefined, "no-budget", undefined],
  [undefined, whole(0), "no-budget", undefined],
  [undefined, whole(5_000), "within", "5000.00"],
  [agreed(5_000), whole(1), "within", "5000.00"],
  [agreed(2_500), undefined, "forecast-over", "2500.00"],
  [agreed(1_250), undefined, "near", "1250.00"],
  [agreed(1_000), undefined, "over", "1000.00"],
  [{ ...agreed(1_000), amount: money(1n, "EUR") }, whole(5_000), "within", "5000.00"],
] as const;
for (const [given, copy, expected, measured] of states)
  test(`agreed ${given ? moneyToText(given.amount) : "nothing"}, at Microsoft ${copy?.units ?? "nothing"}, 1,000 used: ${expected}`, () => {
    const found = standingOf({ ...base, agreed: given, copy });
    assert.deepEqual([found.state, found.budget && moneyToText(found.budget)], [expected, measured]);
  });

test("a raise that we agreed ourselves is told as ours, any other is not", () => {
  const raise = { from: whole(1_000), to: whole(5_000), at: now.subtract({ hours: 40 }) };
  const ours = (given: SpendInput["agreed"]) =>
    standingOf({ ...base, agreed: given, copy: whole(5_000), raise }).facts.raise;
  assert.equal(ours(agreed(5_000))?.isAgreedHere, true);
  assert.equal(ours(agreed(5_000, "2026-11-17T06:00:00Z"))?.isAgreedHere, false);
  assert.equal(ours(agreed(4_000))?.isAgreedHere, false);
  assert.equal(ours(undefined)?.hoursAgo, 40);
});

const at = (hours: number) => Temporal.Instant.from("2026-11-16T05:00:00Z").add({ hours });
const rates = [
  [240, 0, 24, "10.00"],
  [1, 0, 24, "0.04"],
  [207_360, 0, 24, "8640.00"],
  [-5, 0, 24, "0.00"],
  [5, 0, 0, "0.00"],
] as const;
for (const [cost, from, until, expected] of rates)
  test(`${cost} kronor over ${until - from} hours run at ${expected} an hour`, () => {
    assert.equal(moneyToText(perHour({ cost: whole(cost), fromAt: at(from), through: at(until) }, "SEK")), expected);
  });
