import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";

type Written = {
  readonly reason: string;
  readonly ticket: string | null;
  readonly author_id: string;
  readonly author_name: string;
  readonly created_at: Temporal.Instant;
  readonly expires_at: Temporal.Instant;
};
type Kept = {
  readonly lifted_at: Temporal.Instant | null;
  readonly lifted_by: string | null;
  readonly lifted_why: string | null;
  readonly hits: bigint;
  readonly last_hit_at: Temporal.Instant | null;
};
export type NewSuppressionRow = Written & {
  readonly suppression_id: string;
  readonly rule_id: string | null;
  readonly rule_title: string | null;
  readonly conditions: readonly unknown[];
};
export type SuppressionRow = NewSuppressionRow & Kept;
export type NewFilterRow = Written & {
  readonly filter_id: string;
  readonly customer_id: string;
  readonly title: string;
  readonly document: string;
};
export type FilterRow = NewFilterRow & Kept;
export type SettingRow = {
  readonly detector_id: string;
  readonly customer_id: string;
  readonly name: string;
  readonly value: number;
  readonly reason: string;
  readonly changed_by: string;
  readonly changed_at: Temporal.Instant;
};

export async function tuningRevision(tx: Tx): Promise<bigint> {
  const { rows } = await sql<{ revision: bigint }>`select revision from activity_tuning`.execute(tx);
  return rows[0]?.revision ?? 0n;
}
export async function raiseRevision(tx: Tx): Promise<void> {
  await sql`update activity_tuning set revision = revision + 1`.execute(tx);
}

export async function suppressionsInForce(tx: Tx, now: Temporal.Instant): Promise<readonly SuppressionRow[]> {
  const { rows } = await sql<SuppressionRow>`select * from activity_suppression
    where lifted_at is null and expires_at > ${now} order by created_at, suppression_id`.execute(tx);
  return rows;
}
export async function filtersInForce(tx: Tx, now: Temporal.Instant): Promise<readonly FilterRow[]> {
  const { rows } = await sql<FilterRow>`select * from activity_filter
    where lifted_at is null and expires_at > ${now} order by created_at, filter_id`.execute(tx);
  return rows;
}

/** In force first, then those that ended, the newest first. */
export async function allSuppressions(
  tx: Tx,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly SuppressionRow[]> {
  const { rows } = await sql<SuppressionRow>`select * from activity_suppression
    order by lifted_at is not null or expires_at <= ${now}, created_at desc, suppression_id limit ${limit}`.execute(tx);
  return rows;
}
export async function allFilters(tx: Tx, now: Temporal.Instant, limit: number): Promise<readonly FilterRow[]> {
  const { rows } = await sql<FilterRow>`select * from activity_filter
    order by lifted_at is not null or expires_at <= ${now}, created_at desc, filter_id limit ${limit}`.execute(tx);
  return rows;
}

export async function insertSuppression(tx: Tx, row: NewSuppressionRow): Promise<void> {
  await sql`insert into activity_suppression (suppression_id, rule_id, rule_title, conditions, reason, ticket, author_id, author_name,
      created_at, expires_at)
    values (${row.suppression_id}, ${row.rule_id}, ${row.rule_title}, ${jsonb(row.conditions)}, ${row.reason}, ${row.ticket}, ${row.author_id},
      ${row.author_name}, ${row.created_at}, ${row.expires_at})`.execute(tx);
}
export async function insertFilter(tx: Tx, row: NewFilterRow): Promise<void> {
  await sql`insert into activity_filter (filter_id, customer_id, title, document, reason, ticket, author_id, author_name, created_at, expires_at)
    values (${row.filter_id}, ${row.customer_id}, ${row.title}, ${row.document}, ${row.reason}, ${row.ticket}, ${row.author_id},
      ${row.author_name}, ${row.created_at}, ${row.expires_at})`.execute(tx);
}

type Lift = { readonly at: Temporal.Instant; readonly by: string; readonly why: string };
/** Lifts what is in force; undefined when there is nothing to lift. */
export async function liftSuppression(tx: Tx, id: string, { at, by, why }: Lift): Promise<SuppressionRow | undefined> {
  const { rows } =
    await sql<SuppressionRow>`update activity_suppression set lifted_at = ${at}, lifted_by = ${by}, lifted_why = ${why}
    where suppression_id = ${id} and lifted_at is null and expires_at > ${at} returning *`.execute(tx);
  return rows[0];
}
export async function liftFilter(tx: Tx, id: string, { at, by, why }: Lift): Promise<FilterRow | undefined> {
  const { rows } =
    await sql<FilterRow>`update activity_filter set lifted_at = ${at}, lifted_by = ${by}, lifted_why = ${why}
    where filter_id = ${id} and lifted_at is null and expires_at > ${at} returning *`.execute(tx);
  return rows[0];
}
export async function suppressionById(tx: Tx, id: string): Promise<SuppressionRow | undefined> {
  const { rows } = await sql<SuppressionRow>`select * from activity_suppression where suppression_id = ${id}`.execute(
    tx,
  );
  return rows[0];
}

/** Counts what a suppression or filter kept quiet, in the order of ids. */
export async function countQuiet(
  tx: Tx,
  kind: "suppression" | "filter",
  counts: { readonly of: ReadonlyMap<string, number>; readonly now: Temporal.Instant },
): Promise<void> {
  const rows = [...counts.of].map(([id, n]) => ({ id, n })).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (rows.length === 0) return;
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(id text, n bigint)`;
  await (
    kind === "suppression"
      ? sql`update activity_suppression s set hits = s.hits + c.n, last_hit_at = ${counts.now} from ${given} where s.suppression_id = c.id`
      : sql`update activity_filter s set hits = s.hits + c.n, last_hit_at = ${counts.now} from ${given} where s.filter_id = c.id`
  ).execute(tx);
}

export async function settingRows(tx: Tx): Promise<readonly SettingRow[]> {
  const { rows } =
    await sql<SettingRow>`select * from activity_detector_setting order by detector_id, customer_id, name`.execute(tx);
  return rows;
}
export async function saveSetting(tx: Tx, row: SettingRow): Promise<void> {
  await sql`insert into activity_detector_setting (detector_id, customer_id, name, value, reason, changed_by, changed_at)
    values (${row.detector_id}, ${row.customer_id}, ${row.name}, ${row.value}, ${row.reason}, ${row.changed_by}, ${row.changed_at})
    on conflict (detector_id, customer_id, name) do update set value = excluded.value, reason = excluded.reason, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at`.execute(tx);
}
export async function dropSetting(
  tx: Tx,
  of: Pick<SettingRow, "detector_id" | "customer_id" | "name">,
): Promise<SettingRow | undefined> {
  const { rows } = await sql<SettingRow>`delete from activity_detector_setting
    where detector_id = ${of.detector_id} and customer_id = ${of.customer_id} and name = ${of.name} returning *`.execute(
    tx,
  );
  return rows[0];
}
