import type { AllocationRule } from "./contract-import.ts";

/** Money of one customer and currency that is not allocated yet. Days are ISO text. */
export type FreeMoney = {
  readonly paymentId: bigint;
  readonly leftMinor: bigint;
  readonly valueDate: string;
  readonly wanted: string | null;
  readonly reference: string | null;
};
export type OpenInvoice = {
  readonly invoiceId: bigint;
  readonly number: string;
  readonly openMinor: bigint;
  readonly issueDate: string;
  readonly dueDate: string;
};
export type NewAllocation = {
  readonly paymentId: bigint;
  readonly invoiceId: bigint;
  readonly amountMinor: bigint;
  readonly day: string;
};

/** A reference word shorter than this is no invoice number: `12` in a message would pay invoice 12. */
const REFERENCE_WORD_MIN = 4;

/**
 * Gives free money to open invoices of the same customer and currency: first to the invoices it names, in the order it names them;
 * then, if the rule says so, to the oldest due. What is left stays unapplied. An allocation counts from the later of value and issue date.
 * Never gives more than the money has or the invoice needs. Source: collections findings 5, "Allocation".
 */
export function allocateMoney(
  money: readonly FreeMoney[],
  invoices: readonly OpenInvoice[],
  rule: AllocationRule,
): readonly NewAllocation[] {
  const open = new Map(invoices.map((invoice) => [invoice.invoiceId, invoice.openMinor]));
  const byNumber = new Map(invoices.map((invoice) => [invoice.number.toLowerCase(), invoice]));
  const oldestFirst = [...invoices].sort(
    (a, b) => compare(a.dueDate, b.dueDate) || compare(a.issueDate, b.issueDate) || Number(a.invoiceId - b.invoiceId),
  );
  const given: NewAllocation[] = [];
  const inOrder = money
    .filter((one) => one.leftMinor > 0n)
    .sort((a, b) => compare(a.valueDate, b.valueDate) || Number(a.paymentId - b.paymentId));
  const left = new Map(inOrder.map((one) => [one.paymentId, one.leftMinor]));

  const give = (one: FreeMoney, invoice: OpenInvoice): void => {
    const has = left.get(one.paymentId) ?? 0n;
    const needs = open.get(invoice.invoiceId) ?? 0n;
    const amountMinor = has < needs ? has : needs;
    if (amountMinor <= 0n) return;
    left.set(one.paymentId, has - amountMinor);
    open.set(invoice.invoiceId, needs - amountMinor);
    const day = one.valueDate < invoice.issueDate ? invoice.issueDate : one.valueDate;
    given.push({ paymentId: one.paymentId, invoiceId: invoice.invoiceId, amountMinor, day });
  };

  for (const one of inOrder) for (const number of namedNumbers(one)) give(one, byNumber.get(number) ?? NOBODY);
  if (rule === "named-only") return given;
  let first = 0;
  for (const one of inOrder) {
    for (let place = first; place < oldestFirst.length && (left.get(one.paymentId) ?? 0n) > 0n; place++) {
      give(one, oldestFirst[place] ?? NOBODY);
      if (place === first && (open.get(oldestFirst[place]?.invoiceId ?? -1n) ?? 0n) === 0n) first = place + 1;
    }
  }
  return given;
}
const NOBODY: OpenInvoice = { invoiceId: -1n, number: "", openMinor: 0n, issueDate: "", dueDate: "" };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Invoice numbers that the money names, in its own column (any length) or as words of its reference. */
function namedNumbers({ wanted, reference }: FreeMoney): readonly string[] {
  const own = (wanted ?? "")
    .toLowerCase()
    .split(/[,;\s]+/)
    .concat(wanted?.trim().toLowerCase() ?? "");
  const words = (reference ?? "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}/_-]+/u)
    .filter((word) => word.length >= REFERENCE_WORD_MIN && /\d/.test(word));
  return [...new Set([...own, ...words])].filter((word) => word !== "");
}
