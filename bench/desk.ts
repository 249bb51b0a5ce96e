import { benchImport } from "./desk-import.ts";
import { benchMemory } from "./desk-memory.ts";
import { benchPages } from "./desk-pages.ts";
import { benchStart } from "./desk-start.ts";
import { leaveAll } from "./scratch.ts";

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  memory: benchMemory,
  import: benchImport,
  pages: benchPages,
};

/** `npm run bench -- desk [start|memory|import|pages …]`: all parts, or those named. */
export async function benchDesk(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`bench desk has no part ${unknown}; there are ${Object.keys(PARTS).join(", ")}`);
  process.once("SIGINT", () => void leaveAll().finally(() => process.exit(130)));
  try {
    for (const [name, run] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await run();
  } finally {
    await leaveAll();
  }
}
