import { z } from "zod";
import type { Json } from "../core/canonical.ts";
import type { Currency } from "../core/currency.ts";
import type { CustomerId, EntitlementId } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import { instantJson } from "../core/wire.ts";
import type {
  AuditRecord,
  AzureEntitlement,
  BillingLineItem,
  Budget,
  Customer,
  CustomerUsageRecord,
  GdapRelationship,
  IndirectReseller,
  ResourceUsage,
  SecurityAlert,
  Subscription,
  SubscriptionUsageRecord,
  WebhookEvent,
} from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";

/** What we fetch from Microsoft, in the order in which a full run fetches it. */
export const FEEDS = [
  "customers",
  "alerts",
  "subscriptions",
  "usage",
  "budgets",
  "gdap",
  "prices",
  "audit",
  "webhooks",
] as const;
export type Feed = (typeof FEEDS)[number];

/** How often each feed runs, and after how long without a complete run it counts as late. Source: CONTRACT 2.6 and GUIDANCE 2. */
export const CADENCE: Readonly<Record<Feed, { readonly everySeconds: number; readonly lateAfterSeconds: number }>> = {
  customers: { everySeconds: 3_600, lateAfterSeconds: 3 * 3_600 },
  // The aim is an answer within the hour, so the poll behind the webhook may not cost more than five minutes of it.
  alerts: { everySeconds: 300, lateAfterSeconds: 900 },
  subscriptions: { everySeconds: 4 * 3_600, lateAfterSeconds: 12 * 3_600 },
  // Microsoft refreshes estimates once a day; hourly reading finds the refresh soon after it happens.
  usage: { everySeconds: 3_600, lateAfterSeconds: 3 * 3_600 },
  budgets: { everySeconds: 12 * 3_600, lateAfterSeconds: 36 * 3_600 },
  gdap: { everySeconds: 6 * 3_600, lateAfterSeconds: 18 * 3_600 },
  prices: { everySeconds: 24 * 3_600, lateAfterSeconds: 72 * 3_600 },
  audit: { everySeconds: 900, lateAfterSeconds: 3_600 },
  webhooks: { everySeconds: 600, lateAfterSeconds: 3_600 },
};

/** Usage on its three levels. Each list holds what changed since it was last handed over; after a crash some may come again. */
export type UsageFacts = {
  readonly customers: readonly CustomerUsageRecord[];
  readonly subscriptions: readonly SubscriptionUsageRecord[];
  readonly resources: readonly ResourceUsage[];
};

/** What `azure-fraud-event-detected` says: that something happened, and in which Azure subscription when it names one. */
export type AlertHint = {
  readonly dedupKey: string;
  readonly entitlementId?: EntitlementId | undefined;
  readonly raw: Json;
};

/** All that one customer holds. */
export type CustomerSubscriptions = {
  readonly customerId: CustomerId;
  readonly subscriptions: readonly Subscription[];
  readonly entitlements: readonly AzureEntitlement[];
};

/**
 * Where facts go. main.ts wires one function per slice; sync calls it inside the transaction that also moves its cursor,
 * so a fact is either kept together with "we have read this" or not at all. Each must be safe to repeat with the same facts.
 * `at` is when Microsoft was asked.
 */
