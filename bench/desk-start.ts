import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../src/settings.ts";
import { barePostgres } from "./bare-postgres.ts";
import { median, ms, print, repeat } from "./measure.ts";
import { startDesk } from "./run-desk.ts";
import { scratchFolder } from "./scratch.ts";

const ROUNDS = 5;
const AIM = "aim ≤ 5,000 ms";

type Pair = { readonly fresh: number; readonly warm: number };

/** Start on a new folder, then a second one on the same; medians. */
async function pairs(
  name: string,
  start: (folder: string) => Promise<{ readonly ms: number; stop(): Promise<void> }>,
): Promise<Pair> {
  const fresh: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const folder = scratchFolder(name);
    for (const samples of [fresh, warm]) {
      const started = await start(folder.path);
      samples.push(started.ms);
      await started.stop();
    }
    await folder.remove();
  }
  return { fresh: median(fresh), warm: median(warm) };
}

/** From the command to the first page, beside what no start can be faster than: the same PostgreSQL and an empty Node. */
export async function benchStart(): Promise<void> {
  const desk = (demo: boolean) =>
    pairs(demo ? "demo" : "empty", async (folder) => {
      const started = await startDesk({ folder, demo });
      return { ms: started.readyMs, stop: started.stop };
    });
  const bare = await pairs("bare", barePostgres);
  const node = async (...args: string[]) => median(await repeat(ROUNDS, async () => spawnSync(process.execPath, args)));
  const empty = await node("-e", "0");
  const launcher = await node(join(ROOT, "tools", "launch.mjs"), "node", "-e", "0");
  const [desks, demo] = [await desk(false), await desk(true)];
  const beside = (which: keyof Pair) =>
    `${which === "fresh" ? "bare initdb + start" : "bare start"} ${ms(bare[which])}, node -e 0 ${ms(empty)}`;
  print("start, empty desk, new folder", ms(desks.fresh), beside("fresh"), AIM);
  print("start, empty desk, second time", ms(desks.warm), beside("warm"), AIM);
  print("start, demo, new folder", ms(demo.fresh), beside("fresh"), AIM);
  print("start, demo, second time", ms(demo.warm), beside("warm"), AIM);
  print("of it: our launcher with an empty Node", ms(launcher), `node -e 0 ${ms(empty)}`);
}
