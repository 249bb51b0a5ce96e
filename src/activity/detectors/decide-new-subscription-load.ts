import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { ageOf, reader, setting } from "./decide-card.ts";
import {
  COMPUTE_OPS,
  computeFacts,
  creationsIn,
  customerOf,
  kept,
  LOAD_LIMITS,
  loadEvents,
  loadFacts,
  loadsByDay,
  loadsOf,
} from "./decide-compute.ts";
import { listIn, textIn } from "./decide-json.ts";
import { byTime, DAY_MS, fewer, HOUR_MS, text } from "./decide-window.ts";
import { azure, DAYS, fleet, HOURS, made, partnerCenter, portfolio, REGIONS } from "./example.ts";

const settings = [
  setting("windowHours", "From order to load", { unit: "hours", standard: 24, min: 1, max: 168 }),
  setting("createsMin", "Resources of computing power made within a day that are a load even if small", {
    unit: "resources",
    standard: LOAD_LIMITS.manyMin,
    min: 2,
    max: 1_000,
  }),
];
const ALIAS_OP = "microsoft.subscription/aliases/write";
/** Product of the Azure plan in the new commerce catalogue. Source: Partner Center, "Get Azure plan". */
const AZURE_PLAN = "dzh318z0bps6";
/** A listed subscription older than this was not made by the order. The list is read daily, so it may be told a day late. */
const NEW_DAYS = 2;

function keep(event: KnownEvent) {
  const facts = isOrder(event)
    ? { kind: "order", ...actorFacts(event), operation: event.operation }
    : computeFacts(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}
function isOrder(event: KnownEvent): boolean {
  if (event.outcome === "failure") return false;
  if (event.operation === ALIAS_OP) return true;
  if (event.operation !== "create_order") return false;
  const items = listIn(event.request, "lineItems");
  const isAzure = (text: string | undefined) =>
    text !== undefined && (text.toLowerCase().startsWith(AZURE_PLAN) || /azure/i.test(text));
  // An order whose lines are not told may be one.
  return items.length === 0 || items.some((one) => ["offerId", "friendlyName"].some((k) => isAzure(textIn(one, k))));
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const orders = all.filter((one) => text(one, "kind") === "order");
  if (orders.length === 0) return [];
  const set = reader(settings, context.settings);
  const bySubscription = Map.groupBy(creationsIn(all), (one) => text(one, "subscription"));
  const hitsOf = ([subscription, made]: readonly [string, readonly Kept[]]): readonly Hit[] => {
    const orderBefore = (at: number) =>
      orders.findLast((one) => one.at <= at && one.at > at - set("windowHours") * HOUR_MS);
    const age = (at: number) => ageOf(subscription, at, { context, youngDays: NEW_DAYS });
    const isNew = (at: number) => age(at).young || typeof age(at).days !== "number";
    const loads = loadsOf(made, { ...LOAD_LIMITS, manyMin: set("createsMin") });
    const fitting = loads.filter(({ last }) => isNew(last.at) && orderBefore(last.at) !== undefined);
    return loadsByDay(made, fitting).flatMap((load) => {
      const order = orderBefore(load.last.at);
      if (!order) return [];
      const facts = {
        actor: actorName(load.last),
        orderedBy: actorName(order),
        order: text(order, "operation"),
        hours: Math.round((load.last.at - order.at) / HOUR_MS),
        subscriptionAge: age(load.last.at).days,
        ...loadFacts(load),
      };
      const events = fewer([order, ...loadEvents(load)].sort(byTime));
      const named = subscription === "-" ? undefined : subscription;
      return [{ key: subscription, level: "high", at: load.last.at, subscription: named, facts, events }];
    });
  };
  return [...bySubscription].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(hitsOf);
}

const order = (minutes: number, name = "Azure plan") =>
  partnerCenter(minutes, { operation: "create_order", request: { lineItems: [{ friendlyName: name }] } });

export const newSubscriptionLoad: Detector = {
  id: "new-subscription-load",
  title: "A new subscription, and a load at once",
  titleSv: "Ny prenumeration som genast belastas",
  level: "high",
  family: "misuse",
  abuse: ["A4", "T3"],
  why:
    "A subscription that is ordered and filled with machines on the same day is how stolen partner credentials and synthetic customers turn into mining. A " +
    "subscription that our list shows to be older is not judged; one of unknown age is. Starting values, not confirmed by labelled data.",
  sources: ["azure-activity", "partner-center"],
  falsePositives: ["A migration into a new subscription", "A training class"],
  runbook: "coin-mining",
  attack: ["T1496.001", "T1578"],
  covers: "R4",
  contain: "cancel-azure-subscription",
  settings,
  wants: [ALIAS_OP, "create_order", ...Object.keys(COMPUTE_OPS)],
  spanMs: 9 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "ordered in the morning, a fleet at noon",
      hits: "high",
      events: [order(0), ...fleet(4 * HOURS, { count: 10, regions: REGIONS })],
      portfolio: portfolio({ subscriptionDays: 0 }),
    },
    {
      name: "an alias, then twenty small ones in one region; age unknown",
      hits: "high",
      events: [azure(0, { operation: ALIAS_OP }), ...fleet(10, { count: 20, regions: ["swedencentral"] })],
    },
    {
      name: "nineteen small ones",
      hits: undefined,
      events: [azure(0, { operation: ALIAS_OP }), ...fleet(10, { count: 19, regions: ["swedencentral"] })],
    },
    {
      name: "the load is in a subscription that was there for years",
      hits: undefined,
      events: [order(0), ...fleet(4 * HOURS, { count: 10, regions: REGIONS })],
      portfolio: portfolio({ subscriptionDays: 800 }),
    },
    {
      name: "an order of seats, not of Azure",
      hits: undefined,
      events: [order(0, "Microsoft 365 Business Premium"), made(60, "gpu", { size: "Standard_NC6s_v3" })],
    },
    {
      name: "the load comes a day after the order to the minute",
      hits: undefined,
      events: [order(0), made(1 * DAYS, "gpu", { size: "Standard_NC6s_v3" })],
    },
  ],
};
