import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { Level } from "../sigma/contract.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
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
  loadsByDay,
  loadsOf,
  subscriptionOf,
} from "./decide-compute.ts";
import { textIn } from "./decide-json.ts";
import { timesOver } from "./decide-spend.ts";
import { byTime, DAY_MS, distinct, fewer, HOUR_MS, listed, strongest, text } from "./decide-window.ts";
import { azure, HOURS, made, partnerCenter, portfolio } from "./example.ts";
import { sek } from "./example-money.ts";

const settings = [
  setting("windowHours", "From a guard rail to the load, and for several guard rails", {
    unit: "hours",
    standard: 24,
    min: 1,
    max: 168,
  }),
  setting("kindsMin", "Kinds of guard rails whose removal is a hit without any load", {
    unit: "kinds",
    standard: 3,
    min: 2,
    max: 9,
  }),
  setting("spendTimes", "Today's spend that counts as a load, times the median of 14 days", {
    unit: "times",
    standard: 3,
    min: 1.5,
    max: 100,
  }),
];

/** What is removed, by operation. The two of Partner Center raise a limit; writes of a plan count when they go to Free. */
const RAILS: Readonly<Record<string, string>> = {
  "microsoft.consumption/budgets/delete": "budget",
  "microsoft.security/pricings/write": "defender-plan",
  "microsoft.security/pricings/delete": "defender-plan",
  "microsoft.insights/diagnosticsettings/delete": "logging",
  "microsoft.insights/actiongroups/delete": "alert-receivers",
  "microsoft.insights/activitylogalerts/delete": "alert-rule",
  "microsoft.insights/metricalerts/delete": "alert-rule",
  "microsoft.security/alertssuppressionrules/write": "alerts-silenced",
  "microsoft.authorization/locks/delete": "lock",
  "microsoft.authorization/policyassignments/delete": "policy",
  update_customer_spending_budget: "spending-budget",
  increase_spending_limit: "spending-limit",
};

function keep(event: KnownEvent) {
  const facts = railFacts(event) ?? computeFacts(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}
function railFacts(event: KnownEvent): Kept["facts"] | undefined {
  const rail = Object.hasOwn(RAILS, event.operation) ? RAILS[event.operation] : undefined;
  if (rail === undefined || event.outcome === "failure" || !isLoosened(event)) return undefined;
  return { kind: "rail", rail, ...actorFacts(event), subscription: subscriptionOf(event) };
}
function isLoosened(event: KnownEvent): boolean {
  if (event.operation === "microsoft.security/pricings/write")
    return textIn(event.request, "properties", "pricingTier")?.toLowerCase() === "free";
  if (event.operation !== "update_customer_spending_budget") return true;
  const change = event.changes?.find(({ name }) => /amount|budget/i.test(name));
  const [before, after] = [Number(change?.before ?? Number.NaN), Number(change?.after ?? Number.NaN)];
  // Not told which way: counts. Told to be lowered: does not.
  return Number.isNaN(before) || Number.isNaN(after) || after > before;
}

/** Rails of a subscription, and those of the customer as a whole, which hold for each. */
const concerns = (rail: Kept, subscription: string) =>
  text(rail, "subscription") === "-" || text(rail, "subscription") === subscription;

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const rails = all.filter((one) => text(one, "kind") === "rail");
  if (rails.length === 0) return [];
  const set = reader(settings, context.settings);
  const windowMs = set("windowHours") * HOUR_MS;
  const before = (at: number, subscription: string) =>
    rails.filter((one) => one.at <= at && one.at > at - windowMs && concerns(one, subscription));
  const times = timesOver(context.portfolio?.spendToday, context.portfolio?.spendMedian);
  const bySubscription = Map.groupBy(creationsIn(all), (one) => text(one, "subscription"));
  const chains = [...bySubscription].flatMap(([subscription, made]) => {
    const followed = loadsOf(made).filter(({ last }) => before(last.at, subscription).length > 0);
    return loadsByDay(made, followed).map((load) =>
      hitOf(before(load.last.at, subscription), { level: "high", times, load, subscription }),
    );
  });
  const alone = rails.flatMap((last) => {
    const subscription = text(last, "subscription");
    const gone = before(last.at, subscription);
    const isSpending = times !== undefined && times >= set("spendTimes");
    const isMany = distinct(gone.map((one) => text(one, "rail"))) >= set("kindsMin");
    return isSpending || isMany ? [hitOf(gone, { level: isSpending ? "high" : "medium", times, subscription })] : [];
  });
  return strongest([...chains, ...alone]);
}

