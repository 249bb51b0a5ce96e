import { objectType } from "../http/replies.ts";
import { iso, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import { guidOf } from "../kernel/ids.ts";
import type { CustomerRow, EntitlementRow, LineRow, ResourceSpec, SubscriptionRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { METERS, costByResource, resourceUri, usdOf } from "../usage/model.ts";

/** Rows of the reconciliation files (CONTRACT 6.1). Numbers are strings in the billing lines and numbers in the usage lines, as published. */

const midnight = (day: string): string => `${day}T00:00:00Z`;

export function billingLineJson(sim: Sim, line: Omit<LineRow, "id">) {
  const { tables } = sim;
  const customer = tables.customers.get(line.customerId);
  const subscription = tables.subscriptions.get(line.subscriptionId);
  const [productId, skuId, availabilityId] = (subscription?.offerId ?? "").split(":");
  const settings = sim.settings();
  const subtotal = Number(line.unitPrice) * line.quantity;
  return {
    partnerId: settings.partnerTenantId,
    customerId: line.customerId,
    customerName: customer?.name ?? "",
    customerDomainName: customer?.domain ?? "",
    customerCountry: customer?.country ?? "",
    invoiceNumber: line.invoiceId,
    mpnId: settings.partnerMpnId,
    resellerMpnId: tables.resellers.get(customer?.resellerId ?? "")?.mpnId ?? "0",
    orderId: subscription?.orderId ?? "",
    orderDate: subscription?.createdAt ?? "",
    productId,
    skuId,
    availabilityId,
    productName: subscription?.offerName ?? "",
    skuName: subscription?.offerName ?? "",
    productQualifiers: subscription?.isTrial === true ? ["Trial"] : [],
    chargeType: line.chargeType,
    unitPrice: line.unitPrice,
    effectiveUnitPrice: line.unitPrice,
    unitType: "",
    quantity: String(line.quantity),
    subtotal: subtotal.toFixed(2),
    taxTotal: "0",
    totalForCustomer: subtotal.toFixed(2),
    currency: customer?.currency ?? settings.partnerCurrency,
    publisherName: "Microsoft Corporation",
    publisherId: "",
    subscriptionDescription: subscription?.friendlyName ?? "",
    subscriptionId: line.subscriptionId,
    subscriptionStartDate: midnight((subscription?.startsAt ?? "").slice(0, 10)),
    subscriptionEndDate: midnight(subscription?.lastDay ?? ""),
    chargeStartDate: midnight(line.from),
    chargeEndDate: midnight(line.to),
    termAndBillingCycle: termText(subscription),
    alternateId: subscription?.orderId ?? "",
    referenceId: guidOf("reference", line.subscriptionId, line.from),
    priceAdjustmentDescription: "",
    discountDetails: "",
    pricingCurrency: customer?.currency ?? settings.partnerCurrency,
    pcToBCExchangeRate: "1",
    pcToBCExchangeRateDate: `${line.from.slice(0, 8)}01T00:00:00`,
    billableQuantity: String(line.quantity),
    meterDescription: "",
    billingFrequency: subscription?.billingCycle ?? "",
    reservationOrderId: "",
    invoiceLineItemType: "billing_line_items",
    billingProvider: "one_time",
    promotionId: "",
    attributes: objectType("OneTimeInvoiceLineItem"),
  };
}

function termText(subscription: SubscriptionRow | undefined): string {
  if (subscription?.isTrial === true) return "One-Month commitment for trial";
  const terms: Readonly<Record<string, string>> = {
    P1M: "One-Month commitment for monthly billing",
    P1Y: "One-Year commitment for monthly/yearly billing",
    P3Y: "Three-Year commitment for monthly/three-year billing",
  };
  return terms[subscription?.term ?? ""] ?? "";
}

export type DailyUse = {
  readonly customer: CustomerRow;
  readonly entitlement: EntitlementRow;
  readonly resource: ResourceSpec;
  readonly day: Temporal.PlainDate;
  readonly cost: number;
};

/** Azure use day by day and resource by resource, for customers of one currency. */
export function dailyUse(sim: Sim, currency: string, days: Days): readonly DailyUse[] {
  const key = `${currency} ${days.first.toString()} ${days.last.toString()}`;
  const known = lastDailyUse.get(sim);
  if (known?.key === key) return known.rows;
  const rows = computeDailyUse(sim, currency, days);
  lastDailyUse.set(sim, { key, rows });
  return rows;
}

type Days = { readonly first: Temporal.PlainDate; readonly last: Temporal.PlainDate };
/** Past days do not change, and each page of one file asks for all of them again. */
const lastDailyUse = new WeakMap<Sim, { key: string; rows: readonly DailyUse[] }>();

function computeDailyUse(sim: Sim, currency: string, days: Days): DailyUse[] {
  const rows: DailyUse[] = [];
  const customers = sim.tables.customers.all().filter((one) => one.currency === currency);
  for (const customer of customers)
    for (const entitlement of sim.tables.entitlements.where("customer", customer.id))
      for (let day = days.first; Temporal.PlainDate.compare(day, days.last) <= 0; day = day.add({ days: 1 })) {
        const period = {
          fromMs: startOfUtcDay(day).epochMilliseconds,
          toMs: startOfUtcDay(day.add({ days: 1 })).epochMilliseconds,
        };
        for (const { resource, cost } of costByResource(entitlement, period))
          rows.push({ customer, entitlement, resource, day, cost });
      }
  return rows;
}

/** The days whose use is rated: yesterday is, about a day late; today is not. */
export function ratedDays(
  sim: Sim,
  period: "current" | "previous",
): { first: Temporal.PlainDate; last: Temporal.PlainDate } {
  const yesterday = utcDay(sim.clock.now()).subtract({ days: 1 });
  const month = utcDay(sim.clock.now()).toPlainYearMonth();
  if (period === "current") return { first: month.toPlainDate({ day: 1 }), last: yesterday };
  const before = month.subtract({ months: 1 });
  return { first: before.toPlainDate({ day: 1 }), last: before.toPlainDate({ day: before.daysInMonth }) };
}

export function usageLineJson(
  sim: Sim,
  { customer, entitlement, resource, day, cost }: DailyUse,
  invoiceNumber: string,
) {
  const settings = sim.settings();
  const meter = METERS[resource.kind];
  const quantity = usdOf(cost, customer.currency) / meter.usd;
  const month = day.toPlainYearMonth();
  return {
    partnerId: settings.partnerTenantId,
    partnerName: settings.partnerName,
    customerId: customer.id,
    customerName: customer.name,
    customerDomainName: customer.domain,
    customerCountry: customer.country,
    invoiceNumber,
    productId: "DZH318Z0BPS6",
    skuId: "0001",
    availabilityId: "DZH318Z0BML6",
    skuName: "Azure plan",
    productName: "Azure plan",
    publisherName: "Microsoft",
    publisherId: "",
    subscriptionId: entitlement.planId,
    subscriptionDescription: "Azure plan",
    chargeStartDate: iso(startOfUtcDay(month.toPlainDate({ day: 1 }))),
    chargeEndDate: iso(startOfUtcDay(month.toPlainDate({ day: month.daysInMonth }))),
    usageDate: midnight(day.toString()),
    meterType: meter.unit,
    meterCategory: meter.category,
    meterId: guidOf("meter", resource.kind),
    meterSubCategory: meter.subcategory,
    meterName: meter.name,
    meterRegion: resource.location,
    unitOfMeasure: meter.unit,
    resourceLocation: resource.location.toUpperCase(),
    consumedService: meter.provider.split("/")[0],
    resourceGroup: resource.group,
    resourceUri: resourceUri(entitlement, resource),
    tags: "",
    additionalInfo: "",
    serviceInfo1: "",
    serviceInfo2: "",
    mpnId: settings.partnerMpnId,
    resellerMpnId: sim.tables.resellers.get(customer.resellerId ?? "")?.mpnId ?? "",
    chargeType: "new",
    unitPrice: quantity === 0 ? 0 : cost / quantity,
    quantity,
    unitType: meter.unit,
    billingPreTaxTotal: cost,
    billingCurrency: customer.currency,
    pricingPreTaxTotal: usdOf(cost, customer.currency),
    pricingCurrency: "USD",
    entitlementId: entitlement.id,
    entitlementDescription: entitlement.name,
    pcToBCExchangeRate: 1 / usdOf(1, customer.currency),
    pcToBCExchangeRateDate: iso(startOfUtcDay(month.toPlainDate({ day: 1 }))),
    effectiveUnitPrice: quantity === 0 ? 0 : cost / quantity,
    rateOfPartnerEarnedCredit: 0,
    hasPartnerEarnedCredit: false,
    rateOfCredit: 0,
    creditType: "Credit Not Applied",
    invoiceLineItemType: "usage_line_items",
    billingProvider: "one_time",
    attributes: objectType("DailyRatedUsageLineItem"),
  };
}
