import type { Clock } from "../core/time.ts";
import type { Job } from "../worker/contract.ts";
import { recomputeDirty } from "./recompute.ts";
import { type ExposureDeps, RECOMPUTE_JOB } from "./service.ts";

/** How often marks are looked for even when no job was queued, and the new day noticed. */
const SWEEP_SECONDS = 300;

export const exposureJobs = (deps: ExposureDeps & { readonly clock: Clock }): Job[] => [
  {
    // Also computes everyone when the desk's day or its currency changed since the last run: ageing moves at midnight.
    name: RECOMPUTE_JOB,
    everySeconds: SWEEP_SECONDS,
    handle: async () => void (await recomputeDirty(deps.store, deps, deps.clock.now())),
  },
];
