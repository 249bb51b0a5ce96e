import type { CaseId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { EvaluatedHit } from "./contract.ts";
import { decideInhibitor, decideTwin, type Inhibitable, refText, type Relations } from "./decide-inhibit.ts";
import { type Suppression, suppresses } from "./decide-suppress.ts";
import type { WatchDeps } from "./deps.ts";
import { levelOf } from "./report.ts";
import { tellingHits } from "./store-told.ts";
import type { Tuning } from "./tuning.ts";

const AROUND_HOURS = 24;

/** A hit with what keeps it quiet, if anything does. */
export type Judged = {
  readonly hit: EvaluatedHit;
  readonly suppressedBy: string | undefined;
  /** Fingerprint of the hit that tells it already: a critical one, or its twin. */
  readonly inhibitedBy: string | undefined;
};

export type Judging = {
  readonly tuning: Tuning;
  readonly relations: Relations;
  readonly now: Temporal.Instant;
};

/** Suppressions by value first; then what an open finding tells already. */
export async function judge(
  deps: WatchDeps,
  tx: Tx,
  { hits, judging }: { readonly hits: readonly EvaluatedHit[]; readonly judging: Judging },
): Promise<readonly Judged[]> {
  const { relations, tuning, now } = judging;
  const mutedBy = mutedByOf(tuning.suppressions, now);
  const judged = hits.map((hit) => ({ hit, of: inhibitableOf(hit), suppressedBy: mutedBy(hit) }));
  const speaking = judged.filter(({ hit, suppressedBy }) => !hit.isShadow && suppressedBy === undefined);
  const twins = [...new Set(hits.flatMap(({ rule }) => relations.twinOf(rule.id) ?? []))];
  const others = [
    ...speaking.filter(({ hit }) => hit.level === "critical" || twins.includes(hit.rule.id)).map(({ of }) => of),
    ...(await openTelling(deps, tx, { hits, twins })),
  ];
  // What its twin tells does not speak for others.
  const tellers = others.filter((one) => decideTwin(one, others, relations) === undefined);
  return judged.map(({ hit, of, suppressedBy }) => ({
    hit,
    suppressedBy,
    inhibitedBy:
      suppressedBy !== undefined || hit.isShadow ? undefined : decideInhibitor(of, tellers, relations)?.fingerprint,
  }));
}

/** The suppression that keeps a hit quiet, by its id. */
export const mutedByOf =
  (suppressions: readonly Suppression[], now: Temporal.Instant) =>
  (hit: EvaluatedHit): string | undefined =>
    suppressions.find((one) => suppresses(one, hit, now))?.id;

/** Hits of these customers that may tell others, and whose case nobody closed yet. */
async function openTelling(
  deps: WatchDeps,
  tx: Tx,
  { hits, twins }: { readonly hits: readonly EvaluatedHit[]; readonly twins: readonly string[] },
): Promise<readonly Inhibitable[]> {
  const customers = [...new Set(hits.flatMap(({ customer }) => customer ?? []))];
  const oldest = hits.reduce((least, { at }) => Math.min(least, at), Infinity);
  if (customers.length === 0) return [];
  const since = Temporal.Instant.fromEpochMilliseconds(oldest).subtract({ hours: AROUND_HOURS });
  const rows = await tellingHits(tx, { customers, rules: twins, since });
  const open = await deps.openAmong(tx, [...new Set(rows.map((row) => row.case_id as CaseId))]);
  return rows
    .filter((row) => open.has(row.case_id as CaseId))
    .map((row) => ({
      fingerprint: row.fingerprint,
      ruleId: row.rule_id,
      level: levelOf(row.level),
      customer: row.customer_id,
      subscription: row.subscription_id ?? undefined,
      actor: textOf(row.facts["actor"]),
      at: row.at.epochMilliseconds,
      events: row.events,
    }));
}

export const inhibitableOf = (hit: EvaluatedHit): Inhibitable => ({
  fingerprint: hit.fingerprint,
  ruleId: hit.rule.id,
  level: hit.level,
  customer: hit.customer,
  subscription: hit.subscription,
  actor: textOf(hit.facts["actor"]),
  at: hit.at,
  events: hit.events.map(refText),
});

export const textOf = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value).toLowerCase();
