import pg from "pg";
import type { Connection } from "./database.ts";
import { ADVISORY_LOCK } from "./lock-numbers.ts";

/** Keeps the desk lock until released or the process dies; undefined when another process holds it. */
export async function holdDeskLock(connection: Connection): Promise<{ release(): Promise<void> } | undefined> {
  const client = new pg.Client(connection);
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [
    ADVISORY_LOCK.desk,
  ]);
  if (rows[0]?.held === true) return { release: () => client.end() };
  await client.end();
  return undefined;
}
