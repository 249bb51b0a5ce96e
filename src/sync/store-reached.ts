import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { Feed } from "./contract.ts";
import type { KeptError } from "./store.ts";

/** Which customers a feed reached, and which not. */

export type Reached = {
  readonly feed: Feed;
  readonly customerId: CustomerId;
  readonly runId: string;
  readonly at: Temporal.Instant;
};

/** Keeps that a customer was read, in the transaction of what was read. */
export async function markReached(tx: Tx, reached: Reached, marker?: string): Promise<void> {
  const { feed, customerId, runId, at } = reached;
  await sql`insert into sync_feed_customer (feed, customer_id, run_id, tried_at, read_at, marker)
    values (${feed}, ${customerId}, ${runId}, ${at}, ${at}, ${marker ?? null})
    on conflict (feed, customer_id) do update set run_id = excluded.run_id, tried_at = excluded.tried_at, read_at = excluded.read_at, failures = 0, error = null,
      marker = coalesce(excluded.marker, sync_feed_customer.marker)`.execute(tx);
}

/** Keeps that a customer could not be read. */
export async function markMissed(tx: Tx, reached: Reached, error: KeptError): Promise<void> {
  const { feed, customerId, runId, at } = reached;
  await sql`insert into sync_feed_customer (feed, customer_id, run_id, tried_at, failures, error)
    values (${feed}, ${customerId}, ${runId}, ${at}, 1, ${jsonb(error)})
    on conflict (feed, customer_id) do update set run_id = excluded.run_id, tried_at = excluded.tried_at, failures = sync_feed_customer.failures + 1, error = excluded.error`.execute(
    tx,
  );
}

/** Customers that this run has handled already; a run that was cut short skips them. */
export async function loadHandled(tx: Tx, feed: Feed, runId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{
    customer_id: string;
  }>`select customer_id from sync_feed_customer where feed = ${feed} and run_id = ${runId}`.execute(tx);
  return new Set(rows.map((row) => row.customer_id));
}

/** Markers of the customers whose last read succeeded. */
export async function loadMarkers(tx: Tx, feed: Feed): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ customer_id: string; marker: string }>`select customer_id, marker from sync_feed_customer
    where feed = ${feed} and failures = 0 and marker is not null`.execute(tx);
  return new Map(rows.map((row) => [row.customer_id, row.marker]));
}

export type MissedRow = {
  readonly customer_id: string;
  readonly name: string;
  readonly read_at: Temporal.Instant | null;
  readonly failures: number;
  readonly error: KeptError | null;
};

/** More than this is not a list to read but a broken feed. */
export const MISSED_ROWS_MAX = 1_000;

/** Customers of today's list that the feed could not read when it last tried. */
export async function loadMissed(tx: Tx, feed: Feed): Promise<readonly MissedRow[]> {
  const { rows } =
    await sql<MissedRow>`select f.customer_id, c.name, f.read_at, f.failures, f.error from sync_feed_customer f
    join sync_customer c using (customer_id) where f.feed = ${feed} and f.failures > 0 and c.gone_at is null
    order by c.name, f.customer_id limit ${MISSED_ROWS_MAX}`.execute(tx);
  return rows;
}

/** The customers of today's list that feeds could not read when they last tried, feed by feed, in one read. */
export async function loadMissedIds(tx: Tx): Promise<ReadonlyMap<Feed, readonly CustomerId[]>> {
  const { rows } = await sql<{ feed: Feed; customer_ids: readonly CustomerId[] }>`
    select feed, array_agg(f.customer_id order by f.customer_id) as customer_ids from sync_feed_customer f
    join sync_customer c using (customer_id) where f.failures > 0 and c.gone_at is null group by feed`.execute(tx);
  return new Map(rows.map(({ feed, customer_ids }) => [feed, customer_ids.slice(0, MISSED_ROWS_MAX)]));
}

/** How many of `customerIds` the feed could not read when it last tried. */
export async function countMissed(tx: Tx, feed: Feed, customerIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ missed: bigint }>`select count(*) as missed from sync_feed_customer
    where feed = ${feed} and failures > 0 and customer_id = any(${customerIds as string[]})`.execute(tx);
  return Number(rows[0]?.missed ?? 0n);
}

/** Whether the feed has customers to go through that it never tried. */
export async function hasUntried(tx: Tx, feed: Feed, only: "all" | "azure"): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select exists (select 1 from sync_customer c where c.gone_at is null
    and (${only === "all"} or c.has_azure)
    and not exists (select 1 from sync_feed_customer f where f.feed = ${feed} and f.customer_id = c.customer_id)) as found`.execute(
    tx,
  );
  return rows[0]?.found === true;
}
