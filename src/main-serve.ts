import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AddressInfo, createServer } from "node:net";
import { type Database, modeOf, type Mode, openDatabase, rememberMode } from "./main-database.ts";
import type { Desk } from "./main-desk.ts";
import type { Settings } from "./settings.ts";
import { holdDeskLock } from "./store/lock.ts";

type Lock = { release(): Promise<void> };
type Running = { readonly desk: Desk; readonly lock: Lock | undefined; readonly mode: Mode };

/** The one line at a time that a person at the terminal reads. Logs go to standard error. */
const say = (line: string): void => console.log(line);

/** Time the answer to "start empty" is given to leave before the demo desk closes. */
const ANSWER_FIRST_MS = 400;
const ADDRESS_FILE = "running.json";

/** Runs the desk until it is told to stop. Gives the exit code. */
export async function serve(settings: Settings, version: string): Promise<number> {
  const began = performance.now();
  mkdirSync(settings.dataFolder, { recursive: true });
  // The database server starts in a process of its own; the desk's code is loaded meanwhile.
  const [database, { openDesk }] = await Promise.all([
    openDatabase(settings, (line) => say(`      ${line}`)),
    import("./main-desk.ts"),
  ]);
  try {
    return await serveOn({ settings, version, database, openDesk, began });
  } finally {
    await database.stop();
  }
}

type Serving = {
  readonly settings: Settings;
  readonly version: string;
  readonly database: Database;
  readonly openDesk: (typeof import("./main-desk.ts"))["openDesk"];
  readonly began: number;
};

async function serveOn({ settings, version, database, openDesk, began }: Serving): Promise<number> {
  const held = settings.port === 0 && settings.role !== "worker" ? await holdFreePort(settings.host) : undefined;
  let port = held?.port ?? settings.port;
  const baseUrl = () => settings.baseUrl ?? `http://localhost:${port}`;
  let current: Running | undefined;

  /** Opens the desk of a mode on the port; undefined when another process has it. */
  async function open(mode: Mode): Promise<Running | undefined> {
    const connection = await database.connectionOf(mode);
    const lock = database.embedded ? await holdDeskLock(connection) : undefined;
    if (database.embedded && lock === undefined) return undefined;
    const isAlone = lock !== undefined;
    const desk = await openDesk({ settings, version, connection, mode, baseUrl, switchTo, isAlone });
    return { desk, lock, mode };
  }

  /** Leaves the demo for the real desk (or back): opens the other first, so that its link can be given, then changes over. */
  async function switchTo(mode: Mode): Promise<{ readonly link: string | undefined }> {
    const next = await open(mode);
    if (next === undefined) throw new Error(`another process uses the ${mode} desk of this data folder`);
    rememberMode(settings, mode);
    const link = await next.desk.link();
    setTimeout(() => void changeOver(next).catch((error: unknown) => console.error(error)), ANSWER_FIRST_MS);
    return { link };
  }

  async function changeOver(next: Running): Promise<void> {
    const before = current;
    current = next;
    await before?.desk.close();
    await before?.lock?.release();
    await next.desk.listen({ port, host: settings.host });
    await next.desk.work();
    say(`\nSurety is now the ${next.mode === "demo" ? "demo" : "real"} desk: ${baseUrl()}`);
  }

  current = await open(modeOf(settings));
  if (current === undefined) {
    console.error(
      `surety: a desk already runs on ${settings.dataFolder}${runningAt(settings)}. Open that one, stop it, or set SURETY_DATA to another folder.`,
    );
    return 1;
  }
  try {
    await held?.release();
    if (settings.role !== "worker")
      port = ((await current.desk.listen({ port, host: settings.host })) as AddressInfo).port;
  } catch (error) {
    await current.desk.close();
    await current.lock?.release();
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.error(`surety: port ${port} is taken by another program. Stop it, or set SURETY_PORT to a free port.`);
    return 1;
  }
  const addressFile = join(settings.dataFolder, ADDRESS_FILE);
  writeFileSync(addressFile, JSON.stringify({ pid: process.pid, url: baseUrl() }));
  await announce({
    settings,
    database,
    running: current,
    url: baseUrl(),
    seconds: (performance.now() - began) / 1_000,
  });
  if (settings.role !== "web") await current.desk.work();
  await stopAsked();
  say("stopping");
  await current.desk.close();
  await current.lock?.release();
  rmSync(addressFile, { force: true });
  return 0;
}

/**
 * A port that nobody has, kept from others until we listen on it ourselves: links and cookies name the port, so it must be
 * known before the desk is open.
 */
function holdFreePort(host: string): Promise<{ readonly port: number; release(): Promise<void> }> {
  return new Promise((done, fail) => {
    const holder = createServer();
    // Never what keeps the process alive when the desk cannot start.
    holder.unref();
    holder.once("error", fail);
    holder.listen({ port: 0, host }, () =>
      done({
        port: (holder.address() as AddressInfo).port,
        release: () => new Promise((released) => holder.close(() => released())),
      }),
    );
  });
}

function runningAt(settings: Settings): string {
  try {
    const { url, pid } = JSON.parse(readFileSync(join(settings.dataFolder, ADDRESS_FILE), "utf8")) as {
      url: string;
      pid: number;
    };
    return ` at ${url} (process ${pid})`;
  } catch {
    return "";
  }
}

type Announcement = {
  readonly settings: Settings;
  readonly database: Database;
  readonly running: Running;
  readonly url: string;
  readonly seconds: number;
};

async function announce({ settings, database, running, url, seconds }: Announcement): Promise<void> {
  if (settings.role === "worker") {
    say(
      `\nSurety works off jobs after ${seconds.toFixed(1)} s; it serves no pages.\n  Data      ${database.where}\n  Stop      Ctrl+C\n`,
    );
    return;
  }
  const link = await running.desk.link();
  const lines = [
    "",
    `Surety is ready after ${seconds.toFixed(1)} s${running.mode === "demo" ? " with the DEMO reseller (invented data, loading in the background)" : ""}`,
    `  Desk      ${url}`,
    ...(link === undefined ? [] : [`  Sign in   ${link}`, "            (this link works once)"]),
    `  Data      ${database.where}`,
    `  API       ${url}/api/openapi.json`,
    ...(settings.host === "127.0.0.1" ? [] : [`  Listens   on ${settings.host}`]),
    "  Stop      Ctrl+C",
    "",
  ];
  say(lines.join("\n"));
}

/** A terminal and npm both pass one Ctrl+C on, so one press arrives more than once; only a later one is a second press. */
const SAME_PRESS_MS = 1_000;

/** Waits for the first Ctrl+C or termination; a second one ends the process at once. */
function stopAsked(): Promise<void> {
  return new Promise((done) => {
    let firstAt: number | undefined;
    const onSignal = () => {
      const now = performance.now();
      if (firstAt !== undefined && now - firstAt > SAME_PRESS_MS) process.exit(1);
      firstAt ??= now;
      done();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  });
}
