import type { Json } from "../core/canonical.ts";
import type { Currency } from "../core/currency.ts";
import type { Decimal } from "../core/decimal.ts";
import type { CustomerId, EntitlementId, SubscriptionId } from "../core/ids.ts";
import { type Money, moneyFromDecimal } from "../core/money.ts";
import type { Result } from "../core/result.ts";

/**
 * Microsoft's facts in our own words, and what we may ask Microsoft to do. "No value" (9999-12-31, 0001-01-01, "None", "")
 * arrives here as undefined; `raw` is the object as it came. Numbers in brackets: sections of the contract notes.
 */

/** A value list that Microsoft may extend without notice: known words are spelled as here, unknown ones pass through as sent. */
export type Open<Known extends string> = Known | (string & { readonly __open?: never });

/** An exact amount. `currency` is undefined when Microsoft names only a locale (legacy Azure) or an unknown code. */
export type Amount = { readonly value: Decimal; readonly currency: Currency | undefined };

/** The amount in minor units, rounded half away from zero; undefined while its currency is unknown. */
export const amountToMoney = ({ value, currency }: Amount): Money | undefined =>
  currency === undefined ? undefined : moneyFromDecimal(value, currency);

export type Address = {
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
  readonly lines: readonly string[];
  readonly postalCode?: string | undefined;
  readonly phone?: string | undefined;
};

/** A customer. The list answer leaves out address, e-mail, domains and delegated access: absent there means "not asked". */
export type Customer = {
  readonly id: CustomerId;
  readonly name: string;
  readonly domain?: string | undefined;
  readonly relationship: Open<"reseller" | "advisor" | "syndication" | "microsoft_support" | "none" | "unknown">;
  /** The indirect reseller: `IndirectReseller.id` or its `mpnId`. */
  readonly associatedPartnerId?: string | undefined;
  readonly email?: string | undefined;
  readonly contactName?: string | undefined;
  readonly address?: Address | undefined;
  readonly customDomains?: readonly string[] | undefined;
  readonly allowDelegatedAccess?: boolean | undefined;
  readonly raw: Json;
};

export type IndirectReseller = {
  readonly id: string;
  readonly name: string;
  readonly mpnId?: string | undefined;
  readonly state: Open<"Active">;
  readonly country?: string | undefined;
  readonly raw: Json;
};

/** Microsoft's own vetting of a customer. Anything but Allowed means that purchases are refused (3.5). */
export type ValidationStatus = {
  readonly status: Open<"Allowed" | "UnderReview" | "NotAllowed" | "Unknown" | "Not Ready">;
  readonly updatedAt?: Temporal.Instant | undefined;
};

export type SubscriptionStatus = Open<"none" | "active" | "pending" | "suspended" | "expired" | "disabled" | "deleted">;

/** Decides which controls exist and whether suspending saves money (4.1). */
export type ProductFamily = "new-commerce" | "azure-plan" | "azure-legacy" | "legacy-seat" | "other";

export type Subscription = {
  readonly id: SubscriptionId;
  readonly offerId: string;
  readonly name: string;
  readonly family: ProductFamily;
  readonly status: SubscriptionStatus;
  readonly quantity: number;
  readonly autoRenew: boolean;
  readonly isTrial: boolean;
  readonly createdAt?: Temporal.Instant | undefined;
  readonly startsAt?: Temporal.Instant | undefined;
  /** Last day of the term, inclusive; undefined when open-ended (Azure). */
  readonly commitmentEndDay?: Temporal.PlainDate | undefined;
  readonly cancellableUntil?: Temporal.Instant | undefined;
  readonly billingType?: Open<"usage" | "license" | "benefit" | "none"> | undefined;
  readonly billingCycle?: Open<"monthly" | "annual" | "triennial" | "one_time" | "none"> | undefined;
  /** ISO 8601 duration: P1M, P1Y, P3Y. */
  readonly term?: string | undefined;
  readonly renewalTerm?: string | undefined;
  /** Changes waiting for the next term; suspending drops them, so they are recorded before. */
  readonly scheduledNextTermInstructions?: Json | undefined;
  /** Free text: no list of values is documented. */
  readonly suspensionReasons: readonly string[];
  readonly fullRefundUntil?: Temporal.Instant | undefined;
  readonly parentId?: SubscriptionId | undefined;
  readonly entitlementId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly partnerId?: string | undefined;
  readonly etag?: string | undefined;
  /** The full object: a PATCH sends it back with one member changed. */
  readonly raw: Json;
};

/** An Azure subscription under an Azure plan. */
export type AzureEntitlement = {
  readonly id: EntitlementId;
  readonly planId: SubscriptionId;
  readonly name: string;
  readonly status: Open<"active" | "inactive">;
  readonly raw: Json;
};

