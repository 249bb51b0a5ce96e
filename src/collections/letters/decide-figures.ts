import type { Language } from "../../access/contract.ts";
import { isCurrency } from "../../core/currency.ts";
import { money, moneyToText } from "../../core/money.ts";
import type { Place } from "./contract.ts";

/** Figures and days as a letter writes them. */

const LOCALE: Readonly<Record<Language, Readonly<Record<Place, string>>>> = {
  en: { SE: "en-GB", EU: "en-GB", UK: "en-GB", US: "en-US" },
  sv: { SE: "sv-SE", EU: "sv-SE", UK: "sv-SE", US: "sv-SE" },
};
export type Style = { readonly language: Language; readonly place: Place };
const localeOf = ({ language, place }: Style): string => LOCALE[language][place];

/** `12,340.50` or `12 340,50`: all minor digits, exact at any size, minus as a plain hyphen so that it can be copied. */
export function amountIn(style: Style, minor: string, currency: string): string {
  if (!isCurrency(currency)) throw new Error(`invariant broken: ${currency} is no currency`);
  const text = moneyToText(money(BigInt(minor), currency));
  const digits = text.split(".")[1]?.length ?? 0;
  const format = new Intl.NumberFormat(localeOf(style), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // The declared type is narrower than the standard: decimal text is formatted without rounding to a double.
  return format
    .format(text as unknown as number)
    .replaceAll("\u2212", "-")
    .replaceAll(/[\u202f\u00a0]/g, "\u00a0");
}
export const moneyIn = (style: Style, minor: string, currency: string): string =>
  `${amountIn(style, minor, currency)}\u00a0${currency}`;

/** `22 November 2026`, `November 22, 2026`, `22 november 2026`. */
export const dayIn = (style: Style, day: string): string =>
  Temporal.PlainDate.from(day).toLocaleString(localeOf(style), { day: "numeric", month: "long", year: "numeric" });

/** `2026-11-22` in Swedish, `22 Nov 2026`, `Nov 22, 2026`: for tables. */
export const shortDayIn = (style: Style, day: string): string =>
  style.language === "sv"
    ? day
    : Temporal.PlainDate.from(day).toLocaleString(localeOf(style), { day: "numeric", month: "short", year: "numeric" });

/** A rate as it was given: `10.00` → `10.00` or `10,00`. */
export const rateIn = ({ language }: Style, percent: string): string =>
  language === "sv" ? percent.replace(".", ",") : percent;

/** "a", "a and b", "a, b and c". */
export const listIn = (style: Style, parts: readonly string[]): string =>
  new Intl.ListFormat(localeOf(style), { style: "long", type: "conjunction" }).format(parts);

/**
 * A structured creditor reference (ISO 11649) of an invoice number: letters and digits only, at most 21, check digits by 97-10.
 * undefined when nothing usable is left, or it is too long.
 */
export function rfReference(number: string): string | undefined {
  const plain = number.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  if (plain === "" || plain.length > 21) return undefined;
  const check = 98n - (numeric(`${plain}RF00`) % 97n);
  return `RF${check.toString().padStart(2, "0")}${plain}`;
}
const numeric = (text: string): bigint =>
  BigInt([...text].map((letter) => (/[0-9]/.test(letter) ? letter : String(letter.charCodeAt(0) - 55))).join(""));

/** The invoice number as an OCR number, when it is one: 2 to 25 digits of which the last is the Luhn check digit. */
export function ocrReference(number: string): string | undefined {
  if (!/^\d{2,25}$/.test(number)) return undefined;
  const sum = [...number].reverse().reduce((all, letter, at) => {
    const digit = Number(letter) * (at % 2 === 1 ? 2 : 1);
    return all + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0 ? number : undefined;
}
