/** The simulator's answers have the members that the published samples have. The samples are not part of this repository. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Client, type Json, find, withSimulator } from "./client.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "..", "shared", "partner-center", "samples");

/** Paths of all members of a JSON value, `items[].id`; arrays count by their first element, keys without case. */
function members(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : members(value[0], `${path}[]`);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = `${path}.${key.toLowerCase()}`;
    return [here, ...members(item, here)];
  });
}

/** Members a sample has that ours need not: links to catalogue pages, free dictionaries, old names for the same thing. */
const OPTIONAL = [
  /\.links\b/,
  /\.additionaldetails\./,
  /\.customizeddata/,
  /\.attributes\.etag$/,
  /\.customerspendingbudget/,
  /\.activitylogs\[\]/,
  /\.address\.region$/,
  /\.defaultaddress\.state$/,
  /\.amendments/,
  /\.taxreceipts\[\]/,
  /\.benefit(orderid|id|type)$/,
  /\.publisherid$|\.publishername$|\.offerid$|\.offername$|\.resellermpnid$|\.availabilityid$|\.termandbillingcycle$|\.discountdetails$/,
  /\.refundoptions|\.refundablequantity/,
  /\.budget\.ammount$/,
  /\.expandeduri$/,
  /\.usercredentials/,
  /^\.continuationtoken$/,
  /\.instancedata\.additionalinfo/,
  /\.isprimarycontactforpartnerprofile|\.taxid$|\.address\.|\.middlename/,
];

type Case = readonly [sample: string, call: (client: Client) => Promise<Json>];
const read =
  (path: (ids: Ids) => string, more: object = {}): ((client: Client) => Promise<Json>) =>
  async (client) =>
    (await client.get(path(await idsOf(client)), more)).json;
type Ids = {
  readonly lumo: string;
  readonly plan: string;
  readonly seat: string;
  readonly entitlement: string;
  readonly invoice: string;
  readonly alert: string;
  readonly kvarnby: string;
  readonly legacy: string;
};

async function idsOf(client: Client): Promise<Ids> {
  const lumo = await find(client, "lumo");
  const kvarnby = await find(client, "kvarnby");
  const legacy = [...((await client.sim("GET", "state?customer=kvarnby")).json["subscriptions"] as Json)].find(
    (one) => String(one["product"]) === "azure-legacy",
  ) as Json;
  const havso = await find(client, "havso");
  const alerts = [...((await client.get("/beta/security/partner/securityAlerts")).json["value"] as Json)];
  return {
    lumo: lumo.id,
    plan: lumo.plan,
    seat: String(lumo.seats["Microsoft 365 Business Premium"]),
    entitlement: String(lumo.entitlements["Lumo Plattform"]),
    invoice: String((await client.get("/v1/invoices?size=1")).json["items"]?.[0]?.["id"]),
    alert: String(alerts.find((one) => String(one["customerTenantId"]) === havso.id)?.["id"]),
    kvarnby: kvarnby.id,
    legacy: String(legacy["id"]),
  };
}

