/** The rows a world consists of. All times are ISO 8601 instants, all days `2026-03-31`; rows are plain JSON. */

/** A change waiting for its moment; `job.kind` picks the handler. */
export type JobRow = {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

export type MetaRow = { readonly key: string; readonly value: unknown };

export type CustomerRow = {
  /** Tenant id and customer id are the same GUID. */
  readonly id: string;
  /** The key of its story, e.g. `havso`. */
  readonly key: string;
  readonly says: string;
  readonly name: string;
  readonly domain: string;
  readonly country: string;
  readonly city: string;
  readonly street: string;
  readonly postalCode: string;
  readonly phone: string;
  readonly email: string;
  readonly contact: readonly [first: string, last: string];
  readonly culture: string;
  readonly currency: string;
  readonly orgNumber: string;
  readonly commerceId: string;
  readonly profileVersion: number;
  readonly relationship: "reseller" | "none";
  /** Partner tenant id of the indirect reseller, null for a direct customer. */
  readonly resellerId: string | null;
  readonly since: string;
  readonly dap: boolean;
  /** null: Microsoft has no account status (404 600074). */
  readonly vetting: { readonly status: string; readonly at: string } | null;
  /** Monthly Azure budget in the customer's currency; null = none set. */
  readonly budget: number | null;
  /** Month (`2026-11`) for which the threshold webhook was sent. */
  readonly overBudgetSentFor: string | null;
  readonly mfa: MfaFacts;
};

export type MfaFacts = {
  readonly admins: number;
  readonly compliantAdmins: number;
  readonly users: number;
  readonly compliantNonAdmins: number;
  readonly securityDefaults: "enabled" | "disabled";
};

export type ResellerRow = {
  /** Its partner tenant id. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly mpnId: string;
  readonly country: string;
};

export type SubscriptionRow = {
  readonly id: string;
  readonly customerId: string;
  readonly product: "seat" | "azure-plan" | "azure-legacy" | "software";
  readonly offerId: string;
  readonly offerName: string;
  readonly friendlyName: string;
  readonly quantity: number;
  /** What Microsoft charges the partner per unit and billing period, in the customer's currency; decimal text. */
  readonly unitPrice: string;
  readonly currency: string;
  readonly status: string;
  readonly autoRenew: boolean;
  readonly isTrial: boolean;
  readonly createdAt: string;
  readonly startsAt: string;
  /** Last day of the term, inclusive. Azure is open-ended: 9999-12-31. */
  readonly lastDay: string;
  readonly cancelUntil: string | null;
  /** Seats that may be taken back, and until when. */
  readonly refundable: { readonly quantity: number; readonly until: string } | null;
  readonly billingCycle: string;
  readonly term: string;
  readonly scheduledNextTerm: unknown;
  readonly nextCharge: unknown;
  readonly suspensionReasons: readonly string[];
  readonly parentId: string | null;
  readonly orderId: string;
  readonly mpnId: string;
  readonly version: number;
  /** An accepted change (202) that has not taken effect; meanwhile every other change gets 409 900278. */
  readonly pending: { readonly at: string; readonly next: Partial<SubscriptionRow> } | null;
  /** A change takes this many virtual seconds and is answered 202; 0 = at once, 200. */
  readonly slowSeconds: number;
  /** When it reached its present status; drives expired → disabled → deleted. */
  readonly statusSince: string;
};

/** Spend of an Azure subscription as a rule over time, so that any period can be priced at any moment. */
export type UsageProfile = {
  /** Usual cost of a day at `anchor`, in the customer's currency. */
  readonly perDay: number;
  readonly anchor: string;
  /** Compound growth a day: 0.01 = one percent. */
  readonly growthPerDay: number;
  /** Share left at weekends: 1 = the same. */
  readonly weekend: number;
  readonly noise: number;
  readonly resources: readonly ResourceSpec[];
};

export type ResourceSpec = {
  readonly name: string;
  readonly group: string;
  readonly kind: "vm" | "gpu" | "disk" | "storage" | "sql" | "app" | "databricks" | "bandwidth" | "scaleset";
  readonly location: string;
  readonly share: number;
};

/** Something unusual: ramps up from `from` over `rampHours`, then runs at `perHour` until `until` or the cancellation. */
export type Burst = {
  readonly id: string;
  readonly from: string;
  readonly until: string | null;
  readonly perHour: number;
  readonly rampHours: number;
  readonly resources: readonly ResourceSpec[];
};

export type EntitlementRow = {
  /** The Azure subscription id. */
  readonly id: string;
  readonly customerId: string;
  readonly planId: string;
  readonly name: string;
  readonly status: "active" | "inactive";
  readonly createdAt: string;
  /** A cancellation or reactivation under way. */
  readonly moving: { readonly to: "active" | "inactive"; readonly at: string; readonly reason: string } | null;
  /** Times without any use: cancelled from, and reactivated at (null = still cancelled). */
  readonly stops: readonly { readonly from: string; readonly to: string | null }[];
  readonly usage: UsageProfile;
  readonly bursts: readonly Burst[];
};

export type AlertRow = {
  readonly id: string;
  readonly customerId: string;
  readonly entitlementId: string | null;
  /** In Graph's spelling. */
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly confidence: string;
  readonly detectedAt: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly status: "active" | "investigating" | "resolved";
  readonly reason: "fraud" | "legitimate" | "ignore" | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly isTest: boolean;
  readonly resources: readonly { readonly id: string; readonly type: string }[];
  readonly details: Readonly<Record<string, string>>;
  readonly log: readonly { readonly from: string; readonly to: string; readonly by: string; readonly at: string }[];
};

export type AuditRow = {
  readonly id: string;
  readonly at: string;
  readonly day: string;
  readonly customerId: string | null;
  readonly operation: string;
  readonly resourceType: string;
  readonly status: string;
  readonly by: string;
  readonly application: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: Readonly<Record<string, string | null>>;
};

/** Microsoft's invoice to the partner. */
export type InvoiceRow = {
  readonly id: string;
  readonly currency: string;
  readonly issuedAt: string;
  readonly from: string;
  readonly to: string;
  readonly total: number;
  readonly paid: number;
};

/** One billed charge of a seat subscription on a Microsoft invoice. */
export type LineRow = {
  readonly id: string;
  readonly invoiceId: string;
  readonly customerId: string;
  readonly subscriptionId: string;
  readonly chargeType: string;
  readonly unitPrice: string;
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
};

export type GdapRow = {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly duration: string;
  readonly roles: readonly string[];
  readonly status: string;
  readonly autoExtend: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly activatedAt: string | null;
  readonly endsAt: string;
  readonly version: number;
  readonly viaResellerId: string | null;
};

export type GdapPartRow = {
  readonly id: string;
  readonly relationshipId: string;
  readonly part: "assignment" | "request" | "operation";
  readonly status: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly version: number;
  readonly facts: Readonly<Record<string, unknown>>;
};

export type DirectoryUserRow = {
  readonly id: string;
  readonly customerId: string;
  readonly upn: string;
  readonly first: string;
  readonly last: string;
  readonly state: "active" | "inactive";
  readonly deletedAt: string | null;
  readonly usageLocation: string;
  readonly roles: readonly string[];
  readonly passwordResetAt: string | null;
};

/** A user of the partner tenant who can sign in here. */
export type PartnerUserRow = {
  readonly id: string;
  readonly upn: string;
  readonly roles: readonly string[];
  readonly mfa: boolean;
};

export type RefreshTokenRow = {
  readonly token: string;
  readonly userId: string;
  readonly issuedAt: string;
  readonly usedAt: string;
  readonly revoked: boolean;
};

/** The answer of an accepted change, kept under MS-RequestId so that a repeat has no second effect. */
export type EffectRow = {
  readonly key: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly correlationId: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export type DeliveryRow = {
  readonly id: string;
  readonly event: string;
  readonly url: string;
  /** The exact bytes, as text; the signature covers these. */
  readonly body: string;
  readonly createdAt: string;
  readonly attempts: number;
  readonly state: "waiting" | "delivered" | "offline" | "lost";
  readonly trick: string | null;
  readonly results: readonly { readonly at: string; readonly status: number | null; readonly problem: string | null }[];
  readonly correlationId: string | null;
};

export type RegistrationRow = {
  readonly key: "registration";
  readonly subscriberId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly signatureInOwnHeader: boolean;
};

export type ExportRow = {
  readonly id: string;
  readonly kind: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly status: "running" | "succeeded" | "failed";
  readonly error: string | null;
};

/** The reseller's own books: not at Microsoft. Amounts in minor units (öre, cent). */
export type LedgerInvoiceRow = {
  readonly number: string;
  readonly customerId: string;
  readonly issued: string;
  readonly due: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly disputed: string | null;
  readonly note: string;
};
export type LedgerPaymentRow = {
  readonly reference: string;
  readonly customerId: string;
  readonly day: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** null: on account, nobody has said for what. */
  readonly invoice: string | null;
  readonly method: string;
  readonly text: string;
};
export type LedgerDepositRow = {
  readonly reference: string;
  readonly customerId: string;
  readonly received: string;
  readonly released: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly kind: string;
};
