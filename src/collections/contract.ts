import { z } from "zod";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { dayJson, instantJson, moneyJson } from "../core/wire.ts";
import type { Tx } from "../store/contract.ts";
import type { HistoryInvoice } from "./contract-history.ts";
import type { EffectKind } from "./contract-policy.ts";

/** The door of `collections`: what others may ask it, what it writes into the log, and the words its wire forms share. */

/** How a person, or the desk with a question mark, reads an account that does not pay. */
export const READINGS = [
  "cannot-pay",
  "will-not-pay",
  "slow",
  "new",
  "wrong-address",
  "held",
  "exempt",
  "unclear",
] as const;
export type Reading = (typeof READINGS)[number];

/** Why a dispute was raised. */
export const DISPUTE_REASONS = [
  "not-ordered",
  "wrong-amount",
  "wrong-quantity",
  "service-failed",
  "already-paid",
  "duplicate",
  "wrong-recipient",
  "other",
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];
/** How it ended: we were right, they were, or in between. */
export const DISPUTE_OUTCOMES = ["upheld", "credited", "part-credited", "withdrawn"] as const;
export type DisputeOutcome = (typeof DISPUTE_OUTCOMES)[number];

/** What a call led to. */
export const CALL_OUTCOMES = [
  "promised",
  "paid-already",
  "disputes",
  "cannot-pay",
  "refuses",
  "call-back",
  "no-answer",
  "left-message",
  "wrong-number",
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];
/** Calls that told the debtor something: only these count as a notice. */
export const REACHED: readonly CallOutcome[] = [
  "promised",
  "paid-already",
  "disputes",
  "cannot-pay",
  "refuses",
  "call-back",
];

export const PROMISE_STATES = ["open", "kept", "broken", "withdrawn"] as const;
export type PromiseState = (typeof PROMISE_STATES)[number];

/** An effect from the day a policy wants it to the day it is gone. README.md draws the arrows. */
export const EFFECT_STATES = ["asked", "done", "refused", "lifting", "lifted", "dropped"] as const;
export type EffectState = (typeof EFFECT_STATES)[number];

/** Events of this slice; `subject` is the account, hold, promise, call or effect, `customerId` the account. */
export const COLLECTIONS_EVENTS = {
  /** data: step, from, policy, version, day. */
  stepChanged: "collections.step-changed",
  /** data: kind, reason, invoiceId, invoiceNumber, until, owner. */
  holdPlaced: "collections.hold-placed",
  /** data: kind, outcome. */
  holdLifted: "collections.hold-lifted",
  /** data: kind, until. before, after: the expiry. */
  holdExtended: "collections.hold-extended",
  /** The owner is asked before it ends. data: kind, until. */
  holdEnding: "collections.hold-ending",
  /** data: amount, dueOn, invoices. */
  promiseMade: "collections.promise-made",
  promiseWithdrawn: "collections.promise-withdrawn",
  promiseKept: "collections.promise-kept",
  /** data: amount, dueOn, paid. */
  promiseBroken: "collections.promise-broken",
  /** data: kind, step, due. */
  callDue: "collections.call-due",
  /** Its step matches no more. data: kind, step. */
  callDropped: "collections.call-dropped",
  /** data: outcome, nextOn. */
  callDone: "collections.call-done",
  /** data: kind, step, policy, version, proposals. */
  effectAsked: "collections.effect-asked",
  effectDone: "collections.effect-done",
  effectRefused: "collections.effect-refused",
  /** No longer wanted before anything was done. */
  effectDropped: "collections.effect-dropped",
  /** data: kind, why. Purchases are free again at once; what Microsoft did is proposed to be taken back. */
  effectLifting: "collections.effect-lifting",
  effectLifted: "collections.effect-lifted",
  approved: "collections.effect-approved",
  readingSet: "collections.reading-set",
  settingsChanged: "collections.settings-changed",
} as const;

/** New purchases of a customer stand still since a day, because of a step. */
export type PurchaseFreeze = {
  readonly customerId: CustomerId;
  readonly accountId: CustomerId;
  readonly since: Temporal.PlainDate;
  readonly stepId: string;
};
/** Of these customers, those that may not buy now. Absent = free to buy as far as collections is concerned. */
export type PurchaseFreezes = (
  tx: Tx,
  customerIds: readonly CustomerId[],
) => Promise<ReadonlyMap<CustomerId, PurchaseFreeze>>;

/** When money last came in from a bank, as `receivables` knows it; undefined = no bank file was ever read. */
export type BankFreshness = (tx: Tx) => Promise<{ readonly through: Temporal.PlainDate } | undefined>;

