import { badInput, noRelation, refused } from "../http/replies.ts";
import type { Call, Reply } from "../http/route.ts";
import type { CustomerRow, EntitlementRow, SubscriptionRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type With<T> = (found: T) => Reply;

/** Finds the customer of the path, or answers why not: malformed, unknown, or no longer ours. */
export function withCustomer(call: Call, sim: Sim, answer: With<CustomerRow>): Reply {
  const id = (call.params["customerId"] ?? "").toLowerCase();
  if (!GUID.test(id)) return badInput("The customer id is not a GUID.");
  const customer = sim.tables.customers.get(id);
  if (customer === undefined || customer.relationship === "none") return noRelation();
  return answer(customer);
}

export type CustomerAndSubscription = { readonly customer: CustomerRow; readonly subscription: SubscriptionRow };

export const withSubscription = (call: Call, sim: Sim, answer: With<CustomerAndSubscription>): Reply =>
  withCustomer(call, sim, (customer) => {
    const subscription = sim.tables.subscriptions.get((call.params["subscriptionId"] ?? "").toLowerCase());
    if (subscription === undefined || subscription.customerId !== customer.id)
      return refused(404, "20003", "The subscription was not found.");
    return answer({ customer, subscription });
  });

export type WithEntitlement = CustomerAndSubscription & { readonly entitlement: EntitlementRow };

export const withEntitlement = (call: Call, sim: Sim, answer: With<WithEntitlement>): Reply => {
  if (!GUID.test(call.params["customerId"] ?? "")) return refused(400, "900118", "The customer id is not valid.");
  return withSubscription(call, sim, ({ customer, subscription }) => {
    const entitlement = sim.tables.entitlements.get((call.params["entitlementId"] ?? "").toLowerCase());
    if (entitlement === undefined || entitlement.planId !== subscription.id)
      return refused(404, "800111", "The entitlement was not found.");
    return answer({ customer, subscription, entitlement });
  });
};

export const nameOf = (sim: Sim, customerId: string | null): string =>
  sim.tables.customers.get(customerId ?? "")?.name ?? "";
