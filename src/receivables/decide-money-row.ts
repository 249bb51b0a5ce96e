import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import { bareAmount } from "./decide-amounts.ts";
import {
  amountOf,
  clip,
  type Context,
  currencyOf,
  customerOf,
  dayIn,
  type Fact,
  NUMBER_CHARS_MAX,
  PAYMENT_KINDS,
  REFERENCE_CHARS_MAX,
  type Row,
} from "./decide-cells.ts";
import { documentTypeOf } from "./decide-words.ts";

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

/** What a row of a payment file says. */
export function readPayment(row: Row, context: Context): Fact | undefined {
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

/** What a row of a deposit file says. */
export function readDeposit(row: Row, context: Context): Fact | undefined {
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
