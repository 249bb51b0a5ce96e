import type { Clock } from "../core/time.ts";
import type { Store } from "../store/contract.ts";
import type { Job } from "../worker/contract.ts";
import { escalate } from "./service.ts";

/** Often enough that a 45-minute call is never a minute late. */
const ESCALATE_EVERY_SECONDS = 30;

export const noticesJobs = (deps: { readonly store: Store; readonly clock: Clock }): Job[] => [
  {
    name: "notices.escalate",
    everySeconds: ESCALATE_EVERY_SECONDS,
    handle: async () => {
      await deps.store.inTransaction((tx) => escalate(tx, deps.clock.now()));
    },
  },
];
