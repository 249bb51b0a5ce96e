import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { actorKey, isSignIn, SIGN_IN_OPS } from "./decide-privileged.ts";
import { byTime, DAY_MS, dayOf, distinct, fewer, HOUR_MS, listed, Tally, text, walk } from "./decide-window.ts";
import { HOURS, signIn, user } from "./example.ts";

const settings = [
  setting("accountsMin", "Accounts that fail from one address within the window", {
    unit: "accounts",
    standard: 5,
    min: 3,
    max: 10_000,
  }),
  setting("accountsHigh", "From so many on it is high, below medium: small customers have few accounts to try", {
    unit: "accounts",
    standard: 10,
    min: 3,
    max: 10_000,
  }),
  setting("officeAccounts", "An address from which so many signed in before the tries is their own", {
    unit: "accounts",
    standard: 3,
    min: 1,
    max: 1_000,
  }),
  setting("windowMinutes", "Length of the window", { unit: "minutes", standard: 60, min: 5, max: 1_440 }),
  setting("afterHours", "A success from the address counts so long after", {
    unit: "hours",
    standard: 24,
    min: 1,
    max: 168,
  }),
];

function keep(event: KnownEvent) {
  if (!isSignIn(event) || event.ip === undefined) return [];
  const actor = actorKey(event);
  if (actor === undefined || (event.outcome !== "failure" && event.outcome !== "success")) return [];
  return [
    {
      group: `${customerOf(event)}|${event.ip}`,
      kept: kept(event, { kind: event.outcome, actor, country: event.country ?? "" }),
    },
  ];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const failures = all.filter((one) => text(one, "kind") === "failure");
  if (failures.length < set("accountsMin")) return [];
  const accounts = new Tally();
  const sprays: { readonly last: Kept; readonly from: number; readonly to: number; readonly accounts: number }[] = [];
  walk(
    failures,
    set("windowMinutes") * 60_000,
    { enter: (one) => accounts.add(text(one, "actor")), leave: (one) => accounts.remove(text(one, "actor")) },
    (last, { from, to }) => {
      if (accounts.distinct >= set("accountsMin")) sprays.push({ last, from, to, accounts: accounts.distinct });
    },
  );
  const successes = all.filter((one) => text(one, "kind") === "success");
  const isOffice = (from: Kept | undefined) =>
    from !== undefined &&
    distinct(successes.filter(({ at }) => at < from.at).map((one) => text(one, "actor"))) >= set("officeAccounts");
  const hits = new Map<string, Hit>();
  for (const entry of successes) {
    const spray = sprays.findLast(({ last }) => last.at <= entry.at);
    if (!spray || spray.last.at <= entry.at - set("afterHours") * HOUR_MS) continue;
    const tried = failures.slice(spray.from, spray.to + 1);
    const name = `${text(entry, "actor")}|${dayOf(entry.at)}`;
    if (hits.has(name) || isOffice(tried[0])) continue;
    hits.set(name, {
      key: text(entry, "actor"),
      level: spray.accounts >= set("accountsHigh") ? "high" : "medium",
      at: entry.at,
      facts: {
        actor: text(entry, "actor"),
        ip: group.slice(group.indexOf("|") + 1),
        country: text(entry, "country") || "unknown",
        accounts: spray.accounts,
        failures: tried.length,
        tried: listed(
          tried.map((one) => text(one, "actor")),
          5,
        ),
        wasTried: tried.some((one) => text(one, "actor") === text(entry, "actor")) ? "yes" : "no",
      },
      events: [...fewer(tried), entry].sort(byTime),
    });
  }
  return [...hits.values()];
}

const ip = "203.0.113.66";
const tries = (count: number, gap = 1) =>
  Array.from({ length: count }, (_, n) => signIn(n * gap, { ip, outcome: "failure", actor: user(`user-${n}`) }));
const enters = (minutes: number, name = "user-3", more: object = {}) =>
  signIn(minutes, { ip, actor: user(name), ...more });

export const spraySuccess: Detector = {
  id: "spray-then-success",
  title: "One address tries many accounts, and gets in",
  titleSv: "En adress prövar många konton och kommer in",
  level: "high",
  family: "misuse",
  abuse: ["A2"],
  why:
    "Password spraying is daily noise; the success from the same address is the break-in. Any account that signs in from there within a day counts, whether it was among those " +
    "tried or not; the customer's own offices are left out by who signed in from there before. Starting values, not confirmed by labelled data.",
  sources: ["entra-sign-in", "m365-audit"],
  falsePositives: ["An office behind one address on the day on which a connector fails"],
  runbook: "password-spray",
  attack: ["T1110.003", "T1078.004"],
  covers: "R19",
  contain: "none",
  settings,
  wants: SIGN_IN_OPS,
  spanMs: 15 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "ten accounts, then a success", hits: "high", events: [...tries(10), enters(30)] },
    {
      name: "the success comes almost a day later",
      hits: "high",
      events: [...tries(10), enters(24 * HOURS + 8, "boss")],
    },
    { name: "nine accounts", hits: "medium", events: [...tries(9), enters(30)] },
    { name: "four accounts", hits: undefined, events: [...tries(4), enters(30)] },
    {
      name: "an office: three signed in from there before",
      hits: undefined,
      events: [
        ...["a", "b", "c"].map((name, n) => enters(n, name)),
        ...tries(10).map((event) => ({ ...event, at: event.at.add({ minutes: 10 }) })),
        enters(40),
      ],
    },
    { name: "a day after the last try to the minute", hits: undefined, events: [...tries(10), enters(24 * HOURS + 9)] },
    {
      name: "the success comes from elsewhere",
      hits: undefined,
      events: [...tries(10), enters(30, "user-3", { ip: "192.0.2.1" })],
    },
    { name: "one try every fifteen minutes", hits: undefined, events: [...tries(10, 15), enters(200)] },
    {
      name: "no success, but a second factor is asked for",
      hits: undefined,
      events: [...tries(20), enters(30, "user-3", { outcome: "started" })],
    },
  ],
};
