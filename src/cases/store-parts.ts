import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import type { StepState } from "./contract.ts";

/** Rows that hang on a case: evidence, files, playbook ticks, the refund request. */

export type EvidenceRow = {
  readonly evidence_id: string;
  readonly finding_id: string;
  readonly case_id: string;
  readonly at: Temporal.Instant;
  readonly kind: string;
  readonly facts: Record<string, string | number>;
  readonly source: string;
  readonly record_id: string | null;
  readonly raw_sha256: string | null;
  readonly content_sha256: string;
};

/** Hashes of the links that a finding has already. */
export async function evidenceHashes(tx: Tx, findingId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{
    content_sha256: string;
  }>`select content_sha256 from evidence where finding_id = ${findingId}`.execute(tx);
  return new Set(rows.map((row) => row.content_sha256));
}

export async function insertEvidence(
  tx: Tx,
  rows: readonly (Omit<EvidenceRow, "at"> & { readonly at: string; readonly raw: unknown })[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into evidence (evidence_id, finding_id, case_id, at, kind, facts, source, record_id, raw, raw_sha256, content_sha256)
    select evidence_id, finding_id, case_id, at, kind, facts, source, record_id, case when raw_sha256 is null then null else raw end, raw_sha256,
      content_sha256
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(evidence_id text, finding_id text, case_id text, at timestamptz, kind text,
      facts jsonb, source text, record_id text, raw jsonb, raw_sha256 text, content_sha256 text)
    on conflict (finding_id, content_sha256) do nothing`.execute(tx);
}

/** The chain, oldest first, without the records themselves. */
export async function evidenceOf(tx: Tx, caseId: string): Promise<readonly EvidenceRow[]> {
  const { rows } =
    await sql<EvidenceRow>`select evidence_id, finding_id, case_id, at, kind, facts, source, record_id, raw_sha256, content_sha256
    from evidence where case_id = ${caseId} order by at, evidence_id`.execute(tx);
  return rows;
}

export async function evidenceById(
  tx: Tx,
  caseId: string,
  evidenceId: string,
): Promise<(EvidenceRow & { raw: unknown }) | undefined> {
  const { rows } = await sql<
    EvidenceRow & { raw: unknown }
  >`select * from evidence where case_id = ${caseId} and evidence_id = ${evidenceId}`.execute(tx);
  return rows[0];
}

export type DocumentRow = {
  readonly sha256: string;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly step_id: string | null;
  readonly added_by: string;
  readonly added_at: Temporal.Instant;
};

export async function documentsOf(tx: Tx, caseId: string): Promise<readonly DocumentRow[]> {
  const { rows } =
    await sql<DocumentRow>`select sha256, name, media_type, length(content) as bytes, step_id, added_by, added_at
    from case_document where case_id = ${caseId} order by added_at, sha256`.execute(tx);
  return rows;
}

export async function documentByHash(
  tx: Tx,
  caseId: string,
  sha256: string,
): Promise<(DocumentRow & { content: Uint8Array }) | undefined> {
  const { rows } = await sql<
    DocumentRow & { content: Uint8Array }
  >`select sha256, name, media_type, length(content) as bytes, step_id, added_by, added_at, content
    from case_document where case_id = ${caseId} and sha256 = ${sha256}`.execute(tx);
  return rows[0];
}

export type NewDocument = Omit<DocumentRow, "bytes"> & { readonly caseId: string; readonly content: Uint8Array };

/** Keeps a file; false when the case has these very bytes already. */
export async function insertDocument(tx: Tx, row: NewDocument): Promise<boolean> {
  const { rows } =
    await sql`insert into case_document (case_id, sha256, name, media_type, content, step_id, added_by, added_at)
    values (${row.caseId}, ${row.sha256}, ${row.name}, ${row.media_type}, ${Buffer.from(row.content)}, ${row.step_id}, ${row.added_by}, ${row.added_at})
    on conflict do nothing returning 1`.execute(tx);
  return rows.length > 0;
}

export type StepRow = {
  readonly step_id: string;
  readonly state: StepState;
  readonly note: string | null;
  readonly by_id: string;
  readonly by_name: string;
  readonly at: Temporal.Instant;
};

export async function stepsOf(tx: Tx, caseId: string): Promise<readonly StepRow[]> {
  const { rows } =
    await sql<StepRow>`select step_id, state, note, by_id, by_name, at from playbook_step where case_id = ${caseId}`.execute(
      tx,
    );
  return rows;
}

export async function upsertStep(tx: Tx, caseId: string, row: StepRow): Promise<void> {
  await sql`insert into playbook_step (case_id, step_id, state, note, by_id, by_name, at)
    values (${caseId}, ${row.step_id}, ${row.state}, ${row.note}, ${row.by_id}, ${row.by_name}, ${row.at})
    on conflict (case_id, step_id) do update set state = excluded.state, note = excluded.note, by_id = excluded.by_id, by_name = excluded.by_name,
      at = excluded.at`.execute(tx);
}

export type RefundRow = {
  readonly customer_id: string;
  readonly case_id: string;
  readonly ticket: string;
  readonly filed_on: Temporal.PlainDate;
  readonly recorded_by: string;
  readonly recorded_at: Temporal.Instant;
};

export async function refundOf(tx: Tx, customerId: string): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`select * from refund_request where customer_id = ${customerId}`.execute(tx);
  return rows[0];
}

export async function insertRefund(tx: Tx, row: RefundRow): Promise<boolean> {
  const { rows } =
    await sql`insert into refund_request (customer_id, case_id, ticket, filed_on, recorded_by, recorded_at)
    values (${row.customer_id}, ${row.case_id}, ${row.ticket}, ${row.filed_on}, ${row.recorded_by}, ${row.recorded_at})
    on conflict do nothing returning 1`.execute(tx);
  return rows.length > 0;
}
