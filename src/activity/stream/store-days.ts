import { sql } from "kysely";
import type { Store, Tx } from "../../store/contract.ts";
import { ADVISORY_LOCK } from "../../store/lock-numbers.ts";
import { DAYS_A_STATEMENT, piecesOf } from "./decide-chunks.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Name of a day's table. */
export function tableOf(day: string): string {
  if (!DAY.test(day)) throw new Error(`invariant broken: not a day: ${day}`);
  return `activity_event_${day.replaceAll("-", "")}`;
}

/** Days that have a table, oldest first, as `2026-03-31`. */
export async function daysKept(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'activity_event'::regclass and c.relname ~ '^activity_event_[0-9]{8}$' order by c.relname`.execute(
    tx,
  );
  return rows.map(({ name }) => `${name.slice(-8, -4)}-${name.slice(-4, -2)}-${name.slice(-2)}`);
}

/**
 * Makes the tables of days that have none. Each is made on its own and then attached: attaching lets readers and writers of other days go
 * on, where `create … partition of` would wait for them all.
 */
export async function makeDays(store: Store, days: readonly string[]): Promise<void> {
  for (const piece of piecesOf(days, DAYS_A_STATEMENT)) await makeSome(store, piece);
}

async function makeSome(store: Store, days: readonly string[]): Promise<void> {
  await store.inTransaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.activityDays})`.execute(tx);
    const kept = new Set(await daysKept(tx));
    for (const day of days) {
      if (kept.has(day)) continue;
      const table = sql.table(tableOf(day));
      const next = Temporal.PlainDate.from(day).add({ days: 1 }).toString();
      await sql`create table ${table} (like activity_event including all)`.execute(tx);
      await sql`alter table activity_event attach partition ${table} for values from (${sql.lit(day)}) to (${sql.lit(next)})`.execute(
        tx,
      );
    }
  });
}
