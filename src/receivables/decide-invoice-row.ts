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
  numberOf,
  plusDays,
  REFERENCE_CHARS_MAX,
  type Row,
} from "./decide-cells.ts";
import { documentTypeOf, yesOrNo } from "./decide-words.ts";

/** What a row of an invoice file says: an invoice, or the credit note that some systems list among them. */
export function readInvoice(row: Row, context: Context): Fact | undefined {
  const { mapping, match } = context;
  const number = numberOf(row, "invoiceNumber");
  const customerId = customerOf(row, match);
  const currency = currencyOf(row, mapping, bareAmount(row.cell("amount")).currency);
  const dates = invoiceDates(row, context);
  const type = documentTypeOf(row.cell("documentType"));
  if (type === undefined || !["invoice", "credit-note"].includes(type))
    row.problem("documentType", "type-unknown", "invoice or credit note; import payments as payments");
  if (currency === undefined) return undefined;
  const amount = amountOf(row, { field: "amount", mapping, currency });
  if (number === undefined || customerId === undefined || amount === undefined || dates === undefined) return undefined;
  if (type === "credit-note" || amount < 0n) {
    const amountMinor = amount < 0n ? -amount : amount;
    const reference = clip(row.cell("reference"), REFERENCE_CHARS_MAX);
    return {
      kind: "payment",
      line: row.line,
      customerId,
      number,
      isMade: false,
      paymentKind: "credit-note",
      currency,
      amountMinor,
      valueDate: dates.issueDate,
      wanted: reference,
      reference,
    };
  }
  const paid = paidOf(row, { amount, currency, ...dates, context });
  const disputed = disputeOf(row, context.day);
  if (paid === undefined || disputed === undefined) return undefined;
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
  const paid = says("paidAmount") ? amountOf(row, { field: "paidAmount", mapping, currency }) : undefined;
  const open = says("openAmount") ? amountOf(row, { field: "openAmount", mapping, currency }) : undefined;
  if ((says("paidAmount") && paid === undefined) || (says("openAmount") && open === undefined)) return undefined;
  if (paid !== undefined && open !== undefined && paid + open !== amount)
    return void row.problem("openAmount", "does-not-add-up", "amount must be paid + open");
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
