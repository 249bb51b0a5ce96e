import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { orderFacts } from "./decide-orders.ts";
import { actorName } from "./decide-actors.ts";
import { SEAT_OPS, seatFacts } from "./decide-seats.ts";
import { count, DAY_MS, distinct, inSlice, slide, text } from "./decide-window.ts";
import { partnerCenter } from "./example.ts";
import { given, moved } from "./example-seats.ts";

const settings = [
  setting("windowMinutes", "From the customer's creation to the last seat", {
    unit: "minutes",
    standard: 60,
    min: 5,
    max: 1_440,
  }),
  setting("seatsMin", "Orders of fewer seats are not judged", { unit: "seats", standard: 5, min: 1, max: 10_000 }),
];

function keep(event: KnownEvent) {
  const facts = event.operation === "add_customer" ? { kind: "customer" } : (orderFacts(event) ?? seatFacts(event));
  return facts && facts["kind"] !== "domain" ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  if (group === "-" || !all.some((one) => text(one, "kind") === "customer")) return [];
  const set = reader(settings, context.settings);
  return slide(all, set("windowMinutes") * 60_000, {
    judge: (last, window) => {
      const events = inSlice(window);
      const from = events.findIndex((one) => text(one, "kind") === "customer");
      if (from < 0) return undefined;
      const after = events.slice(from);
      const orders = after.filter((one) => text(one, "kind") === "order");
      const ordered = orders.reduce((sum, one) => sum + count(one, "seats"), 0);
      const given = after.filter((one) => text(one, "kind") === "seat" && text(one, "added") !== "");
      const people = distinct(given.map((one) => text(one, "user")));
      if (ordered < set("seatsMin") || people < ordered) return undefined;
      return {
        key: "",
        level: "high",
        facts: {
          actor: orders[0] ? actorName(orders[0]) : "?",
          seats: ordered,
          people,
          minutes: Math.round((last.at - (after[0]?.at ?? last.at)) / 60_000),
        },
      };
    },
  });
}

const added = (minutes: number) => partnerCenter(minutes, { operation: "add_customer" });
const order = (minutes: number, quantity: number) =>
  partnerCenter(minutes, { operation: "create_order", request: { lineItems: [{ quantity }] } });
const seats = (from: number, many: number) => Array.from({ length: many }, (_, n) => given(from + n, `u${n}@new.com`));

export const orderToSeats: Detector = {
  id: "order-to-seats",
  title: "Customer made, seats ordered and all given away within an hour",
  titleSv: "Kund skapad, licenser beställda och alla utdelade inom en timme",
  level: "high",
  family: "misuse",
  abuse: ["T5", "A6"],
  why:
    "A real company takes days to bring its people in. A script makes the customer, orders and fills every seat in minutes: the seats are for sale. Starting values, not " +
    "confirmed by labelled data.",
  sources: ["partner-center", "entra-audit", "m365-audit"],
  falsePositives: ["A migration prepared by script", "A demonstration tenant"],
  runbook: "purchase-burst",
  attack: ["T1585"],
  covers: "R14",
  contain: "none",
  settings,
  wants: [
    "add_customer",
    "create_order",
    "update_order",
    "update_subscription",
    "convert_trial_subscription",
    ...SEAT_OPS,
  ],
  spanMs: 2 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "five seats in twelve minutes", hits: "high", events: [added(0), order(5, 5), ...seats(8, 5)] },
    {
      name: "told by Partner Center, the last after 59 minutes",
      hits: "high",
      events: [added(0), order(5, 5), ...[1, 2, 3, 4, 5].map((n) => moved(n * 11 + 4, `p${n}`, "AddedLicenseSkuId"))],
    },
    { name: "one seat is left", hits: undefined, events: [added(0), order(5, 5), ...seats(8, 4)] },
    {
      name: "the last comes after an hour",
      hits: undefined,
      events: [added(0), order(5, 5), ...seats(8, 4), given(60, "x@new.com")],
    },
    { name: "four seats", hits: undefined, events: [added(0), order(5, 4), ...seats(8, 4)] },
    { name: "an old customer fills new seats", hits: undefined, events: [order(5, 5), ...seats(8, 5)] },
  ],
};
