import { z } from "zod";
import type { Currency } from "../core/currency.ts";
import type { CustomerId, EntitlementId, SubscriptionId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { dayJson, instantJson, moneyInput, moneyJson } from "../core/wire.ts";
import type { AzureEntitlement, ProductFamily, Subscription, SubscriptionStatus } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";

/** The only door of `customers`: who they are, what they hold, through whom. */

/** How freely we let a customer buy and run, mildest first. Set by a person, always with a reason. */
export const STANDINGS = ["active", "watch", "restricted", "suspended"] as const;
export type Standing = (typeof STANDINGS)[number];

/** A customer as other slices need it. */
export type CustomerSummary = {
  readonly id: CustomerId;
  readonly name: string;
  readonly domain: string | undefined;
  readonly country: string | undefined;
  /** The indirect reseller it comes through; undefined for a direct customer. */
  readonly resellerId: string | undefined;
  readonly resellerName: string | undefined;
  readonly standing: Standing;
  /** Credit limit; undefined while none is set, which is not the same as no credit. */
  readonly limit: Money | undefined;
  readonly firstSeenAt: Temporal.Instant;
  /** When Microsoft stopped listing it as ours; undefined while it is ours. */
  readonly detachedAt: Temporal.Instant | undefined;
};
export type CustomerOf = (tx: Tx, id: CustomerId) => Promise<CustomerSummary | undefined>;
export type CustomersByIds = (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, CustomerSummary>>;
/** Matches by part of name, domain or tenant id, best first. */
export type SearchCustomers = (tx: Tx, text: string, limit: number) => Promise<readonly CustomerSummary[]>;
/** Every customer that is still ours, by id. */
export type AllCustomerIds = (tx: Tx) => Promise<readonly CustomerId[]>;

/** A subscription with all that Microsoft says about it; `raw` is the full object that a change sends back. */
export type HeldSubscription = Subscription & {
  readonly customerId: CustomerId;
  /** When Microsoft was last asked. */
  readonly readAt: Temporal.Instant;
  /** When it left Microsoft's answer; undefined while it is listed. */
  readonly goneAt: Temporal.Instant | undefined;
  readonly price: SeatPrice | undefined;
};
export type SubscriptionOf = (tx: Tx, id: SubscriptionId) => Promise<HeldSubscription | undefined>;
export type SubscriptionsOf = (tx: Tx, id: CustomerId) => Promise<readonly HeldSubscription[]>;
export type HeldEntitlement = AzureEntitlement & { readonly customerId: CustomerId; readonly readAt: Temporal.Instant };
export type EntitlementOf = (tx: Tx, id: EntitlementId) => Promise<HeldEntitlement | undefined>;
export type EntitlementsOf = (tx: Tx, id: CustomerId) => Promise<readonly HeldEntitlement[]>;

/** Price per seat and billing cycle as an invoice line told it. `unitPrice` is exact decimal text. */
export type SeatPrice = { readonly unitPrice: string; readonly currency: Currency; readonly since: Temporal.PlainDate };

/** The facts that decide what is still to be paid on a subscription. */
export type TermFacts = {
  readonly family: ProductFamily;
  readonly status: SubscriptionStatus;
  readonly quantity: number;
  readonly isTrial: boolean;
  readonly autoRenew: boolean;
  readonly billingType: string | undefined;
  readonly billingCycle: string | undefined;
  readonly term: string | undefined;
  readonly commitmentEndDay: Temporal.PlainDate | undefined;
  readonly cancellableUntil: Temporal.Instant | undefined;
  readonly renewalTerm: string | undefined;
};

/** Why nothing is committed. */
export type NotCommitted =
  | "pay-as-you-go" // Azure: only what is used is owed
  | "trial"
  | "cancelled"
  | "legacy" // suspending a legacy subscription stops the bill
  | "term-ended"
  | "paid-up"; // every instalment of the term is already charged
/** Why it cannot be told what is committed. Never counted as zero. */
export type CommittedUnknown = "price-unknown" | "term-end-unknown" | "cycle-unknown" | "not-known-then";

/** What is still to be paid to Microsoft for one subscription until its term ends, whether or not it is used. */
export type Committed =
  | {
      readonly kind: "committed";
      readonly amount: Money;
      /** Instalments charged after the day asked about, up to the end of the term. */
      readonly instalments: number;
      readonly instalment: Money;
      readonly nextChargeDay: Temporal.PlainDate;
      readonly endsOn: Temporal.PlainDate;
      /** While this lies ahead the term can still be cancelled with a prorated refund. */
      readonly cancellableUntil: Temporal.Instant | undefined;
    }
  | { readonly kind: "none"; readonly why: NotCommitted }
  | { readonly kind: "unknown"; readonly why: CommittedUnknown };

/** One subscription's part of the committed term; `none` is left out, `unknown` never is. */
export type CommittedPart = {
  readonly customerId: CustomerId;
  readonly subscriptionId: SubscriptionId;
  readonly name: string;
  readonly status: SubscriptionStatus;
  readonly quantity: number;
  readonly unitPrice: SeatPrice | undefined;
  readonly committed: Exclude<Committed, { kind: "none" }>;
  /** When Microsoft was asked for these facts. */
  readonly readAt: Temporal.Instant;
};
/** As known at the end of `asOf` (UTC). All customers unless told which. One set-based read. */
export type CommittedTerms = (
  tx: Tx,
  asOf: Temporal.PlainDate,
  customerIds?: readonly CustomerId[],
) => Promise<readonly CommittedPart[]>;

/** A customer's standing figures in the reporting currency, as `exposure` maintains them. undefined is unknown, never zero. */
export type PortfolioFigures = {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly exposure: Money | undefined;
  readonly openInvoices: Money | undefined;
  readonly overdue: Money | undefined;
  /** Due date of the oldest open overdue invoice. */
  readonly oldestDueDay?: Temporal.PlainDate | undefined;
  readonly unbilled: Money | undefined;
  readonly committed: Money | undefined;
  readonly deposits: Money | undefined;
  /** Names of parts that could not be told, e.g. `committed:price-unknown`. */
  readonly unknownParts: readonly string[];
  readonly at: Temporal.Instant;
};
/** Keeps the figures; headroom follows from the limit. Rows of unknown customers are ignored. */
export type SavePortfolioFigures = (tx: Tx, rows: readonly PortfolioFigures[]) => Promise<void>;

/** How the month's Azure spend stands against the budget, as `spending` maintains it for the customer list. */
export const BUDGET_USES = ["no-usage", "no-budget", "within", "near", "over"] as const;
export type BudgetUse = (typeof BUDGET_USES)[number];
export type BudgetUseFigures = {
  readonly customerId: CustomerId;
  readonly use: BudgetUse;
  /** Used share of the budget in basis points; undefined without budget or usage. */
  readonly usedBps: number | undefined;
};
export type SaveBudgetUse = (tx: Tx, rows: readonly BudgetUseFigures[]) => Promise<void>;

/** Day up to which Microsoft has billed Azure usage, as billed lines tell; undefined while no billed line was read. */
export type BilledThrough = (tx: Tx) => Promise<Temporal.PlainDate | undefined>;

/** A customer that only the ledger knows: imported with an invoice, not (yet) found at Microsoft. */
export type LedgerOnlyCustomer = { readonly customerId: CustomerId; readonly name: string };
/** The relationship such a customer is kept with; Microsoft's list does not make it leave. */
export const LEDGER_ONLY = "ledger-only";

/** Subscriptions that fall due: how many, and the one that comes first. */
export type DueSubscriptions = {
  readonly count: number;
  readonly first:
    | {
        readonly customerId: CustomerId;
        readonly customerName: string;
        readonly name: string;
        readonly quantity: number;
        readonly at: Temporal.Instant;
        readonly amount: Money | undefined;
      }
    | undefined;
};
/** Renewals of customers with overdue balances, or cancel windows that close, within the days the slice names. */
export type DueSubscriptionsOf = (tx: Tx, now: Temporal.Instant) => Promise<DueSubscriptions>;

/** What we are willing to lose on a customer, who said so and why. */
export type CreditLimit = {
  readonly amount: Money;
  readonly setAt: Temporal.Instant;
  readonly setBy: string;
  readonly why: string;
};
/** Credit limits that are set, for those who must convert or compare them. */
export type LimitsOf = (tx: Tx, customerIds?: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, CreditLimit>>;
/** Called in the transaction that changed what a customer's exposure rests on; main.ts wires it to exposure's `markDirty`. */
export type OnCustomersChanged = (tx: Tx, customerIds: readonly CustomerId[]) => Promise<void>;

/** What the customer list may be ordered by. Unknown values come last, whichever way. */
export const CUSTOMER_SORTS = [
  "name",
  "exposure",
  "overdue",
  "headroom",
  "budget",
  "unbilled",
  "committed",
  "since",
] as const;
export type CustomerSort = (typeof CUSTOMER_SORTS)[number];

// Wire forms.

export const resellerJson = z.object({ id: z.string(), name: z.string() });

const money = moneyJson.nullable();

/** A row of the customer list. Money is in the reporting currency; null is unknown. */
export const customerRowJson = z.object({
  id: z.string(),
  name: z.string(),
  domain: z.string().nullable(),
  country: z.string().nullable(),
  reseller: resellerJson.nullable(),
  standing: z.enum(STANDINGS),
  exposure: money,
  openInvoices: money,
  overdue: money,
  oldestDueDay: dayJson.nullable(),
  unbilled: money,
  committed: money,
  deposits: money,
  limit: money,
  headroom: money,
  unknownParts: z.array(z.string()),
  budgetUse: z.enum(BUDGET_USES).nullable(),
  budgetUsedBps: z.number().int().nullable(),
  openNotices: z.number().int(),
  openCases: z.number().int(),
  /** When the money figures were computed; null = never yet. */
  figuresAt: instantJson.nullable(),
  firstSeenAt: instantJson,
  detachedAt: instantJson.nullable(),
});
export type CustomerRow = z.infer<typeof customerRowJson>;

/** What the list can be filtered by, with how many customers each choice holds. */
export const customerFiltersJson = z.object({
  resellers: z.array(resellerJson.extend({ count: z.number().int() })),
  countries: z.array(z.object({ country: z.string(), count: z.number().int() })),
  standings: z.array(z.object({ standing: z.enum(STANDINGS), count: z.number().int() })),
  currencies: z.array(z.object({ currency: z.string(), count: z.number().int() })),
  /** Customers with a direct relation. */
  direct: z.number().int(),
  total: z.number().int(),
});
export type CustomerFilters = z.infer<typeof customerFiltersJson>;

export const committedJson = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("committed"),
    amount: moneyJson,
    instalments: z.number().int(),
    instalment: moneyJson,
    nextChargeDay: dayJson,
    endsOn: dayJson,
    cancellableUntil: instantJson.nullable(),
  }),
  z.object({ kind: z.literal("none"), why: z.string() }),
  z.object({ kind: z.literal("unknown"), why: z.string() }),
]);
export type CommittedWire = z.infer<typeof committedJson>;

