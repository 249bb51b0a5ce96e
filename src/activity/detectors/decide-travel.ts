import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { actorKey, isSignIn, SIGN_IN_OPS } from "./decide-privileged.ts";
import { DAY_MS, dayOf, text } from "./decide-window.ts";
import { DAYS, servicePrincipal, signIn } from "./example.ts";

const settings = [
  setting("minutesMax", "Two countries within this time are too far apart", {
    unit: "minutes",
    standard: 60,
    min: 5,
    max: 720,
  }),
  setting("habitDays", "The same two countries one after the other within so many days before are a habit", {
    unit: "days",
    standard: 30,
    min: 1,
    max: 60,
  }),
];

function keep(event: KnownEvent) {
  if (!isSignIn(event) || event.outcome !== "success" || event.country === undefined) return [];
  const actor = actorKey(event);
  // Applications and machines are in many places at once.
  if (actor === undefined || !["user", "partner", "unknown"].includes(event.actor?.kind ?? "unknown")) return [];
  return [
    {
      group: `${customerOf(event)}|${actor}`,
      kept: kept(event, { country: event.country, ip: event.ip ?? "", app: event.app?.name ?? event.app?.id ?? "" }),
    },
  ];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const pairs = new Map<string, number>();
  const hits = new Map<string, Hit>();
  all.forEach((here, index) => {
    const there = all[index - 1];
    if (!there || text(there, "country") === text(here, "country")) return;
    const pair = [text(there, "country"), text(here, "country")].sort().join("-");
    const before = pairs.get(pair);
    pairs.set(pair, here.at);
    const isHabit =
      before !== undefined && before > here.at - set("habitDays") * DAY_MS && dayOf(before) !== dayOf(here.at);
    const minutes = (here.at - there.at) / 60_000;
    const name = `${pair}|${dayOf(here.at)}`;
    if (minutes >= set("minutesMax") || isHabit || hits.has(name)) return;
    hits.set(name, {
      key: pair,
      level: "medium",
      at: here.at,
      facts: {
        actor: group.slice(group.indexOf("|") + 1),
        from: text(there, "country"),
        to: text(here, "country"),
        minutes: Math.round(minutes),
        ips: [text(there, "ip"), text(here, "ip")].filter(Boolean).join(", ") || "unknown",
      },
      events: [there, here],
    });
  });
  return [...hits.values()];
}

export const travel: Detector = {
  id: "two-countries",
  title: "One account signs in from two countries within the hour",
  titleSv: "Ett konto loggar in från två länder inom en timme",
  level: "medium",
  family: "misuse",
  abuse: ["A2"],
  why:
    "Nobody crosses a border in the time that a stolen session needs. There is no map here: neighbours count as any other two countries, and a pair that was seen on another day " +
    "of the last month is taken for a habit. Starting values, not confirmed by labelled data.",
  sources: ["entra-sign-in"],
  falsePositives: [
    "A VPN or a telephone network with its exit abroad",
    "People who live at a border, on their first day",
  ],
  runbook: "stolen-account",
  attack: ["T1078.004"],
  covers: "R19",
  contain: "none",
  settings,
  wants: SIGN_IN_OPS,
  spanMs: 62 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "Sweden, and Nigeria 59 minutes later",
      hits: "medium",
      events: [signIn(0, { country: "SE", ip: "192.0.2.1" }), signIn(59, { country: "NG", ip: "203.0.113.9" })],
    },
    {
      name: "the pair was seen 30 days ago",
      hits: "medium",
      events: [0, 30 * DAYS].flatMap((day) => [signIn(day, { country: "SE" }), signIn(day + 30, { country: "DK" })]),
    },
    {
      name: "the same journey the day after the first is no news",
      hits: "medium",
      events: [0, 1 * DAYS].flatMap((day) => [signIn(day, { country: "SE" }), signIn(day + 30, { country: "DK" })]),
    },
    { name: "an hour later", hits: undefined, events: [signIn(0, { country: "SE" }), signIn(60, { country: "NG" })] },
    {
      name: "two people, and an application",
      hits: undefined,
      events: [
        signIn(0, { country: "SE" }),
        signIn(1, { country: "NG", actor: { id: "bo@fabrikam.example", kind: "user" } }),
        signIn(2, { country: "US", actor: servicePrincipal("app") }),
        signIn(3, { country: "IE", actor: servicePrincipal("app") }),
      ],
    },
    {
      name: "a failed attempt from abroad, and a sign-in without a country",
      hits: undefined,
      events: [signIn(0, { country: "SE" }), signIn(5, { country: "NG", outcome: "failure" }), signIn(6, {})],
    },
  ],
};
