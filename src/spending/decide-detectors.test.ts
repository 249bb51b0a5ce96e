import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { money, moneyToText } from "../core/money.ts";
import { noBudget, overBudget, nearBudget, shareBps, SPEND_DETECTORS } from "./decide-detectors.ts";

for (const detector of SPEND_DETECTORS) {
  for (const { says, facts, hit } of detector.examples)
    test(`${detector.id}: ${says} is ${hit ? "a hit" : "none"}`, () =>
      assert.equal(detector.detect(facts) !== undefined, hit));
  test(`${detector.id} has both kinds of example, a reason, a source and a runbook that exists`, () => {
    assert.ok(detector.examples.some((one) => one.hit) && detector.examples.some((one) => !one.hit));
    assert.ok(detector.why.length > 20 && detector.sources.length > 0 && detector.falsePositives.length > 0);
    assert.ok(existsSync(new URL(`../../${detector.runbook}`, import.meta.url)), detector.runbook);
  });
}

const eur = (minor: bigint) => money(minor, "EUR");
const facts = {
  used: eur(12_000n),
  budget: eur(10_000n),
  forecast: eur(15_000n),
  usedUsdMinor: undefined,
  raise: undefined,
};
test("at risk is what the month will cost beyond the budget, as forecast, and at least what is beyond it now", () => {
  const risk = (changes: object) => moneyToText(overBudget.detect({ ...facts, ...changes })!.moneyAtRisk!);
  assert.equal(risk({}), "50.00");
  assert.equal(risk({ forecast: undefined }), "20.00");
  assert.equal(risk({ forecast: eur(11_000n) }), "20.00");
});
test("near the budget without a forecast the money at risk is unknown, not zero", () => {
  assert.equal(nearBudget.detect({ ...facts, used: eur(9_000n), forecast: undefined })?.moneyAtRisk, undefined);
});
test("without a budget all that is used is at risk", () => {
  assert.equal(moneyToText(noBudget.detect({ ...facts, budget: undefined })!.moneyAtRisk!), "120.00");
});
test("shares are cut, never rounded up to a limit", () => {
  assert.equal(shareBps(eur(9_999n), eur(10_000n)), 9_999);
  assert.equal(shareBps(eur(99_999n), eur(100_000n)), 9_999);
  assert.equal(shareBps(eur(-5n), eur(10n)), 0);
  assert.equal(shareBps(eur(10n ** 15n), eur(1n)), 10_000_000);
});
