import { link, objectType } from "../http/replies.ts";
import { plusDays, startOfUtcDay } from "../kernel/clock.ts";
import type { SubscriptionRow } from "../kernel/rows.ts";

/** Base64 of a small JSON, as the real one is. It changes with every change of the subscription. */
export const etagOf = (row: SubscriptionRow): string =>
  Buffer.from(JSON.stringify({ id: row.id, version: row.version })).toString("base64");

const PRODUCT_TYPES = {
  seat: { id: "OnlineServicesNCE", displayName: "OnlineServicesNCE" },
  software: { id: "Software", displayName: "Software" },
  "azure-plan": { id: "Azure", displayName: "Azure" },
} as const;

/** A subscription as GET answers it (4.1). */
export function subscriptionJson(row: SubscriptionRow) {
  const legacy = row.product === "azure-legacy";
  const isAzure = row.product === "azure-plan" || legacy;
  return {
    id: row.id,
    offerId: row.offerId,
    ...(isAzure ? { entitlementId: row.id } : {}),
    offerName: row.offerName,
    friendlyName: row.friendlyName,
    ...(row.product === "azure-legacy" ? {} : { productType: PRODUCT_TYPES[row.product] }),
    quantity: row.quantity,
    unitType: isAzure ? "Usage-based" : "Licenses",
    ...(row.parentId === null ? {} : { parentSubscriptionId: row.parentId }),
    hasPurchasableAddons: false,
    creationDate: row.createdAt,
    effectiveStartDate: row.startsAt,
    commitmentEndDate: `${row.lastDay}T00:00:00Z`,
    commitmentEndDateTime: isAzure ? "9999-12-31T23:59:59.997" : `${row.lastDay}T23:59:59Z`,
    ...(row.cancelUntil === null ? {} : { cancellationAllowedUntilDate: row.cancelUntil }),
    ...(isAzure ? {} : { billingCycleEndDate: billingCycleEnd(row), billingCycleEndDateTime: billingCycleEnd(row) }),
    status: row.status,
    autoRenewEnabled: row.autoRenew,
    isTrial: row.isTrial,
    billingType: isAzure ? "usage" : "license",
    billingCycle: row.billingCycle,
    termDuration: row.term,
    renewalTermDuration: "",
    ...refunds(row),
    ...(row.scheduledNextTerm === null ? {} : { scheduledNextTermInstructions: row.scheduledNextTerm }),
    ...(row.nextCharge === null ? {} : { nextChargeInstructions: row.nextCharge }),
    ...(row.suspensionReasons.length === 0 ? {} : { suspensionReasons: row.suspensionReasons }),
    isMicrosoftProduct: true,
    publisherName: "Microsoft Corporation",
    partnerId: row.mpnId,
    attentionNeeded: false,
    actionTaken: false,
    contractType: "subscription",
    orderId: row.orderId,
    links: {
      self: link(`/customers/${row.customerId}/subscriptions/${row.id}`),
      ...(legacy ? { offer: link(`/offers/${row.offerId}?country=SE`) } : productLinks(row.offerId)),
    },
    attributes: objectType("Subscription", etagOf(row)),
  };
}

function productLinks(offerId: string) {
  const [product = "", sku = "", availability = ""] = offerId.split(":");
  const base = `/products/${product}`;
  return {
    product: link(`${base}?country=SE`),
    sku: link(`${base}/skus/${sku}?country=SE`),
    availability: link(`${base}/skus/${sku}/availabilities/${availability}?country=SE`),
  };
}

/** Full refund in the first 24 hours, prorated to the end of the window. */
function refunds(row: SubscriptionRow) {
  if (row.cancelUntil === null || row.refundable === null) return {};
  return {
    refundOptions: [
      { type: "Full", expiresAt: plusDays(Temporal.Instant.from(row.startsAt), 1).toString() },
      { type: "Partial", expiresAt: row.cancelUntil },
    ],
    refundableQuantity: {
      totalQuantity: row.refundable.quantity,
      details: [{ quantity: row.refundable.quantity, allowedUntilDateTime: row.refundable.until }],
    },
  };
}

function billingCycleEnd(row: SubscriptionRow): string {
  const end = Temporal.PlainDate.from(row.lastDay);
  return startOfUtcDay(end).toString();
}
