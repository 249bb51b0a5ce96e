import { z } from "zod";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { currencyInput, dayInput, dayJson, instantJson, moneyJson } from "../core/wire.ts";
import type { Store, Tx } from "../store/contract.ts";

/**
 * Exposure of a customer on a day = open invoices (not due + overdue) + unbilled usage + committed term remaining − deposits.
 * A deposit covers amounts of its own customer in its own currency, and never more than they are: what is left of it is
 * listed as unused and lowers nothing else. Unapplied cash is shown, not taken off, until it is allocated.
 */
export const PARTS = ["open-not-due", "open-overdue", "unbilled-usage", "committed-term", "deposits"] as const;
export type Part = (typeof PARTS)[number];

/** Why a part, or some of it, is not in the figure. Never treated as zero. */
export const UNKNOWN_REASONS = [
  /** No invoice of this customer was ever imported. */
  "no-receivables",
  /** Usage could not be read, or never was. */
  "usage-unread",
  /** A commitment's price or end is not known. */
  "term-unpriced",
  /** No exchange rate on or before the day. */
  "rate-missing",
  /** Microsoft named no currency for the amount. */
  "currency-unknown",
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

export type UnknownPart = {
  readonly part: Part;
  readonly reason: UnknownReason;
  /** The amount that could not be converted, when one is known. */
  readonly amount?: Money | undefined;
  readonly facts?: Readonly<Record<string, string | number>> | undefined;
};

/** One amount that goes into exposure, with where it comes from. Amounts are positive; deposits too (they are subtracted). */
export type ExposureInput = {
  readonly part: Part;
  readonly amount: Money;
  /** When the source was read; null when it never was. */
  readonly asOf: Temporal.Instant | null;
  /** "ledger", "Partner Center". */
  readonly source: string;
  /** How many rows (invoices, usage lines, subscriptions) it stands for. */
  readonly rows: number;
};

/** A rate of the dated table: `rate` units of `to` for one unit of `from`, as decimal text. */
export type ExchangeRate = {
  readonly day: Temporal.PlainDate;
  readonly from: Currency;
  readonly to: Currency;
  readonly rate: string;
  readonly source: string;
};

// ---- What this slice gives

/** Marks customers whose exposure must be computed again, and queues the job; in the caller's transaction. "all" = everyone. */
export type MarkDirty = (tx: Tx, customerIds: readonly CustomerId[] | "all") => Promise<void>;
export type ExposureOf = (
  tx: Tx,
  customerId: CustomerId,
  day: Temporal.PlainDate,
  now: Temporal.Instant,
) => Promise<ExposureWire>;
export type PortfolioExposure = (tx: Tx, day: Temporal.PlainDate) => Promise<PortfolioExposureWire>;
/** Computes, keeps today's figures and today's snapshot. Safe to repeat. Gives how many customers it did. */
export type RecomputeExposure = (
  store: Store,
  customerIds: readonly CustomerId[] | "all",
  now: Temporal.Instant,
) => Promise<number>;

/** Kept exposure of some customers in the reporting currency; a customer with nothing known is undefined. */
export type ExposuresOf = (
  tx: Tx,
  customerIds: readonly CustomerId[],
) => Promise<ReadonlyMap<CustomerId, Money | undefined>>;

export const unknownPartJson = z.object({
  part: z.enum(PARTS),
  reason: z.enum(UNKNOWN_REASONS),
  amount: moneyJson.nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

const rateUsedJson = z.object({ rate: z.string(), day: dayJson, source: z.string() });

/** An amount in its own currency and, when a rate is known, in the reporting currency. */
export const convertedJson = z.object({
  amount: moneyJson,
  reporting: moneyJson.nullable(),
  rate: rateUsedJson.nullable(),
});

export const exposurePartJson = z.object({
  kind: z.enum(PARTS),
  /** In the reporting currency, signed: deposits are negative. null = nothing of it is known. */
  amount: moneyJson.nullable(),
  byCurrency: z.array(convertedJson),
  asOf: instantJson.nullable(),
  source: z.string(),
  rows: z.number().int(),
  /** API address of the rows behind the amount. */
  rowsLink: z.string().nullable(),
});
export type ExposurePartWire = z.infer<typeof exposurePartJson>;

export const currencyExposureJson = z.object({
  currency: z.string(),
  notDue: moneyJson,
  overdue: moneyJson,
  unbilledUsage: moneyJson,
  committedTerm: moneyJson,
  /** What deposits take off, zero or negative. */
  deposits: moneyJson,
  total: moneyJson,
  depositsHeld: moneyJson,
  depositsUnused: moneyJson,
});

export const exposureJson = z.object({
  customerId: z.string(),
  day: dayJson,
  computedAt: instantJson,
  /** "live" computed now from the sources; "kept" = the snapshot of that day. */
  basis: z.enum(["live", "kept"]),
  reportingCurrency: z.string(),
  /** Sum of the parts that are known, in the reporting currency; null when none is. */
  total: moneyJson.nullable(),
  /** Whether `unknown` is not empty: the total is then "at least". */
  isPartial: z.boolean(),
  parts: z.array(exposurePartJson),
  byCurrency: z.array(currencyExposureJson),
  unknown: z.array(unknownPartJson),
  /** Shown beside the figure, not in it. */
  unapplied: z.array(moneyJson),
  limit: z
    .object({
      amount: moneyJson,
      reporting: moneyJson.nullable(),
      setAt: instantJson,
      setBy: z.string(),
      why: z.string().nullable(),
    })
    .nullable(),
  /** Limit − exposure in the reporting currency; negative = over. null = no limit or no total. */
  headroom: moneyJson.nullable(),
  /** exposure ÷ limit in hundredths of a percent. */
  limitUsedBps: z.number().int().nullable(),
  burnPerHour: moneyJson.nullable(),
  /** Hours until the limit is reached at the present burn, one decimal as text; "0" when it is passed; null = no limit, no burn or unknown. */
  hoursUntilLimit: z.string().nullable(),
  limitReachedAt: instantJson.nullable(),
});
export type ExposureWire = z.infer<typeof exposureJson>;

/** A point of the trend; total null = the desk knew nothing that day. */
export const trendPointJson = z.object({
  day: dayJson,
  total: moneyJson.nullable(),
  isPartial: z.boolean(),
  parts: z.array(z.object({ kind: z.enum(PARTS), amount: moneyJson })),
});
export type TrendPointWire = z.infer<typeof trendPointJson>;

/** Why exposure moved between two days, in the reporting currency; the causes sum to the change. */
export const MOVEMENT_CAUSES = [
  "invoices-issued",
  "payments-in",
  "new-usage",
  "usage-billed",
  "terms-added",
  "terms-ended",
  "deposits",
  "rates",
  "other",
] as const;
export const movementJson = z.object({
  from: dayJson,
  to: dayJson,
  change: moneyJson.nullable(),
  causes: z.array(z.object({ cause: z.enum(MOVEMENT_CAUSES), amount: moneyJson })),
});
export type MovementWire = z.infer<typeof movementJson>;

export const largestRowJson = z.object({
  customerId: z.string(),
  name: z.string().nullable(),
  exposure: moneyJson,
  isPartial: z.boolean(),
  limit: moneyJson.nullable(),
  limitUsedBps: z.number().int().nullable(),
  changeOneDay: moneyJson.nullable(),
});
export type LargestRowWire = z.infer<typeof largestRowJson>;

export const portfolioExposureJson = z.object({
  day: dayJson,
  computedAt: instantJson.nullable(),
  reportingCurrency: z.string(),
  total: moneyJson.nullable(),
  isPartial: z.boolean(),
  customers: z.number().int(),
  customersPartial: z.number().int(),
  customersOverLimit: z.number().int(),
  customersWithoutLimit: z.number().int(),
  parts: z.array(exposurePartJson),
  unknown: z.array(z.object({ part: z.enum(PARTS), reason: z.enum(UNKNOWN_REASONS), customers: z.number().int() })),
  /** Open invoices by days past due, in the reporting currency. */
  ageing: z.object({
    notDue: moneyJson,
    d1to30: moneyJson,
    d31to60: moneyJson,
    d61to90: moneyJson,
    d91to120: moneyJson,
    over120: moneyJson,
    overdue: moneyJson,
    outstanding: moneyJson,
    unapplied: moneyJson,
  }),
  movement: movementJson.nullable(),
  largest: z.array(largestRowJson),
});
export type PortfolioExposureWire = z.infer<typeof portfolioExposureJson>;

export const rateJson = z.object({
  day: dayJson,
  from: z.string(),
  to: z.string(),
  rate: z.string(),
  source: z.string(),
  setBy: z.string(),
  setAt: instantJson,
});
export type RateWire = z.infer<typeof rateJson>;
export const ratesJson = z.object({
  reportingCurrency: z.string(),
  /** Latest rate of each pair on or before the asked day. */
  rates: z.array(rateJson),
  /** Currencies that occur in the ledger or in usage and have no rate to the reporting currency. */
  missing: z.array(z.string()),
});
export type RatesWire = z.infer<typeof ratesJson>;

export const rateInput = z.strictObject({
  day: dayInput,
  from: currencyInput,
  to: currencyInput,
  rate: z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, "must be a decimal number with a point, e.g. 11.2345"),
});
export const ratesBody = z.strictObject({
  rates: z.array(rateInput).max(10_000).optional(),
  /** CSV with the columns day, from, to, rate; ECB style "1 from = rate to". */
  csv: z.string().max(1_000_000).optional(),
  source: z.string().trim().min(1).max(80).default("by hand"),
});
export const LARGEST_ROWS = 10;
export const TREND_DAYS_MAX = 400;
