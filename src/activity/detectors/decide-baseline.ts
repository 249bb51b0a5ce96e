import type { Kept } from "../contract-detector.ts";
import { dayOf } from "./decide-window.ts";

/** The middle of the values, the lower of two middles; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * What is usual: the median over the whole UTC days before the day of `at` that the group knows, at most `daysMax`; days without an event
 * count as zero. Undefined when fewer than `daysMin` whole days are known: then nothing can be called unusual.
 */
export function usualPerDay(
  all: readonly Kept[],
  { at, daysMin, daysMax, amountOf }: { at: number; daysMin: number; daysMax: number; amountOf: (one: Kept) => number },
): number | undefined {
  const today = dayOf(at);
  const first = all[0];
  if (!first) return undefined;
  const days = Math.min(daysMax, today - dayOf(first.at));
  if (days < daysMin) return undefined;
  const totals = Array.from({ length: days }, () => 0);
  for (const one of all) {
    const back = today - dayOf(one.at);
    if (back >= 1 && back <= days) totals[back - 1] = (totals[back - 1] ?? 0) + amountOf(one);
  }
  return median(totals);
}
