import { isCurrency } from "../core/currency.ts";
import type { Currency } from "../core/currency.ts";
import { type Decimal, decimalToText, multiplyDecimal, parseDecimal } from "../core/decimal.ts";
import { convert, divideRounded, type Money } from "../core/money.ts";
import { ok, refuse, type Result } from "../core/result.ts";
import { parseDay } from "../core/time.ts";
import type { ExchangeRate } from "./contract.ts";

/** A rate as it was used: its own day may lie before the day asked about, and a cross rate has the older day of its two legs. */
export type UsedRate = {
  readonly rate: Decimal;
  readonly text: string;
  readonly day: Temporal.PlainDate;
  readonly source: string;
};
/** Finds the rate from one currency to another; undefined when the table has none, which is never taken for 1. */
export type RateFinder = (from: Currency, to: Currency) => UsedRate | undefined;

/** Digits kept of an inverted or multiplied rate. */
const DIGITS = 12;

const rounded = ({ units, scale }: Decimal): Decimal =>
  scale <= DIGITS ? { units, scale } : { units: divideRounded(units, 10n ** BigInt(scale - DIGITS)), scale: DIGITS };
const inverse = ({ units, scale }: Decimal): Decimal => ({
  units: divideRounded(10n ** BigInt(scale + DIGITS), units),
  scale: DIGITS,
});
const older = (a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate =>
  Temporal.PlainDate.compare(a, b) <= 0 ? a : b;

/**
 * Makes the finder from the latest rate of each pair on or before a day. A pair is found directly, turned round, or through one
 * other currency (central banks publish everything against their own); the euro first, then by name, so the answer never depends on order.
 */
export function rateFinder(rates: readonly ExchangeRate[]): RateFinder {
  const legs = new Map<string, UsedRate>();
  const others = new Set<Currency>();
  for (const { from, to, rate, day, source } of rates) {
    const parsed = parseDecimal(rate);
    if (!parsed.ok || parsed.value.units <= 0n) continue;
    legs.set(`${from}${to}`, used(parsed.value, day, source));
    others.add(from).add(to);
  }
  const leg: RateFinder = (from, to) => {
    const direct = legs.get(`${from}${to}`);
    if (direct !== undefined) return direct;
    const back = legs.get(`${to}${from}`);
    return back === undefined ? undefined : used(inverse(back.rate), back.day, back.source);
  };
  const pivots = [...others].sort((a, b) => (a === "EUR" ? -1 : b === "EUR" ? 1 : a < b ? -1 : 1));
  const found = new Map<string, UsedRate | undefined>();
  return (from, to) => {
    if (from === to)
      return {
        rate: { units: 1n, scale: 0 },
        text: "1",
        day: Temporal.PlainDate.from("1970-01-01"),
        source: "same currency",
      };
    const key = `${from}${to}`;
    if (!found.has(key)) found.set(key, leg(from, to) ?? crossed(leg, { from, to, pivots }));
    return found.get(key);
  };
}

function crossed(
  leg: RateFinder,
  { from, to, pivots }: { readonly from: Currency; readonly to: Currency; readonly pivots: readonly Currency[] },
): UsedRate | undefined {
  for (const pivot of pivots) {
    if (pivot === from || pivot === to) continue;
    const [first, second] = [leg(from, pivot), leg(pivot, to)];
    if (first && second)
      return used(
        rounded(multiplyDecimal(first.rate, second.rate)),
        older(first.day, second.day),
        `${second.source} through ${pivot}`,
      );
  }
  return undefined;
}

const used = (rate: Decimal, day: Temporal.PlainDate, source: string): UsedRate => ({
  rate,
  text: decimalToText(rate),
  day,
  source,
});

/** The amount in another currency with the rate that was used; undefined when there is none. */
export function convertWith(
  find: RateFinder,
  amount: Money,
  to: Currency,
): { readonly amount: Money; readonly rate: UsedRate | undefined } | undefined {
  if (amount.currency === to) return { amount, rate: undefined };
  const rate = find(amount.currency, to);
  return rate === undefined || rate.rate.units === 0n ? undefined : { amount: convert(amount, to, rate.rate), rate };
}

export type RateRow = {
  readonly day: Temporal.PlainDate;
  readonly from: Currency;
  readonly to: Currency;
  readonly rate: string;
};

/** Reads rates from text with the columns day, from, to, rate (comma, semicolon or tab; a header line is skipped). Refuses the first line that is none, by number. */
export function parseRatesCsv(
  text: string,
): Result<readonly RateRow[], { readonly line: number; readonly value: string; readonly fix: string }> {
  const rows: RateRow[] = [];
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const cells = raw
      .replace(/^\uFEFF/, "")
      .split(/[;\t]|,(?=\s*[A-Za-z\d])/)
      .map((cell) => cell.trim().replaceAll('"', ""));
    if (raw.trim() === "" || (rows.length === 0 && /^(day|date|datum)$/i.test(cells[0] ?? ""))) continue;
    const refused = (fix: string) => refuse({ line: index + 1, value: raw.slice(0, 100), fix });
    if (cells.length !== 4) return refused("four columns: day, from, to, rate, e.g. 2026-11-16,EUR,SEK,11.2345");
    const [dayText = "", from = "", to = "", rateText = ""] = cells;
    const day = parseDay(dayText);
    if (!day.ok) return refused("a day such as 2026-11-16 in the first column");
    if (!isCurrency(from.toUpperCase()) || !isCurrency(to.toUpperCase()) || from.toUpperCase() === to.toUpperCase())
      return refused("two different ISO 4217 codes in the second and third column");
    const rate = parseDecimal(rateText);
    if (!rate.ok || rate.value.units <= 0n || rate.value.scale > DIGITS || rate.value.units >= 10n ** 24n)
      return refused("a positive rate with a decimal point and at most twelve decimals in the fourth column");
    rows.push({ day: day.value, from: from.toUpperCase(), to: to.toUpperCase(), rate: decimalToText(rate.value) });
  }
  return rows.length === 0
    ? refuse({ line: 1, value: text.slice(0, 100), fix: "at least one line with day, from, to, rate" })
    : ok(rows);
}
