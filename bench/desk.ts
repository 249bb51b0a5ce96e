import { availableParallelism, loadavg } from "node:os";
import { benchImport } from "./desk-import.ts";
import { benchMemory } from "./desk-memory.ts";
import { benchPages } from "./desk-pages.ts";
import { benchStart } from "./desk-start.ts";
import { print } from "./measure.ts";
import { leaveAll } from "./scratch.ts";

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  memory: benchMemory,
  import: benchImport,
  pages: benchPages,
};

const MINUTES_MAX = 7;

/** `npm run bench -- desk [start|memory|import|pages …]`: all parts, or those named. */
export async function benchDesk(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`bench desk has no part ${unknown}; there are ${Object.keys(PARTS).join(", ")}`);
  process.once("SIGINT", () => void leaveAll().finally(() => process.exit(130)));
  print(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} before we began`, "");
  try {
    for (const [name, run] of Object.entries(PARTS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      if (performance.now() > MINUTES_MAX * 60_000)
        print(name, "not measured", `${MINUTES_MAX} minutes are over: npm run bench -- desk ${name}`);
      else await run();
    }
  } finally {
    await leaveAll();
  }
}
