import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";

export type SavedRow = {
  readonly search_id: string;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly name: string;
  readonly filters: { readonly filters: Record<string, string>; readonly last: string | null };
  readonly shared: boolean;
  readonly saved_at: Temporal.Instant;
};

/** A person's own searches and those that others share. */
export async function savedRows(tx: Tx, ownerId: string): Promise<readonly SavedRow[]> {
  const { rows } = await sql<SavedRow>`select * from activity_saved_search where owner_id = ${ownerId} or shared
    order by owner_id = ${ownerId} desc, lower(name) limit 500`.execute(tx);
  return rows;
}

export async function countSaved(tx: Tx, ownerId: string): Promise<number> {
  const { rows } = await sql<{
    n: bigint;
  }>`select count(*) as n from activity_saved_search where owner_id = ${ownerId}`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}

/** Saves under a name; the same name of the same person is replaced. */
export async function saveSearch(tx: Tx, row: SavedRow): Promise<SavedRow> {
  const { rows } =
    await sql<SavedRow>`insert into activity_saved_search (search_id, owner_id, owner_name, name, filters, shared, saved_at)
    values (${row.search_id}, ${row.owner_id}, ${row.owner_name}, ${row.name}, ${JSON.stringify(row.filters)}::jsonb, ${row.shared}, ${row.saved_at})
    on conflict (owner_id, lower(name)) do update set name = excluded.name, filters = excluded.filters, shared = excluded.shared,
      saved_at = excluded.saved_at returning *`.execute(tx);
  const saved = rows[0];
  if (saved === undefined) throw new Error("invariant broken: a saved search was not kept");
  return saved;
}

/** True when the person had it. */
export async function dropSearch(tx: Tx, ask: { readonly id: string; readonly ownerId: string }): Promise<boolean> {
  const { rows } =
    await sql`delete from activity_saved_search where search_id = ${ask.id} and owner_id = ${ask.ownerId} returning 1`.execute(
      tx,
    );
  return rows.length > 0;
}
