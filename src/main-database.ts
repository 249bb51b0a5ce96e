import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./settings.ts";
import type { Connection } from "./store/database.ts";
import { startCluster } from "./store/embedded/cluster.ts";
import { ensureDatabase } from "./store/embedded/databases.ts";

/** Demo data never lies in the same database as real data. */
export type Mode = "demo" | "live";

export type Database = {
  /** How to reach the database of a mode. */
  connectionOf(mode: Mode): Promise<Connection>;
  /** Where the data lies, for people. */
  readonly where: string;
  /** Whether this Surety runs the server itself, so that only one desk may use it. */
  readonly embedded: boolean;
  stop(): Promise<void>;
};

/** The embedded server on the data folder, or the one that DATABASE_URL names. */
export async function openDatabase(settings: Settings, say: (line: string) => void): Promise<Database> {
  const { databaseUrl } = settings;
  if (databaseUrl !== undefined) {
    const where = new URL(databaseUrl);
    return {
      connectionOf: async () => ({ connectionString: databaseUrl }),
      where: `${where.host}${where.pathname}`,
      embedded: false,
      stop: async () => {},
    };
  }
  const cluster = await startCluster({ folder: settings.dataFolder, say });
  return {
    connectionOf: (mode) => ensureDatabase(cluster, mode === "demo" ? "surety_demo" : "surety"),
    where: cluster.dataFolder,
    embedded: true,
    stop: () => cluster.stop(),
  };
}

const CHOICE = "desk.json";

/** Demo or live: what the environment says, else what was chosen last, else the demo on the embedded database. */
export function modeOf(settings: Settings): Mode {
  if (settings.demo !== undefined) return settings.demo ? "demo" : "live";
  try {
    const { mode } = JSON.parse(readFileSync(join(settings.dataFolder, CHOICE), "utf8")) as { mode?: unknown };
    if (mode === "live" || mode === "demo") return mode;
  } catch {
    // Nothing was chosen yet.
  }
  return settings.databaseUrl === undefined ? "demo" : "live";
}

/** Remembers the choice for the next start, whole or not at all. */
export function rememberMode(settings: Settings, mode: Mode): void {
  mkdirSync(settings.dataFolder, { recursive: true });
  const file = join(settings.dataFolder, CHOICE);
  writeFileSync(`${file}.draft`, `${JSON.stringify({ mode })}\n`);
  renameSync(`${file}.draft`, file);
}
