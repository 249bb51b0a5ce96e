import { type Money, moneyToJson } from "../../core/money.ts";
import type { MoneyWire } from "../../core/wire.ts";

/** One sum a currency, largest first. */
export function moneyJsonOf(amounts: readonly Money[]): MoneyWire[] {
  const sums = new Map<string, Money>();
  for (const one of amounts)
    sums.set(one.currency, { ...one, minor: one.minor + (sums.get(one.currency)?.minor ?? 0n) });
  return [...sums.values()].sort((a, b) => (a.minor < b.minor ? 1 : a.minor > b.minor ? -1 : 0)).map(moneyToJson);
}
