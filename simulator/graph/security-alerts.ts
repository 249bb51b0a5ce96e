import { isOurs, newestFirst, updateAlert } from "../alerts/alerts.ts";
import { queryOf } from "../http/paging.ts";
import { graphRefused, okJson, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import type { AlertRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { hasRole } from "../tokens/tokens.ts";
import { odataFilter, odataPage } from "./odata.ts";

const base = { surface: "graph", access: "both" } as const;

export const securityAlertRoutes: readonly Route[] = [
  { ...base, method: "GET", path: "/beta/security/partner/securityAlerts", handle: list },
  { ...base, method: "GET", path: "/beta/security/partner/securityAlerts/:alertId", handle: get },
  { ...base, method: "PATCH", path: "/beta/security/partner/securityAlerts/:alertId", handle: patch },
];

const forbidden = (sim: Sim): Reply =>
  graphRefused(sim, 403, { code: "Forbidden", message: "The role Admin agent is needed." });
const mayRead = (call: Call): boolean => call.caller?.kind === "app" || hasRole(call.caller, "Admin agent");

function alertJson(sim: Sim, alert: AlertRow) {
  const reseller = sim.tables.customers.get(alert.customerId)?.resellerId ?? null;
  return {
    "@odata.type": "#microsoft.graph.partner.security.partnerSecurityAlert",
    id: alert.id,
    displayName: alert.title,
    description: alert.description,
    alertType: alert.kind,
    status: alert.status,
    severity: alert.severity,
    confidenceLevel: alert.confidence,
    customerTenantId: alert.customerId,
    subscriptionId: alert.entitlementId,
    valueAddedResellerTenantId: reseller,
    catalogOfferId: "MS-AZR-0017G",
    detectedDateTime: alert.detectedAt,
    firstObservedDateTime: alert.firstSeenAt,
    lastObservedDateTime: alert.lastSeenAt,
    resolvedReason: alert.reason,
    resolvedOnDateTime: alert.resolvedAt,
    resolvedBy: alert.resolvedBy,
    isTest: alert.isTest,
    affectedResources: alert.resources.map(({ id, type }) => ({ resourceId: id, resourceType: type })),
    activityLogs: alert.log.map(({ from, to, by, at }) => ({
      statusFrom: from,
      statusTo: to,
      updatedBy: by,
      updatedDateTime: at,
    })),
    additionalDetails: alert.details,
  };
}

function list(call: Call, sim: Sim): Reply {
  if (!mayRead(call)) return forbidden(sim);
  const matches = odataFilter(queryOf(call, "$filter"));
  if (matches === undefined) return graphRefused(sim, 400, { code: "BadRequest", message: "Invalid filter clause." });
  const rows = newestFirst(sim.tables.alerts.all()).filter(
    (alert) => isOurs(sim, alert) && matches(alertJson(sim, alert)),
  );
  return odataPage(call, sim, {
    rows,
    rules: {
      context: "beta/$metadata#security/partner/securityAlerts",
      rowsMax: sim.settings().pageRowsMax,
      shape: (alert) => alertJson(sim, alert),
    },
  });
}

function found(call: Call, sim: Sim, answer: (alert: AlertRow) => Reply): Reply {
  if (!mayRead(call)) return forbidden(sim);
  const alert = sim.tables.alerts.get(call.params["alertId"] ?? "");
  if (alert === undefined || !isOurs(sim, alert))
    return graphRefused(sim, 404, { code: "ResourceNotFound", message: "The alert was not found." });
  return answer(alert);
}

function get(call: Call, sim: Sim): Reply {
  return found(call, sim, (alert) => okJson(alertJson(sim, alert)));
}

/** One alert per call; a reason is needed to resolve. */
function patch(call: Call, sim: Sim): Reply {
  return found(call, sim, (alert) => {
    const status = textMember(call.body, "status")?.toLowerCase() ?? alert.status;
    const reason = textMember(call.body, "resolvedReason")?.toLowerCase() ?? null;
    const bad = (message: string): Reply => graphRefused(sim, 400, { code: "BadRequest", message });
    if (status !== "active" && status !== "investigating" && status !== "resolved")
      return bad("status is active, investigating or resolved.");
    if (status === "resolved" && reason !== "fraud" && reason !== "legitimate" && reason !== "ignore")
      return bad("resolvedReason is legitimate, ignore or fraud.");
    return okJson(
      alertJson(sim, updateAlert(sim, alert, { status, reason: reason as AlertRow["reason"], by: call.caller })),
    );
  });
}
