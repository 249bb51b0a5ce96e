import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { ROOT_SHARE, serverBinaries } from "./binaries.ts";
import { isRoot, reachableByServer, SERVER_GID, SERVER_UID } from "./reach.ts";

/** A running PostgreSQL of our own, reached over a socket that only its owner (and root) can open. */
export type Cluster = {
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Folder that holds the data; may lie elsewhere than asked when root's folder is closed to the server account. */
  readonly dataFolder: string;
  /** True when a server left behind by a killed Surety was taken over. */
  readonly adopted: boolean;
  /** Stops the server unless someone else still uses it. */
  stop(): Promise<void>;
};

type Options = { readonly folder: string; readonly fsync?: boolean; readonly say?: (line: string) => void };

const PORT = 5432;
const START_SECONDS_MAX = 120;
const POLL_MS = 25;
const LOCK_TRIES_MAX = 400;
const OTHERS_LEAVE_MS_MAX = 1_000;
const SUPERUSER = "surety";
const DATABASE = "surety";

/** Starts the server on `folder`, making the cluster first when there is none, or takes over one that is still running. */
export async function startCluster({ folder, fsync = true, say = () => {} }: Options): Promise<Cluster> {
  mkdirSync(folder, { recursive: true });
  const dataFolder = place(resolve(folder));
  const sockets = socketFolder(dataFolder);
  return exclusively(`${sockets}.lock`, async () => {
    const connection = { host: sockets, port: PORT, user: SUPERUSER, database: DATABASE };
    const adopted = runningPid(dataFolder) !== undefined;
    if (adopted) say("taking over the database server that is still running");
    else await launch({ dataFolder, sockets, fsync, say });
    await ready(connection, dataFolder);
    return { connection, dataFolder, adopted, stop: () => stop(connection, dataFolder, sockets) };
  });
}

/** Root's server account may not be able to enter the asked folder; then the data goes where it can, and a note says so. */
function place(folder: string): string {
  const note = join(folder, "postgres.location");
  if (existsSync(note)) return readFileSync(note, "utf8").trim();
  const inside = join(folder, "postgres");
  if (!isRoot() || reachableByServer(folder)) return inside;
  const elsewhere = join(ROOT_SHARE, createHash("sha256").update(folder).digest("hex").slice(0, 12));
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  writeFileSync(note, `${elsewhere}\n`);
  return elsewhere;
}

/** A short path, since a socket's whole name must stay under 108 bytes however deep the data folder lies. */
function socketFolder(dataFolder: string): string {
  const name = createHash("sha256").update(dataFolder).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `surety-${process.getuid?.() ?? 0}-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (isRoot()) chownSync(folder, SERVER_UID, SERVER_GID);
  chmodSync(folder, 0o700);
  return folder;
}

const asServer = () => (isRoot() ? { uid: SERVER_UID, gid: SERVER_GID } : {});

async function launch({
  dataFolder,
  sockets,
  fsync,
  say,
}: {
  dataFolder: string;
  sockets: string;
  fsync: boolean;
  say: (line: string) => void;
}): Promise<void> {
  const binaries = serverBinaries();
  const clusterFolder = join(dataFolder, "cluster");
  mkdirSync(dataFolder, { recursive: true });
  if (isRoot()) chownSync(dataFolder, SERVER_UID, SERVER_GID);
  if (!existsSync(join(clusterFolder, "PG_VERSION"))) {
    say("making a new database");
    rmSync(clusterFolder, { recursive: true, force: true });
    await initialise(binaries, clusterFolder);
  }
  say("starting the database server");
  const log = openSync(join(dataFolder, "server.log"), "a", 0o600);
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${sockets}`,
    `port=${PORT}`,
    "ssl=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "wal_compression=on",
    "max_connections=100",
    "jit=off",
    "random_page_cost=1.1",
    `fsync=${fsync ? "on" : "off"}`,
  ];
  const child = spawn(join(binaries, "bin", "postgres"), ["-D", clusterFolder, ...settings.flatMap((s) => ["-c", s])], {
    ...asServer(),
    cwd: dataFolder,
    detached: true,
    stdio: ["ignore", log, log],
    env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" },
  });
  child.unref();
}

