import type { Money } from "../../core/money.ts";

/**
 * How many times `usual` an amount is, to two places, rounded down; undefined when one is not known, the currencies differ or nothing is usual:
 * then no ratio can be judged.
 */
export function timesOver(amount: Money | undefined, usual: Money | undefined): number | undefined {
  if (!amount || !usual || amount.currency !== usual.currency || usual.minor <= 0n) return undefined;
  return Number((amount.minor * 100n) / usual.minor) / 100;
}
/** Is an amount above another? Undefined when that cannot be said. */
export const isAbove = (amount: Money | undefined, limit: Money | undefined): boolean | undefined =>
  !amount || !limit || amount.currency !== limit.currency ? undefined : amount.minor > limit.minor;
