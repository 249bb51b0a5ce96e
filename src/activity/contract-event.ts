import type { Json } from "../core/canonical.ts";
import type { CustomerId } from "../core/ids.ts";
import type { LogSource } from "./sigma/contract.ts";

/** The systems whose logs a reseller can reach. `unknown`: kept raw and counted, never dropped. */
export const SOURCES = [
  "azure-activity",
  "entra-audit",
  "entra-sign-in",
  "entra-risk",
  "m365-audit",
  "defender",
  "partner-center",
  "unknown",
] as const;
export type ActivitySource = (typeof SOURCES)[number];

/** The forms in which those systems hand over a record. Source: the eight families of shared/detection/data/README.md. */
export const SHAPES = [
  "azure-activity.arm",
  "azure-activity.event-hub",
  "azure-activity.log-analytics",
  "entra-audit.graph",
  "entra-audit.event-hub",
  "entra-audit.log-analytics",
  "entra-sign-in.graph",
  "entra-sign-in.event-hub",
  "entra-sign-in.log-analytics",
  "entra-risk.graph",
  "entra-risk.event-hub",
  "entra-risk.log-analytics",
  "m365-audit.management-api",
  "m365-audit.search-row",
  "m365-audit.log-analytics",
  "m365-audit.message-trace",
  "defender.alert-v2",
  "defender.incident",
  "defender.legacy-alert",
  "defender.hunting-row",
  "defender.sentinel-alert",
  "defender.cloud-alert",
  "partner-center.audit",
  "partner-center.fraud-event",
  "partner-center.webhook",
  "unknown",
] as const;
export type ActivityShape = (typeof SHAPES)[number];

export const OUTCOMES = ["success", "failure", "started", "unknown"] as const;
export type ActivityOutcome = (typeof OUTCOMES)[number];

/** `partner`: somebody of the reseller, or a delegated administrator. `system`: Microsoft itself. */
export const ACTOR_KINDS = ["user", "service-principal", "managed-identity", "partner", "system", "unknown"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export type ActivityActor = {
  /** Object id, else UPN or application id, in lower case. */
  readonly id: string;
  /** UPN, display name or application name, as written. */
  readonly name?: string | undefined;
  readonly kind: ActorKind;
  /** Tenant the actor belongs to, when the record names it. */
  readonly homeTenant?: string | undefined;
};

export type ActivityResource = {
  /** ARM id, object id, mailbox … in lower case. */
  readonly id: string;
  readonly name?: string | undefined;
  /** `microsoft.compute/virtualmachines`, `user`, `application`, `mailbox` …, lower case. */
  readonly type?: string | undefined;
  /** Azure region, lower case without blanks: `swedencentral`. */
  readonly region?: string | undefined;
  /** `standard_nc24ads_a100_v4` …, lower case. */
  readonly sku?: string | undefined;
  /** How many of that size: capacity of a scale set, nodes of a pool. */
  readonly capacity?: number | undefined;
};

/** A property that an audit record says was changed. Quoted JSON texts are parsed to their value's own text. */
export type ActivityChange = {
  readonly name: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
};

/**
 * One thing that happened, whatever system told it: what Surety's own rules and detectors are written on. Texts that identify are in lower
 * case. A field that the record does not carry is absent: absent is "not told", never "no".
 */
export type ActivityEvent = {
  /** The source's own id, else a hash of the record: the same record always gets the same id. Unique within its source and tenant. */
  readonly id: string;
  readonly source: ActivitySource;
  readonly shape: ActivityShape;
  /** What Sigma rules call this log. */
  readonly logsource: LogSource;
  /** When it happened. For `unknown` shapes without a readable time, when it was received. */
  readonly at: Temporal.Instant;
  /** The tenant it happened in. */
  readonly tenant?: string | undefined;
  /** Azure subscription, GUID in lower case. */
  readonly subscription?: string | undefined;
  /** Lower case: `microsoft.compute/virtualmachines/write`, `add member to role`, `new-inboxrule`, `create_order`. */
  readonly operation: string;
  readonly category?: string | undefined;
  /** Part of the system that wrote the record, as told: `Core Directory`, `Microsoft.Compute`, `Exchange`. */
  readonly service?: string | undefined;
  readonly outcome: ActivityOutcome;
  /** Result or error code and text as told. */
  readonly reason?: string | undefined;
  readonly actor?: ActivityActor | undefined;
  /** The application through which the actor came: id or name as told. */
  readonly app?: { readonly id?: string | undefined; readonly name?: string | undefined } | undefined;
  readonly ip?: string | undefined;
  /** ISO 3166-1 alpha-2, upper case, when told. */
  readonly country?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly resource?: ActivityResource | undefined;
  /** Whom or what an administration acted on, when that is not the resource itself. */
  readonly target?: ActivityResource | undefined;
  readonly correlation?: string | undefined;
  /** Severity and title, for alerts. */
  readonly alert?: { readonly title?: string | undefined; readonly severity?: string | undefined } | undefined;
  /** The parsed request (or response, where only that is told) body. */
  readonly request?: Json | undefined;
  readonly changes?: readonly ActivityChange[] | undefined;
  /** The record as it came. */
  readonly raw: Json;
};

/** An event with what only the desk knows: whose it is. */
export type KnownEvent = ActivityEvent & {
  /** Undefined: no customer of ours has this tenant or subscription. */
  readonly customer: CustomerId | undefined;
};
