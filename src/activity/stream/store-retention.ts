import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import { ADVISORY_LOCK } from "../../store/lock-numbers.ts";
import type { RetentionClass } from "./decide-filing.ts";
import { tableOf } from "./store-days.ts";

/** Days that the desk set itself. */
export async function retentionSet(tx: Tx): Promise<ReadonlyMap<RetentionClass, number>> {
  const { rows } = await sql<{
    class: RetentionClass;
    days: number;
  }>`select class, days from activity_retention`.execute(tx);
  return new Map(rows.map((row) => [row.class, row.days]));
}

export async function setRetention(
  tx: Tx,
  set: { readonly class: RetentionClass; readonly days: number; readonly by: Actor; readonly now: Temporal.Instant },
): Promise<void> {
  await sql`insert into activity_retention (class, days, changed_by, changed_at) values (${set.class}, ${set.days}, ${jsonb(set.by)}, ${set.now})
    on conflict (class) do update set days = excluded.days, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(
    tx,
  );
}

export type HoldRow = {
  readonly hold_id: string;
  readonly customer_id: CustomerId;
  readonly reason: string;
  readonly set_by: Actor;
  readonly set_at: Temporal.Instant;
  readonly lifted_by: Actor | null;
  readonly lifted_at: Temporal.Instant | null;
  readonly lifted_why: string | null;
};

/** Every hold there ever was, those in force first. */
export async function holdRows(tx: Tx): Promise<readonly HoldRow[]> {
  const { rows } =
    await sql<HoldRow>`select * from activity_legal_hold order by lifted_at is not null, set_at desc limit 1000`.execute(
      tx,
    );
  return rows;
}

/** False when the customer is held already. */
export async function addHold(
  tx: Tx,
  hold: Pick<HoldRow, "hold_id" | "customer_id" | "reason" | "set_by" | "set_at">,
): Promise<boolean> {
  const { rows } = await sql`insert into activity_legal_hold (hold_id, customer_id, reason, set_by, set_at)
    values (${hold.hold_id}, ${hold.customer_id}, ${hold.reason}, ${jsonb(hold.set_by)}, ${hold.set_at})
    on conflict (customer_id) where lifted_at is null do nothing returning 1`.execute(tx);
  return rows.length > 0;
}

/** The hold, when it was in force. */
export async function liftHold(
  tx: Tx,
  lift: { readonly id: string; readonly by: Actor; readonly why: string; readonly now: Temporal.Instant },
): Promise<HoldRow | undefined> {
  const { rows } =
    await sql<HoldRow>`update activity_legal_hold set lifted_by = ${jsonb(lift.by)}, lifted_at = ${lift.now}, lifted_why = ${lift.why}
    where hold_id = ${lift.id} and lifted_at is null returning *`.execute(tx);
  return rows[0];
}

/**
 * Keeps the set of holds still until the caller's transaction ends, so that nothing of a customer is removed while a hold on it is being set.
 * Setting a hold waits for a day that is being removed; the day's removal sees every hold that was set before.
 */
export async function lockHolds(tx: Tx): Promise<void> {
  await sql`lock table activity_legal_hold in share row exclusive mode`.execute(tx);
}

export type Removed = { readonly source: string; readonly rows: bigint };

const HELD = sql`(select customer_id from activity_legal_hold where lifted_at is null)`;

/** Removes a day's events of these classes, but those of held customers and those received lately. */
export async function removeRows(
  tx: Tx,
  ask: { readonly day: string; readonly classes: readonly RetentionClass[]; readonly receivedBefore: Temporal.Instant },
): Promise<readonly Removed[]> {
  const { rows } = await sql<Removed>`with gone as (
      delete from activity_event where day = ${sql.lit(ask.day)}::date and class = any(${ask.classes}) and received_at < ${ask.receivedBefore}
        and (customer_id is null or customer_id not in ${HELD}) returning source)
    select source, count(*) as rows from gone group by 1 order by 1`.execute(tx);
  if (rows.length > 0)
    await sql`delete from activity_undated u where u.day = ${sql.lit(ask.day)}::date and not exists (
      select 1 from activity_event e where e.day = ${sql.lit(ask.day)}::date and e.key = u.key)`.execute(tx);
  return rows;
}

/** How many events of a day must stay: of held customers, or received lately. */
export async function mustStay(
  tx: Tx,
  ask: { readonly day: string; readonly receivedBefore: Temporal.Instant },
): Promise<boolean> {
  const { rows } = await sql`select 1 from activity_event where day = ${sql.lit(ask.day)}::date
    and (received_at >= ${ask.receivedBefore} or customer_id in ${HELD}) limit 1`.execute(tx);
  return rows.length > 0;
}

/** Drops a day's table whole; what it had, by source. */
export async function dropDay(tx: Tx, day: string): Promise<readonly Removed[]> {
  await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.activityDays})`.execute(tx);
  // Whoever reads another day waits while this table leaves: better to try again than to make them wait long.
  await sql`set local lock_timeout = '3s'`.execute(tx);
  const { rows } =
    await sql<Removed>`select source, count(*) as rows from ${sql.table(tableOf(day))} group by 1 order by 1`.execute(
      tx,
    );
  await sql`alter table activity_event detach partition ${sql.table(tableOf(day))}`.execute(tx);
  await sql`drop table ${sql.table(tableOf(day))}`.execute(tx);
  await sql`delete from activity_undated where day = ${day}::date`.execute(tx);
  await sql`delete from activity_day_cleared where day = ${day}::date`.execute(tx);
  return rows;
}

