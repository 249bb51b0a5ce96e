import pg from "pg";
import type { Connection } from "./database.ts";

/** Any number that nobody else locks: one desk works off one embedded database. */
const DESK_LOCK = 7_317_003;

/** Keeps the desk lock until released or the process dies; undefined when another process holds it. */
export async function holdDeskLock(connection: Connection): Promise<{ release(): Promise<void> } | undefined> {
  const client = new pg.Client(connection);
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [DESK_LOCK]);
  if (rows[0]?.held === true) return { release: () => client.end() };
  await client.end();
  return undefined;
}
