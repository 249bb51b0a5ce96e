import { hash } from "node:crypto";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { KeptState, StateToWrite } from "./store-state.ts";

/** Writing the derived rows behind lists: whole, or, where a row says what it said, only that it was looked at. */

const COLUMNS = sql`account_id, name, name_key, country, customer_class, pays_for, zone, day, told_day, evaluated_at, policy_id, policy_version, step, step_index,
  days, overdue, overdue_minor, overdue_currency, is_overdue, overdue_invoices, next_due_day, next_day, next_step, next_what, tells, resting, is_held, is_exempt,
  chance_bps, contacted_bps, value_minor, reasons, reading, last_told_on, digest`;
const TYPES = sql`account_id text, name text, name_key text, country text, customer_class text, pays_for integer, zone text, day date, told_day date, evaluated_at timestamptz,
  policy_id text, policy_version integer, step text, step_index smallint, days integer, overdue jsonb, overdue_minor bigint, overdue_currency text, is_overdue boolean,
  overdue_invoices integer, next_due_day date, next_day date, next_step text, next_what text, tells text, resting jsonb, is_held boolean, is_exempt boolean,
  chance_bps integer, contacted_bps integer, value_minor bigint, reasons jsonb, reading text, last_told_on date, digest text`;

/** Writes rows, in the order of ids so that two writers never wait for each other; an older look never overwrites a newer one. */
export async function writeStates(tx: Tx, rows: readonly StateToWrite[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into collections_state (${COLUMNS})
    select ${COLUMNS} from jsonb_to_recordset(${JSON.stringify(rows.map((row) => ({ ...row, digest: digestOf(row) })))}::jsonb) as g(${TYPES}) order by account_id
    on conflict (account_id) do update set name = excluded.name, name_key = excluded.name_key, country = excluded.country, customer_class = excluded.customer_class,
      pays_for = excluded.pays_for, zone = excluded.zone, day = excluded.day, told_day = greatest(collections_state.told_day, excluded.told_day),
      evaluated_at = excluded.evaluated_at, policy_id = excluded.policy_id, policy_version = excluded.policy_version, step = excluded.step, step_index = excluded.step_index,
      days = excluded.days, overdue = excluded.overdue, overdue_minor = excluded.overdue_minor, overdue_currency = excluded.overdue_currency,
      is_overdue = excluded.is_overdue, overdue_invoices = excluded.overdue_invoices, next_due_day = excluded.next_due_day, next_day = excluded.next_day,
      next_step = excluded.next_step, next_what = excluded.next_what, tells = excluded.tells, resting = excluded.resting, is_held = excluded.is_held,
      is_exempt = excluded.is_exempt, chance_bps = excluded.chance_bps, contacted_bps = excluded.contacted_bps, value_minor = excluded.value_minor,
      reasons = excluded.reasons, reading = excluded.reading, last_told_on = excluded.last_told_on, digest = excluded.digest
    where collections_state.evaluated_at <= excluded.evaluated_at`.execute(tx);
}

/** Of everything a row says, except when it was looked at. */
export const digestOf = (row: StateToWrite): string =>
  hash("sha1", JSON.stringify({ ...row, day: "", told_day: "", evaluated_at: "" }));

/**
 * Writes the rows of one look at many accounts. A row that says what is kept of it only gets the day and moment of the look, which costs
 * a tenth. Two such writers take turns, so that they never wait for each other row by row.
 */
export async function writeLooked(
  tx: Tx,
  rows: readonly StateToWrite[],
  kept: ReadonlyMap<CustomerId, Pick<KeptState, "digest">>,
): Promise<void> {
  const { same = [], other = [] } = Object.groupBy(rows, (row) =>
    kept.get(row.account_id as CustomerId)?.digest === digestOf(row) ? "same" : "other",
  );
  await sql`select pg_advisory_xact_lock(hashtextextended('collections:rows', 0))`.execute(tx);
  await writeStates(tx, other);
  // One statement a kind of look: all accounts of a zone share the day.
  for (const looked of Map.groupBy(same, (row) => `${row.day} ${row.told_day} ${row.evaluated_at}`).values()) {
    const [{ day, told_day, evaluated_at }] = looked as [StateToWrite];
    await sql`update collections_state set day = ${day}::date, told_day = greatest(told_day, ${told_day}::date), evaluated_at = ${evaluated_at}::timestamptz
      where account_id = any(${looked.map((row) => row.account_id)}::text[]) and evaluated_at <= ${evaluated_at}::timestamptz`.execute(
      tx,
    );
  }
}