/** PostgreSQL: a lock was not to be had in time, or two waited for each other. */
export const isInTheWay = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "55P03" || error.code === "40P01");

/** Positions whose appends are told as one, once they are old. */
const POSITIONS_JOINED = 1_000_000;

/**
 * Puts the appends of long ago together: a reader that starts from the beginning needs to know in which days a stretch of positions lies, not
 * each append. Only appends before the first recent one are joined, by position, so that stretches never overlap.
 */
export async function joinAppends(tx: Tx, before: Temporal.Instant): Promise<void> {
  await sql`with old as (delete from activity_append where last < (
        select coalesce(min(last), 0) from activity_append where received_at >= ${before}) returning *),
      joined as (select last / ${sql.lit(POSITIONS_JOINED)} as piece, min(first) as first, max(last) as last, sum(fresh)::integer as fresh,
        max(received_at) as received_at from old group by 1)
    insert into activity_append (first, last, fresh, days, received_at)
    select j.first, j.last, j.fresh, (select array_agg(distinct d) from old o, unnest(o.days) d
      where o.last / ${sql.lit(POSITIONS_JOINED)} = j.piece), j.received_at from joined j`.execute(tx);
}

/** Of which classes a day was cleared, as long as nothing was added to it since. */
export async function clearedDays(tx: Tx): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await sql<{
    day: string;
    classes: readonly string[];
  }>`select day::text as day, classes from activity_day_cleared c
    where not exists (select 1 from activity_append a where a.last > c.position and c.day = any(a.days))`.execute(tx);
  return new Map(rows.map(({ day, classes }) => [day, classes]));
}

/** Notes which of these classes a day has no event of any more. */
export async function noteCleared(
  tx: Tx,
  ask: { readonly day: string; readonly classes: readonly RetentionClass[] },
): Promise<void> {
  await sql`insert into activity_day_cleared (day, classes, position)
    select ${ask.day}::date, array(select unnest(${ask.classes}::text[]) except select distinct class from activity_event
      where day = ${sql.lit(ask.day)}::date), coalesce((select max(last) from activity_append), 0)
    on conflict (day) do update set classes = excluded.classes, position = excluded.position`.execute(tx);
}
