import { readdirSync, readFileSync } from "node:fs";

export type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Processor time used so far, in milliseconds. */
  readonly usedMs: number;
};
/** The kernel counts processor time in hundredths of a second on every machine we run on. */
const TICK_MS = 10;

/** Everything that runs, from /proc. */
export function processes(): readonly Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      // The name in brackets may hold blanks; behind it stand state, parent, …, time in the program, time in the kernel.
      const words = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const usedMs = ((words[11] ?? 0) + (words[12] ?? 0)) * TICK_MS;
      return [{ pid: Number(name), parent: words[1] ?? 0, command, usedMs }];
    } catch {
      return [];
    }
  });
}

/** A process and all below it. */
export function treeOf(all: readonly Process[], root: number): readonly Process[] {
  return all
    .filter(({ pid }) => pid === root)
    .concat(all.filter(({ parent }) => parent === root).flatMap(({ pid }) => treeOf(all, pid)));
}

export const usedMs = (some: readonly Process[]): number => some.reduce((sum, one) => sum + one.usedMs, 0);

/** Resident memory in MiB; pages shared by several processes count in equal parts, so that a sum counts each page once. */
export function residentMiB(some: readonly Process[]): number {
  const kib = some.map(({ pid }) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return kib.reduce((sum, one) => sum + one, 0) / 1_024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

export type Parts = {
  readonly launcher: readonly Process[];
  readonly desk: readonly Process[];
  readonly simulator: readonly Process[];
  readonly postgres: readonly Process[];
};

/** What a running desk consists of. Each process is counted once: the database server is a child of the desk that started it. */
export function partsOf({
  launcher,
  postmaster,
}: {
  readonly launcher: number;
  readonly postmaster: number | undefined;
}): Parts {
  const all = processes();
  const postgres = treeOf(all, postmaster ?? -1);
  const rest = treeOf(all, launcher).filter(({ pid }) => !postgres.some((one) => one.pid === pid));
  const isSimulator = ({ command }: Process): boolean => command.includes("simulator/main.ts");
  return {
    launcher: rest.filter(({ pid }) => pid === launcher),
    desk: rest.filter((one) => one.pid !== launcher && !isSimulator(one)),
    simulator: rest.filter(isSimulator),
    postgres,
  };
}
export const everyPart = (parts: Parts): readonly Process[] => Object.values(parts).flat();
