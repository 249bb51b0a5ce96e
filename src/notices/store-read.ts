import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import { AIM_MINUTES, LIMIT_MINUTES } from "./contract.ts";
import type { DaySum } from "./decide-average.ts";
import type { NoticeRow } from "./store.ts";

export const NOTICE_FILTERS = ["open", "mine", "overdue", "answered", "all"] as const;
export type NoticeFilter = (typeof NOTICE_FILTERS)[number];

/** Where the next page starts. `asOf` keeps the order of clocks still while someone turns pages. */
export type NoticeCursor = { readonly asOf: string; readonly key: string; readonly id: string };

export type NoticeQuery = {
  readonly filter: NoticeFilter;
  readonly kind?: string | undefined;
  readonly customerId?: string | undefined;
  readonly personId: string;
  readonly now: Temporal.Instant;
  readonly after?: NoticeCursor | undefined;
  readonly limit: number;
};

const OPEN_FILTERS = new Set<NoticeFilter>(["open", "mine", "overdue"]);

/** Minutes to add to a detection: the aim for the young, the limit for the others. */
const boundary = (now: Temporal.Instant) =>
  sql`n.detected_at + make_interval(mins => case when n.detected_at > ${now.subtract({ minutes: AIM_MINUTES })}::timestamptz then ${AIM_MINUTES}::int else ${LIMIT_MINUTES}::int end)`;

function conditions(query: NoticeQuery): RawBuilder<unknown> {
  const { filter, now } = query;
  const all = [
    OPEN_FILTERS.has(filter) ? sql`n.state = 'open'` : filter === "answered" ? sql`n.state = 'answered'` : undefined,
    filter === "mine" ? sql`n.claimed_by = ${query.personId}` : undefined,
    filter === "overdue"
      ? sql`n.detected_at <= ${now.subtract({ minutes: LIMIT_MINUTES })} and not n.is_test`
      : undefined,
    query.kind === undefined ? undefined : sql`lower(n.kind) = lower(${query.kind})`,
    query.customerId === undefined ? undefined : sql`n.customer_id = ${query.customerId}`,
  ].filter((part) => part !== undefined);
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

/** One page: open ones next boundary first, answered ones newest answer first, all newest first. One row more than asked tells of more. */
export async function pageOfNotices(
  tx: Tx,
  query: NoticeQuery,
): Promise<readonly (NoticeRow & { sort_key: Temporal.Instant })[]> {
  const open = OPEN_FILTERS.has(query.filter);
  const asOf = query.after === undefined ? query.now : Temporal.Instant.from(query.after.asOf);
  const key = open ? boundary(asOf) : query.filter === "answered" ? sql`n.answered_at` : sql`n.detected_at`;
  const from = query.after;
  const after =
    from === undefined
      ? sql`true`
      : open
        ? sql`(${key}, n.notice_id) > (${from.key}::timestamptz, ${from.id})`
        : sql`(${key}, n.notice_id) < (${from.key}::timestamptz, ${from.id})`;
  const order = open ? sql`sort_key, n.notice_id` : sql`sort_key desc, n.notice_id desc`;
  const { rows } = await sql<NoticeRow & { sort_key: Temporal.Instant }>`select n.*, ${key} as sort_key from notice n
    where ${conditions(query)} and ${after} order by ${order} limit ${query.limit + 1}`.execute(tx);
  return rows;
}

export type NoticeCounts = {
  readonly open: number;
  readonly mine: number;
  readonly overdue: number;
  readonly test: number;
};

/** Counts beside the filters; test notices are counted apart. */
export async function countNotices(
  tx: Tx,
  ask: { readonly now: Temporal.Instant; readonly personId: string },
): Promise<NoticeCounts> {
  const limit = ask.now.subtract({ minutes: LIMIT_MINUTES });
  const { rows } = await sql<NoticeCounts>`select count(*) filter (where not is_test)::int as open,
      count(*) filter (where not is_test and claimed_by = ${ask.personId})::int as mine,
      count(*) filter (where not is_test and detected_at <= ${limit})::int as overdue,
      count(*) filter (where is_test)::int as test
    from notice where state = 'open'`.execute(tx);
  return rows[0] ?? { open: 0, mine: 0, overdue: 0, test: 0 };
}

/** Rows that one filter holds in all. */
export async function totalOf(tx: Tx, query: NoticeQuery): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from notice n where ${conditions(query)}`.execute(
    tx,
  );
  return rows[0]?.n ?? 0;
}

export async function waitingHints(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from notice_hint where notice_id is null`.execute(
    tx,
  );
  return rows[0]?.n ?? 0;
}

export async function kindsSeen(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ kind: string }>`select distinct kind from notice order by kind`.execute(tx);
  return rows.map((row) => row.kind);
}

/** Open notices that count, in the order of their clocks. */
export async function openRows(tx: Tx, now: Temporal.Instant, rowsMax: number): Promise<readonly NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`select n.* from notice n where n.state = 'open' and not n.is_test
    order by ${boundary(now)}, n.notice_id limit ${rowsMax}`.execute(tx);
  return rows;
}

export async function rowsOfCustomer(tx: Tx, customerId: string, rowsMax: number): Promise<readonly NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`select * from notice where customer_id = ${customerId}
    order by state desc, detected_at desc limit ${rowsMax}`.execute(tx);
  return rows;
}

export async function rowsOfCase(tx: Tx, caseId: string): Promise<readonly NoticeRow[]> {
  const { rows } =
    await sql<NoticeRow>`select * from notice where case_id = ${caseId} order by detected_at, notice_id`.execute(tx);
  return rows;
}

export async function openCounts(
  tx: Tx,
  customerIds: readonly string[],
): Promise<readonly { customer_id: string; n: number }[]> {
  if (customerIds.length === 0) return [];
  const { rows } = await sql<{ customer_id: string; n: number }>`select customer_id, count(*)::int as n from notice
    where state = 'open' and not is_test and customer_id in (${sql.join(customerIds)}) group by customer_id`.execute(
    tx,
  );
  return rows;
}

/** Answered alerts that count, summed by periods of 24 hours back from now: what the average and its history are made of. */
export async function answeredByDay(tx: Tx, now: Temporal.Instant, days: number): Promise<readonly DaySum[]> {
  const { rows } =
    await sql<DaySum>`select floor(extract(epoch from ${now}::timestamptz - answered_at) / 86400)::int as "daysAgo",
      count(*)::int as count, sum(greatest(0, floor(extract(epoch from answered_at - detected_at) / 60)))::float8 as minutes
    from notice where state = 'answered' and not is_test and answered_at <= ${now} and answered_at > ${now.subtract({ hours: days * 24 })}
    group by 1`.execute(tx);
  return rows;
}

export async function openStarts(tx: Tx): Promise<readonly Temporal.Instant[]> {
  const { rows } = await sql<{
    detected_at: Temporal.Instant;
  }>`select detected_at from notice where state = 'open' and not is_test
    order by detected_at`.execute(tx);
  return rows.map((row) => row.detected_at);
}
