import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { HitState } from "./contract-wire.ts";

/** Hits as pages read them. */
export type ListedHit = {
  readonly hit_id: bigint;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly title: string;
  readonly title_sv: string;
  readonly level: number;
  readonly customer_id: string | null;
  readonly subscription_id: string | null;
  readonly at: Temporal.Instant;
  readonly found_at: Temporal.Instant;
  readonly facts: Record<string, string | number>;
  readonly events: readonly string[];
  readonly is_shadow: boolean;
  readonly suppressed_by: string | null;
  readonly inhibited_by: string | null;
  readonly is_retracted: boolean;
  readonly case_id: string | null;
};

export type HitsAsk = {
  readonly rule?: string | undefined;
  readonly customer?: string | undefined;
  readonly state?: HitState | undefined;
  readonly before?: { readonly at: string; readonly id: string } | undefined;
  readonly limit: number;
};

const COLUMNS = sql`h.hit_id, h.rule_id, h.rule_version, f.title, f.title_sv, h.level, h.customer_id, f.subscription_id, h.at, h.found_at, h.facts,
  h.events, h.is_shadow, h.suppressed_by, h.inhibited_by, h.retracted_at is not null as is_retracted, f.case_id`;

const STATE = {
  retracted: sql`h.retracted_at is not null`,
  shadow: sql`h.retracted_at is null and h.is_shadow`,
  nobody: sql`h.retracted_at is null and not h.is_shadow and h.customer_id is null`,
  suppressed: sql`h.retracted_at is null and not h.is_shadow and h.customer_id is not null and h.suppressed_by is not null`,
  inhibited: sql`h.retracted_at is null and not h.is_shadow and h.customer_id is not null and h.suppressed_by is null and h.inhibited_by is not null`,
  counted: sql`h.retracted_at is null and not h.is_shadow and h.customer_id is not null and h.suppressed_by is null and h.inhibited_by is null
    and h.level = 0`,
  told: sql`h.retracted_at is null and not h.is_shadow and h.customer_id is not null and h.suppressed_by is null and h.inhibited_by is null
    and h.level > 0`,
} as const;

const where = ({ rule, customer, state }: HitsAsk) => {
  const all = [
    rule === undefined ? undefined : sql`h.rule_id = ${rule}`,
    customer === undefined ? undefined : sql`h.customer_id = ${customer}`,
    state === undefined ? undefined : STATE[state],
  ].filter((one) => one !== undefined);
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
};

/** Newest first; one row more than asked tells that there are more. */
export async function listHits(tx: Tx, ask: HitsAsk): Promise<readonly ListedHit[]> {
  const after =
    ask.before === undefined
      ? sql`true`
      : sql`(h.at, h.hit_id) < (${ask.before.at}::timestamptz, ${ask.before.id}::bigint)`;
  const { rows } = await sql<ListedHit>`select ${COLUMNS} from activity_hit h join activity_fold f using (fingerprint)
    where ${where(ask)} and ${after} order by h.at desc, h.hit_id desc limit ${ask.limit + 1}`.execute(tx);
  return rows;
}

const COUNTED_MAX = 10_000;
/** How many there are, counted to ten thousand. */
export async function countHits(tx: Tx, ask: HitsAsk): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from
    (select 1 from activity_hit h where ${where(ask)} limit ${COUNTED_MAX}) counted`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Standing hits that have one of these events among theirs (source|id). */
export async function hitsWith(tx: Tx, events: readonly string[]): Promise<readonly ListedHit[]> {
  if (events.length === 0) return [];
  const { rows } = await sql<ListedHit>`select ${COLUMNS} from activity_hit h join activity_fold f using (fingerprint)
    where h.events && array(select jsonb_array_elements_text(${jsonb(events)})) and h.retracted_at is null
    order by h.level desc, h.at desc limit 500`.execute(tx);
  return rows;
}

export type RuleTotals = {
  readonly rule_id: string;
  readonly week: bigint;
  readonly month: bigint;
  readonly shadow: bigint;
  readonly customers: number;
  readonly last_at: Temporal.Instant | null;
};
/** Standing hits by rule; `shadow` and `customers` of the month. */
export async function totalsByRule(
  tx: Tx,
  since: { readonly week: Temporal.Instant; readonly month: Temporal.Instant },
): Promise<readonly RuleTotals[]> {
  const { rows } =
    await sql<RuleTotals>`select rule_id, coalesce(sum(hits) filter (where last_at >= ${since.week}), 0)::bigint as week,
      coalesce(sum(hits) filter (where last_at >= ${since.month}), 0)::bigint as month,
      coalesce(sum(hits) filter (where last_at >= ${since.month} and is_shadow), 0)::bigint as shadow,
      count(distinct customer_id) filter (where last_at >= ${since.month} and hits > 0)::int as customers, max(last_at) filter (where hits > 0) as last_at
    from activity_fold group by rule_id`.execute(tx);
  return rows;
}

/** Standing hits of a rule by UTC day; a fold is of one day. */
export async function daysOfRule(
  tx: Tx,
  ruleId: string,
  since: Temporal.Instant,
): Promise<readonly { day: Temporal.PlainDate; hits: bigint; shadow: bigint }[]> {
  const { rows } = await sql<{
    day: Temporal.PlainDate;
    hits: bigint;
    shadow: bigint;
  }>`select (last_at at time zone 'UTC')::date as day,
      sum(hits)::bigint as hits, coalesce(sum(hits) filter (where is_shadow), 0)::bigint as shadow
    from activity_fold where rule_id = ${ruleId} and last_at >= ${since} and hits > 0 group by 1 order by 1`.execute(
    tx,
  );
  return rows;
}

/** A rule's title as its hits last told it. */
export async function titleOfRule(tx: Tx, ruleId: string): Promise<string | undefined> {
  const { rows } = await sql<{
    title: string;
  }>`select title from activity_fold where rule_id = ${ruleId} order by last_at desc limit 1`.execute(tx);
  return rows[0]?.title;
}

export async function countLookBack(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from activity_look_back`.execute(tx);
  return rows[0]?.n ?? 0;
}
