import { eventHubActivity, armEvent, logAnalyticsActivity } from "./decide-azure.ts";
import { alertV2, cloudAlert, incident, legacyAlert, sentinelAlert } from "./decide-defender.ts";
import { huntingRow } from "./decide-hunting.ts";
import type { Draft } from "./decide-draft.ts";
import { eventHubAudit, graphAudit, logAnalyticsAudit } from "./decide-entra-audit.ts";
import { logAnalyticsOffice, managementRecord, messageTrace, searchRow } from "./decide-m365.ts";
import { auditRecord, fraudEvent, webhook } from "./decide-partner.ts";
import { embeddedRec, isRec, lower, NO_REC, type Rec } from "./decide-read.ts";
import { eventHubRisk, graphRisk, logAnalyticsRisk } from "./decide-risk.ts";
import { eventHubSignIn, graphSignIn, logAnalyticsSignIn } from "./decide-sign-in.ts";

export type Reader = (of: Rec) => Draft;
const isText = (of: Rec, name: string): boolean => typeof of[name] === "string";
const has = (of: Rec, name: string): boolean => of[name] !== undefined && of[name] !== null;

/** Which reader knows this record; undefined when none does. Told by the members that only that form has, never by values alone. */
export function readerOf(of: Rec): Reader | undefined {
  if (
    isText(of, "Operation") &&
    (has(of, "CreationTime") || (has(of, "Workload") && has(of, "RecordType"))) &&
    !has(of, "TimeGenerated")
  )
    return managementRecord;
  if (
    (isText(of, "AuditData") || isRec(of["AuditData"])) &&
    (has(of, "Operations") || has(of, "RecordType") || has(of, "UserIds"))
  )
    return searchRow;
  if (has(of, "MessageTraceId") && has(of, "Received")) return messageTrace;
  return diagnosticReader(of) ?? tableReader(of) ?? graphReader(of) ?? partnerReader(of);
}

const isNamedValue = (of: Rec, name: string): boolean => isRec(of[name]) && has(of[name] as Rec, "value");

/** Azure Activity by ARM REST, and everything that comes in the envelope of diagnostic settings. */
function diagnosticReader(of: Rec): Reader | undefined {
  const category = lower(isNamedValue(of, "category") ? (of["category"] as Rec)["value"] : of["category"]);
  const hasProperties = has(of, "properties");
  if (category !== undefined && hasProperties) {
    const byCategory = categoryReader(category);
    if (byCategory !== undefined) return byCategory;
  }
  if (isNamedValue(of, "operationName")) return armEvent;
  if (
    has(of, "eventTimestamp") &&
    (has(of, "operationName") || has(of, "claims") || has(of, "authorization") || has(of, "eventDataId"))
  )
    return armEvent;
  const properties = hasProperties ? (embeddedRec(of["properties"]) ?? NO_REC) : NO_REC;
  if (has(properties, "activityDisplayName") && (has(of, "operationName") || has(of, "time"))) return eventHubAudit;
  if (has(properties, "riskEventType")) return eventHubRisk;
  if (isSignIn(of, properties)) return eventHubSignIn;
  if (has(properties, "alertDisplayName") && has(properties, "severity")) return cloudAlert;
  if (isText(of, "operationName") && (has(of, "resourceId") || has(of, "time") || hasProperties))
    return eventHubActivity;
  return isRenamed(of) ? eventHubActivity : undefined;
}
const isSignIn = (of: Rec, properties: Rec): boolean =>
  lower(of["operationName"]) === "sign-in activity" ||
  (has(properties, "createdDateTime") && has(properties, "conditionalAccessStatus"));
/** A collector's remainder of an Activity record: `evt.name`, or only the record's properties. */
const isRenamed = (of: Rec): boolean =>
  (isRec(of["evt"]) && isText(of["evt"] as Rec, "name") && has(of, "resourceId")) ||
  (has(of, "eventCategory") && has(of, "entity") && has(of, "message"));

function categoryReader(category: string): Reader | undefined {
  if (category === "auditlogs") return eventHubAudit;
  if (category.endsWith("signinlogs")) return eventHubSignIn;
  if (RISK_CATEGORIES.has(category)) return eventHubRisk;
  return category.startsWith("advancedhunting-") ? huntingRow : undefined;
}
const RISK_CATEGORIES = new Set([
  "userriskevents",
  "riskyusers",
  "serviceprincipalriskevents",
  "riskyserviceprincipals",
]);

