/** Builders for the examples of detectors: invented people, tenants and addresses (RFC 5737), one minute after another. */
import type { CustomerId } from "../../core/ids.ts";
import type { Json } from "../../core/canonical.ts";
import type { PortfolioFacts } from "../contract-detector.ts";
import type { ActivityActor, ActivityShape, ActivitySource, KnownEvent } from "../contract-event.ts";

/** Monday morning, far from the end of the UTC day. */
export const START = Temporal.Instant.from("2026-03-02T08:00:00Z");
export const CUSTOMER = "c0ffee00-0000-4000-8000-000000000001" as CustomerId;
export const OTHER_CUSTOMER = "c0ffee00-0000-4000-8000-000000000002" as CustomerId;
export const SUBSCRIPTION = "5ab5c000-0000-4000-8000-000000000001";
const OUR_TENANT = "0a0a0a0a-0000-4000-8000-00000000000a";
export const FOREIGN_TENANT = "bad0bad0-0000-4000-8000-000000000bad";
export const HOURS = 60;
export const DAYS = 24 * HOURS;

export const user = (name: string, more: Partial<ActivityActor> = {}): ActivityActor => ({
  id: `${name}@fabrikam.example`,
  name: `${name}@fabrikam.example`,
  kind: "user",
  ...more,
});
export const partner = (name: string): ActivityActor => ({
  id: `${name}@reseller.example`,
  name: `${name}@reseller.example`,
  kind: "partner",
  homeTenant: OUR_TENANT,
});
export const servicePrincipal = (id: string): ActivityActor => ({ id, name: id, kind: "service-principal" });

const SHAPE_OF: Readonly<Record<ActivitySource, ActivityShape>> = {
  "azure-activity": "azure-activity.event-hub",
  "entra-audit": "entra-audit.graph",
  "entra-sign-in": "entra-sign-in.graph",
  "entra-risk": "entra-risk.graph",
  "m365-audit": "m365-audit.management-api",
  defender: "defender.alert-v2",
  "partner-center": "partner-center.audit",
  unknown: "unknown",
};

export type Told = Partial<Omit<KnownEvent, "at" | "source" | "shape">> & { readonly operation: string };

/** An event `minutes` after the start, in the tenant of the customer unless told otherwise. */
export function happened(source: ActivitySource, minutes: number, told: Told): KnownEvent {
  const names = [told.resource?.id, told.target?.id, told.actor?.id, told.customer].filter(Boolean);
  return {
    id: told.id ?? [source, minutes, told.operation, ...names].join(":"),
    source,
    shape: SHAPE_OF[source],
    logsource: { product: "surety", service: source },
    at: START.add({ seconds: Math.round(minutes * 60) }),
    tenant: CUSTOMER,
    outcome: "success",
    raw: {},
    customer: CUSTOMER,
    ...told,
  };
}

export const azure = (minutes: number, told: Told): KnownEvent =>
  happened("azure-activity", minutes, { subscription: SUBSCRIPTION, actor: user("eve"), ip: "192.0.2.10", ...told });
export const entra = (minutes: number, told: Told): KnownEvent =>
  happened("entra-audit", minutes, { actor: user("eve"), ...told });
export const signIn = (minutes: number, told: Partial<Told>): KnownEvent =>
  happened("entra-sign-in", minutes, {
    operation: "sign-in activity",
    actor: user("eve"),
    id: ["sign-in", minutes, told.actor?.id, told.country, told.ip, told.outcome].join(":"),
    ...told,
  });
export const mail = (minutes: number, told: Told): KnownEvent =>
  happened("m365-audit", minutes, { actor: user("eve"), ...told });
export const partnerCenter = (minutes: number, told: Told): KnownEvent =>
  happened("partner-center", minutes, { actor: partner("anna"), ...told });
export const alert = (minutes: number, title: string, told: Partial<Told> = {}): KnownEvent =>
  happened("defender", minutes, {
    operation: "alert",
    id: `alert:${minutes}:${title}`,
    alert: { title, severity: "high" },
    ...told,
  });

type Machine = { readonly region?: string; readonly size?: string; readonly op?: string; readonly capacity?: number };
/** A virtual machine that is being made, as the record at acceptance tells it. */
export function machine(minutes: number, name: string, { region, size, op, capacity }: Machine & Partial<Told>): Told {
  const operation = op ?? "microsoft.compute/virtualmachines/write";
  const request: Json = {
    ...(region === undefined ? {} : { location: region }),
    ...(capacity === undefined ? {} : { sku: { name: size ?? "", capacity } }),
    properties: capacity === undefined && size !== undefined ? { hardwareProfile: { vmSize: size } } : {},
  };
  return {
    id: `machine:${minutes}:${name}`,
    operation,
    resource: {
      id: `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/${operation.slice(0, -"/write".length)}/${name}`,
      name,
      ...(region === undefined ? {} : { region }),
    },
    request,
    raw: { resultSignature: "Accepted.Created" },
  };
}
/** `azure(…, machine(…))` in one. */
export const made = (minutes: number, name: string, told: Machine & Partial<Told> = {}): KnownEvent => {
  const { region: _region, size: _size, op: _op, capacity: _capacity, ...more } = told;
  return azure(minutes, { ...machine(minutes, name, told), ...more });
};
/** `count` machines, one a minute, over the regions in turn. */
export const fleet = (
  from: number,
  { count, regions, ...more }: { count: number; regions: readonly string[] } & Machine & Partial<Told>,
): readonly KnownEvent[] =>
  Array.from({ length: count }, (_, index) =>
    made(from + index, `vm-${from}-${index}`, { region: regions[index % regions.length] ?? "", ...more }),
  );
export const REGIONS = ["westeurope", "eastus", "brazilsouth", "koreacentral"] as const;

/** Facts of the portfolio: a customer of three years with one subscription of the given age. */
export const portfolio = (
  more: Partial<PortfolioFacts> & { readonly subscriptionDays?: number } = {},
): PortfolioFacts => {
  const { subscriptionDays = 900, ...facts } = more;
  return {
    customer: CUSTOMER,
    customerSince: START.subtract({ hours: 24 * 1_000 }),
    subscriptionSince: new Map([[SUBSCRIPTION, START.subtract({ hours: 24 * subscriptionDays })]]),
    ourTenants: new Set([OUR_TENANT]),
    ...facts,
  };
};
