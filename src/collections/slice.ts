import type { CustomerId } from "../core/ids.ts";
import type { Route } from "../http/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { Job } from "../worker/contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { collectionsRoutes } from "./http.ts";
import { collectionsJobs } from "./jobs.ts";
import { collectionsOf, purchaseFreeze } from "./service-list.ts";
import { followForCollections } from "./service-follow.ts";
import { lookAtGuards } from "./service-guards.ts";
import { runDay, runDirty } from "./service-run.ts";
import { accountToday, stillWanted } from "./service-script.ts";
import { openTask } from "./service-tasks.ts";
import { promisesDueBy } from "./store.ts";
import { promisesDue, stepsDue } from "./store-list.ts";
import { markDirty } from "./store-state.ts";

/** Everything the desk's part of collections gives, with what it asks of others filled in. */
export const collectionsSlice = (deps: CollectionsDeps) => ({
  routes: collectionsRoutes(deps) as readonly Route[],
  jobs: collectionsJobs(deps) as readonly Job[],
  /** For letters. */
  stillWanted: stillWanted(deps),
  openTask: openTask(deps),
  accountToday: (tx: Tx, ask: Parameters<typeof accountToday>[2]) => accountToday(tx, deps, ask),
  /** For the ledger and everybody who changes what an account rests on. */
  markDirty: (tx: Tx, customerIds: readonly CustomerId[]) => markDirty(tx, customerIds, deps.clock.now()),
  purchaseFreeze,
  /** For the ledger's measures. */
  judgedPromises: (tx: Tx, asOf: Temporal.PlainDate) => promisesDueBy(tx, asOf),
  collectionsOf: (tx: Tx, customerId: CustomerId, now: Temporal.Instant) =>
    collectionsOf(tx, deps, { customerId, now }),
  stepsDue,
  promisesDue,
  /** The runs, for the demo and the command line. */
  follow: () => followForCollections(deps),
  runDay: () => runDay(deps),
  runDirty: () => runDirty(deps),
  lookAtGuards: () => lookAtGuards(deps),
});
