import { sql } from "kysely";
import type { Json } from "../core/canonical.ts";
import type { Tx } from "./contract.ts";

/** The value of one setting; undefined when nobody has chosen. */
export async function readSetting(tx: Tx, key: string): Promise<Json | undefined> {
  const { rows } = await sql<{ value: Json }>`select value from setting where key = ${key}`.execute(tx);
  return rows[0]?.value;
}

/** Some settings at once, by key; those that nobody has chosen are missing. */
export async function readSettings(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, Json>> {
  const { rows } = await sql<{ key: string; value: Json }>`
    select key, value from setting where key in (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))`.execute(
    tx,
  );
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Chooses a value, or with undefined goes back to the default. The caller writes the event. */
export async function writeSetting(tx: Tx, key: string, value: Json | undefined): Promise<void> {
  if (value === undefined) await sql`delete from setting where key = ${key}`.execute(tx);
  else
    await sql`insert into setting (key, value) values (${key}, ${JSON.stringify(value)}::jsonb)
      on conflict (key) do update set value = excluded.value`.execute(tx);
}
