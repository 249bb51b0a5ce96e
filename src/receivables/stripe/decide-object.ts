import { type Currency, exponentOf, isCurrency } from "../../core/currency.ts";

/** Reads members of Stripe's objects, whose form changes with their API version: what is not there is undefined, never a fault. */
export type Obj = Readonly<Record<string, unknown>>;

export const isObj = (value: unknown): value is Obj =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const objAt = (of: Obj | undefined, name: string): Obj | undefined => {
  const value = of?.[name];
  return isObj(value) ? value : undefined;
};
export const textAt = (of: Obj | undefined, name: string): string | undefined => {
  const value = of?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};
export const wholeAt = (of: Obj | undefined, name: string): number | undefined => {
  const value = of?.[name];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
};
/** The id of a member that is an id or, where it was expanded, the object itself. */
export const idAt = (of: Obj | undefined, name: string): string | undefined =>
  textAt(of, name) ?? textAt(objAt(of, name), "id");
/** The objects of a list member (`{object: "list", data: […]}`). */
export const listAt = (of: Obj | undefined, name: string): readonly Obj[] => {
  const data = objAt(of, name)?.["data"];
  return Array.isArray(data) ? data.filter(isObj) : [];
};
export const instantAt = (of: Obj | undefined, name: string): Temporal.Instant | undefined => {
  const seconds = wholeAt(of, name);
  return seconds === undefined || seconds < 0 ? undefined : Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
};

/**
 * Stripe's smallest unit is not ISO 4217's everywhere: it writes ISK and UGX with two decimals that are always zero, and MGA
 * without any. Source: docs.stripe.com, Supported currencies, "Special cases" and "Zero-decimal currencies".
 */
const DECIMALS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** An amount of a Stripe object in our minor units; undefined when it has none that can be read. */
export function amountAt(
  of: Obj | undefined,
  name: string,
): { readonly minor: bigint; readonly currency: Currency } | undefined {
  const amount = wholeAt(of, name);
  const code = textAt(of, "currency")?.toUpperCase();
  if (amount === undefined || code === undefined || !isCurrency(code)) return undefined;
  const [ours, theirs] = [exponentOf(code), DECIMALS[code] ?? exponentOf(code)];
  const minor = BigInt(amount);
  if (theirs <= ours) return { minor: minor * 10n ** BigInt(ours - theirs), currency: code };
  const cut = 10n ** BigInt(theirs - ours);
  return minor % cut === 0n ? { minor: minor / cut, currency: code } : undefined;
}
