import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import type { EventRange, EventRef } from "../contract-stream.ts";
import { keyRange, storedId } from "./row.ts";

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
    const { rows } = await sql<EventRow>`select ${COLUMNS} from activity_event
      where ${inDays(days)} and position > ${after} and position <= ${until} order by position limit ${limit}`.execute(
      tx,
    );
    if (rows.length > 0) return rows;
    after = until;
  }
}

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

/** The rows of named events; each is looked up in every day by the beginning of its key. Of one name in two tenants, the first received. */
export async function rowsByRef(tx: Tx, refs: readonly EventRef[]): Promise<readonly (EventRow & ListedRow)[]> {
  const ranges = refs.map(({ source, id }) => ({ source, id: storedId(id), ...keyRange(source, id) }));
  const { rows } = await sql<EventRow & ListedRow>`select found.* from
    unnest(${ranges.map((r) => r.source)}::text[], ${ranges.map((r) => r.id)}::text[], ${ranges.map((r) => r.first)}::uuid[],
      ${ranges.map((r) => r.last)}::uuid[]) as r(r_source, r_id, first_key, last_key)
    cross join lateral (select * from activity_event e where e.key between r.first_key and r.last_key and e.source = r.r_source
      and e.id = r.r_id order by e.position limit 1) found`.execute(tx);
  return rows;
}
