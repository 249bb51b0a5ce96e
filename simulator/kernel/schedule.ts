import { type VirtualClock, instantOf, msOf } from "./clock.ts";
import type { JobRow } from "./rows.ts";
import type { Table } from "./table.ts";

/** What happens later. Jobs are rows, so they survive a crash; the heap beside them is rebuilt at start. */
export type Schedule = {
  add(job: JobRow): void;
  cancel(id: string): void;
  /** Milliseconds of virtual time until the next job; undefined when there is none. */
  dueInMs(): number | undefined;
  /** Runs all jobs due at or before now, oldest first, each at its own moment. Returns how many ran. */
  run(handle: (job: JobRow) => void): number;
};

/** A job that keeps scheduling itself at once would never end. */
const RUNS_MAX = 1_000_000;

export function openSchedule(jobs: Table<JobRow>, clock: VirtualClock): Schedule {
  let heap: { at: number; id: string }[] | undefined;
  const ready = (): { at: number; id: string }[] => {
    if (heap === undefined) {
      heap = [];
      for (const job of jobs.all()) push(heap, { at: msOf(job.at), id: job.id });
    }
    return heap;
  };
  /** Drops entries whose job was cancelled or moved. */
  const top = (): { at: number; id: string } | undefined => {
    const entries = ready();
    for (let first = entries[0]; first !== undefined; first = entries[0]) {
      const job = jobs.get(first.id);
      if (job !== undefined && msOf(job.at) === first.at) return first;
      pop(entries);
    }
    return undefined;
  };
  return {
    add(job) {
      const entries = ready();
      jobs.put(job);
      push(entries, { at: msOf(job.at), id: job.id });
    },
    cancel: (id) => jobs.remove(id),
    dueInMs() {
      const first = top();
      return first === undefined ? undefined : first.at - clock.now().epochMilliseconds;
    },
    run(handle) {
      const until = clock.now().epochMilliseconds;
      for (let ran = 0; ran < RUNS_MAX; ran++) {
        const first = top();
        if (first === undefined || first.at > until) return ran;
        const job = jobs.get(first.id);
        pop(ready());
        if (job === undefined) continue;
        jobs.remove(job.id);
        clock.during(instantOf(job.at), () => handle(job));
      }
      throw new Error(`more than ${RUNS_MAX} jobs fell due at once`);
    },
  };
}

type Entry = { at: number; id: string };
const before = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.id < b.id));

function swap(heap: Entry[], i: number, j: number): void {
  const a = heap[i];
  const b = heap[j];
  if (a === undefined || b === undefined) return;
  heap[i] = b;
  heap[j] = a;
}

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry);
  for (let i = heap.length - 1; i > 0;) {
    const parent = (i - 1) >> 1;
    if (!before(heap[i], heap[parent])) return;
    swap(heap, i, parent);
    i = parent;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let i = 0; ;) {
    const left = 2 * i + 1;
    const child = before(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!before(heap[child], heap[i])) return;
    swap(heap, i, child);
    i = child;
  }
}
