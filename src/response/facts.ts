import type { Role } from "../access/contract.ts";
import type { Json } from "../core/canonical.ts";
import type { CustomerId, EntitlementId, NoticeId, ProposalId, SubscriptionId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { AlertChannel, AlertStatus, Open, ProductFamily, SubscriptionStatus } from "../partner-center/contract.ts";
import type { Actor, Tx } from "../store/contract.ts";

/** The facts this slice asks others for; main.ts passes the functions. */

export type Priced =
  | { readonly kind: "known"; readonly amount: Money }
  | { readonly kind: "unknown"; readonly why: string };

export type SubscriptionFacts = {
  readonly customerId: CustomerId;
  readonly subscriptionId: SubscriptionId;
  readonly name: string;
  readonly family: ProductFamily;
  readonly status: SubscriptionStatus;
  readonly quantity: number;
  readonly autoRenew: boolean;
  /** Last day of the term, inclusive; undefined when open-ended. */
  readonly commitmentEndDay?: Temporal.PlainDate | undefined;
  readonly hasScheduledChanges: boolean;
  /** What the whole next term would commit, at today's price and seats. */
  readonly nextTerm: Priced;
  /** What a month costs at today's price and seats. */
  readonly month: Priced;
  /** When Microsoft was asked; what the desk itself has seen since counts more. */
  readonly readAt: Temporal.Instant;
};
export type EntitlementFacts = {
  readonly customerId: CustomerId;
  readonly planId: SubscriptionId;
  readonly planStatus: SubscriptionStatus;
  readonly entitlementId: EntitlementId;
  readonly name: string;
  readonly status: Open<"active" | "inactive">;
  readonly readAt: Temporal.Instant;
};
export type BurnRate =
  | { readonly kind: "known"; readonly perHour: Money; readonly asOf: Temporal.Instant }
  | { readonly kind: "unknown"; readonly why: string };
export type AlertFacts = {
  readonly noticeId: NoticeId;
  readonly channel: AlertChannel;
  readonly externalId: string;
  readonly customerId: CustomerId;
  readonly entitlementId?: EntitlementId | undefined;
  readonly name: string;
  readonly status: AlertStatus;
  readonly readAt: Temporal.Instant;
};
export type CustomerFacts = {
  readonly id: CustomerId;
  readonly name: string;
  /** When our delegated access to this tenant ends; null = there is none; undefined = not known. */
  readonly gdapEndsAt?: Temporal.Instant | null | undefined;
};
export type Approver = { readonly id: string; readonly name: string; readonly role: Role };

/** Microsoft's copy of an alert says resolved after an action of ours. Same shape as `RecordAnswer` of notices. */
export type AnsweredAlert = {
  readonly noticeId: NoticeId;
  readonly reason: "fraud" | "legitimate" | "ignore";
  /** Who asked for it. */
  readonly actor: Actor;
  readonly at: Temporal.Instant;
  readonly proposalId: ProposalId;
};

export type ResponseFacts = {
  readonly customerOf: (tx: Tx, id: CustomerId) => Promise<CustomerFacts | undefined>;
  /** All subscriptions of a customer, any status. */
  readonly subscriptionsOf: (tx: Tx, id: CustomerId) => Promise<readonly SubscriptionFacts[]>;
  /** All Azure subscriptions of a customer, any status. */
  readonly entitlementsOf: (tx: Tx, id: CustomerId) => Promise<readonly EntitlementFacts[]>;
  readonly burnRateOf: (tx: Tx, of: { customerId: CustomerId; entitlementId: EntitlementId }) => Promise<BurnRate>;
  /** The customer's alerts: all open ones, and resolved ones of the last 90 days. */
  readonly alertsOf: (tx: Tx, id: CustomerId) => Promise<readonly AlertFacts[]>;
  readonly alertOf: (tx: Tx, id: NoticeId) => Promise<AlertFacts | undefined>;
  /** Everyone who can sign in and approve something. */
  readonly approvers: (tx: Tx) => Promise<readonly Approver[]>;
  /** Value of the setting `response.approvals`: `{ "cancel-entitlement": 2 }`; undefined = defaults. */
  readonly approvalsSetting: (tx: Tx) => Promise<Json | undefined>;
  readonly alertAnswered: (tx: Tx, alert: AnsweredAlert) => Promise<void>;
  /** Something changed at Microsoft: whoever keeps copies may read this customer again. */
  readonly changedAtMicrosoft: (tx: Tx, id: CustomerId) => Promise<void>;
};
