/** `npm test`: one database server for the whole run, then every test through Node's own runner. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "../src/store/embedded/cluster.ts";

const FILES = ["src/**/*.test.ts", "simulator/**/*.test.ts", "web/**/*.test.ts", "test/**/*.test.ts"];
/** Two cores are the smallest machine we promise to build on; browser tests and kill tests take one each. */
const FILES_AT_ONCE = 2;

const asked = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "surety-test-"));
chmodSync(folder, 0o755);
const cluster = await startCluster({ folder, fsync: false });
const child = spawn(
  process.execPath,
  ["--test", `--test-concurrency=${FILES_AT_ONCE}`, ...(asked.length > 0 ? asked : FILES)],
  {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, SURETY_TEST_SERVER: JSON.stringify(cluster.connection), NODE_OPTIONS: "" },
  },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
const code = await new Promise<number>((done) => child.on("exit", (status) => done(status ?? 1)));
await cluster.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = code;
