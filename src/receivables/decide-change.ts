import type { RowProblem } from "./contract-import.ts";
import type { InvoiceFact } from "./decide-cells.ts";

/** An invoice as it is stored, as far as a file can change it. */
export type StoredInvoice = {
  readonly invoiceId: bigint;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly paidMinor: bigint;
  readonly issueDate: string;
  readonly dueDate: string;
  readonly settledOn: string | null;
  readonly disputed: boolean;
  readonly disputedFrom: string | null;
  readonly reference: string | null;
};

export type InvoiceChange =
  | { readonly kind: "same"; readonly notes: readonly Note[] }
  | { readonly kind: "refused"; readonly notes: readonly Note[] }
  | {
      readonly kind: "changed";
      /** Members that differ, before and after. */
      readonly before: Readonly<Record<string, unknown>>;
      readonly after: Readonly<Record<string, unknown>>;
      /** What must be added to the paid amount (negative: taken back) so that it is what the file says. */
      readonly paidDelta: bigint;
      readonly notes: readonly Note[];
    };
type Note = Pick<RowProblem, "code" | "fix" | "severity">;

/** Compares a row with the invoice that an earlier file brought. What the row does not say stays as it is. */
export function compareInvoice(fact: InvoiceFact, stored: StoredInvoice): InvoiceChange {
  const notes: Note[] = [];
  const refuse = (code: string, fix: string): InvoiceChange => ({
    kind: "refused",
    notes: [{ code, fix, severity: "refused" }],
  });
  if (fact.currency !== stored.currency && stored.paidMinor > 0n)
    return refuse(
      "currency-changed",
      `it is stored in ${stored.currency} and partly paid: correct the file, or credit it and import a new number`,
    );
  if (fact.amountMinor < (fact.paidMinor ?? stored.paidMinor))
    return refuse("amount-below-paid", "more is paid than the new amount: import a credit note for the difference");
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const differ = (name: string, was: unknown, is: unknown): void => {
    if (was === is) return;
    before[name] = typeof was === "bigint" ? was.toString() : was;
    after[name] = typeof is === "bigint" ? is.toString() : is;
  };
  differ("currency", stored.currency, fact.currency);
  differ("amountMinor", stored.amountMinor, fact.amountMinor);
  differ("issueDate", stored.issueDate, fact.issueDate);
  differ("dueDate", stored.dueDate, fact.dueDate);
  differ("reference", stored.reference, fact.reference ?? stored.reference);
  if (fact.disputed !== null) {
    differ("disputed", stored.disputed, fact.disputed);
    if (fact.disputed) differ("disputedFrom", stored.disputedFrom, fact.disputedFrom ?? stored.disputedFrom);
  }
  const paidDelta = fact.paidMinor === null ? 0n : fact.paidMinor - stored.paidMinor;
  if (paidDelta !== 0n) differ("paidMinor", stored.paidMinor, fact.paidMinor);
  if (paidDelta < 0n)
    notes.push({
      code: "paid-fell",
      fix: "less is paid than an earlier file said: the difference is open again",
      severity: "noted",
    });
  const settled = fact.paidOn !== null && fact.paidOn < fact.issueDate ? fact.issueDate : fact.paidOn;
  if (
    paidDelta === 0n &&
    fact.paidMinor === fact.amountMinor &&
    stored.settledOn !== null &&
    settled !== null &&
    settled !== stored.settledOn &&
    fact.amountMinor > 0n
  )
    notes.push({
      code: "settled-date-differs",
      fix: `it was settled on ${stored.settledOn} by what came first; that day is kept`,
      severity: "noted",
    });
  return Object.keys(after).length === 0
    ? { kind: "same", notes }
    : { kind: "changed", before, after, paidDelta, notes };
}
