import type { AlertRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { notify, writeActivity } from "../partner-center/activity.ts";
import type { Caller } from "../http/route.ts";

/** One internal record feeds three dialects: fraud events v1, their new model, and Graph (CONTRACT 10.4). */

export type AlertUpdate = {
  readonly status: AlertRow["status"];
  readonly reason: AlertRow["reason"];
  readonly by: Caller | undefined;
};

export function updateAlert(sim: Sim, alert: AlertRow, { status, reason, by }: AlertUpdate): AlertRow {
  const now = nowIso(sim);
  const name = by === undefined ? "" : by.kind === "app" ? `app:${by.name}` : by.name;
  const same = alert.status === status && alert.reason === (status === "resolved" ? reason : null);
  if (same) return alert;
  const next: AlertRow = {
    ...alert,
    status,
    reason: status === "resolved" ? reason : null,
    resolvedAt: status === "resolved" ? now : null,
    resolvedBy: status === "resolved" ? name : null,
    log: [...alert.log, { from: alert.status, to: status, by: name, at: now }],
  };
  sim.tables.alerts.put(next);
  return next;
}

/** A new alert: the row, the activity record and the webhook, as Microsoft does it. */
export function raiseAlert(sim: Sim, alert: AlertRow): void {
  sim.tables.alerts.put(alert);
  const auditId = writeActivity(sim, {
    customerId: alert.customerId,
    operation: "azure_fraud_event_detected",
    resourceType: "subscription",
    after: { eventType: alert.kind, subscriptionId: alert.entitlementId, eventStatus: "Active" },
    data: { SubscriptionId: alert.entitlementId, EventType: alert.kind },
  });
  notify(sim, {
    event: "azure-fraud-event-detected",
    resourceUri: `${sim.publicUrl()}/v1/fraudEvents?SubscriptionId=${alert.entitlementId ?? ""}&EventStatus=Active`,
    auditId,
  });
}

/** Average hours to answer, over alerts resolved in the last 30 days, as the score counts it. */
export function averageAnswerHours(sim: Sim): number | undefined {
  const now = sim.clock.now().epochMilliseconds;
  const hours = sim.tables.alerts.all().flatMap((alert) => {
    if (alert.resolvedAt === null || alert.isTest) return [];
    const resolved = Temporal.Instant.from(alert.resolvedAt).epochMilliseconds;
    if (now - resolved > 30 * 86_400_000) return [];
    return [(resolved - Temporal.Instant.from(alert.detectedAt).epochMilliseconds) / 3_600_000];
  });
  return hours.length === 0 ? undefined : hours.reduce((sum, one) => sum + one, 0) / hours.length;
}

export const isOurs = (sim: Sim, alert: AlertRow): boolean =>
  sim.tables.customers.get(alert.customerId)?.relationship === "reseller";

export const newestFirst = (alerts: readonly AlertRow[]): AlertRow[] =>
  alerts.toSorted((a, b) => (a.detectedAt < b.detectedAt ? 1 : a.detectedAt > b.detectedAt ? -1 : 0));
