import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";

/** Rows of `activity_watch`, `activity_fold` and `activity_hit`, as the watch itself writes them. */
export type WatchRow = {
  readonly position: bigint;
  readonly newest_at: Temporal.Instant | null;
  readonly moved_at: Temporal.Instant | null;
  readonly events: bigint;
  readonly nobodys: bigint;
  readonly late: bigint;
  readonly beat_at: Temporal.Instant | null;
  readonly health: unknown;
};
export type FoldRow = {
  readonly fingerprint: string;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly title: string;
  readonly title_sv: string;
  readonly runbook: string;
  readonly family: string;
  readonly customer_id: string | null;
  readonly subscription_id: string | null;
  readonly group_values: readonly string[];
  readonly level: number;
  readonly first_at: Temporal.Instant;
  readonly last_at: Temporal.Instant;
  readonly found_at: Temporal.Instant;
  readonly hits: bigint;
  readonly recorded: number;
  readonly suppressed: bigint;
  readonly inhibited: bigint;
  readonly evidence: number;
  readonly is_shadow: boolean;
  readonly inhibited_by: string | null;
  readonly finding_id: string | null;
  readonly case_id: string | null;
  readonly reported_at: Temporal.Instant | null;
  /** As last told; null: never, or its finding was resolved since. */
  readonly told_level: number | null;
  readonly told_priority: number | null;
  /** Since when there is news that the finding does not tell yet. */
  readonly untold_at: Temporal.Instant | null;
  /** The newest hit of that news; null when it must be looked up. */
  readonly untold_hit: UntoldHit | null;
  readonly author: string;
  readonly license: string;
};
export type UntoldHit = Pick<HitRow, "facts" | "events"> & {
  /** Epoch milliseconds. */
  readonly at: number;
};
export type HitRow = {
  readonly fingerprint: string;
  readonly completed_by: string;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly customer_id: string | null;
  readonly level: number;
  readonly at: Temporal.Instant;
  readonly found_at: Temporal.Instant;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly events: readonly string[];
  readonly is_shadow: boolean;
  readonly suppressed_by: string | null;
  readonly inhibited_by: string | null;
};

export async function readWatch(tx: Tx): Promise<WatchRow> {
  const { rows } =
    await sql<WatchRow>`select position, newest_at, moved_at, events, nobodys, late, beat_at, health from activity_watch`.execute(
      tx,
    );
  const [row] = rows;
  if (row === undefined) throw new Error("invariant broken: the watch has no place");
  return row;
}

/** A sign of life with what the process says of itself. */
export async function beat(tx: Tx, now: Temporal.Instant, health: unknown): Promise<void> {
  await sql`update activity_watch set beat_at = ${now}, health = ${jsonb(health)}`.execute(tx);
}

/** Takes the one row that all who write hits take first. */
export async function lockWatch(tx: Tx): Promise<void> {
  await sql`select 1 from activity_watch for update`.execute(tx);
}

export type Move = {
  readonly from: bigint;
  readonly to: bigint;
  readonly newestAt: Temporal.Instant | undefined;
  readonly now: Temporal.Instant;
  readonly events: number;
  readonly nobodys: number;
  readonly late: number;
};
/** Moves on and locks; false when another process has moved in between. */
export async function moveWatch(tx: Tx, move: Move): Promise<boolean> {
  const { rows } = await sql`update activity_watch set position = ${move.to}, moved_at = ${move.now},
      newest_at = greatest(newest_at, ${move.newestAt ?? null}), events = events + ${move.events}, nobodys = nobodys + ${move.nobodys},
      late = late + ${move.late}
    where position = ${move.from} returning 1`.execute(tx);
  return rows.length > 0;
}

export async function foldsBy(tx: Tx, fingerprints: readonly string[]): Promise<ReadonlyMap<string, FoldRow>> {
  if (fingerprints.length === 0) return new Map();
  const { rows } = await sql<FoldRow>`select * from activity_fold
    where fingerprint in (select jsonb_array_elements_text(${jsonb(fingerprints)}))`.execute(tx);
  return new Map(rows.map((row) => [row.fingerprint, row]));
}

