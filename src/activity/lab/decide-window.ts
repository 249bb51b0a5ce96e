import type { CorrelationRule, SigmaEvent, Threshold } from "../sigma/contract.ts";
import { numberOf } from "../sigma/decide-compare.ts";
import { lookUp } from "../sigma/fields.ts";

/** What a person is shown of a correlation's window. The correlator itself says whether it holds; this says what was in it. */

/** The first value of a field as text, as the correlator takes it. */
export function valueAt(event: SigmaEvent, field: string): string | undefined {
  const leaf = lookUp(event, field, field.split(".")).leaves.find((one) => one !== null);
  return leaf === undefined ? undefined : String(leaf);
}

/** The fields one of a correlation's rules is grouped by, aliases followed. */
export const groupFields = ({ groupBy, aliases }: CorrelationRule, written: string): readonly string[] =>
  groupBy.map((name) => aliases.get(name)?.get(written) ?? name);

export type WindowEntry = {
  readonly rule: string;
  readonly at: number;
  /** Of value_*: the counted text. */
  readonly value: string | undefined;
};

const SIGNS = { gt: ">", gte: "≥", lt: "<", lte: "≤", eq: "=", neq: "≠" } as const;
export const thresholdText = ({ by, value }: Threshold): string => `${SIGNS[by]} ${value}`;

/** What is compared with the thresholds; null where there is nothing to count. */
export function figureOf(correlation: CorrelationRule, entries: readonly WindowEntry[]): number | null {
  switch (correlation.type) {
    case "event_count":
      return entries.length;
    case "value_count":
      return new Set(entries.map(({ value }) => value).filter((value) => value !== undefined)).size;
    case "temporal":
    case "temporal_ordered":
      return new Set(entries.map(({ rule }) => rule)).size;
    default:
      return numbersFigure(
        correlation,
        entries.map(({ value }) => numberOf(value ?? "")).filter((one) => one !== undefined),
      );
  }
}

function numbersFigure({ type, percentile }: CorrelationRule, numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sum = numbers.reduce((total, one) => total + one, 0);
  if (type === "value_sum") return sum;
  if (type === "value_avg") return sum / numbers.length;
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = (percentile / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  return low + ((sorted[Math.ceil(place)] ?? low) - low) * (place - Math.floor(place));
}

/** Of temporal correlations: rules that were not seen in the window. */
export const missingOf = (correlation: CorrelationRule, entries: readonly WindowEntry[]): readonly string[] =>
  correlation.type.startsWith("temporal")
    ? correlation.rules.filter((rule) => !entries.some((entry) => entry.rule === rule))
    : [];
