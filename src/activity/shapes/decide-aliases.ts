import type { Json } from "../../core/canonical.ts";
import type { ActivityEvent } from "../contract-event.ts";
import { at, embedded, isRec, list, named, own, type Rec, text, told } from "./decide-read.ts";
import { riskTypesOf } from "./decide-sources.ts";

type View = Record<string, unknown>;
const NO_RAW: Rec = {};

/** Adds the names by which upstream rules ask for what the event says. A name that the record has itself is never taken. */
export function aliasesOf(event: ActivityEvent, view: View): void {
  const raw = isRec(event.raw) ? event.raw : NO_RAW;
  switch (event.source) {
    case "m365-audit":
      return unifiedNames(event, view);
    case "azure-activity":
      return activityNames(event, view, raw);
    case "entra-audit":
      return entraAuditNames(event, view, raw);
    case "entra-sign-in":
      return signInNames(event, view, raw);
    case "entra-risk":
      return put(view, "riskEventType", event.operation);
    case "defender":
      return alertNames(event, view);
    default:
  }
}
function put(view: View, name: string, value: unknown): void {
  if (value !== undefined && view[name] === undefined) view[name] = value;
}
/** Puts a value beside what a name already has: either may match. */
function join(view: View, name: string, value: unknown): void {
  const own = view[name];
  if (value === undefined) return;
  view[name] =
    own === undefined || own === null || own === ""
      ? value
      : Array.isArray(own)
        ? [...(own as unknown[]), value]
        : [own, value];
}

function activityNames(event: ActivityEvent, view: View, raw: Rec): void {
  const { operation, resource } = event;
  if (isRec(raw["operationName"])) join(view, "operationName", operation);
  else put(view, "operationName", operation);
  put(view, "OperationNameValue", operation);
  put(view, "CategoryValue", event.category);
  const slash = operation.indexOf("/");
  if (slash > 0) put(view, "ResourceProviderValue", operation.slice(0, slash));
  put(view, "ResourceId", resource?.id);
  put(view, "resourceId", resource?.id);
  put(view, "callerIpAddress", event.ip);
  put(view, "CallerIpAddress", event.ip);
  put(view, "caller", event.actor?.name);
  put(view, "Caller", event.actor?.name);
  put(view, "resultType", text(at(raw, "status", "value")) ?? text(raw["ActivityStatusValue"]));
  put(view, "correlationId", event.correlation);
  if (view["properties"] === undefined && view["Properties"] !== undefined) view["properties"] = view["Properties"];
  if (at(raw["properties"], "message") === undefined) {
    const localized = text(at(raw, "operationName", "localizedValue"));
    put(view, "properties.message", localized === undefined ? operation : [operation, localized]);
  }
}

/** Words of Microsoft's guidance that rules look for, by the activity that the log writes. Source: SigmaHQ rules and the guidance they name. */
const ALSO_CALLED: Readonly<Record<string, readonly string[]>> = {
  "user has elevated their access to user access administrator for their azure resources": [
    "Assigns the caller to user access admin",
  ],
  "add member to group": ["Add member from group"],
  "add eligible member to role in pim completed (permanent)": ["Add eligible member (permanent)"],
  "add eligible member to role in pim completed (timebound)": ["Add eligible member (eligible)"],
  "remove eligible member from role in pim completed (permanent)": ["Remove eligible member (permanent)"],
  "remove eligible member from role in pim completed (timebound)": ["Remove eligible member (eligible)"],
  "add member to role request approved (pim activation)": ["Request Approved/Denied"],
  "add member to role request denied (pim activation)": ["Request Approved/Denied"],
  "reset password (by admin)": ["Password reset (by admin)"],
  "reset password (self-service)": ["Password reset (self-service)"],
  "reset user password": ["Password reset (by admin)"],
};
/** Categories that rules expect of an activity, beside the one that the log writes. */
const ALSO_IN: Readonly<Record<string, string>> = {
  "user has elevated their access to user access administrator for their azure resources": "Administrative",
};
/** `extendedAuditEventCategory` of the unified audit log, by the category of Entra's own log. */
const CATEGORY_OF_KIND: Readonly<Record<string, string>> = {
  application: "ApplicationManagement",
  company: "DirectoryManagement",
  device: "Device",
  group: "GroupManagement",
  policy: "Policy",
  role: "RoleManagement",
  serviceprincipal: "ApplicationManagement",
  user: "UserManagement",
};
/** Rules compare with the literal `UPN` where they mean that somebody's name is one. */
const orUpn = (name: string | undefined): unknown => (name?.includes("@") === true ? [name, "UPN"] : name);