/** Month-to-date estimate, about a day behind, never for invoicing. `usdCost` is for ranking across customers only. */
type Usage = {
  readonly customerId: CustomerId;
  readonly name: string;
  readonly cost: Amount;
  readonly usdCost?: Decimal | undefined;
  readonly modifiedAt?: Temporal.Instant | undefined;
  readonly raw: Json;
};

/** One customer's month so far (5.2). `budget` is monthly, in the currency of `cost`; undefined = none is set. */
export type CustomerUsageRecord = Usage & {
  readonly budget?: Decimal | undefined;
  readonly percentUsed?: Decimal | undefined;
  readonly isAzurePlan: boolean;
};

/** One subscription's month so far (5.6). */
export type SubscriptionUsageRecord = Usage & {
  readonly subscriptionId: SubscriptionId;
  readonly isAzurePlan: boolean;
};

/** One Azure resource's month so far (5.8): which machine burns the money. */
export type ResourceUsage = Usage & {
  readonly planId: SubscriptionId;
  readonly entitlementId?: string | undefined;
  readonly entitlementName?: string | undefined;
  readonly resourceUri: string;
  readonly resourceType?: string | undefined;
  readonly resourceGroup?: string | undefined;
};

/** A customer's monthly Azure budget at Microsoft; it never stops usage (5.4). `amount` undefined = no budget is set. */
export type Budget = { readonly customerId: CustomerId; readonly amount?: Decimal | undefined };

export type AuditRecord = {
  /** Derived: Microsoft's list has no record id. Same record, same id, however often it is read. */
  readonly id: string;
  readonly at: Temporal.Instant;
  readonly operation: string;
  readonly status: Open<"succeeded" | "failed" | "progress" | "decline">;
  readonly resourceType: string;
  readonly customerId?: CustomerId | undefined;
  readonly customerName?: string | undefined;
  readonly userPrincipalName?: string | undefined;
  readonly applicationId?: string | undefined;
  /** The JSON text of the resource before and after, parsed; the text itself when it is not JSON. */
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly data: Readonly<Record<string, string | null>>;
  readonly raw: Json;
};

export type AlertChannel = "graph" | "fraud-events";
export type AlertStatus = Open<"active" | "investigating" | "resolved">;

export type SecurityAlert = {
  /** Microsoft's id on the channel it came by. Graph and v1 ids of one alert do not match: see `correlationKey`. */
  readonly externalId: string;
  readonly channel: AlertChannel;
  /** `customer|subscription|kind|detected minute`, lower case: what joins the channels. */
  readonly correlationKey: string;
  /** Known kinds in Graph's spelling, whatever the channel wrote; "unknown" for v1 without the new model. */
  readonly kind: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly status: AlertStatus;
  readonly severity?: Open<"informational" | "low" | "medium" | "high"> | undefined;
  readonly confidence?: Open<"low" | "medium" | "high"> | undefined;
  readonly customerId: CustomerId;
  readonly customerName?: string | undefined;
  /** The Azure subscription, when one is named. */
  readonly entitlementId?: EntitlementId | undefined;
  readonly resellerTenantId?: string | undefined;
  readonly detectedAt: Temporal.Instant;
  readonly firstSeenAt?: Temporal.Instant | undefined;
  readonly lastSeenAt?: Temporal.Instant | undefined;
  readonly resolvedReason?: Open<"fraud" | "legitimate" | "ignore"> | undefined;
  readonly resolvedAt?: Temporal.Instant | undefined;
  readonly resolvedBy?: string | undefined;
  readonly isTest: boolean;
  readonly resources: readonly { readonly id: string; readonly type?: string | undefined }[];
  readonly log: readonly {
    readonly from?: string | undefined;
    readonly to: string;
    readonly by?: string | undefined;
    readonly at?: Temporal.Instant | undefined;
  }[];
  /** Open dictionary, e.g. vM_IP, miningPool_IP, connectionCount. */
  readonly details: { readonly [key: string]: Json };
  readonly raw: Json;
};

export type PartnerInvoice = {
  readonly id: string;
  readonly at: Temporal.Instant;
  readonly periodStart?: Temporal.Instant | undefined;
  readonly periodEnd?: Temporal.Instant | undefined;
  readonly total: Amount;
  /** As sent; Microsoft writes payments as a negative number in some answers. */
  readonly paid?: Amount | undefined;
  readonly raw: Json;
};

