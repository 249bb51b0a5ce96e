import type { Json } from "../../core/canonical.ts";
import type { ActivityEvent } from "../contract-event.ts";
import { at, embedded, isRec, list, type Rec, text, told } from "./decide-read.ts";
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
      return auditNames(
        event,
        view,
        told((isRec(raw["properties"]) ? raw["properties"] : raw)["loggedByService"] ?? raw["LoggedByService"]),
      );
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
  "disable pim alert": ["Disable PIM Alert"],
};

/** Entra's audit log, also as the unified audit log tells it. */
function auditNames(event: ActivityEvent, view: View, service: string | undefined): void {
  const { operation, actor, target, resource, changes, outcome, reason } = event;
  const told = typeof view["operationName"] === "string" ? view["operationName"] : operation;
  put(view, "OperationName", operation);
  put(view, "operationName", told);
  put(view, "ActivityDisplayName", operation);
  put(view, "activityDisplayName", operation);
  put(view, "ActivityType", operation);
  put(view, "activityType", operation);
  put(view, "Category", event.category);
  put(view, "LoggedByService", service);
  put(view, "loggedByService", service);
  put(view, "Status", reason === undefined ? outcome : [outcome, reason]);
  put(view, "Result", outcome);
  put(view, "failure_status_reason", reason);
  const who = actor?.name ?? actor?.id;
  put(view, "Initiatedby", who);
  put(view, "Initiatied.By", who);
  put(view, "properties.message", messagesOf(event));
  put(view, "properties.result", view["properties"] === undefined ? outcome : undefined);
  if (target !== undefined) {
    put(view, "Target", [target.id, target.name, resource?.name]);
    const entries = targetEntries(event, view);
    const words = changes === undefined ? [] : changes.flatMap(({ name, before, after }) => [name, before, after]);
    const texts = [target.id, target.name, resource?.id, resource?.name, ...words].filter((word) => word !== undefined);
    join(view, "TargetResources", [...entries, ...texts]);
    join(view, "targetResources", [...entries, ...texts]);
    put(view, "properties.targetResources", texts);
  }
  for (const { name, after } of changes ?? []) if (name.includes(".")) put(view, name, after);
}
function messagesOf({ operation, changes }: ActivityEvent): readonly string[] {
  const also = ALSO_CALLED[operation];
  const messages = also === undefined ? [operation] : [operation, ...also];
  for (const { name, before, after } of changes ?? [])
    messages.push(`"displayName":"${name}","oldValue":"${listText(before)}","newValue":"${listText(after)}"`);
  return messages;
}
const listText = (value: string | undefined): string => (value === undefined ? "[]" : `["${value}"]`);

/** Targets in both spellings of their members, with `Service Principal` for `ServicePrincipal`. */
function targetEntries({ target, changes }: ActivityEvent, view: View): readonly unknown[] {
  const modified = (changes ?? []).map(({ name, before, after }) => ({
    displayName: name,
    oldValue: before,
    newValue: after,
    DisplayName: name,
    OldValue: before,
    NewValue: after,
  }));
  void view;
  const type = target?.type === "serviceprincipal" ? ["serviceprincipal", "Service Principal"] : target?.type;
  const texts = modified.flatMap((one) => [one.displayName, one.newValue]).filter((one) => one !== undefined);
  return [
    {
      id: target?.id,
      displayName: target?.name,
      type,
      modifiedProperties: [...modified, ...texts],
      ModifiedProperties: modified,
    },
  ];
}

function signInNames(event: ActivityEvent, view: View, raw: Rec): void {
  const of = isRec(raw["properties"]) ? raw["properties"] : raw;
  const code =
    told(raw["resultType"]) ??
    told(raw["ResultType"]) ??
    text(at(of, "status", "errorCode")) ??
    text(at(of, "Status", "errorCode"));
  const description =
    told(raw["resultDescription"]) ??
    told(raw["ResultDescription"]) ??
    told(at(of, "status", "failureReason")) ??
    told(at(of, "Status", "failureReason"));
  const details = told(at(of, "status", "additionalDetails")) ?? told(at(of, "Status", "additionalDetails"));
  put(view, "ResultType", code);
  put(view, "resultType", code);
  put(view, "ResultDescription", description);
  put(view, "Resultdescription", description);
  join(
    view,
    "Status",
    [event.outcome === "success" ? "Success" : "Failure", description, details].filter((one) => one !== undefined),
  );
  put(view, "UserAgent", event.userAgent);
  put(view, "location", event.country);
  put(view, "callerIpAddress", event.ip);
  put(view, "IPAddress", event.ip);
  put(view, "ActivityDetails", "Sign-ins");
  put(view, "Username", event.actor?.name);
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
  auditNames(event, view, "Core Directory");
}
/** Parameters as rules ask for them: `Parameters|contains: ForwardTo` looks into texts, not into objects. */
function pairTexts(value: Json): unknown {
  const pairs = list(value);
  if (pairs.length === 0) return value;
  return [
    ...pairs,
    ...pairs.map((one) => (isRec(one) ? `${text(one["Name"]) ?? ""}: ${text(one["Value"]) ?? ""}` : one)),
  ];
}
function unifiedSignIn(event: ActivityEvent, view: View): void {
  const { outcome } = event;
  const code = outcome === "success" ? (view["ErrorNumber"] ?? "0") : view["ErrorNumber"];
  put(view, "ResultType", code);
  put(view, "resultType", code);
  put(view, "ResultDescription", view["LogonError"]);
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
  put(view, "riskEventType", RISK_OF_ALERT[operation.replaceAll(/[^a-z]/g, "")]);
}
