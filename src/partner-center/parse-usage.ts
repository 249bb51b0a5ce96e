import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import type { Budget, CustomerUsageRecord, ResourceUsage, SubscriptionUsageRecord } from "./contract.ts";
import {
  amountOf,
  anyJson,
  count,
  currencyCode,
  decimal,
  flag,
  guidText,
  idText,
  instant,
  items,
  maybe,
  ms,
  need,
  type Parser,
  parser,
  text,
  UnreadableAnswer,
} from "./tolerant.ts";

/** Members that every spending record has. Legacy Azure names a locale instead of a currency, and no dollar amount. */
const costs = {
  totalCost: need(decimal),
  currencyCode,
  currencyLocale: text,
  usdTotalCost: decimal,
  lastModifiedDate: instant,
};

// One published answer spells the member "ammount".
const budget = ms({ amount: decimal, ammount: decimal, usageSpendingBudget: decimal }).transform(
  (sent) => sent.amount ?? sent.ammount ?? sent.usageSpendingBudget,
);

const customerUsage = ms({
  ...costs,
  resourceId: guidText,
  id: guidText,
  resourceName: text,
  name: text,
  budget: maybe(budget),
  percentUsed: decimal,
  isUpgraded: flag,
});

/** Legacy records carry a zero dollar amount that means "not known". */
const usdOf = (isAzurePlan: boolean, usd: CustomerUsageRecord["usdCost"]): CustomerUsageRecord["usdCost"] =>
  isAzurePlan ? usd : undefined;

const readCustomerUsage = parser("customer usage record", customerUsage);
export const parseCustomerUsageRecord: Parser<CustomerUsageRecord> = (value) => {
  const sent = readCustomerUsage(value);
  const id = sent.resourceId ?? sent.id;
  if (id === undefined) throw new UnreadableAnswer("customer usage record", "resourceId is missing or unreadable");
  const isAzurePlan = sent.isUpgraded ?? sent.currencyCode !== undefined;
  return {
    customerId: id as CustomerId,
    name: sent.resourceName ?? sent.name ?? id,
    cost: amountOf(sent.totalCost, sent.currencyCode),
    usdCost: usdOf(isAzurePlan, sent.usdTotalCost),
    budget: sent.budget,
    percentUsed: sent.percentUsed,
    isAzurePlan,
    modifiedAt: sent.lastModifiedDate,
    raw: sent.$raw,
  };
};
export const parseCustomerUsageRecords = items("customer usage records", parseCustomerUsageRecord);

const subscriptionUsage = parser(
  "subscription usage record",
  ms({ ...costs, resourceId: guidText, id: guidText, resourceName: text, name: text, offerId: text, status: text }),
);
export const parseSubscriptionUsageRecord =
  (customerId: CustomerId): Parser<SubscriptionUsageRecord> =>
  (value) => {
    const sent = subscriptionUsage(value);
    const id = sent.resourceId ?? sent.id;
    if (id === undefined)
      throw new UnreadableAnswer("subscription usage record", "resourceId is missing or unreadable");
    const isAzurePlan = sent.offerId?.toUpperCase().startsWith("DZH318Z0BPS6") ?? sent.currencyCode !== undefined;
    return {
      customerId,
      subscriptionId: id as SubscriptionId,
      name: sent.resourceName ?? sent.name ?? id,
      cost: amountOf(sent.totalCost, sent.currencyCode),
      usdCost: usdOf(isAzurePlan, sent.usdTotalCost),
      isAzurePlan,
      modifiedAt: sent.lastModifiedDate,
      raw: sent.$raw,
    };
  };
export const parseSubscriptionUsageRecords = (customerId: CustomerId) =>
  items("subscription usage records", parseSubscriptionUsageRecord(customerId));

const resourceUsage = parser(
  "resource usage record",
  ms({
    ...costs,
    resourceUri: need(text),
    resourceType: text,
    entitlementId: idText,
    entitlementName: text,
    resourceGroupName: text,
    resourceName: text,
    name: text,
  }),
);
export const parseResourceUsage =
  (customerId: CustomerId, planId: SubscriptionId): Parser<ResourceUsage> =>
  (value) => {
    const sent = resourceUsage(value);
    return {
      customerId,
      planId,
      entitlementId: sent.entitlementId,
      entitlementName: sent.entitlementName,
      resourceUri: sent.resourceUri,
      resourceType: sent.resourceType,
      resourceGroup: sent.resourceGroupName,
      name: sent.resourceName ?? sent.name ?? sent.resourceUri,
      cost: amountOf(sent.totalCost, sent.currencyCode),
      usdCost: sent.usdTotalCost,
      modifiedAt: sent.lastModifiedDate,
      raw: sent.$raw,
    };
  };
export const parseResourceUsages = (customerId: CustomerId, planId: SubscriptionId) =>
  items("resource usage records", parseResourceUsage(customerId, planId));

const budgetAnswer = parser("usage budget", budget);
/** A published answer nests the budget in an object without a name; the member is found either way. */
export const parseBudget =
  (customerId: CustomerId): Parser<Budget> =>
  (value) => ({ customerId, amount: budgetAnswer(value) });

/** Month-to-date sums of the partner, of one customer or of one subscription. */
export const parseUsageSummary = parser(
  "usage summary",
  ms({
    ...costs,
    resourceId: idText,
    id: idText,
    budget: maybe(budget),
    billingStartDate: instant,
    billingEndDate: instant,
    customersOverBudget: count,
    customersTrendingOver: count,
    customersWithUsageBasedSubscription: count,
    customersWithUsageBasedSubscriptions: count,
  }),
);

/** Usage per meter; one published answer to this call lists subscriptions instead, so either identity will do. */
export const parseMeterUsage = items(
  "meter usage records",
  parser(
    "meter usage record",
    ms({
      ...costs,
      meterId: text,
      id: text,
      meterName: text,
      name: text,
      category: text,
      subcategory: text,
      quantityUsed: decimal,
      unit: text,
    }),
  ),
);

/** Unrated use of legacy Azure. */
export const parseUtilizations = items(
  "Azure utilization records",
  parser(
    "Azure utilization record",
    ms({
      usageStartTime: need(instant),
      usageEndTime: need(instant),
      quantity: need(decimal),
      unit: text,
      resource: maybe(ms({ id: text, name: text, category: text, subcategory: text, region: text })),
      instanceData: anyJson,
    }),
  ),
);
