import assert from "node:assert/strict";
import { test } from "node:test";
import type { Money } from "../../core/money.ts";
import { LEVELS } from "../sigma/contract.ts";
import { decidePriority } from "./decide-priority.ts";

const sek = (kronor: bigint): Money => ({ minor: kronor * 100n, currency: "SEK" });
const score = (level: (typeof LEVELS)[number], atRisk?: Money, exposure?: Money) =>
  decidePriority({ level, atRisk, exposure }).score;

test("worse and dearer come first; critical stands above all", () => {
  assert.equal(score("low", sek(1n)), 8);
  assert.equal(score("high", sek(9_999n)), 16);
  assert.equal(score("high", sek(10_000n)), 32);
  assert.equal(score("high", sek(5_000_000n)), 80);
  assert.equal(score("critical", sek(0n)), 84);
  assert.equal(score("critical", sek(5_000_000n)), 100);
});

test("an amount in euros is weighed as what it is worth", () => {
  assert.equal(score("medium", { minor: 100_000n, currency: "EUR" }), score("medium", sek(10_000n)));
});

test("what is unknown counts as the middle, and says so", () => {
  const unknown = decidePriority({ level: "medium", atRisk: undefined, exposure: undefined });
  assert.deepEqual(unknown, { score: 36, level: "medium", band: 3, stake: "unknown", amount: null });
});

test("without a price for the hit the customer's exposure is what is at stake", () => {
  const { stake, amount } = decidePriority({ level: "medium", atRisk: undefined, exposure: sek(50_000n) });
  assert.equal(stake, "exposure");
  assert.deepEqual(amount, { minor: "5000000", currency: "SEK" });
});
