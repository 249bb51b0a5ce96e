import { sql } from "kysely";
import type { CopyInto } from "../../store/bulk.ts";
import type { Tx } from "../../store/contract.ts";
import { ADVISORY_LOCK } from "../../store/lock-numbers.ts";
import { EVENT_COLUMNS, type PreparedRow } from "./row.ts";

/** Characters that one COPY is given at a time. */
const COPY_CHARACTERS = 8_000_000;
/** The name on which the database tells that events were kept. */
export const APPENDED_CHANNEL = "activity_appended";

/**
 * Takes the end of the stream until commit. PostgreSQL makes a commit visible before it lets go of such a lock, so the next append gets its
 * positions when these can already be read: no reader ever sees a position and later one below it.
 */
export async function lockStream(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.activityStream})`.execute(tx);
}

/** Which of these keys a day already has. The day is written into the text, so that only its own table is planned and locked. */
export async function knownKeys(tx: Tx, day: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ key: string }>`select key::text as key from activity_event
    where day = ${sql.lit(day)}::date and key = any(${keys}::uuid[])`.execute(tx);
  return new Set(rows.map(({ key }) => key));
}

/** Days under which undated records were filed before. */
export async function undatedDays(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{
    key: string;
    day: string;
  }>`select key::text as key, day::text as day from activity_undated
    where key = any(${keys}::uuid[])`.execute(tx);
  return new Map(rows.map(({ key, day }) => [key, day]));
}

/** Remembers under which days undated records are filed. */
export async function saveUndated(tx: Tx, rows: readonly PreparedRow[]): Promise<void> {
  await sql`insert into activity_undated (key, day)
    select * from unnest(${rows.map(({ key }) => key)}::uuid[], ${rows.map(({ day }) => day)}::date[])`.execute(tx);
}

/** Some of the rows were kept before: the transaction is lost, and has to ask before it adds. */
export class KeptBefore extends Error {}
/** PostgreSQL: a key is there already. */
const KEY_TAKEN = "23505";

/** Adds rows; throws `KeptBefore` when one of them is known. */
export async function copyRows(copyInto: CopyInto, rows: readonly PreparedRow[]): Promise<void> {
  try {
    await copyPieces(copyInto, rows);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === KEY_TAKEN) throw new KeptBefore();
    throw error;
  }
}

async function copyPieces(copyInto: CopyInto, rows: readonly PreparedRow[]): Promise<void> {
  const target = { table: "activity_event", columns: EVENT_COLUMNS };
  let piece: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const line = `${row.day}\t${row.cells}\n`;
    piece.push(line);
    characters += line.length;
    if (characters < COPY_CHARACTERS) continue;
    await copyInto(target, piece.join(""));
    piece = [];
    characters = 0;
  }
  if (piece.length > 0) await copyInto(target, piece.join(""));
}

/** Closes an append: its positions and days for readers, and word to who listens. Returns its last position. */
export async function saveAppend(
  tx: Tx,
  append: { readonly fresh: number; readonly days: readonly string[]; readonly now: Temporal.Instant },
): Promise<bigint> {
  // Under the lock nobody else draws positions, so the rows of this append are the last ones drawn, without a gap.
  const { rows } = await sql<{ last: bigint }>`insert into activity_append (first, last, fresh, days, received_at)
    select last_value - ${append.fresh}::bigint + 1, last_value, ${append.fresh}, ${append.days}::date[], ${append.now}
    from activity_position returning last, pg_notify(${APPENDED_CHANNEL}, last::text)`.execute(tx);
  const last = rows[0]?.last;
  if (last === undefined) throw new Error("invariant broken: an append has no last position");
  return last;
}
