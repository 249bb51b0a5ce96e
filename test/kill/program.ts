/** The program as a person starts it, on a data folder and a port that stay the same however often it is killed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

const PROGRAM = join(import.meta.dirname, "..", "..", "src", "main.ts");
const LOOK_EVERY_MS = 100;
const LOG_LINES_TOLD = 20;
const READY_MS_MAX = 90_000;
/** Below what the system gives to outgoing connections, so that nobody takes the port while the desk is down. */
const PORT_FIRST = 20_000;
const PORT_LAST = 29_999;
const PORT_TRIES_MAX = 50;

/** Looks until there is something to see; gives up after a bounded number of looks and says what it waited for. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, looksMax = 600): Promise<T> {
  for (let looks = 0; looks < looksMax; looks++) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`looked ${looksMax} times for ${what}`);
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string };
export type Program = {
  readonly folder: string;
  readonly url: string;
  /** How often it was started so far. */
  readonly starts: () => number;
  /** Process id of its present life. */
  readonly pid: () => number | undefined;
  /** What it wrote on standard output and on standard error. */
  readonly said: readonly string[];
  readonly log: readonly string[];
  /** Starts it. False when it was killed before it was ready. */
  start(): Promise<boolean>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** Ctrl+C. Gives the exit code. */
  stop(): Promise<number | null>;
  /** Does what needs a living desk, again and again as long as it was killed in between. */
  steady<T>(work: () => Promise<T>): Promise<T>;
  /** The desk's own command line on the same data, beside the running desk. */
  surety(...args: readonly string[]): Promise<Ran>;
};

/** A folder for the program's data. Started by root, the database server runs as another account that must find it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "surety-kill-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** All of a stopped desk, with the owners of its files. False where the data lies outside of the folder. */
export function copyFolder(from: string, to: string): boolean {
  if (existsSync(join(from, "postgres.location"))) return false;
  const { status, stderr } = spawnSync("cp", ["-a", `${from}/.`, to], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the data folder could not be copied: ${stderr}`);
  return true;
}

/** Ends what a killed program left running, and its data. */
export async function removeFolder(folder: string): Promise<void> {
  const note = join(folder, "postgres.location");
  const data = existsSync(note) ? readFileSync(note, "utf8").trim() : join(folder, "postgres");
  const file = join(data, "cluster", "postmaster.pid");
  if (existsSync(file)) {
    process.kill(Number(readFileSync(file, "utf8").split("\n")[0]), "SIGINT");
    await until("the database server to end", async () => (existsSync(file) ? undefined : true));
  }
  rmSync(data, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES_MAX; tries++) {
    const port = PORT_FIRST + Math.floor(Math.random() * (PORT_LAST - PORT_FIRST));
    const isFree = await new Promise<boolean>((done) => {
      const server = createServer();
      server.once("error", () => done(false));
      server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
    });
    if (isFree) return port;
  }
  throw new Error(`no free port found in ${PORT_TRIES_MAX} tries`);
}

/** An environment without what the test runner and the person at this machine set. */
function environment(folder: string, port: number): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    SURETY_DATA: folder,
    SURETY_PORT: String(port),
    SURETY_DEMO: "1",
    SURETY_LOG: "warn",
    SURETY_CHECK_ANSWERS: "1",
  };
}

type Life = { readonly child: ChildProcess; readonly ended: Promise<number | null> };

/** `more`: settings beside those of the demo, or instead of them. */
export async function programOn(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Program> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { ...environment(folder, port), ...more };
  const said: string[] = [];
  const log: string[] = [];
  let starts = 0;
  let life: Life | undefined;
  /** Whoever needs the desk waits here while it is down. */
  let up = Promise.withResolvers<undefined>();
  let isUp = false;

  const down = (): void => {
    if (isUp) up = Promise.withResolvers<undefined>();
    isUp = false;
  };
  const started = (): void => {
    isUp = true;
    up.resolve(undefined);
  };
  return {
    folder,
    url,
    said,
    log,
    pid: () => life?.child.pid,
    starts: () => starts,
    async start() {
      starts += 1;
      const child = spawn(process.execPath, [PROGRAM, "serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
      life = { child, ended: new Promise((done) => child.once("exit", (code) => done(code))) };
      if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
      const wasReady = await saidReady(child, (line) => said.push(line));
      if (wasReady) started();
      else if (child.signalCode !== "SIGKILL")
        throw new Error(`the program ended with ${child.exitCode} before it was ready:\n${log.join("\n")}`);
      return wasReady;
    },
    async kill() {
      down();
      life?.child.kill("SIGKILL");
      await life?.ended;
    },
    async stop() {
      down();
      life?.child.kill("SIGTERM");
      return (await life?.ended) ?? null;
    },
    async steady(work) {
      for (;;) {
        await up.promise;
        const mine = up;
        try {
          return await work();
        } catch (error) {
          // Only a kill excuses a lost answer.
          if (mine === up)
            throw new Error(`${String(error)}\nthe desk said last:\n${log.slice(-LOG_LINES_TOLD).join("\n")}`, {
              cause: error,
            });
        }
      }
    },
    surety: (...args) => run([PROGRAM, ...args], env),
  };
}

/** False when it ended first. */
function saidReady(child: ChildProcess, hear: (line: string) => void): Promise<boolean> {
  const { stdout } = child;
  if (stdout === null) throw new Error("invariant broken: the program has a standard output");
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error("the program was not ready in time")), READY_MS_MAX);
    const say = (isReady: boolean): void => {
      clearTimeout(timer);
      done(isReady);
    };
    child.once("exit", () => say(false));
    createInterface({ input: stdout }).on("line", (line) => {
      hear(line);
      if (line.startsWith("Surety is ready")) say(true);
    });
  });
}

function run(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString("utf8")));
    child.stderr.on("data", (text: Buffer) => (err += text.toString("utf8")));
    child.once("error", fail);
    child.once("close", (code) => done({ code: code ?? -1, out, err }));
  });
}
