import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { ExchangeRate, Part, UnknownReason } from "./contract.ts";
import type { RateRow } from "./decide-rates.ts";

/** The latest rate of each pair on or before a day. */
export async function loadRates(
  tx: Tx,
  day: Temporal.PlainDate,
): Promise<readonly (ExchangeRate & { readonly setBy: string; readonly setAt: Temporal.Instant })[]> {
  const { rows } = await sql<{
    from_currency: string;
    to_currency: string;
    day: Temporal.PlainDate;
    rate: string;
    source: string;
    set_by: string;
    set_at: Temporal.Instant;
  }>`
    select distinct on (from_currency, to_currency) from_currency, to_currency, day, trim_scale(rate)::text as rate, source, set_by, set_at
    from exchange_rate where day <= ${day}::date order by from_currency, to_currency, day desc`.execute(tx);
  return rows.map((row) => ({
    from: row.from_currency,
    to: row.to_currency,
    day: row.day,
    rate: row.rate,
    source: row.source,
    setBy: row.set_by,
    setAt: row.set_at,
  }));
}

export async function saveRates(
  tx: Tx,
  rates: readonly RateRow[],
  by: { readonly source: string; readonly name: string; readonly at: Temporal.Instant },
): Promise<void> {
  const rows = rates.map(({ day, from, to, rate }) => ({ day: day.toString(), from, to, rate }));
  await sql`insert into exchange_rate (from_currency, to_currency, day, rate, source, set_by, set_at)
    select distinct on ("from", "to", day) "from", "to", day, rate, ${by.source}, ${by.name}, ${by.at} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(day date, "from" text, "to" text, rate numeric)
    on conflict (from_currency, to_currency, day) do update set rate = excluded.rate, source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at`.execute(
    tx,
  );
}

export async function rateHistory(
  tx: Tx,
  pair: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<readonly (ExchangeRate & { readonly setBy: string; readonly setAt: Temporal.Instant })[]> {
  const { rows } = await sql<{
    day: Temporal.PlainDate;
    rate: string;
    source: string;
    set_by: string;
    set_at: Temporal.Instant;
  }>`
    select day, trim_scale(rate)::text as rate, source, set_by, set_at from exchange_rate where from_currency = ${pair.from} and to_currency = ${pair.to} order by day desc limit ${pair.limit}`.execute(
    tx,
  );
  return rows.map((row) => ({
    from: pair.from,
    to: pair.to,
    day: row.day,
    rate: row.rate,
    source: row.source,
    setBy: row.set_by,
    setAt: row.set_at,
  }));
}

// ---- Customers whose figures are out of date

export async function addDirty(tx: Tx, customerIds: readonly CustomerId[] | "all"): Promise<void> {
  await sql`insert into exposure_dirty (customer_id) select unnest(${customerIds === "all" ? ["*"] : customerIds}::text[])`.execute(
    tx,
  );
}

/** Takes marks away, oldest first, in the transaction that computes; a mark set meanwhile is a row of its own and stays. */
export async function takeDirty(tx: Tx, limit: number): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{
    customer_id: string;
  }>`delete from exposure_dirty where seq in (select seq from exposure_dirty order by seq limit ${limit} for update skip locked) returning customer_id`.execute(
    tx,
  );
  return new Set(rows.map(({ customer_id }) => customer_id));
}
export async function isAnyDirty(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`select exists (select 1 from exposure_dirty) as any`.execute(tx);
  return rows[0]?.any ?? false;
}

// ---- Kept figures

/** Compact parts by currency and unknown parts, as kept with each customer. */
export type KeptDetail = {
  /** Part, currency, minor units, minor units in the reporting currency (null without a rate), when the source was read. */
  readonly parts: readonly (readonly [Part, string, string, string | null, string | null])[];
  readonly unknown: readonly (readonly [Part, UnknownReason])[];
};
export type KeptRow = {
  readonly customer_id: string;
  readonly day: string;
  readonly currency: string;
  readonly total: string | null;
  readonly not_due: string;
  readonly overdue: string;
  readonly usage: string;
  readonly term: string;
  readonly deposit: string;
  readonly partial: boolean;
  readonly limit_minor: string | null;
  readonly unapplied: string;
  readonly b1: string;
  readonly b2: string;
  readonly b3: string;
  readonly b4: string;
  readonly b5: string;
  readonly detail: KeptDetail;
};

