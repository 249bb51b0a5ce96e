import type { Currency } from "../core/currency.ts";
import { exponentOf } from "../core/currency.ts";
import type { Decimal } from "../core/decimal.ts";
import { divideRounded, type Money, money } from "../core/money.ts";
import type { NoForecast } from "./contract.ts";

/** What an interval between two figures cost. */
export type Interval = {
  readonly fromAt: Temporal.Instant;
  readonly through: Temporal.Instant;
  readonly cost: Decimal;
};

/** With fewer intervals than this the spread is a guess, and a guess is not shown. */
export const INTERVALS_MIN = 4;
/** Newest intervals the rate is taken from: two weeks hold both kinds of weekday twice. */
export const INTERVALS_MAX = 14;
/** Distance of the 10th and 90th percentile from the mean of a normal distribution, in ten-thousandths of its deviation. */
const Z_10_90 = 12_816n;
const DAY_MS = 86_400_000n;
/** Extra digits carried through the sums, so that rounding happens once, at the end. */
const GUARD = 6;

export type ForecastPoint = {
  readonly day: Temporal.PlainDate;
  readonly low: Money;
  readonly mid: Money;
  readonly high: Money;
};
export type Forecast = {
  readonly day: Temporal.PlainDate;
  readonly low: Money;
  readonly mid: Money;
  readonly high: Money;
  readonly basisDays: number;
  readonly perDay: Money;
  readonly passesBudgetOn: Temporal.PlainDate | undefined;
  readonly points: readonly ForecastPoint[];
};
export type ForecastAsk = {
  readonly used: Money;
  readonly through: Temporal.Instant;
  readonly month: Temporal.PlainDate;
  /** Newest last. */
  readonly intervals: readonly Interval[];
  readonly budget: Money | undefined;
};

/**
 * What the month will have cost if it goes on as in the newest days: the mean day carried forward, with a band in which
 * 8 of 10 months end when days vary as they did. Starts at the newest figure, not at today. Gives the reason when there
 * is too little to go by.
 */
export function forecastMonth(ask: ForecastAsk): Forecast | NoForecast {
  const { used, through, month, budget } = ask;
  const usable = ask.intervals
    .filter((one) => Temporal.Instant.compare(one.fromAt, one.through) < 0)
    .slice(-INTERVALS_MAX);
  const end = month.add({ months: 1 });
  if (Temporal.Instant.compare(through, end.toZonedDateTime("UTC").toInstant()) >= 0) return "month-over";
  if (usable.length === 0) return "no-data";
  if (usable.length < INTERVALS_MIN) return "too-few-days";
  const rates = dailyRates(usable, used.currency);
  const dayBefore = end.subtract({ days: 1 });
  const points: ForecastPoint[] = [];
  const first = through.toZonedDateTimeISO("UTC").toPlainDate();
  for (let day = first; Temporal.PlainDate.compare(day, dayBefore) <= 0; day = day.add({ days: 1 })) {
    const until = day.add({ days: 1 }).toZonedDateTime("UTC").toInstant();
    points.push({ day, ...carry(used, rates, BigInt(until.epochMilliseconds - through.epochMilliseconds)) });
  }
  const last = points.at(-1);
  if (last === undefined) return "month-over";
  const passes =
    budget === undefined || budget.currency !== used.currency
      ? undefined
      : points.find((point) => point.mid.minor > budget.minor);
  const perDay = money(divideRounded(rates.meanDay, 10n ** BigInt(GUARD)), used.currency);
  const basisDays = Number(divideRounded(rates.totalMs, DAY_MS));
  return {
    ...last,
    basisDays,
    perDay,
    passesBudgetOn: used.minor > (budget?.minor ?? used.minor) ? undefined : passes?.day,
    points,
  };
}

/** Mean cost of a day and its variance, in minor units with GUARD more digits; the weight of an interval is its length. */
type Rates = { readonly meanDay: bigint; readonly varianceDay: bigint; readonly totalMs: bigint };

