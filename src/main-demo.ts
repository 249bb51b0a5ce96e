import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Logger } from "pino";
import { movableClock } from "./demo/clock.ts";
import { demoLoader, type DemoProgress } from "./demo/service.ts";
import { registerWebhookWith } from "./main-connection.ts";
import type { DemoWorld } from "./main-demo-parts.ts";
import { demoSteps } from "./main-demo-steps.ts";
import type { Clock } from "./core/time.ts";
import { type ConnectionFacts, type Microsoft } from "./main-microsoft.ts";
import { simulatorCloud } from "./partner-center/settings.ts";
import { ROOT, type Settings } from "./settings.ts";
import type { OpenStore } from "./store/database.ts";

type Ready = {
  readonly url: string;
  readonly credentials: {
    readonly partnerTenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly refreshToken: string;
  };
};

export type Demo = {
  /** The simulator's own time: both stand at the same moment. */
  readonly clock: Clock;
  /** Lets time pass here and at the simulator; gives the new moment. */
  letPass(days: number): Promise<Temporal.Instant>;
  readonly simulatorUrl: string;
  connection(): ConnectionFacts;
  listening(at: { readonly webhookUrl: string | undefined }): Promise<void>;
  /** Loads what is not loaded yet; resolves when that is done or was given up. */
  load(world: DemoWorld & { readonly microsoft: Microsoft }): Promise<void>;
  progress(): DemoProgress;
  stopLoading(): Promise<void>;
  close(): Promise<void>;
};

/** In the demo a cancelled Azure subscription is inactive after seconds, not ten minutes: nobody waits that long to see it. */
const CANCEL_SECONDS = "20";
const READY_MS_MAX = 30_000;

/** Starts the simulator that stands for Microsoft, as a process of its own that ends with ours, and keeps its state in the data folder. */
export async function prepareDemo({
  settings,
  store,
  log,
}: {
  readonly settings: Settings;
  readonly store: OpenStore;
  readonly log: Logger;
}): Promise<Demo> {
  const folder = join(settings.dataFolder, "simulator");
  mkdirSync(folder, { recursive: true });
  const running = await runningSimulator(folder);
  if (running !== undefined) return demoOn({ ready: running, child: undefined, store, log });
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "simulator", "main.ts"),
      "--with-parent",
      "--quiet",
      "--state",
      join(folder, "demo.state"),
      "--world",
      "demo",
      "--speed-cancel",
      CANCEL_SECONDS,
      "--throttle",
      "0",
      "--page-rows",
      "500",
    ],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  const ready = await readyLine(child);
  child.stderr?.on("data", (text: Buffer) => log.warn({ part: "simulator" }, text.toString("utf8").trim()));
  writeFileSync(join(folder, RUNNING_FILE), JSON.stringify(ready), { mode: 0o600 });
  return demoOn({ ready, child, store, log });
}

const RUNNING_FILE = "running.json";

/** A command beside a running desk uses the desk's own simulator: two on one state would disagree. */
async function runningSimulator(folder: string): Promise<Ready | undefined> {
  try {
    const ready = JSON.parse(readFileSync(join(folder, RUNNING_FILE), "utf8")) as Ready;
    const answer = await fetch(`${ready.url}/sim/clock`, { signal: AbortSignal.timeout(1_000) });
    return answer.ok ? ready : undefined;
  } catch {
    return undefined;
  }
}

type On = {
  readonly ready: Ready;
  readonly child: ChildProcess | undefined;
  readonly store: OpenStore;
  readonly log: Logger;
};

async function demoOn({ ready, child, store, log }: On): Promise<Demo> {
  const root = new X509Certificate(Buffer.from(await (await fetch(`${ready.url}/sim/root.cer`)).arrayBuffer()));
  const clock = movableClock();
  clock.moveTo(await simulatorNow(ready.url));
  let isClosing = false;
  child?.once("exit", (code, signal) => {
    if (!isClosing)
      log.error({ part: "simulator", code, signal }, "the simulator ended by itself: start the desk again");
  });
  let webhookUrl: string | undefined;
  let loader: ReturnType<typeof demoLoader> | undefined;
  return {
    clock,
    letPass: async (days) => {
      clock.moveTo(await simulatorNow(ready.url, { advance: `P${days}D` }));
      return clock.now();
    },
    simulatorUrl: ready.url,
    connection: () => ({
      cloud: simulatorCloud(ready.url),
      roots: [root],
      tenantId: ready.credentials.partnerTenantId,
      appId: ready.credentials.clientId,
      clientSecret: ready.credentials.clientSecret,
      refreshToken: ready.credentials.refreshToken,
    }),
    listening: async (at) => void (webhookUrl = at.webhookUrl),
    load: async ({ microsoft, ...world }) => {
      const steps = demoSteps({ ...world, store, simulatorUrl: ready.url });
      loader = demoLoader({ store, steps, onTrouble: (step, error) => log.warn({ err: error, step }, "demo") });
      await loader.start();
      // The port may be another one than at the last start, so the simulator is told each time where to send its events.
      const answer = await registerWebhookWith(microsoft, webhookUrl)({ replaceForeign: true });
      if (!answer.ok) log.warn({ problem: answer.problem }, "the simulator did not take our webhook address");
    },
    progress: () => loader?.progress() ?? null,
    stopLoading: async () => loader?.stop(),
    close: async () => {
      isClosing = true;
      if (child) await stopChild(child);
    },
  };
}

/** What time it is at the simulator, after letting some of it pass there. */
async function simulatorNow(url: string, change?: { readonly advance: string }): Promise<Temporal.Instant> {
  const init = change && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  };
  const answer = await fetch(`${url}/sim/clock`, init);
  if (!answer.ok) throw new Error(`the simulator's clock answered ${answer.status}: ${await answer.text()}`);
  return Temporal.Instant.from(((await answer.json()) as { now: string }).now);
}

function readyLine(child: ChildProcess): Promise<Ready> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error("the simulator did not start in time")), READY_MS_MAX);
    child.once("exit", (code) => fail(new Error(`the simulator ended with ${code ?? "a signal"} before it was ready`)));
    if (child.stdout === null) throw new Error("invariant broken: the simulator has a standard output");
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      child.removeAllListeners("exit");
      done(JSON.parse(line) as Ready);
    });
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill("SIGTERM");
  });
}
