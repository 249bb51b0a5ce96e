import type { Route } from "../../http/contract.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import type { Detector, Sweep } from "../contract-detector.ts";
import { activating, activeRules, rulesRevision } from "./active.ts";
import type { ActiveRules } from "./contract.ts";
import type { RuleFile } from "./decide-split.ts";
import { type Delivered, seedRules } from "./service-deliver.ts";

export type LabDeps = {
  readonly store: Store;
  readonly clock: { readonly now: () => Temporal.Instant };
  /** Files of Surety's own rules: `ownRules().texts`. */
  readonly ownFiles: () => readonly RuleFile[];
  readonly detectors: readonly Detector[];
  readonly sweeps: readonly Sweep[];
};

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
    routes: [],
    jobs: [],
    seed: () => store.inTransaction((tx) => seedRules(tx, { files: deps.ownFiles(), detectors, sweeps }, clock.now())),
    activeRules: (tx) => activeRules(tx, known),
    rulesRevision,
  };
}
