import type { Credentials } from "../contract.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { etagOf } from "../partner-center/subscription-json.ts";
import { type MonthSoFar, customerMonth, monthSoFar, percentUsed } from "../usage/month.ts";

/** Customers of whom a summary is given when none is asked for. */
const CUSTOMERS_MAX = 500;

export function credentialsOf(sim: Sim): Credentials {
  const { partnerTenantId, clientId, clientSecret } = sim.settings();
  const refreshToken = String(sim.tables.meta.get("deskRefreshToken")?.value ?? "");
  return { partnerTenantId, clientId, clientSecret, refreshToken };
}

/** Settings without what signs tokens. */
export function publicSettings(sim: Sim): Record<string, unknown> {
  const { tokenKey: _, ...settings } = sim.settings();
  return settings;
}

/** What is true right now, for people and tests: names beside ids, moves under way, the month's spend. */
export function summary(sim: Sim, only?: string): Record<string, unknown> {
  const { tables } = sim;
  const month = monthSoFar(sim);
  const wanted = (one: CustomerRow): boolean => only === undefined || one.id === only || one.key === only;
  const customers = tables.customers.all().filter(wanted).slice(0, CUSTOMERS_MAX);
  const perCustomer = (list: (sim: Sim, customer: CustomerRow) => readonly object[]): object[] =>
    customers.flatMap((customer) =>
      list(sim, customer).map((row) => ({ customerId: customer.id, customer: customer.key, ...row })),
    );
  return {
    now: nowIso(sim),
    settings: publicSettings(sim),
    counts: {
      customers: tables.customers.size,
      subscriptions: tables.subscriptions.size,
      entitlements: tables.entitlements.size,
      alerts: tables.alerts.size,
      audits: tables.audits.size,
    },
    customers: customers.map((customer) => customerState(sim, customer, month)),
    subscriptions: perCustomer(subscriptionStates),
    entitlements: perCustomer(entitlementStates),
    alerts: perCustomer(alertStates),
    webhook: tables.registration.get("registration") ?? null,
  };
}

function customerState(sim: Sim, customer: CustomerRow, month: MonthSoFar) {
  const { id, key, name, relationship, currency, budget, vetting } = customer;
  const spent = customerMonth(sim, customer, month);
  const monthSoFar = Math.round(spent * 100) / 100;
  return {
    id,
    key,
    name,
    relationship,
    vetting: vetting?.status ?? null,
    currency,
    budget,
    monthSoFar,
    percentUsed: percentUsed(spent, budget),
  };
}

const subscriptionStates = (sim: Sim, customer: CustomerRow) =>
  sim.tables.subscriptions.where("customer", customer.id).map((one) => ({
    id: one.id,
    name: one.friendlyName,
    product: one.product,
    status: one.status,
    autoRenewEnabled: one.autoRenew,
    quantity: one.quantity,
    scheduledNextTermInstructions: one.scheduledNextTerm,
    pendingUntil: one.pending?.at ?? null,
    lastDay: one.lastDay,
    etag: etagOf(one),
  }));

const entitlementStates = (sim: Sim, customer: CustomerRow) =>
  sim.tables.entitlements
    .where("customer", customer.id)
    .map(({ id, planId, name, status, moving }) => ({ id, planId, name, status, moving }));

const alertStates = (sim: Sim, customer: CustomerRow) =>
  sim.tables.alerts.where("customer", customer.id).map(({ id, kind, status, reason, detectedAt, resolvedAt }) => ({
    id,
    kind,
    status,
    resolvedReason: reason,
    detectedAt,
    resolvedAt,
  }));
