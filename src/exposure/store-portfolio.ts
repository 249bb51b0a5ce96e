import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { Part, UnknownReason } from "./contract.ts";

/** Sums over all customers that are kept per day beside the figures. */
export type PortfolioSummary = {
  readonly parts: readonly {
    readonly part: Part;
    readonly currency: string;
    readonly minor: string;
    readonly reporting: string | null;
    readonly asOf: string | null;
    readonly customers: number;
  }[];
  readonly unknown: readonly { readonly part: Part; readonly reason: UnknownReason; readonly customers: number }[];
  readonly ageing: {
    readonly notDue: string;
    readonly b1: string;
    readonly b2: string;
    readonly b3: string;
    readonly b4: string;
    readonly b5: string;
    readonly unapplied: string;
  };
  readonly overLimit: number;
  readonly withoutLimit: number;
  readonly movement: {
    readonly from: string;
    readonly change: string | null;
    readonly causes: readonly (readonly [string, string])[];
  } | null;
};
export type PortfolioRow = {
  readonly day: Temporal.PlainDate;
  readonly currency: string;
  readonly total_minor: bigint | null;
  readonly not_due_minor: bigint;
  readonly overdue_minor: bigint;
  readonly usage_minor: bigint;
  readonly term_minor: bigint;
  readonly deposit_minor: bigint;
  readonly customers: number;
  readonly customers_partial: number;
  readonly summary: PortfolioSummary;
  readonly computed_at: Temporal.Instant;
};

/** The newest kept day on or before a day. */
export async function loadPortfolioDay(tx: Tx, day: Temporal.PlainDate): Promise<PortfolioRow | undefined> {
  const { rows } =
    await sql<PortfolioRow>`select * from exposure_portfolio_day where day <= ${day}::date order by day desc limit 1`.execute(
      tx,
    );
  return rows[0];
}

type SumRow = Omit<PortfolioRow, "summary" | "computed_at"> & {
  readonly not_due: bigint;
  readonly b1: bigint;
  readonly b2: bigint;
  readonly b3: bigint;
  readonly b4: bigint;
  readonly b5: bigint;
  readonly unapplied: bigint;
  readonly over_limit: bigint;
  readonly without_limit: bigint;
};

/** Adds up the figures of a day over all customers. */
export async function sumFigures(tx: Tx, day: Temporal.PlainDate): Promise<SumRow | undefined> {
  const { rows } =
    await sql<SumRow>`select day, currency, sum(total_minor)::bigint as total_minor, sum(not_due_minor)::bigint as not_due_minor, sum(overdue_minor)::bigint as overdue_minor,
      sum(usage_minor)::bigint as usage_minor, sum(term_minor)::bigint as term_minor, sum(deposit_minor)::bigint as deposit_minor, count(*)::integer as customers,
      count(*) filter (where is_partial)::integer as customers_partial, sum(not_due_minor)::bigint as not_due, sum(b1_minor)::bigint as b1, sum(b2_minor)::bigint as b2, sum(b3_minor)::bigint as b3,
      sum(b4_minor)::bigint as b4, sum(b5_minor)::bigint as b5, sum(unapplied_minor)::bigint as unapplied, count(*) filter (where total_minor > limit_minor) as over_limit,
      count(*) filter (where limit_minor is null) as without_limit
    from exposure_current where day = ${day}::date group by day, currency order by count(*) desc limit 1`.execute(tx);
  return rows[0];
}

export async function sumParts(tx: Tx, day: Temporal.PlainDate): Promise<PortfolioSummary["parts"]> {
  const { rows } = await sql<
    PortfolioSummary["parts"][number]
  >`select p->>0 as part, p->>1 as currency, sum((p->>2)::bigint)::text as minor, sum((p->>3)::bigint)::text as reporting, min(p->>4) as "asOf", count(*)::integer as customers
    from exposure_current, jsonb_array_elements(detail->'parts') p where day = ${day}::date group by 1, 2 order by 1, 2`.execute(
    tx,
  );
  return rows;
}
export async function countUnknown(tx: Tx, day: Temporal.PlainDate): Promise<PortfolioSummary["unknown"]> {
  const { rows } = await sql<
    PortfolioSummary["unknown"][number]
  >`select u->>0 as part, u->>1 as reason, count(distinct customer_id)::integer as customers
    from exposure_current, jsonb_array_elements(detail->'unknown') u where day = ${day}::date group by 1, 2 order by 3 desc, 1, 2`.execute(
    tx,
  );
  return rows;
}

