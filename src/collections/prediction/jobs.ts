import { type Clock, daysBetween, dayOf } from "../../core/time.ts";
import { SURETY } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import { learnFromLedger, type PredictionDeps } from "./service.ts";
import { lastTried } from "./store.ts";

/** How often it is looked whether a week is over. */
const LOOK_SECONDS = 6 * 3_600;
const LEARN_DAYS = 7;

export const predictionJobs = (deps: PredictionDeps & { readonly clock: Clock }): Job[] => [
  {
    name: "prediction.learn",
    everySeconds: LOOK_SECONDS,
    retriesMax: 1,
    handle: async () => {
      const now = deps.clock.now();
      const today = dayOf(now, "UTC");
      const last = await lastTried(deps.store.db);
      if (last !== undefined && daysBetween(last, today) < LEARN_DAYS) return;
      await learnFromLedger(deps, { asOf: today, actor: SURETY, now });
    },
  },
];
