import type { ActiveRule } from "../lab/contract.ts";

const NONE: ReadonlySet<string> = new Set();

/** For a rule: the ids of the rules that its text is built on. A text carries copies of them; others may run by themselves under the same id. */
export function basesIn(rules: readonly ActiveRule[]): (ruleId: string) => ReadonlySet<string> {
  const bases = new Map(
    rules.map(({ id, documents }) => [
      id,
      new Set(documents.flatMap(({ head }) => head.id?.toLowerCase() ?? []).filter((one) => one !== id)),
    ]),
  );
  return (ruleId) => bases.get(ruleId) ?? NONE;
}