export type DayChange = {
  readonly from: Temporal.PlainDate;
  readonly before: bigint | null;
  readonly usage_up: bigint;
  readonly usage_down: bigint;
  readonly term_up: bigint;
  readonly term_down: bigint;
  readonly deposits: bigint;
};
/** How the parts changed, customer by customer, since the newest kept day before. */
export async function changeSince(tx: Tx, day: Temporal.PlainDate): Promise<DayChange | undefined> {
  const { rows } = await sql<DayChange>`
    with before as (select day, currency, total_minor from exposure_portfolio_day where day < ${day}::date order by day desc limit 1),
      moved as (select coalesce(n.usage_minor, 0) - coalesce(o.usage_minor, 0) as usage, coalesce(n.term_minor, 0) - coalesce(o.term_minor, 0) as term, coalesce(n.deposit_minor, 0) - coalesce(o.deposit_minor, 0) as deposit
        from (select * from exposure_current where day = ${day}::date) n
        full join (select d.* from exposure_day d join before b on d.day = b.day and d.currency = b.currency) o on o.customer_id = n.customer_id)
    select (select day from before) as "from", (select total_minor from before) as before, coalesce(sum(greatest(usage, 0)), 0)::bigint as usage_up, coalesce(sum(least(usage, 0)), 0)::bigint as usage_down,
      coalesce(sum(greatest(term, 0)), 0)::bigint as term_up, coalesce(sum(least(term, 0)), 0)::bigint as term_down, coalesce(sum(deposit), 0)::bigint as deposits
    from moved having exists (select 1 from before)`.execute(tx);
  return rows[0];
}

export async function savePortfolioDay(
  tx: Tx,
  sums: SumRow,
  kept: { readonly summary: PortfolioSummary; readonly at: Temporal.Instant },
): Promise<void> {
  await sql`insert into exposure_portfolio_day (day, currency, total_minor, not_due_minor, overdue_minor, usage_minor, term_minor, deposit_minor, customers, customers_partial, summary, computed_at)
    values (${sums.day}, ${sums.currency}, ${sums.total_minor}, ${sums.not_due_minor}, ${sums.overdue_minor}, ${sums.usage_minor}, ${sums.term_minor}, ${sums.deposit_minor}, ${sums.customers}, ${sums.customers_partial}, ${jsonb(kept.summary)}, ${kept.at})
    on conflict (day) do update set currency = excluded.currency, total_minor = excluded.total_minor, not_due_minor = excluded.not_due_minor, overdue_minor = excluded.overdue_minor, usage_minor = excluded.usage_minor,
      term_minor = excluded.term_minor, deposit_minor = excluded.deposit_minor, customers = excluded.customers, customers_partial = excluded.customers_partial, summary = excluded.summary, computed_at = excluded.computed_at`.execute(
    tx,
  );
}

export type LargestRow = {
  readonly customer_id: string;
  readonly currency: string;
  readonly total_minor: bigint;
  readonly is_partial: boolean;
  readonly limit_minor: bigint | null;
  readonly before_minor: bigint | null;
};
/** The largest exposures of a kept day, with the day before. Limits are today's and shown for the newest day only. */
export async function loadLargest(
  tx: Tx,
  asked: { readonly day: Temporal.PlainDate; readonly before: Temporal.PlainDate | undefined; readonly limit: number },
): Promise<readonly LargestRow[]> {
  const before = asked.before ?? asked.day.subtract({ days: 1 });
  const { rows } = await sql<LargestRow>`
    with top as (
      (select customer_id, currency, total_minor, is_partial, limit_minor from exposure_current where day = ${asked.day}::date and total_minor is not null order by total_minor desc nulls last, customer_id limit ${asked.limit})
      union all
      (select customer_id, currency, total_minor, is_partial, null from exposure_day where day = ${asked.day}::date and total_minor is not null
        and not exists (select 1 from exposure_current where day = ${asked.day}::date) order by total_minor desc, customer_id limit ${asked.limit}))
    select top.*, d.total_minor as before_minor from top left join exposure_day d on d.customer_id = top.customer_id and d.day = ${before}::date and d.currency = top.currency
    order by total_minor desc, customer_id`.execute(tx);
  return rows;
}

/** Currencies that occur and could not be converted. */
export const currenciesWithoutRate = (row: PortfolioRow | undefined): readonly string[] => [
  ...new Set(
    (row?.summary.parts ?? []).flatMap(({ currency, minor, reporting }) =>
      reporting === null && minor !== "0" ? [currency] : [],
    ),
  ),
];
