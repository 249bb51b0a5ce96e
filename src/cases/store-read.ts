import { type RawBuilder, sql } from "kysely";
import { AIM_MINUTES, LIMIT_MINUTES } from "../notices/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { CaseFamily } from "./contract.ts";
import type { CaseRow } from "./store.ts";

export const CASE_FILTERS = ["open", "mine", "unassigned", "closed", "all"] as const;
export type CaseFilter = (typeof CASE_FILTERS)[number];
export const CASE_SORTS = ["clock", "money", "age", "priority"] as const;
export type CaseSort = (typeof CASE_SORTS)[number];

/** Where the next page starts. `asOf` keeps the order of clocks still while someone turns pages. */
export type CaseCursor = { readonly asOf: string; readonly key: string; readonly id: string };
export type CaseQuery = {
  readonly filter: CaseFilter;
  readonly sort: CaseSort;
  readonly family?: CaseFamily | undefined;
  /** At least this bad. */
  readonly severityMin?: number | undefined;
  readonly customerId?: string | undefined;
  readonly assigneeId?: string | undefined;
  readonly personId: string;
  readonly now: Temporal.Instant;
  readonly after?: CaseCursor | undefined;
  readonly limit: number;
};

function conditions(query: CaseQuery): RawBuilder<unknown> {
  const open = query.filter === "open" || query.filter === "mine" || query.filter === "unassigned";
  const all = [
    open ? sql`c.state <> 'closed'` : query.filter === "closed" ? sql`c.state = 'closed'` : undefined,
    query.filter === "mine" ? sql`c.assignee_id = ${query.personId}` : undefined,
    query.filter === "unassigned" ? sql`c.assignee_id is null` : undefined,
    query.family === undefined ? undefined : sql`c.family = ${query.family}`,
    query.severityMin === undefined ? undefined : sql`c.severity >= ${query.severityMin}`,
    query.customerId === undefined ? undefined : sql`c.customer_id = ${query.customerId}`,
    query.assigneeId === undefined ? undefined : sql`c.assignee_id = ${query.assigneeId}`,
  ].filter((part) => part !== undefined);
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

/** The next boundary of a case's clock; a case that Microsoft does not wait for comes after all that it does. */
const boundary = (asOf: Temporal.Instant) => sql`case when c.state = 'closed' then c.closed_at + interval '1000 years'
  else coalesce(c.clock_from + make_interval(mins => case when c.clock_from > ${asOf.subtract({ minutes: AIM_MINUTES })}::timestamptz
    then ${AIM_MINUTES}::int else ${LIMIT_MINUTES}::int end), c.opened_at + (4 - c.severity) * interval '100 years') end`;

/** How each sort is written; every key is comparable as text of one type, never null. */
function keyOf(
  sort: CaseSort,
  asOf: Temporal.Instant,
): { readonly key: RawBuilder<unknown>; readonly type: RawBuilder<unknown>; readonly down: boolean } {
  if (sort === "money") return { key: sql`coalesce(c.money_minor, -1)`, type: sql`bigint`, down: true };
  if (sort === "priority") return { key: sql`coalesce(c.priority, -1)`, type: sql`smallint`, down: true };
  if (sort === "age") return { key: sql`c.opened_at`, type: sql`timestamptz`, down: false };
  return { key: boundary(asOf), type: sql`timestamptz`, down: false };
}

/** One page; one row more than asked tells that there are more. */
export async function pageOfCases(tx: Tx, query: CaseQuery): Promise<readonly (CaseRow & { sort_text: string })[]> {
  const asOf = query.after === undefined ? query.now : Temporal.Instant.from(query.after.asOf);
  const { key, type, down } = keyOf(query.sort, asOf);
  const from = query.after;
  const edge = from === undefined ? undefined : sql`(${from.key}::text::${type}, ${from.id})`;
  const after =
    edge === undefined ? sql`true` : down ? sql`(${key}, c.case_id) < ${edge}` : sql`(${key}, c.case_id) > ${edge}`;
  const order = down ? sql`${key} desc, c.case_id desc` : sql`${key}, c.case_id`;
  const { rows } = await sql<CaseRow & { sort_text: string }>`select c.*, (${key})::text as sort_text from case_file c
    where ${conditions(query)} and ${after} order by ${order} limit ${query.limit + 1}`.execute(tx);
  return rows;
}

export async function totalOf(tx: Tx, query: CaseQuery): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from case_file c where ${conditions(query)}`.execute(tx);
  return rows[0]?.n ?? 0;
}

export async function countCases(tx: Tx, personId: string) {
  const { rows } = await sql<{ open: number; mine: number; unassigned: number; closed: number }>`select
      count(*) filter (where state <> 'closed')::int as open,
      count(*) filter (where state <> 'closed' and assignee_id = ${personId})::int as mine,
      count(*) filter (where state <> 'closed' and assignee_id is null)::int as unassigned,
      count(*) filter (where state = 'closed')::int as closed
    from case_file`.execute(tx);
  return rows[0] ?? { open: 0, mine: 0, unassigned: 0, closed: 0 };
}

export async function casesOfCustomer(tx: Tx, customerId: string, rowsMax: number): Promise<readonly CaseRow[]> {
  const { rows } = await sql<CaseRow>`select * from case_file where customer_id = ${customerId}
    order by state = 'closed', opened_at desc limit ${rowsMax}`.execute(tx);
  return rows;
}

/** The cases before and after one in the queue of open cases, in the order of clocks. A closed case has none. */
export async function neighboursOf(
  tx: Tx,
  caseId: string,
  now: Temporal.Instant,
): Promise<{ readonly before: string | null; readonly after: string | null }> {
  const { rows } = await sql<{ before: string | null; after: string | null }>`select before, after from (
      select case_id, lag(case_id) over w as before, lead(case_id) over w as after from case_file c where state <> 'closed'
      window w as (order by ${boundary(now)}, case_id)) as queue where case_id = ${caseId}`.execute(tx);
  return rows[0] ?? { before: null, after: null };
}

export async function openCaseCounts(
  tx: Tx,
  customerIds: readonly string[],
): Promise<readonly { customer_id: string; n: number; worst: number }[]> {
  if (customerIds.length === 0) return [];
  const { rows } = await sql<{
    customer_id: string;
    n: number;
    worst: number;
  }>`select customer_id, count(*)::int as n, max(severity)::int as worst
    from case_file where state <> 'closed' and customer_id in (${sql.join(customerIds)}) group by customer_id`.execute(
    tx,
  );
  return rows;
}

/** Customers with an open case about misuse or spend: worth a look at every single resource. */
export async function customersWithOpen(tx: Tx, families: readonly CaseFamily[]): Promise<readonly string[]> {
  const { rows } = await sql<{ customer_id: string }>`select distinct customer_id from case_file
    where state <> 'closed' and family in (${sql.join(families)}) order by customer_id`.execute(tx);
  return rows.map((row) => row.customer_id);
}
