import type { CustomerId } from "../core/ids.ts";
import type { MsCall, MsClient } from "./client.ts";
import {
  type AlertChannel,
  PartnerCenterError,
  type PartnerCenterProblem,
  type PartnerCenterReader,
  type SecurityAlert,
} from "./contract.ts";
import { silence } from "./decide-problem.ts";
import {
  everything,
  type Listing,
  pagesByLink,
  pagesByNumber,
  pagesByODataLink,
  pagesByOffset,
  pagesByToken,
  readAnswer,
} from "./paging.ts";
import {
  parseFraudEvents,
  parseGraphAlert,
  parseGraphAlerts,
  parseScore,
  parseScoreRequirements,
} from "./parse-alerts.ts";
import { parseAuditRecords } from "./parse-audit.ts";
import { parseBillingLines, parseInvoices } from "./parse-billing.ts";
import { parseCustomer, parseCustomers, parseResellers, parseValidationStatus } from "./parse-customers.ts";
import { parseGdaps } from "./parse-gdap.ts";
import { parseEntitlement, parseEntitlements, parseSubscription, parseSubscriptions } from "./parse-subscriptions.ts";
import {
  parseBudget,
  parseCustomerUsageRecords,
  parseResourceUsages,
  parseSubscriptionUsageRecords,
} from "./parse-usage.ts";
import { parseRegistration, parseWebhookEventNames } from "./parse-webhooks.ts";
import type { Items, Parser } from "./tolerant.ts";

/** Items asked for per page; Microsoft's own defaults and maxima. */
const CUSTOMERS_PER_PAGE = 500;
const AUDIT_PER_PAGE = 500;
const LINES_PER_PAGE = 2_000;
const INVOICES_PER_PAGE = 200;
const ALERTS_PER_PAGE = 100;
const RELATIONSHIPS_PER_PAGE = 300;

/** The header that makes fraud events answer in the form that has a kind, a severity and resources. */
export const NEW_EVENTS_MODEL = { "X-NewEventsModel": "true" } as const;
export const GRAPH_ALERTS = "/beta/security/partner/securityAlerts";

export type ReaderOptions = {
  /** Joins all calls of one piece of work in the logs of both sides. */
  readonly correlationId: string;
  /** Told of list items that could not be read; the readable rest is used. */
  readonly onUnreadable: (problem: PartnerCenterProblem) => void;
};

type Get = Pick<MsCall, "what" | "path"> & Partial<Pick<MsCall, "auth" | "headers" | "audience" | "mayBeAbsent">>;
type Source = { readonly client: MsClient; readonly options: ReaderOptions };

const callOf = ({ options }: Source, get: Get): MsCall => ({
  audience: "rest",
  auth: "app",
  method: "GET",
  correlationId: options.correlationId,
  ...get,
});

async function one<T>(source: Source, get: Get, parse: Parser<T>): Promise<T> {
  const call = callOf(source, get);
  return readAnswer(await source.client.send(call), call, parse);
}

const listing = <T>(source: Source, get: Get, parse: Parser<Items<T>>): Listing<T> => ({
  call: callOf(source, get),
  parse,
  onUnreadable: source.options.onUnreadable,
});

/** A list that documents promise in one answer; when it does come in pages, the links are followed all the same. */
const whole = <T>(source: Source, get: Get, parse: Parser<Items<T>>): Promise<readonly T[]> =>
  everything(pagesByLink(source.client, listing(source, get, parse)));

const customerPath = (id: CustomerId): string => `/v1/customers/${encodeURIComponent(id)}`;
const subscriptionPath = (id: CustomerId, subscriptionId: string): string =>
  `${customerPath(id)}/subscriptions/${encodeURIComponent(subscriptionId)}`;

/** Facts in, for one piece of work. */
export function createReader(client: MsClient, options: ReaderOptions): PartnerCenterReader {
  const source = { client, options };
  return {
    ...customerReads(source),
    ...subscriptionReads(source),
    ...moneyReads(source),
    ...watchReads(source),
  };
}

