import assert from "node:assert/strict";
import { test } from "node:test";
import { money } from "../core/money.ts";
import { decideLimitUse } from "./decide-exposure.ts";

/**
 * Peers' rows on credit limits (VECTORS E and F). They refuse the document; Surety issues none: it says how much of the limit is left, and the desk
 * decides. Exceeded = nothing is left.
 */
const now = Temporal.Instant.from("2026-11-17T08:00:00Z");
const headroom = (total: bigint, limit: bigint): bigint | undefined =>
  decideLimitUse({ total: money(total, "SEK"), limit: money(limit, "SEK"), burnPerHour: undefined, now }).headroom
    ?.minor;

for (const [id, says, total, limit, isExceeded] of [
  ["OC-11", "open 550, limit 100: exceeded", 55_000n, 10_000n, true],
  ["OC-11", "open 550, limit 1,100: not", 55_000n, 110_000n, false],
  // Theirs has a limit for the unpaid part alone; ours has one limit for the whole, asked with the same figures.
  ["OC-11", "unpaid 550, its limit 499: exceeded", 55_000n, 49_900n, true],
  ["OC-12", "550 unpaid and a new invoice of 550, limit 900: exceeded", 110_000n, 90_000n, true],
  ["OC-14", "a batch of two of 550 over a limit of 900: the whole is over it", 110_000n, 90_000n, true],
  ["EN-20", "limit = outstanding - 50, before anything new: exceeded", 55_000n, 50_000n, true],
] as const)
  test(`${id} ${says}`, () => assert.equal((headroom(total, limit) ?? 0n) < 0n, isExceeded));
