import { type RawBuilder, sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { FactsJson } from "./decide-holdings.ts";
import { priceOf } from "./store-holdings.ts";
import type { SeatPrice } from "./contract.ts";

type Row = {
  readonly customer_id: CustomerId;
  readonly customer_name: string;
  readonly facts: FactsJson;
  readonly at: Temporal.Instant;
  readonly n: number;
  readonly unit_price: string | null;
  readonly currency: Currency | null;
  readonly from_day: Temporal.PlainDate | null;
};
export type DueRow = {
  readonly customerId: CustomerId;
  readonly customerName: string;
  readonly facts: FactsJson;
  readonly at: Temporal.Instant;
  readonly price: SeatPrice | undefined;
};
export type Due = { readonly count: number; readonly first: DueRow | undefined };

/** Candidates are counted first; facts and price are looked up for the first one only. */
const CANDIDATES = sql`from subscription_version v join subscription s on s.id = v.subscription_id and s.gone_at is null
  join customer c on c.id = v.customer_id and c.detached_at is null join portfolio p on p.customer_id = c.id`;

async function firstOf(tx: Tx, candidates: RawBuilder<unknown>): Promise<Due> {
  const { rows } = await sql<Row>`
    select d.n, d.at, c.id as customer_id, c.name as customer_name, v.facts, pr.unit_price, pr.currency, pr.from_day
    from (${candidates}) d join subscription_version v on v.subscription_id = d.id and v.valid_to is null join customer c on c.id = v.customer_id
    left join lateral (select unit_price, currency, from_day from subscription_price where subscription_id = d.id order by from_day desc limit 1) pr on true`.execute(
    tx,
  );
  return toDue(rows);
}

const toDue = (rows: readonly Row[]): Due => ({
  count: rows[0]?.n ?? 0,
  first: rows.map((row) => ({
    customerId: row.customer_id,
    customerName: row.customer_name,
    facts: row.facts,
    at: row.at,
    price: priceOf(row),
  }))[0],
});

/** Subscriptions of customers with an overdue balance that renew by themselves before `until`. */
export async function loadRenewals(
  tx: Tx,
  days: { readonly from: Temporal.PlainDate; readonly until: Temporal.PlainDate },
): Promise<Due> {
  return firstOf(
    tx,
    sql`select s.id, count(*) over ()::int as n, (v.commitment_end_day + 1)::timestamp at time zone 'UTC' as at ${CANDIDATES}
    where v.valid_to is null and v.auto_renew and v.status = 'active' and v.family not in ('azure-plan', 'azure-legacy')
      and v.commitment_end_day between ${days.from} and ${days.until} and p.overdue > 0
    order by v.commitment_end_day, v.quantity desc, s.id limit 1`,
  );
}

/** Cancel windows that close before `until` at customers that owe overdue money or are watched, restricted or suspended. */
export async function loadWindows(
  tx: Tx,
  times: { readonly from: Temporal.Instant; readonly until: Temporal.Instant },
): Promise<Due> {
  return firstOf(
    tx,
    sql`select s.id, count(*) over ()::int as n, v.cancellable_until as at ${CANDIDATES}
    where v.valid_to is null and v.status not in ('deleted', 'expired', 'disabled') and v.cancellable_until > ${times.from} and v.cancellable_until <= ${times.until}
      and (p.overdue > 0 or c.standing <> 'active' or p.headroom < 0)
    order by v.cancellable_until, s.id limit 1`,
  );
}

export type DueSubscriptionRow = DueRow & { readonly subscriptionId: string };
/** Rows of one look ahead; a desk with more has its list cut, never its count of customers. */
const AHEAD_MAX = 10_000;

const toAhead = (row: Row & { readonly subscription_id: string }): DueSubscriptionRow => ({
  subscriptionId: row.subscription_id,
  customerId: row.customer_id,
  customerName: row.customer_name,
  facts: row.facts,
  at: row.at,
  price: priceOf(row),
});
const AHEAD = sql`select s.id as subscription_id, c.id as customer_id, c.name as customer_name, v.facts, 0 as n, pr.unit_price, pr.currency, pr.from_day`;
const AHEAD_FROM = sql`from subscription_version v join subscription s on s.id = v.subscription_id and s.gone_at is null
  join customer c on c.id = v.customer_id and c.detached_at is null
  left join lateral (select unit_price, currency, from_day from subscription_price where subscription_id = s.id order by from_day desc limit 1) pr on true`;

/** Subscriptions that renew by themselves before `until`, whoever holds them. */
export async function loadRenewalsAhead(
  tx: Tx,
  days: { readonly from: Temporal.PlainDate; readonly until: Temporal.PlainDate },
): Promise<readonly DueSubscriptionRow[]> {
  const { rows } = await sql<
    Row & { subscription_id: string }
  >`${AHEAD}, (v.commitment_end_day + 1)::timestamp at time zone 'UTC' as at ${AHEAD_FROM}
    where v.valid_to is null and v.auto_renew and v.status = 'active' and v.family not in ('azure-plan', 'azure-legacy')
      and v.commitment_end_day between ${days.from} and ${days.until} order by v.commitment_end_day, s.id limit ${AHEAD_MAX}`.execute(
    tx,
  );
  return rows.map(toAhead);
}

/** Cancel windows that close before `until`, whoever holds the subscription. */
export async function loadWindowsAhead(
  tx: Tx,
  times: { readonly from: Temporal.Instant; readonly until: Temporal.Instant },
): Promise<readonly DueSubscriptionRow[]> {
  const { rows } = await sql<Row & { subscription_id: string }>`${AHEAD}, v.cancellable_until as at ${AHEAD_FROM}
    where v.valid_to is null and v.status not in ('deleted', 'expired', 'disabled') and v.cancellable_until > ${times.from} and v.cancellable_until <= ${times.until}
    order by v.cancellable_until, s.id limit ${AHEAD_MAX}`.execute(tx);
  return rows.map(toAhead);
}