const customerReads = (
  source: Source,
): Pick<PartnerCenterReader, "customers" | "customer" | "indirectResellers" | "validationStatus"> => ({
  customers: () =>
    pagesByToken(
      source.client,
      listing(source, { what: "customers.list", path: `/v1/customers?size=${CUSTOMERS_PER_PAGE}` }, parseCustomers),
    ),
  customer: (id) => one(source, { what: "customer.get", path: customerPath(id) }, parseCustomer),
  indirectResellers: () =>
    whole(
      source,
      { what: "resellers.list", path: "/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf" },
      parseResellers,
    ),
  validationStatus: (id) =>
    one(
      source,
      { what: "customer.validation-status", path: `${customerPath(id)}/validationStatus?type=account`, auth: "user" },
      parseValidationStatus,
    ),
});

const subscriptionReads = (
  source: Source,
): Pick<PartnerCenterReader, "subscriptions" | "subscription" | "entitlements" | "entitlement"> => ({
  subscriptions: (id) =>
    whole(source, { what: "subscriptions.list", path: `${customerPath(id)}/subscriptions` }, parseSubscriptions),
  subscription: ({ customerId, subscriptionId }) =>
    one(source, { what: "subscription.get", path: subscriptionPath(customerId, subscriptionId) }, parseSubscription),
  entitlements: (id, planId) =>
    whole(
      source,
      { what: "entitlements.list", path: `${subscriptionPath(id, planId)}/azureEntitlements` },
      parseEntitlements,
    ),
  entitlement: ({ customerId, planId, entitlementId }) =>
    one(
      source,
      {
        what: "entitlement.get",
        path: `${subscriptionPath(customerId, planId)}/azureEntitlements/${encodeURIComponent(entitlementId)}`,
      },
      parseEntitlement,
    ),
});

type MoneyReads =
  | "customerUsage"
  | "subscriptionUsage"
  | "resourceUsage"
  | "budget"
  | "invoices"
  | "billingLines"
  | "unbilledLines";

const moneyReads = (source: Source): Pick<PartnerCenterReader, MoneyReads> => ({
  customerUsage: () =>
    whole(
      source,
      { what: "usage.customers", path: "/v1/customers/usagerecords", auth: "user" },
      parseCustomerUsageRecords,
    ),
  subscriptionUsage: (id) =>
    whole(
      source,
      { what: "usage.subscriptions", path: `${customerPath(id)}/subscriptions/usagerecords`, auth: "user" },
      parseSubscriptionUsageRecords(id),
    ),
  resourceUsage: (id, planId) =>
    whole(
      source,
      { what: "usage.resources", path: `${subscriptionPath(id, planId)}/resourceusagerecords`, auth: "user" },
      parseResourceUsages(id, planId),
    ),
  budget: (id) => one(source, { what: "budget.get", path: `${customerPath(id)}/usagebudget` }, parseBudget(id)),
  invoices: () =>
    everything(
      pagesByOffset(
        source.client,
        listing(source, { what: "invoices.list", path: "/v1/invoices" }, parseInvoices),
        INVOICES_PER_PAGE,
      ),
    ),
  billingLines: (invoiceId) =>
    pagesByToken(
      source.client,
      listing(
        source,
        {
          what: "invoice.lines",
          path: `/v1/invoices/${encodeURIComponent(invoiceId)}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&size=${LINES_PER_PAGE}`,
        },
        parseBillingLines,
      ),
    ),
  unbilledLines: (currency) =>
    pagesByToken(
      source.client,
      listing(
        source,
        {
          what: "unbilled.lines",
          path: `/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=${currency.toLowerCase()}&period=current&size=${LINES_PER_PAGE}`,
        },
        parseBillingLines,
      ),
    ),
});

type WatchReads =
  | "auditRecords"
  | "alerts"
  | "alert"
  | "gdap"
  | "securityScore"
  | "webhookEventNames"
  | "webhookRegistration"
  | "mfaCompliant";

