import { sql } from "kysely";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import {
  type AlertChannel,
  type AuditRecord,
  type BillingLineItem,
  type Customer,
  type CustomerUsageRecord,
  PartnerCenterError,
  type PartnerCenterProblemKind,
  type PartnerCenterReader,
  type PartnerInvoice,
  PROBLEM_ADVICE,
  type SecurityAlert,
  type Subscription,
} from "../partner-center/contract.ts";
import type { Store, Tx } from "../store/contract.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { FactSinks } from "./contract.ts";
import type { SyncDeps } from "./run.ts";

/** A Microsoft small enough to hold in the hand: what it lists, what it refuses, and what it was asked. */
export type World = {
  customers: Customer[];
  usage: CustomerUsageRecord[];
  audit: AuditRecord[];
  invoices: PartnerInvoice[];
  lines: Map<string, BillingLineItem[]>;
  alerts: Map<AlertChannel, SecurityAlert[]>;
  /** Refusals by "read" or "read customer", e.g. `subscriptions` or `subscriptions <id>`. */
  refuse: Map<string, PartnerCenterProblemKind>;
  asked: string[];
};

export const customerNo = (n: number): CustomerId =>
  `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as CustomerId;
export const planNo = (n: number): SubscriptionId =>
  `11111111-0000-4000-8000-${String(n).padStart(12, "0")}` as SubscriptionId;

export const problem = (kind: PartnerCenterProblemKind): PartnerCenterError =>
  new PartnerCenterError({
    kind,
    advice: PROBLEM_ADVICE[kind],
    detail: `made for the test: ${kind}`,
    requestId: "request",
    correlationId: "correlation",
    outcomeUnknown: false,
  });

export const customer = (n: number): Customer => ({
  id: customerNo(n),
  name: `Customer ${n}`,
  relationship: "reseller",
  raw: { n },
});

export const plan = (n: number): Subscription => ({
  id: planNo(n),
  offerId: "DZH318Z0BPS6:0001:DZH318Z0BML6",
  name: "Azure plan",
  family: "azure-plan",
  status: "active",
  quantity: 1,
  autoRenew: true,
  isTrial: false,
  suspensionReasons: [],
  raw: {},
});

export const usage = (n: number, cents: number): CustomerUsageRecord => ({
  customerId: customerNo(n),
  name: `Customer ${n}`,
  cost: { value: { units: BigInt(cents), scale: 2 }, currency: "SEK" },
  isAzurePlan: true,
  modifiedAt: Temporal.Instant.from("2026-11-21T17:00:00Z"),
  raw: {},
});

export const newWorld = (count: number): World => ({
  customers: Array.from({ length: count }, (_, n) => customer(n + 1)),
  usage: Array.from({ length: count }, (_, n) => usage(n + 1, 100)),
  audit: [],
  invoices: [],
  lines: new Map(),
  alerts: new Map(),
  refuse: new Map(),
  asked: [],
});

async function* pagesOf<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < Math.max(items.length, 1); at += 2) yield items.slice(at, at + 2);
}

const numberOf = (id: string): number => Number(id.slice(-12));

/** The world behind the interface that the real client has. */
export function readerOf(world: World): PartnerCenterReader {
  const ask = (what: string, id = ""): void => {
    world.asked.push(`${what} ${id}`.trim());
    const kind = world.refuse.get(`${what} ${id}`.trim()) ?? world.refuse.get(what);
    if (kind !== undefined) throw problem(kind);
  };
  return { ...baseReads(world, ask), ...moneyReads(world, ask), ...watchReads(world, ask) };
}

type Ask = (what: string, id?: string) => void;
const never = (): never => {
  throw new Error("not part of this test");
};

function baseReads(world: World, ask: Ask) {
  return {
    async *customers() {
      ask("customers");
      yield* pagesOf(world.customers);
    },
    customer: async (id) => {
      ask("customer", id);
      const listed = world.customers.find((one) => one.id === id);
      if (listed === undefined) throw problem("not-found");
      return { ...listed, email: `${numberOf(id)}@example.com` };
    },
    indirectResellers: async () => [],
    validationStatus: never,
    subscriptions: async (id) => {
      ask("subscriptions", id);
      return [plan(numberOf(id))];
    },
    subscription: never,
    entitlements: async () => [],
    entitlement: never,
  } satisfies Partial<PartnerCenterReader>;
}

function moneyReads(world: World, ask: Ask) {
  return {
    customerUsage: async () => {
      ask("customerUsage");
      return world.usage;
    },
    subscriptionUsage: async (id) => {
      ask("subscriptionUsage", id);
      const record = world.usage.find((one) => one.customerId === id);
      return record === undefined ? [] : [{ ...record, subscriptionId: planNo(numberOf(id)) }];
    },
    resourceUsage: async (id, planId) => {
      ask("resourceUsage", id);
      return [{ ...usage(numberOf(id), 50), planId, resourceUri: "/vm", name: "vm" }];
    },
    budget: async (id) => {
      ask("budget", id);
      return { customerId: id, amount: { units: 100n, scale: 0 } };
    },
  } satisfies Partial<PartnerCenterReader>;
}

function watchReads(world: World, ask: Ask) {
  return {
    async *auditRecords(from, to) {
      ask("audit", from.toString());
      const inside = world.audit.filter((one) => {
        const day = one.at.toZonedDateTimeISO("UTC").toPlainDate();
        return Temporal.PlainDate.compare(day, from) >= 0 && Temporal.PlainDate.compare(day, to) <= 0;
      });
      yield* pagesOf(inside);
    },
    alerts: async (channel) => {
      ask("alerts", channel);
      return world.alerts.get(channel) ?? [];
    },
    alert: never,
    invoices: async () => world.invoices,
    async *billingLines(id) {
      ask("lines", id);
      yield* pagesOf(world.lines.get(id) ?? []);
    },
    async *unbilledLines(currency) {
      ask("unbilled", currency);
      yield* pagesOf(world.lines.get("unbilled") ?? []);
    },
    gdap: async () => [],
    securityScore: never,
    webhookEventNames: never,
    webhookRegistration: async () => ({ url: "https://desk.example/hook", events: [] }),
    mfaCompliant: async () => true,
  } satisfies Partial<PartnerCenterReader>;
}

/** Sinks that keep what they are given in a table, so that rolling back takes it away again. */
export async function keepingSinks(store: Store): Promise<FactSinks & { kept(): Promise<readonly string[]> }> {
  await sql`create table if not exists test_fact (seq bigint generated always as identity, fact text not null)`.execute(
    store.db,
  );
  const keep = async (tx: Tx, facts: readonly string[]): Promise<void> => {
    await sql`insert into test_fact (fact) select value from jsonb_array_elements_text(${JSON.stringify(facts)}::jsonb)`.execute(
      tx,
    );
  };
  return {
    saveCustomers: (tx, all) =>
      keep(
        tx,
        all.map((one) => `customer ${one.id} ${one.email ?? "-"}`),
      ),
    saveResellers: (tx, all) =>
      keep(
        tx,
        all.map((one) => `reseller ${one.id}`),
      ),
    saveSubscriptions: (tx, facts) => keep(tx, [`subscriptions ${facts.customerId}`]),
    savePrices: (tx, all) =>
      keep(
        tx,
        all.map((one) => `price ${one.subscriptionId}`),
      ),
    saveUsage: (tx, all) =>
      keep(tx, [
        ...all.customers.map((one) => `usage ${one.customerId}`),
        ...all.subscriptions.map((one) => `usage ${one.subscriptionId}`),
        ...all.resources.map((one) => `usage ${one.resourceUri} of ${one.customerId}`),
      ]),
    saveBudgets: (tx, all) =>
      keep(
        tx,
        all.map((one) => `budget ${one.customerId}`),
      ),
    saveAuditRecords: (tx, all) =>
      keep(
        tx,
        all.map((one) => `audit ${one.id}`),
      ),
    saveAlerts: (tx, all) =>
      keep(
        tx,
        all.map((one) => `alert ${one.channel} ${one.externalId}`),
      ),
    saveAlertHint: (tx, hint, at) => keep(tx, [`hint ${hint.entitlementId ?? "-"} ${at.toString()}`]),
    saveGdap: (tx, all) =>
      keep(
        tx,
        all.map((one) => `gdap ${one.id}`),
      ),
    kept: async () =>
      (await sql<{ fact: string }>`select fact from test_fact order by seq`.execute(store.db)).rows.map(
        (row) => row.fact,
      ),
  };
}

export type Clockwork = { now: Temporal.Instant };

export function depsOf(
  store: Store,
  { world, sinks, time, enqueue }: { world: World; sinks: FactSinks; time: Clockwork; enqueue?: Enqueue },
): SyncDeps {
  let ids = 0;
  return {
    store,
    clock: { now: () => time.now },
    newId: () => `id-${(ids += 1)}`,
    connect: () => readerOf(world),
    sinks,
    customersToWatch: async () => [],
    billingCurrencies: async () => [],
    enqueue: enqueue ?? (async () => {}),
    log: () => {},
  };
}
