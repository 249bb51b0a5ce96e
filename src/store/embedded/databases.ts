import pg from "pg";
import type { Cluster } from "./cluster.ts";

/** Makes the named database when it is not there yet, and says how to reach it. */
export async function ensureDatabase(cluster: Cluster, name: "surety" | "surety_demo"): Promise<Cluster["connection"]> {
  const client = new pg.Client({ ...cluster.connection, database: "postgres" });
  client.on("error", () => {});
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return { ...cluster.connection, database: name };
}
