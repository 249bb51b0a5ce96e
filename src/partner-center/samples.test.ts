import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Json } from "../core/canonical.ts";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import { errorBody } from "./decide-problem.ts";
import {
  parseCustomerInsights,
  parseFraudEvents,
  parseGraphAlert,
  parseGraphAlerts,
  parseScore,
  parseScoreHistory,
  parseScoreRequirements,
} from "./parse-alerts.ts";
import { parseAuditRecords, parseMfaAdoption, parseNonMfaPrincipals, parsePartnerRequests } from "./parse-audit.ts";
import * as billing from "./parse-billing.ts";
import * as customers from "./parse-customers.ts";
import { parseGdap, parseGdapAssignment, parseGdapRequest, parseGdaps } from "./parse-gdap.ts";
import * as subscriptions from "./parse-subscriptions.ts";
import * as usage from "./parse-usage.ts";
import {
  parseRegistration,
  parseValidationEvent,
  parseValidationEventResult,
  parseWebhookEvent,
  parseWebhookEventNames,
} from "./parse-webhooks.ts";
import {
  autoRenewBody,
  budgetBody,
  cancelEntitlementBody,
  fraudStatusBody,
  graphAlertBody,
  registrationBody,
  statusBody,
} from "./requests.ts";
import { simulatorCloud } from "./settings.ts";
import { parseTokenAnswer, tokenForm } from "./tokens.ts";
import { memberOf, parseExactJson } from "./tolerant.ts";

/** Every published sample, through the parser or the request builder that meets it in practice. */

const FOLDER = join(import.meta.dirname, "../../../shared/partner-center");
const SAMPLES_EXPECTED = 171;
const customer = "eebd1b55-5360-4438-a11d-5c06918c3014" as CustomerId;
const plan = "11111111-7d58-6654-69fa-0797198155d3" as SubscriptionId;

/** Parses, and for lists refuses even one unreadable item: samples are what the parsers are made for. */
const complete =
  (parse: (value: unknown) => unknown) =>
  (value: Json): void => {
    const parsed = parse(value);
    const unreadable = memberOf(parsed, "unreadable");
    if (Array.isArray(unreadable)) assert.deepEqual(unreadable, []);
    assert.ok(parsed !== undefined);
  };

/** Names are compared without case, as Microsoft's own samples differ in it. */
function lowered(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(lowered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), lowered(member)]));
}
const builds = (build: (sample: Json) => Json) => (sample: Json) =>
  assert.deepEqual(lowered(build(sample)), lowered(sample));

const error = (value: Json): void => {
  const { code, detail } = errorBody(value);
  assert.ok(code !== undefined || memberOf(value, "statusCode") === 429);
  assert.ok(detail !== undefined && detail.length > 10);
};
const event = (value: Json): void => {
  const parsed = parseWebhookEvent(value);
  assert.ok(parsed.changedAt !== undefined && parsed.dedupKey.startsWith(parsed.name));
};
const settings = {
  cloud: simulatorCloud("http://127.0.0.1:1"),
  tenantId: "t",
  clientId: "{application-id}",
  clientSecret: "{application-secret}",
};
const alertChange = (channel: "graph" | "fraud-events") => ({
  channel,
  externalId: "2a7064fb-1e33-4007-974e-352cb3f2c805_2edeb5b1-766f-4209-9271-3ddf27755afa",
  status: "resolved" as const,
  reason: "fraud" as const,
});

