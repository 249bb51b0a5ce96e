import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";

/** Tables of this folder; nobody else reads or writes them. */
type Tables = {
  activity_seen_field: { source: string; field: string };
  activity_seen_cursor: { is_only: boolean; position: bigint };
};
const tables = (tx: Tx) => tx.withTables<Tables>();

export type SeenField = { readonly source: string; readonly field: string };

export const seenFields = (tx: Tx): Promise<SeenField[]> =>
  tables(tx).selectFrom("activity_seen_field").select(["source", "field"]).execute();

/** Where looking goes on; held until the transaction ends, so that no two look at once. */
export async function takeCursor(tx: Tx): Promise<bigint> {
  const { position } = await tables(tx)
    .selectFrom("activity_seen_cursor")
    .select("position")
    .forUpdate()
    .executeTakeFirstOrThrow();
  return position;
}
export const moveCursor = (tx: Tx, position: bigint): Promise<unknown> =>
  tables(tx).updateTable("activity_seen_cursor").set({ position }).execute();

export async function addSeenFields(tx: Tx, fields: readonly SeenField[]): Promise<void> {
  if (fields.length === 0) return;
  await sql`insert into activity_seen_field (source, field)
    select source, field from jsonb_to_recordset(${jsonb(fields)}) as given(source text, field text)
    on conflict do nothing`.execute(tx);
}
