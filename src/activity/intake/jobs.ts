import type { Clock } from "../../core/time.ts";
import type { Store } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import { INTAKE_LIMITS } from "./contract.ts";
import { forgetBatches } from "./store.ts";

const DAY_SECONDS = 86_400;

/** Forgets batch ids that no sender will repeat any more. */
export const forgetBatchesJob = ({ store, clock }: { readonly store: Store; readonly clock: Clock }): Job => ({
  name: "activity.forget-batches",
  everySeconds: DAY_SECONDS,
  handle: async () => {
    const before = clock.now().subtract({ hours: INTAKE_LIMITS.batchDays * 24 });
    await store.inTransaction((tx) => forgetBatches(tx, before));
  },
});