type Made = { level: Level; times: number | undefined; load?: Load; subscription: string };
function hitOf(gone: readonly Kept[], { level, times, load, subscription }: Made): Hit {
  const last = gone.at(-1);
  return {
    key: subscription,
    level,
    at: Math.max(load?.last.at ?? 0, last?.at ?? 0),
    subscription: subscription === "-" ? undefined : subscription,
    facts: {
      actor: last ? actorName(last) : "?",
      removed: listed(gone.map((one) => text(one, "rail"))),
      spendTimes: times ?? "unknown",
      ...(load ? loadFacts(load) : { load: "none" }),
    },
    events: fewer([...gone, ...(load ? loadEvents(load) : [])].sort(byTime)),
  };
}

const removed = (minutes: number, operation: string, more: object = {}) => azure(minutes, { operation, ...more });
const gpu = (minutes: number) => made(minutes, "gpu", { size: "Standard_NC24ads_A100_v4" });

export const guardRails: Detector = {
  id: "guard-rails-then-load",
  title: "Guard rails removed, then a load",
  titleSv: "Skyddsräcken borttagna, sedan belastning",
  level: "high",
  family: "misuse",
  abuse: ["A4", "M5"],
  why:
    "Budgets, alerts, logs and locks are what would tell of misuse: who removes them and starts machines within a day does not want to be seen. Three kinds removed " +
    "in a day are told even without a load. Where spend is not known the ratio is not judged. Starting values, not confirmed by labelled data.",
  sources: ["azure-activity", "partner-center"],
  falsePositives: ["A clean-up of old subscriptions", "A raised budget ahead of a planned launch"],
  runbook: "guard-rails-removed",
  attack: ["T1562.008", "T1496.001"],
  covers: "R11",
  contain: "none",
  settings,
  wants: [...Object.keys(RAILS), ...Object.keys(COMPUTE_OPS)],
  spanMs: 9 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "the budget is deleted, a GPU size follows within the day",
      hits: "high",
      events: [removed(0, "microsoft.consumption/budgets/delete"), gpu(24 * HOURS - 1)],
    },
    {
      name: "the reseller's budget for the customer is raised, then the load",
      hits: "high",
      events: [
        partnerCenter(0, {
          operation: "update_customer_spending_budget",
          changes: [{ name: "Amount", before: "100", after: "90000" }],
        }),
        gpu(60),
      ],
    },
    {
      name: "a lock goes while today's spend is three times the usual",
      hits: "high",
      events: [removed(0, "microsoft.authorization/locks/delete")],
      portfolio: portfolio({ spendToday: sek(3_000), spendMedian: sek(1_000) }),
    },
    {
      name: "three kinds in a day, no load",
      hits: "medium",
      events: ["microsoft.consumption/budgets/delete", "microsoft.insights/actiongroups/delete"]
        .map((operation, n) => removed(n * 60, operation))
        .concat(
          removed(180, "microsoft.security/pricings/write", { request: { properties: { pricingTier: "Free" } } }),
        ),
    },
    {
      name: "a lock goes, spend is 2.99 times the usual",
      hits: undefined,
      events: [removed(0, "microsoft.authorization/locks/delete")],
      portfolio: portfolio({ spendToday: sek(2_990), spendMedian: sek(1_000) }),
    },
    {
      name: "the load comes a day later to the minute",
      hits: undefined,
      events: [removed(0, "microsoft.consumption/budgets/delete"), gpu(24 * HOURS)],
    },
    {
      name: "a lowered budget and a plan that is switched on",
      hits: undefined,
      events: [
        partnerCenter(0, {
          operation: "update_customer_spending_budget",
          changes: [{ name: "Amount", before: "90000", after: "100" }],
        }),
        removed(1, "microsoft.security/pricings/write", { request: { properties: { pricingTier: "Standard" } } }),
        gpu(60),
      ],
    },
    {
      name: "the guard rail was another subscription's",
      hits: undefined,
      events: [
        removed(0, "microsoft.consumption/budgets/delete", { subscription: "5ab5c000-0000-4000-8000-000000000009" }),
        gpu(60),
      ],
    },
  ],
};
