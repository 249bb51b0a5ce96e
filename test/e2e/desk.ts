/**
 * The real program as a person starts it, in a data folder of its own that goes when the test ends. Each test file has its own desk.
 * Every answer of the API is checked against its declared schema, and everything the desk logs at `warn` or above is kept.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..", "..");
const LOOK_EVERY_MS = 100;
const LOOKS_MAX = 600;
const READY_MS_MAX = 60_000;

/** Looks until there is something to see; gives up after a bounded number of looks and says what it waited for. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, looksMax = LOOKS_MAX): Promise<T> {
  let last: unknown;
  for (let looks = 0; looks < looksMax; looks++) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (error) {
      last = error;
    }
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`looked ${looksMax} times for ${what}`, { cause: last });
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string };
export type RunningDesk = {
  /** `http://localhost:PORT` */
  readonly url: string;
  /** The sign-in link that was printed: it works once. */
  readonly link: string;
  readonly dataFolder: string;
  /** What the desk logged at `warn` or above, one JSON line each, and whatever else went to standard error. */
  readonly log: readonly string[];
  /** Everything it said on standard output. */
  readonly said: readonly string[];
  /** The desk's own command line on the same data, beside the running desk. */
  surety(...args: readonly string[]): Promise<Ran>;
  stop(): Promise<void>;
};

/** An environment without what the test runner and the person at this machine set. */
function environment(dataFolder: string, more: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    SURETY_DATA: dataFolder,
    SURETY_PORT: "0",
    SURETY_LOG: "warn",
    SURETY_CHECK_ANSWERS: "1",
    ...more,
  };
}

/** Starts a desk and waits until it has printed its address and link. */
export async function startDesk(
  settings: { readonly demo?: boolean; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<RunningDesk> {
  const dataFolder = mkdtempSync(join(tmpdir(), "surety-e2e-"));
  // Started by root, the database server runs as another account that must find its folder.
  chmodSync(dataFolder, 0o755);
  const env = environment(dataFolder, {
    ...(settings.demo !== undefined && { SURETY_DEMO: settings.demo ? "1" : "0" }),
    ...settings.environment,
  });
  const log: string[] = [];
  const said: string[] = [];
  const program = [join(ROOT, "src", "main.ts")];
  const child = spawn(process.execPath, [...program, "serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const { url, link } = await printed(child, said);
    return { url, link, dataFolder, log, said, stop, surety: (...args) => run([...program, ...args], env) };
  } catch (error) {
    await stop();
    throw new Error(`the desk did not start:\n${[...said, ...log].join("\n")}`, { cause: error });
  }
}

function printed(child: ChildProcess, said: string[]): Promise<{ readonly url: string; readonly link: string }> {
  return new Promise((done, fail) => {
    if (child.stdout === null) throw new Error("invariant broken: the desk has a standard output");
    const timer = setTimeout(() => fail(new Error("it was not ready in time")), READY_MS_MAX);
    child.once("exit", (code) => fail(new Error(`it ended with ${code ?? "a signal"}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      const text = said.join("\n");
      const url = /^ {2}Desk\s+(\S+)$/m.exec(text)?.[1];
      const link = /^ {2}Sign in\s+(\S+)$/m.exec(text)?.[1];
      if (url === undefined || link === undefined) return;
      clearTimeout(timer);
      done({ url, link });
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

/** Asks the desk as one of the demo's invented people, beside the browser. */
export async function asDemoPerson(desk: RunningDesk, name: string): Promise<<T>(path: string) => Promise<T>> {
  const state = (await (await fetch(`${desk.url}/api/welcome/state`)).json()) as {
    people: readonly { name: string; email: string; password: string }[];
  };
  const person = state.people.find((one) => one.name === name);
  if (person === undefined) throw new Error(`${name} is nobody at the demo desk`);
  const answer = await fetch(`${desk.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: desk.url },
    body: JSON.stringify({ email: person.email, password: person.password }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return async <T>(path: string) => {
    const got = await fetch(desk.url + path, { headers: { cookie } });
    if (!got.ok) throw new Error(`GET ${path} answered ${got.status}: ${await got.text()}`);
    return (await got.json()) as T;
  };
}

type DeskFacts = { readonly demoLoading: unknown; readonly counts: { readonly customers: number } };

/** A demo desk with everything of the demo reseller in it, as a visitor has it a quarter of a minute after the start. */
export async function startDemoDesk(more: Readonly<Record<string, string>> = {}): Promise<RunningDesk> {
  const desk = await startDesk({ environment: more });
  try {
    const ask = await asDemoPerson(desk, "Astrid Lund");
    await until("the demo to be loaded", async () => {
      const { demoLoading, counts } = await ask<DeskFacts>("/api/desk");
      return demoLoading === null && counts.customers > 0 ? true : undefined;
    });
    return desk;
  } catch (error) {
    await desk.stop();
    throw new Error(`the demo did not load:\n${desk.log.join("\n")}`, { cause: error });
  }
}

/** What the test looks at in the simulator that stands for Microsoft: the state itself, not what the desk believes. */
export type SimState = {
  readonly customers: readonly { readonly id: string; readonly key: string; readonly name: string }[];
  readonly subscriptions: readonly {
    readonly id: string;
    readonly customer: string;
    readonly name: string;
    readonly status: string;
    readonly quantity: number;
    readonly autoRenewEnabled: boolean;
    readonly scheduledNextTermInstructions: unknown;
  }[];
  readonly entitlements: readonly {
    readonly id: string;
    readonly customer: string;
    readonly name: string;
    readonly status: string;
  }[];
  readonly alerts: readonly {
    readonly id: string;
    readonly customer: string;
    readonly kind: string;
    readonly status: string;
    readonly resolvedReason: string | null;
  }[];
};

/** The simulator of a demo desk. */
export type Simulator = {
  state(customer: string): Promise<SimState>;
  /** How many calls have changed something of a customer's so far. */
  effects(): Promise<number>;
  settings(change: Readonly<Record<string, unknown>>): Promise<void>;
  /** Makes something happen at a customer: a story of the simulator. */
  event(kind: string, facts: Readonly<Record<string, unknown>>): Promise<void>;
  /** From now on the logs of customers are sent to this address, as an Event Hub with a forwarder would. */
  push(url: string, key: string): Promise<void>;
};

export function simulatorOf({ dataFolder }: Pick<RunningDesk, "dataFolder">): Simulator {
  const { url } = JSON.parse(readFileSync(join(dataFolder, "simulator", "running.json"), "utf8")) as { url: string };
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const init =
      body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(url + path, init);
    if (!answer.ok) throw new Error(`the simulator answered ${path} with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    state: (customer) => ask(`/sim/state?customer=${customer}`),
    effects: async () =>
      (await ask<{ requests: readonly { readonly path: string }[] }>("/sim/requests?effect=true")).requests.filter(
        // Reading a customer's log begins with a subscription to it; that changes nothing of the customer's.
        ({ path }) => !path.includes("/activity/feed/"),
      ).length,
    settings: async (change) => void (await ask("/sim/settings", change)),
    event: async (kind, facts) => void (await ask(`/sim/events/${kind}`, facts)),
    push: async (url, key) => void (await ask("/sim/push", { url, key })),
  };
}