export type FactSinks = {
  /** The complete list: a customer that is not in it is no longer ours. Never called with a partial list. */
  readonly saveCustomers: (tx: Tx, customers: readonly Customer[], at: Temporal.Instant) => Promise<void>;
  /** The complete list; called before `saveCustomers`. Empty for a direct partner. */
  readonly saveResellers: (tx: Tx, resellers: readonly IndirectReseller[], at: Temporal.Instant) => Promise<void>;
  /** All subscriptions and Azure subscriptions of one customer: one that is missing no longer exists. */
  readonly saveSubscriptions: (tx: Tx, facts: CustomerSubscriptions, at: Temporal.Instant) => Promise<void>;
  /** Some invoice lines, billed or unbilled; a line may come again. */
  readonly savePrices: (tx: Tx, lines: readonly BillingLineItem[], at: Temporal.Instant) => Promise<void>;
  readonly saveUsage: (tx: Tx, usage: UsageFacts, at: Temporal.Instant) => Promise<void>;
  readonly saveBudgets: (tx: Tx, budgets: readonly Budget[], at: Temporal.Instant) => Promise<void>;
  /** New records only; sync keeps them all itself in `audit_record`. */
  readonly saveAuditRecords: (tx: Tx, records: readonly AuditRecord[]) => Promise<void>;
  /** All alerts one channel lists (`alert.channel`), open and resolved; may come again unchanged, and by both channels (join on `correlationKey`). */
  readonly saveAlerts: (tx: Tx, alerts: readonly SecurityAlert[], at: Temporal.Instant) => Promise<void>;
  /** A webhook told of an alert before it could be read; `at` is when it came. Safe to repeat. */
  readonly saveAlertHint: (tx: Tx, hint: AlertHint, at: Temporal.Instant) => Promise<void>;
  /** The complete list of relationships. */
  readonly saveGdap: (tx: Tx, relationships: readonly GdapRelationship[], at: Temporal.Instant) => Promise<void>;
};

/** Customers whose spending is worth a look at every single resource (open findings). main.ts wires it to `cases`. */
export type CustomersToWatch = (tx: Tx) => Promise<readonly CustomerId[]>;
/** Currencies the reseller is billed in besides those of its invoices, e.g. while it has none. main.ts wires it to the settings. */
export type BillingCurrencies = (tx: Tx) => Promise<readonly Currency[]>;

/** "never" = no complete run yet; "failed" = the last run failed; "late" = no complete run for longer than the cadence allows. */
export const FRESHNESS = ["on-time", "late", "failed", "never"] as const;

/** Why something could not be read, and what to do: `PartnerCenterProblem` without its ids' types. */
export const feedErrorJson = z.object({
  kind: z.string(),
  advice: z.string(),
  code: z.string().nullable(),
  detail: z.string(),
  correlationId: z.string(),
  at: instantJson,
});

export const feedJson = z.object({
  feed: z.enum(FEEDS),
  state: z.enum(FRESHNESS),
  running: z.boolean(),
  startedAt: instantJson.nullable(),
  /** End of the last complete run. */
  finishedAt: instantJson.nullable(),
  /** Time of the newest fact itself, as Microsoft dates it; null when nothing was read yet. */
  newestFactAt: instantJson.nullable(),
  nextRunAt: instantJson.nullable(),
  /** For feeds that go customer by customer; null for the others. */
  customersReached: z.number().int().nullable(),
  customersTotal: z.number().int().nullable(),
  factsRead: z.number().int(),
  error: feedErrorJson.nullable(),
});
export type FeedJson = z.infer<typeof feedJson>;

export const missingCustomerJson = z.object({
  customerId: z.string(),
  name: z.string(),
  lastReadAt: instantJson.nullable(),
  failures: z.number().int(),
  error: feedErrorJson.nullable(),
});
export type MissingCustomerJson = z.infer<typeof missingCustomerJson>;

/** Freshness of every feed, for pages that must say how old their figures are. */
export type FeedFreshness = (tx: Tx, now: Temporal.Instant) => Promise<readonly FeedJson[]>;

/** A posted webhook, as the http shell has it: header names in lower case, the body's bytes untouched. */
export type WebhookDelivery = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Uint8Array;
};
/** Verifies a delivery: the event, or why it is not believed and which status to answer. main.ts passes the receiver of partner-center. */
export type VerifyWebhook = (
  delivery: WebhookDelivery & { readonly now: Temporal.Instant },
) => Promise<Result<WebhookEvent, { readonly code: string; readonly httpStatus: number }>>;
