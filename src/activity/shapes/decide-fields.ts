import type { ActivityEvent, ActivityOutcome } from "../contract-event.ts";
import { FIELDS } from "../contract-fields.ts";
import { timeText } from "./decide-time.ts";

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
