import type { Job } from "../../worker/contract.ts";
import { followStream } from "./service-coverage.ts";
import { forgetOldEvents, type RetentionDeps } from "./service-retention.ts";

const DAY_SECONDS = 86_400;
const MINUTE_SECONDS = 60;

/** `activity.follow` keeps the ledger of feeds; `activity.forget` removes what had its time. */
export const streamJobs = (deps: RetentionDeps): readonly Job[] => [
  { name: "activity.follow", everySeconds: MINUTE_SECONDS, handle: () => followStream(deps, deps.clock.now()) },
  { name: "activity.forget", everySeconds: DAY_SECONDS, handle: async () => void (await forgetOldEvents(deps)) },
];
