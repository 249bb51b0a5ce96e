import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";

export type FoundNotice = {
  readonly notice_id: string;
  readonly number: bigint;
  readonly customer_id: string;
  readonly kind: string;
};

/** Notices by number, the exact one first. */
export async function noticesByNumber(tx: Tx, digits: string, limit: number): Promise<readonly FoundNotice[]> {
  const { rows } = await sql<FoundNotice>`select notice_id, number, customer_id, kind from notice
    where number = ${digits} or starts_with(number::text, ${digits}) order by number = ${digits} desc, number desc limit ${limit}`.execute(
    tx,
  );
  return rows;
}
