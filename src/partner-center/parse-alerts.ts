import type { Json } from "../core/canonical.ts";
import type { CustomerId, EntitlementId } from "../core/ids.ts";
import type { SecurityAlert, SecurityScore } from "./contract.ts";
import {
  anyJson,
  asInstant,
  asText,
  decimal,
  embeddedJson,
  flag,
  guidText,
  instant,
  items,
  listOf,
  maybe,
  memberOf,
  ms,
  need,
  type Parser,
  parser,
  text,
  word,
} from "./tolerant.ts";

/** Known kinds in Graph's spelling; the list is incomplete and grows. Source: CONTRACT 9.1 and 10.3. */
export const ALERT_KINDS = [
  "serviceHealthSecurityAdvisory",
  "usageAnomalyDetection",
  "multiRegionVirtualMachineScaleSetDeploymentAnomaly",
  "networkConnectionsToCryptoMiningPools",
  "virtualMachineDeploymentAnomaly",
  "multiRegionMachineLearningUsageAnomaly",
  "ARM_AnomalousResourceConsumption",
  "ARM_SuspiciousOperations",
  "VM_AnomalousDeployment",
  "AzureBatch_AnomalousDeployment",
  "AzureContainerInstances_AnomalousDeployment",
  "AzureMachineLearning_AnomalousDeployment",
  "CryptoMining",
] as const;

const kind = word(ALERT_KINDS);
const status = word(["active", "investigating", "resolved"]);
const severity = word(["informational", "low", "medium", "high"]);
const confidence = word(["low", "medium", "high"]);
const reason = word(["fraud", "legitimate", "ignore"], ["none"]);

/** What joins the two channels: their ids of one alert do not match. */
export const correlationKeyOf = (
  alert: Pick<SecurityAlert, "customerId" | "entitlementId" | "kind" | "detectedAt">,
): string =>
  [alert.customerId, alert.entitlementId ?? "", alert.kind, alert.detectedAt.toString({ smallestUnit: "minute" })]
    .join("|")
    .toLowerCase();

/** The activity log is a list at Graph and a list written into a string at v1. */
function logOf(sent: Json | undefined): SecurityAlert["log"] {
  if (!Array.isArray(sent)) return [];
  return (sent as readonly Json[]).flatMap((entry) => {
    const to = asText(memberOf(entry, "statusTo"))?.toLowerCase();
    if (to === undefined) return [];
    const at = asInstant(memberOf(entry, "updatedDateTime") ?? memberOf(entry, "dateTime"));
    return [
      { from: asText(memberOf(entry, "statusFrom"))?.toLowerCase(), to, by: asText(memberOf(entry, "updatedBy")), at },
    ];
  });
}

const detailsOf = (sent: Json | undefined): SecurityAlert["details"] =>
  sent !== null && typeof sent === "object" && !Array.isArray(sent) ? (sent as SecurityAlert["details"]) : {};

/** Closing facts hold only for a closed alert: Microsoft's own samples leave them on active ones. */
const closing = (resolved: boolean, facts: Pick<SecurityAlert, "resolvedReason" | "resolvedAt" | "resolvedBy">) =>
  resolved ? facts : { resolvedReason: undefined, resolvedAt: undefined, resolvedBy: undefined };

const graphAlert = parser(
  "security alert",
  ms({
    id: need(text),
    displayName: text,
    description: text,
    alertType: kind,
    status: need(status),
    severity,
    confidenceLevel: confidence,
    customerTenantId: need(guidText),
    subscriptionId: guidText,
    valueAddedResellerTenantId: guidText,
    detectedDateTime: need(instant),
    firstObservedDateTime: instant,
    lastObservedDateTime: instant,
    resolvedReason: reason,
    resolvedOnDateTime: instant,
    resolvedBy: text,
    isTest: flag,
    affectedResources: listOf(ms({ resourceId: text, resourceType: text })),
    activityLogs: embeddedJson,
    additionalDetails: anyJson,
  }),
);

export const parseGraphAlert: Parser<SecurityAlert> = (value) => {
  const sent = graphAlert(value);
  const identity = {
    customerId: sent.customerTenantId as CustomerId,
    entitlementId: sent.subscriptionId as EntitlementId | undefined,
    kind: sent.alertType ?? "unknown",
    detectedAt: sent.detectedDateTime,
  };
  return {
    ...identity,
    ...closing(sent.status === "resolved", {
      resolvedReason: sent.resolvedReason,
      resolvedAt: sent.resolvedOnDateTime,
      resolvedBy: sent.resolvedBy,
    }),
    externalId: sent.id,
    channel: "graph",
    correlationKey: correlationKeyOf(identity),
    title: sent.displayName,
    description: sent.description,
    status: sent.status,
    severity: sent.severity,
    confidence: sent.confidenceLevel,
    resellerTenantId: sent.valueAddedResellerTenantId,
    firstSeenAt: sent.firstObservedDateTime,
    lastSeenAt: sent.lastObservedDateTime,
    isTest: sent.isTest ?? false,
    resources: sent.affectedResources.flatMap(({ resourceId, resourceType }) =>
      resourceId === undefined ? [] : [{ id: resourceId, type: resourceType }],
    ),
    log: logOf(sent.activityLogs),
    details: detailsOf(sent.additionalDetails),
    raw: sent.$raw,
  };
};
export const parseGraphAlerts = items("security alerts", parseGraphAlert);

