import type { Route } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import { activating, activeRules, rulesRevision } from "./active.ts";
import type { ActiveRules } from "./contract.ts";
import type { LabDeps } from "./deps.ts";
import { labRoutes } from "./http.ts";
import { backtestJobs } from "./service-backtest.ts";
import { type Delivered, seedRules } from "./service-deliver.ts";

export type Lab = {
  readonly routes: readonly Route[];
  readonly jobs: readonly Job[];
  /** Puts in what this version of Surety ships; at every start, before anything runs rules. */
  readonly seed: () => Promise<Delivered>;
  /** All that is to be run. Ask `rulesRevision` first: it is one row. */
  readonly activeRules: (tx: Tx) => Promise<ActiveRules>;
  readonly rulesRevision: (tx: Tx) => Promise<bigint>;
};

/** Rules kept, tried and explained. */
export function createLab(deps: LabDeps): Lab {
  const { store, clock, detectors, sweeps } = deps;
  const known = activating({ detectors, sweeps });
  return {
    routes: labRoutes(deps),
    jobs: backtestJobs(deps),
    seed: () => store.inTransaction((tx) => seedRules(tx, { files: deps.ownFiles(), detectors, sweeps }, clock.now())),
    activeRules: (tx) => activeRules(tx, known),
    rulesRevision,
  };
}
