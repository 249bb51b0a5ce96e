import { type Currency, isCurrency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { ImportField, ImportKind, ImportMapping, RowProblem } from "./contract.ts";
import { bareAmount, parseAmount } from "./decide-amounts.ts";
import { parseFileDate } from "./decide-dates.ts";
import { documentTypeOf, yesOrNo } from "./decide-words.ts";

/** Which customer a row means. `unknown` when nobody does and the mapping refuses to make one. */
export type CustomerKeys = {
  readonly tenantId: string;
  readonly number: string;
  readonly name: string;
  readonly domain: string;
};
export type Match =
  | { readonly kind: "matched" | "ledger"; readonly customerId: CustomerId }
  | { readonly kind: "unknown" }
  | { readonly kind: "ambiguous"; readonly by: ImportField };
export type MatchCustomer = (keys: CustomerKeys) => Match;

/** An invoice as one row tells it. Days are ISO text, amounts minor units. */
export type InvoiceFact = {
  readonly kind: "invoice";
  readonly line: number;
  readonly customerId: CustomerId;
  readonly number: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** What the file says is paid; null = it does not say. */
  readonly paidMinor: bigint | null;
  /** Day the paid amount counts from. */
  readonly paidOn: string | null;
  readonly issueDate: string;
  readonly dueDate: string;
  /** null = the file does not say. */
  readonly disputed: boolean | null;
  readonly disputedFrom: string | null;
  readonly reference: string | null;
};
export const PAYMENT_KINDS = ["payment", "credit-note", "refund", "write-off"] as const;
export type PaymentFact = {
  readonly kind: "payment";
  readonly line: number;
  readonly customerId: CustomerId;
  readonly number: string;
  /** The file gives no id: `number` is made of the row's content. */
  readonly isMade: boolean;
  readonly paymentKind: (typeof PAYMENT_KINDS)[number];
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly valueDate: string;
  readonly wanted: string | null;
  readonly reference: string | null;
};
export type DepositFact = {
  readonly kind: "deposit";
  readonly line: number;
  readonly customerId: CustomerId;
  readonly number: string;
  readonly isMade: boolean;
  readonly depositKind: "paid-in" | "returned" | "drawn";
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly day: string;
  readonly reference: string | null;
};
export type Fact = InvoiceFact | PaymentFact | DepositFact;

export type Reading = { readonly fact: Fact | undefined; readonly problems: readonly RowProblem[] };
export type RowReader = (line: number, cells: readonly string[]) => Reading;

export type RowReaderOptions = {
  readonly kind: ImportKind;
  /** Column names in file order. */
  readonly columns: readonly string[];
  readonly mapping: ImportMapping;
  readonly match: MatchCustomer;
  /** Day of the import, for paid amounts without a day. */
  readonly today: string;
};

const NUMBER_CHARS_MAX = 100;
const REFERENCE_CHARS_MAX = 500;
const TOTAL_ROW = /^(grand ?total|total|summa|sum|gesamt(summe)?|summe|totaal|i alt|yhteens[äa]|subtotal|delsumma)\b/i;

/** What one row needs while it is read: its cells by field and the list of its problems. */
type Row = {
  readonly line: number;
  readonly cell: (field: ImportField) => string;
  readonly problem: (field: ImportField, code: string, fix: string, severity?: RowProblem["severity"]) => void;
};

/** Makes the function that turns a row of cells into a fact, or into the reasons why it cannot go in. */
export function rowReader({ kind, columns, mapping, match, today }: RowReaderOptions): RowReader {
  const at = new Map<ImportField, number>();
  for (const [field, name] of Object.entries(mapping.columns)) at.set(field as ImportField, columns.indexOf(name));
  const days = new Map<string, string | undefined>();
  const day: DayOf = (text) => {
    if (days.has(text)) return days.get(text);
    const iso = parseFileDate(text, mapping.dateOrder ?? "ymd");
    if (days.size < DAYS_CACHED_MAX) days.set(text, iso);
    return iso;
  };
  const read = kind === "invoices" ? readInvoice : kind === "payments" ? readPayment : readDeposit;
  return (line, cells) => {
    if (cells.length !== columns.length && !onlyEmptyBeyond(cells, columns.length))
      return totalOrRagged(line, cells, columns.length);
    const problems: RowProblem[] = [];
    const cell = (field: ImportField): string => cells[at.get(field) ?? -1]?.trim() ?? "";
    const problem: Row["problem"] = (field, code, fix, severity = "refused") =>
      void problems.push({
        line,
        column: mapping.columns[field] ?? null,
        value: cell(field).slice(0, 200),
        code,
        fix,
        severity,
      });
    const row: Row = { line, cell, problem };
    if (isTotalRow(row, cells)) return { fact: undefined, problems: [remark(line, cells[0] ?? "", "total-row")] };
    const fact = read(row, { mapping, match, day, today });
    return { fact: problems.some((one) => one.severity === "refused") ? undefined : fact, problems };
  };
}

type DayOf = (text: string) => string | undefined;
type Context = {
  readonly mapping: ImportMapping;
  readonly match: MatchCustomer;
  readonly day: DayOf;
  readonly today: string;
};
const DAYS_CACHED_MAX = 20_000;

const onlyEmptyBeyond = (cells: readonly string[], count: number): boolean =>
  cells.length > count && cells.slice(count).every((cell) => cell.trim() === "");
const remark = (line: number, value: string, code: string): RowProblem => ({
  line,
  column: null,
  value: value.slice(0, 200),
  code,
  fix: "left out: it is not a row of its own",
  severity: "noted",
});

function totalOrRagged(line: number, cells: readonly string[], expected: number): Reading {
  if (TOTAL_ROW.test(cells[0]?.trim() ?? ""))
    return { fact: undefined, problems: [remark(line, cells[0] ?? "", "total-row")] };
  const fix = `the header has ${expected} columns, this line has ${cells.length}: look for a line break or an unquoted separator inside a value`;
  return {
    fact: undefined,
    problems: [
      { line, column: null, value: cells.join(" ").slice(0, 200), code: "columns-differ", fix, severity: "refused" },
    ],
  };
}

/** A sum line at the foot of a report: says so in its first filled cell and has no number and day of its own. */
function isTotalRow({ cell }: Row, cells: readonly string[]): boolean {
  const first = cells.find((one) => one.trim() !== "")?.trim() ?? "";
  return TOTAL_ROW.test(first) && cell("dueDate") === "" && cell("issueDate") === "" && cell("valueDate") === "";
}

function customerOf({ cell, problem }: Row, match: MatchCustomer): CustomerId | undefined {
  const keys = {
    tenantId: cell("tenantId"),
    number: cell("customerNumber"),
    name: cell("customerName"),
    domain: cell("domain"),
  };
  const field =
    keys.number !== ""
      ? "customerNumber"
      : keys.tenantId !== ""
        ? "tenantId"
        : keys.name !== ""
          ? "customerName"
          : "domain";
  if (keys.tenantId + keys.number + keys.name + keys.domain === "")
    return void problem("customerNumber", "customer-missing", "name the customer in this row");
  const found = match(keys);
  if (found.kind === "unknown")
    return void problem(
      field,
      "customer-unknown",
      "no customer has this tenant id, number, name or domain: correct it, or let the import create a ledger-only customer",
    );
  if (found.kind === "ambiguous")
    return void problem(
      found.by,
      "customer-ambiguous",
      "several customers have this name: give the tenant id or your own customer number",
    );
  return found.customerId;
}

function currencyOf({ cell, problem }: Row, mapping: ImportMapping, beside: string | undefined): Currency | undefined {
  const text = cell("currency").toUpperCase() || beside || mapping.currency || "";
  if (text === "")
    return void problem("currency", "currency-missing", "choose a currency for the file or map a currency column");
  if (!isCurrency(text)) return void problem("currency", "currency-unknown", "an ISO 4217 code such as SEK");
  return text;
}

type AmountOptions = { readonly field: ImportField; readonly mapping: ImportMapping; readonly currency: Currency };
function amountOf({ cell, problem }: Row, { field, mapping, currency }: AmountOptions): bigint | undefined {
  const amount = parseAmount(bareAmount(cell(field)).number, mapping.numberStyle, currency);
  if (amount.ok) return amount.value;
  const { decimal, group } = mapping.numberStyle;
  const example = `1${group}234${decimal}50`;
  if (amount.error === "too-many-decimals")
    problem(
      field,
      "amount-decimals",
      `more decimals than ${currency} has; is the other sign the decimal sign? numbers are read as ${example}`,
    );
  else
    problem(
      field,
      amount.error === "too-large" ? "amount-too-large" : "amount-not-a-number",
      `a number such as ${example}`,
    );
  return undefined;
}

function dayIn({ cell, problem }: Row, field: ImportField, day: DayOf): string | undefined {
  const text = cell(field);
  if (text === "") return undefined;
  const iso = day(text);
  if (iso === undefined)
    problem(field, "day-unreadable", "a day such as 2026-03-31, in the order chosen for this file");
  return iso;
}

const plusDays = (iso: string, days: number): string => Temporal.PlainDate.from(iso).add({ days }).toString();
const clip = (text: string, most: number): string | null => (text === "" ? null : text.slice(0, most));

function numberOf({ cell, problem }: Row, field: ImportField): string | undefined {
  const number = cell(field);
  if (number === "")
    return void problem(
      field,
      "number-missing",
      "every invoice needs its number: without it the same row cannot be recognised again",
    );
  if (number.length > NUMBER_CHARS_MAX)
    return void problem(field, "number-too-long", `at most ${NUMBER_CHARS_MAX} characters`);
  return number;
}

function readInvoice(row: Row, context: Context): Fact | undefined {
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

type MoneyRow = {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly day: string;
};
function moneyRow(row: Row, { mapping, match, day }: Context): MoneyRow | undefined {
  const customerId = customerOf(row, match);
  const currency = currencyOf(row, mapping, bareAmount(row.cell("amount")).currency);
  const valueDate = dayIn(row, "valueDate", day);
  if (valueDate === undefined && row.cell("valueDate") === "")
    row.problem("valueDate", "day-missing", "the day the money arrived");
  const amount = currency === undefined ? undefined : amountOf(row, { field: "amount", mapping, currency });
  if (amount === 0n) row.problem("amount", "amount-zero", "an amount other than zero");
  if (customerId === undefined || currency === undefined || valueDate === undefined || amount === undefined)
    return undefined;
  return { customerId, currency, amount, day: valueDate };
}

/** Rows without an id of their own are recognised again by day, amount and reference. */
const madeNumber = ({ day, amount, currency }: MoneyRow, reference: string): string =>
  `${day} ${amount} ${currency} ${reference}`.trim().slice(0, 190);

function readPayment(row: Row, context: Context): Fact | undefined {
  const money = moneyRow(row, context);
  const type = documentTypeOf(row.cell("documentType")) ?? "unknown";
  const known = PAYMENT_KINDS.find((kind) => kind === (type === "invoice" ? "payment" : type));
  if (known === undefined)
    return void row.problem("documentType", "type-unknown", "payment, credit note, refund or write-off");
  if (money === undefined) return undefined;
  const reference = row.cell("reference");
  const wanted = row.cell("invoiceNumber");
  const size = money.amount < 0n ? -money.amount : money.amount;
  const isOut = known === "refund" || money.amount < 0n;
  return {
    kind: "payment",
    line: row.line,
    customerId: money.customerId,
    currency: money.currency,
    valueDate: money.day,
    number: row.cell("paymentNumber").slice(0, NUMBER_CHARS_MAX) || madeNumber(money, `${wanted} ${reference}`),
    isMade: row.cell("paymentNumber") === "",
    paymentKind: isOut ? "refund" : known,
    amountMinor: isOut ? -size : size,
    wanted: clip(wanted, REFERENCE_CHARS_MAX),
    reference: clip(reference, REFERENCE_CHARS_MAX),
  };
}

function readDeposit(row: Row, context: Context): Fact | undefined {
  const money = moneyRow(row, context);
  if (money === undefined) return undefined;
  const type = documentTypeOf(row.cell("documentType"));
  const isOut = money.amount < 0n || type === "refund" || type === "drawn";
  const size = money.amount < 0n ? -money.amount : money.amount;
  const reference = row.cell("reference");
  return {
    kind: "deposit",
    line: row.line,
    customerId: money.customerId,
    currency: money.currency,
    day: money.day,
    number: row.cell("entryNumber").slice(0, NUMBER_CHARS_MAX) || madeNumber(money, reference),
    isMade: row.cell("entryNumber") === "",
    depositKind: !isOut ? "paid-in" : type === "drawn" ? "drawn" : "returned",
    amountMinor: isOut ? -size : size,
    reference: clip(reference, REFERENCE_CHARS_MAX),
  };
}
