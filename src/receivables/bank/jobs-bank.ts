import type { Clock } from "../../core/time.ts";
import type { Store } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import { discardOldDrafts } from "./store-bank.ts";

const DRAFT_DAYS_MAX = 14;
const DAY_SECONDS = 86_400;

/** Files that nobody took in are thrown away, with their bytes. */
export const bankJobs = ({ store, clock }: { readonly store: Store; readonly clock: Clock }): Job[] => [
  {
    name: "receivables.discard-bank-drafts",
    everySeconds: DAY_SECONDS,
    handle: async () =>
      void (await store.inTransaction((tx) =>
        discardOldDrafts(tx, clock.now().subtract({ hours: 24 * DRAFT_DAYS_MAX })),
      )),
  },
];
