import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorName } from "./decide-actors.ts";
import { ageOf, reader, setting } from "./decide-card.ts";
import {
  COMPUTE_OPS,
  computeFacts,
  creations,
  customerOf,
  isSideDoor,
  kept,
  subscriptionOf,
} from "./decide-compute.ts";
import { DAY_MS, distinct, HOUR_MS, inSlice, listed, slide, text } from "./decide-window.ts";
import { DAYS, HOURS, made, portfolio } from "./example.ts";

const settings = [
  setting("resourcesMin", "Resources of one kind", { unit: "resources", standard: 3, min: 1, max: 1_000 }),
  setting("regionsMin", "Or regions", { unit: "regions", standard: 2, min: 2, max: 60 }),
  setting("windowHours", "Made within", { unit: "hours", standard: 24, min: 1, max: 48 }),
  setting("memoryDays", "The kind is new when the subscription did not use it for so long before", {
    unit: "days",
    standard: 30,
    min: 7,
    max: 60,
  }),
  setting("learnDays", "With less history than this the hit is medium, since the kind may be old", {
    unit: "days",
    standard: 7,
    min: 0,
    max: 30,
  }),
  setting("youngDays", "A subscription younger than this needs no history", {
    unit: "days",
    standard: 30,
    min: 0,
    max: 365,
  }),
];

function keep(event: KnownEvent) {
  const facts = computeFacts(event);
  return facts ? [{ group: `${customerOf(event)}|${subscriptionOf(event)}`, kept: kept(event, facts) }] : [];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const subscription = group.split("|")[1] ?? "-";
  const [memoryMs, windowMs] = [set("memoryDays") * DAY_MS, set("windowHours") * HOUR_MS];
  const side = creations(all.filter((one) => isSideDoor(text(one, "kind"))));
  const kinds = Map.groupBy(side, (one) => text(one, "kind"));
  const judgeKind = ([kind, ofKind]: [string, Kept[]]): readonly Hit[] =>
    slide(ofKind, windowMs, {
      judge: (last, window) => {
        const now = inSlice(window);
        const regions = now.map((one) => text(one, "region")).filter((one) => one !== "");
        const count = distinct(now.map((one) => text(one, "resource")));
        if (count < set("resourcesMin") && distinct(regions) < set("regionsMin")) return undefined;
        const isKnown = ofKind.some(({ at }) => at <= last.at - windowMs && at > last.at - memoryMs);
        if (isKnown) return undefined;
        const oldest = all.find(({ at }) => at > last.at - memoryMs)?.at ?? last.at;
        const historyDays = Math.floor((last.at - oldest) / DAY_MS);
        const age = ageOf(subscription, last.at, { context, youngDays: set("youngDays") });
        return {
          key: kind,
          level: age.young || historyDays >= set("learnDays") ? "high" : "medium",
          subscription: subscription === "-" ? undefined : subscription,
          facts: {
            actor: actorName(last),
            kind,
            count,
            regions: listed(regions),
            sizes: listed(now.map((one) => text(one, "sku"))),
            historyDays,
            subscriptionAge: age.days,
          },
        };
      },
    });
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(judgeKind);
}

const BATCH = "microsoft.batch/batchaccounts/pools/write";
const ML = "microsoft.machinelearningservices/workspaces/computes/write";
const pools = (minutes: number, count: number, more: { op?: string; region?: string } = {}) =>
  Array.from({ length: count }, (_, n) => made(minutes + n, `pool-${minutes}-${n}`, { op: BATCH, ...more }));
const web = made(0, "web", { size: "Standard_D2s_v5" });

export const sideDoor: Detector = {
  id: "side-door-compute",
  title: "Computing power by the side door, of a kind this subscription never used",
  titleSv: "Datorkraft bakvägen, av ett slag som prenumerationen aldrig använt",
  level: "high",
  family: "misuse",
  abuse: ["A4"],
  why:
    "Batch, machine learning, container and Kubernetes pools run miners too, often unnoticed by what watches virtual machines, and each has quotas of its own. " +
    "Without a week of history the kind cannot be called new: medium then, unless the subscription itself is young. Starting values, not confirmed by labelled data.",
  sources: ["azure-activity"],
  falsePositives: ["A team that takes up Kubernetes, Batch or machine learning"],
  runbook: "coin-mining",
  attack: ["T1496.001", "T1610"],
  covers: "R10",
  contain: "none",
  settings,
  wants: Object.keys(COMPUTE_OPS),
  spanMs: 62 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "three batch pools after a week of virtual machines", hits: "high", events: [web, ...pools(7 * DAYS, 3)] },
    {
      name: "two machine-learning clusters in two regions, subscription of a day",
      hits: "high",
      events: [
        ...pools(0, 1, { op: ML, region: "eastus" }),
        ...pools(24 * HOURS - 1, 1, { op: ML, region: "japaneast" }),
      ],
      portfolio: portfolio({ subscriptionDays: 1 }),
    },
    { name: "three pools, no history", hits: "medium", events: pools(0, 3) },
    { name: "two pools in one region", hits: undefined, events: [web, ...pools(7 * DAYS, 2, { region: "eastus" })] },
    {
      name: "the kind was used 29 days ago",
      hits: undefined,
      events: [...pools(0, 1), ...pools(29 * DAYS, 3)],
    },
    {
      name: "the third comes a day after the first",
      hits: undefined,
      events: [web, ...pools(8 * DAYS, 2), ...pools(9 * DAYS, 1)],
    },
    { name: "three virtual machines", hits: undefined, events: [0, 1, 2].map((n) => made(7 * DAYS + n, `vm-${n}`)) },
  ],
};
