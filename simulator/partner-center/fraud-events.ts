import { isOurs, newestFirst, updateAlert } from "../alerts/alerts.ts";
import { queryOf } from "../http/paging.ts";
import { badInput, member, okJson, refused, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { guidOf } from "../kernel/ids.ts";
import type { AlertRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { hasRole } from "../tokens/tokens.ts";

const base = { surface: "partner-center", access: "user" } as const;
const PAGE_ROWS_MAX = 100;

export const fraudEventRoutes: readonly Route[] = [
  { ...base, method: "GET", path: "/v1/fraudEvents", handle: list },
  { ...base, method: "POST", path: "/v1/fraudEvents/subscription/:subscriptionId/status", handle: update },
];

const OPEN_ENDED = "9999-12-31T23:59:59.9970000";
const STATUSES = { active: "Active", investigating: "Investigating", resolved: "Resolved" } as const;
const REASONS = { fraud: "Fraud", legitimate: "Legitimate", ignore: "Ignore" } as const;

const roleMissing = (): Reply =>
  refused(403, "900308", "The role Admin agent is needed to read and answer fraud events.");
const newModel = (call: Call): boolean => call.headers["x-neweventsmodel"]?.toLowerCase() === "true";
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A bare array. With `X-NewEventsModel: true` it pages by number and carries the members from eventType on. */
function list(call: Call, sim: Sim): Reply {
  if (!hasRole(call.caller, "Admin agent")) return roleMissing();
  const status = queryOf(call, "EventStatus")?.toLowerCase();
  if (status !== undefined && status !== "" && !(status in STATUSES))
    return badInput("EventStatus is Active, Investigating or Resolved.");
  const subscription = queryOf(call, "SubscriptionId")?.toLowerCase();
  const kind = newModel(call) ? queryOf(call, "EventType")?.toLowerCase() : undefined;
  const rows = newestFirst(sim.tables.alerts.all()).filter(
    (alert) =>
      isOurs(sim, alert) &&
      (status === undefined || status === "" || alert.status === status) &&
      (subscription === undefined || subscription === "" || alert.entitlementId === subscription) &&
      (kind === undefined || alert.kind.toLowerCase() === kind),
  );
  if (!newModel(call)) return okJson(rows.map((alert) => eventJson(sim, alert, false)));
  const size = Number(queryOf(call, "PageSize") ?? PAGE_ROWS_MAX);
  const page = Number(queryOf(call, "PageNumber") ?? 1);
  if (!(size > 0 && page > 0)) return badInput("PageSize and PageNumber are above 0.");
  const rowsOfPage = Math.min(size, PAGE_ROWS_MAX);
  return okJson(rows.slice((page - 1) * rowsOfPage, page * rowsOfPage).map((alert) => eventJson(sim, alert, true)));
}

/** v1 ids join subscription and entity and share nothing with Graph's. */
const eventId = (alert: AlertRow): string => `${alert.entitlementId ?? alert.customerId}_${guidOf("v1", alert.id)}`;

const bare = (iso: string): string => iso.replace(/Z$/, "");

function eventJson(sim: Sim, alert: AlertRow, full: boolean) {
  const settings = sim.settings();
  const customer = sim.tables.customers.get(alert.customerId);
  const entitlement = sim.tables.entitlements.get(alert.entitlementId ?? "");
  const reseller = sim.tables.resellers.get(customer?.resellerId ?? "");
  const resource = alert.resources[0]?.id ?? "";
  const old = {
    eventTime: bare(alert.detectedAt),
    eventId: eventId(alert),
    partnerTenantId: settings.partnerTenantId,
    partnerFriendlyName: settings.partnerName,
    customerTenantId: alert.customerId,
    customerFriendlyName: customer?.name ?? "",
    subscriptionId: alert.entitlementId ?? "",
    subscriptionType: "modern",
    entityId: guidOf("v1", alert.id),
    entityName: resource.split("/").at(-1) ?? "",
    entityUrl: resource,
    hitCount: String(Math.max(1, alert.resources.length)),
    catalogOfferId: "ms-azr-17g",
    eventStatus: STATUSES[alert.status],
    serviceName: "",
    resourceName: resource.split("/").at(-1) ?? "",
    resourceGroupName: /resourceGroups\/([^/]+)/i.exec(resource)?.[1] ?? "",
    firstOccurrence: bare(alert.firstSeenAt),
    lastOccurrence: bare(alert.lastSeenAt),
    resolvedReason: alert.reason === null ? "None" : REASONS[alert.reason],
    resolvedOn: alert.resolvedAt === null ? OPEN_ENDED : bare(alert.resolvedAt),
    resolvedBy: alert.resolvedBy ?? "",
    firstObserved: OPEN_ENDED,
    lastObserved: OPEN_ENDED,
  };
  if (!full) return old;
  return {
    ...old,
    eventType: upperFirst(alert.kind),
    severity: upperFirst(alert.severity),
    confidenceLevel: alert.confidence,
    displayName: alert.title,
    description: alert.description,
    country: customer?.country ?? "",
    valueAddedResellerTenantId: reseller?.id ?? "",
    valueAddedResellerFriendlyName: reseller?.name ?? "",
    subscriptionName: entitlement?.name ?? "",
    affectedResources: alert.resources.map(({ id, type }) => ({ azureResourceId: id, type })),
    additionalDetails: alert.details,
    IsTest: String(alert.isTest),
    activityLogs: JSON.stringify(
      alert.log.map(({ from, to, by, at }) => ({
        statusFrom: upperFirst(from),
        statusTo: upperFirst(to),
        updatedBy: by,
        dateTime: at,
      })),
    ),
  };
}

/** Answers some or all events of one Azure subscription. An empty list of ids means all of them. */
function update(call: Call, sim: Sim): Reply {
  if (!hasRole(call.caller, "Admin agent")) return roleMissing();
  const status = textMember(call.body, "EventStatus")?.toLowerCase();
  const reason = textMember(call.body, "ResolvedReason")?.toLowerCase() ?? null;
  if (status !== "investigating" && status !== "resolved") return badInput("EventStatus is Investigating or Resolved.");
  if (status === "resolved" && reason !== "fraud" && reason !== "ignore" && reason !== "legitimate")
    return badInput("ResolvedReason is Fraud, Legitimate or Ignore.");
  const ids = member(call.body, "EventIds");
  const wanted = Array.isArray(ids) ? ids.map((id) => String(id).toLowerCase()) : [];
  const subscription = (call.params["subscriptionId"] ?? "").toLowerCase();
  const rows = sim.tables.alerts
    .where("entitlement", subscription)
    .filter((alert) => isOurs(sim, alert) && (wanted.length === 0 || wanted.includes(eventId(alert))));
  if (rows.length === 0) return refused(404, "404", "No fraud event matches.");
  const updated = rows.map((alert) =>
    updateAlert(sim, alert, { status, reason: reason as AlertRow["reason"], by: call.caller }),
  );
  return okJson(updated.map((alert) => eventJson(sim, alert, newModel(call))));
}
