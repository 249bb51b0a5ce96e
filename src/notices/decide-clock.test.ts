import assert from "node:assert/strict";
import { test } from "node:test";
import { decideClock, decideEscalation } from "./decide-clock.ts";

const start = Temporal.Instant.from("2026-11-17T01:10:00Z");
const after = (minutes: number) => start.add({ minutes });

const clocks = [
  // minutes after detection, next boundary, left, level
  [0, "aim", 60, "ok"],
  [28, "aim", 32, "ok"],
  [40, "aim", 20, "ok"],
  [41, "aim", 19, "warn"],
  [59, "aim", 1, "warn"],
  [60, "limit", 1_380, "ok"],
  [719, "limit", 721, "ok"],
  [720, "limit", 720, "warn"],
  [1_320, "limit", 120, "warn"],
  [1_321, "limit", 119, "crit"],
  [1_440, "limit", 0, "crit"],
  [1_511, "limit", -71, "crit"],
  [-5, "aim", 60, "ok"],
] as const;
for (const [minutes, toward, left, level] of clocks)
  test(`${minutes} min after detection: ${left} min to the ${toward}, ${level}`, () => {
    const clock = decideClock(start, after(minutes));
    assert.deepEqual([clock.toward, clock.leftMinutes, clock.level], [toward, left, level]);
    assert.equal(clock.boundaryAt.toString(), (toward === "aim" ? clock.aimAt : clock.limitAt).toString());
  });

const escalations = [
  // minutes after detection, announced so far, announce now
  [44, 0, undefined],
  [45, 0, 45],
  [46, 45, undefined],
  [720, 45, 720],
  [720, 0, 720],
  [1_319, 720, undefined],
  [1_320, 720, 1_320],
  [9_000, 0, 1_320],
  [9_000, 1_320, undefined],
] as const;
for (const [minutes, announced, expected] of escalations)
  test(`${minutes} min after detection, announced up to ${announced}: ${expected === undefined ? "quiet" : `announce ${expected}`}`, () => {
    assert.equal(decideEscalation(start, announced, after(minutes)), expected);
  });
