import { z } from "zod";
import type { Placeholders, SigmaEvent } from "./contract.ts";
import { Correlator } from "./correlator.ts";
import { loadSigma } from "./load.ts";
import { Matcher } from "./matcher.ts";
import { type RuleSet, ruleSetOf } from "./rule-set.ts";

/** A file of conformance vectors: rules with events and what must come of them. */
const event = z.record(z.string(), z.unknown());
const status = z.enum(["recommended", "divergent", "extension"]).optional();
const placeholders = z.record(z.string(), z.array(z.string())).optional();
export const vectorsFile = z.object({
  detection: z
    .array(
      z.object({
        id: z.string(),
        rule: z.string(),
        event: event.nullish(),
        match: z.boolean().nullish(),
        error: z.literal(true).optional(),
        status,
        placeholders,
      }),
    )
    .default([]),
  correlation: z
    .array(
      z.object({
        id: z.string(),
        rules: z.string(),
        target: z.string(),
        events: z.array(z.object({ t: z.number(), event })),
        first_fire: z.number().int().nullable(),
        dedupe_key: z.string().optional(),
        status,
        placeholders,
      }),
    )
    .default([]),
  correlation_errors: z
    .array(z.object({ id: z.string(), rules: z.string(), error: z.literal(true), status }))
    .default([]),
  filters: z
    .array(z.object({ id: z.string(), rules: z.string(), event, matches: z.array(z.string()), status }))
    .default([]),
});
export type VectorsFile = z.output<typeof vectorsFile>;
export type VectorFailure = {
  readonly id: string;
  readonly expected: unknown;
  readonly got: unknown;
  /** A failure that the specification settles; others are choices. */
  readonly isNormative: boolean;
};
export type VectorsRun = {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly VectorFailure[];
};

/** Runs every vector. "error" stands for a rule that was refused. */
export function runVectors(file: VectorsFile): VectorsRun {
  const failures: VectorFailure[] = [];
  let passed = 0;
  const check = (
    of: { readonly id: string; readonly status?: string | undefined },
    expected: unknown,
    got: unknown,
  ): void => {
    if (JSON.stringify(expected) === JSON.stringify(got)) passed++;
    else failures.push({ id: of.id, expected, got, isNormative: of.status === undefined });
  };
  for (const one of file.detection) check(one, one.error ? "error" : one.match, detects(one));
  for (const one of file.correlation) check(one, one.first_fire, firstFire(one));
  for (const one of file.correlation_errors) check(one, "error", setOf(one.rules) === undefined ? "error" : "loaded");
  for (const one of file.filters) check(one, [...one.matches].sort(), stillMatching(one.rules, one.event));
  return { passed, failed: failures.length, failures };
}

function setOf(text: string, given?: Readonly<Record<string, readonly string[]>>): RuleSet | undefined {
  const values: Placeholders = new Map(Object.entries(given ?? {}));
  const { documents, faults } = loadSigma(text, { placeholders: values });
  const set = ruleSetOf(documents);
  return faults.length > 0 || set.faults.length > 0 || documents.length === 0 ? undefined : set;
}

function detects(one: VectorsFile["detection"][number]): unknown {
  const set = setOf(one.rule, one.placeholders);
  if (set === undefined) return "error";
  return new Matcher(set).match(one.event ?? {}, undefined).length > 0;
}

function firstFire(one: VectorsFile["correlation"][number]): unknown {
  const set = setOf(one.rules, one.placeholders);
  if (set === undefined) return "error";
  const matcher = new Matcher(set);
  const correlator = new Correlator(set);
  for (const [ref, { t, event: given }] of one.events.entries()) {
    const id = one.dedupe_key === undefined ? undefined : String(given[one.dedupe_key]);
    const firings = correlator.take(matcher.match(given, undefined), { event: given, time: t * 1_000, ref, id });
    if (firings.some(({ correlation }) => set.correlations[correlation]?.correlation.head.title === one.target))
      return ref;
  }
  return null;
}

function stillMatching(rules: string, given: SigmaEvent): unknown {
  const set = setOf(rules);
  if (set === undefined) return "error";
  return new Matcher(set)
    .match(given, undefined)
    .map((at) => set.rules[at]?.head.title)
    .sort();
}
