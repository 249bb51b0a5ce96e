import type { CorrelationRule, SeenNode, Threshold } from "./contract.ts";

/** What one matching event left in the state of a group, as far as a window asks. */
export type Entry = {
  /** Event time, milliseconds since 1970. */
  readonly time: number;
  /** Place in `correlation.rules` of the rule that it matched. */
  readonly rule: number;
  /** Of value_count the counted tuple, of value_sum and its kind the number; undefined = nothing to count. */
  readonly value: string | number | undefined;
};

/** Whether the window (end − timespan, end] of a group fulfils the correlation. `window` is sorted by time. */
export function windowHolds(correlation: CorrelationRule, window: readonly Entry[]): boolean {
  switch (correlation.type) {
    case "event_count":
      return within(window.length, correlation.thresholds);
    case "value_count": {
      const values = new Set(window.map(({ value }) => value).filter((value) => value !== undefined));
      return within(values.size, correlation.thresholds);
    }
    case "temporal":
      return temporalHolds(correlation, new Set(window.map(({ rule }) => rule)));
    case "temporal_ordered":
      return temporalHolds(correlation, inOrder(window, correlation.rules.length));
    default: {
      const figure = figureOf(correlation, numbersOf(window));
      return figure !== undefined && within(figure, correlation.thresholds);
    }
  }
}

export const within = (figure: number, thresholds: readonly Threshold[]): boolean =>
  thresholds.every(({ by, value }) => {
    switch (by) {
      case "gt":
        return figure > value;
      case "gte":
        return figure >= value;
      case "lt":
        return figure < value;
      case "lte":
        return figure <= value;
      case "eq":
        return figure === value;
      case "neq":
        return figure !== value;
    }
  });

export function temporalHolds({ thresholds, seen }: CorrelationRule, rules: ReadonlySet<number>): boolean {
  return seen === undefined ? within(rules.size, thresholds) : seenHolds(seen, rules);
}
function seenHolds(node: SeenNode, rules: ReadonlySet<number>): boolean {
  switch (node.kind) {
    case "seen":
      return rules.has(node.rule);
    case "not":
      return !seenHolds(node.of, rules);
    case "and":
      return node.of.every((one) => seenHolds(one, rules));
    case "or":
      return node.of.some((one) => seenHolds(one, rules));
  }
}

/**
 * The longest run of different rules that was seen in the order of the list: each no earlier than the one before it. C, B, A, A, B, C has
 * A, B, C in order. Events of one moment may stand in either order.
 */
export function inOrder(window: readonly Entry[], count: number): ReadonlySet<number> {
  // For each rule the longest run that ends with it; a run is kept as the rules in it.
  const best: (readonly number[])[] = Array.from({ length: count }, () => []);
  let at = 0;
  while (at < window.length) {
    let end = at;
    const moment = window[at]?.time;
    while (end < window.length && window[end]?.time === moment) end++;
    const rules = [...new Set(window.slice(at, end).map(({ rule }) => rule))].sort((a, b) => a - b);
    for (const rule of rules) {
      let before: readonly number[] = [];
      for (let earlier = 0; earlier < rule; earlier++) {
        const run = best[earlier] ?? [];
        if (run.length > before.length) before = run;
      }
      if (before.length + 1 > (best[rule]?.length ?? 0)) best[rule] = [...before, rule];
    }
    // Nothing is longer than all of them.
    if (best[count - 1]?.length === count) break;
    at = end;
  }
  return new Set(best.reduce((longest, run) => (run.length > longest.length ? run : longest), []));
}

export const numbersOf = (window: readonly Entry[]): readonly number[] =>
  window.map(({ value }) => value).filter((value) => typeof value === "number");

/** Sum, mean or percentile; undefined of nothing. Added up in the order of their size, so that the order of arrival cannot be seen in the sum. */
export function figureOf({ type, percentile }: CorrelationRule, numbers: readonly number[]): number | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = [...numbers].sort((a, b) => a - b);
  if (type === "value_sum") return sorted.reduce((sum, one) => sum + one, 0);
  if (type === "value_avg") return sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  return percentileOf(sorted, percentile);
}

/** Linear between neighbours, as SQL's percentile_cont. */
export function percentileOf(sorted: readonly number[], percentile: number): number | undefined {
  if (sorted.length === 0) return undefined;
  const place = (percentile / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