function entraAuditNames(event: ActivityEvent, view: View, raw: Rec): void {
  const of = isRec(raw["properties"]) ? raw["properties"] : raw;
  auditNames(event, view, {
    service: event.service,
    details: embedded(of["additionalDetails"] ?? of["AdditionalDetails"]),
  });
}

/** Entra's audit log, also as the unified audit log tells it. */
function auditNames(event: ActivityEvent, view: View, about: AuditFacts): void {
  const { operation, actor, changes, outcome, reason } = event;
  const names = namesOf(event, view);
  for (const name of OPERATION_NAMES) put(view, name, names);
  join(view, "Category", about.category === undefined ? event.category : about.category);
  join(view, "Category", own(ALSO_IN, operation));
  put(view, "LoggedByService", about.service);
  put(view, "loggedByService", about.service);
  put(view, "Status", reason === undefined ? outcome : [outcome, reason]);
  put(view, "Result", outcome);
  put(view, "failure_status_reason", reason);
  put(view, "InitiatedBy", actor?.name ?? actor?.id);
  put(view, "Initiatedby", orUpn(actor?.name ?? actor?.id));
  put(view, "Initiatied.By", actor?.name ?? actor?.id);
  put(view, "Operation", `${operation}.`);
  put(view, "properties.message", messagesOf(event, names));
  put(view, "properties.result", view["properties"] === undefined ? outcome : undefined);
  detailNames(view, about.details);
  targetNames(event, view);
  for (const { name, after } of changes ?? []) if (name.includes(".")) put(view, name, after);
}
type AuditFacts = {
  readonly service: string | undefined;
  readonly category?: string | undefined;
  readonly details?: Json | undefined;
};
const OPERATION_NAMES = [
  "OperationName",
  "operationName",
  "ActivityDisplayName",
  "activityDisplayName",
  "ActivityType",
  "activityType",
];

/** The activity as normalised, as written, and as guidance calls it. */
function namesOf({ operation }: ActivityEvent, view: View): string | readonly string[] {
  const written = view["operationName"] ?? view["OperationName"];
  const also = own(ALSO_CALLED, operation);
  const isOther = typeof written === "string" && written.trim().toLowerCase() !== operation;
  return also === undefined && !isOther ? operation : [operation, ...(isOther ? [written] : []), ...(also ?? [])];
}
/** The activity's names, and each change in the spelling in which one rule looks for it. */
function messagesOf(
  { operation, changes, outcome }: ActivityEvent,
  names: string | readonly string[],
): readonly string[] {
  const messages = typeof names === "string" ? [names] : [...names];
  for (const { name, before, after } of changes ?? []) {
    messages.push(`"displayName":"${name}","oldValue":${listText(before)},"newValue":${listText(after)}`);
    if (name === "AppAddress" && operation === "update application" && outcome === "success")
      messages.push("Update Application Sucess- Property Name AppAddress");
  }
  return messages;
}
/** A value as Entra writes it: JSON text of a list of texts, in JSON text. */
const listText = (value: string | undefined): string =>
  JSON.stringify(JSON.stringify(value === undefined ? [] : [value]));

/** `additionalDetails` by key, in the spelling of Graph's members: rules ask for `additionalDetails.additionalInfo`. */
function detailNames(view: View, details: Json | undefined): void {
  const byKey: View = {};
  for (const one of list(details)) {
    const key = isRec(one) ? text(one["key"] ?? one["Name"]) : undefined;
    if (key !== undefined && key !== "__proto__" && isRec(one))
      byKey[key.charAt(0).toLowerCase() + key.slice(1)] = one["value"] ?? one["Value"];
  }
  if (Object.keys(byKey).length > 0) join(view, "additionalDetails", byKey);
}

