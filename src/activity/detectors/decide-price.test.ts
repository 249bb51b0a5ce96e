import assert from "node:assert/strict";
import { test } from "node:test";
import { leastCostOf, type Machine } from "./decide-price.ts";

const TABLE: readonly (readonly [what: string, machines: readonly Machine[], cents: bigint | undefined])[] = [
  ["nothing", [], undefined],
  ["one small machine", [{ id: "a", sku: "standard_d2s_v5" }], 192n],
  ["a size that is not told is a small machine", [{ id: "a" }], 192n],
  ["one A100 machine", [{ id: "a", sku: "standard_nc24ads_a100_v4" }], 6_912n],
  ["told twice it is one", [{ id: "a", sku: "standard_nc24ads_a100_v4" }, { id: "a" }], 6_912n],
  ["a scale set counts its machines", [{ id: "a", sku: "standard_d2s_v5", count: 10 }], 1_920n],
];
for (const [what, machines, cents] of TABLE)
  test(`a day of ${what}`, () => {
    const cost = leastCostOf(machines, 24n);
    assert.equal(cost?.minor, cents);
    assert.ok(cost === undefined || cost.currency === "USD");
  });
