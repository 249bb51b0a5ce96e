import type { Decimal } from "../../../core/decimal.ts";
import { parseDecimal } from "../../../core/decimal.ts";
import { assert } from "../../../core/assert.ts";
import type { Policy } from "../../contract-policy.ts";

export type Law = Policy["law"];
/** Reference rates by half-year: SE Riksbank, EU ECB main refinancing, UK Bank of England base on 30 Jun / 31 Dec before. */
export const RATE_SERIES = ["SE", "EU", "UK"] as const;
export type RateSeries = (typeof RATE_SERIES)[number];

/** How well a figure stands: from the issuer or a state, from one other publication, or from a single third party. */
export type RateStanding = "official" | "published" | "single-source" | "desk";
export type ReferenceRate = {
  readonly series: RateSeries;
  /** First day of the half-year it holds for; nothing follows from it for another half-year. */
  readonly from: string;
  readonly percent: string;
  readonly standing: RateStanding;
  readonly source: string;
};

const SE_PAGE = "Riksbank, reference rate by half-year (riksbank.se)";
const se = (from: string, percent: string, standing: RateStanding = "official", source = SE_PAGE): ReferenceRate => ({
  series: "SE",
  from,
  percent,
  standing,
  source,
});

/**
 * What is established, and no more: a half-year without a row is not known, and interest over it is not computed. The desk adds
 * newer rates with their source on the policy page. Figures marked single-source should be checked by whoever relies on them.
 */
export const REFERENCE_RATES: readonly ReferenceRate[] = [
  se("2019-01-01", "-0.5"),
  se("2019-07-01", "0"),
  se("2020-01-01", "0"),
  se("2020-07-01", "0"),
  se("2021-01-01", "0"),
  se("2021-07-01", "0"),
  se("2022-01-01", "0"),
  se("2022-07-01", "0.5"),
  se("2023-01-01", "2.5"),
  se("2023-07-01", "3.5"),
  se("2024-01-01", "4.0", "published", "Capway, reference rate of 2024"),
  se("2024-07-01", "4.0", "single-source", "figures of one open-source test suite, not checked with the Riksbank"),
  se("2025-01-01", "3.0", "single-source", "figures of one open-source test suite, not checked with the Riksbank"),
  se("2026-01-01", "2.0", "single-source", "figures of one open-source test suite, corrected there once from 2.5"),
  {
    series: "EU",
    from: "2024-01-01",
    percent: "4.50",
    standing: "official",
    source: "Bank of Finland, notice of the reference rate from 1 January 2024",
  },
  {
    series: "EU",
    from: "2024-07-01",
    percent: "4.25",
    standing: "official",
    source: "Ireland, late payment interest rate from 1 July 2024",
  },
  { series: "EU", from: "2026-01-01", percent: "2.15", standing: "single-source", source: "one trade blog, 2026" },
  { series: "EU", from: "2026-07-01", percent: "2.40", standing: "single-source", source: "one trade blog, 2026" },
  {
    series: "UK",
    from: "2024-07-01",
    percent: "5.25",
    standing: "single-source",
    source: "Bank of England base rate on 30 June 2024, after one open-source calculator",
  },
];

/** First day of the half-year of a day: 1 January or 1 July. */
export const halfYearOf = (day: Temporal.PlainDate): Temporal.PlainDate =>
  Temporal.PlainDate.from({ year: day.year, month: day.month <= 6 ? 1 : 7, day: 1 });

/**
 * The Riksbank's rule: the policy rate at the end of the half-year before, rounded UP to the nearest half point.
 * Source: Interest Act (1975:635) s. 9.
 */
export function referenceFromPolicyRate({ units, scale }: Decimal): Decimal {
  // Half points are tenths of 5; work in units of 10^-scale.
  const half = 5n * 10n ** BigInt(Math.max(scale - 1, 0));
  const value = scale === 0 ? units * 10n : units;
  const step = scale === 0 ? 5n : half;
  const quotient = value / step;
  const up = value % step > 0n ? quotient + 1n : quotient;
  return { units: up * 5n, scale: 1 };
}

