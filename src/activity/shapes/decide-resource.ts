import type { Json } from "../../core/canonical.ts";
import type { ActivityResource } from "../contract-event.ts";
import { at, embeddedRec, guidOf, list, lower, type Rec, text } from "./decide-read.ts";

/** What an ARM id says: `/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/one`. */
export type ArmId = {
  readonly id: string;
  readonly subscription: string | undefined;
  readonly group: string | undefined;
  readonly provider: string | undefined;
  readonly type: string | undefined;
  readonly name: string | undefined;
};

/** Reads an ARM id without case; the type is that of the last provider in it, with its sub-types. */
export function armIdOf(value: Json | undefined): ArmId | undefined {
  const id = lower(value);
  if (id === undefined || !id.startsWith("/")) return undefined;
  const steps = id.split("/").slice(1);
  if (steps.at(-1) === "") steps.pop();
  const after = (name: string): string | undefined => {
    const found = steps.indexOf(name);
    return found < 0 ? undefined : steps[found + 1];
  };
  const from = steps.lastIndexOf("providers");
  const rest = from < 0 ? [] : steps.slice(from + 1);
  const types = rest.filter((_, at) => at === 0 || at % 2 === 1);
  const group = after("resourcegroups");
  const subscription = guidOf(after("subscriptions"));
  const type = types.length > 1 ? types.join("/") : from >= 0 ? rest[0] : scopeOf(steps);
  const name = rest.length > 2 ? rest[rest.length - (rest.length % 2 === 0 ? 2 : 1)] : undefined;
  return {
    id: `/${steps.join("/")}`,
    subscription,
    group,
    provider: rest[0],
    type,
    name: name ?? (from < 0 ? steps.at(-1) : undefined),
  };
}
function scopeOf(steps: readonly string[]): string | undefined {
  if (steps.includes("resourcegroups")) return "microsoft.resources/subscriptions/resourcegroups";
  return steps.includes("subscriptions") ? "microsoft.resources/subscriptions" : undefined;
}

/** The type that an operation's name begins with: `microsoft.compute/virtualmachines` of `…/runcommand/action`. */
export function typeOfOperation(operation: string): string | undefined {
  const steps = operation.split("/");
  if (steps.length < 3) return undefined;
  const verb = steps.at(-1);
  return steps.slice(0, verb === "action" && steps.length > 3 ? -2 : -1).join("/");
}

/** `West Europe` and `westeurope` are one region; `global` is none. */
export function regionOf(value: Json | undefined): string | undefined {
  const region = lower(value)?.replaceAll(" ", "");
  if (region === undefined || region === "global" || region.length > 40) return undefined;
  return /^[a-z]+[a-z0-9]*$/.test(region) ? region : undefined;
}

const SIZES: readonly (readonly string[])[] = [
  ["properties", "hardwareProfile", "vmSize"],
  ["properties", "vmSize"],
  ["properties", "properties", "vmSize"],
  ["properties", "virtualMachineProfile", "hardwareProfile", "vmSize"],
  ["sku", "name"],
  ["properties", "sku", "name"],
  ["properties", "parameters", "vmSize", "value"],
  ["properties", "parameters", "virtualMachineSize", "value"],
];
const COUNTS: readonly (readonly string[])[] = [
  ["sku", "capacity"],
  ["properties", "count"],
  ["properties", "scaleSettings", "fixedScale", "targetDedicatedNodes"],
  ["properties", "properties", "scaleSettings", "maxNodeCount"],
  ["properties", "scaleSettings", "maxNodeCount"],
  ["properties", "parameters", "instanceCount", "value"],
  ["properties", "parameters", "vmCount", "value"],
];
const REGIONS: readonly (readonly string[])[] = [
  ["location"],
  ["properties", "location"],
  ["properties", "parameters", "location", "value"],
];

/** Size, count and region that a body of Azure Resource Manager names, whatever kind of resource it is of. */
export function facetsOf(body: Json | undefined): Pick<ActivityResource, "region" | "sku" | "capacity"> {
  const of = embeddedRec(body);
  if (of === undefined) return {};
  const pool = list(at(of, "properties", "agentPoolProfiles"))[0];
  const own = {
    region: firstOf(of, REGIONS, regionOf),
    sku: firstOf(of, SIZES, sizeOf) ?? sizeOf(at(pool, "vmSize")),
    capacity: firstOf(of, COUNTS, countOf) ?? countOf(at(pool, "count")),
  };
  if (own.sku !== undefined) return own;
  // A deployment names its machines in its template.
  for (const inner of list(at(of, "properties", "template", "resources"))) {
    if (
      !/^microsoft\.(?:compute|batch|containerservice|machinelearningservices)\//.test(lower(at(inner, "type")) ?? "")
    )
      continue;
    const found = facetsOf(inner);
    if (found.sku !== undefined)
      return { sku: found.sku, region: own.region ?? found.region, capacity: own.capacity ?? found.capacity };
  }
  return own;
}
/** A size in words; `[parameters('size')]` is an expression that names none. */
const sizeOf = (value: Json | undefined): string | undefined => {
  const size = lower(value);
  return size === undefined || size.startsWith("[") ? undefined : size;
};
function firstOf<T>(
  of: Rec,
  paths: readonly (readonly string[])[],
  read: (value: Json | undefined) => T | undefined,
): T | undefined {
  for (const path of paths) {
    const found = read(at(of, ...path));
    if (found !== undefined) return found;
  }
  return undefined;
}
function countOf(value: Json | undefined): number | undefined {
  const count = Number(text(value) ?? "none");
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
