import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorName } from "./decide-actors.ts";
import { actorFacts } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { ORDER_OPS, orderFacts } from "./decide-orders.ts";
import { count, DAY_MS, HOUR_MS, inSlice, slide, text } from "./decide-window.ts";
import { HOURS, partnerCenter, portfolio } from "./example.ts";

const settings = [
  setting("windowHours", "Credit and order come within", { unit: "hours", standard: 24, min: 1, max: 168 }),
];
const CREDIT_OPS = ["create_credit", "update_credit"];

function keep(event: KnownEvent) {
  const isCredit = CREDIT_OPS.includes(event.operation) && event.outcome !== "failure";
  const facts = isCredit ? { kind: "credit", ...actorFacts(event) } : orderFacts(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  if (group === "-") return [];
  const { portfolio } = context;
  return slide(all, reader(settings, context.settings)("windowHours") * HOUR_MS, {
    judge: (last, window) => {
      const events = inSlice(window);
      const credit = events.filter((one) => text(one, "kind") === "credit").length;
      const orders = events.filter((one) => text(one, "kind") !== "credit");
      if (credit === 0 || orders.length === 0) return undefined;
      const owes = portfolio?.overdueSince !== undefined && portfolio.overdueSince !== null;
      return {
        key: "",
        level: owes || portfolio?.hasPaidBefore === false ? "high" : "medium",
        facts: {
          actor: actorName(last),
          credits: credit,
          orders: orders.length,
          seats: orders.reduce((sum, one) => sum + count(one, "seats"), 0),
          overdueSince: portfolio?.overdueSince?.toString() ?? (portfolio?.overdueSince === null ? "none" : "unknown"),
          hasPaidBefore: portfolio?.hasPaidBefore === undefined ? "unknown" : String(portfolio.hasPaidBefore),
        },
      };
    },
  });
}

const credit = (minutes: number) => partnerCenter(minutes, { operation: "create_credit" });
const order = (minutes: number) =>
  partnerCenter(minutes, { operation: "create_order", request: { lineItems: [{ quantity: 3 }] } });

export const creditAndOrders: Detector = {
  id: "credit-and-orders",
  title: "Money asked back and new orders on one day",
  titleSv: "Pengar begärs tillbaka och nya beställningar samma dag",
  level: "medium",
  family: "payment",
  abuse: ["T3"],
  why:
    "Who asks for credit and orders more at the same time may mean to use without paying. High where an invoice is overdue or nothing was ever paid; where neither is known it " +
    "stays medium. Starting values, not confirmed by labelled data.",
  sources: ["partner-center"],
  falsePositives: ["A wrong order that is credited and placed again"],
  runbook: "theft-of-service",
  attack: [],
  covers: "R16",
  contain: "none",
  settings,
  wants: [...CREDIT_OPS, ...ORDER_OPS],
  spanMs: 8 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "credit, then an order", hits: "medium", events: [credit(0), order(23 * HOURS)] },
    {
      name: "the order comes first, an invoice is overdue",
      hits: "high",
      events: [order(0), credit(60)],
      portfolio: portfolio({ overdueSince: Temporal.PlainDate.from("2026-02-15"), hasPaidBefore: true }),
    },
    {
      name: "nothing was ever paid",
      hits: "high",
      events: [credit(0), order(1)],
      portfolio: portfolio({ hasPaidBefore: false }),
    },
    { name: "a day between them", hits: undefined, events: [credit(0), order(24 * HOURS)] },
    { name: "two orders, no credit", hits: undefined, events: [order(0), order(60)] },
  ],
};
