import type { CustomerId, NewId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Clock } from "../../core/time.ts";
import { type Actor, type Store, SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { ACTIVITY_EVENTS } from "../contract.ts";
import type { CustomersDoor, RetentionWire } from "./contract.ts";
import { RETENTION_CLASSES, type RetentionClass } from "./decide-filing.ts";
import { type DayPlan, GRACE_DAYS, planForgetting, RETENTION_DAYS } from "./decide-retention.ts";
import { daysKept } from "./store-days.ts";
import {
  addHold,
  clearedDays,
  dropDay,
  holdRows,
  isInTheWay,
  joinAppends,
  liftHold,
  lockHolds,
  mustStay,
  noteCleared,
  type Removed,
  removeRows,
  retentionSet,
  setRetention,
} from "./store-retention.ts";

export type RetentionDeps = CustomersDoor & { readonly store: Store; readonly clock: Clock; readonly newId: NewId };

/** Appends stay told one by one for so long: whoever follows the stream is never further behind. */
const APPENDS_APART_HOURS = 72;

/** Days each class is kept. */
export async function retentionDays(tx: Tx): Promise<Readonly<Record<RetentionClass, number>>> {
  return { ...RETENTION_DAYS, ...Object.fromEntries(await retentionSet(tx)) };
}

type Change = { readonly actor: Actor; readonly now: Temporal.Instant };

/** Sets how long a class is kept. */
export async function changeRetention(
  tx: Tx,
  set: Change & { readonly class: RetentionClass; readonly days: number; readonly why: string },
): Promise<void> {
  const before = (await retentionDays(tx))[set.class];
  await setRetention(tx, { class: set.class, days: set.days, by: set.actor, now: set.now });
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.settingsChanged,
      actor: set.actor,
      at: set.now,
      subject: { kind: "activity-retention", id: set.class },
      why: set.why,
      before: { days: before },
      after: { days: set.days },
    },
  ]);
}

/** Keeps everything of a customer until the hold is lifted. */
export async function holdCustomer(
  tx: Tx,
  deps: Pick<RetentionDeps, "newId" | "customersByIds">,
  hold: Change & { readonly customerId: CustomerId; readonly reason: string },
): Promise<Result<{ readonly id: string }, Refusal>> {
  const { customerId, reason, actor, now } = hold;
  if (!(await deps.customersByIds(tx, [customerId])).has(customerId))
    return no("not-found", "customer-unknown", "there is no such customer");
  const id = deps.newId();
  if (!(await addHold(tx, { hold_id: id, customer_id: customerId, reason, set_by: actor, set_at: now })))
    return no("conflict", "held-already", "this customer's events are held already: lift that hold first");
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.heldForLaw,
      actor,
      at: now,
      subject: { kind: "activity-hold", id },
      customerId,
      why: reason,
    },
  ]);
  return ok({ id });
}

/** Lets the usual time apply again. */
export async function releaseCustomer(
  tx: Tx,
  lift: Change & { readonly id: string; readonly why: string },
): Promise<Result<Record<never, never>, Refusal>> {
  const { id, why, actor, now } = lift;
  const hold = await liftHold(tx, { id, by: actor, why, now });
  if (hold === undefined) return no("conflict", "hold-not-in-force", "there is no such hold, or it was lifted before");
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.released,
      actor,
      at: now,
      subject: { kind: "activity-hold", id },
      customerId: hold.customer_id,
      why,
    },
  ]);
  return ok({});
}

/**
 * Removes what had its time, day by day, each in a transaction of its own. A day that somebody is just using is left for the next run. Evidence of
 * cases is not touched: it is a copy of its own. Returns how many events went.
 */
export async function forgetOldEvents(
  deps: RetentionDeps,
): Promise<{ readonly removed: bigint; readonly leftDays: number }> {
  const { store, clock } = deps;
  const now = clock.now();
  const kept = await retentionDays(store.db);
  const cleared = await clearedDays(store.db);
  const plans = planForgetting(await daysKept(store.db), kept, now).filter(
    ({ day, over, isWhole }) => isWhole || !over.every((one) => cleared.get(day)?.includes(one) === true),
  );
  let removed = 0n;
  let leftDays = 0;
  for (const plan of plans) {
    try {
      removed += await store.inTransaction((tx) => forgetDay(tx, plan, now));
    } catch (error) {
      if (!isInTheWay(error)) throw error;
      leftDays += 1;
    }
  }
  await store.inTransaction((tx) => joinAppends(tx, now.subtract({ hours: APPENDS_APART_HOURS })));
  return { removed, leftDays };
}

async function forgetDay(tx: Tx, plan: DayPlan, now: Temporal.Instant): Promise<bigint> {
  const receivedBefore = now.subtract({ hours: GRACE_DAYS * 24 });
  await lockHolds(tx);
  const isDropped = plan.isWhole && !(await mustStay(tx, { day: plan.day, receivedBefore }));
  const gone: readonly Removed[] = isDropped
    ? await dropDay(tx, plan.day)
    : await removeRows(tx, { day: plan.day, classes: plan.over, receivedBefore });
  if (!isDropped) await noteCleared(tx, { day: plan.day, classes: plan.over });
  await appendEvents(
    tx,
    gone.map(({ source, rows }) => ({
      type: ACTIVITY_EVENTS.forgotten,
      actor: SURETY,
      at: now,
      subject: { kind: "activity-day", id: plan.day },
      data: { source, day: plan.day, rows: rows.toString() },
    })),
  );
  return gone.reduce((sum, { rows }) => sum + rows, 0n);
}

/** What the page shows of keeping. */
export async function retentionPage(tx: Tx, deps: CustomersDoor): Promise<RetentionWire> {
  const kept = await retentionDays(tx);
  const days = await daysKept(tx);
  const holds = await holdRows(tx);
  const names = await deps.customersByIds(tx, [...new Set(holds.map(({ customer_id }) => customer_id))]);
  return {
    classes: RETENTION_CLASSES.map((one) => ({ class: one, days: kept[one], standardDays: RETENTION_DAYS[one] })),
    oldestDay: days[0] ?? null,
    days: days.length,
    holds: holds.map((hold) => ({
      id: hold.hold_id,
      customer: { id: hold.customer_id, name: names.get(hold.customer_id)?.name ?? hold.customer_id },
      reason: hold.reason,
      setBy: hold.set_by.name,
      setAt: hold.set_at.toString(),
      liftedBy: hold.lifted_by?.name ?? null,
      liftedAt: hold.lifted_at?.toString() ?? null,
      liftedWhy: hold.lifted_why,
    })),
  };
}
