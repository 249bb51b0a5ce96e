import type { Json } from "../../core/canonical.ts";
import type { ActivityShape } from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import type { Draft } from "./decide-draft.ts";
import { tenantIn } from "./decide-entra-audit.ts";
import { at, countryOf, embeddedRec, first, ipOf, lower, NO_REC, type Rec, text, told } from "./decide-read.ts";
import { timeOf } from "./decide-time.ts";

export const RISK_DETECTION: LogSource = { product: "azure", service: "riskdetection" };

type Parts = {
  readonly shape: ActivityShape;
  /** Graph's members, by Graph's names. */
  readonly of: Rec;
  readonly time: Json | undefined;
  readonly tenant: string | undefined;
  readonly category: string | undefined;
  readonly ip: Json | undefined;
};

/** Graph's riskDetection. Source: learn.microsoft.com/graph/api/resources/riskdetection */
export const graphRisk = (of: Rec): Draft =>
  riskOf({
    shape: "entra-risk.graph",
    of,
    time: undefined,
    tenant: lower(of["tenantId"]),
    category: undefined,
    ip: undefined,
  });

/** Categories UserRiskEvents, RiskyUsers and those of service principals. */
export function eventHubRisk(of: Rec): Draft {
  const properties = embeddedRec(of["properties"]) ?? NO_REC;
  return riskOf({
    shape: "entra-risk.event-hub",
    of: properties,
    time: of["time"],
    tenant: lower(of["tenantId"]) ?? tenantIn(of["resourceId"]),
    category: text(of["category"]),
    ip: of["callerIpAddress"],
  });
}

/** Rows of AADUserRiskEvents, AADRiskyUsers and those of service principals. */
export function logAnalyticsRisk(of: Rec): Draft {
  const graph: Record<string, Json> = {};
  for (const key in of) {
    const value = of[key];
    if (value !== undefined && value !== null && key !== "__proto__")
      graph[key.charAt(0).toLowerCase() + key.slice(1)] = value;
  }
  return riskOf({
    shape: "entra-risk.log-analytics",
    of: graph,
    time: of["TimeGenerated"],
    tenant: lower(of["AADTenantId"]),
    category: text(of["Type"]),
    ip: undefined,
  });
}

function riskOf({ shape, of, time, tenant, category, ip }: Parts): Draft {
  const kind = first(of, "riskEventType", "riskType", "riskDetail");
  const state = lower(told(of["riskState"]));
  const id = told(of["id"]);
  const user = first(of, "userId", "servicePrincipalId", "userPrincipalName") ?? (kind === undefined ? undefined : id);
  const place = embeddedRec(of["location"]);
  const principal = told(of["servicePrincipalId"]);
  return {
    source: "entra-risk",
    shape,
    logsource: RISK_DETECTION,
    // What becomes of a risk is told again under the same id; each state is a record of its own.
    id: id === undefined ? undefined : state === undefined || state === "atrisk" ? id : `${id}:${state}`,
    at:
      timeOf(of["detectedDateTime"]) ??
      timeOf(of["activityDateTime"]) ??
      timeOf(of["riskLastUpdatedDateTime"]) ??
      timeOf(time),
    tenant,
    operation: (kind ?? "unknown").toLowerCase(),
    category: category ?? text(of["activity"]),
    outcome: "unknown",
    reason: first(of, "riskDetail", "riskState"),
    actor:
      user === undefined
        ? undefined
        : {
            id: user.toLowerCase(),
            name: first(of, "userPrincipalName", "userDisplayName", "servicePrincipalDisplayName"),
            kind: principal === undefined ? "user" : "service-principal",
            homeTenant: lower(told(of["homeTenantId"])),
          },
    app: told(of["appId"]) === undefined ? undefined : { id: lower(of["appId"]) },
    ip: ipOf(of["ipAddress"]) ?? ipOf(ip),
    country: countryOf(place?.["countryOrRegion"]),
    userAgent: told(at(of, "userAgent")),
    correlation: text(of["correlationId"]) ?? text(of["requestId"]),
    alert: { title: kind, severity: lower(told(of["riskLevel"])) },
  };
}