/** What one subscription costs the partner: price per seat and what was charged for which days. */
export type BillingLineItem = {
  readonly customerId: CustomerId;
  /** Partner Center's subscription id in lower case; legacy lines carry an opaque id. */
  readonly subscriptionId: string;
  /** undefined while unbilled. */
  readonly invoiceId?: string | undefined;
  readonly productId?: string | undefined;
  readonly skuId?: string | undefined;
  readonly name?: string | undefined;
  /** Open: new, renew, cancel, addQuantity … as sent. */
  readonly chargeType?: string | undefined;
  readonly currency: Currency | undefined;
  /** Per seat and billing cycle, after discounts when Microsoft says so (`effectiveUnitPrice`), else the list price. */
  readonly unitPrice: Decimal;
  readonly quantity: Decimal;
  readonly subtotal?: Decimal | undefined;
  readonly chargeStart?: Temporal.PlainDate | undefined;
  readonly chargeEnd?: Temporal.PlainDate | undefined;
  readonly raw: Json;
};

export type GdapRelationship = {
  readonly id: string;
  readonly customerId?: CustomerId | undefined;
  readonly name: string;
  /** created, approvalPending, approved, activating, expiring, expired, terminationRequested, terminating, terminated … */
  readonly status: Open<"active">;
  /** Entra role definition ids. */
  readonly roleIds: readonly string[];
  readonly activatedAt?: Temporal.Instant | undefined;
  readonly endsAt?: Temporal.Instant | undefined;
  readonly autoExtends: boolean;
  readonly raw: Json;
};

export type SecurityScore = {
  readonly current: Decimal;
  readonly max: Decimal;
  readonly refreshedAt?: Temporal.Instant | undefined;
  readonly requirements: readonly {
    readonly type: string;
    readonly compliant: boolean | undefined;
    /** For securityAlertsPromptlyResolved: Microsoft's own 30-day average. */
    readonly averageResponseHours?: Decimal | undefined;
    readonly raw: Json;
  }[];
};

export type WebhookEvent = {
  readonly name: string;
  readonly resourceUri?: string | undefined;
  readonly auditUri?: string | undefined;
  readonly changedAt?: Temporal.Instant | undefined;
  /** EventName, ResourceUri, ResourceChangeUtcDate and AuditUri: events have no id of their own. */
  readonly dedupKey: string;
  readonly raw: Json;
};

export type WebhookRegistration = { readonly url: string; readonly events: readonly string[] };

/** Every kind of trouble with Microsoft's interface, and what the person at the desk should do about it. */
export const PROBLEM_ADVICE = {
  "auth-config": "fix-settings",
  "mfa-needed": "consent-again",
  "consent-needed": "consent-again",
  "needs-user-token": "add-user-consent",
  "forbidden-role": "grant-role",
  "conditional-access": "check-conditional-access",
  "agreement-unsigned": "sign-agreement",
  "detached-customer": "customer-left",
  "stale-etag": "read-again",
  "pending-operation": "wait-a-day",
  "not-allowed-now": "check-state",
  "too-late": "check-state",
  "purchase-refused": "contact-microsoft",
  "not-found": "check-state",
  "bad-request": "report-fault",
  throttled: "wait",
  outage: "wait",
  "unreadable-answer": "wait",
} as const;
export type PartnerCenterProblemKind = keyof typeof PROBLEM_ADVICE;

export type PartnerCenterProblem = {
  readonly kind: PartnerCenterProblemKind;
  readonly advice: (typeof PROBLEM_ADVICE)[PartnerCenterProblemKind];
  /** English, for logs and details. */
  readonly detail: string;
  /** Microsoft's own code, e.g. "900115"; undefined when the answer carried none. */
  readonly code?: string | undefined;
  /** undefined when there was no answer at all. */
  readonly httpStatus?: number | undefined;
  readonly correlationId: string;
  readonly requestId: string;
  readonly retryAfterSeconds?: number | undefined;
  /** For a write: true when Microsoft may have done it although we heard no proper answer. Verify before repeating. */
  readonly outcomeUnknown: boolean;
};

/** Thrown by reads for every problem, by actions for those that waiting may mend (throttled, outage, unreadable answer). */
export class PartnerCenterError extends Error {
  readonly problem: PartnerCenterProblem;
  constructor(problem: PartnerCenterProblem) {
    super(`${problem.kind} ${problem.code ?? ""}: ${problem.detail} (correlation ${problem.correlationId})`);
    this.name = "PartnerCenterError";
    this.problem = problem;
  }
}

/** A list that arrives page by page. */
export type Pages<T> = AsyncIterable<readonly T[]>;
export type SubscriptionKey = { readonly customerId: CustomerId; readonly subscriptionId: SubscriptionId };
export type EntitlementKey = {
  readonly customerId: CustomerId;
  readonly planId: SubscriptionId;
  readonly entitlementId: EntitlementId;
};

