import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { PriorityJson } from "./contract-priority.ts";
import { type CaseFamily, type CaseState, type Outcome, SEVERITIES, type Severity } from "./contract.ts";

/** A row of `case_file`, as PostgreSQL gives it. */
export type CaseRow = {
  readonly case_id: string;
  readonly number: bigint;
  readonly customer_id: string;
  readonly family: CaseFamily;
  readonly state: CaseState;
  readonly opened_at: Temporal.Instant;
  readonly updated_at: Temporal.Instant;
  readonly assignee_id: string | null;
  readonly assignee_name: string | null;
  readonly assigned_at: Temporal.Instant | null;
  readonly closed_at: Temporal.Instant | null;
  readonly closed_by: string | null;
  readonly outcome: Outcome | null;
  readonly close_note: string | null;
  readonly previous_case_id: string | null;
  readonly severity: number;
  readonly title_kind: string;
  readonly title_facts: Record<string, string | number>;
  readonly open_findings: number;
  readonly clock_from: Temporal.Instant | null;
  readonly first_use_at: Temporal.Instant | null;
  readonly money_minor: bigint | null;
  readonly money_currency: string | null;
  readonly money_unknown: number;
  readonly priority: number | null;
  readonly priority_of: PriorityJson | null;
};
export type FindingRow = {
  readonly finding_id: string;
  readonly fingerprint: string;
  readonly generation: number;
  readonly case_id: string;
  readonly kind: string;
  readonly customer_id: string;
  readonly subscription_id: string | null;
  readonly severity: number;
  readonly facts: Record<string, string | number>;
  readonly money_minor: bigint | null;
  readonly money_currency: string | null;
  readonly clock_from: Temporal.Instant | null;
  readonly first_use_at: Temporal.Instant | null;
  readonly first_seen_at: Temporal.Instant;
  readonly last_seen_at: Temporal.Instant;
  readonly times_seen: number;
  readonly resolved_at: Temporal.Instant | null;
  readonly resolved_why: string | null;
  readonly priority: number | null;
  readonly priority_of: PriorityJson | null;
};

export const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);
export const severityOf = (rank: number): Severity => SEVERITIES[rank] ?? "high";

export async function caseById(tx: Tx, caseId: string, lock: "lock" | "read" = "read"): Promise<CaseRow | undefined> {
  const { rows } = await sql<CaseRow>`select * from case_file where case_id = ${caseId}
    ${lock === "lock" ? sql`for update` : sql``}`.execute(tx);
  return rows[0];
}

export async function casesByIds(
  tx: Tx,
  ids: readonly string[],
): Promise<readonly Pick<CaseRow, "case_id" | "number">[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Pick<CaseRow, "case_id" | "number">>`select case_id, number from case_file
    where case_id in (${sql.join(ids)})`.execute(tx);
  return rows;
}

export async function openAmong(tx: Tx, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ case_id: string }>`select case_id from case_file
    where case_id in (${sql.join(ids)}) and state <> 'closed'`.execute(tx);
  return rows.map((row) => row.case_id);
}

/** The customer's open case of a family, locked. */
export async function openCaseOf(tx: Tx, customerId: string, family: CaseFamily): Promise<CaseRow | undefined> {
  const { rows } = await sql<CaseRow>`select * from case_file
    where customer_id = ${customerId} and family = ${family} and state <> 'closed' for update`.execute(tx);
  return rows[0];
}

/** The case that came after this one, when one did. */
export async function followerOf(tx: Tx, caseId: string): Promise<CaseRow | undefined> {
  const { rows } = await sql<CaseRow>`select * from case_file where previous_case_id = ${caseId}`.execute(tx);
  return rows[0];
}

export type NewCase = {
  readonly caseId: string;
  readonly customerId: string;
  readonly family: CaseFamily;
  readonly at: Temporal.Instant;
  readonly severity: number;
  readonly title: { readonly kind: string; readonly facts: Record<string, string | number> };
  readonly previousCaseId: string | null;
};

export async function insertCase(tx: Tx, one: NewCase): Promise<CaseRow> {
  const { rows } =
    await sql<CaseRow>`insert into case_file (case_id, customer_id, family, state, opened_at, updated_at, severity, title_kind,
      title_facts, previous_case_id)
    values (${one.caseId}, ${one.customerId}, ${one.family}, 'open', ${one.at}, ${one.at}, ${one.severity}, ${one.title.kind},
      ${jsonb(one.title.facts)}, ${one.previousCaseId}) returning *`.execute(tx);
  const [saved] = rows;
  if (saved === undefined) throw new Error("invariant broken: an inserted case comes back");
  return saved;
}

export type CaseChange = Partial<
  Pick<
    CaseRow,
    | "state"
    | "updated_at"
    | "assignee_id"
    | "assignee_name"
    | "assigned_at"
    | "closed_at"
    | "closed_by"
    | "outcome"
    | "close_note"
    | "clock_from"
  >
>;

export async function updateCase(tx: Tx, caseId: string, change: CaseChange): Promise<CaseRow> {
  const sets = Object.entries(change).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  const { rows } =
    await sql<CaseRow>`update case_file set ${sql.join(sets)} where case_id = ${caseId} returning *`.execute(tx);
  const [saved] = rows;
  if (saved === undefined) throw new Error(`invariant broken: case ${caseId} is gone`);
  return saved;
}

