import { sql } from "kysely";
import type { CustomerId, EntitlementId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { LEDGER_ONLY } from "./contract.ts";

/** What is known of a customer's age and home. */
export type CustomerAge = {
  /** Since when the customer is ours; undefined when it was in the first list we ever read: then it may be any age. */
  readonly since: Temporal.Instant | undefined;
  /** Azure subscriptions whose beginning we saw. */
  readonly subscriptionSince: ReadonlyMap<string, Temporal.Instant>;
  /** Domains that Microsoft lists for the customer; undefined = never asked. */
  readonly domains: readonly string[] | undefined;
};

type AgeRow = {
  readonly id: CustomerId;
  readonly first_seen_at: Temporal.Instant;
  readonly is_first_list: boolean;
  readonly domain: string | null;
  readonly custom_domains: readonly string[] | null;
};

/** Ages of customers; one that is not ours is missing. */
export async function loadAges(tx: Tx, ids: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, CustomerAge>> {
  const { rows } = await sql<AgeRow>`select id, first_seen_at, domain, custom_domains,
      first_seen_at = (select min(first_seen_at) from customer) as is_first_list
    from customer where id = any(${ids})`.execute(tx);
  // What a customer had when it came to us is as old, for us, as the customer.
  const appeared = await sql<{ id: EntitlementId; customer_id: CustomerId; appeared_at: Temporal.Instant }>`
    select e.id, e.customer_id, coalesce(e.appeared_at, c.first_seen_at) as appeared_at
    from azure_entitlement e join customer c on c.id = e.customer_id
    where e.customer_id = any(${ids})
      and (e.appeared_at is not null or c.first_seen_at > (select min(first_seen_at) from customer))`.execute(tx);
  const subscriptions = Map.groupBy(appeared.rows, (row) => row.customer_id);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        since: row.is_first_list ? undefined : row.first_seen_at,
        subscriptionSince: new Map((subscriptions.get(row.id) ?? []).map((one) => [one.id, one.appeared_at])),
        domains:
          row.custom_domains === null
            ? undefined
            : [...new Set([...row.custom_domains, ...(row.domain ? [row.domain] : [])])],
      },
    ]),
  );
}

/** Whose each Azure subscription is; one we do not know is missing. */
export async function ownersOfEntitlements(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, CustomerId>> {
  const { rows } = await sql<{ id: string; customer_id: CustomerId }>`
    select id, customer_id from azure_entitlement where id = any(${ids})`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.customer_id]));
}

/** Which of these tenants are customers of ours. */
export async function knownTenants(tx: Tx, tenants: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`select id from customer where id = any(${tenants})`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

/** Tenants of the indirect resellers we serve. */
export async function resellerTenants(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select id from reseller where gone_at is null`.execute(tx);
  return rows.map((row) => row.id);
}

/** Customers that are ours now, with their Azure subscriptions: whose logs can be asked for. */
export async function customersWithSubscriptions(
  tx: Tx,
): Promise<readonly { readonly customer: CustomerId; readonly subscriptions: readonly string[] }[]> {
  const { rows } = await sql<{ customer: CustomerId; subscriptions: readonly string[] }>`
    select c.id as customer, coalesce(array_agg(e.id order by e.id) filter (where e.id is not null), '{}') as subscriptions
    from customer c left join azure_entitlement e on e.customer_id = c.id and e.gone_at is null
    where c.detached_at is null and c.relationship <> ${LEDGER_ONLY} group by c.id order by c.id`.execute(tx);
  return rows;
}
