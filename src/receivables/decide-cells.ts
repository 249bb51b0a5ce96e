import { type Currency, isCurrency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { ImportField, ImportMapping, RowProblem } from "./contract-import.ts";
import { bareAmount, parseAmount } from "./decide-amounts.ts";

/** What rows become, and how their single cells are read. */

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
  /** OCR, KID or RF reference, without blanks. */
  readonly paymentReference: string | null;
  /** null = the file has no column for any of it. */
  readonly marks: Marks | null;
  /** The file has only the open amount: what the invoice was issued for is not known from it. */
  readonly isOpenOnly: boolean;
  /** Day of the file's balances, for amounts paid that carry no day. */
  readonly toldOn: string;
};
/** Selling, holding and reminding. A null member is not told. */
export type Marks = {
  /** Day from which a change counts. */
  readonly asOf: string;
  readonly sold: boolean | null;
  /** The reason as it stands in the file; false = not held. */
  readonly held: string | false | null;
  readonly reminded: { readonly level: number; readonly on: string | null } | null;
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
  /** Of an open-items file: the amount is what is left of it, which may be nothing and may fall with the next file. */
  readonly isLeft?: true;
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

export const NUMBER_CHARS_MAX = 100;
export const REFERENCE_CHARS_MAX = 500;

/** What one row needs while it is read: its cells by field and the list of its problems. */
export type Row = {
  readonly line: number;
  readonly cell: (field: ImportField) => string;
  readonly problem: (field: ImportField, code: string, fix: string, severity?: RowProblem["severity"]) => void;
};

export type DayOf = (text: string) => string | undefined;
export type Context = {
  readonly mapping: ImportMapping;
  readonly match: MatchCustomer;
  readonly day: DayOf;
  readonly today: string;
};

export function customerOf({ cell, problem }: Row, match: MatchCustomer): CustomerId | undefined {
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

export function currencyOf(
  { cell, problem }: Row,
  mapping: ImportMapping,
  beside: string | undefined,
): Currency | undefined {
  const text = cell("currency").toUpperCase() || beside || mapping.currency || "";
  if (text === "")
    return void problem("currency", "currency-missing", "choose a currency for the file or map a currency column");
  if (!isCurrency(text)) return void problem("currency", "currency-unknown", "an ISO 4217 code such as SEK");
  return text;
}

export type AmountOptions = {
  readonly field: ImportField;
  readonly mapping: ImportMapping;
  readonly currency: Currency;
};
export function amountOf({ cell, problem }: Row, { field, mapping, currency }: AmountOptions): bigint | undefined {
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

export function dayIn({ cell, problem }: Row, field: ImportField, day: DayOf): string | undefined {
  const text = cell(field);
  if (text === "") return undefined;
  const iso = day(text);
  if (iso === undefined)
    problem(field, "day-unreadable", "a day such as 2026-03-31, in the order chosen for this file");
  return iso;
}

export const plusDays = (iso: string, days: number): string => Temporal.PlainDate.from(iso).add({ days }).toString();
export const clip = (text: string, most: number): string | null => (text === "" ? null : text.slice(0, most));

export function numberOf({ cell, problem }: Row, field: ImportField): string | undefined {
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
