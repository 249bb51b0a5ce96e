import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerSpend } from "../../src/spending/contract.ts";
import { fanPoints, fanTicks, unitsOf } from "./points.ts";

const sek = (units: number) => ({ minor: String(units * 100), currency: "SEK" });
const day = (n: number) => `2026-11-${String(n).padStart(2, "0")}`;
const spend = {
  month: "2026-11",
  days: [1, 2, 3, 4].map((n) => ({ day: day(n), cost: sek(10), monthToDate: sek(10 * n), spansDays: 1 })),
  forecast: { points: [4, 5, 6].map((n) => ({ day: day(n), low: sek(9 * n), mid: sek(10 * n), high: sek(11 * n) })) },
} as unknown as CustomerSpend;

test("used and forecast meet at the newest figure, and every day of the month has its place", () => {
  const points = fanPoints(spend, (one) => one);
  assert.equal(points.length, 30);
  assert.deepEqual(points[2], { day: day(3), used: 30 });
  assert.deepEqual(points[3], { day: day(4), used: 40, mid: 40, band: [40, 40] });
  assert.deepEqual(points[4], { day: day(5), mid: 50, band: [45, 55] });
  assert.deepEqual(points[29], { day: day(30) });
});
test("without a forecast the line ends, it does not go flat", () => {
  const points = fanPoints({ ...spend, forecast: null }, (one) => one);
  assert.deepEqual(points[3], { day: day(4), used: 40 });
  assert.deepEqual(points[4], { day: day(5) });
});
test("the axis names the first and the last day", () =>
  assert.deepEqual(
    fanTicks("2026-02", (one) => one.slice(8)),
    ["01", "08", "15", "22", "28"],
  ));
test("a month whose first figure came late begins at nothing", () => {
  const late = { ...spend, days: spend.days.slice(3), forecast: null } as unknown as CustomerSpend;
  assert.deepEqual(fanPoints(late, (one) => one).slice(0, 4), [
    { day: day(1), used: 0 },
    { day: day(2) },
    { day: day(3) },
    { day: day(4), used: 40 },
  ]);
});
test("yen have no minor units", () => assert.equal(unitsOf({ minor: "500", currency: "JPY" }), 500));