/** Targets in both spellings of their members, and as text: rules look into `TargetResources` as if it were one. */
function targetNames({ target, resource, changes }: ActivityEvent, view: View): void {
  if (target === undefined) return;
  const words = (changes ?? []).flatMap(({ name, before, after }) => [name, before, after]);
  const texts = [target.id, target.name, resource?.id, resource?.name, ...words].filter((word) => word !== undefined);
  const graph = (changes ?? []).map(({ name, before, after }) => ({
    displayName: name,
    oldValue: before,
    newValue: after,
  }));
  const capital = (changes ?? []).map(({ name, before, after }) => ({
    DisplayName: name,
    OldValue: before,
    NewValue: after,
  }));
  const type = target.type === "serviceprincipal" ? ["serviceprincipal", "Service Principal"] : target.type;
  const entry = {
    id: target.id,
    displayName: target.name,
    type,
    modifiedProperties: [...graph, ...words.filter((word) => word !== undefined)],
    ModifiedProperties: capital,
  };
  const all = [entry, ...texts];
  joinAll(view, "TargetResources", all);
  joinAll(view, "targetResources", all);
  put(view, "properties.targetResources", texts);
  put(view, "Target", [
    ...[target.id, target.name, resource?.name].filter((one) => one !== undefined),
    ...(target.name?.includes("@") === true ? ["UPN"] : []),
  ]);
}
function joinAll(view: View, name: string, values: readonly unknown[]): void {
  const own = view[name];
  view[name] = Array.isArray(own) ? [...(own as unknown[]), ...values] : values;
}

function signInNames(event: ActivityEvent, view: View, raw: Rec): void {
  const of = isRec(raw["properties"]) ? raw["properties"] : raw;
  const code =
    told(raw["resultType"]) ??
    told(raw["ResultType"]) ??
    text(at(of, "status", "errorCode")) ??
    text(at(of, "Status", "errorCode"));
  const written =
    told(raw["resultDescription"]) ??
    told(raw["ResultDescription"]) ??
    told(at(of, "status", "failureReason")) ??
    told(at(of, "Status", "failureReason"));
  const details = told(at(of, "status", "additionalDetails")) ?? told(at(of, "Status", "additionalDetails"));
  put(view, "ResultType", code);
  put(view, "resultType", code);
  const description = [written, ...(own(RESULT_TEXTS, code ?? "") ?? [])].filter((one) => one !== undefined);
  if (description.length > 0) {
    view["ResultDescription"] = description;
    put(view, "Resultdescription", description);
  }
  join(
    view,
    "Status",
    [event.outcome === "success" ? "Success" : "Failure", written, details].filter((one) => one !== undefined),
  );
  put(view, "UserAgent", event.userAgent);
  put(view, "location", event.country);
  put(view, "callerIpAddress", event.ip);
  put(view, "IPAddress", event.ip);
  put(view, "ActivityDetails", "Sign-ins");
  put(view, "Username", orUpn(event.actor?.name));
  const camel = (name: string): Json | undefined => of[name] ?? of[name.charAt(0).toUpperCase() + name.slice(1)];
  for (const name of SIGN_IN_NAMES) {
    const value = embedded(camel(name)) ?? undefined;
    put(view, name, value);
    put(view, name.charAt(0).toUpperCase() + name.slice(1), value);
  }
  put(view, "ClientApp", camel("clientAppUsed"));
  deviceNames(view, embedded(camel("deviceDetail")));
  const networks = camel("networkLocationDetails");
  if (networks === undefined || (Array.isArray(networks) && networks.length === 0))
    join(view, "NetworkLocationDetails", "[]");
  const risks = riskTypesOf(event);
  if (risks.length > 0) put(view, "riskEventType", risks);
  if (raw["properties"] === undefined) put(view, "properties", graphNames(of));
  const protocol = text(camel("authenticationProtocol"))?.toLowerCase();
  put(
    view,
    "properties.message",
    protocol === "devicecode" ? ["Device Code"] : protocol === "ropc" ? ["ROPC"] : undefined,
  );
}
/** Texts of results as rules expect them beside the code: the code decides. Source: learn.microsoft.com/entra/identity-platform/reference-error-codes */
const RESULT_TEXTS: Readonly<Record<string, readonly string[]>> = {
  50057: ["User account is disabled. The account has been disabled by an administrator.", "Failure"],
  50074: ["Strong Auth required"],
  50097: ["Device authentication is required"],
  50155: ["DeviceAuthenticationFailed"],
  50158: ["ExternalSecurityChallenge - External security challenge was not satisfied"],
  53003: ["Blocked by Conditional Access"],
  500121: ["Authentication failed during strong authentication request"],
};
const SIGN_IN_NAMES = [
  "resourceDisplayName",
  "conditionalAccessStatus",
  "authenticationRequirement",
  "riskState",
  "riskLevelAggregated",
  "riskLevelDuringSignIn",
  "homeTenantId",
  "resourceTenantId",
  "appDisplayName",
  "appId",
  "userPrincipalName",
  "clientAppUsed",
  "authenticationProtocol",
];

