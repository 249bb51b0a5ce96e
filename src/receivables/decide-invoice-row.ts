import type { Currency } from "../core/currency.ts";
import type { ImportField } from "./contract-import.ts";
import { bareAmount } from "./decide-amounts.ts";
import {
  amountOf,
  clip,
  type Context,
  currencyOf,
  customerOf,
  dayIn,
  type DayOf,
  type Fact,
  type InvoiceFact,
  NUMBER_CHARS_MAX,
  numberOf,
  plusDays,
  REFERENCE_CHARS_MAX,
  type Row,
} from "./decide-cells.ts";
import { marksOf, paymentReferenceOf } from "./decide-marks.ts";
import { type DocumentType, documentTypeOf, isClaimType, isSkippedStatus, yesOrNo } from "./decide-words.ts";

/** What a row of an invoice file says: an invoice, or the credit note or receipt that some systems list among them. */
export function readInvoice(row: Row, context: Context): Fact | undefined {
  if (isLeftOut(row)) return undefined;
  const { mapping, match } = context;
  const number = numberOf(row, "invoiceNumber");
  const customerId = customerOf(row, match);
  const isOpenOnly = row.cell("amount") === "" && row.cell("openAmount") !== "";
  const field = isOpenOnly ? "openAmount" : "amount";
  const currency = currencyOf(row, mapping, bareAmount(row.cell(field)).currency);
  const type = documentTypeOf(row.cell("documentType"));
  if (type === undefined || type === "drawn")
    row.problem("documentType", "type-unknown", "invoice, credit note, payment or refund");
  if (currency === undefined) return undefined;
  const amount = amountOf(row, { field, mapping, currency });
  const isMoney = amount !== undefined && type !== undefined && (type !== "invoice" || amount < 0n);
  const dates = isMoney ? moneyDates(row, context) : invoiceDates(row, context);
  if (number === undefined || customerId === undefined || amount === undefined || dates === undefined) return undefined;
  if (isMoney) return moneyOf(row, { number, customerId, currency, amount, type, day: dates.issueDate, context });
  if (isClaimType(row.cell("documentType")))
    row.problem("documentType", "claim-as-invoice", "taken in as an invoice of its own", "noted");
  const paid = isOpenOnly ? NOT_TOLD : paidOf(row, { amount, currency, ...dates, context });
  const disputed = disputeOf(row, context.day);
  const marks = marksOf(row, context);
  if (paid === undefined || disputed === undefined || marks === undefined) return undefined;
  const reference = clip(row.cell("reference"), REFERENCE_CHARS_MAX);
  return {
    kind: "invoice",
    line: row.line,
    customerId,
    number,
    currency,
    amountMinor: amount,
    ...dates,
    ...paid,
    ...disputed,
    reference,
    paymentReference: paymentReferenceOf(row),
    marks,
    isOpenOnly,
    toldOn: mapping.balanceDay ?? context.today,
  };
}
const NOT_TOLD: Paid = { paidMinor: null, paidOn: null };

/** Drafts, voided and cancelled documents are owed by nobody: left out, with a remark. */
function isLeftOut(row: Row): boolean {
  const fields = (["cancelled", "draft"] as const).filter((field) => yesOrNo(row.cell(field)) === true);
  if (fields.length === 0 && !isSkippedStatus(row.cell("status"))) return false;
  const [field = "status" as const] = fields;
  row.problem(field, "status-skipped", "left out: it was not sent, or was taken back", "noted");
  return true;
}

/** Money among invoices may have no due date; some exports date it by one of the two columns only. */
function moneyDates(row: Row, { day }: Context): Dates | undefined {
  const on = dayIn(row, "issueDate", day) ?? dayIn(row, "dueDate", day);
  if (on !== undefined) return { issueDate: on, dueDate: on };
  if (row.cell("issueDate") + row.cell("dueDate") === "")
    row.problem("issueDate", "day-missing", "the day of the document");
  return undefined;
}

type MoneyOptions = {
  readonly number: string;
  readonly customerId: InvoiceFact["customerId"];
  readonly currency: Currency;
  readonly amount: bigint;
  readonly type: DocumentType;
  readonly day: string;
  readonly context: Context;
};

/**
 * A credit note, receipt or refund among invoices. Where the file says what is left of it, only that is money still to be set
 * against something: the rest already lowered the invoices of the same file.
 */
