import { type Money, moneyFromJson, moneyToText, subtract } from "../core/money.ts";
import { no, type Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import type { ImportKind, ImportMode, ImportTotals } from "./contract-import.ts";

/** What a person read in the ledger before saying yes: one sum a currency. */
export type ControlTotals = readonly Money[];
/** How a previewed file is taken in. */
export type Commit = {
  readonly mode: ImportMode;
  readonly saveMappingAs?: string | undefined;
  readonly controlTotals?: ControlTotals | undefined;
};

/**
 * Refuses a file whose total is not what the person read in the ledger. Of invoices it is what is open of them (amount less paid), of
 * payments and deposits their sum. A currency that was typed and is not in the file counts as a file of nothing.
 */
export function controlRefusal(
  typed: ControlTotals,
  kind: ImportKind,
  totals: ImportTotals,
): Result<never, Refusal> | undefined {
  for (const wanted of typed) {
    const of = totals.currencies.find((one) => one.currency === wanted.currency);
    const json = kind === "invoices" ? of?.open : of?.amount;
    const file = json === undefined ? { minor: 0n, currency: wanted.currency } : moneyFromJson(json);
    if (file.minor === wanted.minor) continue;
    const facts = {
      currency: wanted.currency,
      file: moneyToText(file),
      ledger: moneyToText(wanted),
      difference: moneyToText(subtract(file, wanted)),
    };
    const detail = `the file comes to ${facts.file}, the ledger to ${facts.ledger}: ${facts.difference} apart`;
    return no("conflict", "control-total-differs", detail, { facts });
  }
  return undefined;
}
