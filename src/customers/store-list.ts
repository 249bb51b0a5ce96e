import { type RawBuilder, sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type {
  BudgetUse,
  BudgetUseFigures,
  CustomerFilters,
  CustomerSort,
  PortfolioFigures,
  Standing,
} from "./contract.ts";
import type { Direction, ListPlace } from "./decide-cursor.ts";
import { RESELLER_JOIN } from "./store.ts";

export type ListFilter = {
  /** LIKE patterns; all must be found. */
  readonly patterns: readonly string[];
  /** Reseller id, or "direct". */
  readonly reseller?: string | undefined;
  readonly country?: string | undefined;
  readonly standing?: Standing | undefined;
  readonly currency?: string | undefined;
  readonly hasOpenNotice?: boolean | undefined;
  readonly isOverLimit?: boolean | undefined;
  readonly isOverdue?: boolean | undefined;
  readonly hasNoBudget?: boolean | undefined;
  readonly hasNoLimit?: boolean | undefined;
  /** Those that left us instead of those that are ours. */
  readonly hasLeft?: boolean | undefined;
};

export type ListRow = {
  readonly id: CustomerId;
  readonly name: string;
  readonly name_key: string;
  readonly domain: string | null;
  readonly country: string | null;
  readonly reseller_id: string | null;
  readonly reseller_name: string | null;
  readonly standing: Standing;
  readonly currency: Currency | null;
  readonly exposure: bigint | null;
  readonly open_invoices: bigint | null;
  readonly overdue: bigint | null;
  readonly oldest_due_day: Temporal.PlainDate | null;
  readonly unbilled: bigint | null;
  readonly committed: bigint | null;
  readonly deposits: bigint | null;
  readonly headroom: bigint | null;
  readonly unknown_parts: readonly string[];
  readonly figures_at: Temporal.Instant | null;
  readonly budget_use: BudgetUse | null;
  readonly budget_used_bps: number | null;
  readonly open_notices: number;
  readonly open_cases: number;
  readonly limit_minor: bigint | null;
  readonly limit_currency: Currency | null;
  readonly first_seen_at: Temporal.Instant;
  readonly detached_at: Temporal.Instant | null;
};

const SORT_COLUMN: Readonly<
  Record<CustomerSort, { readonly column: RawBuilder<unknown>; readonly type: RawBuilder<unknown> }>
> = {
  name: { column: sql`c.name_key`, type: sql`text` },
  exposure: { column: sql`p.exposure`, type: sql`bigint` },
  overdue: { column: sql`p.overdue`, type: sql`bigint` },
  headroom: { column: sql`p.headroom`, type: sql`bigint` },
  budget: { column: sql`p.budget_used_bps`, type: sql`integer` },
  unbilled: { column: sql`p.unbilled`, type: sql`bigint` },
  committed: { column: sql`p.committed`, type: sql`bigint` },
  since: { column: sql`c.first_seen_at`, type: sql`timestamptz` },
};

function conditions(filter: ListFilter): RawBuilder<unknown> {
  const wanted = [
    filter.hasLeft === true ? sql`c.detached_at is not null` : sql`c.detached_at is null`,
    filter.patterns.length === 0 ? undefined : sql`c.search like all(${filter.patterns})`,
    filter.reseller === undefined
      ? undefined
      : filter.reseller === "direct"
        ? sql`c.partner_ref is null`
        : sql`c.partner_ref in (select ref from reseller r, unnest(array[r.id, r.mpn_id]) ref where r.id = ${filter.reseller} union all select ${filter.reseller})`,
    filter.country === undefined ? undefined : sql`c.country = ${filter.country}`,
    filter.standing === undefined ? undefined : sql`c.standing = ${filter.standing}`,
    filter.currency === undefined ? undefined : sql`p.billing_currency = ${filter.currency}`,
    filter.hasOpenNotice === true ? sql`p.open_notices > 0` : undefined,
    filter.isOverLimit === true ? sql`p.headroom < 0` : undefined,
    filter.isOverdue === true ? sql`p.overdue > 0` : undefined,
    filter.hasNoBudget === true ? sql`p.budget_use = 'no-budget'` : undefined,
    filter.hasNoLimit === true ? sql`p.credit_limit is null` : undefined,
  ].filter((one) => one !== undefined);
  return sql.join(wanted, sql` and `);
}

/** Rows that come after the place; unknown values stand last whichever way the order runs. */
function after(place: ListPlace): RawBuilder<unknown> {
  const { column, type } = SORT_COLUMN[place.sort];
  if (place.value === null) return sql`(${column} is null and c.id > ${place.id})`;
  const beyond = place.direction === "asc" ? sql`>` : sql`<`;
  return sql`(${column} ${beyond} ${place.value}::${type} or (${column} = ${place.value}::${type} and c.id > ${place.id}) or ${column} is null)`;
}

export type ListQuery = {
  readonly filter: ListFilter;
  readonly sort: CustomerSort;
  readonly direction: Direction;
  readonly place?: ListPlace | undefined;
  readonly limit: number;
};

const ROW = sql`c.id, c.name, c.name_key, c.domain, c.country, coalesce(r.id, c.partner_ref) as reseller_id, coalesce(r.name, c.partner_ref) as reseller_name,
  c.standing, p.currency, p.exposure, p.open_invoices, p.overdue, p.oldest_due_day, p.unbilled, p.committed, p.deposits, p.headroom, p.unknown_parts,
  p.figures_at, p.budget_use, p.budget_used_bps, p.open_notices, p.open_cases, l.amount_minor as limit_minor, l.currency as limit_currency,
  c.first_seen_at, c.detached_at`;
const LIMIT_JOIN = sql`left join lateral (select amount_minor, currency from credit_limit where customer_id = c.id order by id desc limit 1) l on true`;

/** One page of the customer list; names of resellers and limits are looked up for its rows only. */
export async function loadPage(
  tx: Tx,
  { filter, sort, direction, place, limit }: ListQuery,
): Promise<readonly ListRow[]> {
  const { column } = SORT_COLUMN[sort];
  const order = direction === "asc" ? sql`${column} asc nulls last, c.id` : sql`${column} desc nulls last, c.id`;
  const start = place === undefined ? sql`` : sql`and ${after(place)}`;
  const { rows } = await sql<ListRow>`with page as (
      select c.id from customer c join portfolio p on p.customer_id = c.id
      where ${conditions(filter)} ${start} order by ${order} limit ${limit})
    select ${ROW} from customer c join portfolio p on p.customer_id = c.id ${RESELLER_JOIN} ${LIMIT_JOIN}
    where c.id in (select id from page) order by ${order}`.execute(tx);
  return rows;
}

/** Filters that ask for a kept figure; without one every customer is counted by itself. */
const asksFigures = ({
  currency,
  hasOpenNotice,
  isOverLimit,
  isOverdue,
  hasNoBudget,
  hasNoLimit,
}: ListFilter): boolean =>
  currency !== undefined || [hasOpenNotice, isOverLimit, isOverdue, hasNoBudget, hasNoLimit].includes(true);

export async function countRows(tx: Tx, filter: ListFilter): Promise<number> {
  const figures = asksFigures(filter) ? sql`join portfolio p on p.customer_id = c.id` : sql``;
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from customer c ${figures} where ${conditions(filter)}`.execute(tx);
  return rows[0]?.n ?? 0;
}

export async function loadRow(tx: Tx, id: CustomerId): Promise<ListRow | undefined> {
  const { rows } =
    await sql<ListRow>`select ${ROW} from customer c join portfolio p on p.customer_id = c.id ${RESELLER_JOIN} ${LIMIT_JOIN} where c.id = ${id}`.execute(
      tx,
    );
  return rows[0];
}

/** The choices of each filter with how many customers each holds, counted in one pass. */
export async function loadFilters(tx: Tx): Promise<CustomerFilters> {
  const { rows } = await sql<{ filters: CustomerFilters }>`with counted as (
      select c.country, c.standing, c.partner_ref, p.billing_currency as currency, count(*)::int as count,
        grouping(c.country) = 0 as of_country, grouping(c.standing) = 0 as of_standing, grouping(c.partner_ref) = 0 as of_partner, grouping(p.billing_currency) = 0 as of_currency
      from customer c join portfolio p on p.customer_id = c.id where c.detached_at is null
      group by grouping sets ((c.country), (c.standing), (c.partner_ref), (p.billing_currency)))
    select jsonb_build_object(
      'resellers', (select coalesce(jsonb_agg(x order by x.name), '[]') from (
        select coalesce(r.id, c.partner_ref) as id, coalesce(r.name, c.partner_ref) as name, sum(c.count)::int as count
        from counted c ${RESELLER_JOIN} where c.of_partner and c.partner_ref is not null group by 1, 2 order by 3 desc limit 200) x),
      'countries', (select coalesce(jsonb_agg(jsonb_build_object('country', country, 'count', count) order by country), '[]') from counted where of_country and country is not null),
      'standings', (select coalesce(jsonb_agg(jsonb_build_object('standing', standing, 'count', count) order by standing), '[]') from counted where of_standing),
      'currencies', (select coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'count', count) order by currency), '[]') from counted where of_currency and currency is not null),
      'direct', (select coalesce(sum(count), 0)::int from counted where of_partner and partner_ref is null),
      'total', (select coalesce(sum(count), 0)::int from counted where of_standing)) as filters`.execute(tx);
  return rows[0]?.filters ?? { resellers: [], countries: [], standings: [], currencies: [], direct: 0, total: 0 };
}

/** Writes the maintained figures; the limit counts for the list when it is in the same currency. */
export async function writeFigures(tx: Tx, figures: readonly PortfolioFigures[]): Promise<void> {
  const minor = (amount: { readonly minor: bigint } | undefined) => amount?.minor.toString() ?? null;
  const rows = figures.map((one) => ({
    customer_id: one.customerId,
    currency: one.currency,
    exposure: minor(one.exposure),
    open_invoices: minor(one.openInvoices),
    overdue: minor(one.overdue),
    oldest_due_day: one.oldestDueDay?.toString() ?? null,
    unbilled: minor(one.unbilled),
    committed: minor(one.committed),
    deposits: minor(one.deposits),
    unknown_parts: one.unknownParts,
    figures_at: one.at.toString(),
  }));
  await sql`update portfolio p set currency = g.currency, exposure = g.exposure, open_invoices = g.open_invoices, overdue = g.overdue,
      oldest_due_day = g.oldest_due_day, unbilled = g.unbilled, committed = g.committed, deposits = g.deposits, unknown_parts = g.unknown_parts, figures_at = g.figures_at,
      credit_limit = (select case when l.currency = g.currency then l.amount_minor end from credit_limit l where l.customer_id = g.customer_id order by l.id desc limit 1)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, currency text, exposure bigint, open_invoices bigint, overdue bigint,
      oldest_due_day date, unbilled bigint, committed bigint, deposits bigint, unknown_parts text[], figures_at timestamptz)
    where p.customer_id = g.customer_id`.execute(tx);
}

export async function writeBudgetUse(tx: Tx, figures: readonly BudgetUseFigures[]): Promise<void> {
  const rows = figures.map(({ customerId, use, usedBps }) => ({ customer_id: customerId, use, bps: usedBps ?? null }));
  await sql`update portfolio p set budget_use = g.use, budget_used_bps = g.bps
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, use text, bps integer)
    where p.customer_id = g.customer_id and (p.budget_use, p.budget_used_bps) is distinct from (g.use, g.bps)`.execute(
    tx,
  );
}

export type Counts = { readonly customer_id: CustomerId; readonly notices: number; readonly cases: number };

export async function writeCounts(tx: Tx, rows: readonly Counts[]): Promise<void> {
  await sql`update portfolio p set open_notices = g.notices, open_cases = g.cases
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, notices integer, cases integer)
    where p.customer_id = g.customer_id and (p.open_notices, p.open_cases) is distinct from (g.notices, g.cases)`.execute(
    tx,
  );
}
