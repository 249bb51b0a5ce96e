import { badInput, collection, link, member, objectType, okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso } from "../kernel/clock.ts";
import type { CustomerRow, EntitlementRow, SubscriptionRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { METERS, costByResource, costOf, resourceUri, usdOf } from "../usage/model.ts";
import { type MonthSoFar, customerMonth, hasUsage, monthSoFar, percentUsed } from "../usage/month.ts";
import { writeActivity } from "./activity.ts";
import { withCustomer, withSubscription } from "./find.ts";

const base = { surface: "partner-center", access: "user" } as const;
const ofSubscription = "/v1/customers/:customerId/subscriptions/:subscriptionId";

export const usageRoutes: readonly Route[] = [
  { ...base, method: "GET", path: "/v1/usagesummary", handle: partnerSummary },
  { ...base, method: "GET", path: "/v1/customers/usagerecords", handle: customerRecords },
  { ...base, method: "GET", path: "/v1/customers/:customerId/usagesummary", handle: customerSummary },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/usagebudget",
    access: "both",
    handle: (call, sim) => withCustomer(call, sim, (customer) => okJson(budgetJson(customer, "GET"))),
  },
  { ...base, method: "PATCH", path: "/v1/customers/:customerId/usagebudget", access: "both", handle: patchBudget },
  { ...base, method: "GET", path: "/v1/customers/:customerId/subscriptions/usagerecords", handle: subscriptionRecords },
  { ...base, method: "GET", path: `${ofSubscription}/usagesummary`, handle: subscriptionSummary },
  { ...base, method: "GET", path: `${ofSubscription}/resourceusagerecords`, handle: resourceRecords },
  { ...base, method: "GET", path: `${ofSubscription}/meterusagerecords`, handle: meterRecords },
];

const withUsage = (sim: Sim): CustomerRow[] =>
  sim.tables.customers.all().filter((one) => one.relationship !== "none" && hasUsage(sim, one));
const budgetOf = (customer: CustomerRow) => ({
  ...(customer.budget === null ? {} : { amount: customer.budget }),
  attributes: objectType("SpendingBudget"),
});
const money = (cost: number, currency: string) => ({
  totalCost: cost,
  currencyCode: currency,
  usdTotalCost: Math.round(usdOf(cost, currency) * 100) / 100,
});
const named = (id: string, name: string) => ({ resourceId: id, id, resourceName: name, name });

function partnerSummary(_call: Call, sim: Sim): Reply {
  const month = monthSoFar(sim);
  const settings = sim.settings();
  const customers = withUsage(sim).map((customer) => ({ customer, cost: customerMonth(sim, customer, month) }));
  const elapsed = (month.toMs - month.fromMs) / (month.end.epochMilliseconds - month.fromMs);
  const over = customers.filter(({ customer, cost }) => percentUsed(cost, customer.budget) > 100).length;
  const trending = customers.filter(
    ({ customer, cost }) => elapsed > 0 && percentUsed(cost / elapsed, customer.budget) > 100,
  ).length;
  const usd = customers.reduce((sum, { customer, cost }) => sum + usdOf(cost, customer.currency), 0);
  return okJson({
    emailsToNotify: ["riskdesk@skargardcloud.example"],
    customersOverBudget: over,
    customersTrendingOver: trending - over,
    customersWithUsageBasedSubscriptions: customers.length,
    ...named(settings.partnerTenantId, settings.partnerName),
    billingStartDate: iso(month.from),
    billingEndDate: iso(month.end),
    totalCost: usd / usdOf(1, settings.partnerCurrency),
    currencyCode: settings.partnerCurrency,
    lastModifiedDate: iso(month.asOf),
    links: { self: link("/usagesummary") },
    attributes: objectType("PartnerUsageSummary"),
  });
}

function customerRecords(_call: Call, sim: Sim): Reply {
  const month = monthSoFar(sim);
  const items = withUsage(sim).map((customer) => {
    const cost = customerMonth(sim, customer, month);
    return {
      budget: budgetOf(customer),
      percentUsed: percentUsed(cost, customer.budget),
      isUpgraded: !isLegacy(sim, customer),
      ...named(customer.id, customer.name),
      ...(isLegacy(sim, customer) ? legacyMoney(cost, customer) : money(cost, customer.currency)),
      lastModifiedDate: iso(month.asOf),
      attributes: objectType("CustomerMonthlyUsageRecord"),
    };
  });
  return collection(items, "/customers/usagerecords");
}

const isLegacy = (sim: Sim, customer: CustomerRow): boolean =>
  sim.tables.subscriptions.where("customer", customer.id).some((one) => one.product === "azure-legacy");
/** Legacy Azure names a locale, no currency, and no dollars. */
const legacyMoney = (cost: number, customer: CustomerRow) => ({
  totalCost: cost,
  currencyLocale: customer.culture,
  usdTotalCost: 0,
});

function customerSummary(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const month = monthSoFar(sim);
    return okJson({
      budget: budgetOf(customer),
      ...named(customer.id, customer.name),
      ...period(month),
      ...money(customerMonth(sim, customer, month), customer.currency),
      links: { self: link(`/customers/${customer.id}/usagesummary`) },
      attributes: objectType("CustomerUsageSummary"),
    });
  });
}