/** When the subscription may be left: `any-time` (usage), `open` until a moment, `closed`, or not told. */
export const cancelWindowJson = z.object({
  kind: z.enum(["any-time", "open", "closed", "unknown"]),
  until: instantJson.nullable(),
});

export const entitlementJson = z.object({ id: z.string(), name: z.string(), status: z.string(), planId: z.string() });

export const subscriptionRowJson = z.object({
  id: z.string(),
  name: z.string(),
  family: z.string(),
  status: z.string(),
  quantity: z.number(),
  isTrial: z.boolean(),
  autoRenew: z.boolean(),
  billingCycle: z.string().nullable(),
  term: z.string().nullable(),
  /** Price per seat and billing cycle, exact decimal text. */
  unitPrice: z.object({ amount: z.string(), currency: z.string(), since: dayJson }).nullable(),
  /** What it costs a month; null = unknown. For Azure the month so far is on the spend panel. */
  monthly: moneyJson.nullable(),
  renewsOn: dayJson.nullable(),
  /** What the renewal commits; null when it does not renew or the price is unknown. */
  renewalCommits: moneyJson.nullable(),
  cancelWindow: cancelWindowJson,
  committed: committedJson,
  suspensionReasons: z.array(z.string()),
  hasScheduledChange: z.boolean(),
  /** Named reasons to look: `renews-overdue`, `renews-soon`, `window-closing`, `suspended-but-billed`, `auto-renew-lost`. */
  warnings: z.array(z.string()),
  readAt: instantJson,
  goneAt: instantJson.nullable(),
  entitlements: z.array(entitlementJson),
});
export type SubscriptionRow = z.infer<typeof subscriptionRowJson>;

