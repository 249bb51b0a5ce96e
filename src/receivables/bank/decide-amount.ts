import { exponentOf, isCurrency } from "../../core/currency.ts";
import { parseDecimal } from "../../core/decimal.ts";
import { ok, refuse, type Result } from "../../core/result.ts";
import type { BankEntry, BankNote, Tie } from "./contract-statement.ts";

/** Digits after the point of a currency; a code that is no longer in ISO 4217 (DEM) counts as two, since nothing is taken in of it. */
export const digitsOf = (currency: string): number => (isCurrency(currency) ? exponentOf(currency) : 2);
const MINOR_DIGITS_MAX = 18;

/**
 * An amount as a bank writes it, in minor units. More decimals than the currency has are fine as long as they are zeros:
 * `18.150` EUR is 1815, `18.155` is refused. `mark` is the decimal sign.
 */
export function minorOf(text: string, currency: string, mark: "." | "," = "."): Result<bigint, string> {
  const plain = mark === "," ? text.replace(",", ".") : text;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)) return refuse(`"${text}" is not an amount`);
  const parsed = parseDecimal(plain);
  if (!parsed.ok) return refuse(parsed.error);
  const { units, scale } = parsed.value;
  const digits = digitsOf(currency);
  if (scale > digits) return refuse(`"${text}" has more decimals than ${currency} has (${digits})`);
  const minor = units * 10n ** BigInt(digits - scale);
  return minor.toString().replace("-", "").length > MINOR_DIGITS_MAX
    ? refuse(`"${text}" is larger than any bank pays`)
    : ok(minor);
}

/** Whole minor units, zero-padded or signed, as BgMax, BAI2 write them. */
export function wholeMinor(text: string): Result<bigint, string> {
  if (!/^[+-]?\d{1,25}$/.test(text)) return refuse(`"${text}" is not a whole amount`);
  const minor = BigInt(text.replace("+", ""));
  return minor.toString().replace("-", "").length > MINOR_DIGITS_MAX
    ? refuse(`"${text}" is larger than any bank pays`)
    : ok(minor);
}

type Balances = {
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  readonly currency: string;
  readonly entries: readonly BankEntry[];
};
/** Opening + booked entries of the statement's currency against closing. */
export function tieOf({ openingMinor, closingMinor, currency, entries }: Balances): Tie {
  if (openingMinor === undefined || closingMinor === undefined) return { kind: "unknown" };
  const moved = entries.reduce(
    (sum, one) => (one.status === "booked" && one.currency === currency ? sum + one.amountMinor : sum),
    0n,
  );
  const differenceMinor = closingMinor - openingMinor - moved;
  return differenceMinor === 0n ? { kind: "ties" } : { kind: "differs", differenceMinor };
}

/** The remarks that follow from balances and currency alone. */
export function balanceNotes(tie: Tie, facts: { readonly currency: string; readonly line: number }): BankNote[] {
  const { currency, line } = facts;
  const notes: BankNote[] = [];
  if (tie.kind === "differs")
    notes.push({ code: "balance-differs", line, read: currency, differenceMinor: tie.differenceMinor });
  if (tie.kind === "unknown") notes.push({ code: "balance-missing", line, read: "" });
  if (!isCurrency(currency)) notes.push({ code: "currency-unknown", line, read: currency });
  return notes;
}
