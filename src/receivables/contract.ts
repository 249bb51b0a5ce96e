import { z } from "zod";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import { dayInput, dayJson, instantJson, moneyJson } from "../core/wire.ts";
import type { Tx } from "../store/contract.ts";

/**
 * Days past the DUE date, after which an invoice falls into the next bucket. An invoice due today is not due yet late:
 * it is in `notDue`. Buckets always sum to the outstanding. Source: collections findings 1.7 and 5.
 */
export const BUCKETS = ["notDue", "d1to30", "d31to60", "d61to90", "d91to120", "over120"] as const;
export type Bucket = (typeof BUCKETS)[number];
/** Last day past due that still belongs to the bucket. */
export const BUCKET_LAST_DAY: Readonly<Record<Bucket, number>> = {
  notDue: 0,
  d1to30: 30,
  d31to60: 60,
  d61to90: 90,
  d91to120: 120,
  over120: Number.MAX_SAFE_INTEGER,
};

/** The bucket of an invoice that is `daysPastDue` late; negative and zero are not due. */
export const bucketOf = (daysPastDue: number): Bucket =>
  BUCKETS.find((bucket) => daysPastDue <= BUCKET_LAST_DAY[bucket]) ?? "over120";

/** What one customer owes in one currency at the end of a day. All amounts in minor units of `currency`. */
export type OpenReceivable = {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly buckets: Readonly<Record<Bucket, bigint>>;
  /** Sum of the buckets. */
  readonly outstandingMinor: bigint;
  /** Sum of all buckets but `notDue`. */
  readonly overdueMinor: bigint;
  /** Money and credit notes received and not allocated to an invoice; zero or more, never netted into a bucket. */
  readonly unappliedMinor: bigint;
  /** Deposits held. */
  readonly depositsMinor: bigint;
  /** The part of the outstanding that is disputed. */
  readonly disputedMinor: bigint;
  readonly openInvoices: number;
  readonly overdueInvoices: number;
  readonly oldestDueDate: Temporal.PlainDate | null;
  /** Newest moment at which we learnt something that is in these figures. */
  readonly recordedAt: Temporal.Instant | null;
};

/**
 * Who owes us what at the end of `asOf`: payments with a later value date are not seen, nor invoices issued later.
 * `customerIds` undefined = everyone with a figure. One row per customer and currency.
 */
export type OpenReceivables = (
  tx: Tx,
  asOf: Temporal.PlainDate,
  customerIds?: readonly CustomerId[],
) => Promise<readonly OpenReceivable[]>;

/** What came in and went out on the days after `from` up to and including `to`, per customer and currency; for "why it moved". */
export type ReceivablesMovement = {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly invoicedMinor: bigint;
  readonly paidMinor: bigint;
  readonly depositsMinor: bigint;
};
export type MovementOf = (
  tx: Tx,
  days: { readonly after: Temporal.PlainDate; readonly upTo: Temporal.PlainDate },
) => Promise<readonly ReceivablesMovement[]>;

// ---- What pages and other slices read

export const bucketsJson = z.object({
  notDue: moneyJson,
  d1to30: moneyJson,
  d31to60: moneyJson,
  d61to90: moneyJson,
  d91to120: moneyJson,
  over120: moneyJson,
});

/** Ageing in one currency; buckets sum to `outstanding`. */
export const ageingRowJson = z.object({
  currency: z.string(),
  buckets: bucketsJson,
  outstanding: moneyJson,
  overdue: moneyJson,
  disputed: moneyJson,
  unapplied: moneyJson,
  deposits: moneyJson,
  openInvoices: z.number().int(),
  overdueInvoices: z.number().int(),
  oldestDueDate: dayJson.nullable(),
});
export type AgeingRowWire = z.infer<typeof ageingRowJson>;