export const identityJson = z.object({
  id: z.string(),
  name: z.string(),
  domain: z.string().nullable(),
  customDomains: z.array(z.string()).nullable(),
  country: z.string().nullable(),
  city: z.string().nullable(),
  email: z.string().nullable(),
  contactName: z.string().nullable(),
  phone: z.string().nullable(),
  relationship: z.string(),
  reseller: resellerJson.nullable(),
  firstSeenAt: instantJson,
  lastSeenAt: instantJson,
  detachedAt: instantJson.nullable(),
  /** Old all-powerful delegation; null = not asked. */
  allowDelegatedAccess: z.boolean().nullable(),
  /** Delegated admin relation: which roles, until when. null fields = not known; `asked` false = the feed has not run. */
  gdap: z.object({
    asked: z.boolean(),
    activeCount: z.number().int().nullable(),
    roleCount: z.number().int().nullable(),
    endsAt: instantJson.nullable(),
    autoExtends: z.boolean().nullable(),
  }),
  /** Admin accounts with a second factor; null = Microsoft did not say. */
  adminMfa: z.object({ withMfa: z.number().int(), admins: z.number().int() }).nullable(),
});
export type Identity = z.infer<typeof identityJson>;

export const actorJson = z.object({ kind: z.enum(["person", "machine", "microsoft"]), name: z.string() });

