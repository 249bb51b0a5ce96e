import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";

/** The day of each customer's first invoice; a customer without one is missing. Reads every invoice of those customers: ask once. */
export async function firstInvoiceDays(
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, Temporal.PlainDate>> {
  const { rows } = await sql<{ id: CustomerId; day: Temporal.PlainDate | null }>`
    select c.id, (select min(issue_date) from invoice where customer_id = c.id::uuid and kind = 'invoice') as day
    from unnest(${customerIds}::text[]) as c(id)`.execute(tx);
  return new Map(rows.flatMap((row) => (row.day === null ? [] : [[row.id, row.day] as const])));
}
