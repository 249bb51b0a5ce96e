import type { CaseJson, CostJson } from "../../src/cases/contract.ts";
import { divideRounded } from "../../src/core/money.ts";

const HOUR_MS = 3_600_000n;

/** What was spent by now at the case's rate: counts on between two answers, and when the line is down. */
export function spentAt(cost: CostJson, running: CaseJson["running"], nowIso: string): string {
  if (!running.known) return cost.spentMinor;
  const from = Temporal.Instant.from(cost.firstUseAt).epochMilliseconds;
  const ms = Math.max(0, Temporal.Instant.from(nowIso).epochMilliseconds - from);
  return divideRounded(BigInt(running.perHour.minor) * BigInt(Math.round(ms)), HOUR_MS).toString();
}