/** `DeviceDetail` in the spellings of the rules; a device that is not told has an empty id, as Log Analytics writes it. */
function deviceNames(view: View, detail: Json | undefined): void {
  if (!isRec(detail)) return;
  const full = { deviceId: "", isCompliant: null, trustType: "", ...detail, trusttype: detail["trustType"] ?? "" };
  view["DeviceDetail"] = full;
  put(view, "deviceDetail", full);
}
/** A row of Log Analytics by Graph's names: rules ask for `properties.appId`. */
function graphNames(of: Rec): View {
  const found: View = {};
  for (const name of SIGN_IN_NAMES) put(found, name, of[name] ?? of[name.charAt(0).toUpperCase() + name.slice(1)]);
  return found;
}

function unifiedNames(event: ActivityEvent, view: View): void {
  const { category, alert, outcome, operation } = event;
  const parameters = view["Parameters"];
  if (parameters !== undefined) view["Parameters"] = pairTexts(parameters as Json);
  const properties = view["OperationProperties"];
  if (properties !== undefined) view["OperationProperties"] = pairTexts(properties as Json);
  put(view, "eventSource", category);
  put(view, "status", outcome === "unknown" ? undefined : outcome);
  if (category === "SecurityComplianceCenter") {
    put(view, "eventName", alert?.title === undefined ? operation : [alert.title, operation]);
    if (typeof parameters === "string") put(view, "Payload", `${operation} ${parameters}`);
  } else put(view, "eventName", operation);
  if (category !== "AzureActiveDirectory") return;
  if (operation === "userloggedin" || operation === "userloginfailed") return unifiedSignIn(event, view);
  const kind = named(view["ExtendedProperties"] as Json, "extendedAuditEventCategory")?.toLowerCase();
  auditNames(event, view, { service: "Core Directory", category: own(CATEGORY_OF_KIND, kind ?? "") });
}
/** Parameters as rules ask for them: `Parameters|contains: ForwardTo` looks into texts, not into objects. */
function pairTexts(value: Json): unknown {
  const pairs = list(value);
  if (pairs.length === 0) return value;
  const found: unknown[] = [...pairs];
  for (const one of pairs) if (isRec(one)) found.push(one["Name"], one["Value"]);
  return found;
}
function unifiedSignIn(event: ActivityEvent, view: View): void {
  const { outcome } = event;
  for (const one of list(view["ExtendedProperties"] as Json)) {
    const name = isRec(one) ? text(one["Name"]) : undefined;
    if (name !== undefined && isRec(one)) put(view, name, one["Value"]);
  }
  put(view, "userAgent", event.userAgent);
  const code = outcome === "success" ? (view["ErrorNumber"] ?? "0") : view["ErrorNumber"];
  put(view, "ResultType", code);
  put(view, "resultType", code);
  put(view, "ResultDescription", [view["LogonError"], ...(own(RESULT_TEXTS, String(code)) ?? [])]);
  put(view, "Status", outcome === "success" ? "Success" : "Failure");
  put(view, "callerIpAddress", event.ip);
  put(view, "IPAddress", event.ip);
}

/** Risk detections that alerts of Identity Protection tell under names of their own. Source: learn.microsoft.com/entra/id-protection/concept-identity-protection-risks */
const RISK_OF_ALERT: Readonly<Record<string, string>> = {
  anonymouslogin: "anonymizedIPAddress",
  unfamiliarlocation: "unfamiliarFeatures",
  impossibletravel: "unlikelyTravel",
  leakedcredentials: "leakedCredentials",
  malwareinfectedip: "malwareInfectedIPAddress",
  maliciousip: "maliciousIPAddress",
  passwordspray: "passwordSpray",
  suspiciousip: "suspiciousIPAddress",
};
function alertNames(event: ActivityEvent, view: View): void {
  const { alert, operation } = event;
  if (alert?.title !== undefined) {
    put(view, "eventSource", "SecurityComplianceCenter");
    put(view, "eventName", alert.title);
    put(view, "status", "success");
  }
  put(view, "riskEventType", own(RISK_OF_ALERT, operation.replaceAll(/[^a-z]/g, "")));
}
