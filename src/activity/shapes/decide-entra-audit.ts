import type { Json } from "../../core/canonical.ts";
import type {
  ActivityActor,
  ActivityChange,
  ActivityEvent,
  ActivityResource,
  ActivityShape,
} from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import { changesOf, namedInChanges } from "./decide-changes.ts";
import { contentOfParts, type Draft, outcomeOf, reasonOf } from "./decide-draft.ts";
import {
  at,
  embedded,
  embeddedRec,
  first,
  ipOf,
  isRec,
  list,
  lower,
  named,
  NO_REC,
  type Rec,
  text,
  told,
} from "./decide-read.ts";
import { timeOf } from "./decide-time.ts";

export const AUDIT_LOGS: LogSource = { product: "azure", service: "auditlogs" };

type Parts = {
  readonly shape: ActivityShape;
  readonly id: string | undefined;
  readonly time: Json | undefined;
  readonly tenant: string | undefined;
  readonly operation: string | undefined;
  readonly category: string | undefined;
  readonly result: string | undefined;
  readonly resultReason: string | undefined;
  readonly by: Rec;
  readonly identity: string | undefined;
  readonly ip: Json | undefined;
  readonly targets: readonly Json[];
  readonly details: Json | undefined;
  readonly service: string | undefined;
  readonly userAgent: string | undefined;
  readonly correlation: string | undefined;
};

/** Graph's directoryAudit. Source: learn.microsoft.com/graph/api/resources/directoryaudit */
export function graphAudit(of: Rec): Draft {
  return auditOf({
    shape: "entra-audit.graph",
    id: text(of["id"]),
    time: of["activityDateTime"] ?? of["createdDateTime"],
    tenant: lower(of["tenantId"]),
    operation: text(of["activityDisplayName"]) ?? text(of["activity"]),
    category: text(of["category"]),
    result: told(of["result"]),
    resultReason: told(of["resultReason"]),
    by: embeddedRec(of["initiatedBy"]) ?? NO_REC,
    identity: undefined,
    ip: undefined,
    targets: list(embedded(of["targetResources"])),
    details: of["additionalDetails"],
    service: told(of["loggedByService"]),
    userAgent: told(of["userAgent"]),
    correlation: text(of["correlationId"]),
  });
}

/** The same in the envelope of diagnostic settings. */
export function eventHubAudit(of: Rec): Draft {
  const properties = embeddedRec(of["properties"]) ?? NO_REC;
  return auditOf({
    shape: "entra-audit.event-hub",
    id: text(properties["id"]),
    time: properties["activityDateTime"] ?? of["time"] ?? of["eventTimestamp"],
    tenant: lower(of["tenantId"]) ?? lower(properties["tenantId"]) ?? tenantIn(of["resourceId"]),
    operation:
      text(properties["activityDisplayName"]) ?? text(of["operationName"]) ?? text(properties["operationName"]),
    category: text(properties["category"]) ?? text(of["category"]),
    result: told(properties["result"]) ?? told(of["resultType"]) ?? told(of["resultSignature"]),
    resultReason: told(properties["resultReason"]) ?? told(of["resultDescription"]),
    by: embeddedRec(properties["initiatedBy"]) ?? NO_REC,
    identity: told(of["identity"]) ?? told(properties["identity"]),
    ip: of["callerIpAddress"],
    targets: list(embedded(properties["targetResources"])),
    details: properties["additionalDetails"],
    service: told(properties["loggedByService"]),
    userAgent: told(properties["userAgent"]),
    correlation: text(of["correlationId"]) ?? text(properties["correlationId"]),
  });
}

/** Row of the table AuditLogs. */
export function logAnalyticsAudit(of: Rec): Draft {
  return auditOf({
    shape: "entra-audit.log-analytics",
    id: text(of["Id"]),
    time: of["ActivityDateTime"] ?? of["TimeGenerated"],
    tenant: lower(of["AADTenantId"]) ?? tenantIn(of["ResourceId"]),
    operation: first(of, "ActivityDisplayName", "OperationName"),
    category: text(of["Category"]),
    result: first(of, "Result", "ResultType"),
    resultReason: first(of, "ResultReason", "ResultDescription"),
    by: embeddedRec(of["InitiatedBy"]) ?? NO_REC,
    identity: told(of["Identity"]),
    ip: of["IPAddress"],
    targets: list(embedded(of["TargetResources"])),
    details: embedded(of["AdditionalDetails"]),
    service: told(of["LoggedByService"]),
    userAgent: told(of["UserAgent"]),
    correlation: text(of["CorrelationId"]),
  });
}

export function tenantIn(resourceId: Json | undefined): string | undefined {
  return /^\/tenants\/([^/]+)/.exec(lower(resourceId) ?? "")?.[1];
}