/** Keeps the figures of some customers as today's and as the day's snapshot. */
export async function saveFigures(tx: Tx, kept: readonly KeptRow[], at: Temporal.Instant): Promise<void> {
  const record = sql`jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as r(customer_id text, day date, currency text, total bigint, not_due bigint, overdue bigint, usage bigint, term bigint, deposit bigint,
    partial boolean, limit_minor bigint, unapplied bigint, b1 bigint, b2 bigint, b3 bigint, b4 bigint, b5 bigint, detail jsonb)`;
  await sql`insert into exposure_current (customer_id, day, currency, total_minor, not_due_minor, overdue_minor, usage_minor, term_minor, deposit_minor, is_partial, limit_minor, unapplied_minor,
      b1_minor, b2_minor, b3_minor, b4_minor, b5_minor, detail, computed_at)
    select customer_id, day, currency, total, not_due, overdue, usage, term, deposit, partial, limit_minor, unapplied, b1, b2, b3, b4, b5, detail, ${at} from ${record} order by customer_id
    on conflict (customer_id) do update set day = excluded.day, currency = excluded.currency, total_minor = excluded.total_minor, not_due_minor = excluded.not_due_minor, overdue_minor = excluded.overdue_minor,
      usage_minor = excluded.usage_minor, term_minor = excluded.term_minor, deposit_minor = excluded.deposit_minor, is_partial = excluded.is_partial, limit_minor = excluded.limit_minor,
      unapplied_minor = excluded.unapplied_minor, b1_minor = excluded.b1_minor, b2_minor = excluded.b2_minor, b3_minor = excluded.b3_minor, b4_minor = excluded.b4_minor, b5_minor = excluded.b5_minor,
      detail = excluded.detail, computed_at = excluded.computed_at
    where exposure_current.day <= excluded.day`.execute(tx);
  await sql`insert into exposure_day (day, customer_id, currency, total_minor, not_due_minor, overdue_minor, usage_minor, term_minor, deposit_minor, is_partial, computed_at)
    select day, customer_id, currency, total, not_due, overdue, usage, term, deposit, partial, ${at} from ${record} order by customer_id
    on conflict (customer_id, day) do update set currency = excluded.currency, total_minor = excluded.total_minor, not_due_minor = excluded.not_due_minor, overdue_minor = excluded.overdue_minor,
      usage_minor = excluded.usage_minor, term_minor = excluded.term_minor, deposit_minor = excluded.deposit_minor, is_partial = excluded.is_partial, computed_at = excluded.computed_at`.execute(
    tx,
  );
}

/** Customers that left: their figures no longer count today; the days they were here keep theirs. */
export async function dropFigures(tx: Tx, keep: readonly CustomerId[]): Promise<void> {
  await sql`delete from exposure_current c where not exists (select 1 from unnest(${keep}::text[]) k(id) where k.id = c.customer_id)`.execute(
    tx,
  );
}

export async function keptIds(tx: Tx): Promise<readonly CustomerId[]> {
  const { rows } = await sql<{ customer_id: string }>`select customer_id from exposure_current`.execute(tx);
  return rows.map(({ customer_id }) => customer_id as CustomerId);
}

/** Newest day and currency of the kept figures; undefined before the first computation. */
export async function keptState(
  tx: Tx,
): Promise<
  { readonly day: Temporal.PlainDate; readonly currency: Currency; readonly oldest: Temporal.PlainDate } | undefined
> {
  const { rows } = await sql<{
    day: Temporal.PlainDate | null;
    oldest: Temporal.PlainDate | null;
    currency: string | null;
  }>`select max(day) as day, min(day) as oldest, min(currency) as currency from exposure_current`.execute(tx);
  const row = rows[0];
  return row?.day == null || row.oldest === null || row.currency === null
    ? undefined
    : { day: row.day, oldest: row.oldest, currency: row.currency };
}

export async function loadExposures(
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<
  readonly { readonly customer_id: string; readonly currency: string; readonly total_minor: bigint | null }[]
> {
  const { rows } = await sql<{
    customer_id: string;
    currency: string;
    total_minor: bigint | null;
  }>`select customer_id, currency, total_minor from exposure_current where customer_id = any(${customerIds})`.execute(
    tx,
  );
  return rows;
}

export type DayRow = {
  readonly day: Temporal.PlainDate;
  readonly currency: string;
  readonly total_minor: bigint | null;
  readonly not_due_minor: bigint;
  readonly overdue_minor: bigint;
  readonly usage_minor: bigint;
  readonly term_minor: bigint;
  readonly deposit_minor: bigint;
  readonly is_partial: boolean;
};
/** A customer's kept days, or the portfolio's, oldest first. */
export async function loadTrend(
  tx: Tx,
  asked: {
    readonly customerId: CustomerId | undefined;
    readonly from: Temporal.PlainDate;
    readonly to: Temporal.PlainDate;
  },
): Promise<readonly DayRow[]> {
  const { customerId, from, to } = asked;
  const source =
    customerId === undefined
      ? sql`(select *, customers_partial > 0 as is_partial from exposure_portfolio_day) d`
      : sql`(select * from exposure_day where customer_id = ${customerId}) d`;
  const { rows } =
    await sql<DayRow>`select day, currency, total_minor, not_due_minor, overdue_minor, usage_minor, term_minor, deposit_minor, is_partial from ${source} where day between ${from}::date and ${to}::date order by day`.execute(
      tx,
    );
  return rows;
}

/** Days on or after one that have portfolio figures, as ISO text. */
export async function keptDays(tx: Tx, from: Temporal.PlainDate): Promise<readonly string[]> {
  const { rows } = await sql<{
    day: string;
  }>`select day::text as day from exposure_portfolio_day where day >= ${from}::date`.execute(tx);
  return rows.map(({ day }) => day);
}

/** Forgets the present figures (not the kept days): they are computed again. */
export async function clearFigures(tx: Tx): Promise<void> {
  await sql`delete from exposure_current`.execute(tx);
}
