import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { kept } from "./decide-compute.ts";
import { isPartnerAct, perCustomer } from "./decide-partner.ts";
import { DAY_MS, dayOf, inSlice, listed, Tally, text, walk } from "./decide-window.ts";
import { CUSTOMER, DAYS, partnerCenter, servicePrincipal } from "./example.ts";
import type { CustomerId } from "../../core/ids.ts";

const settings = [
  setting("customersMin", "Customers touched within the window by one user or application of the reseller", {
    unit: "customers",
    standard: 5,
    min: 2,
    max: 1_000,
  }),
  setting("windowMinutes", "Length of the window", { unit: "minutes", standard: 60, min: 5, max: 1_440 }),
  setting("habitDays", "Who reached as many on so many of the 14 days before does it by habit and is not told", {
    unit: "days",
    standard: 3,
    min: 1,
    max: 14,
  }),
];
const HABIT_SPAN_DAYS = 14;

/** What is written by machines for every customer, whoever started them. */
const ROUTINE = new Set([
  "ready_invoice",
  "azure_fraud_event_detected",
  "get_software_key",
  "get_software_download_link",
]);

function keep(event: KnownEvent) {
  if (!isPartnerAct(event) || event.customer === undefined || ROUTINE.has(event.operation)) return [];
  const { actor, alias } = actorFacts(event);
  const facts = { actor, alias, customer: event.customer, operation: event.operation, ip: event.ip ?? "" };
  return [{ group: `-|partner|${alias || actor}`, kept: kept(event, facts) }];
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const customers = new Tally();
  /** Day → the window in which most were touched, and when it was first enough. */
  const reached = new Map<number, { readonly at: number; most: number; events: readonly Kept[] }>();
  walk(
    all,
    set("windowMinutes") * 60_000,
    {
      enter: (one) => customers.add(text(one, "customer")),
      leave: (one) => customers.remove(text(one, "customer")),
    },
    (last, window) => {
      if (customers.distinct < set("customersMin")) return;
      const known = reached.get(dayOf(last.at));
      if (known && known.most >= customers.distinct) return;
      const events = inSlice(window);
      reached.set(dayOf(last.at), { at: known?.at ?? last.at, most: customers.distinct, events });
    },
  );
  return [...reached].flatMap(([day, { at, most, events }]) => {
    const habit = [...reached.keys()].filter((one) => one < day && one >= day - HABIT_SPAN_DAYS).length;
    const [first] = events;
    if (habit >= set("habitDays") || !first) return [];
    const before = new Set(all.filter((one) => dayOf(one.at) < day).map((one) => text(one, "ip")));
    const ips = events.map((one) => text(one, "ip")).filter((ip) => ip !== "");
    const facts = {
      actor: actorName(first),
      customers: most,
      operations: listed(events.map((one) => text(one, "operation"))),
      daysBefore: habit,
      newIps: before.size === 0 ? "unknown" : listed(ips.filter((ip) => !before.has(ip))) || "none",
    };
    return perCustomer(events, { level: "high", at, facts });
  });
}

const touch = (minutes: number, customers: number, more: object = {}) =>
  Array.from({ length: customers }, (_, n) =>
    partnerCenter(minutes + n, {
      operation: "update_customer_user",
      customer: `${CUSTOMER.slice(0, -2)}${10 + n}` as CustomerId,
      ...more,
    }),
  );

export const partnerReach: Detector = {
  id: "partner-many-customers",
  title: "One user or application of ours touches many customers within an hour",
  titleSv: "En av våra användare eller appar rör många kunder inom en timme",
  level: "high",
  family: "misuse",
  abuse: ["A2", "M5"],
  why:
    "Who takes over one account of a reseller has all its customers: the first sign is one account at work in many tenants at once. Each customer touched gets its own " +
    "finding, so that none is forgotten. Accounts that do so by habit are not told. Starting values, not confirmed by labelled data.",
  sources: ["partner-center", "azure-activity", "entra-audit", "m365-audit"],
  falsePositives: ["A yearly price change or a licence clean-up over all customers", "An automation in its first days"],
  runbook: "partner-account-misused",
  attack: ["T1199", "T1078.004"],
  covers: "R9",
  contain: "none",
  settings,
  spanMs: 16 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "five customers in an hour", hits: "high", events: touch(0, 5) },
    {
      name: "an application touches seven on its second busy day",
      hits: "high",
      events: [...touch(0, 7), ...touch(2 * DAYS, 7)].map((event) => ({ ...event, actor: servicePrincipal("app-1") })),
    },
    {
      name: "the third busy day of an application is told, the fourth is habit",
      hits: "high",
      events: [0, 2, 4].flatMap((day) => touch(day * DAYS, 5)),
    },
    { name: "four customers", hits: undefined, events: touch(0, 4) },
    {
      name: "the fifth comes an hour after the first",
      hits: undefined,
      events: touch(0, 5).map((event, n) => (n === 4 ? { ...event, at: event.at.add({ minutes: 56 }) } : event)),
    },
    {
      name: "invoices become ready for nine",
      hits: undefined,
      events: touch(0, 9, { operation: "ready_invoice" }),
    },
    {
      name: "five users of ours, one customer each",
      hits: undefined,
      events: touch(0, 5).map((event, n) => ({ ...event, actor: { id: `u${n}`, kind: "partner" as const } })),
    },
  ],
};
