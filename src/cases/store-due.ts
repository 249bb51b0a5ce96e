import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import type { CaseFamily } from "./contract-states.ts";

export type RefundDueRow = {
  readonly case_id: string;
  readonly number: bigint;
  readonly customer_id: string;
  readonly first_use_at: Temporal.Instant;
  readonly money_minor: bigint | null;
  readonly money_currency: string | null;
};

/** Cases of misuse with a known first use whose tenant's one refund request is still unused, oldest use first. */
export async function refundsOpen(tx: Tx, since: Temporal.Instant): Promise<readonly RefundDueRow[]> {
  const { rows } =
    await sql<RefundDueRow>`select case_id, number, customer_id, first_use_at, money_minor, money_currency from case_file
    where family = 'misuse' and first_use_at >= ${since} and (state <> 'closed' or outcome = 'fraud')
      and not exists (select 1 from refund_request where refund_request.customer_id = case_file.customer_id)
    order by first_use_at, case_id limit 500`.execute(tx);
  return rows;
}

export async function countOpenCases(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from case_file where state <> 'closed'`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}

export type FoundCase = {
  readonly case_id: string;
  readonly number: bigint;
  readonly customer_id: string;
  readonly title_kind: string;
  readonly state: string;
};

/** Cases by number, newest of a number that begins so first. */
export async function casesByNumber(tx: Tx, digits: string, limit: number): Promise<readonly FoundCase[]> {
  const { rows } = await sql<FoundCase>`select case_id, number, customer_id, title_kind, state from case_file
    where number = ${digits} or starts_with(number::text, ${digits}) order by number = ${digits} desc, number desc limit ${limit}`.execute(
    tx,
  );
  return rows;
}

export type OpenCaseRow = {
  readonly case_id: string;
  readonly number: bigint;
  readonly customer_id: string;
  readonly family: CaseFamily;
  readonly opened_at: Temporal.Instant;
  readonly assignee_id: string | null;
  readonly assignee_name: string | null;
};
/** Open cases of some families, in the order they were opened. */
export async function loadOpenCases(tx: Tx, families: readonly CaseFamily[]): Promise<readonly OpenCaseRow[]> {
  const { rows } =
    await sql<OpenCaseRow>`select case_id, number, customer_id, family, opened_at, assignee_id, assignee_name from case_file
    where state <> 'closed' and family in (${sql.join(families)}) order by opened_at, case_id`.execute(tx);
  return rows;
}
