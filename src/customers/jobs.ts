import type { Job } from "../worker/contract.ts";
import { followEvents, type FollowDeps } from "./service-follow.ts";

/** `customers.follow` reads what other slices wrote into the event log. */
export const customersJobs = (deps: FollowDeps): readonly Job[] => [
  { name: "customers.follow", everySeconds: 5, handle: async () => void (await followEvents(deps)) },
];
