import type { RowProblem } from "./contract-import.ts";
import type { InvoiceFact } from "./decide-cells.ts";
import { mergeMarks, NO_MARKS, type StoredMarks } from "./decide-marks.ts";

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
  readonly paymentReference: string | null;
} & StoredMarks;

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
      /** Selling, holding and reminding as they are from now on. */
      readonly marks: StoredMarks;
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
  differ("paymentReference", stored.paymentReference, fact.paymentReference ?? stored.paymentReference);
  const marks = mergeMarks(fact.marks, stored, fact.issueDate);
  for (const name of MARKS) differ(name, stored[name], marks[name]);
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
    : { kind: "changed", before, after, paidDelta, marks, notes };
}
const MARKS = Object.keys(NO_MARKS) as readonly (keyof StoredMarks)[];

/**
 * A file that tells only what is open says nothing new of the amount: of a known invoice the rest of the stored amount is paid.
 * More open than the invoice was means that the first file saw it part paid.
 */
export function asStored(fact: InvoiceFact, stored: StoredInvoice): InvoiceFact {
  if (!fact.isOpenOnly || fact.currency !== stored.currency) return fact;
  const open = fact.amountMinor;
  if (open > stored.amountMinor) return { ...fact, amountMinor: open + stored.paidMinor };
  const paidMinor = stored.amountMinor - open;
  return { ...fact, amountMinor: stored.amountMinor, paidMinor, paidOn: paidMinor === 0n ? null : fact.toldOn };
}

type OwnMoney = { readonly fact: InvoiceFact; readonly stored: StoredInvoice; readonly statedMinor: bigint };
/**
 * A file can only take back what files stated: money that came in here by a bank file or card stays, though the books do not
 * know it yet. `statedMinor` is the part of the paid amount that files stated without naming a payment.
 */
export function keepOwnMoney(change: InvoiceChange, { fact, stored, statedMinor }: OwnMoney): InvoiceChange {
  if (change.kind !== "changed" || change.paidDelta >= 0n) return change;
  const takeable = statedMinor > 0n ? statedMinor : 0n;
  const paidDelta = -change.paidDelta > takeable ? -takeable : change.paidDelta;
  if (paidDelta === change.paidDelta) return change;
  if (fact.amountMinor < stored.paidMinor + paidDelta)
    return {
      kind: "refused",
      notes: [
        {
          code: "amount-below-paid",
          fix: "more is paid than the new amount: import a credit note for the difference",
          severity: "refused",
        },
      ],
    };
  const note: Note = {
    code: "paid-here-first",
    fix: "money was received here that the file does not know yet: it is kept",
    severity: "noted",
  };
  const { paidMinor: _was, ...before } = change.before;
  const { paidMinor: _is, ...after } = change.after;
  const notes = [...change.notes.filter(({ code }) => code !== "paid-fell"), note];
  if (paidDelta === 0n && Object.keys(after).length === 0) return { kind: "same", notes };
  const paid =
    paidDelta === 0n
      ? {}
      : {
          was: { paidMinor: stored.paidMinor.toString() },
          is: { paidMinor: (stored.paidMinor + paidDelta).toString() },
        };
  return { ...change, before: { ...before, ...paid.was }, after: { ...after, ...paid.is }, paidDelta, notes };
}
