import { iso, plusDays, plusHours, utcDay } from "../kernel/clock.ts";
import type { AlertRow, AuditRow, CustomerRow, GdapRow, SubscriptionRow } from "../kernel/rows.ts";
import { fractionOf } from "../kernel/ids.ts";
import { customerMonth, monthSoFar } from "../usage/month.ts";
import { resourceUri } from "../usage/model.ts";
import type { World } from "./context.ts";
import { resourcesOf } from "./mixes.ts";
import { PARTNER } from "./partner.ts";
import type { AlertStory, Story } from "./story.ts";

/** Delegated rights, alerts, budget and the activity log of one customer. */
export function buildSignals(world: World, story: Story, customer: CustomerRow): void {
  buildGdap(world, story, customer);
  for (const [i, alert] of (story.alerts ?? []).entries())
    world.sim.tables.alerts.put(alertRow(world, customer, { alert, i }));
  buildBudget(world, story, customer);
  buildActivity(world, story, customer);
}

/** The usual set: what a desk needs to contain an identity and read the logs. */
const GDAP_ROLES = [
  "729827e3-9c14-49f7-bb1b-9608f156bbb8",
  "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
  "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
  "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
] as const;
const GDAP_DAYS = 730;

function buildGdap(world: World, story: Story, customer: CustomerRow): void {
  const { gdap } = story;
  if (gdap === undefined) return;
  const ended = gdap.terminatedDaysAgo;
  const ends = ended === undefined ? plusDays(world.now, gdap.endsInDays ?? GDAP_DAYS) : plusDays(world.now, -ended);
  const created =
    gdap.waiting === true ? plusDays(world.now, -Math.min(1, story.sinceDays)) : plusDays(ends, -GDAP_DAYS);
  const row: GdapRow = {
    id: `${world.id("gdap", customer.key)}-${world.id("gdap-request", customer.key)}`,
    customerId: customer.id,
    name: `${PARTNER.name.split(" ")[0]} ${customer.key}`.slice(0, 50),
    duration: `P${GDAP_DAYS}D`,
    roles: GDAP_ROLES,
    status: gdap.waiting === true ? "approvalPending" : ended === undefined ? "active" : "terminated",
    autoExtend: gdap.autoExtend === true ? "P180D" : "PT0S",
    createdAt: iso(created),
    modifiedAt: iso(ended === undefined ? created : ends),
    activatedAt: gdap.waiting === true ? null : iso(created),
    endsAt: iso(ends),
    version: 1,
    viaResellerId: null,
  };
  world.sim.tables.gdap.put(row);
  if (row.status === "active")
    world.sim.schedule.add({ id: `gdap ${row.id}`, at: row.endsAt, kind: "gdap-end", facts: { relationship: row.id } });
}

function alertRow(world: World, customer: CustomerRow, { alert, i }: { alert: AlertStory; i: number }): AlertRow {
  const detected = plusHours(world.now, -alert.minutesAgo / 60);
  const entitlement = world.sim.tables.entitlements.where("customer", customer.id).find((one) => one.name === alert.on);
  const resolvedAt = alert.resolved === undefined ? null : iso(plusHours(detected, alert.resolved.afterHours));
  const agent = `jonas.wik@${PARTNER.domain}`;
  const steps: AlertRow["log"] =
    resolvedAt !== null
      ? [
          {
            from: "active",
            to: "investigating",
            by: agent,
            at: iso(plusHours(detected, (alert.resolved?.afterHours ?? 0) / 2)),
          },
          { from: "investigating", to: "resolved", by: agent, at: resolvedAt },
        ]
      : alert.status === "investigating"
        ? [{ from: "active", to: "investigating", by: agent, at: iso(plusHours(detected, 1.1)) }]
        : [];
  const resources =
    alert.resources === undefined || entitlement === undefined ? [] : resourcesOf(alert.resources, customer.key);
  return {
    id: world.id("alert", customer.key, i),
    customerId: customer.id,
    entitlementId: entitlement?.id ?? null,
    kind: alert.kind,
    title: alert.title,
    description: alert.text,
    severity: alert.severity ?? "medium",
    confidence: alert.confidence ?? "medium",
    detectedAt: iso(detected),
    firstSeenAt: iso(plusHours(detected, -(alert.firstSeenHoursBefore ?? 0.3))),
    lastSeenAt: iso(detected),
    status: resolvedAt !== null ? "resolved" : (alert.status ?? "active"),
    reason: alert.resolved?.reason ?? null,
    resolvedAt,
    resolvedBy: resolvedAt === null ? null : agent,
    isTest: false,
    resources:
      entitlement === undefined
        ? []
        : resources.map((one) => ({ id: resourceUri(entitlement, one), type: "AzureResource" })),
    details: alert.details ?? {},
    log: steps,
  };
}

