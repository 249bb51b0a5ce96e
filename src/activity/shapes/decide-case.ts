import type { Json } from "../../core/canonical.ts";
import { isRec, type Rec } from "./decide-read.ts";

/** Members that the readers and Sigma rules know, in their own spelling. Some collectors store every name in lower case. */
const NAMES = [
  "operationName operationVersion callerIpAddress resultType resultSignature resultDescription correlationId tenantId resourceId durationMs",
  "activityDisplayName activityDateTime initiatedBy targetResources modifiedProperties additionalDetails displayName oldValue newValue",
  "userPrincipalName loggedByService operationType resultReason userAgent servicePrincipalId servicePrincipalName appId appDisplayName",
  "createdDateTime userDisplayName userId ipAddress errorCode failureReason clientAppUsed conditionalAccessStatus authenticationRequirement",
  "deviceDetail deviceId isCompliant isManaged trustType operatingSystem countryOrRegion geoCoordinates riskLevelAggregated riskState",
  "riskDetail riskEventTypes_v2 resourceDisplayName resourceTenantId homeTenantId crossTenantAccessType isInteractive authenticationProtocol",
  "authenticationDetails networkLocationDetails uniqueTokenIdentifier sessionId incomingTokenType servicePrincipalCredentialKeyId",
  "CreationTime Operation OrganizationId RecordType ResultStatus UserKey UserType Version Workload ObjectId UserId ClientIP AppAccessContext",
  "ExternalAccess OrganizationName OriginatingServer Parameters OperationProperties ModifiedProperties ExtendedProperties ClientIPAddress",
  "MailboxOwnerUPN ClientInfoString LogonType ActorContextId ActorIpAddress TargetContextId InterSystemsId IntraSystemId ApplicationId",
  "AlertId ErrorNumber LogonError ItemType EventSource SiteUrl SourceFileName TargetUserOrGroupName TargetUserOrGroupType",
]
  .join(" ")
  .split(" ");
const SPELLING = new Map(NAMES.map((name) => [name.toLowerCase(), name]));
/** Names that stand in both spellings: which one is meant is told by the record they stand in. */
const UNIFIED = new Map([
  ["id", "Id"],
  ["actor", "Actor"],
  ["target", "Target"],
  ["name", "Name"],
  ["value", "Value"],
  ["newvalue", "NewValue"],
  ["oldvalue", "OldValue"],
  ["useragent", "UserAgent"],
]);
const DEPTH_MAX = 8;

/** The record with its names in their own spelling, when they were all written in lower case; undefined when they were not. */
export function restoredCase(of: Rec): Rec | undefined {
  let known = 0;
  for (const key in of) if (SPELLING.has(key)) known++;
  if (known < 3) return undefined;
  const isUnified = Object.hasOwn(of, "creationtime") && Object.hasOwn(of, "operation");
  return restore(of, isUnified, 0) as Rec;
}
function restore(value: Json, isUnified: boolean, depth: number): Json {
  if (depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((one: Json) => restore(one, isUnified, depth + 1));
  if (!isRec(value)) return value;
  const found: Record<string, Json> = {};
  for (const key in value) {
    if (key === "__proto__") continue;
    const name = (isUnified ? UNIFIED.get(key) : undefined) ?? SPELLING.get(key) ?? key;
    found[name] = restore(value[key] ?? null, isUnified, depth + 1);
  }
  return found;
}