function dailyRates(intervals: readonly Interval[], currency: Currency): Rates {
  const rows = intervals.map(({ fromAt, through, cost }) => ({
    cost: guarded(cost, currency),
    ms: BigInt(through.epochMilliseconds - fromAt.epochMilliseconds),
  }));
  const totalMs = rows.reduce((sum, row) => sum + row.ms, 0n);
  const meanDay = divideRounded(rows.reduce((sum, row) => sum + row.cost, 0n) * DAY_MS, totalMs);
  const squares = rows.reduce((sum, row) => {
    const off = divideRounded(row.cost * DAY_MS, row.ms) - meanDay;
    return sum + off * off * row.ms;
  }, 0n);
  const n = BigInt(rows.length);
  return { meanDay, varianceDay: (squares * n) / (totalMs * (n - 1n)), totalMs };
}

/** The amount with GUARD digits more than the currency has; digits beyond are cut. */
function guarded(value: Decimal, currency: Currency): bigint {
  const scale = exponentOf(currency) + GUARD;
  return value.scale <= scale
    ? value.units * 10n ** BigInt(scale - value.scale)
    : divideRounded(value.units, 10n ** BigInt(value.scale - scale));
}

/** `used` carried `aheadMs` on. The band holds the spread of the days to come and the doubt about the mean itself. */
function carry(
  used: Money,
  { meanDay, varianceDay, totalMs }: Rates,
  aheadMs: bigint,
): { readonly low: Money; readonly mid: Money; readonly high: Money } {
  const unit = 10n ** BigInt(GUARD);
  const mid = used.minor + divideRounded(meanDay * aheadMs, DAY_MS * unit);
  const variance = (varianceDay * aheadMs) / DAY_MS + (varianceDay * aheadMs * aheadMs) / (DAY_MS * totalMs);
  const spread = divideRounded(squareRoot(variance) * Z_10_90, 10_000n * unit);
  const low = mid - spread;
  const at = (minor: bigint) => money(minor, used.currency);
  return { low: at(low < used.minor && mid >= used.minor ? used.minor : low), mid: at(mid), high: at(mid + spread) };
}

/** Whole part of the square root (Newton). */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value < 0n ? 0n : value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Days on each side of the trend. */
export const TREND_DAYS = 7;

/** Change of the newest seven days against the seven before, in basis points; undefined with less than two weeks of figures or nothing before. */
export function trendBps(intervals: readonly Interval[], currency: Currency): number | undefined {
  const newest = intervals.at(-1);
  if (newest === undefined) return undefined;
  const edge = newest.through.epochMilliseconds - TREND_DAYS * Number(DAY_MS);
  const start = edge - TREND_DAYS * Number(DAY_MS);
  if ((intervals[0]?.fromAt.epochMilliseconds ?? newest.through.epochMilliseconds) > start) return undefined;
  // One long interval over both weeks would tell "no change", which nobody measured.
  if (intervals.filter((one) => one.through.epochMilliseconds > start).length < INTERVALS_MIN * 2) return undefined;
  const sum = (from: number, to: number) =>
    intervals.reduce((total, { fromAt, through, cost }) => {
      const begin = Math.max(fromAt.epochMilliseconds, from);
      const end = Math.min(through.epochMilliseconds, to);
      const length = through.epochMilliseconds - fromAt.epochMilliseconds;
      return end <= begin || length <= 0
        ? total
        : total + (guarded(cost, currency) * BigInt(end - begin)) / BigInt(length);
    }, 0n);
  const now = sum(edge, newest.through.epochMilliseconds);
  const before = sum(start, edge);
  if (before <= 0n) return undefined;
  const bps = ((now - before) * 10_000n) / before;
  return Number(bps > TREND_BPS_MAX ? TREND_BPS_MAX : bps);
}
/** A growth beyond this (1,000,000 %) is shown as this. */
const TREND_BPS_MAX = 100_000_000n;