/** A half-made cluster is made again: PG_VERSION is among the first files, so the work is done beside and moved in place. */
async function initialise(binaries: string, clusterFolder: string): Promise<void> {
  const draft = `${clusterFolder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  const args = [
    "-D",
    draft,
    "-U",
    SUPERUSER,
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
  ];
  const child = spawn(join(binaries, "bin", "initdb"), args, {
    ...asServer(),
    cwd: join(clusterFolder, ".."),
    stdio: ["ignore", "ignore", "pipe"],
    env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" },
  });
  const why = await failureOf(child);
  if (why !== undefined) throw new Error(`the database could not be made in ${clusterFolder}: ${why}`);
  renameSync(draft, clusterFolder);
}

/** Waits for a program to end: what it complained of, or undefined when it did its work. */
function failureOf(child: ChildProcess): Promise<string | undefined> {
  let complaint = "";
  child.stderr?.on("data", (text: Buffer) => (complaint += text.toString("utf8")));
  return new Promise((done) => {
    child.once("error", (error) => done(String(error)));
    child.once("close", (code) => done(code === 0 ? undefined : complaint || `it ended with ${code}`));
  });
}

/** Process id of a live server on this data, from its own pid file. */
function runningPid(dataFolder: string): number | undefined {
  try {
    const lines = readFileSync(join(dataFolder, "cluster", "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    process.kill(pid, 0);
    return isServer(pid) ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPERM")
      throw new Error(`another account runs the database in ${dataFolder}`, { cause: error });
    return undefined;
  }
}

/** After a restart of the machine the pid may belong to anything. */
function isServer(pid: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres");
  } catch {
    return false;
  }
}

/** Waits for the first answer; crash recovery can take a while, so only a dead server or two minutes end the wait. */
async function ready(connection: Cluster["connection"], dataFolder: string): Promise<void> {
  for (let waited = 0; waited < START_SECONDS_MAX * 1_000; waited += POLL_MS) {
    const client = new pg.Client({ ...connection, database: "postgres" });
    client.on("error", () => {});
    try {
      await client.connect();
      const found = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
      await client.end();
      return;
    } catch {
      await client.end().catch(() => {});
      if (waited > 3_000 && runningPid(dataFolder) === undefined)
        throw new Error(`the database server did not start; its log is ${join(dataFolder, "server.log")}`);
      await new Promise((wake) => setTimeout(wake, POLL_MS));
    }
  }
  throw new Error(
    `the database server gave no answer in ${START_SECONDS_MAX} s; its log is ${join(dataFolder, "server.log")}`,
  );
}

/** Fast shutdown, unless another Surety process has joined meanwhile. */
async function stop(connection: Cluster["connection"], dataFolder: string, sockets: string): Promise<void> {
  await exclusively(`${sockets}.lock`, async () => {
    const pid = runningPid(dataFolder);
    if (pid === undefined || (await othersStay(connection))) return;
    process.kill(pid, "SIGINT");
    for (let waited = 0; waited < START_SECONDS_MAX * 1_000 && runningPid(dataFolder) !== undefined; waited += POLL_MS)
      await new Promise((wake) => setTimeout(wake, POLL_MS));
  });
}

/** Our own connections take a moment to be gone after they are closed; only those that stay belong to somebody else. */
async function othersStay(connection: Cluster["connection"]): Promise<boolean> {
  for (let waited = 0; waited < OTHERS_LEAVE_MS_MAX; waited += POLL_MS) {
    if (!(await othersConnected(connection))) return false;
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  return true;
}

async function othersConnected(connection: Cluster["connection"]): Promise<boolean> {
  const client = new pg.Client({ ...connection, database: "postgres" });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query(
      "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    return (rowCount ?? 0) > 0;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Runs `work` while holding a lock file; one left by a dead process is taken over. */
async function exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (tries >= LOCK_TRIES_MAX)
        throw new Error(`${file} is held by process ${readFileSync(file, "utf8")}`, { cause: error });
      if (holderIsDead(file)) rmSync(file, { force: true });
      else await new Promise((wake) => setTimeout(wake, POLL_MS * 2));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function holderIsDead(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (pid === process.pid) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
