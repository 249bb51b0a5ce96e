import type { CorrelationRule } from "./contract.ts";
import { type Entry, figureOf, inOrder, numbersOf, percentileOf, temporalHolds, within } from "./decide-window.ts";

/**
 * What a sliding window comes to, kept up to date as entries come into it and leave it: an event costs the same however many are in the window.
 * `holds` is what `windowHolds` says of the same entries.
 */
export type Tally = {
  readonly add: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
  /** `window` gives the entries, for the few types that must look at all of them. */
  readonly holds: (window: () => readonly Entry[]) => boolean;
};

export function tallyOf(correlation: CorrelationRule): Tally {
  switch (correlation.type) {
    case "event_count":
      return countTally(correlation);
    case "value_count":
      return distinctTally(correlation);
    case "temporal":
    case "temporal_ordered":
      return seenTally(correlation);
    case "value_sum":
    case "value_avg":
      return sumTally(correlation);
    case "value_percentile":
    case "value_median":
      return sortedTally(correlation);
  }
}

function countTally({ thresholds }: CorrelationRule): Tally {
  let count = 0;
  return { add: () => void count++, remove: () => void count--, holds: () => within(count, thresholds) };
}

function distinctTally({ thresholds }: CorrelationRule): Tally {
  const counts = new Map<string | number, number>();
  return {
    add: ({ value }) => {
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    },
    remove: ({ value }) => {
      if (value === undefined) return;
      const left = (counts.get(value) ?? 0) - 1;
      if (left > 0) counts.set(value, left);
      else counts.delete(value);
    },
    holds: () => within(counts.size, thresholds),
  };
}

function seenTally(correlation: CorrelationRule): Tally {
  const counts = new Map<number, number>();
  const rules = new Set<number>();
  /** No run in order is longer than the number of rules seen: too few rules settle thresholds that only ask for more. */
  const isUpward =
    correlation.seen === undefined && correlation.thresholds.every(({ by }) => by === "gte" || by === "gt");
  return {
    add: ({ rule }) => {
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
      rules.add(rule);
    },
    remove: ({ rule }) => {
      const left = (counts.get(rule) ?? 0) - 1;
      counts.set(rule, left);
      if (left <= 0) rules.delete(rule);
    },
    holds: (window) => {
      if (correlation.type === "temporal") return temporalHolds(correlation, rules);
      if (isUpward && !within(rules.size, correlation.thresholds)) return false;
      return temporalHolds(correlation, inOrder(window(), correlation.rules.length));
    },
  };
}

function sumTally(correlation: CorrelationRule): Tally {
  let sum = 0;
  let magnitude = 0;
  let count = 0;
  /** Numbers that do not add up the same in any order: these are added anew, in the order of their size. */
  let inexact = 0;
  let isLost = false;
  const change = (value: Entry["value"], by: 1 | -1): void => {
    if (typeof value !== "number") return;
    count += by;
    if (Number.isSafeInteger(value)) {
      sum += by * value;
      magnitude += by * Math.abs(value);
    } else inexact += by;
    isLost = count > 0 && (isLost || magnitude > Number.MAX_SAFE_INTEGER);
    if (count === 0) sum = magnitude = 0;
  };
  return {
    add: ({ value }) => change(value, 1),
    remove: ({ value }) => change(value, -1),
    holds: (window) => {
      if (count === 0) return false;
      if (inexact === 0 && !isLost)
        return within(correlation.type === "value_sum" ? sum : sum / count, correlation.thresholds);
      const figure = figureOf(correlation, numbersOf(window()));
      return figure !== undefined && within(figure, correlation.thresholds);
    },
  };
}
function sortedTally(correlation: CorrelationRule): Tally {
  const sorted: number[] = [];
  const placeOf = (value: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add: ({ value }) => {
      if (typeof value === "number") sorted.splice(placeOf(value), 0, value);
    },
    remove: ({ value }) => {
      if (typeof value === "number") sorted.splice(placeOf(value), 1);
    },
    holds: () => {
      const figure = percentileOf(sorted, correlation.percentile);
      return figure !== undefined && within(figure, correlation.thresholds);
    },
  };
}
