import type { Clock } from "../../core/time.ts";
import type { Route } from "../../http/contract.ts";
import type { Job } from "../../worker/contract.ts";
import type { ScoreAccounts } from "../contract.ts";
import { type PredictionHttpDeps, predictionRoutes } from "./http.ts";
import { predictionJobs } from "./jobs.ts";
import { type LearnAsk, learnFromLedger, type Learnt, scoreAccounts } from "./service.ts";

/** Everything this part gives, with what it asks of others filled in. */
export type PredictionSlice = {
  readonly routes: readonly Route[];
  readonly jobs: readonly Job[];
  readonly score: ScoreAccounts;
  readonly learn: (ask: LearnAsk) => Promise<readonly Learnt[]>;
};

export const predictionSlice = (deps: PredictionHttpDeps & { readonly clock: Clock }): PredictionSlice => ({
  routes: predictionRoutes(deps),
  jobs: predictionJobs(deps),
  score: scoreAccounts(deps),
  learn: (ask) => learnFromLedger(deps, ask),
});