const watchReads = (source: Source): Pick<PartnerCenterReader, WatchReads> => ({
  auditRecords: (from, to) =>
    pagesByLink(
      source.client,
      listing(
        source,
        {
          what: "audit.list",
          path: `/v1/auditrecords?startDate=${from.toString()}&endDate=${to.toString()}&size=${AUDIT_PER_PAGE}`,
        },
        parseAuditRecords,
      ),
    ),
  alerts: (channel) => alertsOf(source, channel, ""),
  alert: (channel, externalId) => alertOf(source, channel, externalId),
  gdap: () =>
    everything(
      pagesByODataLink(
        source.client,
        listing(
          source,
          {
            what: "gdap.list",
            audience: "graph",
            auth: "user-first",
            path: `/v1.0/tenantRelationships/delegatedAdminRelationships?$top=${RELATIONSHIPS_PER_PAGE}`,
          },
          parseGdaps,
        ),
      ),
    ),
  securityScore: () => scoreOf(source),
  webhookEventNames: () =>
    whole(source, { what: "webhook.events", path: "/webhooks/v1/registration/events" }, parseWebhookEventNames),
  webhookRegistration: async () => {
    const get = { what: "webhook.registration", path: "/webhooks/v1/registration", mayBeAbsent: true } as const;
    try {
      return await one(source, get, parseRegistration);
    } catch (error) {
      if (error instanceof PartnerCenterError && error.problem.kind === "not-found") return undefined;
      throw error;
    }
  },
  mfaCompliant: async () => {
    const get = {
      what: "mfa.check",
      path: "/v1/customers?size=1",
      auth: "user",
      headers: { ValidateMfa: "true" },
    } as const;
    const said = (await source.client.send(callOf(source, get))).headers.get("isMfaCompliant")?.toLowerCase();
    return said === "true" ? true : said === "false" ? false : undefined;
  },
});

function alertsOf(source: Source, channel: AlertChannel, query: string): Promise<readonly SecurityAlert[]> {
  if (channel === "graph") {
    const get = { what: "alerts.list", audience: "graph", auth: "user-first", path: GRAPH_ALERTS } as const;
    return everything(pagesByODataLink(source.client, listing(source, get, parseGraphAlerts)));
  }
  const get = {
    what: "fraud-events.list",
    auth: "user",
    path: `/v1/fraudEvents${query}`,
    headers: NEW_EVENTS_MODEL,
  } as const;
  return everything(pagesByNumber(source.client, listing(source, get, parseFraudEvents), ALERTS_PER_PAGE));
}

async function alertOf(source: Source, channel: AlertChannel, externalId: string): Promise<SecurityAlert> {
  if (channel === "graph") {
    const path = `${GRAPH_ALERTS}/${encodeURIComponent(externalId)}`;
    return one(source, { what: "alert.get", audience: "graph", auth: "user-first", path }, parseGraphAlert);
  }
  // v1 has no read of a single event; its id begins with the Azure subscription, which narrows the list.
  const subscriptionId = /^[0-9a-f-]{36}(?=_)/i.exec(externalId)?.[0];
  const events = await alertsOf(
    source,
    channel,
    subscriptionId === undefined ? "" : `?SubscriptionId=${subscriptionId}`,
  );
  const found = events.find((event) => event.externalId === externalId);
  if (found !== undefined) return found;
  const { correlationId } = source.options;
  const gone = silence("unreadable-answer", "the fraud event is not in the list of its subscription", {
    requestId: "",
    correlationId,
    isWrite: false,
  });
  throw new PartnerCenterError({ ...gone, kind: "not-found", advice: "check-state" });
}

async function scoreOf(source: Source): ReturnType<PartnerCenterReader["securityScore"]> {
  const base = { audience: "graph", auth: "user-first" } as const;
  const path = "/beta/security/partner/securityScore";
  const score = await one(source, { ...base, what: "score.get", path }, parseScore);
  const requirements = await everything(
    pagesByODataLink(
      source.client,
      listing(source, { ...base, what: "score.requirements", path: `${path}/requirements` }, parseScoreRequirements),
    ),
  );
  return {
    current: score.currentScore,
    max: score.maxScore,
    refreshedAt: score.lastRefreshDateTime ?? score.updatedDateTime,
    requirements,
  };
}