const BY_TABLE: Readonly<Record<string, Reader>> = {
  AzureActivity: logAnalyticsActivity,
  AuditLogs: logAnalyticsAudit,
  SigninLogs: logAnalyticsSignIn,
  AADNonInteractiveUserSignInLogs: logAnalyticsSignIn,
  AADServicePrincipalSignInLogs: logAnalyticsSignIn,
  AADManagedIdentitySignInLogs: logAnalyticsSignIn,
  AADUserRiskEvents: logAnalyticsRisk,
  AADRiskyUsers: logAnalyticsRisk,
  AADServicePrincipalRiskEvents: logAnalyticsRisk,
  AADRiskyServicePrincipals: logAnalyticsRisk,
  OfficeActivity: logAnalyticsOffice,
  SecurityAlert: sentinelAlert,
  SecurityIncident: incident,
};

/** Rows of Log Analytics, by the name of their table or by their columns, and rows of advanced hunting. */
function tableReader(of: Rec): Reader | undefined {
  const table = of["Type"] ?? of["$table"];
  if (typeof table === "string" && Object.hasOwn(BY_TABLE, table)) return BY_TABLE[table];
  if (has(of, "OperationNameValue") || (has(of, "CallerIpAddress") && has(of, "ActivityStatusValue")))
    return logAnalyticsActivity;
  if (has(of, "SystemAlertId") || (has(of, "AlertDisplayName") && has(of, "ProviderName"))) return sentinelAlert;
  if (has(of, "OfficeWorkload") || has(of, "OfficeId")) return logAnalyticsOffice;
  if (
    has(of, "TimeGenerated") &&
    (has(of, "InitiatedBy") || has(of, "TargetResources") || has(of, "ActivityDisplayName"))
  )
    return logAnalyticsAudit;
  if (has(of, "TimeGenerated") && has(of, "RiskEventType")) return logAnalyticsRisk;
  if (
    has(of, "ResultType") &&
    (has(of, "UserPrincipalName") || has(of, "ServicePrincipalId") || has(of, "AppDisplayName"))
  )
    return logAnalyticsSignIn;
  if ((has(of, "Timestamp") || has(of, "TimeGenerated")) && HUNTING_KEYS.some((name) => has(of, name)))
    return huntingRow;
  return undefined;
}

/** Columns that tables of advanced hunting have and other tables do not. */
const HUNTING_KEYS = ["ReportId", "AlertId", "ActionType", "InitiatingProcessFileName"];

/** Objects of Microsoft Graph. */
function graphReader(of: Rec): Reader | undefined {
  const type = lower(of["@odata.type"]) ?? "";
  if (type.endsWith("security.incident")) return incident;
  if (type.endsWith("security.alert")) return alertV2;
  if (
    has(of, "activityDisplayName") &&
    (has(of, "initiatedBy") || has(of, "targetResources") || has(of, "loggedByService"))
  )
    return graphAudit;
  if (has(of, "riskEventType") && GRAPH_RISK_KEYS.some((name) => has(of, name))) return graphRisk;
  if (
    has(of, "createdDateTime") &&
    (has(of, "appDisplayName") || has(of, "conditionalAccessStatus")) &&
    (has(of, "status") || has(of, "ipAddress"))
  )
    return graphSignIn;
  if (has(of, "vendorInformation") && has(of, "title")) return legacyAlert;
  if (
    has(of, "title") &&
    has(of, "severity") &&
    (has(of, "serviceSource") || has(of, "evidence") || has(of, "detectionSource") || has(of, "providerAlertId"))
  )
    return alertV2;
  if (has(of, "incidentWebUrl") || (has(of, "displayName") && has(of, "severity") && has(of, "determination")))
    return incident;
  return has(of, "AlertDisplayName") && has(of, "Severity") ? cloudAlert : undefined;
}

const GRAPH_RISK_KEYS = ["riskState", "riskLevel", "detectedDateTime", "activityDateTime", "lastUpdatedDateTime"];

/** Partner Center. */
function partnerReader(of: Rec): Reader | undefined {
  if (has(of, "operationType") && has(of, "operationDate")) return auditRecord;
  if (has(of, "customerTenantId") && (has(of, "eventId") || (has(of, "alertType") && has(of, "detectedDateTime"))))
    return fraudEvent;
  return (has(of, "EventName") && has(of, "ResourceChangeUtcDate")) ||
    (has(of, "eventName") && has(of, "resourceChangeUtcDate"))
    ? webhook
    : undefined;
}
