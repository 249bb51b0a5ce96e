import type { NewId } from "../../core/ids.ts";
import type { Clock } from "../../core/time.ts";
import type { Route } from "../../http/contract.ts";
import type { Store } from "../../store/contract.ts";
import type { Enqueue, Job } from "../../worker/contract.ts";
import type { EventStream } from "../contract-stream.ts";
import type { CustomersBySubscription, CustomersByTenant, Normalise } from "./contract.ts";
import type { IntakeDeps } from "./deps.ts";
import { handedOverJob, intakeSinks } from "./handed-over.ts";
import { intakeRoutes } from "./http.ts";
import { forgetBatchesJob } from "./jobs.ts";
import { ownersBook } from "./owners.ts";
import type { PullDeps } from "./pull/deps.ts";
import { pullRoutes } from "./pull/http-pull.ts";
import { pullJob } from "./pull/run.ts";

/** What intake asks of others; main-activity passes it. */
export type CreateIntake = {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly enqueue: Enqueue;
  readonly stream: EventStream;
  readonly normalise: Normalise;
  readonly customersByTenant: CustomersByTenant;
  readonly customersBySubscription: CustomersBySubscription;
  /** `csvReader` of receivables. */
  readonly csv: IntakeDeps["csv"];
  readonly count?: IntakeDeps["count"];
} & Pick<PullDeps, "askTenant" | "pullFeeds" | "pullTargets" | "recordReading" | "customerNames" | "log">;

/** Everything that comes in: by push, by file, by pull, and handed over by sync. */
export function createIntake(options: CreateIntake) {
  const owners = ownersBook(options);
  const deps: PullDeps = { ...options, owners };
  return {
    deps,
    routes: (): readonly Route[] => [...intakeRoutes(deps), ...pullRoutes(deps)],
    jobs: (): readonly Job[] => [forgetBatchesJob(deps), handedOverJob(deps), pullJob(deps)],
    sinks: intakeSinks(options),
  };
}
export type Intake = ReturnType<typeof createIntake>;
