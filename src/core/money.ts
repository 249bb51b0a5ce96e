import { assert } from "./assert.ts";
import { type Currency, exponentOf, isCurrency } from "./currency.ts";
import type { Decimal } from "./decimal.ts";

/** An amount in minor units: `{ minor: 1999n, currency: "EUR" }` is EUR 19.99. */
export type Money = { readonly minor: bigint; readonly currency: Currency };
/** The wire form: minor units as a decimal string, since a JSON number would lose digits. */
export type MoneyJson = { readonly minor: string; readonly currency: string };

export function money(minor: bigint, currency: Currency): Money {
  assert(isCurrency(currency), `known currency, got ${currency}`);
  return { minor, currency };
}
export const zero = (currency: Currency): Money => money(0n, currency);

/** Sum of two amounts of one currency; euros and dollars do not add up. */
export function add(a: Money, b: Money): Money {
  assert(a.currency === b.currency, `${a.currency} + ${b.currency}`);
  return money(a.minor + b.minor, a.currency);
}
export const negate = (a: Money): Money => money(-a.minor, a.currency);
export const subtract = (a: Money, b: Money): Money => add(a, negate(b));

/** Sum of any number of amounts, all in `currency`. */
export const sum = (amounts: readonly Money[], currency: Currency): Money => amounts.reduce(add, zero(currency));

/** -1, 0 or 1 as `a` is below, equal to or above `b`. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  assert(a.currency === b.currency, `${a.currency} against ${b.currency}`);
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0;
}

export const moneyToJson = (a: Money): MoneyJson => ({ minor: a.minor.toString(), currency: a.currency });
export function moneyFromJson(json: MoneyJson): Money {
  assert(/^-?\d{1,30}$/.test(json.minor), `minor units are a whole number, got ${json.minor}`);
  return money(BigInt(json.minor), json.currency);
}

/**
 * Splits `total` by `weights`, largest remainder first, so the shares always sum to `total`.
 * @param weights at least one, none negative, at least one positive
 */
export function allocate(total: Money, weights: readonly bigint[]): Money[] {
  const all = weights.reduce((a, w) => a + w, 0n);
  assert(all > 0n && weights.every((w) => w >= 0n), "weights are non-negative and not all zero");
  const shares = weights.map((w) => (total.minor * w) / all);
  let left = total.minor - shares.reduce((a, s) => a + s, 0n);
  const step = left < 0n ? -1n : 1n;
  const byRemainder = weights
    .map((w, index) => ({ index, remainder: ((total.minor * w) % all) * step }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    shares[index] = (shares[index] ?? 0n) + step;
    left -= step;
  }
  assert(left === 0n, "shares sum to the total");
  return shares.map((minor) => money(minor, total.currency));
}

/** Rounds half away from zero, as invoices do; the one place where usage decimals become money. */
export function moneyFromDecimal(value: Decimal, currency: Currency): Money {
  const exponent = exponentOf(currency);
  if (value.scale <= exponent) return money(value.units * 10n ** BigInt(exponent - value.scale), currency);
  return money(divideRounded(value.units, 10n ** BigInt(value.scale - exponent)), currency);
}

/** `amount` at `rate` units of `to` per unit of the amount's currency, rounded half away from zero. */
export function convert(amount: Money, to: Currency, rate: Decimal): Money {
  assert(rate.units > 0n, "an exchange rate is positive");
  const shift = exponentOf(to) - exponentOf(amount.currency) - rate.scale;
  const scaled = amount.minor * rate.units;
  return money(shift >= 0 ? scaled * 10n ** BigInt(shift) : divideRounded(scaled, 10n ** BigInt(-shift)), to);
}

/** `a * numerator / denominator`, rounded half away from zero. */
export const scale = (a: Money, numerator: bigint, denominator: bigint): Money =>
  money(divideRounded(a.minor * numerator, denominator), a.currency);

/** Integer quotient rounded half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  assert(divisor > 0n, "the divisor is positive");
  const negative = dividend < 0n;
  const magnitude = ((negative ? -dividend : dividend) * 2n + divisor) / (divisor * 2n);
  return negative ? -magnitude : magnitude;
}

/** Plain decimal text of the amount, no grouping: `-19.99`, `500` for JPY. For files and logs, not for pages. */
export function moneyToText(a: Money): string {
  const exponent = exponentOf(a.currency);
  const digits = (a.minor < 0n ? -a.minor : a.minor).toString().padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  return (a.minor < 0n ? "-" : "") + whole + (exponent > 0 ? `.${digits.slice(-exponent)}` : "");
}
