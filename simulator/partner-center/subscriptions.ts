import { queryOf } from "../http/paging.ts";
import { collection, objectType, okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusSeconds } from "../kernel/clock.ts";
import type { SubscriptionRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import type { Caller } from "../http/route.ts";
import { notify, writeActivity } from "./activity.ts";
import { withCustomer, withSubscription } from "./find.ts";
import { decideChange } from "./subscription-change.ts";
import { scheduleTerm } from "./subscription-life.ts";
import { subscriptionJson } from "./subscription-json.ts";

const base = { surface: "partner-center", access: "both" } as const;

export const subscriptionRoutes: readonly Route[] = [
  { ...base, method: "GET", path: "/v1/customers/:customerId/subscriptions", counts: "subscription", handle: list },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/subscriptions/:subscriptionId",
    counts: "subscription",
    handle: (call, sim) => withSubscription(call, sim, ({ subscription }) => okJson(subscriptionJson(subscription))),
  },
  {
    ...base,
    method: "PATCH",
    path: "/v1/customers/:customerId/subscriptions/:subscriptionId",
    counts: "subscription",
    handle: change,
  },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/subscriptions/:subscriptionId/provisioningstatus",
    access: "user",
    handle: provisioning,
  },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/subscriptions/:subscriptionId/transitions",
    handle: (call, sim) =>
      withSubscription(call, sim, () =>
        okJson({ totalCount: 0, transition: [], attributes: objectType("Collection") }),
      ),
  },
  { ...base, method: "GET", path: "/v1/customers/:customerId/orders", handle: orders },
];

function list(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const order = queryOf(call, "order_id")?.toLowerCase();
    const mpn = queryOf(call, "mpn_id");
    const rows = sim.tables.subscriptions
      .where("customer", customer.id)
      .filter((row) => (order === undefined || row.orderId === order) && (mpn === undefined || row.mpnId === mpn));
    return collection(rows.map(subscriptionJson), `/customers/${customer.id}/subscriptions`);
  });
}

function change(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ customer, subscription: row }) => {
    const activeEntitlements = sim.tables.entitlements
      .where("plan", row.id)
      .filter((one) => one.status === "active").length;
    const decided = decideChange({
      row,
      body: call.body,
      ifMatch: call.headers["if-match"],
      now: sim.clock.now(),
      activeEntitlements,
      vetting: customer.vetting?.status ?? null,
    });
    if ("refusal" in decided) return decided.refusal;
    const seconds = Number(call.headers["x-sim-accept-seconds"] ?? row.slowSeconds);
    if (seconds > 0) return accept(sim, row, { changes: decided.changes, seconds, by: call.caller });
    return okJson(subscriptionJson(applyChange(sim, row, { changes: decided.changes, by: call.caller })));
  });
}

/** 202 with the subscription to poll; meanwhile it reads as before and takes no other change. */
function accept(
  sim: Sim,
  row: SubscriptionRow,
  { changes, seconds, by }: { changes: Partial<SubscriptionRow>; seconds: number; by: Caller | undefined },
): Reply {
  const at = iso(plusSeconds(sim.clock.now(), seconds));
  sim.tables.subscriptions.put({ ...row, pending: { at, next: changes } });
  sim.schedule.add({
    id: `change ${row.id}`,
    at,
    kind: "subscription-change",
    facts: { subscription: row.id, by: by ?? null },
  });
  return {
    status: 202,
    headers: { Location: `/customers/${row.customerId}/subscriptions/${row.id}`, "Retry-After": "5" },
  };
}

/** The job behind a 202. */
export function finishChange(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const row = sim.tables.subscriptions.get(String(facts["subscription"]));
  if (row?.pending === null || row === undefined) return;
  applyChange(sim, row, { changes: row.pending.next, by: (facts["by"] ?? undefined) as Caller | undefined });
}

/** Puts a change into effect: new version, add-ons follow, activity log, webhook. */
function applyChange(
  sim: Sim,
  row: SubscriptionRow,
  { changes, by }: { changes: Partial<SubscriptionRow>; by: Caller | string | undefined },
): SubscriptionRow {
  const next: SubscriptionRow = { ...row, ...changes, pending: null, version: row.version + 1 };
  sim.tables.subscriptions.put(next);
  scheduleTerm(sim, next);
  if (next.status === "suspended" && row.status !== "suspended")
    for (const addOn of sim.tables.subscriptions.where("customer", row.customerId))
      if (addOn.parentId === row.id && addOn.status === "active")
        sim.tables.subscriptions.put({
          ...addOn,
          status: "suspended",
          autoRenew: false,
          scheduledNextTerm: null,
          suspensionReasons: ["BaseSubscription"],
          statusSince: next.statusSince,
          version: addOn.version + 1,
        });
  const auditId = writeActivity(sim, {
    customerId: row.customerId,
    operation: "update_subscription",
    resourceType: "subscription",
    by,
    before: subscriptionJson(row),
    after: subscriptionJson(next),
    data: {
      SubscriptionId: row.id,
      SubscriptionName: row.friendlyName,
      SubscriptionStatus: next.status,
      Quantity: String(next.quantity),
    },
  });
  notify(sim, {
    event: "subscription-updated",
    resourceUri: `${sim.publicUrl()}/webhooks/v1/customers/${row.customerId}/subscriptions/${row.id}`,
    resourceName: "subscription",
    auditId,
  });
  return next;
}

function provisioning(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ subscription }) => {
    const ageMinutes =
      (sim.clock.now().epochMilliseconds - Temporal.Instant.from(subscription.createdAt).epochMilliseconds) / 60_000;
    return okJson({
      skuId: subscription.offerId,
      status: ageMinutes < 15 ? "pending" : "success",
      quantity: subscription.quantity,
      endDate: `${subscription.lastDay}T00:00:00Z`,
      attributes: objectType("SubscriptionProvisioningStatus"),
    });
  });
}

/** Orders, folded back from what they made. */
function orders(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const made = Object.entries(
      Object.groupBy(sim.tables.subscriptions.where("customer", customer.id), (row) => row.orderId),
    );
    const items = made.map(([id, rows]) => ({
      id,
      referenceCustomerId: customer.id,
      billingCycle: rows?.[0]?.billingCycle ?? "none",
      currencyCode: customer.currency,
      creationDate: rows?.[0]?.createdAt,
      status: "completed",
      lineItems: rows?.map((row, lineItemNumber) => ({
        lineItemNumber,
        offerId: row.offerId,
        subscriptionId: row.id,
        friendlyName: row.friendlyName,
        quantity: row.quantity,
        termDuration: row.term,
      })),
      attributes: objectType("Order"),
    }));
    return collection(items, `/customers/${customer.id}/orders`);
  });
}
