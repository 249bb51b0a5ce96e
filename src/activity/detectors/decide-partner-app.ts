import type { CustomerId } from "../../core/ids.ts";
import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { kept } from "./decide-compute.ts";
import { textIn } from "./decide-json.ts";
import { perCustomer } from "./decide-partner.ts";
import { DAY_MS, dayOf, distinct, HOUR_MS, listed, text } from "./decide-window.ts";
import { CUSTOMER, HOURS, partnerCenter, servicePrincipal } from "./example.ts";

const settings = [
  setting("windowHours", "From the new credential to the writes", { unit: "hours", standard: 24, min: 1, max: 168 }),
  setting("criticalCustomers", "Customers written to from which it is critical", {
    unit: "customers",
    standard: 5,
    min: 2,
    max: 1_000,
  }),
];
const CREDENTIAL_OPS = ["add_application_credential", "register_application"];
const credentials = new Set(CREDENTIAL_OPS);

function keep(event: KnownEvent) {
  if (event.source !== "partner-center" || event.outcome === "failure") return [];
  if (credentials.has(event.operation)) {
    const names = ["appId", "applicationId", "id"].map((name) => textIn(event.request, name));
    const apps = new Set([...names, event.resource?.id].flatMap((name) => (name ? [name.toLowerCase()] : [])));
    const facts = { kind: "credential", ...actorFacts(event), operation: event.operation };
    return [...apps].map((app) => ({ group: `-|app|${app}`, kept: kept(event, facts) }));
  }
  if (event.customer === undefined || event.actor?.kind !== "service-principal") return [];
  const facts = { kind: "write", ...actorFacts(event), customer: event.customer, operation: event.operation };
  return [{ group: `-|app|${event.actor.id}`, kept: kept(event, facts) }];
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const given = all.filter((one) => text(one, "kind") === "credential");
  const byDay = new Map<number, { readonly credential: Kept; readonly writes: Kept[] }>();
  for (const write of all.filter((one) => text(one, "kind") === "write")) {
    const credential = given.findLast(({ at }) => at <= write.at && at > write.at - set("windowHours") * HOUR_MS);
    if (!credential) continue;
    const known = byDay.get(dayOf(write.at));
    if (known) known.writes.push(write);
    else byDay.set(dayOf(write.at), { credential, writes: [write] });
  }
  return [...byDay.values()].flatMap(({ credential, writes }) => {
    const customers = distinct(writes.map((one) => text(one, "customer")));
    const facts = {
      actor: actorName(credential),
      application: writes[0] ? actorName(writes[0]) : "?",
      customers,
      operations: listed(writes.map((one) => text(one, "operation"))),
      hours: Math.round(((writes[0]?.at ?? credential.at) - credential.at) / HOUR_MS),
    };
    const level = customers >= set("criticalCustomers") ? "critical" : "high";
    return perCustomer(writes, { level, at: writes[0]?.at ?? credential.at, facts }).map((hit) => ({
      ...hit,
      events: [credential, ...hit.events],
    }));
  });
}

const APP = "a99a99a9-0000-4000-8000-000000000001";
const credential = (minutes: number) =>
  partnerCenter(minutes, { operation: "add_application_credential", customer: undefined, request: { appId: APP } });
const write = (minutes: number, customers: number, app = APP) =>
  Array.from({ length: customers }, (_, n) =>
    partnerCenter(minutes + n, {
      operation: "create_order",
      actor: servicePrincipal(app),
      customer: `${CUSTOMER.slice(0, -2)}${10 + n}` as CustomerId,
    }),
  );

export const partnerApp: Detector = {
  id: "partner-app-credential",
  title: "A new credential for an application of ours, then it writes to customers",
  titleSv: "Ny hemlighet på en av våra appar, som sedan skriver hos kunder",
  level: "high",
  family: "misuse",
  abuse: ["A2", "M5"],
  why:
    "An intruder in the reseller's own tenant adds a secret to an application that may act in every customer and uses it at once: the way of the supply chain attacks on " +
    "partners. Each customer written to gets its own finding; five of them make it critical. Starting values, not confirmed by labelled data.",
  sources: ["partner-center"],
  falsePositives: ["A planned change of the secret of a running automation"],
  runbook: "partner-account-misused",
  attack: ["T1098.001", "T1199"],
  covers: "R9",
  contain: "none",
  settings,
  spanMs: 8 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "credential, an hour later an order", hits: "high", events: [credential(0), ...write(60, 1)] },
    { name: "credential, then five customers", hits: "critical", events: [credential(0), ...write(60, 5)] },
    { name: "another application writes", hits: undefined, events: [credential(0), ...write(60, 5, "another")] },
    {
      name: "the write comes a day after to the minute",
      hits: undefined,
      events: [credential(0), ...write(24 * HOURS, 1)],
    },
    { name: "the write was before", hits: undefined, events: [...write(0, 3), credential(60)] },
  ],
};
