import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { DAYS_A_STATEMENT, piecesOf } from "./decide-chunks.ts";
import { inDays } from "./store-read.ts";

/** A stretch that a pull has read to its end, half-open. */
export type Reading = {
  /** The intake without its tenant: `pull:graph.sign-ins`. */
  readonly feed: string;
  /** Undefined: the pull tells of the whole desk at once. */
  readonly tenant: string | undefined;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly now: Temporal.Instant;
};

/** Notes that a stretch was read, empty or not. Call it in the transaction that keeps what was read (`alongside`). */
export async function recordReading(tx: Tx, reading: Reading): Promise<void> {
  const { feed, tenant, from, until, now } = reading;
  if (Temporal.Instant.compare(from, until) >= 0) return;
  await sql`insert into activity_reading as r (feed, tenant, read, last_read_at)
    values (${feed}, ${tenant ?? "-"}, tstzmultirange(tstzrange(${from}, ${until})), ${now})
    on conflict (feed, tenant) do update set read = r.read + excluded.read, last_read_at = greatest(r.last_read_at, excluded.last_read_at)`.execute(
    tx,
  );
}

/** Positions that one round of following takes at most. */
const POSITIONS_A_ROUND = 100_000n;
const HOURS_KEPT_DAYS = 35;

/** `pull:graph.sign-ins:TENANT` → `pull:graph.sign-ins`; every file is of one feed. */
const FEED = sql.raw(
  "case when intake like 'file:%' then 'file' when intake like 'pull:%' then regexp_replace(intake, '^(pull:[^:]*):.*$', '\\1') else intake end",
);

/** Follows the events for a round and writes what feeds told. True when there is more. */
export async function followFeeds(tx: Tx): Promise<boolean> {
  const { rows: heads } = await sql<{ position: bigint }>`select position from activity_feed_cursor for update`.execute(
    tx,
  );
  const after = heads[0]?.position ?? 0n;
  const { rows } = await sql<{
    last: bigint;
    days: readonly string[];
  }>`select last, days::text[] as days from activity_append
    where last > ${after} order by last limit 256`.execute(tx);
  const used = rows.filter(({ last }, n) => n === 0 || last <= after + POSITIONS_A_ROUND);
  const until = used.at(-1)?.last;
  if (until === undefined) return false;
  const all = [...new Set(used.flatMap((append) => append.days))];
  for (const days of piecesOf(all, DAYS_A_STATEMENT)) await addFeeds(tx, { days, after, until });
  await sql`update activity_feed_cursor set position = ${until}`.execute(tx);
  return true;
}

async function addFeeds(
  tx: Tx,
  { days, after, until }: { readonly days: readonly string[]; readonly after: bigint; readonly until: bigint },
): Promise<void> {
  await sql`with fresh as (
      select coalesce(customer_id, '-') as customer_id, source, ${FEED} as feed, date_trunc('hour', at, 'UTC') as hour, at, received_at, filed
      from activity_event where ${inDays(days)} and position > ${after} and position <= ${until}),
    hours as (
      insert into activity_feed_hour as h (customer_id, source, feed, hour, events)
      select customer_id, source, feed, hour, count(*) from fresh group by 1, 2, 3, 4
      on conflict (customer_id, source, feed, hour) do update set events = h.events + excluded.events)
    insert into activity_feed as f (customer_id, source, feed, first_at, last_at, last_received, events, lag_seconds)
    select customer_id, source, feed, min(at), max(at), max(received_at), count(*),
      min(greatest(0, least(2000000000, extract(epoch from received_at - at)))) filter (where filed is null)::integer
    from fresh group by 1, 2, 3
    on conflict (customer_id, source, feed) do update set first_at = least(f.first_at, excluded.first_at),
      last_at = greatest(f.last_at, excluded.last_at), last_received = greatest(f.last_received, excluded.last_received),
      events = f.events + excluded.events, lag_seconds = coalesce(excluded.lag_seconds, f.lag_seconds)`.execute(tx);
}

/** Forgets hours that no page asks for. */
export async function forgetHours(tx: Tx, now: Temporal.Instant): Promise<void> {
  await sql`delete from activity_feed_hour where hour < ${now.subtract({ hours: HOURS_KEPT_DAYS * 24 })}`.execute(tx);
}

