import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { Actors, actorFacts, actorName } from "./decide-actors.ts";
import { ageOf, reader, setting } from "./decide-card.ts";
import {
  computeFacts,
  creations,
  customerOf,
  DEPLOYMENT_OP,
  deploymentRegions,
  kept,
  MACHINE_OPS,
  subscriptionOf,
} from "./decide-compute.ts";
import { DAY_MS, HOUR_MS, inSlice, listed, slide, Tally, text } from "./decide-window.ts";
import { azure, fleet, HOURS, machine, made, portfolio, REGIONS, START } from "./example.ts";

const settings = [
  setting("resourcesMin", "Machines or scale sets made within the window by one actor in one subscription", {
    unit: "resources",
    standard: 10,
    min: 2,
    max: 1_000,
  }),
  setting("regionsMin", "Regions they are spread over", { unit: "regions", standard: 3, min: 1, max: 60 }),
  setting("windowMinutes", "Length of the window", { unit: "minutes", standard: 60, min: 5, max: 1_440 }),
  setting("youngDays", "A subscription younger than this makes it critical", {
    unit: "days",
    standard: 30,
    min: 0,
    max: 365,
  }),
];

function keep(event: KnownEvent) {
  const isDeployment = event.operation === DEPLOYMENT_OP;
  if (!isDeployment && !Object.hasOwn(MACHINE_OPS, event.operation)) return [];
  const facts = isDeployment ? deploymentFacts(event) : computeFacts(event);
  if (!facts) return [];
  return [{ group: `${customerOf(event)}|${subscriptionOf(event)}`, kept: kept(event, facts) }];
}
function deploymentFacts(event: KnownEvent): Kept["facts"] | undefined {
  const regions = deploymentRegions(event.request);
  return regions === "" ? undefined : { kind: "deployment", ...actorFacts(event), regions };
}

type Counts = { readonly resources: Tally; readonly regions: Tally };

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const subscription = group.split("|")[1] ?? "-";
  const actors = new Actors(all);
  const perActor = new Map<string, Counts>();
  const countsOf = (one: Kept): Counts => {
    const counts = perActor.get(actors.of(one)) ?? { resources: new Tally(), regions: new Tally() };
    perActor.set(actors.of(one), counts);
    return counts;
  };
  const regionsOf = (one: Kept) => (text(one, "regions") || text(one, "region")).split(" ").filter(Boolean);
  const stream = [
    ...creations(all.filter((one) => text(one, "kind") !== "deployment")),
    ...all.filter((one) => text(one, "kind") === "deployment"),
  ].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return slide(stream, set("windowMinutes") * 60_000, {
    enter: (one) => {
      if (text(one, "resource") !== "") countsOf(one).resources.add(text(one, "resource"));
      for (const region of regionsOf(one)) countsOf(one).regions.add(region);
    },
    leave: (one) => {
      if (text(one, "resource") !== "") countsOf(one).resources.remove(text(one, "resource"));
      for (const region of regionsOf(one)) countsOf(one).regions.remove(region);
    },
    judge: (last, window) => {
      const { resources, regions } = countsOf(last);
      if (resources.distinct < set("resourcesMin") || regions.distinct < set("regionsMin")) return undefined;
      const age = ageOf(subscription, last.at, { context, youngDays: set("youngDays") });
      const actor = actors.of(last);
      const mine = (one: Kept) => actors.of(one) === actor;
      // What the tallies hold now, before they go on.
      const told = { count: resources.distinct, regionCount: regions.distinct, regions: regions.list() };
      return {
        key: actor,
        level: age.young ? "critical" : "high",
        subscription: subscription === "-" ? undefined : subscription,
        facts: () => {
          const theirs = inSlice(window).filter(mine);
          return {
            actor: actorName(last),
            ...told,
            sizes: listed(theirs.map((one) => text(one, "sku"))),
            failed: theirs.filter(({ facts }) => facts["failed"] === true).length,
            windowMinutes: set("windowMinutes"),
            subscriptionAge: age.days,
          };
        },
        about: mine,
      };
    },
  });
}

