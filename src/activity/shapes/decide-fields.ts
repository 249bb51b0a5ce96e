import type { ActivityEvent, ActivityOutcome } from "../contract-event.ts";
import { timeText } from "./decide-time.ts";

/** A field of the normalised event, as rules name it. */
export type Field = {
  readonly name: string;
  readonly meaning: string;
  readonly example: string;
  /** The same in Elastic Common Schema 9.5; several where ECS says one thing in several places. Empty: ECS has no place for it. */
  readonly ecs: readonly string[];
  /** The same in OCSF 1.9. */
  readonly ocsf: string;
};

/** Every field of the normalised event: what rules and detectors are written on. docs/reference/activity-fields.md is made of it. */
export const FIELDS: readonly Field[] = [
  {
    name: "id",
    meaning: "The source's own id, else a hash of the record",
    example: "f12c6c27-8688-4074-edbf-08d91a41cb3b",
    ecs: ["event.id"],
    ocsf: "metadata.uid",
  },
  {
    name: "source",
    meaning: "Which system told it",
    example: "azure-activity",
    ecs: ["event.module"],
    ocsf: "metadata.product.name",
  },
  {
    name: "shape",
    meaning: "In which form",
    example: "azure-activity.event-hub",
    ecs: [],
    ocsf: "metadata.log_format",
  },
  { name: "at", meaning: "When it happened", example: "2026-05-01T10:00:00.123Z", ecs: ["@timestamp"], ocsf: "time" },
  {
    name: "customer",
    meaning: "Whose it is, when it is a customer of ours",
    example: "0873ee4d-d342-44f2-8961-74c442a2fad2",
    ecs: ["organization.id"],
    ocsf: "metadata.tenant_uid",
  },
  {
    name: "tenant",
    meaning: "The tenant it happened in",
    example: "0873ee4d-d342-44f2-8961-74c442a2fad2",
    ecs: ["cloud.project.id"],
    ocsf: "cloud.org.uid",
  },
  {
    name: "subscription",
    meaning: "Azure subscription",
    example: "d1d8779d-38d7-4f06-91db-9cbc8de0176f",
    ecs: ["cloud.account.id"],
    ocsf: "cloud.account.uid",
  },
  {
    name: "operation",
    meaning: "What was done, lower case, without the dot of the unified audit log",
    example: "microsoft.compute/virtualmachines/write",
    ecs: ["event.action"],
    ocsf: "api.operation",
  },
  {
    name: "category",
    meaning: "Kind of log or workload, as told",
    example: "Administrative",
    ecs: ["event.dataset"],
    ocsf: "metadata.log_name",
  },
  {
    name: "service",
    meaning: "Part of the system that wrote the record",
    example: "Core Directory",
    ecs: ["event.provider", "service.name"],
    ocsf: "api.service.name",
  },
  {
    name: "outcome",
    meaning: "success, failure, started (accepted, asked for more) or unknown",
    example: "success",
    ecs: ["event.outcome"],
    ocsf: "status",
  },
  {
    name: "reason",
    meaning: "Result or error code and text, as told",
    example: "50126: Invalid username or password",
    ecs: ["event.reason"],
    ocsf: "status_detail",
  },
  {
    name: "actor.id",
    meaning: "Who: object id, else UPN or application id, lower case",
    example: "9d8001cb-a159-4252-a3a1-c2dc689f322a",
    ecs: ["user.id"],
    ocsf: "actor.user.uid",
  },
  {
    name: "actor.name",
    meaning: "UPN, display name or application name, as written",
    example: "joey@contoso.com",
    ecs: ["user.name", "user.email", "related.user"],
    ocsf: "actor.user.name",
  },
  {
    name: "actor.kind",
    meaning: "user, service-principal, managed-identity, partner, system or unknown",
    example: "partner",
    ecs: [],
    ocsf: "actor.user.type",
  },
  {
    name: "actor.homeTenant",
    meaning: "Tenant the actor belongs to",
    example: "33333333-3333-3333-3333-333333333333",
    ecs: [],
    ocsf: "actor.user.org.uid",
  },
  {
    name: "app.id",
    meaning: "Application through which the actor came",
    example: "04b07795-8ddb-461a-bbee-02f9f8423e6d",
    ecs: [],
    ocsf: "actor.app_uid",
  },
  {
    name: "app.name",
    meaning: "Its name",
    example: "Microsoft Azure CLI",
    ecs: [],
    ocsf: "actor.app_name",
  },
  {
    name: "ip",
    meaning: "Address the request came from, without port",
    example: "203.0.113.7",
    ecs: ["source.ip", "source.address", "related.ip"],
    ocsf: "src_endpoint.ip",
  },
  {
    name: "country",
    meaning: "Its country, ISO 3166-1 alpha-2",
    example: "SE",
    ecs: ["source.geo.country_iso_code"],
    ocsf: "src_endpoint.location.country",
  },
  {
    name: "userAgent",
    meaning: "Program the request came from",
    example: "azurehound/v1.2.3",
    ecs: ["user_agent.original"],
    ocsf: "http_request.user_agent",
  },
  {
    name: "resource.id",
    meaning: "What it was done to: ARM id, object id, mailbox, URL; lower case",
    example: "/subscriptions/…/virtualmachines/vm1",
    ecs: ["entity.id"],
    ocsf: "resources.uid",
  },
  { name: "resource.name", meaning: "Its name", example: "vm1", ecs: ["entity.name"], ocsf: "resources.name" },
  {
    name: "resource.type",
    meaning: "Its type, lower case",
    example: "microsoft.compute/virtualmachines",
    ecs: ["entity.type"],
    ocsf: "resources.type",
  },
  {
    name: "resource.region",
    meaning: "Azure region of the request's body, else of the record",
    example: "swedencentral",
    ecs: ["cloud.region"],
    ocsf: "cloud.region",
  },
  {
    name: "resource.sku",
    meaning: "Size, lower case",
    example: "standard_nc24ads_a100_v4",
    ecs: ["cloud.machine.type"],
    ocsf: "resources.data.sku",
  },
  {
    name: "resource.capacity",
    meaning: "How many of that size",
    example: "20",
    ecs: [],
    ocsf: "resources.data.capacity",
  },
  {
    name: "target.id",
    meaning: "Whom or what an administration acted on",
    example: "a88ae17c-f562-4c1f-a377-8910b6847d76",
    ecs: ["user.target.id"],
    ocsf: "user.uid",
  },
  {
    name: "target.name",
    meaning: "Its name or UPN",
    example: "alex@contoso.com",
    ecs: ["user.target.name"],
    ocsf: "user.name",
  },
  {
    name: "target.type",
    meaning: "user, group, role, application, serviceprincipal, device …",
    example: "user",
    ecs: [],
    ocsf: "user.type",
  },
  {
    name: "correlation",
    meaning: "What ties records of one request together",
    example: "c0ffee00-0000-4000-8000-000000000000",
    ecs: ["trace.id"],
    ocsf: "metadata.correlation_uid",
  },
  {
    name: "alert.title",
    meaning: "Title of an alert",
    example: "User restricted from sending email",
    ecs: ["rule.name"],
    ocsf: "finding_info.title",
  },
  {
    name: "alert.severity",
    meaning: "Its severity, lower case",
    example: "high",
    ecs: ["log.level"],
    ocsf: "severity",
  },
  {
    name: "request.…",
    meaning:
      "The request's body by the names it has there (the response's where only that is told); parameters of a command by name",
    example: "request.properties.publicAccess",
    ecs: ["http.request.body.content"],
    ocsf: "api.request.data",
  },
  {
    name: "changes.name",
    meaning: "Name of a changed property",
    example: "Role.DisplayName",
    ecs: [],
    ocsf: "entity_diff.name",
  },
  {
    name: "changes.before",
    meaning: "Its value before, quoting removed",
    example: "Guest",
    ecs: [],
    ocsf: "entity_diff.before",
  },
  {
    name: "changes.after",
    meaning: "Its value after, quoting removed",
    example: "Member",
    ecs: [],
    ocsf: "entity_diff.after",
  },
];

