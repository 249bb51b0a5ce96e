import assert from "node:assert/strict";
import { test } from "node:test";
import { amountsIn, amountsText } from "./amounts.ts";

for (const [text, wanted] of [
  ["", {}],
  ["SEK 100.00", { SEK: "100.00" }],
  ["sek 100, 10.50 eur", { SEK: "100", EUR: "10.50" }],
  ["SEK", undefined],
  ["SEK 1 000", undefined],
  ["SEK 10, SEK 20", undefined],
  ["SEK -5", undefined],
] as const)
  test(`amounts of "${text}"`, () => assert.deepEqual(amountsIn(text), wanted));

test("what is shown is read as it was", () => {
  const amounts = { EUR: "10.00", SEK: "100.00" };
  assert.deepEqual(amountsIn(amountsText(amounts)), amounts);
});
