import { sql } from "kysely";
import type { Tx } from "../../../store/contract.ts";
import type { PullFeed, PullState } from "../contract-pull.ts";
import type { PullPlace } from "./decide-feeds.ts";
import type { Pull } from "./readers.ts";

export type PullRecord = Pull &
  PullPlace & {
    readonly state: PullState;
    readonly detail: string | undefined;
    readonly failures: number;
    readonly triedAt: Temporal.Instant | undefined;
    readonly nextAt: Temporal.Instant;
    readonly records: bigint;
  };

/** Makes rows for pulls that are new. */
export async function addPulls(tx: Tx, pulls: readonly Pull[], now: Temporal.Instant): Promise<void> {
  if (pulls.length === 0) return;
  await sql`insert into activity_pull (tenant, feed, part, state, next_at)
    select tenant, feed, part, 'never', ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(pulls)}::jsonb) as p(tenant text, feed text, part text) on conflict do nothing`.execute(
    tx,
  );
}

type Row = {
  readonly tenant: string;
  readonly feed: PullFeed;
  readonly part: string;
  readonly cursor: Temporal.Instant | null;
  readonly swept_at: Temporal.Instant | null;
  readonly state: PullState;
  readonly detail: string | null;
  readonly failures: number;
  readonly tried_at: Temporal.Instant | null;
  readonly next_at: Temporal.Instant;
  readonly records: bigint;
};
const recordOf = (row: Row): PullRecord => ({
  tenant: row.tenant,
  feed: row.feed,
  part: row.part,
  cursor: row.cursor ?? undefined,
  sweptAt: row.swept_at ?? undefined,
  state: row.state,
  detail: row.detail ?? undefined,
  failures: row.failures,
  triedAt: row.tried_at ?? undefined,
  nextAt: row.next_at,
  records: row.records,
});

/** Those whose turn it is, longest waiting first. */
export async function duePulls(
  tx: Tx,
  ask: {
    readonly feeds: readonly PullFeed[];
    readonly tenants: readonly string[];
    readonly now: Temporal.Instant;
    readonly limit: number;
  },
): Promise<readonly PullRecord[]> {
  const { rows } = await sql<Row>`select * from activity_pull where next_at <= ${ask.now} and feed = any(${ask.feeds})
    and tenant = any(${ask.tenants}) order by next_at, tenant, feed, part limit ${ask.limit}`.execute(tx);
  return rows.map(recordOf);
}

export async function savePull(tx: Tx, one: Omit<PullRecord, "records"> & { readonly added: number }): Promise<void> {
  await sql`update activity_pull set cursor = ${one.cursor ?? null}, swept_at = ${one.sweptAt ?? null}, state = ${one.state},
      detail = ${one.detail?.slice(0, 400) ?? null}, failures = ${one.failures}, tried_at = ${one.triedAt ?? null}, next_at = ${one.nextAt},
      records = records + ${one.added}
    where tenant = ${one.tenant} and feed = ${one.feed} and part = ${one.part}`.execute(tx);
}

/** Which of these blobs were read. */
export async function knownBlobs(tx: Tx, tenant: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ blob: string }>`select blob from activity_pull_blob where tenant = ${tenant}`.execute(
    tx,
  );
  return new Set(rows.map(({ blob }) => blob));
}
export async function addBlob(
  tx: Tx,
  one: { readonly tenant: string; readonly blob: string; readonly now: Temporal.Instant },
): Promise<void> {
  await sql`insert into activity_pull_blob (tenant, blob, read_at) values (${one.tenant}, ${one.blob}, ${one.now}) on conflict do nothing`.execute(
    tx,
  );
}
/** Microsoft lists content for seven days; older names are never met again. */
export async function forgetBlobs(tx: Tx, before: Temporal.Instant): Promise<void> {
  await sql`delete from activity_pull_blob where read_at < ${before}`.execute(tx);
}

/** A customer stands as the worst of the feed's parts. */
const WORST_FIRST: readonly PullState[] = [
  "failing",
  "no-consent",
  "no-access",
  "audit-off",
  "no-licence",
  "throttled",
  "gone",
  "behind",
  "never",
  "on-time",
];
type Count = { readonly feed: PullFeed; readonly state: PullState; readonly count: number };

/** How many customers of each feed stand how. */
export async function countPulls(tx: Tx): Promise<readonly Count[]> {
  const { rows } = await sql<{ feed: PullFeed; states: readonly PullState[]; count: bigint }>`
    select feed, states, count(*) as count from (
      select feed, tenant, array_agg(distinct state order by state) as states from activity_pull group by feed, tenant) as one
    group by feed, states`.execute(tx);
  const counts = new Map<string, Count>();
  for (const { feed, states, count } of rows) {
    const state = WORST_FIRST.find((one) => states.includes(one)) ?? "never";
    const key = `${feed} ${state}`;
    counts.set(key, { feed, state, count: (counts.get(key)?.count ?? 0) + Number(count) });
  }
  return [...counts.values()];
}

/** Those that cannot be read now. */
export async function troubledPulls(tx: Tx, feeds: readonly PullFeed[], limit: number): Promise<readonly PullRecord[]> {
  const { rows } =
    await sql<Row>`select * from activity_pull where state not in ('never', 'on-time', 'behind') and feed = any(${feeds})
    order by failures desc, tried_at nulls last, tenant, feed, part limit ${limit}`.execute(tx);
  return rows.map(recordOf);
}

/** How far all parts of a tenant's feed were read; undefined while one of them never was. */
export async function slowestPart(
  tx: Tx,
  { tenant, feed }: Pick<Pull, "tenant" | "feed">,
): Promise<Temporal.Instant | undefined> {
  const { rows } = await sql<{
    slowest: Temporal.Instant | null;
  }>`select case when bool_and(cursor is not null) then min(cursor) end as slowest
    from activity_pull where tenant = ${tenant} and feed = ${feed}`.execute(tx);
  return rows[0]?.slowest ?? undefined;
}