/** The value of a field that is one text; undefined for those that are not told or are no single text. */
export function fieldText(event: ActivityEvent, name: string): string | undefined {
  if (name === "at") return timeText(event.at);
  let here: unknown = event;
  for (const step of name.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[step];
  }
  return typeof here === "string" || typeof here === "number" ? String(here) : undefined;
}

/** ECS knows no "started": a request that was accepted has no outcome yet. */
const ECS_OUTCOME: Readonly<Record<ActivityOutcome, string>> = {
  success: "success",
  failure: "failure",
  started: "unknown",
  unknown: "unknown",
};

/** An event by the names of Elastic Common Schema, flat: for export, and to compare with other normalisers. */
export function ecsOf(event: ActivityEvent): Readonly<Record<string, string>> {
  const found: Record<string, string> = { "cloud.provider": "azure" };
  for (const { name, ecs } of FIELDS) {
    if (ecs.length === 0) continue;
    const value = fieldText(event, name);
    if (value !== undefined) for (const one of ecs) found[one] = value;
  }
  const isEvidence = event.category === "AlertEvidence";
  found["event.kind"] = isEvidence ? "enrichment" : event.alert === undefined ? "event" : "alert";
  found["event.outcome"] = ECS_OUTCOME[event.outcome];
  if (event.actor?.name?.includes("@") !== true) delete found["user.email"];
  if (event.source === "defender" && event.category !== undefined) found["event.dataset"] = snake(event.category);
  const category =
    CATEGORIES[event.source] ?? TABLE_CATEGORIES.find(([table]) => table.test(event.category ?? ""))?.[1];
  if (category !== undefined) found["event.category"] = category;
  found["event.type"] = event.source === "entra-sign-in" ? "start" : "info";
  if (event.resource?.type === "device") {
    found["host.id"] = event.resource.id;
    if (event.resource.name !== undefined) found["host.name"] = event.resource.name;
  }
  if (event.target?.type === "address") {
    found["destination.ip"] = event.target.id;
    found["destination.address"] = event.target.id;
  }
  if (event.target?.type === "device" && event.source === "entra-audit") {
    found["host.id"] = event.target.id;
    if (event.target.name !== undefined) found["host.name"] = event.target.name;
  }
  return found;
}
/** Every name that `ecsOf` can fill. */
export const ECS_NAMES: ReadonlySet<string> = new Set([
  ...FIELDS.flatMap(({ ecs }) => ecs),
  "cloud.provider",
  "event.kind",
  "event.category",
  "event.type",
  "host.id",
  "host.name",
  "destination.ip",
  "destination.address",
]);
const snake = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
/** Source: ECS, allowed values of event.category. */
const CATEGORIES: Partial<Readonly<Record<ActivityEvent["source"], string>>> = {
  "entra-audit": "iam",
  "entra-risk": "iam",
  "entra-sign-in": "authentication",
  "azure-activity": "configuration",
  "partner-center": "configuration",
};
const TABLE_CATEGORIES: readonly (readonly [table: RegExp, category: string])[] = [
  [/^Alert/, "threat"],
  [/Logon/, "authentication"],
  [/^Identity/, "iam"],
  [/Process|Registry|ImageLoad/, "process"],
  [/^DeviceFile/, "file"],
  [/^DeviceNetworkEvents/, "network"],
  [/^Device/, "host"],
  [/^Email|^Message/, "email"],
  [/^Url/, "web"],
];
