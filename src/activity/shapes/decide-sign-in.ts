import type { Json } from "../../core/canonical.ts";
import type { ActivityActor, ActivityOutcome, ActivityShape } from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import { type Draft, outcomeOf, reasonOf } from "./decide-draft.ts";
import {
  at,
  countryOf,
  embeddedRec,
  first,
  ipOf,
  isRec,
  lower,
  NO_REC,
  own,
  type Rec,
  text,
  told,
} from "./decide-read.ts";
import { tenantIn } from "./decide-entra-audit.ts";
import { timeOf } from "./decide-time.ts";

export const SIGN_IN_LOGS: LogSource = { product: "azure", service: "signinlogs" };

/**
 * Results by which a sign-in was asked for more and goes on: neither success nor failure. Source:
 * learn.microsoft.com/entra/identity-platform/reference-error-codes ("interrupt", "required").
 */
const INTERRUPTS = new Set([
  "16000",
  "50058",
  "50072",
  "50074",
  "50076",
  "50079",
  "50097",
  "50125",
  "50127",
  "50129",
  "50140",
  "50158",
  "50199",
  "51006",
  "65001",
]);

/** Success, failure, or asked for more, by Entra's result code. */
export function signInOutcome(code: string | undefined): ActivityOutcome {
  if (code === undefined) return "unknown";
  if (code === "0") return "success";
  if (INTERRUPTS.has(code)) return "started";
  return /^\d+$/.test(code) ? "failure" : (outcomeOf(code) ?? "unknown");
}

type Parts = {
  readonly shape: ActivityShape;
  /** Graph's members, by Graph's names. */
  readonly of: Rec;
  readonly time: Json | undefined;
  readonly tenant: string | undefined;
  readonly category: string | undefined;
  readonly code: string | undefined;
  readonly text: string | undefined;
  readonly ip: Json | undefined;
  readonly location: Json | undefined;
  readonly correlation: string | undefined;
};

/** Graph's signIn. Source: learn.microsoft.com/graph/api/resources/signin */
export function graphSignIn(of: Rec): Draft {
  return signInOf({
    shape: "entra-sign-in.graph",
    of,
    time: of["createdDateTime"],
    tenant: lower(of["resourceTenantId"]) ?? lower(of["tenantId"]),
    category: undefined,
    code: text(at(of, "status", "errorCode")),
    text: told(at(of, "status", "failureReason")),
    ip: undefined,
    location: undefined,
    correlation: text(of["correlationId"]),
  });
}

/** The same in the envelope of diagnostic settings; one category for each kind of sign-in. */
export function eventHubSignIn(of: Rec): Draft {
  const properties = embeddedRec(of["properties"]) ?? NO_REC;
  return signInOf({
    shape: "entra-sign-in.event-hub",
    of: { ...identityOf(of["identity"]), ...properties, id: properties["id"] ?? of["id"] ?? null },
    time: properties["createdDateTime"] ?? of["time"] ?? of["eventTime"],
    tenant: lower(of["tenantId"]) ?? lower(properties["tenantId"]) ?? tenantIn(of["resourceId"]),
    category: text(of["category"]),
    code: told(of["resultType"]) ?? text(at(properties, "status", "errorCode")),
    text: told(of["resultDescription"]) ?? told(at(properties, "status", "failureReason")),
    ip: of["callerIpAddress"],
    location: of["location"],
    correlation: text(of["correlationId"]) ?? text(properties["correlationId"]),
  });
}
const identityOf = (identity: Json | undefined): Rec => (isRec(identity) ? identity : NO_REC);

