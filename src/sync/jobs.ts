import type { Job } from "../worker/contract.ts";
import { CADENCE, FEEDS } from "./contract.ts";
import { handleDelivery, WEBHOOK_JOB } from "./inbox.ts";
import type { SyncDeps } from "./run.ts";
import { feedJob, runFeedJob } from "./service.ts";

/** One job a feed, each at its own pace, and one that works off webhooks. */
export const syncJobs = (deps: SyncDeps): readonly Job[] => [
  ...FEEDS.map((feed): Job => ({
    name: feedJob(feed),
    everySeconds: CADENCE[feed].everySeconds,
    handle: () => runFeedJob(deps, feed),
  })),
  {
    name: WEBHOOK_JOB,
    handle: async (data) => {
      const id = data !== null && typeof data === "object" && "id" in data ? data["id"] : undefined;
      if (typeof id !== "string") throw new Error("invariant broken: a webhook job names its delivery");
      await handleDelivery(deps, BigInt(id));
    },
  },
];
