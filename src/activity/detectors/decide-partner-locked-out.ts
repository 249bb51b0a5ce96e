import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
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
} from "./decide-compute.ts";
import { textIn } from "./decide-json.ts";
import { byTime, DAY_MS, fewer, listed, strongest, text } from "./decide-window.ts";
import { azure, DAYS, made, partner, partnerCenter, portfolio, user } from "./example.ts";

const settings = [
  setting("windowDays", "A load so long after the lock-out makes it critical", {
    unit: "days",
    standard: 7,
    min: 1,
    max: 30,
  }),
];

const ROLE_DELETE = "microsoft.authorization/roleassignments/delete";
/** Audit record and webhook spell the same with `_` and `-`. What Microsoft ends by itself is left out. */
const ENDED = [
  "granular_admin_relationship_terminated",
  "granular_admin_relationship_termination_requested",
  "dap_admin_relationship_terminated",
  "remove_partner_customer_relationship",
  "remove_partner_relationship",
];
const ended = new Map([...ENDED, ...ENDED.map((name) => name.replaceAll("_", "-"))].map((op) => [op, op]));

function keep(event: KnownEvent) {
  const facts = lockFacts(event) ?? computeFacts(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}
function lockFacts(event: KnownEvent): Kept["facts"] | undefined {
  if (event.outcome === "failure") return undefined;
  const what = ended.get(event.operation)?.replaceAll("-", "_");
  const told = { kind: "lock", ...actorFacts(event), by: event.actor?.kind ?? "unknown" };
  const home = event.actor?.homeTenant ?? "";
  if (what !== undefined) return { ...told, home, what };
  if (event.operation !== ROLE_DELETE) return undefined;
  const type = textIn(event.request, "properties", "principalType") ?? event.target?.type ?? "";
  return type.toLowerCase() === "foreigngroup" ? { ...told, home, what: "role_of_partner_deleted" } : undefined;
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const { portfolio } = context;
  const isLock = (one: Kept) =>
    text(one, "kind") === "lock" && text(one, "by") !== "partner" && !portfolio?.ourTenants.has(text(one, "home"));
  if (!all.some(isLock)) return [];
  const windowMs = reader(settings, context.settings)("windowDays") * DAY_MS;
  const locks = all.filter(isLock);
  const hitOf = (at: number, load: Load | undefined): Hit => {
    const gone = locks.filter((one) => one.at <= at && one.at > at - windowMs);
    const subscription = load ? text(load.last, "subscription") : "-";
    const lock = gone.at(-1);
    return {
      key: "",
      level: load ? "critical" : "high",
      at,
      subscription: subscription === "-" ? undefined : subscription,
      facts: {
        actor: lock ? actorName(lock) : "?",
        what: listed(gone.map((one) => text(one, "what"))),
        subscriptions: portfolio?.subscriptionSince.size || "unknown",
        ...(load ? loadFacts(load) : { load: "none" }),
      },
      events: fewer([...gone, ...(load ? loadEvents(load) : [])].sort(byTime)),
    };
  };
  const made = creationsIn(all);
  const followed = loadsOf(made).filter(({ last }) => locks.some(({ at }) => at <= last.at && at > last.at - windowMs));
  return strongest([
    ...locks.map(({ at }) => hitOf(at, undefined)),
    ...loadsByDay(made, followed).map((load) => hitOf(load.last.at, load)),
  ]);
}

const terminated = (minutes: number, more: object = {}) =>
  partnerCenter(minutes, { operation: "granular_admin_relationship_terminated", actor: user("eve"), ...more });

export const partnerLockedOut: Detector = {
  id: "partner-locked-out",
  title: "The reseller was locked out while it still pays",
  titleSv: "Återförsäljaren utelåst men betalar fortfarande",
  level: "high",
  family: "misuse",
  abuse: ["A2", "M5"],
  why:
    "An intruder, or a customer who means to use and not pay, first takes away the reseller's access: what runs then cannot be seen or stopped from the tenant, yet is " +
    "billed. A load within a week makes it critical. Who ended it is often not told: unknown counts as not us.",
  sources: ["azure-activity", "partner-center"],
  falsePositives: ["A customer that changes reseller", "GDAP that is renewed with fewer roles"],
  runbook: "partner-locked-out",
  attack: ["T1531", "T1098.003"],
  covers: "R8",
  contain: "none",
  settings,
  wants: [...ended.keys(), ROLE_DELETE, ...Object.keys(COMPUTE_OPS)],
  spanMs: 32 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "the customer ends delegated administration",
      hits: "high",
      events: [terminated(0)],
      portfolio: portfolio(),
    },
    {
      name: "then a GPU size within the week",
      hits: "critical",
      events: [terminated(0), made(7 * DAYS - 1, "gpu", { size: "Standard_ND96asr_v4" })],
    },
    {
      name: "a webhook tells no one who did it",
      hits: "high",
      events: [partnerCenter(0, { operation: "dap-admin-relationship-terminated", actor: undefined })],
    },
    {
      name: "the role of the reseller's group is deleted in Azure",
      hits: "high",
      events: [
        azure(0, {
          operation: ROLE_DELETE,
          request: { properties: { principalType: "ForeignGroup", principalId: "x" } },
        }),
      ],
    },
    {
      name: "the load comes a week later to the minute: only the lock-out is told",
      hits: "high",
      events: [terminated(0), made(7 * DAYS, "gpu", { size: "Standard_ND96asr_v4" })],
    },
    { name: "we ended it", hits: undefined, events: [terminated(0, { actor: partner("anna") })] },
    {
      name: "Microsoft ended it, and a role of a user is deleted",
      hits: undefined,
      events: [
        partnerCenter(0, { operation: "dap_admin_relationship_terminated_by_microsoft", actor: undefined }),
        azure(1, { operation: ROLE_DELETE, request: { properties: { principalType: "User" } } }),
      ],
    },
  ],
};
