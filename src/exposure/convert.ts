import type { Currency } from "../core/currency.ts";
import type { Money } from "../core/money.ts";
import type { Tx } from "../store/contract.ts";
import { convertWith, rateFinder } from "./decide-rates.ts";
import { loadRates } from "./store.ts";

/** Converts amounts by the latest rate on or before a day; undefined = the table has none, which is never taken for 1. */
export async function converterOn(
  tx: Tx,
  day: Temporal.PlainDate,
): Promise<(amount: Money, to: Currency) => Money | undefined> {
  const find = rateFinder(await loadRates(tx, day));
  return (amount, to) => convertWith(find, amount, to)?.amount;
}
