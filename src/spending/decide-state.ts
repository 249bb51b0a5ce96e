import { exponentOf } from "../core/currency.ts";
import type { Decimal } from "../core/decimal.ts";
import { divideRounded, type Money, moneyFromDecimal } from "../core/money.ts";
import { minutesBetween } from "../core/time.ts";
import { NEAR_BPS, OVER_BPS, type SpendState } from "./contract.ts";
import { shareBps, type SpendFacts } from "./decide-detectors.ts";
import { type Forecast, forecastMonth, type Interval, trendBps } from "./decide-forecast.ts";

/** A kept figure with its exact decimals. */
export type Figure = Interval & {
  readonly day: Temporal.PlainDate;
  readonly month: Temporal.PlainDate;
  readonly monthToDate: Decimal;
  readonly usd: Decimal | undefined;
};
export type Raise = { readonly from: Decimal; readonly to: Decimal; readonly at: Temporal.Instant };
export type SpendInput = {
  /** Oldest first, at least one; all in `currency`. */
  readonly figures: readonly [Figure, ...Figure[]];
  readonly currency: string;
  /** Agreed here and not yet refused by anybody; undefined = none. */
  readonly agreed: { readonly amount: Money; readonly setAt: Temporal.Instant } | undefined;
  /** Microsoft's copy; undefined = none set or never read. */
  readonly copy: Decimal | undefined;
  readonly raise: Raise | undefined;
  readonly now: Temporal.Instant;
};
export type SpendStanding = {
  readonly month: Temporal.PlainDate;
  readonly used: Money;
  readonly through: Temporal.Instant;
  /** What spend is measured against: the agreed budget, else the one set at Microsoft. */
  readonly budget: Money | undefined;
  readonly usedBps: number | undefined;
  readonly forecast: Forecast | undefined;
  readonly forecastBps: number | undefined;
  readonly trendBps: number | undefined;
  readonly state: SpendState;
  readonly spark: readonly Money[];
  readonly facts: SpendFacts;
};

/** Newest days in the small line of a table row. */
const SPARK_DAYS = 30;

/** How a customer's month stands, from its figures and budgets alone. */
export function standingOf({ figures, currency, agreed, copy, raise, now }: SpendInput): SpendStanding {
  const newest = figures.at(-1) ?? figures[0];
  const used = moneyFromDecimal(newest.monthToDate, currency);
  const agreedHere = agreed !== undefined && agreed.amount.currency === currency ? agreed.amount : undefined;
  const atMicrosoft = copy === undefined || copy.units <= 0n ? undefined : moneyFromDecimal(copy, currency);
  const budget = agreedHere ?? atMicrosoft;
  const found = forecastMonth({ used, through: newest.through, month: newest.month, intervals: figures, budget });
  const forecast = typeof found === "string" ? undefined : found;
  const usedBps = budget === undefined ? undefined : shareBps(used, budget);
  const forecastBps = budget === undefined || forecast === undefined ? undefined : shareBps(forecast.mid, budget);
  return {
    month: newest.month,
    used,
    through: newest.through,
    budget,
    usedBps,
    forecast,
    forecastBps,
    trendBps: trendBps(figures, currency),
    state: stateOf(usedBps, forecastBps),
    spark: figures.slice(-SPARK_DAYS).map((one) => moneyFromDecimal(one.cost, currency)),
    facts: {
      used,
      budget,
      forecast: forecast?.mid,
      usedUsdMinor: usdMinor(newest.usd),
      raise: raiseOf(raise, { currency, agreed, now }),
    },
  };
}

function stateOf(usedBps: number | undefined, forecastBps: number | undefined): SpendState {
  if (usedBps === undefined) return "no-budget";
  if (usedBps >= OVER_BPS) return "over";
  if (usedBps >= NEAR_BPS) return "near";
  return forecastBps !== undefined && forecastBps > OVER_BPS ? "forecast-over" : "within";
}

const usdMinor = (usd: Decimal | undefined): bigint | undefined =>
  usd === undefined ? undefined : moneyFromDecimal(usd, "USD").minor;

/** A raise to the amount that was agreed here, after it was agreed, is our own doing. */
function raiseOf(
  raise: Raise | undefined,
  { currency, agreed, now }: Pick<SpendInput, "currency" | "agreed" | "now">,
): SpendFacts["raise"] {
  if (raise === undefined) return undefined;
  const to = moneyFromDecimal(raise.to, currency);
  const isAgreedHere =
    agreed !== undefined && agreed.amount.minor === to.minor && Temporal.Instant.compare(agreed.setAt, raise.at) <= 0;
  return {
    from: moneyFromDecimal(raise.from, currency),
    to,
    hoursAgo: Math.floor(minutesBetween(raise.at, now) / 60),
    isAgreedHere,
  };
}

/** Money per hour over an interval, rounded to whole minor units; a correction downward counts as nothing running. */
export function perHour(interval: Interval, currency: string): Money {
  const ms = BigInt(interval.through.epochMilliseconds - interval.fromAt.epochMilliseconds);
  if (ms <= 0n || interval.cost.units <= 0n) return { minor: 0n, currency };
  const shift = exponentOf(currency) - interval.cost.scale;
  const hourly = interval.cost.units * 3_600_000n;
  return {
    minor:
      shift >= 0 ? divideRounded(hourly * 10n ** BigInt(shift), ms) : divideRounded(hourly, ms * 10n ** BigInt(-shift)),
    currency,
  };
}