/** First match wins: file name pattern, and what reads it. */
const READERS: readonly (readonly [RegExp, (value: Json) => void])[] = [
  [/^auth\.token\.app-only\.request/, builds(() => tokenForm(settings, settings.cloud.restResource))],
  [/^auth\.token\.refresh\.request/, builds(() => tokenForm(settings, settings.cloud.restResource, "{refresh-token}"))],
  [/^auth\.token/, complete(parseTokenAnswer)],
  [/^error\.|validation-status\.not-found/, error],
  [/^customers\./, complete(customers.parseCustomers)],
  [/^customer\.create\.request/, (value) => assert.ok(memberOf(memberOf(value, "companyProfile"), "domain"))],
  [/^customer\.(get|create)/, complete(customers.parseCustomer)],
  [/^address-validation\.request/, (value) => assert.ok(memberOf(value, "addressLine1"))],
  [/^address-validation/, complete(customers.parseAddressValidation)],
  [/^customer-qualifications\.create/, complete(customers.parseQualification)],
  [/^customer-qualifications/, complete(customers.parseQualifications)],
  [/^customer-validation-status/, complete(customers.parseValidationStatus)],
  [/^customer-(relationship\.remove|dap\.remove)/, complete(customers.parseCustomerChange)],
  [/^delegated-admin-customers/, complete(customers.parseDapCustomers)],
  [/^delegated-admin-statistics/, complete(customers.parseDapStatistics)],
  [/^customer-relationship-request/, complete(customers.parseRelationshipRequest)],
  [/^customer-company-profile/, complete(customers.parseCompanyProfile)],
  [/^customer-billing-profile/, complete(customers.parseBillingProfile)],
  [/^customer-users/, complete(customers.parseCustomerUsers)],
  [/^customer-user-directory-roles/, complete(customers.parseDirectoryRoles)],
  [/^directory-role-member/, complete(customers.parseRoleMember)],
  [/^customer-user\..*\.request/, (value) => assert.ok(memberOf(value, "attributes"))],
  [/^customer-user\./, complete(customers.parseCustomerUser)],
  [/^service-requests/, complete(customers.parseServiceRequests)],
  [/^partner-legal/, complete(customers.parseLegalBusinessProfile)],
  [/^indirect-resellers/, complete(customers.parseResellers)],
  [/^subscriptions\.list/, complete(subscriptions.parseSubscriptions)],
  [
    /^subscription\.suspend\..*request|^subscription\.suspend\.request/,
    builds((value) => statusBody(value, "suspended")),
  ],
  [/^subscription\.reactivate\.request/, builds((value) => statusBody(value, "active"))],
  [
    /^subscription\.update.*\.request/,
    builds((value) => autoRenewBody(value, { autoRenew: memberOf(value, "autoRenewEnabled") === true })),
  ],
  [/^subscription\./, complete(subscriptions.parseSubscription)],
  [/^subscription-provisioning/, complete(subscriptions.parseProvisioningStatus)],
  [/^subscription-transitions/, complete(subscriptions.parseTransitions)],
  [/^subscription-transition-elig/, complete(subscriptions.parseTransitionEligibilities)],
  [/^subscription-transition\.create/, complete(subscriptions.parseTransition)],
  [/^subscription-overage/, complete(subscriptions.parseOverages)],
  [/^order-provisioning/, complete(subscriptions.parseOrderProvisioning)],
  [/^azure-entitlements/, complete(subscriptions.parseEntitlements)],
  [/^azure-entitlement\.cancel\.request/, builds(() => cancelEntitlementBody)],
  [/^azure-entitlement/, complete(subscriptions.parseEntitlement)],
  [/^usage-summary/, complete(usage.parseUsageSummary)],
  [/^usage-budget\.update\.request/, builds(() => budgetBody({ units: 100n, scale: 0 }))],
  [/^usage-budget/, complete(usage.parseBudget(customer))],
  [/^usage-records\.customers/, complete(usage.parseCustomerUsageRecords)],
  [/^usage-records\.subscriptions/, complete(usage.parseSubscriptionUsageRecords(customer))],
  [/^usage-records\.by-resource/, complete(usage.parseResourceUsages(customer, plan))],
  [/^usage-records\.(by-meter|monthly)/, complete(usage.parseMeterUsage)],
  [/^azure-utilization/, complete(usage.parseUtilizations)],
  [/^invoices\./, complete(billing.parseInvoices)],
  [/^invoice\./, complete(billing.parseInvoice)],
  [/^invoice-summaries/, complete(billing.parseInvoiceSummaries)],
  [/^account-balance/, complete(billing.parseInvoiceSummary)],
  [/^invoice-lineitems\.(azure-usage|billed-consumption|unbilled-consumption)/, complete(billing.parseUsageLines)],
  [/^invoice-lineitems/, complete(billing.parseBillingLines)],
  [/^invoice-estimate-links/, complete(billing.parseEstimateLinks)],
  [/^service-costs\.summary/, complete(billing.parseServiceCosts)],
  [/^service-costs\.lineitems/, complete(billing.parseServiceCostLines)],
  [/^graph\.billing\.(un)?billed.*request/, (value) => assert.equal(memberOf(value, "attributeSet"), "full")],
  [/(billing|beta)\.operation/, complete(billing.parseExportOperation)],
  [/(billing|beta)\.manifest/, complete(billing.parseExportManifest)],
  [/^audit-records/, complete(parseAuditRecords)],
  [/^mfa\.non-compliant/, complete(parseNonMfaPrincipals)],
  [/^mfa\.application/, complete(parseMfaAdoption)],
  [/^mfa\.partner-requests/, complete(parsePartnerRequests)],
  [/^fraud-events\.update-status\.request/, builds(() => fraudStatusBody(alertChange("fraud-events")))],
  [/^fraud-events/, complete(parseFraudEvents)],
  [/^webhook-events\.list/, complete(parseWebhookEventNames)],
  [/^webhook-registration\..*\.request/, builds((value) => registrationBody(parseRegistration(value)))],
  [/^webhook-registration/, complete(parseRegistration)],
  [/^webhook-validation-event\.create/, complete(parseValidationEvent)],
  [/^webhook-validation-event\.get/, complete(parseValidationEventResult)],
  [/^webhook-event\./, event],
  [/^graph\.security-alerts/, complete(parseGraphAlerts)],
  [/^graph\.security-alert\.update\.request/, builds(() => graphAlertBody(alertChange("graph")))],
  [/^graph\.security-alert/, complete(parseGraphAlert)],
  [/^graph\.security-score\.get/, complete(parseScore)],
  [/^graph\.security-score-requirements/, complete(parseScoreRequirements)],
  [/^graph\.security-customer-insights/, complete(parseCustomerInsights)],
  [/^graph\.security-score-history/, complete(parseScoreHistory)],
  [/^graph\.gdap-relationships/, complete(parseGdaps)],
  [/^graph\.gdap-relationship\.create\.request/, (value) => assert.equal(memberOf(value, "duration"), "P730D")],
  [/^graph\.gdap-relationship/, complete(parseGdap)],
  [/^graph\.gdap-request/, complete(parseGdapRequest)],
  [/^graph\.gdap-access-assignment/, complete(parseGdapAssignment)],
];

