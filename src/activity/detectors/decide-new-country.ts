import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { novelties } from "./decide-first-seen.ts";
import { actorKey, isPrivileged, isSignIn, PRIVILEGED_OPS, SIGN_IN_OPS } from "./decide-privileged.ts";
import { byTime, DAY_MS, dayOf, fewer, HOUR_MS, listed, text } from "./decide-window.ts";
import { DAYS, entra, HOURS, signIn } from "./example.ts";

const settings = [
  setting("memoryDays", "A country is new when no sign-in came from it for so long", {
    unit: "days",
    standard: 30,
    min: 7,
    max: 60,
  }),
  setting("learnDays", "Nobody is judged with less history", { unit: "days", standard: 14, min: 1, max: 30 }),
  setting("actHours", "The act of power follows within", { unit: "hours", standard: 24, min: 1, max: 72 }),
];

function keep(event: KnownEvent) {
  const actor = actorKey(event);
  if (actor === undefined) return [];
  const group = `${customerOf(event)}|${actor}`;
  if (isSignIn(event)) {
    if (event.outcome !== "success" || event.country === undefined) return [];
    return [{ group, kept: kept(event, { kind: "sign-in", country: event.country, ip: event.ip ?? "" }) }];
  }
  return isPrivileged(event) ? [{ group, kept: kept(event, { kind: "act", operation: event.operation }) }] : [];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const acts = all.filter((one) => text(one, "kind") === "act");
  if (acts.length === 0) return [];
  const set = reader(settings, context.settings);
  const fresh = novelties(
    all.filter((one) => text(one, "kind") === "sign-in"),
    {
      spanMs: set("memoryDays") * DAY_MS,
      learnMs: set("learnDays") * DAY_MS,
      valueOf: (one) => text(one, "country"),
    },
  ).filter(({ seen }) => seen === "new");
  const hits = new Map<string, Hit>();
  for (const { at: entry, value, historyDays } of fresh) {
    const done = acts.filter(({ at }) => at >= entry.at && at < entry.at + set("actHours") * HOUR_MS);
    const [first] = done;
    if (!first) continue;
    const name = `${value}|${dayOf(first.at)}`;
    const hit: Hit = {
      key: value,
      level: "medium",
      at: first.at,
      facts: {
        actor: group.slice(group.indexOf("|") + 1),
        country: value,
        ip: text(entry, "ip") || "unknown",
        operations: listed(done.map((one) => text(one, "operation"))),
        historyDays,
      },
      events: fewer([entry, ...done].sort(byTime)),
    };
    if (!hits.has(name)) hits.set(name, hit);
  }
  return [...hits.values()];
}

const home = [0, 3, 7, 13].map((day) => signIn(day * DAYS, { country: "SE" }));
const act = (minutes: number, operation = "add member to role") => entra(minutes, { operation });
const fortnight = 14 * DAYS;

export const newCountry: Detector = {
  id: "admin-new-country",
  title: "A sign-in from a country never seen, then an act of power",
  titleSv: "Inloggning från ett nytt land, sedan en maktåtgärd",
  level: "medium",
  family: "misuse",
  abuse: ["A2", "M5"],
  why:
    "People travel, and administrators administer; from a country that an account never signed in from within a month, followed by a role, a secret or a machine, it is worth a " +
    "look. An account that was watched for less than two weeks is not judged. Starting values, not confirmed by labelled data.",
  sources: ["entra-sign-in", "entra-audit", "azure-activity", "m365-audit", "partner-center"],
  falsePositives: ["An administrator who travels", "A new exit of a network or of a VPN"],
  runbook: "new-behaviour",
  attack: ["T1078.004"],
  covers: "R19",
  contain: "none",
  settings,
  wants: [...SIGN_IN_OPS, ...PRIVILEGED_OPS],
  spanMs: 64 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "two weeks from Sweden, then Brazil and a role",
      hits: "medium",
      events: [...home, signIn(fortnight, { country: "BR" }), act(fortnight + 60)],
    },
    {
      name: "the country was last seen 30 days ago",
      hits: "medium",
      events: [
        signIn(0, { country: "BR" }),
        signIn(10 * DAYS, { country: "SE" }),
        signIn(30 * DAYS, { country: "BR" }),
        act(31 * DAYS - 1, "consent to application"),
      ],
    },
    {
      name: "a minute too little history",
      hits: undefined,
      events: [...home, signIn(fortnight - 1, { country: "BR" }), act(fortnight + 60)],
    },
    {
      name: "no act of power within a day",
      hits: undefined,
      events: [
        ...home,
        signIn(fortnight, { country: "BR" }),
        act(fortnight + 24 * HOURS),
        act(fortnight, "update user"),
      ],
    },
    {
      name: "the sign-in failed",
      hits: undefined,
      events: [...home, signIn(fortnight, { country: "BR", outcome: "failure" }), act(fortnight + 60)],
    },
  ],
};