/**
 * Brings what lists sort by up to date with the findings: the worst open one gives title and severity (the worst of all once none is
 * open; of equals a critical one); money is summed in the currency most of them use, the others count as unknown parts. Findings about one
 * subscription look at the same money: the largest counts, once.
 */
export async function refreshCase(tx: Tx, caseId: string, at: Temporal.Instant): Promise<CaseRow> {
  const { rows } = await sql<CaseRow>`
    with f as (select * from finding where case_id = ${caseId}),
    worst as (select * from f order by resolved_at is not null, severity desc, facts ->> 'level' is distinct from 'critical', first_seen_at, finding_id limit 1),
    first as (select priority, priority_of from f order by resolved_at is not null, priority desc nulls last, first_seen_at, finding_id limit 1),
    main as (select money_currency from f where resolved_at is null and money_minor is not null
      group by money_currency order by count(*) desc, sum(money_minor) desc, money_currency limit 1),
    stake as (select max(money_minor) as minor from f
      where resolved_at is null and money_currency = (select money_currency from main) group by coalesce(subscription_id, fingerprint)),
    agg as (select count(*) filter (where resolved_at is null)::int as open_findings,
        min(clock_from) filter (where resolved_at is null) as clock_from,
        min(first_use_at) as first_use_at,
        (select sum(minor)::bigint from stake) as money_minor,
        count(*) filter (where resolved_at is null and money_currency is distinct from (select money_currency from main)
          or resolved_at is null and money_minor is null and not exists (select 1 from main))::int as money_unknown
      from f)
    update case_file c set severity = worst.severity, title_kind = worst.kind, title_facts = worst.facts, open_findings = agg.open_findings,
      clock_from = agg.clock_from, first_use_at = agg.first_use_at, money_minor = agg.money_minor,
      money_currency = case when agg.money_minor is null then null else (select money_currency from main) end,
      money_unknown = agg.money_unknown, priority = first.priority, priority_of = first.priority_of, updated_at = ${at}
    from worst, first, agg where c.case_id = ${caseId} returning c.*`.execute(tx);
  const [saved] = rows;
  if (saved === undefined) throw new Error(`invariant broken: case ${caseId} has no finding`);
  return saved;
}

/** The newest generation of a finding. */
export async function findingByFingerprint(tx: Tx, fingerprint: string): Promise<FindingRow | undefined> {
  const { rows } =
    await sql<FindingRow>`select * from finding where fingerprint = ${fingerprint} order by generation desc limit 1`.execute(
      tx,
    );
  return rows[0];
}

export async function findingsOf(tx: Tx, caseId: string): Promise<readonly FindingRow[]> {
  const { rows } = await sql<FindingRow>`select * from finding where case_id = ${caseId}
    order by resolved_at is not null, severity desc, first_seen_at, finding_id`.execute(tx);
  return rows;
}

export async function insertFinding(
  tx: Tx,
  row: Omit<FindingRow, "times_seen" | "resolved_at" | "resolved_why">,
): Promise<void> {
  await sql`insert into finding (finding_id, fingerprint, generation, case_id, kind, customer_id, subscription_id, severity, facts, money_minor,
      money_currency, clock_from, first_use_at, first_seen_at, last_seen_at, priority, priority_of)
    values (${row.finding_id}, ${row.fingerprint}, ${row.generation}, ${row.case_id}, ${row.kind}, ${row.customer_id}, ${row.subscription_id},
      ${row.severity}, ${jsonb(row.facts)}, ${row.money_minor}, ${row.money_currency}, ${row.clock_from}, ${row.first_use_at},
      ${row.first_seen_at}, ${row.last_seen_at}, ${row.priority}, ${jsonb(row.priority_of)})`.execute(tx);
}

export type FindingChange = Pick<
  FindingRow,
  | "severity"
  | "facts"
  | "money_minor"
  | "money_currency"
  | "clock_from"
  | "first_use_at"
  | "last_seen_at"
  | "priority"
  | "priority_of"
>;

/** Seen again: what it says now replaces what it said, and it is open again if it was resolved. */
export async function seeFindingAgain(tx: Tx, findingId: string, change: FindingChange): Promise<void> {
  await sql`update finding set severity = ${change.severity}, facts = ${jsonb(change.facts)}, money_minor = ${change.money_minor},
      money_currency = ${change.money_currency}, clock_from = ${change.clock_from}, first_use_at = ${change.first_use_at},
      last_seen_at = greatest(last_seen_at, ${change.last_seen_at}), priority = ${change.priority},
      priority_of = ${jsonb(change.priority_of)}, times_seen = times_seen + 1, resolved_at = null, resolved_why = null
    where finding_id = ${findingId}`.execute(tx);
}

/** Seen again after its case was judged: only counted. */
export async function countFinding(tx: Tx, findingId: string, at: Temporal.Instant): Promise<void> {
  await sql`update finding set times_seen = times_seen + 1, last_seen_at = greatest(last_seen_at, ${at}) where finding_id = ${findingId}`.execute(
    tx,
  );
}

export async function resolveFindingRow(
  tx: Tx,
  findingId: string,
  { at, why }: { readonly at: Temporal.Instant; readonly why: string },
): Promise<void> {
  await sql`update finding set resolved_at = ${at}, resolved_why = ${why}, clock_from = null where finding_id = ${findingId}`.execute(
    tx,
  );
}
