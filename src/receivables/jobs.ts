import { z } from "zod";
import type { Enqueue, Job } from "../worker/contract.ts";
import { runImport, type RunDeps } from "./run-import.ts";
import { IMPORT_JOB } from "./service-import.ts";
import { discardOldDrafts, unfinishedImports } from "./store-import.ts";

/**
 * For a process that knows it is the only worker: imports a killed one left go on at once, not when the queue misses its sign of life.
 * A second run of the same import finds the first one's lock, and then nothing to do.
 */
export async function resumeImports({
  store,
  clock,
  enqueue,
}: Pick<RunDeps, "store" | "clock"> & { readonly enqueue: Enqueue }): Promise<void> {
  await store.inTransaction(async (tx) => {
    for (const importId of await unfinishedImports(tx, clock.now()))
      await enqueue(tx, IMPORT_JOB, { importId }, { singletonKey: importId });
  });
}

const importData = z.object({ importId: z.string() });
const DRAFT_DAYS_MAX = 14;
const DAY_SECONDS = 86_400;

/** The work behind an import, and the tidying of files that nobody took in. */
export const receivablesJobs = (deps: RunDeps): Job[] => [
  {
    name: IMPORT_JOB,
    handle: async (data) => void (await runImport(importData.parse(data).importId, deps)),
  },
  {
    // A run whose process was killed is picked up by the queue's own retry; this finds what even that lost.
    name: "receivables.resume-imports",
    everySeconds: 600,
    handle: async () => {
      for (const importId of await unfinishedImports(deps.store.db, deps.clock.now().subtract({ minutes: 30 })))
        await runImport(importId, deps);
    },
  },
  {
    name: "receivables.discard-drafts",
    everySeconds: DAY_SECONDS,
    handle: async () =>
      void (await deps.store.inTransaction((tx) =>
        discardOldDrafts(tx, deps.clock.now().subtract({ hours: 24 * DRAFT_DAYS_MAX })),
      )),
  },
];
