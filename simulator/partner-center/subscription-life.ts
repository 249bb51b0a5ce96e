import { instantOf, iso, plusDays, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import type { SubscriptionRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { member } from "../http/replies.ts";
import { writeActivity } from "./activity.ts";
import { CANCEL_DAYS } from "./subscription-change.ts";

/** Days in each stage after a term ends. Source: CONTRACT 4.3 (subscription-lifecycle.md). */
const STAGE_DAYS = { expired: 30, "disabled-after-suspension": 30, disabled: 90 } as const;

/** Books the next step of a subscription's life; one job per subscription, replaced whenever it changes. */
export function scheduleTerm(sim: Sim, row: SubscriptionRow): void {
  const id = `term ${row.id}`;
  sim.schedule.cancel(id);
  const at = nextStepAt(row);
  if (at !== undefined)
    sim.schedule.add({ id, at: iso(at), kind: "subscription-term", facts: { subscription: row.id } });
}

function nextStepAt(row: SubscriptionRow): Temporal.Instant | undefined {
  if (row.product === "azure-plan" || row.product === "azure-legacy") return undefined;
  const since = instantOf(row.statusSince);
  if (row.status === "active" || row.status === "suspended")
    return startOfUtcDay(Temporal.PlainDate.from(row.lastDay).add({ days: 1 }));
  if (row.status === "expired") return plusDays(since, STAGE_DAYS.expired);
  if (row.status === "disabled")
    return plusDays(
      since,
      row.suspensionReasons.length > 0
        ? STAGE_DAYS["disabled-after-suspension"] + STAGE_DAYS.disabled
        : STAGE_DAYS.disabled,
    );
  return undefined;
}

/** active → renewed or expired → disabled → deleted; suspended at the end of the term → disabled → deleted. */
export function stepTerm(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const row = sim.tables.subscriptions.get(String(facts["subscription"]));
  if (row === undefined) return;
  const now = sim.clock.now();
  const next =
    row.status === "active" && row.autoRenew
      ? renewed(row, now)
      : { ...row, ...ended(row), statusSince: iso(now), version: row.version + 1 };
  sim.tables.subscriptions.put(next);
  scheduleTerm(sim, next);
  writeActivity(sim, {
    customerId: row.customerId,
    operation: "update_subscription",
    resourceType: "subscription",
    data: { SubscriptionId: row.id, SubscriptionName: row.friendlyName, SubscriptionStatus: next.status },
  });
}

function ended(row: SubscriptionRow): Partial<SubscriptionRow> {
  if (row.status === "active") return { status: "expired", autoRenew: false };
  if (row.status === "suspended" || row.status === "expired") return { status: "disabled" };
  return { status: "deleted" };
}

/** A new term, with the changes that were scheduled for it; the cancellation window opens again. */
function renewed(row: SubscriptionRow, now: Temporal.Instant): SubscriptionRow {
  const first = utcDay(now);
  const product = member(row.scheduledNextTerm, "product");
  const term = String(member(product, "termDuration") ?? row.term);
  const quantity = Number(member(row.scheduledNextTerm, "quantity") ?? row.quantity);
  const until = iso(plusDays(now, CANCEL_DAYS));
  return {
    ...row,
    term,
    quantity,
    startsAt: iso(now),
    lastDay: first.add(Temporal.Duration.from(term)).subtract({ days: 1 }).toString(),
    cancelUntil: until,
    refundable: { quantity, until },
    scheduledNextTerm: null,
    statusSince: iso(now),
    version: row.version + 1,
  };
}