const fraudEvent = parser(
  "fraud event",
  ms({
    eventId: need(text),
    eventTime: need(instant),
    eventStatus: need(status),
    customerTenantId: need(guidText),
    customerFriendlyName: text,
    subscriptionId: guidText,
    resourceName: text,
    resourceGroupName: text,
    firstOccurrence: instant,
    lastOccurrence: instant,
    firstObserved: instant,
    lastObserved: instant,
    resolvedReason: reason,
    resolvedOn: instant,
    resolvedBy: text,
    eventType: kind,
    severity,
    confidenceLevel: confidence,
    displayName: text,
    description: text,
    valueAddedResellerTenantId: guidText,
    affectedResources: listOf(ms({ azureResourceId: text, type: text })),
    additionalDetails: anyJson,
    isTest: flag,
    activityLogs: embeddedJson,
  }),
);

/** v1 in both forms: without the new-model header everything from `eventType` on is missing. */
export const parseFraudEvent: Parser<SecurityAlert> = (value) => {
  const sent = fraudEvent(value);
  const identity = {
    customerId: sent.customerTenantId as CustomerId,
    entitlementId: sent.subscriptionId as EntitlementId | undefined,
    kind: sent.eventType ?? "unknown",
    detectedAt: sent.eventTime,
  };
  return {
    ...identity,
    ...closing(sent.eventStatus === "resolved", {
      resolvedReason: sent.resolvedReason,
      resolvedAt: sent.resolvedOn,
      resolvedBy: sent.resolvedBy,
    }),
    externalId: sent.eventId,
    channel: "fraud-events",
    correlationKey: correlationKeyOf(identity),
    title: sent.displayName ?? sent.resourceName,
    description: sent.description,
    status: sent.eventStatus,
    severity: sent.severity,
    confidence: sent.confidenceLevel,
    customerName: sent.customerFriendlyName,
    resellerTenantId: sent.valueAddedResellerTenantId,
    firstSeenAt: sent.firstObserved ?? sent.firstOccurrence,
    lastSeenAt: sent.lastObserved ?? sent.lastOccurrence,
    isTest: sent.isTest ?? false,
    resources: sent.affectedResources.flatMap(({ azureResourceId, type }) =>
      azureResourceId === undefined ? [] : [{ id: azureResourceId, type }],
    ),
    log: logOf(sent.activityLogs),
    details: detailsOf(sent.additionalDetails),
    raw: sent.$raw,
  };
};
export const parseFraudEvents = items("fraud events", parseFraudEvent);

const requirement = ms({
  requirementType: need(text),
  complianceStatus: text,
  score: decimal,
  maxScore: decimal,
  state: text,
  averageResponseTimeInHours: decimal,
  updatedDateTime: instant,
});
/** "noncomplaint" is Microsoft's own spelling. */
export const parseScoreRequirement: Parser<SecurityScore["requirements"][number]> = (value) => {
  const sent = parser("score requirement", requirement)(value);
  const compliance = sent.complianceStatus?.toLowerCase();
  const compliant = compliance === "compliant" ? true : compliance?.startsWith("noncompl") === true ? false : undefined;
  return {
    type: sent.requirementType,
    compliant,
    averageResponseHours: sent.averageResponseTimeInHours,
    raw: sent.$raw,
  };
};
export const parseScoreRequirements = items("score requirements", parseScoreRequirement);
export const parseScore = parser(
  "security score",
  ms({ currentScore: need(decimal), maxScore: need(decimal), lastRefreshDateTime: instant, updatedDateTime: instant }),
);
const mfa = ms({
  compliantAdminsCount: decimal,
  totalUsersCount: decimal,
  securityDefaultsStatus: text,
  mfaConditionalAccessPolicyStatus: text,
  legacyPerUserMfaStatus: text,
});
export const parseCustomerInsights = items(
  "customer insights",
  parser("customer insight", ms({ tenantId: need(guidText), mfa: maybe(mfa) })),
);
export const parseScoreHistory = items(
  "score history",
  parser("score of a day", ms({ createdDateTime: need(instant), score: need(decimal) })),
);
