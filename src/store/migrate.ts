import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Store } from "./contract.ts";
import { ADVISORY_LOCK } from "./lock-numbers.ts";

const FOLDER = join(import.meta.dirname, "migrations");

export type Migration = { readonly name: string; readonly text: string; readonly checksum: string };

/** Every migration in the order of its number. Two with one number, or a stray file, are our bug. */
export function readMigrations(folder: string = FOLDER): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const numbers = names.map((name) => /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1] ?? `bad name ${name}`);
  const twice = numbers.find((number, at) => numbers.indexOf(number) !== at || number.startsWith("bad"));
  if (twice !== undefined) throw new Error(`migrations are numbered once each, as NNNN_name.sql: ${twice}`);
  return names.map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
  });
}

/** One text that changes whenever any migration does. Tests name their template database by it. */
export const migrationsChecksum = (migrations: readonly Migration[]): string =>
  createHash("sha256")
    .update(migrations.map((m) => m.checksum).join())
    .digest("hex");

/**
 * Brings the database up to date, one transaction a migration, and says which ran.
 * Refuses to start on a database whose applied migrations differ from ours: guessing would corrupt it.
 */
export async function migrate(
  store: Store,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  await sql`create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())`.execute(
    store.db,
  );
  const applied: string[] = [];
  for (const migration of migrations) {
    const ran = await store.inTransaction(async (tx) => {
      await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.migrate})`.execute(tx);
      const found = await sql<{
        checksum: string;
      }>`select checksum from migration where name = ${migration.name}`.execute(tx);
      const before = found.rows[0]?.checksum;
      if (before === migration.checksum) return false;
      if (before !== undefined)
        throw new Error(
          `migration ${migration.name} was changed after it ran: restore the file, or start on another database`,
        );
      await sql.raw(migration.text).execute(tx);
      await sql`insert into migration (name, checksum) values (${migration.name}, ${migration.checksum})`.execute(tx);
      return true;
    });
    if (ran) applied.push(migration.name);
  }
  await refuseNewer(store, migrations);
  return applied;
}

async function refuseNewer(store: Store, migrations: readonly Migration[]): Promise<void> {
  const known = new Set(migrations.map((m) => m.name));
  const { rows } = await sql<{ name: string }>`select name from migration order by name`.execute(store.db);
  const unknown = rows.find((row) => !known.has(row.name));
  if (unknown)
    throw new Error(`this database was made by a newer Surety (it has ${unknown.name}): start that one instead`);
}
