import type { Json } from "../../core/canonical.ts";
import type { Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts } from "./decide-actors.ts";
import { listIn, numberIn, textIn } from "./decide-json.ts";
import { parseSku, type Sku } from "./decide-sku.ts";
import {
  byTime,
  count,
  DAY_MS,
  dayOf,
  fewer,
  HOUR_MS,
  inSlice,
  listed,
  type Slice,
  Tally,
  text,
  walk,
  wholeOf,
} from "./decide-window.ts";

/** Writes that bring up virtual machines. */
export const MACHINE_OPS: Readonly<Record<string, string>> = {
  "microsoft.compute/virtualmachines/write": "virtual-machine",
  "microsoft.compute/virtualmachinescalesets/write": "scale-set",
};
/** Writes that bring up computing power without a virtual machine of one's own: the side door. Source: RULES R10. */
const SIDE_OPS: Readonly<Record<string, string>> = {
  "microsoft.machinelearningservices/workspaces/computes/write": "machine-learning",
  "microsoft.batch/batchaccounts/write": "batch",
  "microsoft.batch/batchaccounts/pools/write": "batch",
  "microsoft.containerinstance/containergroups/write": "container-instances",
  "microsoft.containerservice/managedclusters/write": "kubernetes",
  "microsoft.containerservice/managedclusters/agentpools/write": "kubernetes",
  "microsoft.databricks/workspaces/write": "databricks",
  "microsoft.automation/automationaccounts/runbooks/write": "automation",
  "microsoft.app/containerapps/write": "container-apps",
  "microsoft.app/jobs/write": "container-apps",
};
export const DEPLOYMENT_OP = "microsoft.resources/deployments/write";
export const COMPUTE_OPS: Readonly<Record<string, string>> = { ...MACHINE_OPS, ...SIDE_OPS };
const isSide = new Set(Object.values(SIDE_OPS));
export const isSideDoor = (kind: string): boolean => isSide.has(kind);

const SUBSCRIPTION = /^\/subscriptions\/([0-9a-f-]{36})(?:\/|$)/i;
/** The Azure subscription an event is in, `-` when it is in none or does not say. */
export const subscriptionOf = (event: KnownEvent): string =>
  event.subscription ?? SUBSCRIPTION.exec(event.resource?.id ?? "")?.[1]?.toLowerCase() ?? "-";
export const customerOf = (event: KnownEvent): string => event.customer ?? "-";

/** The part of an event that a detector keeps; the same for all. */
export const kept = (event: KnownEvent, facts: Kept["facts"]): Kept => ({
  id: event.id,
  source: event.source,
  at: event.at.epochMilliseconds,
  facts,
});

/** What is kept of a write that brings up computing power; undefined for every other event. */
export function computeFacts(event: KnownEvent): Kept["facts"] | undefined {
  const kind = Object.hasOwn(COMPUTE_OPS, event.operation) ? COMPUTE_OPS[event.operation] : undefined;
  if (kind === undefined) return undefined;
  return {
    kind,
    ...actorFacts(event),
    subscription: subscriptionOf(event),
    resource: event.resource?.id ?? event.id,
    region: regionOf(event),
    sku: skuOf(event),
    capacity: event.resource?.capacity || capacityOf(event.request),
    created: saysCreated(event.raw),
    failed: event.outcome === "failure",
  };
}

const plain = (region: string) => region.toLowerCase().replaceAll(" ", "");
const literal = (told: string | undefined) => (told === undefined || told.startsWith("[") ? "" : plain(told));
const regionOf = (event: KnownEvent): string => event.resource?.region ?? literal(textIn(event.request, "location"));

