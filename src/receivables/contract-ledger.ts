import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";

/** What a line of the ledger claims: what was sold, or what we claim on top of it. */
export const ITEM_KINDS = ["invoice", "fee", "interest", "cost"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** An invoice, or a claim on one, with everything that ever reduced it or opened it again. Amounts in minor units. */
export type LedgerItem = {
  readonly invoiceId: string;
  readonly number: string;
  readonly customerId: CustomerId;
  readonly kind: ItemKind;
  /** The invoice that a fee, interest or cost belongs to. */
  readonly ofInvoiceId: string | undefined;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly issueDay: Temporal.PlainDate;
  readonly dueDay: Temporal.PlainDate;
  /** Earlier due dates: before `changedOn` it was due `before`. Oldest first. */
  readonly dueChanges: readonly { readonly changedOn: Temporal.PlainDate; readonly before: Temporal.PlainDate }[];
  /** Allocations by day: positive reduces, negative opens again. */
  readonly applied: readonly { readonly day: Temporal.PlainDate; readonly amountMinor: bigint }[];
  readonly disputedFrom: Temporal.PlainDate | undefined;
  readonly disputedUntil: Temporal.PlainDate | undefined;
  readonly isDisputed: boolean;
  /** Sold to, or serviced by, a factor: not ours to dun. */
  readonly soldFrom: Temporal.PlainDate | undefined;
  readonly reminded: { readonly level: number; readonly on: Temporal.PlainDate } | undefined;
};
/** Unapplied money by day: in (positive), allocated or paid back (negative). */
export type LedgerMoney = {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly day: Temporal.PlainDate;
  readonly amountMinor: bigint;
};

/** One account: the customer who pays, with the customers it pays for. */
export type AccountLedger = {
  readonly accountId: CustomerId;
  readonly customerIds: readonly CustomerId[];
  readonly items: readonly LedgerItem[];
  readonly money: readonly LedgerMoney[];
};
export type LedgerAsk = {
  /** Accounts to read; undefined = all. */
  readonly accountIds?: readonly CustomerId[] | undefined;
  /**
   * "open": items with something open at the end of `asOf`, and unapplied money as one line a currency. "all": every item issued
   * up to `asOf` with its whole history up to that day.
   */
  readonly depth: "open" | "all";
  readonly asOf: Temporal.PlainDate;
};
/** Streams accounts in the order of their ids; memory does not grow with their number. */
export type ReadLedger = (tx: Tx, ask: LedgerAsk) => AsyncIterable<AccountLedger>;
