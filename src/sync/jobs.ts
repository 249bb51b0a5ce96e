import type { Tx } from "../store/contract.ts";
import type { Job } from "../worker/contract.ts";
import { CADENCE, FEEDS } from "./contract.ts";
import { handleDelivery, WEBHOOK_JOB } from "./inbox.ts";
import type { SyncDeps } from "./run.ts";
import { askForNeverRead, feedJob, runFeedJob } from "./service.ts";

/** How long a desk that was just connected waits for its first facts, at most. */
const FIRST_LOOK_SECONDS = 20;

type JobDeps = SyncDeps & {
  /** Whether there is anybody to ask. Until then no feed runs: nothing to read is not a failure to read. */
  readonly isConnected: (tx: Tx) => Promise<boolean>;
};

/** One job a feed, each at its own pace, one for the first reading after connecting, and one that works off webhooks. */
export const syncJobs = (deps: JobDeps): readonly Job[] => [
  ...FEEDS.map((feed): Job => ({
    name: feedJob(feed),
    everySeconds: CADENCE[feed].everySeconds,
    handle: async () => ((await deps.isConnected(deps.store.db)) ? runFeedJob(deps, feed) : undefined),
  })),
  {
    name: "sync.first",
    everySeconds: FIRST_LOOK_SECONDS,
    handle: async () => ((await deps.isConnected(deps.store.db)) ? askForNeverRead(deps) : undefined),
  },
  {
    name: WEBHOOK_JOB,
    handle: async (data) => {
      const id = data !== null && typeof data === "object" && "id" in data ? data["id"] : undefined;
      if (typeof id !== "string") throw new Error("invariant broken: a webhook job names its delivery");
      await handleDelivery(deps, BigInt(id));
    },
  },
];