/** Row of SigninLogs or one of its sisters: Graph's names with a capital, except for a few. */
export function logAnalyticsSignIn(of: Rec): Draft {
  const graph: Record<string, Json> = {};
  for (const key in of) {
    const value = of[key];
    if (value !== undefined && value !== null && value !== "" && key !== "__proto__")
      graph[own(SPECIAL, key) ?? key.charAt(0).toLowerCase() + key.slice(1)] = value;
  }
  const type = text(of["Type"]);
  return signInOf({
    shape: "entra-sign-in.log-analytics",
    of: graph,
    time: of["CreatedDateTime"] ?? of["TimeGenerated"],
    tenant: lower(of["AADTenantId"]) ?? tenantIn(of["ResourceId"]) ?? lower(of["ResourceTenantId"]),
    category: text(of["Category"]) ?? (type === undefined ? undefined : type.replace(/^AAD/, "")),
    code: told(of["ResultType"]) ?? text(at(of, "Status", "errorCode")),
    text: told(of["ResultDescription"]) ?? told(at(of, "Status", "failureReason")),
    ip: undefined,
    location: of["Location"],
    correlation: text(of["CorrelationId"]),
  });
}
const SPECIAL: Readonly<Record<string, string>> = {
  IPAddress: "ipAddress",
  LocationDetails: "location",
  Location: "country",
  ResourceIdentity: "resourceId",
  ResourceId: "armId",
};

function signInOf(parts: Parts): Draft {
  const { of, code, location } = parts;
  const place = embeddedRec(of["location"]);
  const resource = first(of, "resourceId", "resourceDisplayName");
  const outcome = signInOutcome(code);
  return {
    source: "entra-sign-in",
    shape: parts.shape,
    logsource: SIGN_IN_LOGS,
    id: told(of["id"]),
    at: timeOf(parts.time),
    tenant: parts.tenant,
    operation: "sign-in activity",
    category: parts.category,
    outcome,
    reason: outcome === "success" ? undefined : reasonOf(code, parts.text, told(at(of, "status", "additionalDetails"))),
    actor: actorOf(parts),
    app: appOf(of),
    ip: ipOf(of["ipAddress"]) ?? ipOf(parts.ip),
    country:
      countryOf(place?.["countryOrRegion"]) ??
      countryOf(place?.["country"]) ??
      countryOf(location) ??
      countryOf(of["country"]) ??
      countryOf(at(location, "country")),
    userAgent: told(of["userAgent"]),
    resource:
      resource === undefined
        ? undefined
        : { id: resource.toLowerCase(), name: told(of["resourceDisplayName"]), type: "application" },
    correlation: parts.correlation,
  };
}
function appOf(of: Rec): Draft["app"] {
  const id = lower(told(of["appId"]));
  const name = told(of["appDisplayName"]);
  return id === undefined && name === undefined ? undefined : { id, name };
}

function actorOf({ of, category, tenant }: Parts): ActivityActor | undefined {
  const home = lower(told(of["homeTenantId"]));
  const user = first(of, "userId", "userPrincipalName");
  const isUser = user !== undefined && user !== NO_USER;
  if (isUser) {
    const name = first(of, "userPrincipalName", "userDisplayName");
    return {
      id: user.toLowerCase(),
      name,
      kind: isPartner(of) ? "partner" : "user",
      homeTenant: home ?? (isGuest(of) ? undefined : tenant),
    };
  }
  const principal = first(of, "servicePrincipalId", "managedServiceIdentityId", "appId");
  if (principal === undefined) return undefined;
  const isManaged =
    category?.toLowerCase().startsWith("managedidentity") === true ||
    told(at(of, "managedServiceIdentity", "msiType")) !== undefined;
  const name = first(of, "servicePrincipalName", "appDisplayName");
  return {
    id: principal.toLowerCase(),
    name,
    kind: isManaged ? "managed-identity" : "service-principal",
    homeTenant: home ?? lower(told(of["appOwnerTenantId"])),
  };
}
const NO_USER = "00000000-0000-0000-0000-000000000000";
const isGuest = (of: Rec): boolean =>
  lower(of["userType"]) === "guest" || lower(of["crossTenantAccessType"]) === "b2bcollaboration";
/** A delegated administrator signs in as service provider. */
const isPartner = (of: Rec): boolean =>
  lower(of["crossTenantAccessType"]) === "serviceprovider" || /\btechnician$/i.test(told(of["userDisplayName"]) ?? "");
