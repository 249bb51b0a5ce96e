import assert from "node:assert/strict";
import { test } from "node:test";
import { clockAt } from "./clock.ts";

const startedAt = "2026-11-17T07:00:00Z";
const edges = { startedAt, aimAt: "2026-11-17T08:00:00Z", limitAt: "2026-11-18T07:00:00Z" };

const cases = [
  // now                    elapsed  left   toward   tone
  ["2026-11-17T07:00:00Z", 0, 60, "aim", "ok"],
  ["2026-11-17T07:40:00Z", 40, 20, "aim", "ok"],
  ["2026-11-17T07:41:00Z", 41, 19, "aim", "warn"],
  ["2026-11-17T07:59:00Z", 59, 1, "aim", "warn"],
  ["2026-11-17T08:00:00Z", 60, 1380, "limit", "ok"],
  ["2026-11-17T19:00:00Z", 720, 720, "limit", "ok"],
  ["2026-11-17T19:01:00Z", 721, 719, "limit", "warn"],
  ["2026-11-18T05:00:00Z", 1320, 120, "limit", "warn"],
  ["2026-11-18T05:01:00Z", 1321, 119, "limit", "crit"],
  ["2026-11-18T08:11:00Z", 1511, -71, "limit", "crit"],
  ["2026-11-17T06:59:00Z", 0, 61, "aim", "ok"],
] as const;
for (const [now, elapsedMinutes, leftMinutes, toward, tone] of cases)
  test(`at ${now} the clock stands at ${leftMinutes} min to the ${toward}: ${tone}`, () => {
    const boundaryAt = toward === "aim" ? edges.aimAt : edges.limitAt;
    assert.deepEqual(clockAt(edges, now), { elapsedMinutes, leftMinutes, toward, boundaryAt, tone });
  });
