import { type RawBuilder, sql } from "kysely";
import type { Store, Tx } from "../../store/contract.ts";
import type { SearchFilters } from "./contract.ts";
import type { ListedRow } from "./store-read.ts";
import { type Place, type Span, type Wanted, wantedOf, wordsOf, writingsOf } from "./decide-search.ts";

const LISTED = sql.raw(
  "position, at, received_at, source, shape, id, intake, tenant, customer_id, subscription, operation, outcome, actor_id, actor_name, ip, country, resource_type, resource_id, region, filed",
);

const like = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
const compare = (column: string, { how, text }: Wanted): RawBuilder<boolean> => {
  const field = sql`lower(${sql.ref(column)})`;
  if (how === "whole") return sql`${field} = ${text}`;
  return how === "beginning" ? sql`starts_with(${field}, ${text})` : sql`strpos(${field}, ${text}) > 0`;
};
const clean = (text: string): string => text.replaceAll("\0", "");

/** The conditions of a search besides its time. */
export function conditionsOf(filters: SearchFilters): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = [];
  const add =
    (...columns: string[]) =>
    (value: string | undefined) => {
      if (value === undefined) return;
      const wanted = wantedOf(clean(value));
      conditions.push(
        sql`(${sql.join(
          columns.map((column) => compare(column, wanted)),
          sql` or `,
        )})`,
      );
    };
  if (filters.source !== undefined) conditions.push(sql`source = any(${filters.source})`);
  if (filters.outcome !== undefined) conditions.push(sql`outcome = any(${filters.outcome})`);
  if (filters.customer === "none") conditions.push(sql`customer_id is null`);
  else if (filters.customer !== undefined) conditions.push(sql`customer_id = ${filters.customer}`);
  if (filters.country !== undefined) conditions.push(sql`country = ${filters.country}`);
  add("subscription")(filters.subscription);
  add("operation")(filters.operation);
  add("actor_id", "actor_name")(filters.actor);
  add("ip")(filters.ip);
  add("resource_id")(filters.resource);
  add("resource_type")(filters.resourceType);
  add("region")(filters.region);
  add("intake")(filters.intake);
  for (const word of wordsOf(clean(filters.q ?? "")))
    conditions.push(
      sql`(${sql.join(
        writingsOf(word).map((text) => sql`raw ilike ${`%${like(text)}%`}`),
        sql` or `,
      )})`,
    );
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

const within = (span: Span): RawBuilder<unknown> => {
  const day = (at: Temporal.Instant) => sql`${sql.lit(at.toString().slice(0, 10))}::date`;
  return sql`day >= ${day(span.from)} and day <= ${day(span.until)} and at >= ${span.from} and at < ${span.until}`;
};

/** Rows of a slice, newest first. */
export async function listedRows(
  tx: Tx,
  ask: {
    readonly slice: Span;
    readonly where: RawBuilder<unknown>;
    readonly before: Place | undefined;
    readonly limit: number;
  },
): Promise<readonly ListedRow[]> {
  const { slice, where, before, limit } = ask;
  const older = before === undefined ? sql`true` : sql`(at, position) < (${before.at}, ${before.position}::bigint)`;
  const { rows } =
    await sql<ListedRow>`select ${LISTED} from activity_event where ${within(slice)} and ${older} and ${where}
    order by at desc, position desc limit ${limit}`.execute(tx);
  return rows;
}

/** The same rows with their records, for an export. */
export async function exportedRows(
  tx: Tx,
  ask: Parameters<typeof listedRows>[1],
): Promise<readonly (ListedRow & { readonly raw: string })[]> {
  const { slice, where, before, limit } = ask;
  const older = before === undefined ? sql`true` : sql`(at, position) < (${before.at}, ${before.position}::bigint)`;
  const { rows } = await sql<
    ListedRow & { raw: string }
  >`select ${LISTED}, raw from activity_event where ${within(slice)} and ${older} and ${where}
    order by at desc, position desc limit ${limit}`.execute(tx);
  return rows;
}

export type BucketRow = { readonly bucket: bigint; readonly count: bigint; readonly failures: bigint };

/** Events of a slice per bucket; a bucket is counted from 1970. */
export async function countedRows(
  tx: Tx,
  ask: { readonly slice: Span; readonly where: RawBuilder<unknown>; readonly seconds: number },
): Promise<readonly BucketRow[]> {
  const { slice, where, seconds } = ask;
  const { rows } =
    await sql<BucketRow>`select floor(extract(epoch from at) / ${sql.lit(seconds)})::bigint as bucket, count(*) as count,
      count(*) filter (where outcome = 'failure') as failures
    from activity_event where ${within(slice)} and ${where} group by 1`.execute(tx);
  return rows;
}

/** PostgreSQL: the statement was stopped because its time was over. */
const STOPPED = "57014";

/** Runs a read that PostgreSQL stops after so long; undefined when it was stopped. */
export async function withinTime<T>(
  store: Store,
  milliseconds: number,
  read: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await store.inTransaction(async (tx) => {
      await sql`set transaction read only`.execute(tx);
      await sql`select set_config('statement_timeout', ${`${Math.max(1, Math.ceil(milliseconds))}ms`}, true)`.execute(
        tx,
      );
      return await read(tx);
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === STOPPED) return undefined;
    throw error;
  }
}
