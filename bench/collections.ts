import { spawn } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { openStore } from "../src/store/database.ts";
import { type Cluster, startCluster } from "../src/store/embedded/cluster.ts";
import { migrate, readMigrations } from "../src/store/migrate.ts";
import { makeLedger, sizesOf } from "./collections-data.ts";
import type { NightReport, NightTask } from "./collections-night.ts";
import { count, median, print, repeat, timed } from "./measure.ts";
import { leave, leaveAll, scratchFolder } from "./scratch.ts";

/**
 * One statement, written by hand, that only sums the same ageing: what is open at the end of the day, by account, currency and
 * bucket, with what is not allocated. It reads what a night must read and decides nothing.
 */
const LIMIT = `
  with open as (
    select customer_id, currency, current_date - due_date as age, amount_minor - paid_minor as left_minor from invoice
    where settled_on is null and issue_date <= current_date and not disputed),
  money as (
    select customer_id, currency, sum(amount_minor - allocated_minor) as minor from payment where allocated_on is null and value_date <= current_date group by 1, 2),
  aged as (
    select customer_id, currency, max(age) as oldest, sum(left_minor) filter (where age <= 0) as not_due, sum(left_minor) filter (where age between 1 and 30) as d30,
      sum(left_minor) filter (where age between 31 and 60) as d60, sum(left_minor) filter (where age between 61 and 90) as d90,
      sum(left_minor) filter (where age between 91 and 120) as d120, sum(left_minor) filter (where age > 120) as older
    from open group by 1, 2)
  select count(*), sum(d30), sum(d60), sum(d90), sum(d120), sum(older), sum(not_due), sum(minor), count(*) filter (where oldest > 0) as overdue
  from aged left join money using (customer_id, currency)`;
const ROUNDS = 5;
const NIGHTS = 3;
const AIM_TIMES = 3;

const HELP = `npm run bench -- collections [--customers 10000] [--keep FOLDER]
  --customers  how many (default 100000: 1,000,000 open and 10,000,000 settled invoices, some 10 GB of disk for the time it runs)
  --keep       leave the database in this folder and use it again next time`;

/** `npm run bench -- collections`: the night over all accounts, beside one statement that only sums the same ageing. */
export async function benchCollections(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { customers: { type: "string", default: "100000" }, keep: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help === true) return console.log(HELP);
  const customers = Number(values.customers);
  if (!Number.isInteger(customers) || customers < 100)
    throw new Error(`--customers is ${values.customers}: a whole number from 100 on`);
  let stopping: Promise<void> | undefined;
  process.once("SIGINT", () => void (stopping = leaveAll().finally(() => process.exit(130))));
  print(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} before we began`, "");
  try {
    const small = Math.min(customers, Math.max(100, Math.round(customers / 10)));
    const first = small === customers ? undefined : await benchSize({ customers: small, keep: values.keep });
    const whole = await benchSize({ customers, keep: values.keep });
    if (first !== undefined)
      print(
        "memory beside a tenth of the customers",
        `${Math.round(whole.peakMiB - first.peakMiB)} MiB more`,
        `${Math.round(first.peakMiB)} MiB at ${count(small)}`,
        "aim: flat",
      );
  } catch (error) {
    // What was stopped fails in its own way; the end is for the one who stopped it.
    await stopping;
    throw error;
  } finally {
    await leaveAll();
  }
}

type Size = { readonly customers: number; readonly keep: string | undefined };

async function benchSize({ customers, keep }: Size): Promise<{ readonly peakMiB: number }> {
  const server = await serverFor({ customers, keep });
  const sizes = sizesOf(customers);
  const title = `${count(sizes.customers)} customers, ${count(sizes.open)} open, ${count(sizes.settled)} settled`;
  print(title, server.madeMs === undefined ? "kept" : `${count(server.madeMs / 1_000)} s to make`);
  const limit = await limitOf(server.connection);
  print("  the statement that only sums", `${(limit / 1_000).toFixed(2)} s`, `median of ${ROUNDS}`);
  if (server.madeMs !== undefined) await tellLearning(server.connection);
  await tellNight("  reading and ladder alone", "ladder", { connection: server.connection, limit });
  const { peakMiB } = await tellNight("  the night", "run", { connection: server.connection, limit });
  await server.stop();
  return { peakMiB };
}

async function tellLearning(connection: Connection): Promise<void> {
  const { ms, peakMiB } = await nightOf(connection, "learn");
  print(
    "  the weekly learning, with everyone's habits",
    `${(ms / 1_000).toFixed(1)} s`,
    `${Math.round(peakMiB)} MiB at most`,
  );
}

async function tellNight(
  title: string,
  task: NightTask,
  { connection, limit }: { readonly connection: Connection; readonly limit: number },
): Promise<{ readonly peakMiB: number }> {
  const nights: NightReport[] = [];
  for (let night = 0; night < NIGHTS; night++) nights.push(await nightOf(connection, task));
  const ms = median(nights.map((one) => one.ms));
  const peakMiB = median(nights.map((one) => one.peakMiB));
  const { accounts = 0, overdue = 0, scored = 0, idleMiB = 0 } = nights.at(-1) ?? {};
  const beside = `${(ms / limit).toFixed(1)} × the statement; ${count(accounts)} accounts, ${count(overdue)} overdue, ${count(scored)} scored`;
  print(title, `${(ms / 1_000).toFixed(2)} s`, beside, task === "run" ? `aim ≤ ${AIM_TIMES} ×` : "");
  print(
    "    peak memory",
    `${Math.round(peakMiB)} MiB`,
    `${Math.round(idleMiB)} MiB before; median of ${NIGHTS}, load ${loadavg()[0]?.toFixed(1)}; ${(median(nights.map((one) => one.cpuMs)) / 1_000).toFixed(1)} s of processor, PostgreSQL's included`,
  );
  return { peakMiB };
}