/** What is added to the reference rate, in percentage points, and how it is read. Source: FINDINGS of the law, by country. */
export type NationalRule = {
  readonly country: string;
  readonly pointsOver: number;
  /** "floats": each half-year its own rate; "fixed": the rate of the half-year in which the debt became late. */
  readonly over: "floats" | "fixed";
  /** Finland rounds the ECB rate up to half points before adding. */
  readonly roundsUpToHalf?: true;
  readonly source: string;
};
export const NATIONAL_RULES: readonly NationalRule[] = [
  { country: "DE", pointsOver: 9, over: "floats", source: "BGB s. 288(2)" },
  { country: "FR", pointsOver: 10, over: "floats", source: "Code de commerce L441-10, where nothing else is agreed" },
  { country: "FI", pointsOver: 8, over: "floats", roundsUpToHalf: true, source: "Interest Act (633/1982) s. 12" },
  { country: "IE", pointsOver: 8, over: "fixed", source: "S.I. 580/2012: one rate over the whole delay" },
];
/** What people at the desk should know besides; shown with the law, never computed with. */
export const NATIONAL_NOTES: readonly { readonly country: string; readonly note: string }[] = [
  {
    country: "NO",
    note: "Each reminder gives a new time to pay of 14 days (as users state; check with Norwegian law).",
  },
  { country: "SE", note: "A due date on a day off moves to the next business day in practice." },
];

const BASE: Readonly<Record<RateSeries, NationalRule>> = {
  SE: { country: "SE", pointsOver: 8, over: "floats", source: "Interest Act (1975:635) s. 6" },
  EU: { country: "EU", pointsOver: 8, over: "floats", source: "Directive 2011/7/EU art. 2(6), 3: at least 8 points" },
  UK: { country: "UK", pointsOver: 8, over: "fixed", source: "Late Payment of Commercial Debts (Interest) Act 1998" },
};
/** The rule for a law; within the EU a country may have its own. US law gives no rate: undefined. */
export function ruleOf(law: Law, country?: string): NationalRule | undefined {
  if (law === "US") return undefined;
  return (law === "EU" ? NATIONAL_RULES.find((one) => one.country === country) : undefined) ?? BASE[law];
}

export type StatutoryRate =
  | {
      readonly known: true;
      readonly percent: Decimal;
      /** First and last day on which it holds. */
      readonly from: Temporal.PlainDate;
      readonly until: Temporal.PlainDate;
      readonly reference: ReferenceRate;
      readonly rule: NationalRule;
    }
  /** `from`: the half-year that has no rate; undefined: the law gives none at all. */
  | { readonly known: false; readonly from: Temporal.PlainDate | undefined };

export type RateAsk = {
  readonly law: Law;
  readonly country?: string | undefined;
  readonly day: Temporal.PlainDate;
  /** Built-in rates unless told; the desk's own come first in the list. */
  readonly rates?: readonly ReferenceRate[] | undefined;
};

/** Default interest a year on a day, in percent: reference rate plus the law's points. A half-year without a rate is not known. */
export function statutoryRate({ law, country, day, rates = REFERENCE_RATES }: RateAsk): StatutoryRate {
  const rule = ruleOf(law, country);
  if (rule === undefined) return { known: false, from: undefined };
  const from = halfYearOf(day);
  const reference = rates.find((one) => one.series === law && one.from === from.toString());
  if (reference === undefined) return { known: false, from };
  const percent = plus(rounded(decimal(reference.percent), rule), rule.pointsOver);
  return { known: true, percent, from, until: from.add({ months: 6 }).subtract({ days: 1 }), reference, rule };
}
const rounded = (reference: Decimal, rule: NationalRule) =>
  rule.roundsUpToHalf === true ? referenceFromPolicyRate(reference) : reference;
const plus = ({ units, scale }: Decimal, points: number): Decimal => ({
  units: units + BigInt(points) * 10n ** BigInt(scale),
  scale,
});
function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  assert(parsed.ok, `a rate is a decimal number: ${text}`);
  return parsed.value;
}

/** Half-years between two days for which a law needs a rate and none is known. */
export function missingRates(
  ask: Omit<RateAsk, "day"> & { readonly from: Temporal.PlainDate; readonly to: Temporal.PlainDate },
): readonly string[] {
  if (ask.law === "US") return [];
  const missing: string[] = [];
  for (let day = halfYearOf(ask.from); Temporal.PlainDate.compare(day, ask.to) <= 0; day = day.add({ months: 6 }))
    if (!statutoryRate({ ...ask, day }).known) missing.push(day.toString());
  return missing;
}
