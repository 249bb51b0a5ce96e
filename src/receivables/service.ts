import { divideRounded } from "../core/money.ts";
import type { Currency } from "../core/currency.ts";
import {
  type AgeingOf,
  type CustomersWithLedger,
  BUCKETS,
  INVOICES_SHOWN_MAX,
  type LedgerCustomers,
  type LedgerStateOf,
  type MovementOf,
  type OpenReceivable,
  type OpenReceivables,
  type ReceivablesOf,
} from "./contract.ts";
import {
  customersWithLedger as loadPresence,
  countInvoices,
  loadInvoices,
  loadLedgerCustomers,
  loadLedgerState,
  loadMovement,
  loadOpen,
  loadPayer,
} from "./store.ts";
import { firstDay } from "./decide-aged.ts";
import { ageingRow, invoiceWire } from "./wire.ts";

export const openReceivables: OpenReceivables = (tx, asOf, customerIds) => loadOpen(tx, { asOf, customerIds });
export const receivablesMovement: MovementOf = loadMovement;
export const ledgerCustomers: LedgerCustomers = loadLedgerCustomers;
export const customersWithLedger: CustomersWithLedger = loadPresence;
export const ledgerState: LedgerStateOf = loadLedgerState;

/** A mean of whole days with one decimal as text, rounded half away from zero; null of nothing. */
function meanDays(days: bigint | null, count: bigint): string | null {
  if (days === null || count === 0n) return null;
  const tenths = divideRounded(days * 10n, count);
  const size = tenths < 0n ? -tenths : tenths;
  return `${tenths < 0n ? "-" : ""}${size / 10n}.${size % 10n}`;
}

export const receivablesOf: ReceivablesOf = async (tx, customerId, today) => {
  const filter = { customerId, asOf: today, state: "open", limit: INVOICES_SHOWN_MAX } as const;
  const open = await loadOpen(tx, { asOf: today, customerIds: [customerId] });
  const invoices = await loadInvoices(tx, filter);
  const count = invoices.length < INVOICES_SHOWN_MAX ? invoices.length : await countInvoices(tx, filter);
  const payer = await loadPayer(tx, customerId, today);
  return {
    customerId,
    asOf: today.toString(),
    known: payer.ever ? "figures" : "none",
    currencies: open.map(ageingRow),
    payer: {
      averageDaysLate: meanDays(payer.days, payer.settled),
      settledInvoices: Number(payer.settled),
      settledLate: Number(payer.late),
      recentAverageDaysLate: meanDays(payer.recent_days, payer.recent),
    },
    invoices: invoices.map((row) => invoiceWire(row, today)),
    openInvoices: count,
  };
};

export const ageingOf: AgeingOf = async (tx, today) => {
  const rows = await loadOpen(tx, { asOf: today });
  const recorded = rows.reduce<Temporal.Instant | null>(
    (last, { recordedAt: at }) =>
      at !== null && (last === null || Temporal.Instant.compare(at, last) > 0) ? at : last,
    null,
  );
  return {
    asOf: today.toString(),
    recordedAt: recorded?.toString() ?? null,
    customers: new Set(rows.map(({ customerId }) => customerId)).size,
    currencies: [...Map.groupBy(rows, ({ currency }) => currency)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, of]) => ageingRow(sumOpen(currency, of))),
  };
};

/** Adds up rows of one currency. */
export function sumOpen(
  currency: Currency,
  rows: readonly OpenReceivable[],
): Omit<OpenReceivable, "customerId" | "recordedAt"> {
  const total = (of: (row: OpenReceivable) => bigint): bigint => rows.reduce((sum, row) => sum + of(row), 0n);
  return {
    currency,
    buckets: Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, total((row) => row.buckets[bucket])]),
    ) as OpenReceivable["buckets"],
    outstandingMinor: total((row) => row.outstandingMinor),
    overdueMinor: total((row) => row.overdueMinor),
    unappliedMinor: total((row) => row.unappliedMinor),
    depositsMinor: total((row) => row.depositsMinor),
    disputedMinor: total((row) => row.disputedMinor),
    openInvoices: rows.reduce((sum, row) => sum + row.openInvoices, 0),
    overdueInvoices: rows.reduce((sum, row) => sum + row.overdueInvoices, 0),
    oldestDueDate: firstDay(rows.map((row) => row.oldestDueDate)),
  };
}
