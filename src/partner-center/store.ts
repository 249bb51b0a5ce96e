import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";

type SecretTable = { readonly partner_center_secret: { name: string; sealed: string; updated_at: Temporal.Instant } };

export async function readSecret(tx: Tx, name: string): Promise<string | undefined> {
  const query = tx
    .withTables<SecretTable>()
    .selectFrom("partner_center_secret")
    .select("sealed")
    .where("name", "=", name);
  return (await query.executeTakeFirst())?.sealed;
}

/** Reads a secret and keeps every other process from reading it this way until the transaction ends. */
export async function lockSecret(tx: Tx, name: string): Promise<string | undefined> {
  const query = tx
    .withTables<SecretTable>()
    .selectFrom("partner_center_secret")
    .select("sealed")
    .where("name", "=", name)
    .forUpdate();
  return (await query.executeTakeFirst())?.sealed;
}

export async function saveSecret(tx: Tx, name: string, sealed: string): Promise<void> {
  await sql`insert into partner_center_secret (name, sealed) values (${name}, ${sealed})
    on conflict (name) do update set sealed = excluded.sealed, updated_at = now()`.execute(tx);
}
