import type { SeenNode } from "../sigma/contract.ts";
import type { LinkedCorrelation } from "../sigma/rule-set.ts";

const COUNTING = ["event_count", "value_count", "temporal", "temporal_ordered"];

/**
 * Which correlations a late event can take a firing away from. One that only asks for "at least so many" never loses what it had; an upper
 * bound, a mean, a sum with negative numbers or a "not" may, and so may a chain on such a one. In the order of the correlations.
 */
export function decideCanBeTakenBack(correlations: readonly LinkedCorrelation[]): readonly boolean[] {
  const answers: boolean[] = [];
  for (const { correlation, of } of correlations) {
    const { type, thresholds, seen } = correlation;
    const onlyRises =
      COUNTING.includes(type) &&
      thresholds.every(({ by }) => by === "gt" || by === "gte") &&
      (seen === undefined || !hasNot(seen));
    // Each comes after those it refers to.
    answers.push(!onlyRises || of.some(({ correlation: inner }) => inner !== undefined && answers[inner] === true));
  }
  return answers;
}

const hasNot = (node: SeenNode): boolean => node.kind === "not" || (node.kind !== "seen" && node.of.some(hasNot));
