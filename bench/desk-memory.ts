import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { ms, print } from "./measure.ts";
import { everyPart, partsOf, type Process, processes, residentMiB, usedMs } from "./memory.ts";
import { postmasterOf, type RunningDesk, startDesk } from "./run-desk.ts";
import { leave, scratchFolder, sleep } from "./scratch.ts";
import { ask, json } from "./web-client.ts";

/** Time after which a desk that is left alone counts as idle. */
const IDLE_MS = 5_000;
const LOADED_SECONDS_MAX = 90;

/** Resident memory of everything that runs, idle, beside an empty Node. */
export async function benchMemory(): Promise<void> {
  if (!existsSync("/proc/self/smaps_rollup")) return print("resident memory", "not measured", "only Linux tells it");
  const empty = await emptyNode();
  for (const demo of [false, true]) {
    const folder = scratchFolder("memory");
    const desk = await startDesk({ folder: folder.path, demo });
    if (demo) print("demo reseller loaded, after the first page", ms(await loaded(desk)), "", "aim ≤ 60,000 ms");
    await sleep(IDLE_MS);
    await report(demo ? "memory, demo, idle" : "memory, empty desk, idle", { desk, folder: folder.path, empty });
    await desk.stop();
    await folder.remove();
  }
}

type Measured = { readonly desk: RunningDesk; readonly folder: string; readonly empty: number };

async function report(what: string, { desk, folder, empty }: Measured): Promise<void> {
  const look = () => partsOf({ launcher: desk.pid, postmaster: postmasterOf(folder) });
  const before = usedMs(everyPart(look()));
  await sleep(IDLE_MS);
  const parts = look();
  const mib = (some: readonly Process[]) => `${Math.round(residentMiB(some))} MiB`;
  const told = [
    `desk ${mib(parts.desk)}`,
    ...(parts.simulator.length > 0 ? [`simulator ${mib(parts.simulator)}`] : []),
    `${parts.postgres.length} × postgres ${mib(parts.postgres)}`,
    `launcher ${mib(parts.launcher)}`,
  ];
  print(what, mib(everyPart(parts)), `${told.join(", ")}; an empty Node ${Math.round(empty)} MiB`);
  const share = (usedMs(everyPart(parts)) - before) / IDLE_MS;
  print("  processor while nobody asks", `${(share * 100).toFixed(1)} % of a core`);
}

async function emptyNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const stop = leave(() => void child.kill());
  await sleep(500);
  const mib = residentMiB(processes().filter(({ pid }) => pid === child.pid));
  await stop();
  return mib;
}

/** Milliseconds until the demo's background loading is through. */
async function loaded(desk: RunningDesk): Promise<number> {
  const began = performance.now();
  const cookie = await desk.signIn();
  for (;;) {
    const { demoLoading } = json<{ demoLoading: object | null }>(
      await ask(`${desk.url}/api/desk`, { headers: { cookie } }),
    );
    if (demoLoading === null) return performance.now() - began;
    if (performance.now() - began > LOADED_SECONDS_MAX * 1_000)
      throw new Error(`the demo is not loaded: ${JSON.stringify(demoLoading)}`);
    await sleep(200);
  }
}