/** Lower case, single blanks, without the dot that the unified audit log puts at the end. */
export function operationText(name: string | undefined): string {
  if (name === undefined) return "unknown";
  const folded = name.toLowerCase();
  const cut = folded.endsWith(".") ? folded.slice(0, -1) : folded;
  return (cut.includes("  ") ? cut.replaceAll(/ +/g, " ") : cut).trim() || "unknown";
}

function auditOf(parts: Parts): Draft {
  const { targets, details, correlation } = parts;
  const resources = targets.filter(isRec).map(targetOf);
  const operation = operationText(parts.operation);
  const changes = changesOf(
    targets.map((target) => (isRec(target) ? embedded(target["modifiedProperties"]) : undefined)),
  );
  const user = embeddedRec(parts.by["user"]);
  return {
    source: "entra-audit",
    shape: parts.shape,
    logsource: AUDIT_LOGS,
    id: parts.id,
    content:
      correlation === undefined
        ? undefined
        : contentOfParts(correlation, operation, text(parts.time), parts.result, ...resources.map(({ id }) => id)),
    at: timeOf(parts.time),
    tenant: parts.tenant,
    operation,
    category: parts.category,
    service: parts.service,
    outcome: outcomeOf(parts.result) ?? "unknown",
    reason: reasonOf(parts.resultReason),
    actor: actorOf(parts),
    app: appOf(parts.by, details),
    ip:
      ipOf(user?.["ipAddress"]) ??
      ipOf(at(parts.by, "app", "ipAddress")) ??
      ipOf(parts.ip) ??
      ipOf(named(details, "ipaddr") ?? named(details, "IpAddress")),
    userAgent: parts.userAgent ?? named(details, "User-Agent"),
    ...aboutOf(resources, changes),
    correlation,
    changes,
  };
}

const PRINCIPALS = new Set(["user", "serviceprincipal", "device"]);
/**
 * Whom, and what about: of a person and a role, group or application, in whatever order they stand, the person is the target. A role or
 * group that only the changes name is the resource; where there is only one, it is both.
 */
function aboutOf(
  found: readonly ActivityResource[],
  changes: readonly ActivityChange[] | undefined,
): Pick<Draft, "target" | "resource"> {
  const [one, two] = found;
  if (two === undefined) return { target: one, resource: namedInChanges(changes) ?? one };
  const isTurned = !PRINCIPALS.has(one?.type ?? "") && PRINCIPALS.has(two.type ?? "");
  return isTurned ? { target: two, resource: one } : { target: one, resource: two };
}

function targetOf(of: Rec): ActivityResource {
  const name = first(of, "userPrincipalName", "displayName");
  return {
    id: (told(of["id"]) ?? name ?? "unknown").toLowerCase(),
    name,
    type: lower(of["type"] ?? of["Type"])?.replaceAll(" ", ""),
  };
}

function actorOf({ by, identity }: Parts): ActivityActor | undefined {
  const user = embeddedRec(by["user"]);
  const userId = user === undefined ? undefined : first(user, "id", "userPrincipalName", "displayName");
  if (user !== undefined && userId !== undefined) {
    const upn = told(user["userPrincipalName"]);
    const display = told(user["displayName"]);
    return {
      id: userId.toLowerCase(),
      name: upn ?? display,
      kind: userKind(user, display),
      homeTenant: lower(told(user["homeTenantId"])),
    };
  }
  const app = embeddedRec(by["app"]);
  const appId =
    app === undefined ? undefined : first(app, "servicePrincipalId", "appId", "displayName", "servicePrincipalName");
  if (app !== undefined && appId !== undefined)
    return {
      id: appId.toLowerCase(),
      name: first(app, "displayName", "servicePrincipalName"),
      kind: "service-principal",
    };
  return identity === undefined
    ? undefined
    : { id: identity.toLowerCase(), name: identity, kind: identity.includes("@") ? "user" : "unknown" };
}
/** Delegated administrators of a partner appear as "<partner> Technician". */
function userKind(user: Rec, display: string | undefined): ActivityActor["kind"] {
  const type = lower(user["userType"]);
  return type === "partner" || type === "serviceprovider" || /\btechnician$/i.test(display ?? "") ? "partner" : "user";
}

function appOf(by: Rec, details: Json | undefined): ActivityEvent["app"] {
  const app = embeddedRec(by["app"]);
  const id = app === undefined ? undefined : told(app["appId"]);
  const name = app === undefined ? named(details, "AppDisplayName") : first(app, "displayName", "servicePrincipalName");
  return id === undefined && name === undefined ? undefined : { id: id?.toLowerCase(), name };
}