/** A budget that stands where the story says: the share used is of this very moment's estimate. */
function buildBudget(world: World, { budget }: Story, customer: CustomerRow): void {
  if (budget === undefined) return;
  const { sim } = world;
  if ("perMonth" in budget) {
    sim.tables.customers.put({ ...customer, budget: budget.perMonth });
    return;
  }
  const month = monthSoFar(sim);
  const usual = sim.tables.entitlements.where("customer", customer.id).reduce((sum, one) => sum + one.usage.perDay, 0);
  // Early on the first of a month there is next to no spend; the budget must not be next to nothing.
  const spent = Math.max(customerMonth(sim, customer, month), usual / 24);
  const amount = Math.max(1, Math.round((spent / budget.usedPercent) * 100));
  sim.tables.customers.put({
    ...customer,
    budget: amount,
    overBudgetSentFor: budget.usedPercent > 100 ? month.month.toString() : null,
  });
}

/** Ninety days of what staff and customers do, so that the odd thing has something to stand out against. */
function buildActivity(world: World, story: Story, customer: CustomerRow): void {
  const put = (row: Omit<AuditRow, "id" | "day" | "customerId">): void => {
    const id = [
      world.sim.settings().partnerTenantId,
      customer.id,
      row.operation.replaceAll("_", ""),
      world.id("audit", customer.key, row.at, row.operation),
    ].join("_");
    world.sim.tables.audits.put({
      ...row,
      id,
      day: utcDay(Temporal.Instant.from(row.at)).toString(),
      customerId: customer.id,
    });
  };
  const plain = { status: "succeeded", application: null, before: null, after: null, data: {} };
  for (const one of story.activity ?? [])
    put({
      ...plain,
      at: world.hoursAgo(one.hoursAgo),
      operation: one.operation,
      resourceType: one.resourceType,
      by: one.by ?? `elin.sandstrom@${PARTNER.domain}`,
      status: one.status ?? "succeeded",
      data: one.data ?? {},
    });
  for (const subscription of world.sim.tables.subscriptions.where("customer", customer.id)) {
    if (Temporal.Instant.compare(Temporal.Instant.from(subscription.createdAt), plusDays(world.now, -90)) > 0)
      put({ ...plain, ...orderOf(subscription) });
  }
  const alerts = world.sim.tables.alerts.where("customer", customer.id);
  for (const alert of alerts)
    put({
      ...plain,
      at: alert.detectedAt,
      operation: "azure_fraud_event_detected",
      resourceType: "subscription",
      by: "system@microsoft.com",
      data: { SubscriptionId: alert.entitlementId, EventType: alert.kind },
    });
  buildRoutine(world, customer, put);
}

const orderOf = (row: SubscriptionRow) => ({
  at: row.createdAt,
  operation: "create_order",
  resourceType: "order",
  by: `jonas.wik@${PARTNER.domain}`,
  after: {
    Id: row.orderId,
    LineItems: [
      {
        LineItemNumber: 0,
        OfferId: row.offerId,
        SubscriptionId: row.id,
        FriendlyName: row.friendlyName,
        Quantity: row.quantity,
      },
    ],
  },
  data: {
    OrderId: row.orderId,
    "OfferId-0": row.offerId,
    "SubscriptionId-0": row.id,
    "SubscriptionName-0": row.friendlyName,
    "Quantity-0": String(row.quantity),
  },
});

const ROUTINE = [
  ["update_customer_user_licenses", "license"],
  ["update_customer_user", "customer_user"],
  ["create_customer_user", "customer_user"],
  ["reset_customer_user_password", "customer_user"],
  ["update_order", "order"],
  ["update_customer_billing_profile", "customer"],
] as const;
const STAFF = ["jonas.wik", "elin.sandstrom", "karin.holm"] as const;

/** Working-hour chores, about one in six days per customer. */
function buildRoutine(
  world: World,
  customer: CustomerRow,
  put: (row: Omit<AuditRow, "id" | "day" | "customerId">) => void,
): void {
  const since = Temporal.Instant.from(customer.since);
  for (let days = 1; days < 90; days++) {
    const draw = fractionOf(customer.key, "routine", days);
    if (draw > 0.17) continue;
    const day = world.today.subtract({ days });
    const plainTime = new Temporal.PlainTime(8 + (Math.floor(draw * 54) % 9), Math.floor(draw * 6_000) % 60);
    const at = day.toZonedDateTime({ timeZone: "Europe/Stockholm", plainTime }).toInstant();
    if (day.dayOfWeek > 5 || Temporal.Instant.compare(at, since) < 0) continue;
    const [operation, resourceType] = ROUTINE[Math.floor(draw * 1_000) % ROUTINE.length] ?? ROUTINE[0];
    const by = `${STAFF[Math.floor(draw * 10_000) % STAFF.length]}@${PARTNER.domain}`;
    put({
      at: iso(at),
      operation,
      resourceType,
      by,
      status: "succeeded",
      application: null,
      before: null,
      after: null,
      data: { UserPrincipalName: `${customer.contact[0].toLowerCase()}@${customer.domain}` },
    });
  }
}
