import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { serverBinaries } from "../src/store/embedded/binaries.ts";
import { isRoot, SERVER_GID, SERVER_UID } from "../src/store/embedded/reach.ts";
import { leave, sleep } from "./scratch.ts";

/**
 * The same PostgreSQL without anything of ours: what no start can be faster than. Makes the cluster when the folder has none.
 * Gives the milliseconds until it answered a query.
 */
export async function barePostgres(folder: string): Promise<{ readonly ms: number; stop(): Promise<void> }> {
  const began = performance.now();
  const account = isRoot() ? { uid: SERVER_UID, gid: SERVER_GID } : {};
  const run = { ...account, env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" }, cwd: folder };
  const cluster = join(folder, "bare");
  const sockets = join(folder, "s");
  const bin = (name: string) => join(serverBinaries(), "bin", name);
  if (!existsSync(cluster)) {
    mkdirSync(sockets);
    if (isRoot()) for (const path of [folder, sockets]) chownSync(path, SERVER_UID, SERVER_GID);
    const made = spawnSync(
      bin("initdb"),
      ["-D", cluster, "-U", "bare", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"],
      run,
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
  }
  const server = spawn(
    bin("postgres"),
    ["-D", cluster, "-c", "listen_addresses=", "-c", `unix_socket_directories=${sockets}`],
    { ...run, stdio: "ignore" },
  );
  const ended = new Promise((done) => server.once("exit", done));
  const stop = leave(async () => {
    server.kill("SIGINT");
    await ended;
  });
  for (;;) {
    const client = new pg.Client({ host: sockets, user: "bare", database: "postgres" });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select 1");
      await client.end();
      return { ms: performance.now() - began, stop };
    } catch (error) {
      await client.end().catch(() => {});
      if (server.exitCode !== null) throw error;
      await sleep(5);
    }
  }
}
