import assert from "node:assert/strict";
import { test } from "node:test";
import { movableClock } from "./clock.ts";

const at = (text: string) => Temporal.Instant.from(text);

test("the demo's clock goes forward with the real one, and by leaps", () => {
  let real = at("2026-11-22T09:00:00Z");
  const clock = movableClock({ now: () => real });
  assert.equal(clock.now().toString(), "2026-11-22T09:00:00Z");
  clock.moveTo(at("2026-11-23T09:00:00Z"));
  assert.equal(clock.now().toString(), "2026-11-23T09:00:00Z");
  real = at("2026-11-22T09:00:05Z");
  assert.equal(clock.now().toString(), "2026-11-23T09:00:05Z");
});

test("it never goes back, and a moment that is as good as now changes nothing", () => {
  const clock = movableClock({ now: () => at("2026-11-22T09:00:00Z") });
  clock.moveTo(at("2026-11-22T09:00:01Z"));
  clock.moveTo(at("2026-11-01T00:00:00Z"));
  assert.equal(clock.now().toString(), "2026-11-22T09:00:00Z");
});
