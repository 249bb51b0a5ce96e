import { type Currency, exponentOf, isCurrency } from "../core/currency.ts";
import { type NumberStyle, parseLocalDecimal } from "../core/decimal.ts";
import { moneyFromDecimal } from "../core/money.ts";
import { ok, refuse, type Result } from "../core/result.ts";

/** Code or sign that people write beside an amount: `SEK 500`, `$4,250.00`, `1 234,50 kr`. */
const BESIDE = /^(?:([A-Z]{3})|[$€£¥]|kr\.?)\s*(?=[-\d(])|(?<=[\d)-])\s*(?:([A-Z]{3})|[$€£¥]|kr\.?|:-)$/gi;

const SIGN_INSIDE = /^([-(\u2212])\s*[$€£¥]\s*(?=\d)/;

const ONLY_NUMBER = /^-?\d[\d., ']*\d$/;

/** The number without what stands beside it, and the currency code when one does. */
export function bareAmount(text: string): { readonly number: string; readonly currency: string | undefined } {
  if (ONLY_NUMBER.test(text)) return { number: text, currency: undefined };
  let currency: string | undefined;
  // A sign inside the brackets or behind the minus: `($120.00)`, `-$120.00`.
  const outside = text.trim().replace(SIGN_INSIDE, "$1");
  const number = outside.replace(BESIDE, (_whole, before?: string, after?: string) => {
    currency ??= (before ?? after)?.toUpperCase();
    return "";
  });
  return { number: number.trim(), currency: currency !== undefined && isCurrency(currency) ? currency : undefined };
}

export type AmountProblem = "not-a-number" | "too-many-decimals" | "too-large";
/** Amounts above this are a mis-read file, not an invoice: nine hundred billion units with two decimals. */
const MINOR_MAX = 99_999_999_999_999n;

/**
 * Minor units of an amount as people write it. Three digits behind the decimal sign of a two-decimal currency are refused:
 * `1.234` in such a file is one thousand written with the other sign far more often than a third decimal.
 */
export function parseAmount(number: string, style: NumberStyle, currency: Currency): Result<bigint, AmountProblem> {
  const exponent = exponentOf(currency);
  const cut = number.lastIndexOf(style.decimal);
  const fraction = cut < 0 ? "" : (/^\d*/.exec(number.slice(cut + 1))?.[0] ?? "");
  const quick = PLAIN[style.decimal].exec(number);
  if (quick && fraction.length <= exponent) {
    const minor = BigInt((quick[1] ?? "") + (quick[2] ?? "") + fraction.padEnd(exponent, "0"));
    return (minor < 0n ? -minor : minor) > MINOR_MAX ? refuse("too-large") : ok(minor);
  }
  const value = parseLocalDecimal(number, style);
  if (!value.ok || number === "") return refuse("not-a-number");
  if (value.value.scale > exponent || (fraction.length === 3 && exponent < 3)) return refuse("too-many-decimals");
  const { minor } = moneyFromDecimal(value.value, currency);
  return (minor < 0n ? -minor : minor) > MINOR_MAX ? refuse("too-large") : ok(minor);
}
const PLAIN = { ".": /^(-?)(\d{1,15})(?:\.\d{0,3})?$/, ",": /^(-?)(\d{1,15})(?:,\d{0,3})?$/ } as const;

/** Number styles in the order of preference when the cells allow several. */
const STYLES: readonly NumberStyle[] = [
  { decimal: ".", group: "," },
  { decimal: ",", group: " " },
  { decimal: ",", group: "." },
  { decimal: ".", group: "'" },
  { decimal: ".", group: " " },
];

/** The style under which most cells are numbers with at most two decimals; the delimiter breaks ties (`;` goes with a decimal comma). */
export function proposeNumberStyle(cells: readonly string[], delimiter: string | null): NumberStyle {
  const numbers = cells.map((cell) => bareAmount(cell).number).filter((number) => number !== "");
  const preferred =
    delimiter === ";" ? [...STYLES].sort((a, b) => (a.decimal === b.decimal ? 0 : a.decimal === "," ? -1 : 1)) : STYLES;
  let best = preferred[0] ?? { decimal: ".", group: "," };
  let bestCount = -1;
  for (const style of preferred) {
    const count = numbers.filter((number) => parseAmount(number, style, "EUR").ok).length;
    if (count > bestCount) [best, bestCount] = [style, count];
  }
  return best;
}

/** What the currency sign in front of amounts leaves possible; undefined when there is none. A dollar has many owners. */
export function currenciesOfSign(cells: readonly string[]): readonly string[] | undefined {
  const sign = cells.map((cell) => /[$€£¥]/.exec(cell)?.[0]).find((one) => one !== undefined);
  return sign === undefined ? undefined : SIGNS[sign];
}
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  $: ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"],
  "€": ["EUR"],
  "£": ["GBP", "GIP", "FKP", "SHP", "EGP"],
  "¥": ["JPY", "CNY"],
};
