import { raiseAlert } from "../alerts/alerts.ts";
import { iso, plusHours } from "../kernel/clock.ts";
import { fractionOf } from "../kernel/ids.ts";
import type { AlertRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { ACTIVITY_STORIES, tellStory } from "../activity/stories.ts";
import { changeStatus } from "../graph/gdap-life.ts";
import { notify, writeActivity } from "../partner-center/activity.ts";
import { ownerReactivates } from "../partner-center/entitlements.ts";
import { resourceUri } from "../usage/model.ts";
import { type MixKey, MIXES, resourcesOf } from "../world/mixes.ts";
import { customerOf, entitlementOf, type Facts, UnknownFact } from "./facts.ts";

type Raised = Record<string, unknown>;
type Raise = (sim: Sim, facts: Facts) => Raised;

/** What can be made to happen: `POST /sim/events/{kind}`. */
export const EVENTS: Readonly<Record<string, { readonly says: string; readonly raise: Raise }>> = {
  alert: { says: "a new alert: customer, subscription?, kind?, title?, severity?, test?, details?", raise: alertEvent },
  "spend-jump": { says: "spend jumps: customer, subscription?, perHour?, rampHours?, mix?, hours?", raise: spendJump },
  "customer-reactivates": {
    says: "the owner brings a cancelled Azure subscription back: customer, subscription?",
    raise: reactivates,
  },
  "ends-gdap": { says: "the customer ends delegated rights: customer", raise: endsGdap },
  "accepts-relationship": { says: "the customer accepts the reseller relation: customer", raise: acceptsRelationship },
  "removes-relationship": { says: "the customer leaves: customer", raise: removesRelationship },
  transfer: { says: "the customer asks for a transfer to another partner: customer", raise: transfer },
  vetting: { says: "Microsoft decides about the account: customer, status", raise: vetting },
  ...Object.fromEntries(
    Object.entries(ACTIVITY_STORIES).map(([name, { says }]) => [
      name,
      { says, raise: (sim: Sim, facts: Facts) => storyEvent(sim, name, facts) },
    ]),
  ),
  activity: { says: "a line in the activity log: customer, operation, resourceType?, by?, data?", raise: activity },
};

const text = (facts: Facts, name: string, otherwise: string): string => String(facts[name] ?? otherwise);
const number = (facts: Facts, name: string, otherwise: number): number => Number(facts[name] ?? otherwise);

function alertEvent(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const entitlement = entitlementOf(sim, customer, facts);
  const now = nowIso(sim);
  const mix = mixOf(facts, "resources");
  const alert: AlertRow = {
    id: sim.newId(),
    customerId: customer.id,
    entitlementId: entitlement?.id ?? null,
    kind: text(facts, "kind", "CryptoMining"),
    title: text(facts, "title", "Action required: virtual machine connecting to a crypto currency mining pool"),
    description: text(facts, "text", "Analysis of Azure resource network activities found something unusual."),
    severity: text(facts, "severity", "high"),
    confidence: text(facts, "confidence", "medium"),
    detectedAt: now,
    firstSeenAt: iso(plusHours(sim.clock.now(), -0.4)),
    lastSeenAt: now,
    status: "active",
    reason: null,
    resolvedAt: null,
    resolvedBy: null,
    isTest: facts["test"] === true,
    resources:
      mix === undefined || entitlement === undefined
        ? []
        : resourcesOf(mix, customer.key).map((one) => ({ id: resourceUri(entitlement, one), type: "AzureResource" })),
    details: (facts["details"] ?? {}) as Readonly<Record<string, string>>,
    log: [],
  };
  raiseAlert(sim, alert);
  return { alert: alert.id, customer: customer.id, subscription: alert.entitlementId };
}

function mixOf(facts: Facts, name: string): MixKey | undefined {
  const wanted = facts[name];
  if (wanted === undefined) return undefined;
  if (typeof wanted !== "string" || !(wanted in MIXES))
    throw new UnknownFact(`${name} is one of ${Object.keys(MIXES).join(", ")}`);
  return wanted as MixKey;
}

function spendJump(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const entitlement = entitlementOf(sim, customer, facts);
  if (entitlement === undefined) throw new UnknownFact(`${customer.name} has no Azure subscription`);
  const hours = facts["hours"];
  const burst = {
    id: sim.newId(),
    from: nowIso(sim),
    until: hours === undefined ? null : iso(plusHours(sim.clock.now(), Number(hours))),
    perHour: number(facts, "perHour", 5_000),
    rampHours: Math.max(0.01, number(facts, "rampHours", 0.5)),
    resources: resourcesOf(mixOf(facts, "mix") ?? "mining", customer.key),
  };
  sim.tables.entitlements.put({ ...entitlement, bursts: [...entitlement.bursts, burst] });
  return { customer: customer.id, subscription: entitlement.id, burst: burst.id };
}

function reactivates(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const inactive = sim.tables.entitlements.where("customer", customer.id).filter((one) => one.status === "inactive");
  const entitlement = facts["subscription"] === undefined ? inactive[0] : entitlementOf(sim, customer, facts);
  if (entitlement === undefined) throw new UnknownFact(`${customer.name} has no cancelled Azure subscription`);
  return { subscription: entitlement.id, accepted: ownerReactivates(sim, entitlement) };
}

function endsGdap(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const active = sim.tables.gdap.where("customer", customer.id).filter((one) => one.status === "active");
  for (const row of active) changeStatus(sim, row, { status: "terminated", by: `admin@${customer.domain}` });
  return { ended: active.map((row) => row.id) };
}

function acceptsRelationship(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  sim.tables.customers.put({ ...customer, relationship: "reseller" });
  const auditId = writeActivity(sim, {
    customerId: customer.id,
    operation: "add_customer",
    resourceType: "customer",
    by: `admin@${customer.domain}`,
  });
  const resourceUri = `${sim.publicUrl()}/v1/customers/${customer.id}`;
  notify(sim, { event: "reseller-relationship-accepted-by-customer", resourceUri, resourceName: "Customer", auditId });
  return { customer: customer.id };
}

function removesRelationship(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  sim.tables.customers.put({ ...customer, relationship: "none" });
  writeActivity(sim, {
    customerId: customer.id,
    operation: "remove_partner_customer_relationship",
    resourceType: "partner_customer_relationship",
    by: `admin@${customer.domain}`,
  });
  return { customer: customer.id };
}

function transfer(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const auditId = writeActivity(sim, {
    customerId: customer.id,
    operation: "create_transfer",
    resourceType: "transfer",
    by: `admin@${customer.domain}`,
  });
  notify(sim, {
    event: "create-transfer",
    resourceUri: `${sim.publicUrl()}/v1/customers/${customer.id}`,
    resourceName: "Transfer",
    auditId,
  });
  return { customer: customer.id };
}

function vetting(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const status = text(facts, "status", "NotAllowed");
  sim.tables.customers.put({ ...customer, vetting: { status, at: nowIso(sim) } });
  return { customer: customer.id, status };
}

function activity(sim: Sim, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const id = writeActivity(sim, {
    customerId: customer.id,
    operation: text(facts, "operation", "update_customer_user"),
    resourceType: text(facts, "resourceType", "customer_user"),
    by: text(facts, "by", `admin@${customer.domain}`),
    data: (facts["data"] ?? {}) as Readonly<Record<string, string>>,
  });
  return { audit: id };
}

/** A story in the logs. A takeover also costs money, as the real ones do, unless `spend` is false. */
function storyEvent(sim: Sim, name: string, facts: Facts): Raised {
  const customer = customerOf(sim, facts);
  const azure = entitlementOf(sim, customer, facts);
  if (ACTIVITY_STORIES[name]?.inAzure && azure === undefined)
    throw new UnknownFact(`${customer.name} has no Azure subscription`);
  const pace = { minutes: number(facts, "minutes", 0), lateSeconds: number(facts, "late", 0) };
  const { records, ids } = tellStory(name, { sim, customer, azure }, pace);
  const spends = name === "takeover" && facts["spend"] !== false;
  if (spends) spendJump(sim, { ...facts, rampHours: number(facts, "rampHours", 0.2) });
  return {
    customer: customer.id,
    subscription: azure?.id ?? null,
    records,
    first: ids[0] ?? null,
    last: ids.at(-1) ?? null,
  };
}

/** The job that walks Microsoft's vetting on: Not Ready → UnderReview → Allowed. */
export function stepVetting(sim: Sim, facts: Facts): void {
  const customer = sim.tables.customers.get(String(facts["customer"]));
  if (customer === undefined) return;
  const status = String(facts["status"]);
  sim.tables.customers.put({ ...customer, vetting: { status, at: nowIso(sim) } });
  if (status === "UnderReview")
    sim.schedule.add({
      id: `vetting ${customer.id}`,
      at: iso(plusHours(sim.clock.now(), 26)),
      kind: "vetting",
      facts: { customer: customer.id, status: "Allowed" },
    });
}

const LATER_KINDS = [
  ["ARM_AnomalousResourceConsumption", "Unusual growth of consumption", "medium"],
  ["VM_AnomalousDeployment", "Unusual deployment of virtual machines", "medium"],
  ["ARM_SuspiciousOperations", "Suspicious management operations", "low"],
  ["AzureBatch_AnomalousDeployment", "Unusual batch deployment", "medium"],
  ["CryptoMining", "Action required: virtual machine connecting to a crypto currency mining pool", "high"],
] as const;

/** The job behind a demo's later alerts: some customer with Azure, some kind; the mining ones really cost money. */
export function randomAlert(sim: Sim, facts: Facts): void {
  if (sim.settings().laterAlerts === false) return;
  const n = Number(facts["n"]);
  const seed = sim.settings().seed;
  const running = sim.tables.entitlements.all().filter((one) => one.status === "active" && one.bursts.length === 0);
  const entitlement = running[Math.floor(fractionOf(seed, "who", n) * running.length)];
  const [kind, title, severity] =
    LATER_KINDS[Math.floor(fractionOf(seed, "what", n) * LATER_KINDS.length)] ?? LATER_KINDS[0];
  if (entitlement === undefined) return;
  const mining = kind === "CryptoMining";
  const target = { customer: entitlement.customerId, subscription: entitlement.id };
  if (mining) spendJump(sim, { ...target, perHour: entitlement.usage.perDay * 1.5, rampHours: 1 });
  alertEvent(sim, { ...target, kind, title, severity, ...(mining ? { resources: "mining" } : {}) });
}
