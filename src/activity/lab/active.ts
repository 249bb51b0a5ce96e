import type { Tx } from "../../store/contract.ts";
import type { Detector, Sweep } from "../contract-detector.ts";
import type { RuleSet } from "../sigma/rule-set.ts";
import type { ActiveDetector, ActiveRule, ActiveRules, ActiveSweep, RuleFault } from "./contract.ts";
import { detectorCard } from "./decide-card.ts";
import { mergeRuleSets } from "./decide-merge.ts";
import { readRule, type RuleRead } from "./decide-text.ts";
import * as store from "./store.ts";

/** Counts up with every change of any rule: cheap to ask each second. */
export const rulesRevision = (tx: Tx): Promise<bigint> => store.readRevision(tx);

export type Activating = {
  readonly detectors: readonly Detector[];
  readonly sweeps: readonly Sweep[];
  /** Texts read before, by hash; a change of one rule reads one text anew. */
  readonly readBefore: Map<string, ReturnType<typeof readRule>>;
};
export const activating = (known: Omit<Activating, "readBefore">): Activating => ({ ...known, readBefore: new Map() });

/** Everything that is on or in shadow, put together to be run. */
export async function activeRules(tx: Tx, { detectors, sweeps, readBefore }: Activating): Promise<ActiveRules> {
  // The revision first: a change that comes between is seen by the next who asks.
  const revision = await store.readRevision(tx);
  const rows = await store.runningRules(tx);
  const rules: ActiveRule[] = [];
  const sets: RuleSet[] = [];
  const broken: { id: string; version: number; faults: readonly RuleFault[] }[] = [];
  const running: ActiveDetector[] = [];
  const judging: ActiveSweep[] = [];
  const used = new Set<string>();
  for (const row of rows) {
    const { rule_id: id, version, state, text } = row;
    if (state === "off") continue;
    if (text === null) {
      const detector = detectors.find((one) => one.id === id);
      if (detector !== undefined) running.push({ id, version, state, card: row.card, detector });
      const sweep = sweeps.find((one) => one.id === id);
      if (sweep !== undefined) judging.push({ id, version, state, card: row.card, sweep });
      continue;
    }
    used.add(row.sha256);
    const { rule, faults } = readKnown(readBefore, row.sha256, text);
    if (rule === undefined) broken.push({ id, version, faults });
    else {
      rules.push({ id, version, state, card: rule.card, documents: rule.documents });
      sets.push(rule.set);
    }
  }
  for (const hash of readBefore.keys()) if (!used.has(hash)) readBefore.delete(hash);
  return { revision, rules, detectors: running, sweeps: judging, ...mergeRuleSets(sets), broken };
}

function readKnown(readBefore: Activating["readBefore"], hash: string, text: string) {
  const known = readBefore.get(hash);
  if (known !== undefined) return known;
  const read = readRule(text);
  readBefore.set(hash, read);
  return read;
}

/** A rule alone, as if it were all there is: for drafts, backtests and "try". */
export const aloneOf = (rule: RuleRead, version: number): ActiveRules => ({
  revision: -1n,
  rules: [{ id: rule.id, version, state: "on", card: rule.card, documents: rule.documents }],
  detectors: [],
  sweeps: [],
  ...mergeRuleSets([rule.set]),
  broken: [],
});

/** A detector alone. */
export const detectorAlone = (detector: Detector, version: number): ActiveRules => ({
  revision: -1n,
  rules: [],
  detectors: [
    { id: detector.id, version, state: "on", card: detectorCard(detector, detector.examples.length), detector },
  ],
  sweeps: [],
  ...mergeRuleSets([]),
  broken: [],
});
