import type { Json } from "../../core/canonical.ts";
import type { ActivityActor, ActivityResource, ActivityShape } from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import {
  at,
  embedded,
  embeddedRec,
  first,
  guidOf,
  ipOf,
  isRec,
  list,
  lower,
  NO_REC,
  type Rec,
  text,
  told,
} from "./decide-read.ts";
import type { Draft } from "./decide-draft.ts";
import { armIdOf } from "./decide-resource.ts";
import { timeOf } from "./decide-time.ts";

export const SECURITY_ALERTS: LogSource = { product: "azure", service: "securityalert" };
export const THREAT_MANAGEMENT: LogSource = { product: "m365", service: "threat_management" };

/** States in which an alert is still what it was when it was raised; each later state is a record of its own. */
const FRESH = new Set(["new", "newalert", "active", "unknown", "inprogress"]);
const stated = (id: string | undefined, status: string | undefined): string | undefined =>
  id === undefined ? undefined : status === undefined || FRESH.has(status) ? id : `${id}:${status}`;

type Alert = {
  readonly shape: ActivityShape;
  readonly id: string | undefined;
  readonly times: readonly (Json | undefined)[];
  readonly tenant: string | undefined;
  readonly subscription?: string | undefined;
  readonly title: string | undefined;
  readonly kind: string | undefined;
  readonly category: string | undefined;
  readonly severity: string | undefined;
  readonly status: string | undefined;
  readonly reason: string | undefined;
  readonly product: string | undefined;
  readonly correlation: string | undefined;
  readonly evidence: Evidence;
};
type Evidence = {
  readonly actor?: ActivityActor | undefined;
  readonly ip?: string | undefined;
  readonly country?: string | undefined;
  readonly resource?: ActivityResource | undefined;
};

function alertOf(alert: Alert): Draft {
  const { evidence } = alert;
  return {
    source: "defender",
    shape: alert.shape,
    logsource: SECURITY_ALERTS,
    id: stated(alert.id, alert.status),
    at: alert.times.map(timeOf).find((time) => time !== undefined),
    tenant: alert.tenant,
    subscription: alert.subscription,
    operation: (alert.kind ?? alert.title ?? "alert").toLowerCase(),
    category: alert.category,
    outcome: "unknown",
    reason: alert.reason,
    actor: evidence.actor,
    service: alert.product,
    ip: evidence.ip,
    resource: evidence.resource,
    correlation: alert.correlation,
    alert: { title: alert.title, severity: alert.severity },
  };
}

/** Graph's alert (v2). Source: learn.microsoft.com/graph/api/resources/security-alert */
export function alertV2(of: Rec): Draft {
  return alertOf({
    shape: "defender.alert-v2",
    id: told(of["id"]) ?? told(of["providerAlertId"]),
    times: [of["firstActivityDateTime"], of["createdDateTime"], of["lastUpdateDateTime"]],
    tenant: lower(of["tenantId"]),
    subscription: list(of["evidence"])
      .map((one) => armIdOf(at(one, "resourceId"))?.subscription)
      .find((id) => id !== undefined),
    title: text(of["title"]),
    kind: text(of["title"]),
    category: text(of["category"]),
    severity: lower(of["severity"]),
    status: lower(of["status"]),
    reason: told(of["description"]),
    product: first(of, "productName", "serviceSource"),
    correlation: told(of["incidentId"]),
    evidence: graphEvidence(list(of["evidence"])),
  });
}
function graphEvidence(evidence: readonly Json[]): Evidence {
  let actor: ActivityActor | undefined;
  let ip: string | undefined;
  let country: string | undefined;
  let resource: ActivityResource | undefined;
  for (const one of evidence) {
    const account = embeddedRec(at(one, "userAccount"));
    if (actor === undefined && account !== undefined) actor = userOf(account);
    ip ??= ipOf(at(one, "ipAddress"));
    country ??= text(at(one, "countryLetterCode"))?.toUpperCase();
    const arm = armIdOf(at(one, "resourceId"));
    const host = text(at(one, "deviceDnsName")) ?? text(at(one, "hostName"));
    if (resource === undefined && arm !== undefined) resource = { id: arm.id, name: arm.name, type: arm.type };
    else if (resource === undefined && host !== undefined)
      resource = { id: host.toLowerCase(), name: host, type: "device" };
  }
  return { actor, ip, country, resource };
}
function userOf(account: Rec): ActivityActor | undefined {
  const name = first(account, "userPrincipalName", "accountName", "displayName");
  const id = first(account, "azureAdUserId", "userPrincipalName", "accountName");
  return id === undefined ? undefined : { id: id.toLowerCase(), name, kind: "user" };
}

/** Graph's incident, and Sentinel's row SecurityIncident. */
export function incident(of: Rec): Draft {
  return alertOf({
    shape: "defender.incident",
    id: first(of, "id", "IncidentName", "IncidentNumber", "name"),
    times: [
      of["createdDateTime"],
      of["CreatedTime"],
      of["FirstActivityTime"],
      of["lastUpdateDateTime"],
      of["TimeGenerated"],
    ],
    tenant: lower(of["tenantId"]),
    title: first(of, "displayName", "Title", "title"),
    kind: "incident",
    category: "incident",
    severity: lower(of["severity"] ?? of["Severity"]),
    status: lower(of["status"] ?? of["Status"]),
    reason: first(of, "description", "Description", "summary"),
    product: undefined,
    correlation: undefined,
    evidence: {},
  });
}

