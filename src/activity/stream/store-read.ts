import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import type { EventRange, EventRef } from "../contract-stream.ts";
import { DAYS_A_STATEMENT, piecesOf } from "./decide-chunks.ts";
import { keyRange, storedId } from "./row.ts";
import { daysKept } from "./store-days.ts";

/** A row of the table with what the record is read again with. */
export type EventRow = {
  readonly position: bigint;
  readonly at: Temporal.Instant;
  readonly received_at: Temporal.Instant;
  readonly source: string;
  readonly shape: string;
  readonly id: string;
  readonly intake: string;
  readonly tenant: string | null;
  readonly customer_id: string | null;
  readonly subscription: string | null;
  readonly operation: string;
  readonly outcome: string;
  readonly filed: string | null;
  readonly raw: string;
};
const COLUMNS = sql.raw(
  "position, at, received_at, source, shape, id, intake, tenant, customer_id, subscription, operation, outcome, filed, raw",
);

/** A row of a list: the columns, without the record. */
export type ListedRow = {
  readonly position: bigint;
  readonly at: Temporal.Instant;
  readonly received_at: Temporal.Instant;
  readonly source: string;
  readonly shape: string;
  readonly id: string;
  readonly intake: string;
  readonly tenant: string | null;
  readonly customer_id: string | null;
  readonly subscription: string | null;
  readonly operation: string;
  readonly outcome: string;
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly ip: string | null;
  readonly country: string | null;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  readonly region: string | null;
  readonly filed: string | null;
};

/** Appends read at once to learn in which days the next positions lie. */
const APPENDS_AT_ONCE = 64;

/** Days as a value in the query's own text: the planner then leaves all other days' tables alone. */
export const inDays = (days: readonly string[]): RawBuilder<unknown> =>
  sql`day = any(${sql.lit(`{${days.join(",")}}`)}::date[])`;

/** The last position that was kept; 0 when none was. */
export async function lastPosition(tx: Tx): Promise<bigint> {
  const { rows } = await sql<{ last: bigint }>`select last from activity_append order by last desc limit 1`.execute(tx);
  return rows[0]?.last ?? 0n;
}

/** Rows after a position, in its order. A stretch whose days were forgotten meanwhile is stepped over. */
export async function rowsAfter(tx: Tx, position: bigint, limit: number): Promise<readonly EventRow[]> {
  let after = position;
  for (;;) {
    const { rows: appends } = await sql<{ last: bigint; fresh: number; days: readonly string[] }>`
      select last, fresh, days::text[] as days from activity_append where last > ${after} order by last limit ${APPENDS_AT_ONCE}`.execute(
      tx,
    );
    if (appends.length === 0) return [];
    let wanted = limit;
    const used = appends.filter(({ fresh }) => {
      const isUsed = wanted > 0;
      wanted -= fresh;
      return isUsed;
    });
    const until = used.at(-1)?.last ?? after;
    const days = [...new Set(used.flatMap((append) => append.days))];
    const rows = await rowsBetween(tx, { days, after, until, limit });
    if (rows.length > 0) return rows;
    after = until;
  }
}

type Between = {
  readonly days: readonly string[];
  readonly after: bigint;
  readonly until: bigint;
  readonly limit: number;
};

/** The first rows of these days between two positions. Many days are asked in pieces, for positions first: rows are large. */
async function rowsBetween(tx: Tx, { days, after, until, limit }: Between): Promise<readonly EventRow[]> {
  const pieces = piecesOf(days, DAYS_A_STATEMENT);
  const within = (piece: readonly string[], last: bigint) =>
    sql`${inDays(piece)} and position > ${after} and position <= ${last} order by position limit ${limit}`;
  let last = until;
  if (pieces.length > 1) {
    const positions: bigint[] = [];
    for (const piece of pieces) {
      const { rows } = await sql<{
        position: bigint;
      }>`select position from activity_event where ${within(piece, until)}`.execute(tx);
      positions.push(...rows.map(({ position }) => position));
    }
    positions.sort(ascending);
    last = positions[limit - 1] ?? until;
  }
  const found: EventRow[] = [];
  for (const piece of pieces) {
    const { rows } = await sql<EventRow>`select ${COLUMNS} from activity_event where ${within(piece, last)}`.execute(
      tx,
    );
    found.push(...rows);
  }
  return pieces.length > 1 ? found.sort((a, b) => ascending(a.position, b.position)) : found;
}
const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Where a scan stands: the next row is later than this. */
export type ScanPlace = { readonly at: Temporal.Instant; readonly position: bigint };

/** The next rows of one day in the order of event time. */
export async function rowsOfDay(
  tx: Tx,
  range: EventRange,
  from: { readonly day: string; readonly place: ScanPlace | undefined; readonly limit: number },
): Promise<readonly EventRow[]> {
  const { day, place, limit } = from;
  const after = place === undefined ? sql`true` : sql`(at, position) > (${place.at}, ${place.position}::bigint)`;
  const customers = range.customers === undefined ? sql`true` : sql`customer_id = any(${range.customers})`;
  const sources = range.sources === undefined ? sql`true` : sql`source = any(${range.sources})`;
  const { rows } = await sql<EventRow>`select ${COLUMNS} from activity_event
    where day = ${sql.lit(day)}::date and at >= ${range.from} and at < ${range.until} and ${after} and ${customers} and ${sources}
    order by at, position limit ${limit}`.execute(tx);
  return rows;
}

type NamedRow = EventRow & ListedRow;

/**
 * The rows of named events, looked up by the beginning of their keys, newest days first until all are found. Of one name in two tenants, one of
 * the newest day.
 */
export async function rowsByRef(tx: Tx, refs: readonly EventRef[]): Promise<readonly NamedRow[]> {
  const found = new Map<string, NamedRow>();
  let wanted = refs.map((ref) => ({
    source: ref.source as string,
    id: storedId(ref.id),
    ...keyRange(ref.source, ref.id),
  }));
  for (const days of piecesOf((await daysKept(tx)).toReversed(), DAYS_A_STATEMENT)) {
    if (wanted.length === 0) break;
    const { rows } = await sql<NamedRow>`select found.* from
      unnest(${wanted.map((r) => r.source)}::text[], ${wanted.map((r) => r.id)}::text[], ${wanted.map((r) => r.first)}::uuid[],
        ${wanted.map((r) => r.last)}::uuid[]) as r(r_source, r_id, first_key, last_key)
      cross join lateral (select * from activity_event e where ${inDays(days)} and e.key between r.first_key and r.last_key
        and e.source = r.r_source and e.id = r.r_id order by e.day desc, e.position limit 1) found`.execute(tx);
    for (const row of rows) found.set(`${row.source}|${row.id}`, row);
    wanted = wanted.filter(({ source, id }) => !found.has(`${source}|${id}`));
  }
  return refs.flatMap(({ source, id }) => found.get(`${source}|${storedId(id)}`) ?? []);
}
