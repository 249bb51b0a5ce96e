import { type RawBuilder, sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { SpendSort, SpendState } from "./contract.ts";

export type StateRow = {
  readonly customer_id: CustomerId;
  readonly name: string;
  readonly name_key: string;
  readonly month: Temporal.PlainDate;
  readonly currency: Currency | null;
  readonly used: bigint | null;
  readonly through: Temporal.Instant;
  readonly usd: string | null;
  readonly budget: bigint | null;
  readonly used_bps: number | null;
  readonly forecast_low: bigint | null;
  readonly forecast_mid: bigint | null;
  readonly forecast_high: bigint | null;
  readonly forecast_bps: number | null;
  readonly trend_bps: number | null;
  readonly state: SpendState;
  readonly spark: readonly string[];
  readonly budget_state: string | null;
  readonly partner_amount: string | null;
};

/** Customers to look at next, locked so that two workers take different ones. */
export async function takeToLook(tx: Tx, limit: number): Promise<readonly CustomerId[]> {
  const { rows } = await sql<{
    customer_id: CustomerId;
  }>`select customer_id from spend_state where needs_look order by customer_id limit ${limit} for update skip locked`.execute(
    tx,
  );
  return rows.map((row) => row.customer_id);
}

/** Figures of an earlier month than this are looked at again, so that the page and the findings move on when a month ends. */
export async function markOldMonths(tx: Tx, month: Temporal.PlainDate): Promise<void> {
  await sql`update spend_state set needs_look = true where month < ${month} and not needs_look and coalesce(looked_at < ${month.toString()}::date, true)`.execute(
    tx,
  );
}

export type StateToWrite = {
  readonly customer_id: CustomerId;
  readonly month: string;
  readonly currency: Currency | null;
  readonly used: string | null;
  readonly through: string;
  readonly usd: string | null;
  readonly budget: string | null;
  readonly used_bps: number | null;
  readonly forecast_low: string | null;
  readonly forecast_mid: string | null;
  readonly forecast_high: string | null;
  readonly forecast_bps: number | null;
  readonly trend_bps: number | null;
  readonly state: SpendState;
  readonly spark: readonly string[];
};

export async function writeStates(tx: Tx, rows: readonly StateToWrite[], at: Temporal.Instant): Promise<void> {
  await sql`update spend_state s set month = g.month, currency = g.currency, used = g.used, through = g.through, usd = g.usd, budget = g.budget, used_bps = g.used_bps,
      forecast_low = g.forecast_low, forecast_mid = g.forecast_mid, forecast_high = g.forecast_high, forecast_bps = g.forecast_bps, trend_bps = g.trend_bps,
      state = g.state, spark = g.spark, needs_look = false, looked_at = ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, month date, currency text, used bigint, through timestamptz, usd numeric, budget bigint, used_bps integer,
      forecast_low bigint, forecast_mid bigint, forecast_high bigint, forecast_bps integer, trend_bps integer, state text, spark bigint[])
    where s.customer_id = g.customer_id`.execute(tx);
}

export type SpendFilter = {
  readonly patterns: readonly string[];
  readonly state?: SpendState | undefined;
  readonly currency?: string | undefined;
  readonly budgetTrouble?: boolean | undefined;
};
export type SpendPlace = { readonly value: string | null; readonly id: string };
export type SpendQuery = {
  readonly filter: SpendFilter;
  readonly sort: SpendSort;
  readonly direction: "asc" | "desc";
  readonly place?: SpendPlace | undefined;
  readonly limit: number;
};

const COLUMN: Readonly<
  Record<SpendSort, { readonly column: RawBuilder<unknown>; readonly type: RawBuilder<unknown> }>
> = {
  // Across currencies only dollars give an order; without them a customer stands last.
  used: { column: sql`s.usd`, type: sql`numeric` },
  "budget-use": { column: sql`s.used_bps`, type: sql`integer` },
  "forecast-use": { column: sql`s.forecast_bps`, type: sql`integer` },
  trend: { column: sql`s.trend_bps`, type: sql`integer` },
  name: { column: sql`s.name_key`, type: sql`text` },
};
const FROM = sql`from spend_state s left join budget b using (customer_id) left join partner_budget p using (customer_id)`;

function conditions({ patterns, state, currency, budgetTrouble }: SpendFilter): RawBuilder<unknown> {
  const wanted = [
    sql`s.used is not null`,
    patterns.length === 0 ? undefined : sql`s.name_key like all(${patterns})`,
    state === undefined ? undefined : sql`s.state = ${state}`,
    currency === undefined ? undefined : sql`s.currency = ${currency}`,
    budgetTrouble === true ? sql`b.state in ('failed', 'differs')` : undefined,
  ].filter((one) => one !== undefined);
  return sql.join(wanted, sql` and `);
}

export async function loadStates(
  tx: Tx,
  { filter, sort, direction, place, limit }: SpendQuery,
): Promise<readonly StateRow[]> {
  const { column, type } = COLUMN[sort];
  const beyond = direction === "asc" ? sql`>` : sql`<`;
  const after =
    place === undefined
      ? sql``
      : place.value === null
        ? sql`and ${column} is null and s.customer_id > ${place.id}`
        : sql`and (${column} ${beyond} ${place.value}::${type} or (${column} = ${place.value}::${type} and s.customer_id > ${place.id}) or ${column} is null)`;
  const order = direction === "asc" ? sql`${column} asc nulls last` : sql`${column} desc nulls last`;
  const { rows } =
    await sql<StateRow>`select s.*, s.spark::text[] as spark, b.state as budget_state, trim_scale(p.amount) as partner_amount ${FROM}
    where ${conditions(filter)} ${after} order by ${order}, s.customer_id limit ${limit}`.execute(tx);
  return rows;
}

export async function countStates(tx: Tx, filter: SpendFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n ${FROM} where ${conditions(filter)}`.execute(tx);
  return rows[0]?.n ?? 0;
}

export async function loadState(tx: Tx, id: CustomerId): Promise<StateRow | undefined> {
  const { rows } =
    await sql<StateRow>`select s.*, s.spark::text[] as spark, b.state as budget_state, trim_scale(p.amount) as partner_amount ${FROM} where s.customer_id = ${id}`.execute(
      tx,
    );
  return rows[0];
}

export type CurrencySum = {
  readonly currency: Currency;
  readonly customers: number;
  readonly used: string;
  readonly budgeted: string;
  readonly forecast: string | null;
};
export async function sumStates(tx: Tx, month: Temporal.PlainDate): Promise<readonly CurrencySum[]> {
  const { rows } =
    await sql<CurrencySum>`select currency, count(*)::int as customers, sum(used)::text as used, coalesce(sum(budget), 0)::text as budgeted,
      case when bool_and(forecast_mid is not null) then sum(forecast_mid)::text end as forecast
    from spend_state where currency is not null and used is not null and month = ${month} group by currency order by sum(usd) desc nulls last, currency`.execute(
      tx,
    );
  return rows;
}

export async function countByState(
  tx: Tx,
  month: Temporal.PlainDate,
): Promise<readonly { readonly state: SpendState; readonly n: number }[]> {
  const { rows } = await sql<{
    state: SpendState;
    n: number;
  }>`select state, count(*)::int as n from spend_state where used is not null and month = ${month} group by state`.execute(
    tx,
  );
  return rows;
}

export async function sumDays(
  tx: Tx,
  month: Temporal.PlainDate,
): Promise<readonly { readonly currency: Currency; readonly day: Temporal.PlainDate; readonly cost: string }[]> {
  const { rows } = await sql<{
    currency: Currency;
    day: Temporal.PlainDate;
    cost: string;
  }>`select currency, day, sum(cost)::text as cost from usage_day
    where scope = 'customer' and month = ${month} and currency is not null group by currency, day order by currency, day`.execute(
    tx,
  );
  return rows;
}

export async function newestFigure(
  tx: Tx,
): Promise<{ readonly month: Temporal.PlainDate; readonly through: Temporal.Instant } | undefined> {
  const { rows } = await sql<{
    month: Temporal.PlainDate;
    through: Temporal.Instant;
  }>`select month, max(through) as through from spend_state where used is not null group by month order by month desc limit 1`.execute(
    tx,
  );
  return rows[0];
}

export async function coverage(tx: Tx): Promise<{ readonly withUsage: number; readonly withBudget: number }> {
  const { rows } = await sql<{
    with_usage: number;
    with_budget: number;
  }>`select count(*)::int as with_usage, count(b.customer_id)::int as with_budget
    from spend_state s left join budget b using (customer_id) where s.used > 0`.execute(tx);
  return { withUsage: rows[0]?.with_usage ?? 0, withBudget: rows[0]?.with_budget ?? 0 };
}

export type FindingRow = {
  readonly fingerprint: string;
  readonly customer_id: CustomerId;
  readonly kind: string;
  readonly money_minor: bigint | null;
  readonly resolved_at: Temporal.Instant | null;
};
export async function loadFindings(tx: Tx, ids: readonly CustomerId[]): Promise<readonly FindingRow[]> {
  const { rows } =
    await sql<FindingRow>`select fingerprint, customer_id, kind, money_minor, resolved_at from spend_finding where customer_id = any(${ids}) and resolved_at is null`.execute(
      tx,
    );
  return rows;
}
export async function writeFinding(
  tx: Tx,
  finding: {
    readonly fingerprint: string;
    readonly customerId: CustomerId;
    readonly kind: string;
    readonly moneyMinor: bigint | undefined;
    readonly at: Temporal.Instant;
  },
): Promise<void> {
  await sql`insert into spend_finding (fingerprint, customer_id, kind, money_minor, reported_at)
    values (${finding.fingerprint}, ${finding.customerId}, ${finding.kind}, ${finding.moneyMinor ?? null}, ${finding.at})
    on conflict (fingerprint) do update set money_minor = excluded.money_minor, reported_at = excluded.reported_at, resolved_at = null`.execute(
    tx,
  );
}
export async function resolveFindingRow(tx: Tx, fingerprint: string, at: Temporal.Instant): Promise<void> {
  await sql`update spend_finding set resolved_at = ${at} where fingerprint = ${fingerprint}`.execute(tx);
}
