import type { CustomerId } from "../../core/ids.ts";
import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { kept } from "./decide-compute.ts";
import { perCustomer } from "./decide-partner.ts";
import { DAY_MS, distinct, HOUR_MS, slide, text } from "./decide-window.ts";
import { CUSTOMER, HOURS, partner, partnerCenter } from "./example.ts";

const settings = [
  setting("customersMin", "Customers made by one user or application of the reseller", {
    unit: "customers",
    standard: 5,
    min: 2,
    max: 1_000,
  }),
  setting("windowHours", "Within", { unit: "hours", standard: 24, min: 1, max: 168 }),
];

function keep(event: KnownEvent) {
  if (event.operation !== "add_customer" || event.outcome === "failure" || event.customer === undefined) return [];
  const { actor, alias } = actorFacts(event);
  if (actor === "") return [];
  const facts = { actor, alias, customer: event.customer };
  return [{ group: `-|seller|${alias || actor}`, kept: kept(event, facts) }];
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const hits = slide(all, set("windowHours") * HOUR_MS, {
    judge: (last, { from, to }) => {
      const customers = distinct(all.slice(from, to + 1).map((one) => text(one, "customer")));
      if (customers < set("customersMin")) return undefined;
      return { key: "", level: "high", facts: { actor: actorName(last), customers, windowHours: set("windowHours") } };
    },
  });
  return hits.flatMap((hit) => perCustomer(hit.events, { level: hit.level, at: hit.at, facts: hit.facts }));
}

const add = (minutes: number, many: number, more: object = {}) =>
  Array.from({ length: many }, (_, n) =>
    partnerCenter(minutes + n * 60, {
      operation: "add_customer",
      customer: `${CUSTOMER.slice(0, -2)}${20 + n}` as CustomerId,
      ...more,
    }),
  );

export const manyNewCustomers: Detector = {
  id: "many-new-customers",
  title: "One seller makes many customers in a day",
  titleSv: "En säljare skapar många kunder på en dag",
  level: "high",
  family: "misuse",
  abuse: ["T5"],
  why:
    "Customers made in series by one account are either a taken-over seller's account or a fraud ring that was let in by one form. Each new customer gets its own finding. " +
    "Starting values, not confirmed by labelled data.",
  sources: ["partner-center"],
  falsePositives: [
    "Customers taken over from another reseller",
    "A self-service shop that uses one application: raise the number for it",
  ],
  runbook: "purchase-burst",
  attack: ["T1585"],
  covers: "R14",
  contain: "none",
  settings,
  wants: ["add_customer"],
  spanMs: 8 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "five in five hours", hits: "high", events: add(0, 5) },
    { name: "seven, told twice", hits: "high", events: [...add(0, 7), ...add(0, 7)] },
    { name: "four", hits: undefined, events: add(0, 4) },
    {
      name: "five by two sellers",
      hits: undefined,
      events: [...add(0, 4), ...add(300, 1, { actor: partner("bo"), customer: CUSTOMER })],
    },
    {
      name: "the fifth comes a day after the first",
      hits: undefined,
      events: [...add(0, 4), ...add(24 * HOURS, 1, { customer: CUSTOMER })],
    },
  ],
};
