import { armJson, eventHubAzureJson } from "./render-azure.ts";
import { alertJson, auditJson, eventHubEntraJson, riskJson, signInJson } from "./render-entra.ts";
import type { ActivityFacts, ActivityRow } from "./records.ts";

/** A record of the unified audit log. Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema */
function m365Json(row: ActivityRow, facts: Extract<ActivityFacts, { kind: "m365" }>): unknown {
  const { who, parameters } = facts;
  return {
    CreationTime: row.at.replace(/(\.\d+)?Z$/, ""),
    Id: row.id,
    Operation: facts.operation,
    OrganizationId: row.customerId,
    RecordType: facts.recordType,
    ResultStatus: facts.workload === "Exchange" ? "True" : "Succeeded",
    UserKey: who.id,
    UserType: 0,
    Version: 1,
    Workload: facts.workload,
    ClientIP: facts.workload === "Exchange" ? `${who.ip}:52378` : who.ip,
    ObjectId: facts.objectId,
    UserId: who.upn,
    ...(parameters === undefined
      ? {}
      : { Parameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })) }),
    ...facts.more,
  };
}

/** A record as the interface that lists it writes it. */
export function pulledJson(row: ActivityRow): unknown {
  const { facts } = row;
  switch (facts.kind) {
    case "azure":
      return armJson(row, facts);
    case "audit":
      return auditJson(row, facts);
    case "sign-in":
      return signInJson(row, facts);
    case "risk":
      return riskJson(row, facts);
    case "alert":
      return alertJson(row, facts);
    case "m365":
      return m365Json(row, facts);
  }
}

/** The same record as it arrives when it is sent: by diagnostic settings, where the system has them. */
export function pushedJson(row: ActivityRow): unknown {
  const { facts } = row;
  if (facts.kind === "azure") return eventHubAzureJson(row, facts);
  if (facts.kind === "audit" || facts.kind === "sign-in" || facts.kind === "risk") return eventHubEntraJson(row, facts);
  return pulledJson(row);
}
