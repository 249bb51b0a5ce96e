import { precise } from "./render-azure.ts";
import type { ActivityFacts, ActivityRow, Target, Who } from "./records.ts";

type Of<Kind extends ActivityFacts["kind"]> = Extract<ActivityFacts, { kind: Kind }>;

/** Values of changed properties are JSON texts inside the JSON. */
const changeJson = ({ name, old, new: next }: NonNullable<Target["changes"]>[number]) => ({
  displayName: name,
  oldValue: old === undefined ? null : JSON.stringify(old),
  newValue: next === undefined ? null : JSON.stringify(next),
});

/** Graph's directoryAudit. */
export const auditJson = (row: ActivityRow, facts: Of<"audit">): Record<string, unknown> => ({
  id: `Directory_${row.id}`,
  category: facts.category,
  correlationId: row.correlationId,
  result: "success",
  resultReason: "",
  activityDisplayName: facts.activity,
  activityDateTime: precise(row.at),
  loggedByService: facts.service ?? "Core Directory",
  operationType: "Update",
  initiatedBy: {
    app: null,
    user: {
      id: facts.who.id,
      displayName: facts.who.name,
      userPrincipalName: facts.who.upn,
      ipAddress: facts.who.ip,
      userType: null,
      homeTenantId: facts.who.homeTenant ?? null,
      homeTenantName: null,
    },
  },
  targetResources: facts.targets.map((target) => ({
    id: target.id,
    displayName: target.name,
    type: target.type,
    userPrincipalName: target.upn ?? null,
    groupType: null,
    modifiedProperties: (target.changes ?? []).map(changeJson),
  })),
  additionalDetails: Object.entries(facts.details ?? {}).map(([key, value]) => ({ key, value })),
});

const place = ({ country, city }: Who) => ({ city, state: "", countryOrRegion: country, geoCoordinates: {} });

/** Graph's signIn. */
export const signInJson = (row: ActivityRow, facts: Of<"sign-in">): Record<string, unknown> => ({
  id: row.id,
  createdDateTime: precise(row.at),
  userDisplayName: facts.who.name,
  userPrincipalName: facts.who.upn,
  userId: facts.who.id,
  appId: facts.appId,
  appDisplayName: facts.app,
  ipAddress: facts.who.ip,
  clientAppUsed: facts.client ?? "Browser",
  userAgent: facts.agent ?? "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
  correlationId: row.correlationId,
  conditionalAccessStatus: facts.error === 0 ? "success" : "notApplied",
  isInteractive: true,
  riskDetail: "none",
  riskLevelAggregated: facts.risk ?? "none",
  riskLevelDuringSignIn: facts.risk ?? "none",
  riskState: facts.risk === undefined ? "none" : "atRisk",
  riskEventTypes_v2: [],
  resourceDisplayName: "Microsoft Graph",
  resourceId: "00000003-0000-0000-c000-000000000000",
  resourceTenantId: row.customerId,
  homeTenantId: facts.who.homeTenant ?? row.customerId,
  status: { errorCode: facts.error, failureReason: facts.reason ?? "Other.", additionalDetails: "" },
  deviceDetail: {
    deviceId: "",
    displayName: "",
    operatingSystem: "Windows10",
    browser: "Edge",
    isCompliant: false,
    isManaged: false,
    trustType: "",
  },
  location: place(facts.who),
  appliedConditionalAccessPolicies: [],
});

/** Graph's riskDetection. */
export const riskJson = (row: ActivityRow, facts: Of<"risk">): Record<string, unknown> => ({
  id: row.id.replaceAll("-", ""),
  requestId: row.correlationId,
  correlationId: row.correlationId,
  riskType: facts.type,
  riskEventType: facts.type,
  riskState: "atRisk",
  riskLevel: facts.level,
  riskDetail: "none",
  source: "IdentityProtection",
  detectionTimingType: "offline",
  activity: "signin",
  tokenIssuerType: "AzureAD",
  ipAddress: facts.who.ip,
  location: place(facts.who),
  activityDateTime: precise(row.at),
  detectedDateTime: precise(row.at),
  lastUpdatedDateTime: precise(row.shownAt),
  userId: facts.who.id,
  userDisplayName: facts.who.name,
  userPrincipalName: facts.who.upn,
  additionalInfo: "[]",
});

/** Graph's alert of the second version. */
export const alertJson = (row: ActivityRow, facts: Of<"alert">): Record<string, unknown> => ({
  "@odata.type": "#microsoft.graph.security.alert",
  id: `da${row.id.replaceAll("-", "").slice(0, 18)}_1`,
  providerAlertId: row.id,
  incidentId: String(100 + row.n),
  status: "new",
  severity: facts.severity,
  classification: null,
  determination: null,
  serviceSource: facts.source,
  detectionSource: facts.source,
  detectorId: row.correlationId,
  tenantId: row.customerId,
  title: facts.title,
  description: facts.text,
  recommendedActions: "",
  category: facts.category,
  createdDateTime: precise(row.at),
  lastUpdateDateTime: precise(row.shownAt),
  firstActivityDateTime: precise(row.at),
  lastActivityDateTime: precise(row.at),
  comments: [],
  evidence: [
    {
      "@odata.type": "#microsoft.graph.security.userEvidence",
      createdDateTime: precise(row.at),
      verdict: "suspicious",
      userAccount: {
        accountName: facts.who.upn.split("@")[0],
        userPrincipalName: facts.who.upn,
        azureAdUserId: facts.who.id,
      },
    },
  ],
});

/** The envelope in which diagnostic settings send what Graph lists. */
export function eventHubEntraJson(row: ActivityRow, facts: Of<"audit"> | Of<"sign-in"> | Of<"risk">): unknown {
  const common = {
    time: precise(row.at),
    resourceId: `/tenants/${row.customerId}/providers/Microsoft.aadiam`,
    operationVersion: "1.0",
    tenantId: row.customerId,
    durationMs: 0,
    callerIpAddress: facts.who.ip,
    correlationId: row.correlationId,
    Level: 4,
  };
  switch (facts.kind) {
    case "audit":
      return {
        ...common,
        operationName: facts.activity,
        category: "AuditLogs",
        resultSignature: "None",
        identity: facts.who.name,
        properties: auditJson(row, facts),
      };
    case "sign-in":
      return {
        ...common,
        operationName: "Sign-in activity",
        category: "SignInLogs",
        resultType: String(facts.error),
        resultSignature: "None",
        resultDescription: facts.reason ?? "",
        identity: facts.who.name,
        location: facts.who.country,
        properties: signInJson(row, facts),
      };
    case "risk":
      return {
        ...common,
        operationName: "User Risk Detection",
        category: "UserRiskEvents",
        identity: facts.who.name,
        properties: riskJson(row, facts),
      };
  }
}
