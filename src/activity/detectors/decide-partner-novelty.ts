import type { CustomerId } from "../../core/ids.ts";
import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { kept } from "./decide-compute.ts";
import { novelties } from "./decide-first-seen.ts";
import { isPartnerAct, perCustomer } from "./decide-partner.ts";
import { actorKey } from "./decide-privileged.ts";
import { DAY_MS, distinct, HOUR_MS, inSlice, listed, slide, text } from "./decide-window.ts";
import { CUSTOMER, DAYS, HOURS, partnerCenter } from "./example.ts";

const settings = [
  setting("customersMin", "Customers that one of our users never served and now acts on within the window", {
    unit: "customers",
    standard: 3,
    min: 1,
    max: 100,
  }),
  setting("windowHours", "Length of the window", { unit: "hours", standard: 24, min: 1, max: 168 }),
  setting("memoryDays", "A customer is new when not served for so long", {
    unit: "days",
    standard: 30,
    min: 7,
    max: 60,
  }),
  setting("learnDays", "Nobody is judged with less history", { unit: "days", standard: 14, min: 1, max: 30 }),
];

function keep(event: KnownEvent) {
  // Whoever makes a customer is new to it by nature.
  if (event.source !== "partner-center" || event.customer === undefined || event.operation === "add_customer")
    return [];
  const actor = actorKey(event);
  if (actor === undefined || !isPartnerAct(event)) return [];
  const facts = { actor, customer: event.customer, operation: event.operation, ip: event.ip ?? "" };
  return [{ group: `-|serves|${actor}`, kept: kept(event, facts) }];
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const fresh = novelties(all, {
    spanMs: set("memoryDays") * DAY_MS,
    learnMs: set("learnDays") * DAY_MS,
    valueOf: (one) => text(one, "customer"),
  })
    .filter(({ seen }) => seen === "new")
    .map(({ at }) => at);
  const hits = slide(fresh, set("windowHours") * HOUR_MS, {
    judge: (last, window) => {
      const events = inSlice(window);
      const customers = distinct(events.map((one) => text(one, "customer")));
      if (customers < set("customersMin")) return undefined;
      return {
        key: "",
        level: "medium",
        facts: {
          actor: text(last, "actor"),
          customers,
          operations: listed(events.map((one) => text(one, "operation"))),
          ips: listed(events.map((one) => text(one, "ip"))) || "unknown",
          memoryDays: set("memoryDays"),
        },
      };
    },
  });
  return hits.flatMap((hit) => perCustomer(hit.events, { level: hit.level, at: hit.at, facts: hit.facts }));
}

const serve = (minutes: number, n: number, more: object = {}) =>
  partnerCenter(minutes, {
    operation: "update_subscription",
    customer: `${CUSTOMER.slice(0, -2)}${40 + n}` as CustomerId,
    ...more,
  });
const history = [0, 5, 13].map((day) => serve(day * DAYS, 0));
const later = 14 * DAYS;

export const partnerNovelty: Detector = {
  id: "partner-new-customers",
  title: "One of our users acts on customers never served before",
  titleSv: "En av våra användare agerar hos kunder den aldrig skött",
  level: "medium",
  family: "misuse",
  abuse: ["A2", "M5"],
  why:
    "People serve the same customers. An account of ours that turns up at three it never served within a day may be in other hands. Each customer gets its own finding. An account " +
    "watched for less than two weeks is not judged. Starting values, not confirmed by labelled data.",
  sources: ["partner-center"],
  falsePositives: ["A holiday stand-in", "A team that is reorganised"],
  runbook: "partner-account-misused",
  attack: ["T1199", "T1078.004"],
  covers: "R19",
  contain: "none",
  settings,
  spanMs: 69 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "three new ones in a day",
      hits: "medium",
      events: [...history, ...[1, 2, 3].map((n) => serve(later + n, n))],
    },
    {
      name: "one of them was served 31 days ago",
      hits: "medium",
      events: [serve(0, 1), ...[1, 2, 3].map((n) => serve(31 * DAYS + n, n)), serve(20 * DAYS, 0), serve(10 * DAYS, 0)],
    },
    {
      name: "two new ones",
      hits: undefined,
      events: [...history, serve(later, 1), serve(later + 1, 2), serve(later + 2, 0)],
    },
    {
      name: "13 days of history",
      hits: undefined,
      events: [serve(0, 0), ...[1, 2, 3].map((n) => serve(13 * DAYS + n, n))],
    },
    {
      name: "the third a day after the first",
      hits: undefined,
      events: [...history, serve(later, 1), serve(later + 1, 2), serve(later + 24 * HOURS, 3)],
    },
    {
      name: "three customers that it makes itself",
      hits: undefined,
      events: [...history, ...[1, 2, 3].map((n) => serve(later + n, n, { operation: "add_customer" }))],
    },
  ],
};
