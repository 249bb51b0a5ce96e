import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { Actors, actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import {
  COMPUTE_OPS,
  computeFacts,
  creationsIn,
  customerOf,
  kept,
  type Load,
  loadEvents,
  loadFacts,
  loadsOf,
  subscriptionOf,
} from "./decide-compute.ts";
import { grantOf, ROLES_OF_POWER } from "./decide-grant.ts";
import { byTime, DAY_MS, dayOf, fewer, HOUR_MS, listed, text, wholeOf } from "./decide-window.ts";
import { azure, entra, fleet, HOURS, made, portfolio, REGIONS, SUBSCRIPTION, user } from "./example.ts";
import { grant } from "./example-grant.ts";

const settings = [
  setting("windowHours", "All three steps happen within this time", { unit: "hours", standard: 24, min: 1, max: 168 }),
];

const ELEVATE_OPS = [
  "microsoft.authorization/elevateaccess/action",
  "user has elevated their access to user access administrator for their azure resources",
  "assigns the caller to user access administrator",
  "assigns the caller to user access admin",
] as const;
const elevates = new Set<string>(ELEVATE_OPS);
const GRANT_OP = "microsoft.authorization/roleassignments/write";

function keep(event: KnownEvent) {
  const facts = factsOf(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}
function factsOf(event: KnownEvent): Kept["facts"] | undefined {
  if (event.outcome === "failure") return undefined;
  if (elevates.has(event.operation)) return { kind: "elevate", ...actorFacts(event) };
  if (event.operation !== GRANT_OP) return computeFacts(event);
  const given = grantOf(event);
  if (!given || !ROLES_OF_POWER.has(given.role)) return undefined;
  return { kind: "grant", ...actorFacts(event), ...given, subscription: subscriptionOf(event) };
}

/** The chains of a customer: someone elevates, gives Owner or a like role to themselves or another, and either brings up a load. */
function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const windowMs = reader(settings, context.settings)("windowHours") * HOUR_MS;
  const actors = new Actors(all);
  const isKind = (kind: string) => (one: Kept) => text(one, "kind") === kind;
  const [elevations, grants] = [all.filter(isKind("elevate")), all.filter(isKind("grant"))];
  const computing = creationsIn(all);
  const hits = new Map<string, Hit>();
  for (const elevation of elevations) {
    const who = actors.of(elevation);
    const within = (one: Kept) => one.at >= elevation.at && one.at < elevation.at + windowMs;
    const given = grants.filter((one) => within(one) && actors.of(one) === who);
    const [firstGrant] = given;
    if (!firstGrant) continue;
    const theirs = new Set([who, ...given.map((one) => actors.find(text(one, "principal")))]);
    const made = computing.filter((one) => within(one) && one.at >= firstGrant.at && theirs.has(actors.of(one)));
    const [load] = loadsOf(made);
    if (!load || who === "") continue;
    for (const hit of hitsOf(who, [elevation, ...given], { load, made })) {
      const name = `${hit.key}|${dayOf(hit.at)}`;
      if (!hits.has(name)) hits.set(name, hit);
    }
  }
  return [...hits.values()];
}

/** One for each subscription in which something was made, since each must be stopped by itself; a load is told over all of them together. */
function hitsOf(who: string, steps: readonly Kept[], of: { load: Load; made: readonly Kept[] }): readonly Hit[] {
  const [elevation, ...given] = steps;
  const bySubscription = Map.groupBy(of.made, (one) => text(one, "subscription"));
  return [...bySubscription].map(([subscription, made]): Hit => {
    const at = Math.max(of.load.last.at, made[0]?.at ?? 0);
    const load = { ...of.load, window: wholeOf(made) };
    return {
      key: `${who} ${subscription}`,
      level: "critical",
      at,
      subscription: subscription === "-" ? undefined : subscription,
      facts: {
        actor: elevation ? actorName(elevation) : "?",
        roles: listed(given.map((one) => text(one, "role"))),
        scopes: listed(given.map((one) => text(one, "scope"))),
        ...loadFacts(load),
        subscriptions: bySubscription.size,
        minutes: Math.round((at - (elevation?.at ?? at)) / 60_000),
      },
      events: fewer([...steps, ...loadEvents(load)].sort(byTime)),
    };
  });
}

export const takeoverChain: Detector = {
  id: "takeover-chain",
  title: "Takeover: elevated, made owner, computing power brought up",
  titleSv: "Övertagande: höjd behörighet, ägarroll, datorkraft startad",
  level: "critical",
  family: "misuse",
  abuse: ["A2", "A4", "M5"],
  why:
    "A stolen administrator elevates to all subscriptions, gives himself or an accomplice a role of power and starts a fleet: each step may be work, the three " +
    "within a day by one person are a takeover that costs thousands an hour. Names that the systems use for one person are joined.",
  sources: ["azure-activity", "entra-audit"],
  falsePositives: ["An administrator who regains access to orphaned subscriptions and rolls out at once"],
  runbook: "takeover",
  attack: ["T1078.004", "T1098.003", "T1496.001"],
  covers: "R5",
  contain: "cancel-azure-subscription",
  settings,
  wants: [...ELEVATE_OPS, GRANT_OP, ...Object.keys(COMPUTE_OPS)],
  spanMs: 8 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "elevate, owner at the root, a GPU fleet in three regions",
      hits: "critical",
      events: [
        azure(0, { operation: ELEVATE_OPS[0] }),
        grant(3, { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/", principal: user("eve").id }),
        ...fleet(6, { count: 6, regions: REGIONS.slice(0, 3), size: "Standard_NC24ads_A100_v4" }),
      ],
      portfolio: portfolio(),
    },
    {
      name: "Entra tells the elevation by object id and name, Azure the rest by name; an accomplice brings up the load",
      hits: "critical",
      events: [
        entra(0, { operation: ELEVATE_OPS[1], actor: user("eve", { id: "0b1ec7", name: "Eve@Fabrikam.example" }) }),
        grant(30, {
          role: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
          scope: `/subscriptions/${SUBSCRIPTION}`,
          principal: "acc0",
        }),
        ...fleet(60, { count: 10, regions: REGIONS.slice(0, 3), actor: { id: "acc0", kind: "service-principal" } }),
      ],
    },
    {
      name: "a fleet spread thin over five subscriptions",
      hits: "critical",
      events: [
        azure(0, { operation: ELEVATE_OPS[0] }),
        grant(1, { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/", principal: user("eve").id }),
        ...fleet(2, { count: 10, regions: REGIONS }).map((event, n) => ({
          ...event,
          subscription: `${SUBSCRIPTION.slice(0, -1)}${n % 5}`,
        })),
      ],
    },
    {
      name: "the load comes a day after: 24 hours after the elevation to the millisecond",
      hits: undefined,
      events: [
        azure(0, { operation: ELEVATE_OPS[0] }),
        grant(1, { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/", principal: user("eve").id }),
        made(24 * HOURS, "gpu", { size: "Standard_ND96asr_v4" }),
      ],
    },
    {
      name: "the load comes one minute earlier",
      hits: "critical",
      events: [
        azure(0, { operation: ELEVATE_OPS[0] }),
        grant(1, { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/", principal: user("eve").id }),
        made(24 * HOURS - 1, "gpu", { size: "Standard_ND96asr_v4" }),
      ],
    },
    {
      name: "the load was there before the role",
      hits: undefined,
      events: [
        azure(0, { operation: ELEVATE_OPS[0] }),
        made(1, "gpu", { size: "Standard_ND96asr_v4" }),
        grant(2, { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/", principal: user("eve").id }),
      ],
    },
    {
      name: "three people do the three steps",
      hits: undefined,
      events: [
        azure(0, { operation: ELEVATE_OPS[0], actor: user("adam") }),
        grant(1, { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/", principal: user("eve").id }),
        made(2, "gpu", { size: "Standard_ND96asr_v4", actor: user("carol") }),
      ],
    },
    {
      name: "elevate and reader, then one small machine",
      hits: undefined,
      events: [
        azure(0, { operation: ELEVATE_OPS[0] }),
        grant(1, { role: "acdd72a7-3385-48ef-bd42-f606fba81ae7", scope: "/", principal: user("eve").id }),
        made(2, "vm", { size: "Standard_D2s_v5" }),
      ],
    },
  ],
};
