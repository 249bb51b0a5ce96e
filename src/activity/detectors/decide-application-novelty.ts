import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { novelties } from "./decide-first-seen.ts";
import { isPrivileged } from "./decide-privileged.ts";
import { byTime, count, DAY_MS, dayOf, text } from "./decide-window.ts";
import { azure, DAYS, servicePrincipal } from "./example.ts";

const settings = [
  setting("memoryDays", "An operation is new when the application did not do it for so long", {
    unit: "days",
    standard: 30,
    min: 7,
    max: 60,
  }),
  setting("learnDays", "An application is not judged with less history", {
    unit: "days",
    standard: 14,
    min: 1,
    max: 30,
  }),
];

function keep(event: KnownEvent) {
  const { actor } = event;
  if (actor === undefined || (actor.kind !== "service-principal" && actor.kind !== "managed-identity")) return [];
  if (event.outcome === "failure") return [];
  const group = `${customerOf(event)}|${actor.id}`;
  const name = actor.name ?? actor.id;
  if (isPrivileged(event))
    return [{ group, kept: kept(event, { operation: event.operation, name, ip: event.ip ?? "" }) }];
  // Of its daily work only that it was there, once a day: enough to know since when it is watched.
  const day = dayOf(event.at.epochMilliseconds);
  return [{ group, kept: { id: `day:${day}`, source: event.source, at: day * DAY_MS, facts: { operation: "", day } } }];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  if (!all.some((one) => text(one, "operation") !== "")) return [];
  const set = reader(settings, context.settings);
  const spanMs = set("memoryDays") * DAY_MS;
  // The oldest day seen stands for the whole history: `novelties` takes it as the group's first event and, being empty, judges it not.
  const history = all.map(asKept).sort(byTime);
  const valueOf = (one: Kept) => text(one, "operation");
  const seen = novelties(history, { spanMs, learnMs: set("learnDays") * DAY_MS, valueOf });
  const hits = new Map<string, Hit>();
  for (const { at: act, value, seen: verdict, historyDays } of seen) {
    const name = `${value}|${dayOf(act.at)}`;
    if (verdict !== "new" || hits.has(name)) continue;
    hits.set(name, {
      key: value,
      level: "medium",
      at: act.at,
      facts: {
        application: text(act, "name"),
        applicationId: group.slice(group.indexOf("|") + 1),
        operation: value,
        ip: text(act, "ip") || "unknown",
        historyDays,
      },
      events: [act],
    });
  }
  return [...hits.values()];
}

/** A mark of presence stands at the start of its day, whichever of the day's events left it. */
const asKept = (one: Kept): Kept => (text(one, "operation") === "" ? { ...one, at: count(one, "day") * DAY_MS } : one);

const app = servicePrincipal("5e5e5e5e-0000-4000-8000-000000000002");
const acts = (minutes: number, operation: string) => azure(minutes, { operation, actor: app });
const daily = (days: number) => Array.from({ length: days }, (_, n) => acts(n * DAYS, "microsoft.web/sites/write"));
const ROLE = "microsoft.authorization/roleassignments/write";

export const applicationNovelty: Detector = {
  id: "application-new-act",
  title: "An application does an act of power it never did",
  titleSv: "En app utför en maktåtgärd den aldrig gjort",
  level: "medium",
  family: "misuse",
  abuse: ["A2", "M5"],
  why:
    "Applications do the same every day. One that was watched for two weeks and now gives roles, reads keys or runs commands is misused or has been changed. Starting values, not " +
    "confirmed by labelled data.",
  sources: ["azure-activity", "entra-audit", "m365-audit", "partner-center"],
  falsePositives: ["A new version of a deployment pipeline"],
  runbook: "new-behaviour",
  attack: ["T1078.004", "T1098"],
  covers: "R19",
  contain: "none",
  settings,
  spanMs: 62 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "two weeks of deployments, then a role", hits: "medium", events: [...daily(15), acts(15 * DAYS, ROLE)] },
    {
      name: "the same act 30 days after the last",
      hits: "medium",
      events: [acts(0, ROLE), ...daily(30), acts(30 * DAYS, ROLE)],
    },
    { name: "13 days of history", hits: undefined, events: [...daily(2), acts(13 * DAYS, ROLE)] },
    { name: "it did so last week", hits: undefined, events: [acts(0, ROLE), ...daily(20), acts(20 * DAYS, ROLE)] },
    {
      name: "a person does it",
      hits: undefined,
      events: [...daily(20), azure(20 * DAYS, { operation: ROLE })],
    },
    {
      name: "an act of no power",
      hits: undefined,
      events: [...daily(20), acts(20 * DAYS, "microsoft.web/sites/restart/action")],
    },
  ],
};
