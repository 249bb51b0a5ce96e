import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { FoldRow, HitRow, UntoldHit } from "./store.ts";

/** What findings tell already, and what waits to be told. */
export type TellingRow = {
  readonly fingerprint: string;
  readonly rule_id: string;
  readonly customer_id: string;
  readonly subscription_id: string | null;
  readonly case_id: string;
  readonly level: number;
  readonly at: Temporal.Instant;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly events: readonly string[];
};
const ROWS_MAX = 500;
const UNTOLD_FOLDS_MAX = 200;
const UNTOLD_HITS_MAX = 20;

/** Standing hits with a case that may tell others already: critical ones, and those of some rules. Since a moment, the newest first. */
export async function tellingHits(
  tx: Tx,
  of: { readonly customers: readonly string[]; readonly rules: readonly string[]; readonly since: Temporal.Instant },
): Promise<readonly TellingRow[]> {
  if (of.customers.length === 0) return [];
  const { rows } =
    await sql<TellingRow>`select h.fingerprint, h.rule_id, f.customer_id, f.subscription_id, f.case_id, h.level, h.at, h.facts, h.events
    from activity_fold f join activity_hit h using (fingerprint)
    where f.case_id is not null and f.customer_id in (${sql.join(of.customers)}) and f.last_at >= ${of.since}
      and ((f.level = 4 and h.level = 4) or f.rule_id in (select jsonb_array_elements_text(${jsonb(of.rules)})))
      and h.retracted_at is null and h.suppressed_by is null and h.inhibited_by is null and not h.is_shadow
    order by h.at desc limit ${ROWS_MAX}`.execute(tx);
  return rows;
}

/** Folds with a finding of one customer, about a moment: what a critical one, or a twin of some rules, may take the place of. */
export async function reportedFolds(
  tx: Tx,
  of: {
    readonly customer: string;
    readonly from: Temporal.Instant;
    readonly until: Temporal.Instant;
    readonly rules: readonly string[];
  },
): Promise<readonly (FoldRow & { facts: HitRow["facts"]; events: readonly string[] })[]> {
  const { rows } = await sql<
    FoldRow & { facts: HitRow["facts"]; events: readonly string[] }
  >`select f.*, h.facts, h.events
    from activity_fold f cross join lateral
      (select facts, events from activity_hit where fingerprint = f.fingerprint and retracted_at is null order by at desc limit 1) h
    where f.customer_id = ${of.customer} and f.case_id is not null and f.inhibited_by is null
      and (f.level < 4 or f.rule_id in (select jsonb_array_elements_text(${jsonb(of.rules)})))
      and f.last_at between ${of.from} and ${of.until} limit ${ROWS_MAX}`.execute(tx);
  return rows;
}

/** The newest hit that the finding of a fold tells. */
export async function lastTold(tx: Tx, fingerprint: string): Promise<UntoldHit | undefined> {
  const { rows } = await sql<Pick<HitRow, "at" | "facts" | "events">>`select at, facts, events from activity_hit
    where fingerprint = ${fingerprint} and retracted_at is null and suppressed_by is null and inhibited_by is null
    order by at desc limit 1`.execute(tx);
  const [row] = rows;
  return row === undefined ? undefined : { ...row, at: row.at.epochMilliseconds };
}

/** Hits of a fold that were found since a moment and are to be told, oldest first. */
export async function foundSince(
  tx: Tx,
  of: { readonly fingerprint: string; readonly since: Temporal.Instant },
): Promise<readonly UntoldHit[]> {
  const { rows } = await sql<Pick<HitRow, "at" | "facts" | "events">>`select at, facts, events from activity_hit
    where fingerprint = ${of.fingerprint} and found_at >= ${of.since} and retracted_at is null and suppressed_by is null and inhibited_by is null
    order by at limit ${UNTOLD_HITS_MAX}`.execute(tx);
  return rows.map((row) => ({ ...row, at: row.at.epochMilliseconds }));
}

/** Folds whose news waits, and that were told at a moment or before; those that waited longest first. */
export async function untoldFolds(tx: Tx, before: Temporal.Instant): Promise<readonly FoldRow[]> {
  const { rows } =
    await sql<FoldRow>`select * from activity_fold where untold_at is not null and reported_at <= ${before}
    order by reported_at limit ${UNTOLD_FOLDS_MAX}`.execute(tx);
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