export type FeedRow = {
  readonly customerId: CustomerId | "-";
  readonly source: string;
  readonly feed: string;
  readonly firstAt: Temporal.Instant;
  readonly lastAt: Temporal.Instant;
  readonly lastReceived: Temporal.Instant;
  readonly events: bigint;
  readonly lagSeconds: number | null;
};

/** Every feed of these customers, or all there are. */
export async function feedRows(tx: Tx, customers?: readonly string[]): Promise<readonly FeedRow[]> {
  const where = customers === undefined ? sql`true` : sql`customer_id = any(${customers})`;
  const { rows } =
    await sql<FeedRow>`select customer_id as "customerId", source, feed, first_at as "firstAt", last_at as "lastAt",
    last_received as "lastReceived", events, lag_seconds as "lagSeconds" from activity_feed where ${where} order by 1, 2, 3`.execute(
      tx,
    );
  return rows;
}

/** When each feed last brought anything, for whomever. */
export async function lastOfFeeds(tx: Tx): Promise<ReadonlyMap<string, Temporal.Instant>> {
  const { rows } = await sql<{
    feed: string;
    at: Temporal.Instant;
  }>`select feed, max(last_received) as at from activity_feed group by 1`.execute(tx);
  return new Map(rows.map(({ feed, at }) => [feed, at]));
}

export type HourRow = {
  readonly customerId: string;
  readonly source: string;
  readonly feed: string;
  /** Hours since 1970 in which the feed told anything, oldest first. */
  readonly hours: readonly number[];
};

/** In which hours since a moment feeds told anything. */
export async function feedHours(
  tx: Tx,
  ask: { readonly since: Temporal.Instant; readonly customers?: readonly string[] | undefined },
): Promise<readonly HourRow[]> {
  const where = ask.customers === undefined ? sql`true` : sql`customer_id = any(${ask.customers})`;
  const { rows } = await sql<HourRow>`select customer_id as "customerId", source, feed,
      array_agg((extract(epoch from hour) / 3600)::integer order by hour) as hours
    from activity_feed_hour where hour >= ${ask.since} and ${where} group by 1, 2, 3`.execute(tx);
  return rows;
}

export type ReadingRow = {
  readonly feed: string;
  readonly tenant: string;
  readonly lastReadAt: Temporal.Instant;
  /** Stretches since the moment asked for that were not read, after the first that was. */
  readonly unread: readonly { readonly from: string; readonly until: string }[];
};

/** What pulls have read, and which stretches between they have not. */
export async function readings(
  tx: Tx,
  ask: { readonly since: Temporal.Instant; readonly tenants?: readonly string[] | undefined },
): Promise<readonly ReadingRow[]> {
  const where = ask.tenants === undefined ? sql`true` : sql`tenant = any(${[...ask.tenants, "-"]})`;
  const { rows } = await sql<ReadingRow>`select feed, tenant, last_read_at as "lastReadAt", (
      select coalesce(jsonb_agg(jsonb_build_object('from', lower(g), 'until', upper(g)) order by g), '[]') from unnest(
        tstzmultirange(tstzrange(greatest(lower(read), ${ask.since}), greatest(upper(read), ${ask.since}))) - read) as g) as unread
    from activity_reading where ${where} order by feed, tenant`.execute(tx);
  return rows;
}

/** When the newest event that the ledger of feeds knows was received; undefined before the first. */
export async function followedUntil(tx: Tx): Promise<Temporal.Instant | undefined> {
  const { rows } = await sql<{
    at: Temporal.Instant | null;
  }>`select max(last_received) as at from activity_feed`.execute(tx);
  return rows[0]?.at ?? undefined;
}

/** A feed that was silent for so long tells nothing of today. */
const SEEN_DAYS = 4;

/** Customers of whose own tenant any log came, or was read and empty, in the last days. What only Partner Center tells of them does not count. */
export async function customersSeen(tx: Tx, now: Temporal.Instant): Promise<number> {
  const since = now.subtract({ hours: SEEN_DAYS * 24 });
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (
      select customer_id from activity_feed
      where customer_id <> '-' and feed not like 'sync:%' and source <> 'partner-center' and last_received >= ${since}
      union select tenant from activity_reading where tenant <> '-' and last_read_at >= ${since}) as seen`.execute(tx);
  return rows[0]?.n ?? 0;
}