/** Facts in. Every function throws `PartnerCenterError`; lists come complete or not at all, pages as they arrive. */
export type PartnerCenterReader = {
  customers(): Pages<Customer>;
  customer(id: CustomerId): Promise<Customer>;
  indirectResellers(): Promise<readonly IndirectReseller[]>;
  validationStatus(id: CustomerId): Promise<ValidationStatus>;
  subscriptions(id: CustomerId): Promise<readonly Subscription[]>;
  subscription(key: SubscriptionKey): Promise<Subscription>;
  entitlements(id: CustomerId, planId: SubscriptionId): Promise<readonly AzureEntitlement[]>;
  entitlement(key: EntitlementKey): Promise<AzureEntitlement>;
  customerUsage(): Promise<readonly CustomerUsageRecord[]>;
  subscriptionUsage(id: CustomerId): Promise<readonly SubscriptionUsageRecord[]>;
  resourceUsage(id: CustomerId, planId: SubscriptionId): Promise<readonly ResourceUsage[]>;
  budget(id: CustomerId): Promise<Budget>;
  /** Both days inclusive, at most 30 days apart and 90 days back. */
  auditRecords(from: Temporal.PlainDate, to: Temporal.PlainDate): Pages<AuditRecord>;
  alerts(channel: AlertChannel): Promise<readonly SecurityAlert[]>;
  alert(channel: AlertChannel, externalId: string): Promise<SecurityAlert>;
  invoices(): Promise<readonly PartnerInvoice[]>;
  billingLines(invoiceId: string): Pages<BillingLineItem>;
  unbilledLines(currency: Currency): Pages<BillingLineItem>;
  gdap(): Promise<readonly GdapRelationship[]>;
  securityScore(): Promise<SecurityScore>;
  webhookEventNames(): Promise<readonly string[]>;
  /** undefined when nothing is registered. */
  webhookRegistration(): Promise<WebhookRegistration | undefined>;
  /** Whether the user token satisfies Microsoft's MFA rule (header isMfaCompliant); undefined when Microsoft did not say. */
  mfaCompliant(): Promise<boolean | undefined>;
};

/** `requestId` is the idempotency key (MS-RequestId): keep it with the operation and repeat it when the operation is repeated. */
export type ActionCall = { readonly requestId: string; readonly correlationId: string };
/** "accepted" = Microsoft works on it (202 or known delay): verify by reading. "unchanged" = it was so already, nothing was sent. */
export type ActionDone<T> = { readonly kind: "done" | "accepted" | "unchanged"; readonly value: T };
/** A problem here is Microsoft's refusal: repeating as it is will not help. What may pass by waiting is thrown. */
export type ActionAnswer<T> = Promise<Result<ActionDone<T>, PartnerCenterProblem>>;
export type AutoRenewChange = SubscriptionKey & {
  readonly autoRenew: boolean;
  /** Given = put back these instructions; left out = leave them as they are. */
  readonly scheduledNextTermInstructions?: Json | undefined;
};
export type AlertChange = {
  readonly channel: AlertChannel;
  readonly externalId: string;
  readonly entitlementId?: EntitlementId | undefined;
  readonly status: "investigating" | "resolved";
  readonly reason?: "fraud" | "legitimate" | "ignore" | undefined;
};

/** Actions out: the only mutating calls there are. main.ts hands them to `response`, `spending` (budget) and `notices` (alert) alone. */
export type PartnerCenterActions = {
  suspendSubscription(key: SubscriptionKey, call: ActionCall): ActionAnswer<Subscription>;
  /** Only the status: auto-renew and instructions are put back with `setAutoRenew` once active again. */
  reactivateSubscription(key: SubscriptionKey, call: ActionCall): ActionAnswer<Subscription>;
  setAutoRenew(change: AutoRenewChange, call: ActionCall): ActionAnswer<Subscription>;
  /** Takes about ten minutes until the entitlement reads inactive; the customer's owner can reactivate while the plan is active. */
  cancelEntitlement(key: EntitlementKey, call: ActionCall): ActionAnswer<AzureEntitlement>;
  reactivateEntitlement(key: EntitlementKey, call: ActionCall): ActionAnswer<AzureEntitlement>;
  /** `amount` undefined removes the budget. */
  setBudget(budget: Budget, call: ActionCall): ActionAnswer<Budget>;
  updateAlert(change: AlertChange, call: ActionCall): ActionAnswer<SecurityAlert>;
  /** Refuses (not-allowed-now) to overwrite a registration of another URL unless `replaceForeign`. Merges the event list. */
  registerWebhook(
    wanted: WebhookRegistration & { readonly replaceForeign: boolean },
    call: ActionCall,
  ): ActionAnswer<WebhookRegistration>;
};
