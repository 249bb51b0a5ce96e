import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimalToText, parseDecimal } from "../core/decimal.ts";
import { type KeptReading, placeReading } from "./decide-usage.ts";

const decimal = (text: string) => {
  const parsed = parseDecimal(text);
  assert.ok(parsed.ok);
  return parsed.value;
};
const reading = (through: string, total: string) => ({
  through: Temporal.Instant.from(through),
  monthToDate: decimal(total),
});
const kept = (through: string, total: string): KeptReading => {
  const day = Temporal.PlainDate.from(through.slice(0, 10));
  return { ...reading(through, total), day, month: day.with({ day: 1 }) };
};

const cases = [
  // the figure before                          the figure                               day, month, cost, since
  [undefined, ["2026-11-16T05:00:00Z", "160"], "2026-11-16 of 2026-11: 160 since 2026-11-01T00:00:00Z"],
  [
    ["2026-11-15T05:00:00Z", "150"],
    ["2026-11-16T05:00:00Z", "160.0501"],
    "2026-11-16 of 2026-11: 10.0501 since 2026-11-15T05:00:00Z",
  ],
  [
    ["2026-11-10T05:00:00Z", "100"],
    ["2026-11-16T05:00:00Z", "160"],
    "2026-11-16 of 2026-11: 60 since 2026-11-10T05:00:00Z",
  ],
  [
    ["2026-11-15T05:00:00Z", "150"],
    ["2026-11-16T05:00:00Z", "140"],
    "2026-11-16 of 2026-11: -10 since 2026-11-15T05:00:00Z",
  ],
  [
    ["2026-11-30T05:00:00Z", "300"],
    ["2026-12-01T05:00:00Z", "310"],
    "2026-11-30 of 2026-11: 10 since 2026-11-30T05:00:00Z",
  ],
  [
    ["2026-11-30T05:00:00Z", "300"],
    ["2026-12-01T05:00:00Z", "2"],
    "2026-12-01 of 2026-12: 2 since 2026-12-01T00:00:00Z",
  ],
  [
    ["2026-11-30T05:00:00Z", "300"],
    ["2026-12-05T05:00:00Z", "400"],
    "2026-12-05 of 2026-12: 400 since 2026-12-01T00:00:00Z",
  ],
  [
    ["2026-10-30T05:00:00Z", "300"],
    ["2026-12-01T05:00:00Z", "400"],
    "2026-12-01 of 2026-12: 400 since 2026-12-01T00:00:00Z",
  ],
  [["2026-11-30T05:00:00Z", "0"], ["2026-12-01T05:00:00Z", "0"], "2026-12-01 of 2026-12: 0 since 2026-12-01T00:00:00Z"],
  [
    ["2026-11-01T13:00:00Z", "300"],
    ["2026-11-02T13:00:00Z", "14"],
    "2026-11-02 of 2026-11: 14 since 2026-11-01T00:00:00Z, the one before was last month's",
  ],
  [
    ["2026-11-02T13:00:00Z", "300"],
    ["2026-11-03T13:00:00Z", "200"],
    "2026-11-03 of 2026-11: -100 since 2026-11-02T13:00:00Z",
  ],
  [
    ["2026-11-03T13:00:00Z", "300"],
    ["2026-11-04T13:00:00Z", "10"],
    "2026-11-04 of 2026-11: -290 since 2026-11-03T13:00:00Z",
  ],
] as const;
for (const [before, now, expected] of cases)
  test(`after ${before?.join(" ") ?? "nothing"}, ${now.join(" ")} is ${expected}`, () => {
    const placed = placeReading(before && kept(before[0], before[1]), reading(now[0], now[1]));
    const month = placed.month.toString().slice(0, 7);
    const late = placed.beforeIsOfLastMonth ? ", the one before was last month's" : "";
    assert.equal(
      `${placed.day.toString()} of ${month}: ${decimalToText(placed.cost)} since ${placed.fromAt.toString()}${late}`,
      expected,
    );
  });

test("the costs of a month's figures sum to its last total, to the last decimal", () => {
  const totals = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 28 });
  fc.assert(
    fc.property(totals, (steps) => {
      let before: KeptReading | undefined;
      let total = 0n;
      let sum = 0n;
      steps.forEach((step, index) => {
        total += BigInt(step);
        const through = Temporal.Instant.from("2026-11-01T05:00:00Z").add({ hours: 24 * index });
        const now = { through, monthToDate: { units: total, scale: 4 } };
        const placed = placeReading(before, now);
        sum += placed.cost.units * 10n ** BigInt(4 - placed.cost.scale);
        before = { ...now, day: placed.day, month: placed.month };
      });
      assert.equal(sum, total);
    }),
  );
});
