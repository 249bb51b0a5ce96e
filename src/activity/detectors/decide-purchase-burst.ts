import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { ORDER_OPS, orderFacts } from "./decide-orders.ts";
import { count, DAY_MS, distinct, HOUR_MS, inSlice, listed, slide, text } from "./decide-window.ts";
import { DAYS, HOURS, partnerCenter, portfolio, START } from "./example.ts";

const settings = [
  setting("seatsMin", "Seats bought within the window", { unit: "seats", standard: 100, min: 5, max: 1_000_000 }),
  setting("ordersMin", "Or orders", { unit: "orders", standard: 5, min: 2, max: 1_000 }),
  setting("trialsMin", "Or trials turned into subscriptions", { unit: "trials", standard: 3, min: 2, max: 1_000 }),
  setting("windowHours", "Length of the window", { unit: "hours", standard: 72, min: 1, max: 168 }),
  setting("youngDays", "Only customers younger than this are judged", { unit: "days", standard: 30, min: 1, max: 365 }),
];

function keep(event: KnownEvent) {
  const facts = event.operation === "add_customer" ? { kind: "customer" } : orderFacts(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  if (group === "-") return [];
  const set = reader(settings, context.settings);
  const added = all.find((one) => text(one, "kind") === "customer")?.at;
  const since = context.portfolio?.customerSince?.epochMilliseconds ?? added;
  const orders = all.filter((one) => text(one, "kind") !== "customer");
  return slide(orders, set("windowHours") * HOUR_MS, {
    judge: (last, window) => {
      const age = since === undefined ? undefined : Math.max(0, (last.at - since) / DAY_MS);
      if (age !== undefined && age >= set("youngDays")) return undefined;
      const bought = inSlice(window);
      const seats = bought.reduce((sum, one) => sum + count(one, "seats"), 0);
      const made = distinct(bought.filter((one) => text(one, "kind") === "order").map(({ id }) => id));
      const trials = distinct(bought.filter((one) => text(one, "kind") === "trial").map((one) => text(one, "what")));
      if (seats < set("seatsMin") && made < set("ordersMin") && trials < set("trialsMin")) return undefined;
      return {
        key: "",
        level: age === undefined ? "medium" : "high",
        facts: {
          actor: actorName(last),
          orders: made,
          seats,
          trials,
          customerAge: age === undefined ? "unknown" : Math.floor(age),
          buyers: listed(bought.map(actorName)),
          windowHours: set("windowHours"),
        },
      };
    },
  });
}

const order = (minutes: number, quantity: number) =>
  partnerCenter(minutes, {
    operation: "create_order",
    id: `order:${minutes}`,
    request: { lineItems: [{ friendlyName: "Microsoft 365 E5", quantity }] },
  });
const since = (days: number) => portfolio({ customerSince: START.subtract({ hours: 24 * days }) });

export const purchaseBurst: Detector = {
  id: "purchase-burst",
  title: "A new customer buys much at once",
  titleSv: "Ny kund köper mycket på en gång",
  level: "high",
  family: "misuse",
  abuse: ["T5", "A6", "T3"],
  why:
    "Synthetic customers and stolen cards buy as much as they can before the first invoice, to use or to sell it on. A customer whose age is not known is told as medium. " +
    "What a customer of its trade and size would buy is not known here. Starting values, not confirmed by labelled data.",
  sources: ["partner-center"],
  falsePositives: ["A customer that moves over from another reseller", "An order for a whole company"],
  runbook: "purchase-burst",
  attack: ["T1585"],
  covers: "R14",
  contain: "none",
  settings,
  wants: ["add_customer", ...ORDER_OPS],
  spanMs: 32 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "a hundred seats on the first day",
      hits: "high",
      events: [order(0, 60), order(90, 40)],
      portfolio: since(0),
    },
    {
      name: "five orders in three days, customer of 29 days",
      hits: "high",
      events: [0, 10, 20, 30, 40].map((hour) => order(hour * HOURS, 1)),
      portfolio: since(27),
    },
    { name: "a hundred seats, age unknown", hits: "medium", events: [order(0, 100)] },
    {
      name: "the audit record of yesterday tells that it is new; the seats are raised",
      hits: "high",
      events: [
        partnerCenter(0, { operation: "add_customer" }),
        partnerCenter(1 * DAYS, {
          operation: "update_subscription",
          changes: [{ name: "quantity", before: "1", after: "101" }],
        }),
      ],
    },
    {
      name: "99 seats in four orders",
      hits: undefined,
      events: [96, 1, 1, 1].map((n, h) => order(h * 60, n)),
      portfolio: since(0),
    },
    { name: "a customer of 30 days", hits: undefined, events: [order(0, 500)], portfolio: since(30) },
    {
      name: "seats are lowered by a hundred, and the fifth order comes three days after the first",
      hits: undefined,
      events: [
        partnerCenter(5, {
          operation: "update_subscription",
          changes: [{ name: "quantity", before: "200", after: "100" }],
        }),
        ...[0, 10, 20, 30, 72].map((hour) => order(hour * HOURS, 1)),
      ],
      portfolio: since(1),
    },
  ],
};
