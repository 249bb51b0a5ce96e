import type { EntitlementId, SubscriptionId } from "../core/ids.ts";
import type { AzureEntitlement, ProductFamily, Subscription } from "./contract.ts";
import {
  anyJson,
  count,
  day,
  flag,
  guidText,
  idText,
  instant,
  items,
  listOf,
  maybe,
  ms,
  need,
  parser,
  text,
  word,
} from "./tolerant.ts";

const AZURE_PLAN_PRODUCT = "DZH318Z0BPS6";
const AZURE_LEGACY_OFFER = "MS-AZR-0145P";

/** Which family an offer belongs to. Source: CONTRACT 4.1. */
export function familyOf(offerId: string, productTypeId: string | undefined): ProductFamily {
  const offer = offerId.toUpperCase();
  if (offer.startsWith(AZURE_PLAN_PRODUCT)) return "azure-plan";
  if (offer === AZURE_LEGACY_OFFER) return "azure-legacy";
  if (productTypeId?.toLowerCase() === "onlineservicesnce" || /^CFQ7[^:]*:[^:]+:CFQ7/.test(offer))
    return "new-commerce";
  return /^[0-9A-F]{8}-/.test(offer) ? "legacy-seat" : "other";
}

const STATUSES = ["none", "active", "pending", "suspended", "expired", "disabled", "deleted"] as const;

// Documents say expiresAfter, answers say expiresAt.
const refundOption = ms({ type: word(["Full", "Partial"]), expiresAt: instant, expiresAfter: instant });

const subscription = ms({
  id: need(guidText),
  offerId: text,
  friendlyName: text,
  offerName: text,
  productType: maybe(ms({ id: text })),
  status: need(word(STATUSES)),
  quantity: count,
  autoRenewEnabled: flag,
  isTrial: flag,
  creationDate: instant,
  effectiveStartDate: instant,
  commitmentEndDate: day,
  cancellationAllowedUntilDate: instant,
  billingType: word(["usage", "license", "benefit", "none"]),
  billingCycle: word(["monthly", "annual", "triennial", "one_time", "none"]),
  termDuration: text,
  renewalTermDuration: text,
  scheduledNextTermInstructions: anyJson,
  suspensionReasons: anyJson,
  refundOptions: listOf(refundOption),
  parentSubscriptionId: guidText,
  entitlementId: idText,
  orderId: text,
  partnerId: text,
  attributes: maybe(ms({ etag: text })),
}).transform((sent): Subscription => {
  const full = sent.refundOptions.find((option) => option.type === "Full");
  return {
    id: sent.id as SubscriptionId,
    offerId: sent.offerId ?? "",
    name: sent.friendlyName ?? sent.offerName ?? sent.offerId ?? sent.id,
    family: familyOf(sent.offerId ?? "", sent.productType?.id),
    status: sent.status,
    quantity: sent.quantity ?? 0,
    autoRenew: sent.autoRenewEnabled ?? false,
    isTrial: sent.isTrial ?? false,
    createdAt: sent.creationDate,
    startsAt: sent.effectiveStartDate,
    commitmentEndDay: sent.commitmentEndDate,
    cancellableUntil: sent.cancellationAllowedUntilDate,
    billingType: sent.billingType,
    billingCycle: sent.billingCycle,
    term: sent.termDuration,
    renewalTerm: sent.renewalTermDuration,
    scheduledNextTermInstructions: sent.scheduledNextTermInstructions,
    suspensionReasons: Array.isArray(sent.suspensionReasons) ? sent.suspensionReasons.map(String) : [],
    fullRefundUntil: full?.expiresAt ?? full?.expiresAfter,
    parentId: sent.parentSubscriptionId as SubscriptionId | undefined,
    entitlementId: sent.entitlementId,
    orderId: sent.orderId,
    partnerId: sent.partnerId,
    etag: sent.attributes?.etag,
    raw: sent.$raw,
  };
});
export const parseSubscription = parser("subscription", subscription);
export const parseSubscriptions = items("subscriptions", parseSubscription);

const entitlement = ms({
  id: need(guidText),
  friendlyName: text,
  status: need(word(["active", "inactive"])),
  subscriptionId: need(guidText),
});
export const parseEntitlement = parser(
  "Azure entitlement",
  entitlement.transform((sent): AzureEntitlement => ({
    id: sent.id as EntitlementId,
    planId: sent.subscriptionId as SubscriptionId,
    name: sent.friendlyName ?? sent.id,
    status: sent.status,
    raw: sent.$raw,
  })),
);
export const parseEntitlements = items("Azure entitlements", parseEntitlement);

export const parseProvisioningStatus = parser(
  "provisioning status",
  ms({ skuId: idText, status: need(word(["success", "pending", "failed"])), quantity: count, endDate: instant }),
);

const transition = ms({
  operationId: text,
  fromCatalogItemId: need(text),
  fromSubscriptionId: guidText,
  toCatalogItemId: need(text),
  toSubscriptionId: guidText,
  quantity: count,
  termDuration: text,
  billingCycle: text,
  transitionType: word(["transition_only", "transition_with_license_transfer"]),
  events: listOf(ms({ name: text, status: word(["Started", "Completed", "Failed"]), timestamp: instant })),
});
export const parseTransition = parser("transition", transition);
export const parseTransitions = items("transitions", parseTransition);
export const parseTransitionEligibilities = items(
  "transition eligibilities",
  parser(
    "transition eligibility",
    ms({
      catalogItemId: need(text),
      title: text,
      quantity: count,
      eligibilities: listOf(ms({ isEligible: flag, transitionType: text })),
    }),
  ),
);

export const parseOverages = items(
  "overages",
  parser("overage", ms({ azureEntitlementId: need(idText), partnerId: text, type: text, overageEnabled: flag })),
);
export const parseOrderProvisioning = items(
  "order provisioning",
  parser("order line provisioning", ms({ lineItemNumber: count, status: need(text) })),
);
