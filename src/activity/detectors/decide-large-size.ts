import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorName } from "./decide-actors.ts";
import { ageOf, reader, setting } from "./decide-card.ts";
import { COMPUTE_OPS, computeFacts, creations, customerOf, isLarge, kept, subscriptionOf } from "./decide-compute.ts";
import { novelties } from "./decide-first-seen.ts";
import { parseSku } from "./decide-sku.ts";
import { count, DAY_MS, text } from "./decide-window.ts";
import { DAYS, made, portfolio } from "./example.ts";

const settings = [
  setting("vcpusMin", "Processors, times the number of instances, from which any size counts as large", {
    unit: "vCPUs",
    standard: 48,
    min: 4,
    max: 10_000,
  }),
  setting("memoryDays", "A kind of size is new when none of it was made for so long", {
    unit: "days",
    standard: 30,
    min: 1,
    max: 90,
  }),
  setting("youngDays", "Age below which the subscription is named young", {
    unit: "days",
    standard: 30,
    min: 0,
    max: 365,
  }),
];

function keep(event: KnownEvent) {
  if (!Object.hasOwn(COMPUTE_OPS, event.operation)) return [];
  const facts = computeFacts(event);
  if (!facts || facts["sku"] === "") return [];
  return [{ group: `${customerOf(event)}|${subscriptionOf(event)}`, kept: kept(event, facts) }];
}

/** `gpu`, `desktop-gpu`, `hpc`, `memory` or `general` when the size counts as large; "" otherwise. */
function largeKind(one: Kept, vcpusMin: number): string {
  const sku = parseSku(text(one, "sku"));
  if (!sku) return "";
  return sku.kind === "desktop-gpu" || isLarge(sku, { capacity: count(one, "capacity"), vcpusMin }) ? sku.kind : "";
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const subscription = group.split("|")[1] ?? "-";
  const made = creations(all);
  const first = new Map<string, Hit>();
  // Nothing is learned first: a stolen subscription has no history either, and the size alone is worth a look.
  const seen = novelties(made, {
    spanMs: set("memoryDays") * DAY_MS,
    learnMs: 0,
    valueOf: (one) => largeKind(one, set("vcpusMin")),
  });
  for (const { at, value, seen: verdict, historyDays } of seen) {
    if (verdict !== "new") continue;
    const sku = parseSku(text(at, "sku"));
    const age = ageOf(subscription, at.at, { context, youngDays: set("youngDays") });
    const hit: Hit = {
      key: value,
      level: value === "desktop-gpu" ? "medium" : "high",
      at: at.at,
      subscription: subscription === "-" ? undefined : subscription,
      facts: {
        actor: actorName(at),
        size: text(at, "sku"),
        kind: value,
        instances: count(at, "capacity"),
        vcpus: sku?.vcpus === undefined ? "unknown" : sku.vcpus * count(at, "capacity"),
        region: text(at, "region") || "unknown",
        historyDays,
        subscriptionAge: age.days,
      },
      events: [at],
    };
    first.set(`${value}|${Math.floor(at.at / DAY_MS)}`, hit);
  }
  return [...first.values()];
}

export const largeSize: Detector = {
  id: "first-large-size",
  title: "First GPU, HPC or very large machine of a subscription",
  titleSv: "Prenumerationens första GPU-, HPC- eller mycket stora maskin",
  level: "high",
  family: "misuse",
  abuse: ["A4"],
  why:
    "Miners and stolen-credential users want accelerators and very large sizes, which most small customers never use; one such machine may cost more in a day than " +
    "the customer in a month. Sizes made for desktop graphics (NV, NG) are medium. Starting values, not confirmed by labelled data; after the first day of use " +
    "each customer that runs such sizes is told once.",
  sources: ["azure-activity"],
  falsePositives: [
    "A customer that starts with machine learning or simulation",
    "Virtual desktops with graphics (NV sizes)",
  ],
  runbook: "coin-mining",
  attack: ["T1496.001"],
  covers: "R2",
  contain: "none",
  settings,
  wants: Object.keys(COMPUTE_OPS),
  spanMs: 91 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "ND96asr_v4", hits: "high", events: [made(0, "vm", { size: "Standard_ND96asr_v4" })] },
    {
      name: "NC24ads_A100_v4 after ordinary machines",
      hits: "high",
      events: [
        made(0, "web", { size: "Standard_D2s_v5" }),
        made(5 * DAYS, "vm", { size: "Standard_NC24ads_A100_v4", region: "eastus" }),
      ],
      portfolio: portfolio(),
    },
    {
      name: "a scale set of twelve times four processors",
      hits: "high",
      events: [
        made(0, "set", {
          op: "microsoft.compute/virtualmachinescalesets/write",
          size: "Standard_D4s_v5",
          capacity: 12,
        }),
      ],
    },
    { name: "a desktop graphics size", hits: "medium", events: [made(0, "vdi", { size: "Standard_NV12s_v3" })] },
    {
      name: "the next of a kind 30 days later is the first again",
      hits: "high",
      events: [
        made(0, "hpc-1", { size: "Standard_HB120rs_v3" }),
        made(30 * DAYS, "hpc-2", { size: "Standard_HB120rs_v3" }),
      ],
    },
    { name: "32 processors", hits: undefined, events: [made(0, "vm", { size: "Standard_D32s_v5" })] },
    {
      name: "a scale set of eleven times four processors",
      hits: undefined,
      events: [
        made(0, "set", {
          op: "microsoft.compute/virtualmachinescalesets/write",
          size: "Standard_D4s_v5",
          capacity: 11,
        }),
      ],
    },
    {
      name: "M64 constrained to 8 processors, and a size nobody can read",
      hits: undefined,
      events: [made(0, "a", { size: "Standard_M8-2ms" }), made(1, "b", { size: "[parameters('size')]" })],
    },
    {
      name: "a classic size whose number is no processor count",
      hits: undefined,
      events: [made(0, "vm", { size: "Standard_DS14_v2" })],
    },
  ],
};
