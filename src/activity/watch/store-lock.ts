import pg from "pg";
import type { Connection } from "../../store/database.ts";
import { ADVISORY_LOCK } from "../../store/lock-numbers.ts";

/** What the stream says when events were kept. */
const APPENDED_CHANNEL = "activity_appended";

/** The one process that watches: as long as its connection lives. */
export type WatchLock = {
  readonly isHeld: () => boolean;
  release(): Promise<void>;
};

/** Takes the lock and listens for new events; undefined when another process has it. */
export async function holdWatchLock(connection: Connection, onAppended: () => void): Promise<WatchLock | undefined> {
  const client = new pg.Client({ ...connection, application_name: "surety-watch" });
  let held = true;
  const lost = () => {
    held = false;
    onAppended();
  };
  client.on("error", lost);
  client.on("end", lost);
  client.on("notification", onAppended);
  await client.connect();
  try {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [
      ADVISORY_LOCK.activityWatch,
    ]);
    if (rows[0]?.held !== true) {
      await client.end();
      return undefined;
    }
    await client.query(`listen ${APPENDED_CHANNEL}`);
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  return { isHeld: () => held, release: () => client.end() };
}