export const fleetBurst: Detector = {
  id: "fleet-burst",
  title: "A fleet of machines over several regions within an hour",
  titleSv: "En flotta maskiner i flera regioner inom en timme",
  level: "high",
  family: "misuse",
  abuse: ["A4", "A2"],
  why:
    "Coin miners take as much computing power as quotas allow, one region after another, and the reseller pays for it. Critical when the subscription is young " +
    "or missing from our list of the customer's subscriptions; unknown age alone does not raise the level. Attempts that failed count too. " +
    "The limits are starting values that no labelled data has confirmed.",
  sources: ["azure-activity"],
  falsePositives: [
    "A planned roll-out over regions by a deployment pipeline",
    "A load test",
    "A disaster recovery exercise",
  ],
  runbook: "coin-mining",
  attack: ["T1496.001", "T1578.002"],
  covers: "R1",
  contain: "cancel-azure-subscription",
  settings,
  wants: [...Object.keys(MACHINE_OPS), DEPLOYMENT_OP],
  spanMs: 30 * DAY_MS + HOUR_MS,
  keep,
  decide,
  examples: [
    {
      name: "ten machines in three regions within the hour, subscription of years",
      hits: "high",
      events: fleet(0, { count: 10, regions: REGIONS.slice(0, 3) }),
      portfolio: portfolio(),
    },
    {
      name: "the same in a subscription of 29 days",
      hits: "critical",
      events: fleet(0, { count: 10, regions: REGIONS.slice(0, 3) }),
      portfolio: portfolio({ subscriptionDays: 29 }),
    },
    {
      name: "a subscription that is not in our list counts as young",
      hits: "critical",
      events: fleet(0, { count: 12, regions: REGIONS }),
      portfolio: portfolio({ subscriptionSince: new Map([["another", START]]) }),
    },
    {
      name: "nothing is known of the customer's subscriptions",
      hits: "high",
      events: fleet(0, { count: 10, regions: REGIONS.slice(0, 3) }),
    },
    {
      name: "the regions are told by the deployment only",
      hits: "high",
      events: [
        azure(0, {
          operation: DEPLOYMENT_OP,
          request: {
            properties: { template: { resources: REGIONS.slice(0, 3).map((location) => ({ location, type: "vm" })) } },
          },
        }),
        ...Array.from({ length: 10 }, (_, index) => made(1 + index, `vm-${index}`)),
      ],
    },
    {
      name: "ten that were deleted are made again two days later, and the records say created",
      hits: "high",
      events: [
        ...fleet(0, { count: 10, regions: ["eastus"] }),
        ...fleet(0, { count: 10, regions: REGIONS }).map((event) => ({
          ...event,
          id: `again:${event.id}`,
          at: event.at.add({ hours: 48 }),
        })),
      ],
    },
    {
      name: "the same without the word: what was there before is not made",
      hits: undefined,
      events: [0, 48].flatMap((hours) =>
        fleet(0, { count: 10, regions: hours ? REGIONS : ["eastus"], raw: {} }).map((event) => ({
          ...event,
          id: `${hours}:${event.id}`,
          at: event.at.add({ hours }),
        })),
      ),
    },
    {
      name: "nine machines",
      hits: undefined,
      events: fleet(0, { count: 9, regions: REGIONS.slice(0, 3) }),
      portfolio: portfolio({ subscriptionDays: 1 }),
    },
    {
      name: "ten machines in two regions",
      hits: undefined,
      events: fleet(0, { count: 10, regions: REGIONS.slice(0, 2) }),
    },
    {
      name: "the first leaves the window at the very hour at which the tenth comes",
      hits: undefined,
      events: [
        ...fleet(0, { count: 9, regions: REGIONS.slice(0, 3) }),
        made(1 * HOURS, "vm-last", { region: "eastus" }),
      ],
    },
    {
      name: "ten that were there already are changed",
      hits: undefined,
      events: fleet(0, { count: 10, regions: REGIONS, raw: { resultSignature: "Succeeded.OK" } }),
    },
    {
      name: "one machine is told ten times: started, accepted, succeeded and retries",
      hits: undefined,
      events: Array.from({ length: 10 }, (_, index) =>
        azure(index, {
          ...machine(index, "vm-1", { region: REGIONS[index % 4] ?? "" }),
          raw: index % 3 === 0 ? {} : { properties: { statusCode: "Created" } },
        }),
      ),
    },
  ],
};
