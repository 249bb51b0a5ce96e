import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { Channel, CustomerClass, EffectKind } from "./contract-policy.ts";

/**
 * What the ladder may know of one account. Every fact carries the day from which it was known, so that a past day is judged
 * by what was true then. An account is the customer who pays, together with the customers it pays for.
 */
export type AccountHistory = {
  readonly account: AccountFacts;
  readonly invoices: readonly HistoryInvoice[];
  readonly money: readonly HistoryMoney[];
  readonly notices: readonly HistoryNotice[];
  readonly holds: readonly HistoryHold[];
  readonly promises: readonly HistoryPromise[];
  readonly effects: readonly HistoryEffect[];
};

export type AccountFacts = {
  readonly accountId: CustomerId;
  readonly name: string;
  /** ISO 3166; undefined = not known. */
  readonly country: string | undefined;
  readonly language: "en" | "sv" | undefined;
  /** IANA zone; undefined = the policy's. */
  readonly timeZone: string | undefined;
  readonly customerClass: CustomerClass | undefined;
  /** Customers whose invoices and subscriptions belong to the account, itself among them. */
  readonly customerIds: readonly CustomerId[];
  /** Which channels have an address now. */
  readonly reachable: readonly Channel[];
  readonly customerSince: Temporal.PlainDate | undefined;
  /**
   * Facts as they stand today, for conditions that ask them. undefined = not known; on past days they are always left out.
   * `lastFailure`: decline code of the last failed payment, "" when none failed.
   */
  readonly lastFailure?: string | undefined;
  readonly exposure?: Money | undefined;
  readonly deposit?: Money | undefined;
  readonly limit?: Money | undefined;
};

export type HistoryInvoice = {
  readonly invoiceId: string;
  readonly number: string;
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly issueDay: Temporal.PlainDate;
  /** The due date as it stands now. */
  readonly dueDay: Temporal.PlainDate;
  /** Earlier due dates: until the day `changedOn` (exclusive) the invoice was due `before`. Oldest first. */
  readonly dueChanges?: readonly { readonly changedOn: Temporal.PlainDate; readonly before: Temporal.PlainDate }[];
  /** What reduced it (positive) or opened it again (negative), by day; sums to at most the amount. */
  readonly applied: readonly { readonly day: Temporal.PlainDate; readonly amountMinor: bigint }[];
  /** Sold, or serviced by a factor: not ours to dun. Day from which; undefined = ours. */
  readonly soldFrom?: Temporal.PlainDate | undefined;
  /** What we claimed on top of another invoice: not dunned by itself, listed with it. */
  readonly claim?: { readonly kind: "fee" | "interest" | "cost"; readonly ofInvoiceId: string } | undefined;
  /** The step an earlier system had reached with it, and when it last reminded. */
  readonly reminded?: { readonly level: number; readonly on: Temporal.PlainDate } | undefined;
};

/** Money or credit that is not allocated to an invoice, by day: in (positive) and out to an invoice or back (negative). */
export type HistoryMoney = {
  readonly currency: Currency;
  readonly day: Temporal.PlainDate;
  readonly amountMinor: bigint;
};

/** One notice of one step over one channel. */
export type HistoryNotice = {
  readonly noticeId: string;
  readonly stepId: string;
  readonly channel: Channel;
  /** Overdue invoices it was for: those whose own age had reached the step. Others were only listed. */
  readonly invoiceIds: readonly string[];
  /** Day it was decided; one notice of a step an account and day. */
  readonly decidedOn: Temporal.PlainDate;
  /** Day it was in fact sent; undefined = not yet: it counts for nothing. */
  readonly sentOn?: Temporal.PlainDate | undefined;
  /** Day it came back (bounce, returned letter, unreachable): from then on it counts for nothing. */
  readonly failedOn?: Temporal.PlainDate | undefined;
};

export const HOLD_KINDS = ["dispute", "legal", "fraud-case", "hacked", "manual", "insolvency"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];
export type HistoryHold = {
  readonly holdId: string;
  readonly kind: HoldKind;
  /** A dispute is of one invoice; the others rest the whole account (undefined). */
  readonly invoiceId?: string | undefined;
  readonly from: Temporal.PlainDate;
  /** First day on which it no longer holds: its expiry, or the day it was lifted. undefined = open. */
  readonly until?: Temporal.PlainDate | undefined;
};

/** A promise to pay: the ladder rests until `dueOn` plus the policy's grace, if the promise is kept or not yet due. */
export type HistoryPromise = {
  readonly promiseId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly madeOn: Temporal.PlainDate;
  readonly dueOn: Temporal.PlainDate;
  /** Empty = the whole account. */
  readonly invoiceIds: readonly string[];
  readonly withdrawnOn?: Temporal.PlainDate | undefined;
};

/** An effect that took place at Microsoft or here, and its end. */
export type HistoryEffect = {
  readonly kind: EffectKind;
  readonly stepId: string;
  readonly doneOn: Temporal.PlainDate;
  readonly undoneOn?: Temporal.PlainDate | undefined;
};
