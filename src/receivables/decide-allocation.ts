import type { AllocationRule } from "./contract-import.ts";
import type { AllocationOrder, AllocationReason, ItemKind } from "./contract-ledger.ts";
import { numberAtEndOf, referenceCandidates } from "./decide-reference.ts";

/** Money of one customer and currency that is not allocated yet. Days are ISO text. */
export type FreeMoney = {
  readonly paymentId: bigint;
  readonly leftMinor: bigint;
  readonly valueDate: string;
  readonly wanted: string | null;
  readonly reference: string | null;
  /** Last day on which an allocation of it was taken back: a new one counts from then on. */
  readonly takenOn?: string | null;
};
export type OpenInvoice = {
  readonly invoiceId: bigint;
  readonly number: string;
  readonly openMinor: bigint;
  readonly issueDate: string;
  readonly dueDate: string;
  /** What it claims; an invoice unless told. */
  readonly kind?: ItemKind;
  /** The invoice that a claim belongs to. */
  readonly ofInvoiceId?: bigint | null;
  /** OCR, KID or RF that was printed on it. */
  readonly paymentReference?: string | null;
  /** Last day on which something of it was opened again: a new allocation counts from then on. */
  readonly reopenedOn?: string | null;
};
export type NewAllocation = {
  readonly paymentId: bigint;
  readonly invoiceId: bigint;
  readonly amountMinor: bigint;
  readonly day: string;
  readonly reason: AllocationReason;
};
export type AllocateBy = { readonly rule: AllocationRule; readonly order?: AllocationOrder | undefined };

/** A reference word shorter than this is no invoice number: `12` in a message would pay invoice 12. */
const REFERENCE_WORD_MIN = 4;

/** An invoice with the claims on it, in the order in which money settles them. */
type Unit = { readonly members: readonly OpenInvoice[]; readonly dueDate: string; readonly issueDate: string };

/**
 * Gives free money to open invoices of the same customer and currency: first to the invoices it names, in the order it names them;
 * then, if the rule says so, to the oldest due. Within an invoice, its costs, interest and principal follow the order. What is
 * left stays unapplied. An allocation counts from the later of value and issue date, and never before the last day on which either
 * side was opened again. Never gives more than the money has or the invoice needs. Source: collections findings 5, "Allocation".
 */
