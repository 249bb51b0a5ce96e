import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import type { Actor, Tx } from "../store/contract.ts";

/** What a line of the ledger claims: what was sold, or what we claim on top of it. */
export const ITEM_KINDS = ["invoice", "fee", "interest", "cost"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** In which order money settles an invoice with the claims on it; the policy in force says which. */
export const ALLOCATION_ORDERS = ["costs-interest-principal", "principal-first"] as const;
export type AllocationOrder = (typeof ALLOCATION_ORDERS)[number];
/** Until a policy is in force. Source: collections findings 5. */
export const DEFAULT_ALLOCATION_ORDER: AllocationOrder = "costs-interest-principal";

/**
 * Why money went where it went. `within-order`: to a claim of the invoice that was named or oldest due. `reversal`: a refund,
 * chargeback or returned payment opened it again; `restored`: the end of a chargeback closed it again.
 */
export const ALLOCATION_REASONS = [
  "named",
  "oldest-due",
  "within-order",
  "by-hand",
  "taken-back",
  "reversal",
  "restored",
] as const;
export type AllocationReason = (typeof ALLOCATION_REASONS)[number];

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
  /**
   * Allocations up to `asOf` by day: positive reduces, negative opens again. Of an item whose amount was corrected, also lines that
   * make the days before the correction show what they showed; they add up to nothing.
   */
  readonly applied: readonly { readonly day: Temporal.PlainDate; readonly amountMinor: bigint }[];
  readonly disputedFrom: Temporal.PlainDate | undefined;
  readonly disputedUntil: Temporal.PlainDate | undefined;
  readonly isDisputed: boolean;
  /** Sold to, or serviced by, a factor: not ours to dun. */
  readonly soldFrom: Temporal.PlainDate | undefined;
  readonly reminded: { readonly level: number; readonly on: Temporal.PlainDate } | undefined;
  /** On hold in the accounting system (`invoice.held_*`): no letter about it, as of a dispute. `until` is the first day without. */
  readonly held?:
    | { readonly from: Temporal.PlainDate; readonly until: Temporal.PlainDate | undefined; readonly reason: string }
    | undefined;
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
/**
 * Streams accounts in the order of their ids; memory does not grow with their number. Accounts that have nothing of what was asked
 * are left out. Outside a transaction each page of accounts is read at its own moment.
 */
export type ReadLedger = (tx: Tx, ask: LedgerAsk) => AsyncIterable<AccountLedger>;

/** Money in (positive) and out again (negative) from whatever source. `system` and `number` are the source's own id: the same twice is one. */
export const MONEY_KINDS = [
  "payment",
  "credit-note",
  "refund",
  "write-off",
  "balance",
  "payment-reversal",
  "chargeback",
  "chargeback-reversal",
  "write-off-reversal",
] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];
export type MoneyIn = {
  readonly customerId: CustomerId;
  readonly system: string;
  readonly number: string;
  readonly kind: MoneyKind;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly valueDate: Temporal.PlainDate;
  /** Invoice numbers or structured references (OCR, RF…) that it names. */
  readonly names: readonly string[];
  /** Free text as it came. */
  readonly text?: string | undefined;
  /** The money it takes back: a reversal, chargeback, refund or its end. */
  readonly reverses?: { readonly system: string; readonly number: string } | undefined;
};
/** What became of each row, in order. `already`: it was known and nothing changed. */
export type Recorded = {
  readonly paymentId: string;
  readonly already: boolean;
  readonly allocatedMinor: bigint;
  readonly unappliedMinor: bigint;
};
export type RecordMoney = (
  tx: Tx,
  ask: {
    readonly rows: readonly MoneyIn[];
    readonly actor: Actor;
    readonly now: Temporal.Instant;
    /** The order within an invoice of the policy in force; `DEFAULT_ALLOCATION_ORDER` while there is none. */
    readonly order?: AllocationOrder | undefined;
    /** `named-only` leaves money that names nothing unapplied; the oldest due is paid unless told. */
    readonly rule?: "named-only" | "named-then-oldest" | undefined;
  },
) => Promise<Result<readonly Recorded[], Refusal>>;

/** A fee, interest or cost claimed on an invoice. `key` is unique: claimed twice is claimed once. */
export type ClaimIn = {
  readonly key: string;
  readonly ofInvoiceId: string;
  readonly kind: Exclude<ItemKind, "invoice">;
  readonly amountMinor: bigint;
  readonly day: Temporal.PlainDate;
  /** Last day to pay it; `day` unless told. */
  readonly dueDay?: Temporal.PlainDate | undefined;
  /** Law or agreement it rests on, e.g. "SE Act 1981:739 s. 4 a". */
  readonly basis: string;
};
export type RecordClaims = (
  tx: Tx,
  ask: { readonly rows: readonly ClaimIn[]; readonly actor: Actor; readonly now: Temporal.Instant },
) => Promise<Result<readonly { readonly invoiceId: string; readonly already: boolean }[], Refusal>>;

/** A claim that was ever made on an invoice, paid or not. */
export type ClaimedOn = {
  readonly key: string;
  readonly ofInvoiceId: string;
  readonly kind: Exclude<ItemKind, "invoice">;
  readonly amountMinor: bigint;
};
