import { sql } from "kysely";
import { ADVISORY_LOCK } from "../store/lock-numbers.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Store, Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { Feed } from "./contract.ts";

/** Why a feed or a customer could not be read, as kept. */
export type KeptError = {
  readonly kind: string;
  readonly advice: string;
  readonly code: string | null;
  readonly detail: string;
  readonly correlationId: string;
  readonly at: string;
};

export type FeedRow = {
  readonly feed: Feed;
  readonly is_open: boolean;
  readonly run_id: string | null;
  readonly started_at: Temporal.Instant | null;
  readonly finished_at: Temporal.Instant | null;
  readonly newest_fact_at: Temporal.Instant | null;
  readonly facts_read: bigint;
  readonly customers_reached: number | null;
  readonly customers_total: number | null;
  readonly cursor: unknown;
  readonly error: KeptError | null;
  readonly failed_at: Temporal.Instant | null;
};

/** Runs `work` unless another process runs the same feed; the lock goes with the connection, so a killed process frees it. */
export async function underFeedLock<T>(store: Store, number: number, work: () => Promise<T>): Promise<T | undefined> {
  return store.db.connection().execute(async (one) => {
    const { rows } = await sql<{
      held: boolean;
    }>`select pg_try_advisory_lock(${ADVISORY_LOCK.feeds + number}) as held`.execute(one);
    if (rows[0]?.held !== true) return undefined;
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${ADVISORY_LOCK.feeds + number})`.execute(one);
    }
  });
}

export async function loadFeeds(tx: Tx): Promise<readonly FeedRow[]> {
  const { rows } =
    await sql<FeedRow>`select feed, is_open, run_id, started_at, finished_at, newest_fact_at, facts_read, customers_reached,
    customers_total, cursor, error, failed_at from sync_feed`.execute(tx);
  return rows;
}

export const loadFeed = async (tx: Tx, feed: Feed): Promise<FeedRow | undefined> =>
  (await loadFeeds(tx)).find((row) => row.feed === feed);

/** Begins a run. */
export async function openRun(
  tx: Tx,
  feed: Feed,
  run: { readonly id: string; readonly startedAt: Temporal.Instant },
): Promise<void> {
  await sql`insert into sync_feed (feed, is_open, run_id, started_at) values (${feed}, true, ${run.id}, ${run.startedAt})
    on conflict (feed) do update set is_open = true, run_id = excluded.run_id, started_at = excluded.started_at, facts_read = 0`.execute(
    tx,
  );
}

export type Progress = {
  readonly facts: number;
  readonly newestFactAt?: Temporal.Instant | undefined;
  readonly cursor?: unknown;
};

/** Keeps how far the run has come, in the transaction of the facts that it covers. */
export async function saveProgress(tx: Tx, feed: Feed, progress: Progress): Promise<void> {
  const { facts, newestFactAt, cursor } = progress;
  await sql`update sync_feed set facts_read = facts_read + ${facts},
    newest_fact_at = greatest(newest_fact_at, ${newestFactAt ?? null}::timestamptz),
    cursor = coalesce(${cursor === undefined ? null : JSON.stringify(cursor)}::jsonb, cursor) where feed = ${feed}`.execute(
    tx,
  );
}

export type Closing = {
  readonly finishedAt: Temporal.Instant;
  readonly customers?: { readonly reached: number; readonly total: number } | undefined;
  readonly error?: KeptError | undefined;
};

/** Ends a complete run. An error here is something left out, not a failure of the run. */
export async function closeRun(tx: Tx, feed: Feed, { finishedAt, customers, error }: Closing): Promise<void> {
  await sql`update sync_feed set is_open = false, finished_at = ${finishedAt}, failed_at = null,
    customers_reached = ${customers?.reached ?? null}::integer, customers_total = ${customers?.total ?? null}::integer,
    error = ${error === undefined ? null : jsonb(error)} where feed = ${feed}`.execute(tx);
}

/** Ends a run that gave up. It stays open, so that the next one goes on. */
export async function failRun(
  tx: Tx,
  feed: Feed,
  failure: { readonly at: Temporal.Instant; readonly error: KeptError },
): Promise<void> {
  await sql`update sync_feed set failed_at = ${failure.at}, error = ${jsonb(failure.error)} where feed = ${feed}`.execute(
    tx,
  );
}

export type KnownCustomer = { readonly customer_id: CustomerId; readonly name: string; readonly has_azure: boolean };

/** Customers of the newest complete list. */
export async function loadCustomers(tx: Tx, only: "all" | "azure" = "all"): Promise<readonly KnownCustomer[]> {
  const { rows } = await sql<KnownCustomer>`select customer_id, name, has_azure from sync_customer
    where gone_at is null and (${only === "all"} or has_azure) order by customer_id`.execute(tx);
  return rows;
}

/** Takes over the complete list. */
export async function replaceCustomers(
  tx: Tx,
  customers: readonly { readonly id: string; readonly name: string }[],
  at: Temporal.Instant,
): Promise<void> {
  const rows = JSON.stringify(customers.map(({ id, name }) => ({ id, name })));
  await sql`insert into sync_customer (customer_id, name) select id, name from jsonb_to_recordset(${rows}::jsonb) as c(id text, name text)
    on conflict (customer_id) do update set name = excluded.name, gone_at = null
    where sync_customer.name is distinct from excluded.name or sync_customer.gone_at is not null`.execute(tx);
  await sql`update sync_customer set gone_at = ${at} where gone_at is null
    and customer_id not in (select id from jsonb_to_recordset(${rows}::jsonb) as c(id text))`.execute(tx);
}

export async function markAzure(tx: Tx, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await sql`update sync_customer set has_azure = true where not has_azure and customer_id = any(${customerIds as string[]})`.execute(
    tx,
  );
}

export type DetailRow = {
  readonly customer_id: string;
  readonly detail: unknown;
  readonly detail_at: Temporal.Instant | null;
};

export async function loadDetails(tx: Tx): Promise<ReadonlyMap<string, DetailRow>> {
  const { rows } = await sql<DetailRow>`select customer_id, detail, detail_at from sync_customer`.execute(tx);
  return new Map(rows.map((row) => [row.customer_id, row]));
}

/** Keeps single reads; called after `replaceCustomers`, which makes the rows. */
export async function saveDetails(
  tx: Tx,
  details: readonly { readonly id: string; readonly detail: unknown }[],
  at: Temporal.Instant,
): Promise<void> {
  if (details.length === 0) return;
  await sql`update sync_customer set detail = d.detail, detail_at = ${at}
    from jsonb_to_recordset(${JSON.stringify(details)}::jsonb) as d(id text, detail jsonb) where customer_id = d.id`.execute(
    tx,
  );
}

export async function loadReadInvoices(tx: Tx): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ invoice_id: string }>`select invoice_id from sync_invoice`.execute(tx);
  return new Set(rows.map((row) => row.invoice_id));
}

export async function markInvoiceRead(
  tx: Tx,
  invoice: { readonly id: string; readonly lines: number; readonly at: Temporal.Instant },
): Promise<void> {
  await sql`insert into sync_invoice (invoice_id, lines, read_at) values (${invoice.id}, ${invoice.lines}, ${invoice.at})
    on conflict (invoice_id) do nothing`.execute(tx);
}
