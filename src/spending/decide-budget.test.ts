import assert from "node:assert/strict";
import { test } from "node:test";
import { money } from "../core/money.ts";
import type { BudgetState } from "./contract.ts";
import { decidePush, decideReadBack, isSameBudget } from "./decide-budget.ts";

const at = (seconds: number) => Temporal.Instant.from("2026-11-17T08:00:00Z").add({ seconds });
const budget = (state: BudgetState, pushBegan?: number) => ({
  amount: money(72_000_000n, "SEK"),
  state,
  stateAt: at(0),
  pushBeganAt: pushBegan === undefined ? undefined : at(pushBegan),
});
const copy = (units: bigint, scale = 0) => ({ units, scale });

const pushes = [
  ["agreed", undefined, "push"],
  ["pushing", 0, "wait"],
  ["pushing", -121, "push"],
  ["differs", undefined, "push"],
  ["in-partner-center", undefined, "done"],
  ["failed", undefined, "done"],
] as const;
for (const [state, began, expected] of pushes)
  test(`a budget that is ${state}, ${began === undefined ? "never tried" : `tried ${-began} s ago`}: ${expected}`, () => {
    assert.equal(decidePush(budget(state, began), at(0)).kind, expected);
  });

const reads = [
  // state               Microsoft's copy   read, s   new state
  ["agreed", copy(720_000n), 10, "in-partner-center"],
  ["pushing", copy(720_000n), 10, "in-partner-center"],
  ["pushing", copy(500_000n), 10, undefined],
  ["in-partner-center", copy(720_000n), 10, undefined],
  ["in-partner-center", copy(7_200_000n, 1), 10, undefined],
  ["in-partner-center", copy(900_000n), 10, "differs"],
  ["in-partner-center", undefined, 10, "differs"],
  ["in-partner-center", copy(900_000n), -10, undefined],
  ["differs", copy(720_000n), 10, "in-partner-center"],
  ["differs", copy(900_000n), 10, undefined],
  ["failed", copy(720_000n), 10, "in-partner-center"],
  ["failed", undefined, 10, undefined],
] as const;
for (const [state, amount, seconds, expected] of reads)
  test(`${state}, copy ${amount === undefined ? "none" : `${amount.units}/${amount.scale}`} read ${seconds < 0 ? "before" : "after"}: ${expected ?? "nothing new"}`, () => {
    assert.equal(decideReadBack(budget(state), amount, at(seconds)), expected);
  });
test("a copy with more decimals is compared in whole minor units", () => {
  assert.equal(isSameBudget(money(1_000n, "SEK"), copy(10_001n, 3)), true);
  assert.equal(isSameBudget(money(1_000n, "SEK"), copy(10_010n, 3)), false);
});
