import type { Json } from "../../core/canonical.ts";
import type {
  ActivityActor,
  ActivityEvent,
  ActivityOutcome,
  ActivityResource,
  ActivityShape,
} from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import { contentOfParts, type Draft, outcomeOf, outcomeOfStatus, reasonOf } from "./decide-draft.ts";
import {
  at,
  embedded,
  embeddedRec,
  first,
  guidOf,
  ipOf,
  lower,
  NO_REC,
  type Rec,
  rec,
  text,
  told,
  valueOf,
} from "./decide-read.ts";
import { type ArmId, armIdOf, facetsOf, regionOf, typeOfOperation } from "./decide-resource.ts";
import { timeOf } from "./decide-time.ts";

export const ACTIVITY_LOGS: LogSource = { product: "azure", service: "activitylogs" };
/** Categories of the Activity Log itself; other categories are logs of single resources in the same envelope. */
const ACTIVITY_CATEGORIES = new Set([
  "administrative",
  "policy",
  "security",
  "alert",
  "autoscale",
  "recommendation",
  "servicehealth",
  "resourcehealth",
]);

/** What the three forms of the Activity Log have in common, found under each one's names. */
type Parts = {
  readonly shape: ActivityShape;
  readonly id: string | undefined;
  readonly time: Json | undefined;
  readonly operation: string | undefined;
  readonly category: string | undefined;
  readonly status: string | undefined;
  readonly subStatus: string | undefined;
  readonly description: string | undefined;
  readonly caller: string | undefined;
  readonly claims: Rec;
  readonly authorization: Rec;
  readonly ip: Json | undefined;
  readonly resourceId: Json | undefined;
  readonly resourceType: string | undefined;
  readonly subscription: Json | undefined;
  readonly tenant: Json | undefined;
  readonly location: Json | undefined;
  readonly correlation: string | undefined;
  readonly provider: string | undefined;
  readonly properties: Rec;
};

