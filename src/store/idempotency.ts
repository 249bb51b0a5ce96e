import { sql } from "kysely";
import type { Tx } from "./contract.ts";

type Kept = { readonly inputHash: string; readonly status: number; readonly answer: string };

/** Takes the key for this transaction, or returns what it led to before. Waits while another transaction holds it. */
export async function reserveKey(
  tx: Tx,
  { personId, key, inputHash }: { personId: string; key: string; inputHash: string },
): Promise<Kept | undefined> {
  const made = await sql`insert into idempotency_key (person_id, key, input_hash, status, answer)
    values (${personId}, ${key}, ${inputHash}, 0, '') on conflict do nothing returning 1`.execute(tx);
  if (made.rows.length > 0) return undefined;
  const { rows } =
    await sql<Kept>`select input_hash as "inputHash", status, answer from idempotency_key where person_id = ${personId} and key = ${key}`.execute(
      tx,
    );
  return rows[0];
}

/** Keeps the answer beside its key, in the same transaction as the effect. */
export async function keepAnswer(
  tx: Tx,
  { personId, key, status, text }: { personId: string; key: string; status: number; text: string },
): Promise<void> {
  await sql`update idempotency_key set status = ${status}, answer = ${text} where person_id = ${personId} and key = ${key}`.execute(
    tx,
  );
}

/** Forgets keys older than `days`: nobody repeats a request that late. */
export async function forgetKeys(tx: Tx, days: number): Promise<void> {
  await sql`delete from idempotency_key where created_at < now() - make_interval(days => ${days})`.execute(tx);
}
