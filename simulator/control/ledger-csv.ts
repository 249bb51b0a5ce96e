import { utcDay } from "../kernel/clock.ts";
import type { LedgerInvoiceRow, LedgerPaymentRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { nameOf } from "../partner-center/find.ts";

/** How a file is written: `en` = comma and point, `sv` = semicolon and decimal comma, as a Swedish spreadsheet does. */
export type Locale = "en" | "sv";
type Cell = string | null;

/** The reseller's ledger as files. Only what has happened by now is in them; later payments appear as time passes. */
export const LEDGER_FILES: Readonly<Record<string, (sim: Sim, locale: Locale) => string>> = {
  "invoices.csv": invoicesCsv,
  "payments.csv": paymentsCsv,
  "deposits.csv": depositsCsv,
};

const CUSTOMER_COLUMNS = ["customer_tenant_id", "customer_name", "customer_org_number"] as const;

function csv(header: readonly string[], rows: readonly (readonly Cell[])[], locale: Locale): string {
  const separator = locale === "sv" ? ";" : ",";
  const cell = (value: Cell): string =>
    value === null
      ? ""
      : /[",;\n]/.test(value) && (value.includes(separator) || /["\n]/.test(value))
        ? `"${value.replaceAll('"', '""')}"`
        : value;
  return [header, ...rows].map((row) => row.map(cell).join(separator)).join("\r\n") + "\r\n";
}

/** Minor units as a decimal: 123456 → 1234.56, or 1234,56. All currencies here have two decimals. */
function amount(minor: number, locale: Locale): string {
  const digits = String(Math.abs(minor)).padStart(3, "0");
  return `${minor < 0 ? "-" : ""}${digits.slice(0, -2)}${locale === "sv" ? "," : "."}${digits.slice(-2)}`;
}

const customerCells = (sim: Sim, id: string): Cell[] => [
  id,
  nameOf(sim, id),
  sim.tables.customers.get(id)?.orgNumber ?? null,
];
const todayOf = (sim: Sim): string => utcDay(sim.clock.now()).toString();

const paidOf = (payments: readonly LedgerPaymentRow[], today: string): { minor: number; day: string | null } => {
  const booked = payments.filter((one) => one.day <= today);
  return {
    minor: booked.reduce((sum, one) => sum + one.amountMinor, 0),
    day:
      booked
        .map((one) => one.day)
        .toSorted()
        .at(-1) ?? null,
  };
};

function invoicesCsv(sim: Sim, locale: Locale): string {
  const today = todayOf(sim);
  const payments = Map.groupBy(sim.tables.ledgerPayments.all(), (one) => one.invoice ?? "");
  const header = [
    "invoice_number",
    ...CUSTOMER_COLUMNS,
    "invoice_date",
    "due_date",
    "amount",
    "currency",
    "paid_amount",
    "paid_date",
    "open_amount",
    "disputed",
    "dispute_reason",
  ];
  const rows = issuedBy(sim, today).map((row) => {
    const paid = paidOf(payments.get(row.number) ?? [], today);
    return [
      row.number,
      ...customerCells(sim, row.customerId),
      row.issued,
      row.due,
      amount(row.amountMinor, locale),
      row.currency,
      amount(paid.minor, locale),
      paid.day,
      amount(row.amountMinor - paid.minor, locale),
      row.disputed === null ? "no" : "yes",
      row.disputed,
    ];
  });
  return csv(header, rows, locale);
}

const issuedBy = (sim: Sim, today: string): LedgerInvoiceRow[] =>
  sim.tables.ledgerInvoices
    .all()
    .filter((row) => row.issued <= today)
    .toSorted((a, b) => (a.number < b.number ? -1 : 1));

function paymentsCsv(sim: Sim, locale: Locale): string {
  const header = [
    "payment_reference",
    ...CUSTOMER_COLUMNS,
    "payment_date",
    "amount",
    "currency",
    "invoice_number",
    "method",
    "text",
  ];
  const rows = sim.tables.ledgerPayments
    .all()
    .filter((row) => row.day <= todayOf(sim))
    .toSorted((a, b) => (a.day + a.reference < b.day + b.reference ? -1 : 1))
    .map((row) => [
      row.reference,
      ...customerCells(sim, row.customerId),
      row.day,
      amount(row.amountMinor, locale),
      row.currency,
      row.invoice,
      row.method,
      row.text,
    ]);
  return csv(header, rows, locale);
}

function depositsCsv(sim: Sim, locale: Locale): string {
  const header = [
    "deposit_reference",
    ...CUSTOMER_COLUMNS,
    "received_date",
    "released_date",
    "amount",
    "currency",
    "kind",
  ];
  const rows = sim.tables.ledgerDeposits
    .all()
    .filter((row) => row.received <= todayOf(sim))
    .map((row) => [
      row.reference,
      ...customerCells(sim, row.customerId),
      row.received,
      row.released,
      amount(row.amountMinor, locale),
      row.currency,
      row.kind,
    ]);
  return csv(header, rows, locale);
}
