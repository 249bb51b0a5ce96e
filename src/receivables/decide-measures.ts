import { divideRounded } from "../core/money.ts";
import { daysBetween } from "../core/time.ts";

/**
 * The measures of a ledger, each by one formula. Amounts are minor units of one currency; a ratio or a number of days comes back in
 * tenths or hundredths as whole numbers, so that nothing is rounded twice. What cannot be told is `undefined` with a reason, never 0.
 * Source: collections findings 5; vectors ME-01 and ME-02.
 */
export type Measured =
  | { readonly known: true; /** In hundredths: 9474 is 94.74 % or 94.74 days. */ readonly hundredths: bigint }
  | { readonly known: false; readonly why: MeasureGap };
/** Why a measure cannot be told. */
export const MEASURE_GAPS = [
  "no-sales",
  "nothing-owed",
  "nothing-to-collect",
  "history-too-short",
  "nothing-paid",
  "no-promises",
] as const;
export type MeasureGap = (typeof MEASURE_GAPS)[number];

const known = (dividend: bigint, divisor: bigint): Measured => ({
  known: true,
  hundredths: divisor < 0n ? divideRounded(-dividend, -divisor) : divideRounded(dividend, divisor),
});
const unknown = (why: MeasureGap): Measured => ({ known: false, why });

/** DSO, simple: receivables ÷ credit sales of the period × its days. */
export const simpleDso = (of: {
  readonly receivablesMinor: bigint;
  readonly salesMinor: bigint;
  readonly days: number;
}): Measured =>
  of.salesMinor <= 0n ? unknown("no-sales") : known(of.receivablesMinor * BigInt(of.days) * 100n, of.salesMinor);

/** Credit sales of one calendar month, or of the part of it up to the day asked for. */
export type MonthSales = { readonly salesMinor: bigint; readonly days: number };

/**
 * DSO by count-back: whole months' sales are taken off the receivables, newest first, each counting its days; what is left counts as
 * its share of the next older month's days. A month without sales counts its days and takes nothing.
 */
export function countBackDso(receivablesMinor: bigint, newestFirst: readonly MonthSales[]): Measured {
  if (!newestFirst.some(({ salesMinor }) => salesMinor > 0n)) return unknown("no-sales");
  let left = receivablesMinor;
  let days = 0;
  for (const month of newestFirst) {
    if (left <= 0n) break;
    const sales = month.salesMinor > 0n ? month.salesMinor : 0n;
    if (sales > 0n && left <= sales) return known((BigInt(days) * sales + left * BigInt(month.days)) * 100n, sales);
    left -= sales;
    days += month.days;
  }
  return left > 0n ? unknown("history-too-short") : known(BigInt(days) * 100n, 1n);
}

/** Best possible DSO: what is not yet due ÷ credit sales × days. The DSO that would be left if everybody paid on time. */
export const bestPossibleDso = (of: {
  readonly notDueMinor: bigint;
  readonly salesMinor: bigint;
  readonly days: number;
}): Measured => simpleDso({ receivablesMinor: of.notDueMinor, salesMinor: of.salesMinor, days: of.days });

/** Average days delinquent: DSO − best possible DSO. */
export const averageDaysDelinquent = (dso: Measured, best: Measured): Measured =>
  dso.known && best.known ? { known: true, hundredths: dso.hundredths - best.hundredths } : dso.known ? best : dso;

/**
 * Collection effectiveness, in per cent: (begin + sales − end) ÷ (begin + sales − end not due) × 100. Unknown when nothing was there
 * to collect.
 */
export function collectionEffectiveness(of: {
  readonly beginMinor: bigint;
  readonly salesMinor: bigint;
  readonly endMinor: bigint;
  readonly endNotDueMinor: bigint;
}): Measured {
  const all = of.beginMinor + of.salesMinor;
  const collectable = all - of.endNotDueMinor;
  return collectable <= 0n ? unknown("nothing-to-collect") : known((all - of.endMinor) * 10_000n, collectable);
}

/** Share of what is owed, in per cent: over 90 days past due (at risk), disputed, or any other part. */
export const shareOfOwed = (partMinor: bigint, outstandingMinor: bigint): Measured =>
  outstandingMinor <= 0n ? unknown("nothing-owed") : known(partMinor * 10_000n, outstandingMinor);

/** Mean days past due at settlement, weighed by nothing: each settled invoice counts once. Negative is early. */
export const averageDaysLate = (totalDays: bigint, settled: bigint): Measured =>
  settled <= 0n ? unknown("nothing-paid") : known(totalDays * 100n, settled);

/** A promise as far as it was kept. */
export type JudgedPromise = { readonly state: "kept" | "broken" | "open" | "withdrawn" };
/** Promises kept, in per cent: kept ÷ (kept + broken). Open and withdrawn ones are not counted. */
export function promisesKept(promises: readonly JudgedPromise[]): Measured {
  const kept = promises.filter(({ state }) => state === "kept").length;
  const broken = promises.filter(({ state }) => state === "broken").length;
  return kept + broken === 0 ? unknown("no-promises") : known(BigInt(kept) * 10_000n, BigInt(kept + broken));
}

/** The months that end with `asOf`, newest first: the part of its own month up to that day, then whole ones. */
export function monthsBack(
  asOf: Temporal.PlainDate,
  count: number,
): readonly { readonly from: Temporal.PlainDate; readonly upTo: Temporal.PlainDate; readonly days: number }[] {
  return Array.from({ length: count }, (_, back) => {
    const first = asOf.with({ day: 1 }).subtract({ months: back });
    const upTo = back === 0 ? asOf : first.add({ months: 1 }).subtract({ days: 1 });
    return { from: first, upTo, days: daysBetween(first, upTo) + 1 };
  });
}