/** Ageing of the whole portfolio, one row per currency; never summed across currencies here. */
export const ageingJson = z.object({
  asOf: dayJson,
  recordedAt: instantJson.nullable(),
  customers: z.number().int(),
  currencies: z.array(ageingRowJson),
});
export type AgeingWire = z.infer<typeof ageingJson>;
export type AgeingOf = (tx: Tx, today: Temporal.PlainDate) => Promise<AgeingWire>;

/** `paid` is closed; `disputed` only while something is open. */
export const INVOICE_STATES = ["not-due", "overdue", "paid"] as const;
export const invoiceRowJson = z.object({
  id: z.string(),
  number: z.string(),
  system: z.string(),
  customerId: z.string(),
  issueDate: dayJson,
  dueDate: dayJson,
  amount: moneyJson,
  open: moneyJson,
  state: z.enum(INVOICE_STATES),
  /** Days past due: of an open invoice today, of a paid one on the day it was paid; negative is early. */
  daysPastDue: z.number().int(),
  /** Day on which nothing was left to pay; null while open. */
  settledOn: dayJson.nullable(),
  disputed: z.boolean(),
  disputedFrom: dayJson.nullable(),
  /** The file and line it came from. */
  source: z.object({ importId: z.string().nullable(), line: z.number().int().nullable(), recordedAt: instantJson }),
});
export type InvoiceRowWire = z.infer<typeof invoiceRowJson>;

/** How late a customer pays, over the invoices it settled in the last year. */
export const payerJson = z.object({
  /** Mean days past due on the day of settlement, negative is early, one decimal as text; null when nothing was settled. */
  averageDaysLate: z.string().nullable(),
  settledInvoices: z.number().int(),
  settledLate: z.number().int(),
  /** The same mean over the last 90 days, to tell better from worse. */
  recentAverageDaysLate: z.string().nullable(),
});

export const customerReceivablesJson = z.object({
  customerId: z.string(),
  asOf: dayJson,
  /** "none": no invoice was ever imported for this customer, which is not the same as owing nothing. */
  known: z.enum(["figures", "none"]),
  currencies: z.array(ageingRowJson),
  payer: payerJson,
  /** The open invoices, oldest due first, at most `INVOICES_SHOWN_MAX`. */
  invoices: z.array(invoiceRowJson),
  openInvoices: z.number().int(),
});
export type CustomerReceivablesWire = z.infer<typeof customerReceivablesJson>;
export type ReceivablesOf = (
  tx: Tx,
  customerId: CustomerId,
  today: Temporal.PlainDate,
) => Promise<CustomerReceivablesWire>;
export const INVOICES_SHOWN_MAX = 50;

/** Of these customers (or all), those for which anything was ever imported. What the others owe is unknown, not zero. */
export type CustomersWithLedger = (tx: Tx, customerIds?: readonly CustomerId[]) => Promise<ReadonlySet<CustomerId>>;

/** How much of the ledger there is: when the last file came in, and how many customers anything was ever imported for. Quick at any size. */
export type LedgerState = { readonly recordedAt: Temporal.Instant | null; readonly customers: number };
export type LedgerStateOf = (tx: Tx) => Promise<LedgerState>;

/** Customers that exist only in the ledger (imported without a tenant): their ids are name-based GUIDs (version 8), so none is a tenant id. */
export type LedgerCustomer = {
  readonly customerId: CustomerId;
  readonly name: string;
  readonly number: string | null;
  readonly system: string;
};
export type LedgerCustomers = (tx: Tx, customerIds?: readonly CustomerId[]) => Promise<readonly LedgerCustomer[]>;
/** Whether an id is of a ledger-only customer: version 8 in the third group. */
export const isLedgerOnly = (customerId: string): boolean => customerId.charAt(14) === "8";

/** Called in the transaction that changed figures of these customers; main.ts wires it to exposure's `markDirty`. */
export type OnReceivablesChanged = (tx: Tx, customerIds: readonly CustomerId[]) => Promise<void>;

/** Query of the invoices list. */
export const invoicesQuery = {
  state: z.enum(["open", "overdue", "disputed", "paid", "all"]).default("open"),
  asOf: dayInput.optional(),
};
