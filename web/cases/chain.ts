import type { EvidenceJson } from "../../src/cases/contract.ts";

/** A link of the chain as it is shown: one fact, or several alike that stand together. */
export type ChainLink = {
  readonly first: EvidenceJson;
  /** The others that say the same of other things, in their order. */
  readonly more: readonly EvidenceJson[];
};

/** So many alike in a row are told in one line. */
const ALIKE_MIN = 3;

/** The chain without what is told twice, and with facts that say the same in a row behind one line. */
export function foldChain(evidence: readonly EvidenceJson[]): readonly ChainLink[] {
  const seen = new Set<string>();
  const runs: EvidenceJson[][] = [];
  for (const link of evidence) {
    // Two findings may rest on the same record: it happened once.
    const record = link.recordId === null ? undefined : `${link.source}|${link.kind}|${link.recordId}`;
    if (record !== undefined && seen.has(record)) continue;
    if (record !== undefined) seen.add(record);
    const run = runs.at(-1);
    if (run?.[0] !== undefined && likeness(run[0]) === likeness(link)) run.push(link);
    else runs.push([link]);
  }
  return runs.flatMap((run) => {
    const [first, ...more] = run;
    if (first === undefined) return [];
    return run.length >= ALIKE_MIN ? [{ first, more }] : run.map((one) => ({ first: one, more: [] }));
  });
}

/** What makes two facts say the same: what was done, and by whom. A fact without an operation is like no other. */
function likeness({ id, kind, facts, source }: EvidenceJson): string {
  const { operation, actor } = facts;
  return operation === undefined ? id : [kind, source, operation, actor ?? ""].join("|");
}
