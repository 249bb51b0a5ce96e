import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept, subscriptionOf } from "./decide-compute.ts";
import { textIn } from "./decide-json.ts";
import { perCustomer } from "./decide-partner.ts";
import { DAY_MS, distinct, listed, slide, text } from "./decide-window.ts";
import { azure, CUSTOMER, DAYS, FOREIGN_TENANT, OTHER_CUSTOMER, partnerCenter, portfolio } from "./example.ts";

const settings = [
  setting("movesMin", "Subscriptions of one customer that move within the window", {
    unit: "subscriptions",
    standard: 2,
    min: 2,
    max: 1_000,
  }),
  setting("customersMin", "Customers whose subscriptions move to one tenant within the window", {
    unit: "customers",
    standard: 2,
    min: 2,
    max: 100,
  }),
  setting("windowDays", "Length of the window", { unit: "days", standard: 30, min: 1, max: 90 }),
];

const OPS = [
  "create_transfer",
  "update_transfer",
  "microsoft.subscription/updatetenant/action",
  "microsoft.subscription/subscriptions/acceptownership/action",
  "microsoft.subscription/acceptownership/action",
];

function keep(event: KnownEvent) {
  if (!OPS.includes(event.operation) || event.outcome === "failure") return [];
  const what = event.source === "partner-center" ? event.resource?.id : subscriptionOf(event);
  const to = destination(event);
  const facts = { ...actorFacts(event), customer: event.customer ?? "", what: what ?? event.id, to };
  const own = { group: customerOf(event), kept: kept(event, facts) };
  return to === "" || event.customer === undefined ? [own] : [own, { group: `-|to|${to}`, kept: own.kept }];
}
const GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const MOVED = new RegExp(`\\bto tenant ['"]?(${GUID})`, "i");
function destination(event: KnownEvent): string {
  const named = ["targetTenantId", "targetCustomerTenantId", "destinationTenantId", "tenantId"]
    .map((name) => textIn(event.request, name) ?? textIn(event.request, "properties", name))
    .find((one) => one !== undefined);
  const told = textIn(event.raw, "properties", "message") ?? event.reason ?? "";
  return (named ?? MOVED.exec(told)?.[1] ?? "").toLowerCase();
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const windowMs = set("windowDays") * DAY_MS;
  return group.startsWith("-|to|") ? toOne(all, set("customersMin"), windowMs) : ofOne(all, set("movesMin"), context);
}
function toOne(all: readonly Kept[], customersMin: number, windowMs: number): readonly Hit[] {
  const hits = slide(all, windowMs, {
    judge: (last, { from, to }) => {
      const customers = distinct(all.slice(from, to + 1).map((one) => text(one, "customer")));
      if (customers < customersMin) return undefined;
      return {
        key: "",
        level: "high",
        facts: { actor: actorName(last), customers, to: text(last, "to"), why: "one-tenant" },
      };
    },
  });
  return hits.flatMap((hit) => perCustomer(hit.events, { level: hit.level, at: hit.at, facts: hit.facts }));
}
function ofOne(
  all: readonly Kept[],
  movesMin: number,
  { portfolio, settings: given }: DetectorContext,
): readonly Hit[] {
  const windowMs = reader(settings, given)("windowDays") * DAY_MS;
  return slide(all, windowMs, {
    judge: (last, { from, to }) => {
      const window = all.slice(from, to + 1);
      const moves = distinct(window.map((one) => text(one, "what")));
      const isOverdue = portfolio?.overdueSince !== undefined && portfolio.overdueSince !== null;
      if (moves < movesMin && !isOverdue) return undefined;
      return {
        key: "",
        level: "high",
        facts: {
          actor: actorName(last),
          moves,
          to: listed(window.map((one) => text(one, "to"))) || "unknown",
          overdueSince: portfolio?.overdueSince?.toString() ?? (portfolio?.overdueSince === null ? "none" : "unknown"),
          why: isOverdue ? "overdue" : "several",
        },
      };
    },
  });
}

const transfer = (minutes: number, id: string, more: object = {}) =>
  partnerCenter(minutes, { operation: "create_transfer", resource: { id, type: "transfer" }, ...more });

export const shuffled: Detector = {
  id: "subscriptions-shuffled",
  title: "Subscriptions move from hand to hand",
  titleSv: "Prenumerationer flyttas från hand till hand",
  level: "high",
  family: "misuse",
  abuse: ["A6", "T3"],
  why:
    "Subscriptions that move to another tenant leave their debts behind and are how misappropriated ones are sold: two of a customer in a month, those of two customers to " +
    "one tenant, or any while an invoice is overdue. Starting values, not confirmed by labelled data.",
  sources: ["partner-center", "azure-activity"],
  falsePositives: ["A merger of companies", "A planned change of billing"],
  runbook: "subscription-moved",
  attack: ["T1496", "T1535"],
  covers: "R15",
  contain: "none",
  settings,
  wants: OPS,
  spanMs: 91 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "two transfers in a month", hits: "high", events: [transfer(0, "t1"), transfer(29 * DAYS, "t2")] },
    {
      name: "one while an invoice is overdue",
      hits: "high",
      events: [transfer(0, "t1")],
      portfolio: portfolio({ overdueSince: Temporal.PlainDate.from("2026-02-15") }),
    },
    {
      name: "subscriptions of two customers go to one tenant",
      hits: "high",
      events: [CUSTOMER, OTHER_CUSTOMER].map((customer, n) =>
        azure(n * 60, {
          operation: "microsoft.subscription/updatetenant/action",
          customer,
          raw: { properties: { message: `Subscription moved from tenant ${customer} to tenant ${FOREIGN_TENANT}` } },
        }),
      ),
    },
    {
      name: "one transfer, made and then completed",
      hits: undefined,
      events: [transfer(0, "t1"), transfer(60, "t1", { operation: "update_transfer" })],
      portfolio: portfolio({ overdueSince: null }),
    },
    { name: "the second after 30 days", hits: undefined, events: [transfer(0, "t1"), transfer(30 * DAYS, "t2")] },
  ],
};
