import { iso, plusSeconds, utcDay } from "../kernel/clock.ts";
import { fractionOf } from "../kernel/ids.ts";
import type { DeliveryRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import type { Caller } from "../http/route.ts";
import { playTrick } from "../webhooks/tricks.ts";

export type Activity = {
  readonly customerId: string | null;
  readonly operation: string;
  readonly resourceType: string;
  readonly by?: Caller | string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly data?: Readonly<Record<string, string | null>>;
  readonly status?: string;
};

const SYSTEM_USER = "system@microsoft.com";

/** Writes what happened into the activity log, as every mutation at Partner Center does. Returns the record's id. */
export function writeActivity(sim: Sim, activity: Activity): string {
  const now = sim.clock.now();
  const { by } = activity;
  const app = typeof by === "object" && by.kind === "app";
  const id = [
    sim.settings().partnerTenantId,
    activity.customerId ?? "",
    activity.operation.replaceAll("_", ""),
    sim.newId(),
  ].join("_");
  sim.tables.audits.put({
    id,
    at: iso(now),
    day: utcDay(now).toString(),
    customerId: activity.customerId,
    operation: activity.operation,
    resourceType: activity.resourceType,
    status: activity.status ?? "succeeded",
    by: typeof by === "string" ? by : app ? "" : (by?.name ?? SYSTEM_USER),
    application: app ? by.name : null,
    before: activity.before ?? null,
    after: activity.after ?? null,
    data: activity.data ?? {},
  });
  return id;
}

export type Notification = {
  readonly event: string;
  readonly resourceUri: string;
  readonly resourceName?: string;
  readonly auditId?: string;
  /** Overrides the world's usual delay. */
  readonly delaySeconds?: number;
  readonly correlationId?: string;
};

/** Tells the registered webhook later; who has not registered for the event hears nothing, as with the real thing. */
export function notify(
  sim: Sim,
  { event, resourceUri, resourceName, auditId, delaySeconds, correlationId }: Notification,
): void {
  const registration = sim.tables.registration.get("registration");
  if (registration === undefined || !registration.events.includes(event)) return;
  const now = sim.clock.now();
  const id = sim.newId();
  const body = {
    EventName: event,
    ResourceUri: resourceUri,
    ...(resourceName === undefined ? {} : { ResourceName: resourceName }),
    AuditUri: auditId === undefined ? null : `${sim.publicUrl()}/auditactivity/v1/auditrecords/${auditId}`,
    ResourceChangeUtcDate: iso(now).replace("Z", "0000+00:00"),
  };
  const [low, high] = sim.settings().webhookDelaySeconds;
  const delay = delaySeconds ?? low + (high - low) * fractionOf(id);
  const row: DeliveryRow = {
    id,
    event,
    url: registration.url,
    body: JSON.stringify(body),
    createdAt: iso(now),
    attempts: 0,
    state: "waiting",
    trick: null,
    results: [],
    correlationId: correlationId ?? null,
  };
  sim.tables.deliveries.put(row);
  sim.schedule.add({ id: `deliver ${id}`, at: iso(plusSeconds(now, delay)), kind: "deliver", facts: { delivery: id } });
  playTrick(sim, row);
}
