import type { Sim } from "../kernel/sim.ts";
import { nowIso } from "../kernel/sim.ts";
import { etagOf } from "../partner-center/subscription-json.ts";
import { monthSoFar, customerMonth, percentUsed } from "../usage/month.ts";
import type { Credentials } from "../contract.ts";

/** Customers of whom a summary is given when none is asked for. */
const CUSTOMERS_MAX = 500;

export function credentialsOf(sim: Sim): Credentials {
  const { partnerTenantId, clientId, clientSecret } = sim.settings();
  return {
    partnerTenantId,
    clientId,
    clientSecret,
    refreshToken: String(sim.tables.meta.get("deskRefreshToken")?.value ?? ""),
  };
}

/** What is true right now, for people and tests: names beside ids, moves under way, the month's spend. */
export function summary(sim: Sim, only?: string): Record<string, unknown> {
  const { tables } = sim;
  const month = monthSoFar(sim);
  const all =
    only === undefined
      ? tables.customers.all()
      : tables.customers.all().filter((one) => one.id === only || one.key === only);
  const customers = all.slice(0, CUSTOMERS_MAX);
  const { tokenKey: _secret, ...settings } = sim.settings();
  return {
    now: nowIso(sim),
    settings,
    counts: {
      customers: tables.customers.size,
      subscriptions: tables.subscriptions.size,
      entitlements: tables.entitlements.size,
      alerts: tables.alerts.size,
      audits: tables.audits.size,
    },
    customers: customers.map((one) => {
      const spent = customerMonth(sim, one, month);
      return {
        id: one.id,
        key: one.key,
        name: one.name,
        relationship: one.relationship,
        vetting: one.vetting?.status ?? null,
        currency: one.currency,
        budget: one.budget,
        monthSoFar: Math.round(spent * 100) / 100,
        percentUsed: percentUsed(spent, one.budget),
      };
    }),
    subscriptions: customers.flatMap((customer) =>
      tables.subscriptions.where("customer", customer.id).map((one) => ({
        id: one.id,
        customerId: customer.id,
        customer: customer.key,
        name: one.friendlyName,
        product: one.product,
        status: one.status,
        autoRenewEnabled: one.autoRenew,
        quantity: one.quantity,
        scheduledNextTermInstructions: one.scheduledNextTerm,
        pendingUntil: one.pending?.at ?? null,
        lastDay: one.lastDay,
        etag: etagOf(one),
      })),
    ),
    entitlements: customers.flatMap((customer) =>
      tables.entitlements
        .where("customer", customer.id)
        .map((one) => ({
          id: one.id,
          customerId: customer.id,
          customer: customer.key,
          planId: one.planId,
          name: one.name,
          status: one.status,
          moving: one.moving,
        })),
    ),
    alerts: customers.flatMap((customer) =>
      tables.alerts
        .where("customer", customer.id)
        .map((one) => ({
          id: one.id,
          customerId: customer.id,
          customer: customer.key,
          kind: one.kind,
          status: one.status,
          resolvedReason: one.reason,
          detectedAt: one.detectedAt,
          resolvedAt: one.resolvedAt,
        })),
    ),
    webhook: tables.registration.get("registration") ?? null,
  };
}
