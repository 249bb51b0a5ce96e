import type { Job } from "../worker/contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { followForCollections } from "./service-follow.ts";
import { lookAtGuards } from "./service-guards.ts";
import { askOwners } from "./service-holds.ts";
import { runDay, runDirty } from "./service-run.ts";

/** What is due stands in the database; a job only says "look now". */
const FOLLOW_SECONDS = 5;
const DAY_SECONDS = 300;
const GUARD_SECONDS = 3_600;

export const collectionsJobs = (deps: CollectionsDeps): Job[] => [
  {
    name: "collections.follow",
    everySeconds: FOLLOW_SECONDS,
    handle: async () => {
      await followForCollections(deps);
      await runDirty(deps);
    },
  },
  { name: "collections.day", everySeconds: DAY_SECONDS, handle: async () => void (await runDay(deps)) },
  {
    name: "collections.guards",
    everySeconds: GUARD_SECONDS,
    handle: async () => {
      await lookAtGuards(deps);
      await askOwners(deps);
    },
  },
];
