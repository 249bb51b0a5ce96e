import { sql } from "kysely";
import type { Json } from "../../core/canonical.ts";
import type { Tx } from "../../store/contract.ts";

/** A record on its way into the stream. */
export type Waiting = {
  readonly place: bigint;
  readonly intake: string;
  readonly raw: Json;
  readonly receivedAt: Temporal.Instant;
};
const RAW_CHARS_MAX = 4_194_304;

/** Puts records down in the caller's transaction. Gives back how many were too large to be kept. */
export async function putOut(
  tx: Tx,
  records: readonly Json[],
  at: { readonly intake: string; readonly receivedAt: Temporal.Instant },
): Promise<number> {
  // PostgreSQL's text cannot hold U+0000 itself; as JSON writes it, it can.
  const texts = records.map((one) => JSON.stringify(one)).filter((text) => text.length <= RAW_CHARS_MAX);
  if (texts.length > 0)
    await sql`insert into activity_outbox (intake, raw, received_at)
      select ${at.intake}, raw, ${at.receivedAt}::timestamptz from unnest(${texts}::text[]) with ordinality as t(raw, n) order by n`.execute(
      tx,
    );
  return records.length - texts.length;
}

/** The oldest that wait, all of one intake. */
export async function loadWaiting(tx: Tx, limit: number): Promise<readonly Waiting[]> {
  const { rows } = await sql<{ place: bigint; intake: string; raw: string; received_at: Temporal.Instant }>`
    select place, intake, raw, received_at from activity_outbox
    where intake = (select intake from activity_outbox order by place limit 1) order by place limit ${limit}`.execute(
    tx,
  );
  return rows.map(({ place, intake, raw, received_at: receivedAt }) => ({
    place,
    intake,
    raw: JSON.parse(raw) as Json,
    receivedAt,
  }));
}

/** Takes records out in the transaction that keeps them in the stream. */
export async function takeOut(tx: Tx, places: readonly bigint[]): Promise<void> {
  await sql`delete from activity_outbox where place = any(${places}::bigint[])`.execute(tx);
}

/** Which of these alerts are met for the first time. */
export async function newAlerts(tx: Tx, keys: readonly string[], at: Temporal.Instant): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ correlation_key: string }>`insert into activity_alert_seen (correlation_key, seen_at)
    select distinct left(key, 500), ${at}::timestamptz from unnest(${keys}::text[]) as t(key)
    on conflict do nothing returning correlation_key`.execute(tx);
  return new Set(rows.map((row) => row.correlation_key));
}
