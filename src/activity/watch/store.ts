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
      case_id, reported_at)
    select fingerprint, rule_id, rule_version, title, title_sv, runbook, family, customer_id, subscription_id, group_values, level, first_at,
      last_at, found_at, hits, recorded, suppressed, inhibited, evidence, is_shadow, inhibited_by, finding_id, case_id, reported_at
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as f(fingerprint text, rule_id text, rule_version int, title text, title_sv text,
      runbook text, family text, customer_id text, subscription_id text, group_values jsonb, level smallint, first_at timestamptz,
      last_at timestamptz, found_at timestamptz, hits bigint, recorded int, suppressed bigint, inhibited bigint, evidence int,
      is_shadow boolean, inhibited_by text, finding_id text, case_id text, reported_at timestamptz)
    on conflict (fingerprint) do update set rule_version = excluded.rule_version, title = excluded.title, title_sv = excluded.title_sv,
      runbook = excluded.runbook, subscription_id = excluded.subscription_id, level = excluded.level, first_at = excluded.first_at, last_at = excluded.last_at, hits = excluded.hits,
      recorded = excluded.recorded, suppressed = excluded.suppressed, inhibited = excluded.inhibited, evidence = excluded.evidence,
      is_shadow = excluded.is_shadow, inhibited_by = excluded.inhibited_by, finding_id = excluded.finding_id, case_id = excluded.case_id,
      reported_at = excluded.reported_at`.execute(tx);
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

export type CriticalRow = {
  readonly fingerprint: string;
  readonly rule_id: string;
  readonly customer_id: string;
  readonly subscription_id: string | null;
  readonly case_id: string;
  readonly at: Temporal.Instant;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly events: readonly string[];
};
const CRITICAL_ROWS_MAX = 500;

/** Standing critical hits with a case, of some customers, since a moment; the newest first. */
export async function criticalHits(
  tx: Tx,
  customers: readonly string[],
  since: Temporal.Instant,
): Promise<readonly CriticalRow[]> {
  if (customers.length === 0) return [];
  const { rows } =
    await sql<CriticalRow>`select h.fingerprint, h.rule_id, f.customer_id, f.subscription_id, f.case_id, h.at, h.facts, h.events
    from activity_fold f join activity_hit h using (fingerprint)
    where f.level = 4 and f.case_id is not null and f.customer_id in (${sql.join(customers)}) and f.last_at >= ${since}
      and h.level = 4 and h.retracted_at is null and h.suppressed_by is null and not h.is_shadow
    order by h.at desc limit ${CRITICAL_ROWS_MAX}`.execute(tx);
  return rows;
}

/** Folds with a finding of some rules and one customer, about a moment: what a chain may take the place of. */
export async function reportedFolds(
  tx: Tx,
  of: { readonly customer: string; readonly from: Temporal.Instant; readonly until: Temporal.Instant },
): Promise<readonly (FoldRow & { facts: HitRow["facts"]; events: readonly string[] })[]> {
  const { rows } = await sql<
    FoldRow & { facts: HitRow["facts"]; events: readonly string[] }
  >`select f.*, h.facts, h.events
    from activity_fold f cross join lateral
      (select facts, events from activity_hit where fingerprint = f.fingerprint and retracted_at is null order by at desc limit 1) h
    where f.customer_id = ${of.customer} and f.case_id is not null and f.inhibited_by is null and f.level < 4
      and f.last_at between ${of.from} and ${of.until} limit ${CRITICAL_ROWS_MAX}`.execute(tx);
  return rows;
}

/** The last finding of the same rule, customer, subscription and group, on another day. */
export async function followedFold(tx: Tx, row: FoldRow): Promise<string | undefined> {
  const { rows } = await sql<{ fingerprint: string }>`select fingerprint from activity_fold
    where rule_id = ${row.rule_id} and customer_id = ${row.customer_id} and subscription_id is not distinct from ${row.subscription_id}
      and group_values = ${jsonb(row.group_values)} and finding_id is not null and fingerprint <> ${row.fingerprint}
    order by last_at desc limit 1`.execute(tx);
  return rows[0]?.fingerprint;
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
