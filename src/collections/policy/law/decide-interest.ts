import { assert } from "../../../core/assert.ts";
import type { Currency } from "../../../core/currency.ts";
import { type Decimal, parseDecimal } from "../../../core/decimal.ts";
import { divideRounded, type Money } from "../../../core/money.ts";
import { daysBetween } from "../../../core/time.ts";
import type { Policy } from "../../contract-policy.ts";
import { halfYearOf, type Law, type ReferenceRate, ruleOf, statutoryRate } from "./decide-rates.ts";

export type InterestAsk = {
  readonly law: Law;
  /** Country within EU law, for its points, rounding and switch. */
  readonly country?: string | undefined;
  readonly terms: Policy["interest"];
  readonly currency: Currency;
  readonly principalMinor: bigint;
  /** Interest runs from the day after it. */
  readonly dueDay: Temporal.PlainDate;
  /** What went to the principal, by day; the day itself still bears interest on what was owed. Negative = opened again. */
  readonly payments?: readonly { readonly day: Temporal.PlainDate; readonly amountMinor: bigint }[];
  /** Last day that bears interest. */
  readonly asOf: Temporal.PlainDate;
  readonly rates?: readonly ReferenceRate[] | undefined;
};

/** A run of days with one principal, one rate and one length of year. */
export type InterestSegment = {
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
  readonly days: number;
  readonly principalMinor: bigint;
  readonly percent: Decimal;
  readonly yearDays: 365 | 366;
};
export type Interest =
  | { readonly kind: "none"; readonly why: "not-late" | "policy" | "no-statutory-rate" }
  | { readonly kind: "known"; readonly amount: Money; readonly segments: readonly InterestSegment[] }
  /** From that day no rate is known; `amount` is the interest of the days before it. */
  | {
      readonly kind: "unknown";
      readonly from: Temporal.PlainDate;
      readonly amount: Money;
      readonly segments: readonly InterestSegment[];
    };

const DAYS_MAX = 36_600;
const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate) => (Temporal.PlainDate.compare(a, b) <= 0 ? a : b);
const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0;

/**
 * Simple interest in exact arithmetic: the sum of its segments, rounded once, half up. Segments end at each half-year (the rate may
 * change), each year's end (its length may) and each payment. Refuses to guess: without a rate it says from which day.
 */
export function interestOn(ask: InterestAsk): Interest {
  const first = ask.dueDay.add({ days: 1 });
  if (ask.terms.by === "none") return { kind: "none", why: "policy" };
  if (ask.terms.by === "statutory" && ruleOf(ask.law, ask.country) === undefined)
    return { kind: "none", why: "no-statutory-rate" };
  if (isBefore(ask.asOf, first) || ask.principalMinor <= 0n) return { kind: "none", why: "not-late" };
  assert(daysBetween(first, ask.asOf) < DAYS_MAX, "interest over at most 100 years");
  const segments: InterestSegment[] = [];
  for (let from = first; !isBefore(ask.asOf, from);) {
    const percent = rateOn(ask, from);
    if (percent === undefined) return { kind: "unknown", from, amount: amountOf(segments, ask.currency), segments };
    const to = earlier(segmentEnd(ask, from), ask.asOf);
    const principalMinor = principalOn(ask, from);
    if (principalMinor > 0n)
      segments.push({
        from,
        to,
        days: daysBetween(from, to) + 1,
        principalMinor,
        percent,
        yearDays: yearDaysOf(ask.terms, from),
      });
    from = to.add({ days: 1 });
  }
  return { kind: "known", amount: amountOf(segments, ask.currency), segments };
}

function rateOn(ask: InterestAsk, day: Temporal.PlainDate): Decimal | undefined {
  if (ask.terms.by === "contract") {
    const parsed = parseDecimal(ask.terms.ratePercent ?? "");
    assert(parsed.ok, "contract interest has its rate");
    return parsed.value;
  }
  const isFixed = ruleOf(ask.law, ask.country)?.over === "fixed";
  const rate = statutoryRate({ ...ask, day: isFixed ? ask.dueDay.add({ days: 1 }) : day });
  return rate.known ? rate.percent : undefined;
}

/** Last day before anything changes: the half-year, or the next day on which a payment makes the principal another. */
function segmentEnd(ask: InterestAsk, from: Temporal.PlainDate): Temporal.PlainDate {
  const halfYearEnd = halfYearOf(from).add({ months: 6 }).subtract({ days: 1 });
  return (ask.payments ?? [])
    .filter(({ day }) => !isBefore(day, from))
    .reduce((end, { day }) => earlier(end, day), halfYearEnd);
}
const principalOn = (ask: InterestAsk, day: Temporal.PlainDate): bigint =>
  (ask.payments ?? []).reduce(
    (left, paid) => (isBefore(paid.day, day) ? left - paid.amountMinor : left),
    ask.principalMinor,
  );
const yearDaysOf = (terms: Policy["interest"], day: Temporal.PlainDate): 365 | 366 =>
  terms.yearDays === "actual" && day.inLeapYear ? 366 : 365;

/** What each segment comes to, so that they add up to the whole, which is rounded once. */
export function segmentAmounts(segments: readonly InterestSegment[], currency: Currency): readonly bigint[] {
  const upTo = segments.map((_, at) => amountOf(segments.slice(0, at + 1), currency).minor);
  return upTo.map((sum, at) => sum - (upTo[at - 1] ?? 0n));
}

function amountOf(segments: readonly InterestSegment[], currency: Currency): Money {
  const scale = segments.reduce((most, { percent }) => Math.max(most, percent.scale), 0);
  const whole = 365n * 366n;
  const dividend = segments.reduce((sum, { principalMinor, percent, days, yearDays }) => {
    const units = percent.units * 10n ** BigInt(scale - percent.scale);
    return sum + principalMinor * units * BigInt(days) * (whole / BigInt(yearDays));
  }, 0n);
  return { minor: divideRounded(dividend, whole * 100n * 10n ** BigInt(scale)), currency };
}