/** What the prediction says of an account; undefined members are unknown, never 0. */
export type AccountScore = {
  readonly accountId: CustomerId;
  /** Chance that the overdue amount is paid within 30 days without a contact, 0 to 1. */
  readonly chance: number | undefined;
  /** The same with a contact today. */
  readonly chanceIfContacted: number | undefined;
  readonly value: Money | undefined;
  readonly reasons: readonly { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> }[];
};
/** An account as the prediction is asked about it. */
export type ScoreAsk = {
  readonly accountId: CustomerId;
  readonly overdue: Money;
  readonly daysPastDue: number;
  /** Its invoices, when they are at hand: each is asked about by itself. Without them the sum stands in, as old as the oldest. */
  readonly invoices?: readonly HistoryInvoice[] | undefined;
  /** Promises that were broken so far. */
  readonly brokenPromises?: number | undefined;
};
export type ScoreAccounts = (
  tx: Tx,
  rows: readonly ScoreAsk[],
  day: Temporal.PlainDate,
) => Promise<readonly AccountScore[]>;

/** Settings of collections, changed on its page. */
export const collectionsSettings = z.strictObject({
  /** Business days without news from the bank after which sending pauses; null = never pauses. */
  bankLateDays: z.number().int().min(1).max(30).nullable().default(null),
  /** Days ahead in which the renewal of an overdue customer is a finding. */
  renewalGuardDays: z.number().int().min(0).max(60).default(14),
  /** Days ahead in which an overdue customer's closing cancel window is a finding. */
  windowGuardDays: z.number().int().min(0).max(7).default(3),
  /** Days after a no before the same effect is asked for again. */
  askAgainDays: z.number().int().min(1).max(90).default(14),
  /** Days before a hold ends on which its owner is asked. */
  holdAskDays: z.number().int().min(0).max(14).default(3),
  /** Points that a call is assumed to add to an even chance of payment, until 200 calls are logged. */
  contactPoints: z.number().int().min(0).max(49).default(17),
});
export type CollectionsSettings = z.output<typeof collectionsSettings>;

/** What the passport shows of collections; null members are unknown. */
export const customerCollectionsJson = z.object({
  accountId: z.string(),
  /** The payer's name, when another customer pays. */
  paidBy: z.string().nullable(),
  /** "policy": judged by one; "no-policy": none applies; "unseen": never evaluated. */
  judged: z.enum(["policy", "no-policy", "unseen"]),
  policy: z.object({ id: z.string(), version: z.number().int(), name: z.string() }).nullable(),
  day: dayJson.nullable(),
  step: z.object({ id: z.string(), name: z.string() }).nullable(),
  daysPastDue: z.number().int().nullable(),
  overdue: z.array(moneyJson),
  next: z
    .object({ day: dayJson, stepId: z.string(), stepName: z.string(), what: z.enum(["tell", "effect", "resume"]) })
    .nullable(),
  frozenSince: dayJson.nullable(),
  resting: z.array(z.string()),
  openHolds: z.number().int(),
  openPromises: z.number().int(),
  lastToldOn: dayJson.nullable(),
  evaluatedAt: instantJson.nullable(),
});
export type CustomerCollectionsWire = z.infer<typeof customerCollectionsJson>;
export type CollectionsOf = (tx: Tx, customerId: CustomerId, now: Temporal.Instant) => Promise<CustomerCollectionsWire>;

/** `GET /api/customers/:customerId/may-buy`: for shops. */
export const mayBuyJson = z.object({
  customerId: z.string(),
  mayBuy: z.boolean(),
  /** Only when it may not. */
  since: dayJson.nullable(),
  stepId: z.string().nullable(),
  accountId: z.string().nullable(),
  asOf: instantJson,
});

/** What an effect of a policy becomes at Microsoft, kind by kind; purchases and the books are ours. */
export const EFFECT_DOES: Readonly<
  Record<EffectKind, readonly ("auto-renew-off" | "suspend-subscription" | "cancel-entitlement")[]>
> = {
  "freeze-purchases": [],
  "auto-renew-off": ["auto-renew-off"],
  "suspend-seats": ["suspend-subscription"],
  "cancel-azure": ["cancel-entitlement"],
  // Microsoft has no call that ends a relation: everything that can be stopped is stopped. Suspending takes auto-renew away by itself.
  terminate: ["suspend-subscription", "cancel-entitlement"],
  "hand-over": [],
  "write-off": [],
};
/** Effects that happen here and not at Microsoft: where a yes is needed, it is given here. */
export const OWN_EFFECTS: readonly EffectKind[] = ["freeze-purchases", "hand-over", "write-off"];
