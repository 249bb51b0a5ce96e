import { join } from "node:path";
import pg from "pg";
import { type Desk, openDesk } from "../src/main-desk.ts";
import { readSettings } from "../src/settings.ts";
import { type Cluster, startCluster } from "../src/store/embedded/cluster.ts";
import { leave, scratchFolder } from "./scratch.ts";

/** A PostgreSQL of the bench's own, set up as the desk sets up its own, on a folder that goes away with it. */
export type Scratch = {
  readonly folder: string;
  /** Where the server may write. */
  readonly dataFolder: string;
  readonly connection: Cluster["connection"];
  /** Runs statements in a database, by default the one for administration. */
  run(text: string, database?: string): Promise<pg.QueryResult>;
  /** Stops the server and leaves the folder. */
  halt(): Promise<void>;
  stop(): Promise<void>;
};

export async function scratchServer(name: string): Promise<Scratch> {
  const folder = scratchFolder(name);
  const data = join(folder.path, "data");
  const cluster = await startCluster({ folder: data });
  const stop = leave(() => cluster.stop());
  return {
    folder: data,
    dataFolder: cluster.dataFolder,
    connection: cluster.connection,
    run: async (text, database = "postgres") => {
      const client = new pg.Client({ ...cluster.connection, database });
      client.on("error", () => {});
      await client.connect();
      try {
        return await client.query(text);
      } finally {
        await client.end();
      }
    },
    halt: stop,
    stop: async () => {
      await stop();
      await folder.remove();
    },
  };
}

/** The product on one database of the scratch server: migrated and wired, but without a page and without working off jobs. */
export async function scratchDesk(server: Scratch, database: string): Promise<Desk> {
  const settings = readSettings({ SURETY_DATA: server.folder, SURETY_LOG: "error", SURETY_DEMO: "0" });
  if (!settings.ok) throw new Error(settings.error);
  const connection = { ...server.connection, database };
  return openDesk({
    settings: settings.value,
    version: "bench",
    connection,
    mode: "live",
    baseUrl: () => "http://localhost:0",
  });
}
