import { z } from "zod";
import type { Money } from "../core/money.ts";
import { moneyJson } from "../core/wire.ts";

/** What first? A number from 0 to 100: how bad it is times how much is at stake. `critical` stands above all others. */
export const PRIORITY_LEVELS = ["informational", "low", "medium", "high", "critical"] as const;
export type PriorityLevel = (typeof PRIORITY_LEVELS)[number];
/** What the amount is: what this finding could cost, or all that the customer owes and may come to owe. */
export const STAKES = ["at-risk", "exposure", "unknown"] as const;
export type Stake = (typeof STAKES)[number];

/** How a priority came about; every number on the page opens to this. */
export const priorityJson = z.object({
  score: z.number().int(),
  level: z.enum(PRIORITY_LEVELS),
  /** 1 (little) to 5 (very much); 3 while the amount is unknown. */
  band: z.number().int(),
  stake: z.enum(STAKES),
  amount: moneyJson.nullable(),
});
export type PriorityJson = z.infer<typeof priorityJson>;

export const BANDS_MAX = 5;
const BAND_OF_UNKNOWN = 3;
/** Amounts from which the next band begins, in thousands of euros or what comes near it. */
const BAND_EDGES = [1n, 10n, 50n, 200n] as const;
const STEP = 4;
const CRITICAL_BASE = 80;

/** About a thousand euros, in minor units. Bands are five times as wide or more, so that a rough rate does not move many cases. */
const THOUSAND: Readonly<Record<string, bigint>> = {
  SEK: 1_000_000n,
  NOK: 1_000_000n,
  DKK: 750_000n,
  CZK: 2_500_000n,
  PLN: 450_000n,
  HUF: 40_000_000n,
  JPY: 150_000n,
  INR: 9_000_000n,
};
const THOUSAND_OF_OTHERS = 100_000n;

/** How much is at stake, from 1 to 5; 3 while it is unknown, since unknown is not little. */
export function bandOf(amount: Money | undefined): number {
  if (amount === undefined) return BAND_OF_UNKNOWN;
  const thousand = THOUSAND[amount.currency] ?? THOUSAND_OF_OTHERS;
  return 1 + BAND_EDGES.filter((edge) => amount.minor >= edge * thousand).length;
}

/** Severity times exposure: 4, 8 … 80; critical from 84 to 100, above all else. */
export function priorityOf(of: {
  readonly level: PriorityLevel;
  readonly amount: Money | undefined;
  readonly stake: Exclude<Stake, "unknown">;
}): PriorityJson {
  const { level, amount, stake } = of;
  const band = bandOf(amount);
  const weight = PRIORITY_LEVELS.indexOf(level);
  const score = level === "critical" ? CRITICAL_BASE + STEP * band : STEP * band * (weight + 1);
  return {
    score,
    level,
    band,
    stake: amount === undefined ? "unknown" : stake,
    amount: amount === undefined ? null : { minor: amount.minor.toString(), currency: amount.currency },
  };
}