/** Graph's first alert, of Microsoft Graph Security. Source: learn.microsoft.com/graph/api/resources/alert */
export function legacyAlert(of: Rec): Draft {
  const user = rec0(list(of["userStates"])[0]);
  const name = first(user, "userPrincipalName", "accountName");
  const id = first(user, "aadUserId", "userPrincipalName", "accountName");
  return alertOf({
    shape: "defender.legacy-alert",
    id: text(of["id"]),
    times: [of["eventDateTime"], of["createdDateTime"], of["lastModifiedDateTime"]],
    tenant: lower(of["azureTenantId"]),
    subscription: guidOf(of["azureSubscriptionId"]),
    title: text(of["title"]),
    kind: text(of["title"]),
    category: text(of["category"]),
    severity: lower(of["severity"]),
    status: lower(of["status"]),
    reason: told(of["description"]),
    product: text(at(of, "vendorInformation", "provider")),
    correlation: undefined,
    evidence: {
      actor: id === undefined ? undefined : { id: id.toLowerCase(), name, kind: "user" },
      ip: ipOf(user["logonIp"]),
    },
  });
}
const rec0 = (value: Json | undefined): Rec => (isRec(value) ? value : NO_REC);

/** Row of the table SecurityAlert, from whatever product. */
export function sentinelAlert(of: Rec): Draft {
  const extended = embeddedRec(of["ExtendedProperties"]) ?? NO_REC;
  const arm = armIdOf(of["ResourceId"]);
  return alertOf({
    shape: "defender.sentinel-alert",
    id: first(of, "SystemAlertId", "VendorOriginalId"),
    times: [of["StartTimeUtc"], of["StartTime"], of["TimeGenerated"]],
    tenant: lower(told(extended["Tenant Id"])) ?? lower(told(extended["TenantId"])),
    subscription: arm?.subscription ?? guidOf(of["WorkspaceSubscriptionId"]),
    title: first(of, "DisplayName", "AlertDisplayName", "AlertName"),
    kind: first(of, "AlertType", "AlertName"),
    category: first(of, "ProviderName", "ProductName"),
    severity: lower(first(of, "Severity", "AlertSeverity")),
    status: lower(told(of["Status"])),
    reason: told(of["Description"]),
    product: first(of, "ProductName", "ProviderName"),
    correlation: undefined,
    evidence: entityEvidence(
      list(embedded(of["Entities"])),
      arm === undefined ? undefined : { id: arm.id, name: arm.name, type: arm.type },
    ),
  });
}
function entityEvidence(entities: readonly Json[], own: ActivityResource | undefined): Evidence {
  let actor: ActivityActor | undefined;
  let ip: string | undefined;
  let country: string | undefined;
  let resource = own;
  for (const one of entities) {
    if (!isRec(one)) continue;
    const type = lower(one["Type"] ?? one["type"]);
    if (type === "account" && actor === undefined) actor = accountOf(one);
    if (type === "ip") {
      ip ??= ipOf(one["Address"] ?? one["address"]);
      country ??= text(at(one, "Location", "CountryCode"))?.toUpperCase();
    }
    const host = type === "host" ? first(one, "HostName", "hostName") : undefined;
    if (resource === undefined && host !== undefined) resource = { id: host.toLowerCase(), name: host, type: "device" };
    const arm =
      type === "azure-resource" || type === "azureresource"
        ? armIdOf(one["ResourceId"] ?? one["resourceId"])
        : undefined;
    if (resource === undefined && arm !== undefined) resource = { id: arm.id, name: arm.name, type: arm.type };
  }
  return { actor, ip, country, resource };
}
function accountOf(of: Rec): ActivityActor | undefined {
  const account = first(of, "Name", "name");
  const suffix = first(of, "UPNSuffix", "upnSuffix");
  const name =
    account === undefined || suffix === undefined || account.includes("@") ? account : `${account}@${suffix}`;
  const id = first(of, "AadUserId", "aadUserId") ?? name;
  return id === undefined
    ? undefined
    : { id: id.toLowerCase(), name, kind: "user", homeTenant: guidOf(of["AadTenantId"]) };
}

/** Alert of Defender for Cloud, by REST, continuous export or Event Grid. Source: learn.microsoft.com/rest/api/defenderforcloud/alerts */
export function cloudAlert(of: Rec): Draft {
  const properties = embeddedRec(of["properties"]) ?? of;
  const entities = list(embedded(properties["entities"] ?? properties["Entities"]));
  const identifiers = list(properties["resourceIdentifiers"] ?? properties["ResourceIdentifiers"]);
  const named = identifiers
    .map((one) => armIdOf(at(one, "azureResourceId") ?? at(one, "AzureResourceId")))
    .find((one) => one !== undefined);
  const arm = named ?? armIdOf(properties["compromisedEntity"]) ?? armIdOf(of["id"]);
  return alertOf({
    shape: "defender.cloud-alert",
    id: first(properties, "systemAlertId", "SystemAlertId") ?? text(of["name"]) ?? lower(of["id"]),
    times: [
      properties["startTimeUtc"],
      properties["StartTimeUtc"],
      properties["timeGeneratedUtc"],
      properties["TimeGenerated"],
    ],
    tenant: lower(told(properties["tenantId"])),
    subscription: arm?.subscription ?? armIdOf(of["id"])?.subscription,
    title: first(properties, "alertDisplayName", "AlertDisplayName"),
    kind: first(properties, "alertType", "AlertType"),
    category: first(properties, "intent", "Intent"),
    severity: lower(first(properties, "severity", "Severity")),
    status: lower(first(properties, "status", "Status")),
    reason: first(properties, "description", "Description"),
    product: first(properties, "productName", "ProductName"),
    correlation: first(properties, "correlationKey"),
    evidence: entityEvidence(entities, arm === undefined ? undefined : { id: arm.id, name: arm.name, type: arm.type }),
  });
}
