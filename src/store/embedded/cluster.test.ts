import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import pg from "pg";
import { type Cluster, startCluster } from "./cluster.ts";
import { isRoot, reachableByServer } from "./reach.ts";

const base = mkdtempSync(join(tmpdir(), "surety-cluster-"));
chmodSync(base, 0o755);
const elsewhere: string[] = [];
after(() => [base, ...elsewhere].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const folderOf = (name: string) => {
  const folder = join(base, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

async function query(cluster: Pick<Cluster, "connection">, text: string): Promise<unknown[]> {
  const client = new pg.Client(cluster.connection);
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = (cluster: Cluster) =>
  Number(readFileSync(join(cluster.dataFolder, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const gone = async (pid: number) => {
  for (let look = 0; look < 400 && alive(pid); look++) await new Promise((wake) => setTimeout(wake, 25));
  return !alive(pid);
};

test("what was committed is there after a stop, and the server ends with us", async () => {
  const folder = folderOf("plain");
  const first = await startCluster({ folder });
  await query(first, "create table kept as select 42 as answer");
  const pid = serverPid(first);
  await first.stop();
  assert.ok(await gone(pid), "the server has ended");
  const second = await startCluster({ folder });
  assert.equal(second.adopted, false);
  assert.deepEqual(await query(second, "select answer from kept"), [{ answer: 42 }]);
  await second.stop();
});

test("a server whose Surety was killed is taken over with all that was committed", async () => {
  const folder = folderOf("killed");
  const script = `
    const { startCluster } = await import(${JSON.stringify(join(import.meta.dirname, "cluster.ts"))});
    const pg = (await import("pg")).default;
    const cluster = await startCluster({ folder: ${JSON.stringify(folder)} });
    const client = new pg.Client(cluster.connection); await client.connect();
    await client.query("create table kept as select 7 as answer");
    console.log("ready"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((ready) => child.stdout.once("data", ready));
  child.kill("SIGKILL");
  const next = await startCluster({ folder });
  assert.equal(next.adopted, true);
  assert.deepEqual(await query(next, "select answer from kept"), [{ answer: 7 }]);
  await next.stop();
});

test("a server that was itself killed recovers what it had acknowledged", async () => {
  const folder = folderOf("crashed");
  const first = await startCluster({ folder });
  await query(first, "create table kept as select generate_series(1, 1000) as n");
  const pid = serverPid(first);
  process.kill(pid, "SIGKILL");
  assert.ok(await gone(pid));
  const next = await startCluster({ folder });
  assert.deepEqual(await query(next, "select count(*)::int as n from kept"), [{ n: 1000 }]);
  await next.stop();
});

test("two at once on one folder share one server, and the first to leave does not take it away", async () => {
  const folder = folderOf("shared");
  const [one, two] = await Promise.all([startCluster({ folder }), startCluster({ folder })]);
  assert.deepEqual([one.adopted, two.adopted].toSorted(), [false, true]);
  const client = new pg.Client(two.connection);
  client.on("error", () => {});
  await client.connect();
  await one.stop();
  assert.deepEqual((await client.query("select 1 as here")).rows, [{ here: 1 }]);
  await client.end();
  await two.stop();
});

test(
  "as root, a folder that others cannot enter still works: the data goes where the server can read it",
  { skip: isRoot() ? false : "only root has a server account of its own" },
  async () => {
    const closed = join(base, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const cluster = await startCluster({ folder: join(closed, "data") });
    elsewhere.push(cluster.dataFolder);
    assert.equal(reachableByServer(join(closed, "data")), false);
    assert.ok(!cluster.dataFolder.startsWith(closed), cluster.dataFolder);
    assert.deepEqual(await query(cluster, "select 1 as here"), [{ here: 1 }]);
    await cluster.stop();
    const again = await startCluster({ folder: join(closed, "data") });
    assert.equal(again.dataFolder, cluster.dataFolder);
    await again.stop();
  },
);
