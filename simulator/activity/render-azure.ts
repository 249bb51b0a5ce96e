import type { ActivityFacts, ActivityRow, Who } from "./records.ts";

type Azure = Extract<ActivityFacts, { kind: "azure" }>;

const claimsOf = (row: ActivityRow, who: Who): Record<string, string> => ({
  aud: "https://management.core.windows.net/",
  iss: `https://sts.windows.net/${who.homeTenant ?? row.customerId}/`,
  appid: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
  appidacr: "0",
  "http://schemas.microsoft.com/claims/authnmethodsreferences": "pwd",
  "http://schemas.microsoft.com/identity/claims/objectidentifier": who.id,
  "http://schemas.microsoft.com/identity/claims/tenantid": row.customerId,
  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name": who.upn,
  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": who.upn,
  ipaddr: who.ip,
  name: who.name,
  ver: "1.0",
});

const partOf = (resourceId: string, name: string): string | undefined =>
  new RegExp(`/${name}/([^/]+)`, "i").exec(resourceId)?.[1];
const bodies = ({ request, response }: Azure): Record<string, string> => ({
  ...(request === undefined ? {} : { requestbody: JSON.stringify(request) }),
  ...(response === undefined ? {} : { responseBody: JSON.stringify(response) }),
});
const word = (value: string) => ({ value, localizedValue: value });

/** As ARM REST lists it. Source: learn.microsoft.com/rest/api/monitor/activity-logs/list */
export function armJson(row: ActivityRow, facts: Azure): unknown {
  const { resourceId, operation, status, subStatus, who } = facts;
  const provider = partOf(resourceId, "providers") ?? "Microsoft.Resources";
  const ticks = BigInt(Temporal.Instant.from(row.at).epochMilliseconds) * 10_000n + 621_355_968_000_000_000n;
  return {
    authorization: { action: operation, scope: resourceId },
    caller: who.upn,
    channels: "Operation",
    claims: claimsOf(row, who),
    correlationId: row.correlationId,
    description: "",
    eventDataId: row.id,
    eventName: status === "Started" ? word("BeginRequest") : word("EndRequest"),
    category: word("Administrative"),
    eventTimestamp: precise(row.at),
    submissionTimestamp: precise(row.shownAt),
    id: `${resourceId}/events/${row.id}/ticks/${ticks}`,
    level: status === "Failed" ? "Error" : "Informational",
    operationId: row.correlationId,
    operationName: word(operation),
    resourceGroupName: partOf(resourceId, "resourceGroups") ?? "",
    resourceProviderName: word(provider),
    resourceType: word(typeOf(resourceId)),
    resourceId,
    httpRequest: {
      clientRequestId: row.correlationId,
      clientIpAddress: who.ip,
      method: operation.endsWith("delete") ? "DELETE" : "PUT",
    },
    status: word(status),
    subStatus: word(subStatus ?? ""),
    subscriptionId: facts.subscriptionId,
    tenantId: row.customerId,
    properties: {
      statusCode: subStatus ?? "",
      eventCategory: "Administrative",
      entity: resourceId,
      message: operation,
      ...bodies(facts),
    },
  };
}

/** As a diagnostic setting sends it to an Event Hub. Source: learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema */
export function eventHubAzureJson(row: ActivityRow, facts: Azure): unknown {
  const { resourceId, operation, status, subStatus, who } = facts;
  return {
    time: precise(row.at),
    resourceId: resourceId.toUpperCase(),
    operationName: operation.toUpperCase(),
    category: "Administrative",
    resultType: { Started: "Start", Accepted: "Accept", Succeeded: "Success", Failed: "Failure" }[status],
    resultSignature: `${status}.${subStatus ?? ""}`,
    durationMs: "0",
    callerIpAddress: who.ip,
    correlationId: row.correlationId,
    identity: {
      authorization: { scope: resourceId, action: operation, evidence: { role: "Owner", principalId: who.id } },
      claims: claimsOf(row, who),
    },
    level: status === "Failed" ? "Error" : "Information",
    location: "global",
    tenantId: row.customerId,
    properties: {
      eventDataId: row.id,
      eventCategory: "Administrative",
      entity: resourceId,
      message: operation,
      hierarchy: facts.subscriptionId,
      ...bodies(facts),
    },
  };
}

/** Microsoft writes seven digits of a second. */
export const precise = (at: string): string =>
  at.replace(/(\.\d{3})?Z$/, (_all, digits: string | undefined) => `${digits ?? ".000"}0000Z`);

function typeOf(resourceId: string): string {
  const after = /\/providers\/([^/]+)\/(.+)$/i.exec(resourceId);
  if (after === null) return "Microsoft.Resources/subscriptions/resourceGroups";
  const names = (after[2] ?? "").split("/").filter((_, i) => i % 2 === 0);
  return `${after[1]}/${names.join("/")}`;
}