export async function saveFolds(tx: Tx, rows: readonly FoldRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => ({
    ...texts(row),
    hits: row.hits.toString(),
    suppressed: row.suppressed.toString(),
    inhibited: row.inhibited.toString(),
  }));
  await sql`insert into activity_fold (fingerprint, rule_id, rule_version, title, title_sv, runbook, family, customer_id, subscription_id,
      group_values, level, first_at, last_at, found_at, hits, recorded, suppressed, inhibited, evidence, is_shadow, inhibited_by, finding_id,
      case_id, reported_at, told_level, told_priority, untold_at, untold_hit, author, license)
    select fingerprint, rule_id, rule_version, title, title_sv, runbook, family, customer_id, subscription_id, group_values, level, first_at,
      last_at, found_at, hits, recorded, suppressed, inhibited, evidence, is_shadow, inhibited_by, finding_id, case_id, reported_at,
      told_level, told_priority, untold_at, nullif(untold_hit, 'null'::jsonb), author, license
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as f(fingerprint text, rule_id text, rule_version int, title text, title_sv text,
      runbook text, family text, customer_id text, subscription_id text, group_values jsonb, level smallint, first_at timestamptz,
      last_at timestamptz, found_at timestamptz, hits bigint, recorded int, suppressed bigint, inhibited bigint, evidence int,
      is_shadow boolean, inhibited_by text, finding_id text, case_id text, reported_at timestamptz,
      told_level smallint, told_priority smallint, untold_at timestamptz, untold_hit jsonb, author text, license text)
    on conflict (fingerprint) do update set rule_version = excluded.rule_version, title = excluded.title, title_sv = excluded.title_sv,
      runbook = excluded.runbook, subscription_id = excluded.subscription_id, level = excluded.level, first_at = excluded.first_at, last_at = excluded.last_at, hits = excluded.hits,
      recorded = excluded.recorded, suppressed = excluded.suppressed, inhibited = excluded.inhibited, evidence = excluded.evidence,
      is_shadow = excluded.is_shadow, inhibited_by = excluded.inhibited_by, finding_id = excluded.finding_id, case_id = excluded.case_id,
      reported_at = excluded.reported_at, told_level = excluded.told_level, told_priority = excluded.told_priority,
      untold_at = excluded.untold_at, untold_hit = excluded.untold_hit, author = excluded.author, license = excluded.license`.execute(
    tx,
  );
}

const texts = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, value instanceof Temporal.Instant ? value.toString() : value]),
  );

export type HitName = { readonly fingerprint: string; readonly completed_by: string };
export type KnownHit = HitName & {
  readonly is_retracted: boolean;
  readonly suppressed_by: string | null;
  readonly inhibited_by: string | null;
  readonly level: number;
  readonly facts: HitRow["facts"];
};

export async function knownHits(tx: Tx, names: readonly HitName[]): Promise<readonly KnownHit[]> {
  if (names.length === 0) return [];
  const { rows } =
    await sql<KnownHit>`select h.fingerprint, h.completed_by, h.retracted_at is not null as is_retracted, h.suppressed_by, h.inhibited_by, h.level,
      h.facts
    from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as n(fingerprint text, completed_by text)
    join activity_hit h using (fingerprint, completed_by)`.execute(tx);
  return rows;
}

/** New hits, and what known ones say now. */
export async function saveHits(tx: Tx, rows: readonly HitRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into activity_hit (fingerprint, completed_by, rule_id, rule_version, customer_id, level, at, found_at, facts, events,
      is_shadow, suppressed_by, inhibited_by)
    select fingerprint, completed_by, rule_id, rule_version, customer_id, level, at, found_at, facts,
      array(select jsonb_array_elements_text(events)), is_shadow, suppressed_by, inhibited_by
    from jsonb_to_recordset(${JSON.stringify(rows.map(texts))}::jsonb) as h(fingerprint text, completed_by text, rule_id text, rule_version int,
      customer_id text, level smallint, at timestamptz, found_at timestamptz, facts jsonb, events jsonb, is_shadow boolean,
      suppressed_by text, inhibited_by text)
    on conflict (fingerprint, completed_by) do update set rule_version = excluded.rule_version, level = excluded.level, at = excluded.at,
      facts = excluded.facts, events = excluded.events, retracted_at = null`.execute(tx);
}

export async function retractHits(tx: Tx, names: readonly HitName[], at: Temporal.Instant): Promise<void> {
  if (names.length === 0) return;
  await sql`update activity_hit h set retracted_at = ${at}
    from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as n(fingerprint text, completed_by text)
    where h.fingerprint = n.fingerprint and h.completed_by = n.completed_by and h.retracted_at is null`.execute(tx);
}

/** True the first time for a case and a subscription. */
export async function claimContainment(
  tx: Tx,
  of: {
    readonly caseId: string;
    readonly subscription: string;
    readonly fingerprint: string;
    readonly now: Temporal.Instant;
  },
): Promise<boolean> {
  const { rows } = await sql`insert into activity_containment (case_id, subscription_id, fingerprint, proposed_at)
    values (${of.caseId}, ${of.subscription}, ${of.fingerprint}, ${of.now}) on conflict do nothing returning 1`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function askLookBack(
  tx: Tx,
  days: readonly { customer: string; day: string }[],
  now: Temporal.Instant,
): Promise<void> {
  if (days.length === 0) return;
  await sql`insert into activity_look_back (customer_id, day, asked_at)
    select customer, day, ${now} from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as d(customer text, day date)
    order by customer, day
    on conflict (customer_id, day) do update set asked_at = excluded.asked_at`.execute(tx);
}