type Index = { readonly samples: readonly { readonly file: string }[] };

const skip = existsSync(FOLDER) ? false : `the published samples are not beside this clone (${FOLDER})`;

test(`all ${SAMPLES_EXPECTED} published samples pass through our parsers and request builders`, { skip }, async (t) => {
  const index = JSON.parse(readFileSync(join(FOLDER, "samples-index.json"), "utf8")) as Index;
  const used = new Set<RegExp>();
  let seen = 0;
  for (const { file } of index.samples) {
    const name = file.replace("samples/", "");
    await t.test(name, () => {
      const reader = READERS.find(([pattern]) => pattern.test(name));
      assert.ok(reader, `no parser is named for ${name}`);
      used.add(reader[0]);
      reader[1](parseExactJson(readFileSync(join(FOLDER, file), "utf8")));
      seen += 1;
    });
  }
  assert.equal(seen, SAMPLES_EXPECTED);
  assert.deepEqual(
    READERS.filter(([pattern]) => !used.has(pattern)),
    [],
    "every reader has a sample",
  );
});

test("samples written with other casing and stringified values read the same", { skip }, () => {
  const sample = (name: string): Json => parseExactJson(readFileSync(join(FOLDER, "samples", name), "utf8"));
  const odd = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(odd);
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member], at) => [
        at % 2 === 0 ? key.toUpperCase() : `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`,
        odd(member),
      ]),
    );
  };
  const withoutRaw = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, member: unknown) =>
        key === "raw" || key === "details" ? undefined : typeof member === "bigint" ? String(member) : member,
      ),
    );
  const pairs: readonly (readonly [string, (value: unknown) => unknown])[] = [
    ["subscription.get.new-commerce.response.json", subscriptions.parseSubscription],
    ["usage-records.customers.list.response.json", usage.parseCustomerUsageRecords],
    ["fraud-events.get.new-model.response.json", parseFraudEvents],
    ["graph.security-alerts.list.response.json", parseGraphAlerts],
    ["customer.get.response.json", customers.parseCustomer],
    ["invoice-lineitems.onetime-billing.page1.response.json", billing.parseBillingLines],
  ];
  for (const [name, parse] of pairs)
    assert.deepEqual(withoutRaw(parse(odd(sample(name)))), withoutRaw(parse(sample(name))), name);
});
