import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";

/** Which of these tenants are, or were, customers of ours: what happened in a customer that left is still its own. */
export async function customersByTenant(tx: Tx, tenants: readonly string[]): Promise<ReadonlyMap<string, CustomerId>> {
  const { rows } = await sql<{ id: CustomerId }>`select id from customer where id = any(${tenants})`.execute(tx);
  return new Map(rows.map(({ id }) => [id, id]));
}

/** Whose these Azure subscriptions are, or were. */
export async function customersBySubscription(
  tx: Tx,
  subscriptions: readonly string[],
): Promise<ReadonlyMap<string, CustomerId>> {
  const { rows } = await sql<{
    id: string;
    customer_id: CustomerId;
  }>`select id, customer_id from azure_entitlement where id = any(${subscriptions})`.execute(tx);
  return new Map(rows.map(({ id, customer_id: customerId }) => [id, customerId]));
}

/** Azure subscriptions of customers that are still listed: where an activity log can be read. */
export async function azureSubscriptionsOf(
  tx: Tx,
  customers: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, readonly string[]>> {
  const { rows } = await sql<{
    customer_id: CustomerId;
    ids: readonly string[];
  }>`select customer_id, array_agg(id order by id) as ids from azure_entitlement
    where customer_id = any(${customers}) and gone_at is null group by customer_id`.execute(tx);
  return new Map(rows.map(({ customer_id: customerId, ids }) => [customerId, ids]));
}