export const standingJson = z.object({
  standing: z.enum(STANDINGS),
  /** null = never changed since the customer was first seen. */
  reason: z.string().nullable(),
  backWhen: z.string().nullable(),
  by: actorJson.nullable(),
  since: instantJson.nullable(),
});
export type StandingWire = z.infer<typeof standingJson>;

export const limitJson = z.object({ amount: moneyJson, why: z.string(), by: actorJson, at: instantJson });
export type LimitWire = z.infer<typeof limitJson>;

export const noteJson = z.object({ id: z.string(), text: z.string(), by: actorJson, at: instantJson });
export type NoteWire = z.infer<typeof noteJson>;

/** What a person may send. Every change of standing or limit asks for its reason. */
export const standingBody = z.strictObject({
  standing: z.enum(STANDINGS),
  reason: z.string().trim().min(3).max(2_000),
  /** What would change it back, for the line under the customer's name. */
  backWhen: z.string().trim().min(3).max(2_000).optional(),
});
export const limitBody = z.strictObject({ amount: moneyInput, why: z.string().trim().min(3).max(2_000) });
export const noteBody = z.strictObject({ text: z.string().trim().min(1).max(5_000) });

/** Which chip of the timeline an event belongs to. */
export const TIMELINE_GROUPS = ["money", "security", "people"] as const;
export type TimelineGroup = (typeof TIMELINE_GROUPS)[number];

/** Something that happened, as the event log tells it. Pages word it by `type` and the facts. */
export const timelineRowJson = z.object({
  seq: z.string(),
  at: instantJson,
  type: z.string(),
  group: z.enum(TIMELINE_GROUPS),
  actor: actorJson,
  subject: z.object({ kind: z.string(), id: z.string() }),
  caseId: z.string().nullable(),
  why: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  data: z.unknown(),
});
export type TimelineRow = z.infer<typeof timelineRowJson>;

/** The passport's own part; exposure, spend, invoices, notices, cases and proposals stand beside it in the same answer. */
export const passportOwnJson = z.object({
  identity: identityJson,
  standing: standingJson,
  limit: limitJson.nullable(),
  figures: customerRowJson,
  subscriptions: z.array(subscriptionRowJson),
  notes: z.array(noteJson),
  timeline: z.object({ rows: z.array(timelineRowJson), nextCursor: z.string().nullable() }),
  /** Parts of the page that could not be read just now, by name. Their members are null. */
  unavailable: z.array(z.string()),
  asOf: instantJson,
});
export type PassportOwn = z.infer<typeof passportOwnJson>;

/** One subscription opened: its facts, how they changed, and the object as Microsoft sent it. */
export const subscriptionDetailJson = z.object({
  subscription: subscriptionRowJson,
  history: z.array(
    z.object({ from: instantJson, until: instantJson.nullable(), facts: z.record(z.string(), z.unknown()) }),
  ),
  raw: z.unknown(),
  etag: z.string().nullable(),
});
export type SubscriptionDetail = z.infer<typeof subscriptionDetailJson>;
