import type { ActiveRule } from "../lab/contract.ts";
import type { Relations } from "./decide-inhibit.ts";

const NONE: ReadonlySet<string> = new Set();

/** For a rule: the ids of the rules that its text is built on. A text carries copies of them; others may run by themselves under the same id. */
function basesIn(rules: readonly ActiveRule[]): (ruleId: string) => ReadonlySet<string> {
  const bases = new Map(
    rules.map(({ id, documents }) => [
      id,
      new Set(documents.flatMap(({ head }) => head.id?.toLowerCase() ?? []).filter((one) => one !== id)),
    ]),
  );
  return (ruleId) => bases.get(ruleId) ?? NONE;
}

/** Rules, what they are built on, and which detector sees the same. */
export function relationsIn(rules: readonly ActiveRule[]): Relations {
  const basesOfRule = basesIn(rules);
  const twins = new Map(rules.flatMap((rule) => twinIn(rule).map((detector) => [rule.id, detector] as const)));
  const byDetector = Map.groupBy(twins.keys(), (rule) => twins.get(rule) ?? "");
  const bases = new Map(
    [...byDetector].map(([detector, ids]) => [detector, new Set(ids.flatMap((id) => [...basesOfRule(id)]))]),
  );
  return {
    basesOf: (id) => bases.get(id) ?? basesOfRule(id),
    twinOf: (id) => twins.get(id),
    twinsOf: (id) => byDetector.get(id) ?? [],
  };
}
export const NO_RELATIONS: Relations = { basesOf: () => NONE, twinOf: () => undefined, twinsOf: () => [] };

/** Of the alerting document: `twinOf` under `surety`. */
function twinIn({ id, documents }: ActiveRule): readonly string[] {
  const notes = documents.find(({ head }) => head.id?.toLowerCase() === id)?.head.custom["surety"];
  if (typeof notes !== "object" || notes === null || !("twinOf" in notes)) return [];
  return typeof notes.twinOf === "string" ? [notes.twinOf] : [];
}