function moneyOf(
  row: Row,
  { number, customerId, currency, amount, type, day, context }: MoneyOptions,
): Fact | undefined {
  const { mapping } = context;
  const hasLeft = row.cell("openAmount") !== "";
  const told = hasLeft ? amountOf(row, { field: "openAmount", mapping, currency }) : amount;
  if (told === undefined) return undefined;
  const size = told < 0n ? -told : told;
  const isOut = type === "refund";
  if (size === 0n && !hasLeft) return void row.problem("amount", "amount-zero", "an amount other than zero");
  const reference = clip(row.cell("reference"), REFERENCE_CHARS_MAX);
  const id = row.cell("entryNumber").slice(0, NUMBER_CHARS_MAX);
  return {
    kind: "payment",
    line: row.line,
    customerId,
    number: id === "" || type === "credit-note" || type === "invoice" ? number : id,
    isMade: false,
    paymentKind: type === "invoice" || type === "drawn" ? "credit-note" : type,
    currency,
    amountMinor: isOut ? -size : size,
    valueDate: day,
    wanted: reference,
    reference,
    ...(hasLeft && { isLeft: true as const }),
  };
}

type Dates = { readonly issueDate: string; readonly dueDate: string };
function invoiceDates(row: Row, { mapping, day }: Context): Dates | undefined {
  const issue = dayIn(row, "issueDate", day);
  const due = dayIn(row, "dueDate", day);
  if (issue === undefined && due === undefined) {
    if (row.cell("issueDate") + row.cell("dueDate") === "")
      row.problem("dueDate", "day-missing", "an invoice date, a due date, or both");
    return undefined;
  }
  if ((issue === undefined || due === undefined) && mapping.termsDays === null) {
    const field = issue === undefined ? "issueDate" : "dueDate";
    return void (
      row.cell(field) === "" &&
      row.problem(field, "day-missing", "fill it in, or choose payment terms in days for the file")
    );
  }
  const terms = mapping.termsDays ?? 0;
  const issueDate = issue ?? plusDays(due ?? "", -terms);
  const dueDate = due ?? plusDays(issue ?? "", terms);
  if (dueDate < issueDate)
    return void row.problem(
      "dueDate",
      "due-before-issue",
      `the due date must not be before the invoice date ${issueDate}: is the order of day and month right?`,
    );
  return { issueDate, dueDate };
}

type PaidOptions = Dates & { readonly amount: bigint; readonly currency: Currency; readonly context: Context };
type Paid = { readonly paidMinor: bigint | null; readonly paidOn: string | null };

/** What the row says is paid: by a settled date, days late, a paid amount or an open amount. */
function paidOf(row: Row, { amount, currency, issueDate, dueDate, context }: PaidOptions): Paid | undefined {
  const { mapping, day, today } = context;
  const says = (field: ImportField) => mapping.columns[field] !== undefined && row.cell(field) !== "";
  const settled = dayIn(row, "settledDate", day);
  if (says("settledDate") && settled === undefined) return undefined;
  let paidOn = settled ?? null;
  if (paidOn === null && says("daysLate") && mapping.columns.settledDate === undefined) {
    if (!/^-?\d{1,4}([.,]0+)?$/.test(row.cell("daysLate")))
      return void row.problem("daysLate", "days-not-a-number", "a whole number of days; negative is early");
    paidOn = plusDays(dueDate, Number.parseInt(row.cell("daysLate"), 10));
  }
  if (paidOn !== null && paidOn < issueDate)
    row.problem("settledDate", "settled-before-issue", "counted from the invoice date", "noted");
  const inCash = says("paidAmount") ? amountOf(row, { field: "paidAmount", mapping, currency }) : undefined;
  const credited = says("creditedAmount") ? amountOf(row, { field: "creditedAmount", mapping, currency }) : 0n;
  if (credited === undefined) return undefined;
  const paid = inCash === undefined ? undefined : inCash + credited;
  const open = says("openAmount") ? amountOf(row, { field: "openAmount", mapping, currency }) : undefined;
  if ((says("paidAmount") && inCash === undefined) || (says("openAmount") && open === undefined)) return undefined;
  if (paid !== undefined && open !== undefined && paid + open !== amount)
    return void row.problem("openAmount", "does-not-add-up", "amount must be paid + credited + open");
  const paidMinor = paid ?? (open === undefined ? (paidOn === null ? null : amount) : amount - open);
  if (paidMinor === null) return { paidMinor: null, paidOn: null };
  if (paidMinor < 0n || paidMinor > amount)
    return void row.problem(
      paid === undefined ? "openAmount" : "paidAmount",
      "paid-out-of-range",
      "between zero and the invoice amount",
    );
  return { paidMinor, paidOn: paidMinor === 0n ? null : (paidOn ?? mapping.balanceDay ?? today) };
}

type Dispute = Pick<InvoiceFact, "disputed" | "disputedFrom">;
function disputeOf(row: Row, day: DayOf): Dispute | undefined {
  const disputedFrom = dayIn(row, "disputedDate", day) ?? null;
  if (row.cell("disputedDate") !== "" && disputedFrom === null) return undefined;
  if (row.cell("disputed") === "") return { disputed: disputedFrom === null ? null : true, disputedFrom };
  const disputed = yesOrNo(row.cell("disputed"));
  if (disputed === undefined) return void row.problem("disputed", "not-yes-or-no", "yes or no");
  return { disputed, disputedFrom: disputed ? disputedFrom : null };
}