/** Activity Log as ARM REST gives it. Source: learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema */
export function armEvent(of: Rec): Draft {
  const id = text(of["id"]);
  return activityOf({
    shape: "azure-activity.arm",
    id:
      guidOf(of["eventDataId"]) ??
      lower(of["eventDataId"]) ??
      guidOf(/\/events\/([^/]+)\/ticks\//i.exec(id ?? "")?.[1]),
    time: of["eventTimestamp"] ?? of["time"] ?? of["submissionTimestamp"],
    operation: valueOf(of["operationName"]) ?? text(at(of, "authorization", "action")),
    category: valueOf(of["category"]) ?? valueOf(of["eventSource"]),
    status: valueOf(of["status"]),
    subStatus: valueOf(of["subStatus"]),
    description: text(of["description"]),
    caller: told(of["caller"]),
    claims: embeddedRec(of["claims"]) ?? NO_REC,
    authorization: embeddedRec(of["authorization"]) ?? rec(of["authentication"]) ?? NO_REC,
    ip: at(of, "httpRequest", "clientIpAddress") ?? at(of, "httpRequest", "clientRequestIp"),
    resourceId:
      of["resourceId"] ?? of["resourceUri"] ?? at(of, "authorization", "scope") ?? id?.replace(/\/events\/.*$/i, ""),
    resourceType: valueOf(of["resourceType"]),
    subscription: of["subscriptionId"],
    tenant: of["tenantId"],
    location: undefined,
    correlation: text(of["correlationId"]),
    provider: valueOf(of["resourceProviderName"]),
    properties: embeddedRec(of["properties"]) ?? NO_REC,
  });
}

/** Activity Log and logs of single resources as diagnostic settings send them to an Event Hub or a storage account. */
export function eventHubActivity(of: Rec): Draft {
  const properties = embeddedRec(of["properties"]) ?? NO_REC;
  const identity = embeddedRec(of["identity"]) ?? NO_REC;
  // Some collectors keep only a part of the record and rename it so. Seen in published samples of Datadog.
  const renamed = rec(of["evt"]) ?? NO_REC;
  return activityOf({
    shape: "azure-activity.event-hub",
    id: guidOf(properties["eventDataId"]) ?? guidOf(of["eventDataId"]),
    time: of["time"] ?? of["eventTimestamp"] ?? of["eventTime"],
    operation: valueOf(of["operationName"]) ?? text(renamed["name"]) ?? text(properties["message"] ?? of["message"]),
    category:
      valueOf(of["category"]) ?? text(renamed["category"]) ?? text(properties["eventCategory"] ?? of["eventCategory"]),
    status:
      told(of["resultType"]) ??
      text(renamed["outcome"]) ??
      told(of["statusText"]) ??
      text(properties["metricResponseType"]),
    subStatus: told(of["resultSignature"]) ?? text(of["statusCode"]) ?? told(properties["statusCode"]),
    description: told(of["resultDescription"]),
    caller: callerOf(identity, properties),
    claims: embeddedRec(identity["claims"]) ?? embeddedRec(identity["claim"]) ?? NO_REC,
    authorization: embeddedRec(identity["authorization"]) ?? NO_REC,
    ip: of["callerIpAddress"] ?? properties["clientIpAddress"],
    resourceId: of["resourceId"] ?? properties["entity"] ?? of["entity"],
    resourceType: undefined,
    subscription: properties["subscriptionId"],
    tenant: of["tenantId"] ?? properties["tenantId"],
    location: of["location"],
    correlation: text(of["correlationId"]),
    provider: undefined,
    properties: of["properties"] === undefined ? of : properties,
  });
}
const callerOf = (identity: Rec, properties: Rec): string | undefined =>
  told(properties["caller"]) ?? told(at(identity, "claims", "name")) ?? told(at(identity, "requester", "upn"));

/** Row of the table AzureActivity. Source: learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity */
export function logAnalyticsActivity(of: Rec): Draft {
  const properties = embeddedRec(of["Properties_d"]) ?? embeddedRec(of["Properties"]) ?? NO_REC;
  return activityOf({
    shape: "azure-activity.log-analytics",
    id: guidOf(of["EventDataId"]) ?? guidOf(properties["eventDataId"]),
    time: of["TimeGenerated"] ?? of["EventSubmissionTimestamp"],
    operation: first(of, "OperationNameValue", "OperationName"),
    category: first(of, "CategoryValue", "Category"),
    status: first(of, "ActivityStatusValue", "ActivityStatus"),
    subStatus: first(of, "ActivitySubstatusValue", "ActivitySubstatus"),
    description: undefined,
    caller: told(of["Caller"]),
    claims: embeddedRec(of["Claims_d"]) ?? embeddedRec(of["Claims"]) ?? NO_REC,
    authorization: embeddedRec(of["Authorization_d"]) ?? embeddedRec(of["Authorization"]) ?? NO_REC,
    ip: of["CallerIpAddress"] ?? at(of["HTTPRequest"], "clientIpAddress"),
    resourceId: first(of, "_ResourceId", "ResourceId") ?? text(properties["entity"]),
    resourceType: undefined,
    subscription: of["SubscriptionId"],
    tenant: undefined,
    location: undefined,
    correlation: text(of["CorrelationId"]),
    provider: first(of, "ResourceProviderValue", "ResourceProvider"),
    properties,
  });
}

function activityOf(parts: Parts): Draft {
  const { category, claims, properties, correlation } = parts;
  const outcome = activityOutcome(parts);
  const operation = (parts.operation ?? "unknown").toLowerCase();
  const arm = armIdOf(parts.resourceId);
  const request = bodyOf(properties, ["requestbody", "requestBody"]);
  const response = bodyOf(properties, ["responseBody", "responsebody"]);
  const tenant = tenantOf(parts, arm);
  const isActivity = category === undefined || ACTIVITY_CATEGORIES.has(category.toLowerCase());
  const facets = { ...defined(facetsOf(response)), ...defined(facetsOf(request)) };
  const resource = resourceOf(parts, { arm, operation, facets });
  return {
    source: "azure-activity",
    shape: parts.shape,
    logsource: isActivity ? ACTIVITY_LOGS : { product: "azure", service: category?.toLowerCase() },
    id: parts.id,
    content:
      parts.id === undefined && correlation !== undefined && parts.time !== undefined
        ? contentOfParts(correlation, operation, parts.status, parts.subStatus, text(parts.time), arm?.id)
        : undefined,
    at: timeOf(parts.time),
    tenant,
    subscription:
      guidOf(parts.subscription) ?? guidOf(text(parts.subscription)) ?? arm?.subscription ?? subscriptionOf(properties),
    operation,
    category,
    service: parts.provider ?? providerOf(operation, arm),
    outcome,
    reason: reasonOf(outcome === "failure" ? parts.status : undefined, parts.subStatus, parts.description),
    actor: activityActor(parts),
    app: appOf(claims, properties),
    ip: ipOf(parts.ip) ?? ipOf(properties["ipAddress"]) ?? ipOf(claims["ipaddr"]),
    userAgent: text(properties["userAgentHeader"]) ?? text(properties["userAgent"]) ?? text(properties["clientInfo"]),
    resource,
    target: principalOf(operation, request, response),
    correlation,
    alert: alertOf(category, parts),
    request: request ?? response,
  };
}
const subscriptionOf = (properties: Rec): string | undefined =>
  // A hierarchy is management groups from the root down, with the subscription last.
  guidOf(text(properties["hierarchy"])?.split("/").at(-1)) ?? armIdOf(properties["entity"])?.subscription;

function defined<T extends object>(of: T): T {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as T;
}

function bodyOf(properties: Rec, names: readonly string[]): Json | undefined {
  for (const name of names) {
    const body = embedded(properties[name]);
    if (body !== undefined && body !== null && body !== "") return body;
  }
  return undefined;
}

/**
 * The tenant of the subscription. Not the one of the caller's token: with delegated administration that is another. The root of the
 * management groups has the tenant's id.
 */
function tenantOf({ tenant, properties }: Parts, arm: ArmId | undefined): string | undefined {
  const inId = arm === undefined ? undefined : /^\/tenants\/([^/]+)/.exec(arm.id)?.[1];
  const [root, ...below] = text(properties["hierarchy"])?.split("/") ?? [];
  return lower(tenant) ?? inId ?? (below.length > 0 ? guidOf(root) : undefined);
}

const TENANT = "http://schemas.microsoft.com/identity/claims/tenantid";
/** A personal account in a tenant is written `live.com#kim@example.com`. */
const plainName = (name: string | undefined): string | undefined => name?.replace(/^(?:live|google|mail)\.com#/i, "");
const OBJECT = "http://schemas.microsoft.com/identity/claims/objectidentifier";
const PROVIDER = "http://schemas.microsoft.com/identity/claims/identityprovider";
const UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
const NAME = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";

/** Who: by the claims of the token, else by the caller's name. `idtyp` is `app` for applications, `xms_mirid` is a managed identity's own resource. */
function activityActor({ claims, caller, authorization, properties }: Parts): ActivityActor | undefined {
  const object =
    first(claims, OBJECT, "oid") ??
    told(at(authorization, "evidence", "principalId")) ??
    told(authorization["principalId"]);
  const upn = plainName(first(claims, UPN, "upn", "unique_name", NAME, MAIL));
  const app = first(claims, "appid", "azp");
  const bare = first(properties, "userId", "servicePrincipalId", "initiatedBy");
  const id = object ?? upn ?? caller ?? app ?? bare;
  if (id === undefined) return undefined;
  const principal =
    lower(at(authorization, "evidence", "principalType")) ??
    lower(authorization["type"]) ??
    lower(authorization["identityType"]);
  return {
    id: id.toLowerCase(),
    name: upn ?? (caller === undefined || caller === id ? first(claims, "name") : caller) ?? caller,
    kind: kindOf({ claims, caller, upn, principal }),
    homeTenant: homeOf(claims),
  };
}
function kindOf({
  claims,
  caller,
  upn,
  principal,
}: {
  claims: Rec;
  caller: string | undefined;
  upn: string | undefined;
  principal: string | undefined;
}): ActivityActor["kind"] {
  if (text(claims["xms_mirid"]) !== undefined) return "managed-identity";
  if (/\btechnician$/i.test(first(claims, "name") ?? "")) return "partner";
  if (lower(claims["idtyp"]) === "app" || principal === "serviceprincipal" || principal === "application")
    return "service-principal";
  if (/^microsoft[. ]/i.test(upn ?? caller ?? "")) return "system";
  if (upn !== undefined || caller?.includes("@") === true) return "user";
  const isApp =
    claims["appid"] !== undefined && text(claims["http://schemas.microsoft.com/identity/claims/scope"]) === undefined;
  if (isApp && (caller === undefined || guidOf(caller) !== undefined)) return "service-principal";
  return "unknown";
}
/** The tenant that vouches for the person, where the token says that it is another one; else the token's. */
function homeOf(claims: Rec): string | undefined {
  const provider = /^https:\/\/sts\.windows\.net\/([0-9a-f-]{36})\/?$/i.exec(text(claims[PROVIDER]) ?? "")?.[1];
  return lower(provider) ?? lower(claims[TENANT]);
}

function appOf(claims: Rec, properties: Rec): ActivityEvent["app"] {
  const id = first(claims, "appid", "azp") ?? told(properties["appId"]) ?? told(properties["clientAppId"]);
  return id === undefined ? undefined : { id: id.toLowerCase() };
}

/** An HTTP status of failure outweighs a word of success: logs of single resources write `Success` for every answer they gave. */
function activityOutcome({ status, subStatus, properties }: Parts): ActivityOutcome {
  const code = text(properties["statusCode"]);
  const byStatus =
    outcomeOfStatus(text(properties["httpStatusCode"])) ??
    outcomeOfStatus(subStatus) ??
    outcomeOfStatus(code) ??
    outcomeOf(subStatus?.split(".")[0]);
  if (byStatus === "failure") return byStatus;
  return outcomeOf(status?.split(".")[0]) ?? byStatus ?? outcomeOfStatus(status) ?? outcomeOf(code) ?? "unknown";
}
const providerOf = (operation: string, arm: ArmId | undefined): string | undefined =>
  operation.includes("/") && operation.startsWith("microsoft.") ? operation.split("/")[0] : arm?.provider;

type About = {
  readonly arm: ArmId | undefined;
  readonly operation: string;
  readonly facets: Pick<ActivityResource, "region" | "sku" | "capacity">;
};
function resourceOf(parts: Parts, { arm, operation, facets }: About): ActivityResource | undefined {
  const named = parts.resourceType?.toLowerCase();
  if (arm === undefined && named === undefined) return undefined;
  return {
    id: arm?.id ?? text(parts.resourceId)?.toLowerCase() ?? named ?? "unknown",
    name: arm?.name,
    type: arm?.provider === undefined ? (named ?? arm?.type ?? typeOfOperation(operation)) : (arm.type ?? named),
    ...facets,
    region: facets.region ?? regionOf(parts.location),
  };
}

/** Whom a role is given to or taken from. */
function principalOf(
  operation: string,
  request: Json | undefined,
  response: Json | undefined,
): ActivityResource | undefined {
  if (!operation.startsWith("microsoft.authorization/")) return undefined;
  for (const body of [request, response]) {
    const of = embeddedRec(at(body, "Properties") ?? at(body, "properties")) ?? embeddedRec(body);
    const id = of === undefined ? undefined : lower(of["PrincipalId"] ?? of["principalId"]);
    if (id !== undefined) return { id, type: lower(of?.["PrincipalType"] ?? of?.["principalType"]) };
  }
  return undefined;
}

function alertOf(category: string | undefined, { properties, description }: Parts): ActivityEvent["alert"] {
  if (category?.toLowerCase() !== "security") return undefined;
  const title =
    text(properties["eventName"]) ??
    text(properties["alertDisplayName"]) ??
    text(properties["ActionTaken"]) ??
    description?.split(/[.\r\n]/)[0];
  return { title, severity: lower(properties["severity"] ?? properties["Severity"]) };
}
