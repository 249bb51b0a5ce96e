import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
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

/** Currencies in which anything is owed, in the order of the alphabet. */
export async function openCurrencies(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ currency: string }>`
    select distinct currency from invoice where settled_on is null order by currency`.execute(tx);
  return rows.map((row) => row.currency);
}

export type DepositHeld = {
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly amountMinor: bigint;
};
/** Deposits held on a day; a customer that never gave one is missing. */
export async function depositsHeld(
  tx: Tx,
  customerIds: readonly CustomerId[],
  day: Temporal.PlainDate,
): Promise<readonly DepositHeld[]> {
  const { rows } = await sql<{ customer_id: CustomerId; currency: Currency; minor: bigint }>`
    select customer_id, currency, sum(amount_minor)::bigint as minor from deposit_entry
    where customer_id = any(${customerIds}::uuid[]) and day <= ${day} group by customer_id, currency`.execute(tx);
  return rows.map((row) => ({ customerId: row.customer_id, currency: row.currency, amountMinor: row.minor }));
}

/** Customers of whom at least one payment of money was ever recorded. */
export async function everPaid(tx: Tx, customerIds: readonly CustomerId[]): Promise<ReadonlySet<CustomerId>> {
  const { rows } = await sql<{ id: CustomerId }>`
    select c.id from unnest(${customerIds}::text[]) as c(id)
    where exists (select from payment where customer_id = c.id::uuid and kind = 'payment' and amount_minor > 0)`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.id));
}
