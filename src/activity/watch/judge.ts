import type { CaseId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { EvaluatedHit } from "./contract.ts";
import { decideInhibitor, type Inhibitable, refText } from "./decide-inhibit.ts";
import { type Suppression, suppresses } from "./decide-suppress.ts";
import type { WatchDeps } from "./deps.ts";
import * as store from "./store.ts";
import type { Tuning } from "./tuning.ts";

const AROUND_HOURS = 24;

/** A hit with what keeps it quiet, if anything does. */
export type Judged = {
  readonly hit: EvaluatedHit;
  readonly suppressedBy: string | undefined;
  /** Fingerprint of the critical hit that tells it already. */
  readonly inhibitedBy: string | undefined;
};

export type Judging = {
  readonly tuning: Tuning;
  /** Rules that a rule is built on. */
  readonly basesOf: (ruleId: string) => ReadonlySet<string>;
  readonly now: Temporal.Instant;
};

/** Suppressions by value first; then what an open critical hit tells already. */
export async function judge(
  deps: WatchDeps,
  tx: Tx,
  { hits, judging }: { readonly hits: readonly EvaluatedHit[]; readonly judging: Judging },
): Promise<readonly Judged[]> {
  const mutedBy = mutedByOf(judging.tuning.suppressions, judging.now);
  const judged = hits.map((hit) => ({ hit, suppressedBy: mutedBy(hit) }));
  const critical = [
    ...judged
      .filter(({ hit, suppressedBy }) => hit.level === "critical" && !hit.isShadow && suppressedBy === undefined)
      .map(({ hit }) => inhibitableOf(hit)),
    ...(await openCritical(deps, tx, hits)),
  ];
  return judged.map(({ hit, suppressedBy }) => ({
    hit,
    suppressedBy,
    inhibitedBy:
      suppressedBy !== undefined || hit.isShadow
        ? undefined
        : decideInhibitor(inhibitableOf(hit), critical, judging.basesOf)?.fingerprint,
  }));
}

/** The suppression that keeps a hit quiet, by its id. */
export const mutedByOf =
  (suppressions: readonly Suppression[], now: Temporal.Instant) =>
  (hit: EvaluatedHit): string | undefined =>
    suppressions.find((one) => suppresses(one, hit, now))?.id;

/** Critical hits of these customers whose case nobody closed yet. */
async function openCritical(deps: WatchDeps, tx: Tx, hits: readonly EvaluatedHit[]): Promise<readonly Inhibitable[]> {
  const customers = [...new Set(hits.flatMap(({ customer }) => customer ?? []))];
  const oldest = hits.reduce((least, { at }) => Math.min(least, at), Infinity);
  if (customers.length === 0) return [];
  const since = Temporal.Instant.fromEpochMilliseconds(oldest).subtract({ hours: AROUND_HOURS });
  const rows = await store.criticalHits(tx, customers, since);
  const open = await deps.openAmong(tx, [...new Set(rows.map((row) => row.case_id as CaseId))]);
  return rows
    .filter((row) => open.has(row.case_id as CaseId))
    .map((row) => ({
      fingerprint: row.fingerprint,
      ruleId: row.rule_id,
      level: "critical",
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