const CASES: readonly Case[] = [
  ["customers.list.response", read(() => "/v1/customers")],
  ["customer.get.response", read(({ lumo }) => `/v1/customers/${lumo}`)],
  ["customer-billing-profile.get.response", read(({ lumo }) => `/v1/customers/${lumo}/profiles/billing`)],
  ["customer-company-profile.get.response", read(({ lumo }) => `/v1/customers/${lumo}/profiles/company`)],
  [
    "customer-validation-status.allowed.response",
    read(({ lumo }) => `/v1/customers/${lumo}/validationStatus?type=account`),
  ],
  ["customer-users.list.response", read(({ lumo }) => `/v1/customers/${lumo}/users`)],
  ["customer-relationship-request.get.response", read(() => "/v1/customers/relationshiprequests")],
  ["subscription.get.new-commerce.response", read(({ lumo, seat }) => `/v1/customers/${lumo}/subscriptions/${seat}`)],
  ["subscriptions.list.new-commerce.response", read(({ lumo }) => `/v1/customers/${lumo}/subscriptions`)],
  [
    "subscription-provisioning-status.get.response",
    read(({ lumo, seat }) => `/v1/customers/${lumo}/subscriptions/${seat}/provisioningstatus`),
  ],
  [
    "azure-entitlements.list.response",
    read(({ lumo, plan }) => `/v1/customers/${lumo}/subscriptions/${plan}/azureEntitlements`),
  ],
  [
    "azure-entitlement.get.response",
    read(
      ({ lumo, plan, entitlement }) => `/v1/customers/${lumo}/subscriptions/${plan}/azureEntitlements/${entitlement}`,
    ),
  ],
  [
    "usage-records.subscriptions.azure-plan.response",
    read(({ lumo }) => `/v1/customers/${lumo}/subscriptions/usagerecords`),
  ],
  [
    "usage-records.by-resource.response",
    read(({ lumo, plan }) => `/v1/customers/${lumo}/subscriptions/${plan}/resourceusagerecords`),
  ],
  [
    "usage-records.by-meter.azure-plan.response",
    read(({ lumo, plan }) => `/v1/customers/${lumo}/subscriptions/${plan}/meterusagerecords`),
  ],
  [
    "usage-records.monthly.response",
    read(({ kvarnby, legacy }) => `/v1/customers/${kvarnby}/subscriptions/${legacy}/usagerecords/resources`),
  ],
  [
    "azure-utilization.list.response",
    read(
      ({ kvarnby, legacy }) =>
        `/v1/customers/${kvarnby}/subscriptions/${legacy}/utilizations/azure?start_time=2026-11-01&end_time=2026-11-03`,
    ),
  ],
  ["usage-summary.customer.azure-plan.response", read(({ lumo }) => `/v1/customers/${lumo}/usagesummary`)],
  [
    "usage-summary.subscription.azure-plan.response",
    read(({ lumo, plan }) => `/v1/customers/${lumo}/subscriptions/${plan}/usagesummary`),
  ],
  ["usage-budget.get.response", read(({ lumo }) => `/v1/customers/${lumo}/usagebudget`)],
  [
    "audit-records.get.response",
    async (client) =>
      ({
        items: [
          [...((await client.get("/v1/auditrecords?size=100")).json["items"] as Json)].find(
            (one) => one["resourceNewValue"] !== undefined,
          ),
        ],
        totalCount: 1,
        attributes: { objectType: "Collection" },
      }) as unknown as Json,
  ],
  ["fraud-events.get.response", read(() => "/v1/fraudEvents")],
  ["fraud-events.get.new-model.response", read(() => "/v1/fraudEvents", { headers: { "X-NewEventsModel": "true" } })],
  ["graph.security-alert.get.response", read(({ alert }) => `/beta/security/partner/securityAlerts/${alert}`)],
  ["graph.security-score.get.response", read(() => "/beta/security/partner/securityScore")],
  ["graph.security-score-requirements.list.response", read(() => "/beta/security/partner/securityScore/requirements")],
  [
    "graph.security-customer-insights.list.response",
    read(() => "/beta/security/partner/securityScore/customerInsights"),
  ],
  ["graph.security-score-history.list.response", read(() => "/beta/security/partner/securityScore/history")],
  ["graph.gdap-relationships.list.response", read(() => "/v1.0/tenantRelationships/delegatedAdminRelationships")],
  ["invoices.list.response", read(() => "/v1/invoices?size=2")],
  ["invoice.get.response", read(({ invoice }) => `/v1/invoices/${invoice}`)],
  ["account-balance.get.response", read(() => "/v1/invoices/summary")],
  ["invoice-summaries.get.response", read(() => "/v1/invoices/summaries")],
  ["invoice-estimate-links.get.response", read(() => "/v1/invoices/estimates/links?currencycode=SEK")],
  [
    "invoice-lineitems.onetime-billing.page1.response",
    read(({ invoice }) => `/v1/invoices/${invoice}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`),
  ],
  [
    "invoice-lineitems.billed-consumption.page1.response",
    read(({ invoice }) => `/v1/invoices/${invoice}/lineitems?provider=onetime&invoicelineitemtype=usagelineitems`),
  ],
  [
    "invoice-lineitems.unbilled-consumption.page1.response",
    read(
      () =>
        "/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&currencycode=SEK&period=current",
    ),
  ],
  [
    "invoice-lineitems.unbilled-recon.response",
    read(
      () =>
        "/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=SEK&period=current",
    ),
  ],
  ["service-costs.summary.get.response", read(({ lumo }) => `/v1/customers/${lumo}/servicecosts/mostrecent`)],
  [
    "service-costs.lineitems.get.response",
    read(({ lumo }) => `/v1/customers/${lumo}/servicecosts/mostrecent/lineitems`),
  ],
  [
    "indirect-resellers.list.response",
    read(() => "/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf"),
  ],
  ["mfa.application-adoption.get.response", read(() => "/v1/applicationmfaadoptionstatus")],
  ["mfa.non-compliant-principals.get.response", read(() => "/v1/nonMfaCompliantPartnerPrincipals")],
  ["mfa.partner-requests.get.response", read(() => "/v1/partnerRequests")],
];

const skip = existsSync(SAMPLES) ? false : "the published samples are not beside this repository";

test(`the answers have every member of ${CASES.length} published samples`, { skip }, () =>
  withSimulator({ throttlePerMinute: 0 }, async (client) => {
    const missing: string[] = [];
    for (const [name, call] of CASES) {
      const sample: unknown = JSON.parse(readFileSync(join(SAMPLES, `${name}.json`), "utf8"));
      const ours = new Set(members(await call(client)));
      const lacks = [...new Set(members(sample))].filter(
        (path) => !ours.has(path) && !OPTIONAL.some((pattern) => pattern.test(path)),
      );
      if (lacks.length > 0) missing.push(`${name}: ${lacks.join(" ")}`);
    }
    assert.deepEqual(missing, []);
  }),
);