/** Where the size stands: virtual machine, agent pool, machine-learning compute, batch pool, scale set. */
const SKU_PATHS = [
  ["properties", "hardwareProfile", "vmSize"],
  ["properties", "vmSize"],
  ["properties", "properties", "vmSize"],
  ["sku", "name"],
] as const;
function skuOf(event: KnownEvent): string {
  if (event.resource?.sku) return event.resource.sku;
  const told = SKU_PATHS.map((path) => textIn(event.request, ...path)).find((one) => one !== undefined);
  const pool = listIn(event.request, "properties", "agentPoolProfiles").map((one) => textIn(one, "vmSize"));
  return (told ?? pool.find((one) => one !== undefined) ?? "").toLowerCase();
}
const CAPACITY_PATHS = [
  ["sku", "capacity"],
  ["properties", "count"],
  ["properties", "properties", "scaleSettings", "maxNodeCount"],
  ["properties", "scaleSettings", "fixedScale", "targetDedicatedNodes"],
] as const;
const capacityOf = (request: Json | undefined): number =>
  CAPACITY_PATHS.map((path) => numberIn(request, ...path)).find((one) => one !== undefined && one > 0) ?? 1;

/**
 * Whether the record says that something was made (`Created`, 201) or only changed (`OK`, 200); null when it says neither, as at the start.
 * The status stands in different places of the three forms of the Activity Log.
 */
function saysCreated(raw: Json): boolean | null {
  const told = [
    textIn(raw, "properties", "statusCode"),
    textIn(raw, "resultSignature"),
    textIn(raw, "subStatus", "value"),
    textIn(raw, "ActivitySubstatusValue"),
  ].join(" ");
  if (/\b(created|201)\b/i.test(told)) return true;
  return /\b(ok|200)\b/i.test(told) ? false : null;
}

/** Regions that a deployment's template and parameters name outright; expressions are not worked out. */
export function deploymentRegions(request: Json | undefined): string {
  const resources = listIn(request, "properties", "template", "resources").map((one) =>
    literal(textIn(one, "location")),
  );
  const parameters = ["location", "region"].map((name) =>
    literal(textIn(request, "properties", "parameters", name, "value")),
  );
  return [...new Set([...resources, ...parameters])].filter((one) => one !== "").join(" ");
}

/** Records of one act come within this time of each other. */
const ACT_MS = HOUR_MS;

/**
 * Of a settled group's compute writes those that made something, or tried to: one event per resource and act, its first. Of one creation come
 * several records (started, accepted, succeeded). A write that says it changed what was there is none; one that says nothing is a creation when
 * the resource was not heard of before.
 */
export function creations(all: readonly Kept[]): readonly Kept[] {
  const byResource = new Map<string, Kept[]>();
  for (const one of all) {
    const resource = text(one, "resource");
    if (resource === "") continue;
    const known = byResource.get(resource);
    if (known) known.push(one);
    else byResource.set(resource, [one]);
  }
  return [...byResource.values()].flatMap(madeBy).sort(byTime);
}
function madeBy(records: readonly Kept[]): readonly Kept[] {
  const acts: Kept[][] = [];
  for (const one of records) {
    const act = acts.at(-1);
    if (act && one.at - (act[0]?.at ?? 0) < ACT_MS) act.push(one);
    else acts.push([one]);
  }
  return acts.flatMap((act, index) => {
    const says = act.map(({ facts }) => facts["created"]);
    const isMade = says.includes(true) || (index === 0 && !says.includes(false));
    return isMade && act[0] ? [merged(act, act[0])] : [];
  });
}
/** The act's first event, with the size, region and number that only its later records tell. */
function merged(act: readonly Kept[], first: Kept): Kept {
  const told = (name: string) => act.find(({ facts }) => facts[name] !== "" && facts[name] !== undefined)?.facts[name];
  const capacity = act.reduce((most, one) => Math.max(most, count(one, "capacity")), 1);
  return { ...first, facts: { ...first.facts, sku: told("sku") ?? "", region: told("region") ?? "", capacity } };
}

export type LoadKind = "large-size" | "fleet" | "side-door" | "many";
/** When creations come to a load, and which. */
export type Load = { readonly kind: LoadKind; readonly last: Kept; readonly window: Slice };
export type LoadLimits = {
  readonly resourcesMin: number;
  readonly regionsMin: number;
  readonly vcpusMin: number;
  readonly sideDoorMin: number;
  readonly manyMin: number;
};
/** Starting limits of R1, R2, R10 and R4. */
export const LOAD_LIMITS: LoadLimits = { resourcesMin: 10, regionsMin: 3, vcpusMin: 48, sideDoorMin: 3, manyMin: 20 };