const period = (month: MonthSoFar) => ({
  billingStartDate: iso(month.from),
  billingEndDate: iso(month.end),
  lastModifiedDate: iso(month.asOf),
});

function budgetJson(customer: CustomerRow, method: string) {
  return {
    amount: customer.budget,
    usageSpendingBudget: customer.budget,
    attributes: objectType("SpendingBudget"),
    links: { self: { uri: `/v1/customers/${customer.id}/usagebudget`, method, headers: [] } },
  };
}

function patchBudget(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const amount = member(call.body, "Amount");
    const value = amount === null ? null : Number(amount);
    if (amount === undefined || (value !== null && (!Number.isFinite(value) || value < 0)))
      return badInput("Amount is a number above 0, or null for no budget.");
    const next = { ...customer, budget: value, overBudgetSentFor: null };
    sim.tables.customers.put(next);
    writeActivity(sim, {
      customerId: customer.id,
      operation: "update_customer_spending_budget",
      resourceType: "customer",
      by: call.caller,
      before: { Amount: customer.budget },
      after: { Amount: value },
      data: { Amount: value === null ? null : String(value) },
    });
    return okJson(budgetJson(next, "PATCH"));
  });
}

const azureOf = (sim: Sim, customer: CustomerRow): SubscriptionRow[] =>
  sim.tables.subscriptions
    .where("customer", customer.id)
    .filter((one) => one.product === "azure-plan" || one.product === "azure-legacy");
const entitlementsOf = (sim: Sim, subscription: SubscriptionRow): EntitlementRow[] =>
  sim.tables.entitlements.where("plan", subscription.id);
const planCost = (sim: Sim, subscription: SubscriptionRow, month: MonthSoFar): number =>
  entitlementsOf(sim, subscription).reduce((sum, one) => sum + costOf(one, month), 0);

function subscriptionRecords(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const month = monthSoFar(sim);
    const items = azureOf(sim, customer).map((subscription) => {
      const cost = planCost(sim, subscription, month);
      return {
        status: subscription.status,
        partnerOnRecord: subscription.mpnId,
        offerId: subscription.offerId,
        ...named(subscription.id, subscription.friendlyName),
        ...(subscription.product === "azure-legacy" ? legacyMoney(cost, customer) : money(cost, customer.currency)),
        lastModifiedDate: iso(month.asOf),
        attributes: objectType("SubscriptionMonthlyUsageRecord"),
      };
    });
    return collection(items, `/customers/${customer.id}/subscriptions/usagerecords`);
  });
}

function subscriptionSummary(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ customer, subscription }) => {
    const month = monthSoFar(sim);
    return okJson({
      ...named(subscription.id, subscription.friendlyName),
      ...period(month),
      ...money(planCost(sim, subscription, month), customer.currency),
      links: { self: link(`/customers/${customer.id}/subscriptions/${subscription.id}/usagesummary`) },
      attributes: objectType("SubscriptionUsageSummary"),
    });
  });
}

function resourceRecords(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ customer, subscription }) => {
    if (subscription.product !== "azure-plan") return badInput("Only an Azure plan has resource usage.");
    const month = monthSoFar(sim);
    const items = entitlementsOf(sim, subscription).flatMap((entitlement) =>
      costByResource(entitlement, month).map(({ resource, cost }) => ({
        subscriptionId: subscription.id,
        resourceUri: resourceUri(entitlement, resource),
        resourceType: METERS[resource.kind].provider.split("/")[0],
        entitlementId: entitlement.id,
        entitlementName: entitlement.name,
        resourceGroupName: resource.group,
        name: resource.name,
        resourceName: resource.name,
        ...money(cost, customer.currency),
        lastModifiedDate: iso(month.asOf),
        attributes: objectType("ResourceUsageRecord"),
      })),
    );
    return collection(items, `/customers/${customer.id}/subscriptions/${subscription.id}/resourceusagerecords`);
  });
}

function meterRecords(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ customer, subscription }) => {
    const month = monthSoFar(sim);
    const costs = new Map<keyof typeof METERS, number>();
    for (const entitlement of entitlementsOf(sim, subscription))
      for (const { resource, cost } of costByResource(entitlement, month))
        costs.set(resource.kind, (costs.get(resource.kind) ?? 0) + cost);
    const items = [...costs].map(([kind, cost]) => {
      const meter = METERS[kind];
      return {
        subscriptionId: subscription.id,
        meterId: `DZH318Z0BNVX-005J-${meter.name} (${meter.unit})`,
        meterName: meter.name,
        category: meter.category,
        subcategory: meter.subcategory,
        quantityUsed: usdOf(cost, customer.currency) / meter.usd,
        unit: meter.unit,
        ...money(cost, customer.currency),
        lastModifiedDate: iso(month.asOf),
        attributes: objectType("MeterUsageRecord"),
      };
    });
    return collection(items, `/customers/${customer.id}/subscriptions/${subscription.id}/meterusagerecords`);
  });
}
