import type { Node, Predicate } from "./contract.ts";

/**
 * What an event must have for a rule to be able to match: one of these fields, with one of these values where some are named. A rule is
 * only evaluated for events that have one of its anchors. Every anchor is a necessary condition: leaving a rule out never changes what matches.
 */
export type Anchor = {
  readonly field: string;
  /** In lower case; undefined = any value, the field must be there. */
  readonly value: string | undefined;
};

/** The anchors of a condition; undefined = it can match an event that has none of its fields (`not`, `null`, keywords). */
export function anchorsOf(node: Node): readonly Anchor[] | undefined {
  switch (node.kind) {
    case "not":
      return undefined;
    case "test":
      return anchorsOfTest(node.predicate);
    case "or": {
      const all: Anchor[] = [];
      for (const one of node.of) {
        const anchors = anchorsOf(one);
        if (anchors === undefined) return undefined;
        all.push(...anchors);
      }
      return all;
    }
    case "and": {
      let best: readonly Anchor[] | undefined;
      for (const one of node.of) {
        const anchors = anchorsOf(one);
        if (anchors !== undefined && (best === undefined || costOf(anchors) < costOf(best))) best = anchors;
      }
      return best;
    }
  }
}

/** A named value is rare, a field that must only be there is common. */
const PRESENCE_COST = 1_000;
const costOf = (anchors: readonly Anchor[]): number =>
  anchors.reduce((sum, { value }) => sum + (value === undefined ? PRESENCE_COST : 1), 0);

function anchorsOfTest({ field, test, isNegated, isAll }: Predicate): readonly Anchor[] | undefined {
  if (field === "" || isNegated) return undefined;
  if (test.kind === "exists") return test.wanted ? [{ field, value: undefined }] : undefined;
  if (test.values.some((value) => value.kind === "null")) return undefined;
  const named = test.values.map((value) => {
    if (value.kind === "number") return value.text.toLowerCase();
    if (value.kind === "boolean") return String(value.value);
    if (value.kind === "text" && value.pattern.kind === "equals") return value.pattern.text.toLowerCase();
    return undefined;
  });
  // With `all` each value is necessary: one that is named is enough.
  if (isAll) return [{ field, value: named.find((value) => value !== undefined) }];
  if (named.every((value) => value !== undefined)) return named.map((value) => ({ field, value }));
  return [{ field, value: undefined }];
}