/** Is a size, times how many, one that miners want? Desktop graphics sizes are not. */
export function isLarge(sku: Sku, { capacity, vcpusMin }: { capacity: number; vcpusMin: number }): boolean {
  if (sku.kind === "gpu" || sku.kind === "hpc") return true;
  if (sku.kind === "memory" && (sku.vcpus ?? 0) >= 10) return true;
  return (sku.vcpus ?? 0) * capacity >= vcpusMin;
}
const largeSku = (one: Kept, vcpusMin: number): Sku | undefined => {
  const sku = parseSku(text(one, "sku"));
  const capacity = Number(one.facts["capacity"] ?? 1);
  return sku && isLarge(sku, { capacity, vcpusMin }) ? sku : undefined;
};

/**
 * Every moment at which the creations up to it are a load: a size miners want, a fleet over regions within the hour, the side door or merely
 * many within a day. Sorted by time, the strongest kind first.
 */
export function loadsOf(made: readonly Kept[], limits: LoadLimits = LOAD_LIMITS): readonly Load[] {
  const side = made.filter((one) => isSideDoor(text(one, "kind")));
  return [
    ...made.flatMap((last, to): readonly Load[] =>
      largeSku(last, limits.vcpusMin) ? [{ kind: "large-size", last, window: { from: to, to, all: made } }] : [],
    ),
    ...full(made, "fleet", HOUR_MS, { resources: limits.resourcesMin, regions: limits.regionsMin }),
    ...full(side, "side-door", DAY_MS, { resources: limits.sideDoorMin, regions: 0 }),
    ...full(made, "many", DAY_MS, { resources: limits.manyMin, regions: 0 }),
  ].sort((a, b) => a.last.at - b.last.at || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}
const KINDS: readonly LoadKind[] = ["large-size", "fleet", "side-door", "many"];

/** Moments at which a window holds so many resources and regions. */
function full(
  made: readonly Kept[],
  kind: LoadKind,
  spanMs: number,
  min: { readonly resources: number; readonly regions: number },
): readonly Load[] {
  const [resources, regions] = [new Tally(), new Tally()];
  const found: Load[] = [];
  walk(
    made,
    spanMs,
    {
      enter: (one) => {
        resources.add(text(one, "resource"));
        if (text(one, "region") !== "") regions.add(text(one, "region"));
      },
      leave: (one) => {
        resources.remove(text(one, "resource"));
        if (text(one, "region") !== "") regions.remove(text(one, "region"));
      },
    },
    (last, window) => {
      if (resources.distinct >= min.resources && regions.distinct >= min.regions) found.push({ kind, last, window });
    },
  );
  return found;
}

/** What a sentence says of a load. */
export function loadFacts(load: Load): Readonly<Record<string, string | number>> {
  const made = inSlice(load.window);
  return {
    load: load.kind,
    count: new Set(made.map((one) => text(one, "resource"))).size,
    regions: listed(made.map((one) => text(one, "region"))),
    sizes: listed(made.map((one) => text(one, "sku"))),
  };
}
/** The first load of each UTC day, with all that was made from its beginning to the end of that day. */
export function loadsByDay(made: readonly Kept[], loads: readonly Load[]): readonly Load[] {
  const seen = new Set<number>();
  return loads.flatMap((load) => {
    const day = dayOf(load.last.at);
    const from = load.window.all[load.window.from]?.at ?? load.last.at;
    if (seen.has(day)) return [];
    seen.add(day);
    return [{ ...load, window: wholeOf(made.filter(({ at }) => at >= from && dayOf(at) <= day)) }];
  });
}
export const loadEvents = (load: Load): readonly Kept[] => fewer(inSlice(load.window));

const COMPUTE_KINDS = new Set(Object.values(COMPUTE_OPS));
/** The creations among what a detector keeps of several kinds of events. */
export const creationsIn = (all: readonly Kept[]): readonly Kept[] =>
  creations(all.filter((one) => COMPUTE_KINDS.has(text(one, "kind"))));
