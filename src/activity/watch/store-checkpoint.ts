import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";

export type CheckpointPart = { readonly part: number; readonly position: bigint; readonly body: Buffer };

/** Puts a checkpoint in the place of the last one. */
export async function saveCheckpoint(tx: Tx, parts: readonly CheckpointPart[], now: Temporal.Instant): Promise<void> {
  await sql`delete from activity_checkpoint`.execute(tx);
  for (const { part, position, body } of parts)
    await sql`insert into activity_checkpoint (part, position, body, made_at) values (${part}, ${position}, ${body}, ${now})`.execute(
      tx,
    );
}

export async function readCheckpoint(tx: Tx): Promise<readonly CheckpointPart[]> {
  const { rows } =
    await sql<CheckpointPart>`select part, position, body from activity_checkpoint order by part`.execute(tx);
  return rows;
}

export type LookBackRow = {
  readonly customer_id: string;
  readonly day: Temporal.PlainDate;
  readonly asked_at: Temporal.Instant;
};

/** Days to look at anew, of one customer: of the one that waits longest. */
export async function nextLookBack(tx: Tx): Promise<readonly LookBackRow[]> {
  const { rows } = await sql<LookBackRow>`select * from activity_look_back where customer_id =
    (select customer_id from activity_look_back order by asked_at, customer_id limit 1) order by day`.execute(tx);
  return rows;
}

/** Done, unless asked again in between. */
export async function doneLookBack(tx: Tx, rows: readonly LookBackRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ customer_id: customer, day, asked_at: asked }) => ({
    customer,
    day: day.toString(),
    asked: asked.toString(),
  }));
  await sql`delete from activity_look_back l using jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
      as d(customer text, day date, asked timestamptz)
    where l.customer_id = d.customer and l.day = d.day and l.asked_at = d.asked`.execute(tx);
}

/** Takes back every hit of a fold: what it told is no longer so. */
export async function retractFold(tx: Tx, fingerprint: string, at: Temporal.Instant): Promise<void> {
  await sql`update activity_hit set retracted_at = ${at} where fingerprint = ${fingerprint} and retracted_at is null`.execute(
    tx,
  );
  await sql`update activity_fold set hits = 0, suppressed = 0, inhibited = 0, told_level = null, untold_at = null,
      untold_hit = null where fingerprint = ${fingerprint}`.execute(tx);
}

/** Standing findings of sweeps: rule and customer, since a moment. */
export async function sweptFolds(
  tx: Tx,
  of: { readonly rules: readonly string[]; readonly customers: readonly string[]; readonly since: Temporal.Instant },
): Promise<readonly { fingerprint: string; rule_id: string; customer_id: string }[]> {
  if (of.rules.length === 0 || of.customers.length === 0) return [];
  const { rows } = await sql<{
    fingerprint: string;
    rule_id: string;
    customer_id: string;
  }>`select fingerprint, rule_id, customer_id
    from activity_fold where rule_id in (${sql.join(of.rules)}) and customer_id in (${sql.join(of.customers)}) and case_id is not null
      and hits > 0 and last_at >= ${of.since}`.execute(tx);
  return rows;
}
