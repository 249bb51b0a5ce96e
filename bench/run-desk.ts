import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ROOT } from "../src/settings.ts";
import { leave, sleep } from "./scratch.ts";
import { ask, json } from "./web-client.ts";

export type RunningDesk = {
  readonly url: string;
  /** The launcher's process; the desk is its child. */
  readonly pid: number;
  /** From the start of the launcher until the desk was ready and gave its first page. */
  readonly readyMs: number;
  /** Signs in by the printed link and gives the session's cookie. */
  signIn(): Promise<string>;
  stop(): Promise<void>;
};

type Options = { readonly folder: string; readonly demo: boolean; readonly more?: Readonly<Record<string, string>> };

const POLL_MS = 10;
const READY_SECONDS_MAX = 120;
const STOP_SECONDS_MAX = 30;

/** The machine's environment without settings of a desk that may run beside. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("SURETY_") && name !== "DATABASE_URL"),
  );

/** Starts the desk as `npm start` does and waits for its first page. */
export async function startDesk({ folder, demo, more = {} }: Options): Promise<RunningDesk> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "tools", "launch.mjs"), "start"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...cleanEnvironment(),
      SURETY_DATA: folder,
      SURETY_PORT: `${port}`,
      SURETY_DEMO: demo ? "1" : "0",
      SURETY_LOG: "error",
      ...more,
    },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (text: Buffer) => said.push(text.toString("utf8")));
  const stop = leave(() => stopDesk(child, folder));
  const readyMs = await firstPage({ url, child, began, said });
  return { url, pid: child.pid ?? 0, readyMs, stop, signIn: () => signIn(url, said) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

type Starting = {
  readonly url: string;
  readonly child: ChildProcess;
  readonly began: number;
  readonly said: readonly string[];
};

async function firstPage({ url, child, began, said }: Starting): Promise<number> {
  while (performance.now() - began < READY_SECONDS_MAX * 1_000) {
    if (child.exitCode !== null) break;
    const health = await ask(`${url}/api/health`).catch(() => undefined);
    if (health?.status === 200) {
      const page = await ask(`${url}/`);
      if (page.status !== 200 || !page.body.includes("<html"))
        throw new Error(`the first page was not given: ${page.status}`);
      return performance.now() - began;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`the desk did not start:\n${said.join("")}`);
}

const STRONG = "kelp-harbour-quartz-1187-lantern";

async function signIn(url: string, said: readonly string[]): Promise<string> {
  let token: string | undefined;
  for (let look = 0; look < 500 && token === undefined; look++) {
    token = /welcome\?token=(\S+)/.exec(said.join(""))?.[1];
    if (token === undefined) await sleep(POLL_MS);
  }
  const post = (body: object) =>
    ask(`${url}/api/welcome`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, ...body }),
    });
  const demo = await post({});
  const answer =
    demo.status === 200 ? demo : await post({ name: "Bench", email: "bench@example.com", password: STRONG });
  json(answer);
  const cookie = answer.headers["set-cookie"];
  return (Array.isArray(cookie) ? (cookie[0] ?? "") : (cookie ?? "")).split(";")[0] ?? "";
}

/** Asks the desk to stop; a database server that stayed behind is stopped too. */
async function stopDesk(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGINT");
    await Promise.race([ended, sleep(STOP_SECONDS_MAX * 1_000)]);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
  const server = postmasterOf(folder);
  if (server === undefined || !alive(server)) return;
  process.kill(server, "SIGINT");
  for (let look = 0; look < 500 && alive(server); look++) await sleep(POLL_MS);
}

/** Process id of the database server on a data folder. */
export function postmasterOf(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, "postgres", "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
