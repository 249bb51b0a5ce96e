import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";

/** Payments that a provider could not collect, as far as policies ask: the last of each customer. */
export type Failure = { readonly customerId: CustomerId; readonly code: string; readonly at: Temporal.Instant };

/** Keeps it unless a later one is known. */
export async function keepFailure(tx: Tx, { customerId, code, at }: Failure): Promise<void> {
  await sql`insert into collections_payment_failure (customer_id, code, at) values (${customerId}, ${code}, ${at})
    on conflict (customer_id) do update set code = excluded.code, at = excluded.at
    where collections_payment_failure.at <= excluded.at`.execute(tx);
}

/** Newest first. */
export async function failuresOf(tx: Tx, customerIds: readonly CustomerId[]): Promise<readonly Failure[]> {
  const { rows } = await sql<{ customer_id: CustomerId; code: string; at: Temporal.Instant }>`
    select customer_id, code, at from collections_payment_failure where customer_id = any(${customerIds}) order by at desc`.execute(
    tx,
  );
  return rows.map((row) => ({ customerId: row.customer_id, code: row.code, at: row.at }));
}

/** Whether a call was ever asked for because of this payment. */
export async function hasCallFor(tx: Tx, accountId: CustomerId, payment: string): Promise<boolean> {
  const { rows } = await sql`select 1 from collections_task
    where account_id = ${accountId} and kind = 'call' and facts ->> 'payment' = ${payment} limit 1`.execute(tx);
  return rows.length > 0;
}