type Connection = Cluster["connection"];
type Server = { readonly connection: Connection; readonly madeMs: number | undefined; stop(): Promise<void> };

/** A PostgreSQL as the desk sets up its own, with the ledger in it: found in the kept folder, or made. */
async function serverFor({ customers, keep }: Size): Promise<Server> {
  const scratch = keep === undefined ? scratchFolder("collections") : undefined;
  const folder = join(scratch?.path ?? resolve(keep ?? "."), `ledger-${customers}`);
  mkdirSync(folder, { recursive: true });
  if (keep !== undefined) chmodSync(resolve(keep), 0o755);
  const first = await startCluster({ folder, fsync: false });
  const stopFirst = leave(() => first.stop());
  const database = "bench";
  const madeMs = await makeOnce(first.connection, { database, customers });
  await stopFirst();
  // Made without waiting for the disk; measured as the desk runs.
  const cluster = await startCluster({ folder });
  const stop = leave(() => cluster.stop());
  return {
    connection: { ...cluster.connection, database },
    madeMs,
    stop: async () => {
      await stop();
      await scratch?.remove();
    },
  };
}

/** Milliseconds it took to make, or undefined when it was there. A ledger that is half made is made again. */
async function makeOnce(
  admin: Connection,
  ask: { readonly database: string; readonly customers: number },
): Promise<number | undefined> {
  const { database, customers } = ask;
  const isThere = await withClient({ ...admin, database: "postgres" }, async (client) => {
    const done = await client.query("select 1 from pg_database where datname = $1 and datallowconn", [
      `${database}_done`,
    ]);
    if (done.rows.length > 0) return true;
    await client.query(`drop database if exists ${database} with (force)`);
    await client.query(`create database ${database}`);
    return false;
  });
  const connection = { ...admin, database };
  const began = performance.now();
  const store = openStore(connection);
  await migrate(store, readMigrations());
  await store.close();
  if (isThere) return undefined;
  await withClient(connection, async (client) => {
    await makeLedger(client, customers);
    await client.query("vacuum (freeze, analyze)");
    await client.query("checkpoint");
  });
  await withClient({ ...admin, database: "postgres" }, (client) => client.query(`create database ${database}_done`));
  return performance.now() - began;
}

async function withClient<T>(connection: Connection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  // Stopped half-way, the statement must not keep the server up.
  const over = leave(() => terminate(connection, rows[0]?.pid ?? 0));
  try {
    return await work(client);
  } finally {
    await client.end();
    await over();
  }
}

async function terminate(connection: Connection, pid: number): Promise<void> {
  const client = new pg.Client({ ...connection, database: "postgres" });
  await client.connect();
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where pid = $1", [pid]);
  await client.end();
}

/** Milliseconds of the hand-written statement, once its pages were read. */
const limitOf = (connection: Connection): Promise<number> =>
  withClient(connection, async (client) => {
    await client.query("set timezone = 'UTC'");
    await timed(() => client.query(LIMIT));
    return median(await repeat(ROUNDS, () => client.query(LIMIT)));
  });

/** One night in a process of its own, so that its peak memory is its own. */
async function nightOf(connection: Connection, task: NightTask): Promise<NightReport> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "collections-night.ts"), JSON.stringify(connection), task],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const stop = leave(() => void child.kill());
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  await stop();
  if (code !== 0) throw new Error(`the night ended with ${code}`);
  return JSON.parse(out) as NightReport;
}