export function allocateMoney(
  money: readonly FreeMoney[],
  invoices: readonly OpenInvoice[],
  { rule, order = "costs-interest-principal" }: AllocateBy,
): readonly NewAllocation[] {
  const open = new Map(invoices.map((invoice) => [invoice.invoiceId, invoice.openMinor]));
  const units = unitsOf(invoices, order);
  const find = finderOf(units);
  const given: NewAllocation[] = [];
  const inOrder = money
    .filter((one) => one.leftMinor > 0n)
    .sort((a, b) => compare(a.valueDate, b.valueDate) || Number(a.paymentId - b.paymentId));
  const left = new Map(inOrder.map((one) => [one.paymentId, one.leftMinor]));

  const give = (one: FreeMoney, invoice: OpenInvoice, reason: AllocationReason): void => {
    const has = left.get(one.paymentId) ?? 0n;
    const needs = open.get(invoice.invoiceId) ?? 0n;
    const amountMinor = has < needs ? has : needs;
    if (amountMinor <= 0n) return;
    left.set(one.paymentId, has - amountMinor);
    open.set(invoice.invoiceId, needs - amountMinor);
    const day = latest([one.valueDate, invoice.issueDate, one.takenOn, invoice.reopenedOn]);
    given.push({ paymentId: one.paymentId, invoiceId: invoice.invoiceId, amountMinor, day, reason });
  };
  const giveUnit = (one: FreeMoney, { members }: Unit, reason: AllocationReason): void => {
    for (const member of members) give(one, member, isClaim(member) && members.length > 1 ? "within-order" : reason);
  };

  for (const one of inOrder)
    for (const named of find(one)) {
      if ("members" in named) giveUnit(one, named, "named");
      else give(one, named, "named");
    }
  if (rule === "named-only") return given;
  const isOpen = ({ members }: Unit): boolean => members.some(({ invoiceId }) => (open.get(invoiceId) ?? 0n) > 0n);
  let first = 0;
  for (const one of inOrder) {
    for (let place = first; place < units.length && (left.get(one.paymentId) ?? 0n) > 0n; place++) {
      const unit = units[place];
      if (unit === undefined) break;
      giveUnit(one, unit, "oldest-due");
      if (place === first && !isOpen(unit)) first = place + 1;
    }
  }
  return given;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const isClaim = ({ kind }: OpenInvoice): boolean => kind !== undefined && kind !== "invoice";

/** The latest of some days in ISO text; those that are not known do not count. */
export const latest = (days: readonly (string | null | undefined)[]): string =>
  days.reduce<string>((last, day) => (day !== null && day !== undefined && day > last ? day : last), "");

const RANK: Readonly<Record<AllocationOrder, Readonly<Record<ItemKind, number>>>> = {
  "costs-interest-principal": { cost: 0, fee: 1, interest: 2, invoice: 3 },
  "principal-first": { invoice: 0, interest: 1, fee: 2, cost: 3 },
};

/** Invoices with their claims, oldest due first. A claim whose invoice is paid stands alone, by its own due date. */
function unitsOf(invoices: readonly OpenInvoice[], order: AllocationOrder): readonly Unit[] {
  const principals = new Set(invoices.filter((one) => !isClaim(one)).map(({ invoiceId }) => invoiceId));
  const claims = Map.groupBy(
    invoices.filter((one) => isClaim(one) && principals.has(one.ofInvoiceId ?? -1n)),
    ({ ofInvoiceId }) => ofInvoiceId ?? -1n,
  );
  const units = invoices
    .filter((one) => !isClaim(one) || !principals.has(one.ofInvoiceId ?? -1n))
    .map((one): Unit => {
      const { dueDate, issueDate } = one;
      const of = claims.get(one.invoiceId);
      return { dueDate, issueDate, members: of === undefined ? [one] : [one, ...of].sort(byRank(order)) };
    });
  return units.sort(
    (a, b) => compare(a.dueDate, b.dueDate) || compare(a.issueDate, b.issueDate) || Number(leastId(a) - leastId(b)),
  );
}

const byRank =
  (order: AllocationOrder) =>
  (a: OpenInvoice, b: OpenInvoice): number =>
    RANK[order][a.kind ?? "invoice"] - RANK[order][b.kind ?? "invoice"] ||
    compare(a.dueDate, b.dueDate) ||
    Number(a.invoiceId - b.invoiceId);
const leastId = ({ members }: Unit): bigint => {
  const [one] = members;
  return one === undefined ? 0n : (one.ofInvoiceId ?? one.invoiceId);
};

/** Finds what money names: an invoice with its claims, or a claim by its own number. */
function finderOf(units: readonly Unit[]): (one: FreeMoney) => readonly (Unit | OpenInvoice)[] {
  const named = new Map<string, Unit | OpenInvoice>();
  for (const unit of units)
    for (const member of unit.members) {
      const target = isClaim(member) && unit.members.length > 1 ? member : unit;
      named.set(member.number.toLowerCase(), target);
      if (typeof member.paymentReference === "string") named.set(member.paymentReference.toLowerCase(), target);
    }
  return (one) => {
    const found = new Set<Unit | OpenInvoice>();
    for (const word of namedWords(one)) {
      const target = referenceCandidates(word)
        .map((candidate) => named.get(candidate))
        .find((known) => known !== undefined);
      if (target !== undefined) found.add(target);
      else if (/^[\d-]+$/.test(word)) {
        const tail = named.get(numberAtEndOf(word, named.keys()) ?? "");
        if (tail !== undefined) found.add(tail);
      }
    }
    return [...found];
  };
}

/** Numbers and references that the money names, in its own column (any length) or as words of its reference. */
function namedWords({ wanted, reference }: FreeMoney): readonly string[] {
  const own = (wanted ?? "")
    .toLowerCase()
    .split(/[,;\s]+/)
    .concat((wanted ?? "").toLowerCase().split("\n"));
  const text = (reference ?? "").toLowerCase();
  const words = text.split(/[^\p{L}\p{N}/_-]+/u).filter((word) => word.length >= REFERENCE_WORD_MIN && /\d/.test(word));
  // RF references are printed in groups of four.
  const spaced = /^rf\d{2}[\sa-z\d]{4,30}$/.test(text) ? [text] : [];
  return [...new Set([...own, ...spaced, ...words].map((word) => word.trim()))].filter((word) => word !== "");
}
