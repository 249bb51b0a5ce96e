import { collection, link, objectType, okJson, refused, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusSeconds } from "../kernel/clock.ts";
import type { EntitlementRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import type { Caller } from "../http/route.ts";
import { hasRole } from "../tokens/tokens.ts";
import { notify, writeActivity } from "./activity.ts";
import { withEntitlement, withSubscription } from "./find.ts";

const base = { surface: "partner-center", access: "both" } as const;
const path = "/v1/customers/:customerId/subscriptions/:subscriptionId/azureEntitlements";

export const entitlementRoutes: readonly Route[] = [
  { ...base, method: "GET", path, handle: list },
  {
    ...base,
    method: "GET",
    path: `${path}/:entitlementId`,
    handle: (call, sim) => withEntitlement(call, sim, ({ entitlement }) => okJson(entitlementJson(entitlement))),
  },
  // The documents say both kinds of token, and that the caller must be Global admin and Admin agent: only a user can be (4.6).
  { ...base, method: "POST", path: `${path}/:entitlementId/cancel`, access: "user", handle: cancel },
  { ...base, method: "POST", path: `${path}/:entitlementId/reactivate`, access: "user", handle: reactivate },
];

function entitlementJson(row: EntitlementRow) {
  const uri = `/customers/${row.customerId}/subscriptions/${row.planId}/azureEntitlements/${row.id}`;
  return {
    id: row.id,
    friendlyName: row.name,
    status: row.status,
    subscriptionId: row.planId,
    links: { self: link(uri) },
    attributes: objectType("AzureEntitlement"),
  };
}

function list(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ subscription }) =>
    collection(sim.tables.entitlements.where("plan", subscription.id).map(entitlementJson)),
  );
}

const roleMissing = (): Reply =>
  refused(403, "900308", "The caller must be Global admin and Admin agent, with a GDAP role in the customer tenant.");
const mayCancel = (caller: Caller | undefined): boolean =>
  hasRole(caller, "Global admin") && hasRole(caller, "Admin agent");

/** Answers 200 with an entitlement that is still active: it takes about ten minutes to become inactive. */
function cancel(call: Call, sim: Sim): Reply {
  if (!mayCancel(call.caller)) return roleMissing();
  return withEntitlement(call, sim, ({ entitlement }) => {
    const reason = textMember(call.body, "cancellationReason");
    if (reason === undefined) return refused(400, "800002", "cancellationReason is missing.");
    if (reason.toLowerCase() !== "compromise") return refused(400, "900307", "The cancellation reason is not valid.");
    if (entitlement.status === "active" && entitlement.moving?.to !== "inactive") {
      const at = iso(plusSeconds(sim.clock.now(), sim.settings().speedCancelSeconds));
      move(sim, entitlement, { to: "inactive", at, reason });
      logMove(sim, entitlement, { by: call.caller, what: "CancelRequested" });
    }
    return okJson(entitlementJson(entitlement));
  });
}

function reactivate(call: Call, sim: Sim): Reply {
  if (!mayCancel(call.caller)) return roleMissing();
  return withEntitlement(call, sim, ({ entitlement, subscription }) => {
    if (subscription.status !== "active")
      return refused(400, "900337", "The Azure subscription cannot be reactivated: its plan is not active.");
    if (entitlement.status === "active" || entitlement.moving !== null)
      return refused(400, "900337", "The Azure subscription cannot be reactivated: it is not inactive.");
    const at = iso(plusSeconds(sim.clock.now(), Math.ceil(sim.settings().speedCancelSeconds / 2)));
    move(sim, entitlement, { to: "active", at, reason: "partner" });
    logMove(sim, entitlement, { by: call.caller, what: "ReactivateRequested" });
    return {
      status: 202,
      headers: {
        Location: `/customers/${entitlement.customerId}/subscriptions/${entitlement.planId}/azureEntitlements/${entitlement.id}`,
      },
    };
  });
}

export function move(sim: Sim, entitlement: EntitlementRow, moving: NonNullable<EntitlementRow["moving"]>): void {
  sim.tables.entitlements.put({ ...entitlement, moving });
  sim.schedule.add({
    id: `move ${entitlement.id}`,
    at: moving.at,
    kind: "entitlement-move",
    facts: { entitlement: entitlement.id },
  });
}

/** The job at the end of the wait: use stops, or starts again. */
export function finishMove(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const row = sim.tables.entitlements.get(String(facts["entitlement"]));
  if (row === undefined || row.moving === null) return;
  const now = nowIso(sim);
  const inactive = row.moving.to === "inactive";
  const stops = inactive
    ? row.status === "active"
      ? [...row.stops, { from: now, to: null }]
      : row.stops
    : row.stops.map((stop) => (stop.to === null ? { ...stop, to: now } : stop));
  const next: EntitlementRow = { ...row, status: row.moving.to, moving: null, stops };
  sim.tables.entitlements.put(next);
  const by = row.moving.reason === "owner" ? ownerOf(sim, row) : undefined;
  logMove(sim, next, { by, what: inactive ? "Cancelled" : "Reactivated" });
}

const ownerOf = (sim: Sim, row: EntitlementRow): string =>
  `owner@${sim.tables.customers.get(row.customerId)?.domain ?? "unknown"}`;

function logMove(sim: Sim, row: EntitlementRow, { by, what }: { by: Caller | string | undefined; what: string }): void {
  const auditId = writeActivity(sim, {
    customerId: row.customerId,
    operation: "update_subscription",
    resourceType: "azure_entitlement",
    by,
    after: { id: row.id, friendlyName: row.name, status: row.status },
    data: { SubscriptionId: row.planId, EntitlementId: row.id, EntitlementName: row.name, Action: what },
  });
  notify(sim, {
    event: "subscription-updated",
    resourceUri: `${sim.publicUrl()}/webhooks/v1/customers/${row.customerId}/subscriptions/${row.planId}`,
    resourceName: "subscription",
    auditId,
  });
}

/** The customer's owner brings a cancelled Azure subscription back: possible as long as the plan is active (4.6). */
export function ownerReactivates(sim: Sim, entitlement: EntitlementRow): boolean {
  const plan = sim.tables.subscriptions.get(entitlement.planId);
  if (plan?.status !== "active" || entitlement.status !== "inactive") return false;
  move(sim, entitlement, { to: "active", at: nowIso(sim), reason: "owner" });
  return true;
}
