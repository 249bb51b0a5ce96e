import { canonicalJson, toJson } from "../../core/canonical.ts";
import { LEVELS } from "../sigma/contract.ts";
import type { EvaluatedHit, Retracted } from "./contract.ts";
import { refText } from "./decide-inhibit.ts";
import type { Judged } from "./judge.ts";
import type { FoldRow, HitRow, KnownHit } from "./store.ts";

/** Hits of one fingerprint that get a row of their own; of more only the number is kept. */
export const RECORDED_MAX = 1_000;

export type Folding = {
  readonly judged: readonly Judged[];
  readonly retracted: readonly Retracted[];
  readonly folds: ReadonlyMap<string, FoldRow>;
  readonly known: readonly KnownHit[];
  readonly now: Temporal.Instant;
};
export type Folded = {
  /** Every fold that was touched, as it is now. */
  readonly folds: ReadonlyMap<string, FoldRow>;
  readonly rows: readonly HitRow[];
  readonly gone: readonly { readonly fingerprint: string; readonly completed_by: string }[];
  /** By fingerprint: hits that a finding must tell, oldest first. */
  readonly toReport: ReadonlyMap<string, readonly EvaluatedHit[]>;
  /** By fingerprint of a critical hit: hits that it tells already. */
  readonly toChains: ReadonlyMap<string, readonly EvaluatedHit[]>;
  /** Fingerprints whose finding has nothing left to tell. */
  readonly toResolve: readonly string[];
  /** Suppression → hits it kept quiet. */
  readonly suppressed: ReadonlyMap<string, number>;
};

const nameOf = (fingerprint: string, completedBy: string): string => `${fingerprint}\u0000${completedBy}`;
const instant = (at: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(at);
const earlier = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) <= 0 ? a : b);
const later = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) >= 0 ? a : b);
const push = <T>(map: Map<string, T[]>, key: string, value: T): void =>
  void map.set(key, [...(map.get(key) ?? []), value]);

/** How many hits of a fold a finding tells. */
export const tellingOf = ({ hits, suppressed, inhibited }: FoldRow): bigint => hits - suppressed - inhibited;

/** Puts hits and retractions into their folds: what is kept, what must be told, what is no longer so. */
export function decideFolds({ judged, retracted, folds: before, known, now }: Folding): Folded {
  const folds = new Map<string, FoldRow>();
  const rows: HitRow[] = [];
  const toReport = new Map<string, EvaluatedHit[]>();
  const toChains = new Map<string, EvaluatedHit[]>();
  const suppressed = new Map<string, number>();
  const byName = new Map(known.map((one) => [nameOf(one.fingerprint, one.completed_by), one]));
  const foldOf = (fingerprint: string) => folds.get(fingerprint) ?? before.get(fingerprint);

  for (const one of [...judged].sort((a, b) => a.hit.at - b.hit.at)) {
    const { hit } = one;
    const was = byName.get(nameOf(hit.fingerprint, hit.completedBy));
    const isStanding = was !== undefined && !was.is_retracted;
    // What kept a hit quiet when it was found keeps it quiet when it comes back.
    const suppressedBy = was === undefined ? one.suppressedBy : (was.suppressed_by ?? undefined);
    const inhibitedBy = was === undefined ? one.inhibitedBy : (was.inhibited_by ?? undefined);
    const quiet = { suppressedBy, inhibitedBy };
    const fold = grown(foldOf(hit.fingerprint) ?? newFold(hit, now), hit, isStanding ? undefined : quiet);
    const isRecorded = was !== undefined || fold.recorded < RECORDED_MAX;
    folds.set(hit.fingerprint, was === undefined && isRecorded ? { ...fold, recorded: fold.recorded + 1 } : fold);
    if (isRecorded) rows.push(rowOf(hit, quiet, now));
    if (suppressedBy !== undefined && was === undefined)
      suppressed.set(suppressedBy, (suppressed.get(suppressedBy) ?? 0) + 1);
    if (isStanding && saysTheSame(was, hit)) continue;
    if (hit.isShadow || hit.customer === undefined || hit.level === "informational" || suppressedBy !== undefined)
      continue;
    // One that was told before its chain took its place must not come back because it goes on: the chain tells it now.
    const toldBy = inhibitedBy ?? one.inhibitedBy;
    if (toldBy === undefined) push(toReport, hit.fingerprint, hit);
    else if (!isStanding) push(toChains, toldBy, hit);
  }

  const gone: { fingerprint: string; completed_by: string }[] = [];
  for (const { fingerprint, completedBy } of retracted) {
    const fold = foldOf(fingerprint);
    const was = byName.get(nameOf(fingerprint, completedBy));
    const isCountedOnly = was === undefined && fold !== undefined && fold.recorded >= RECORDED_MAX;
    if (fold === undefined || fold.hits === 0n || (!isCountedOnly && (was === undefined || was.is_retracted))) continue;
    folds.set(fingerprint, shrunk(fold, was));
    if (was !== undefined) gone.push({ fingerprint, completed_by: completedBy });
  }
  const toResolve = [...folds.values()]
    .filter((fold) => fold.finding_id !== null && tellingOf(fold) <= 0n && !toReport.has(fold.fingerprint))
    .map(({ fingerprint }) => fingerprint);
  for (const fingerprint of toResolve) {
    const fold = folds.get(fingerprint);
    if (fold !== undefined) folds.set(fingerprint, { ...fold, told_level: null, untold_at: null, untold_hit: null });
  }
  return { folds, rows, gone, toReport, toChains, toResolve, suppressed };
}

type Quiet = { readonly suppressedBy: string | undefined; readonly inhibitedBy: string | undefined };

const newFold = (hit: EvaluatedHit, now: Temporal.Instant): FoldRow => ({
  fingerprint: hit.fingerprint,
  rule_id: hit.rule.id,
  rule_version: hit.rule.version,
  title: hit.rule.title,
  title_sv: hit.rule.titleSv,
  runbook: hit.rule.runbook,
  family: hit.rule.family,
  customer_id: hit.customer ?? null,
  subscription_id: hit.subscription ?? null,
  group_values: hit.group,
  level: LEVELS.indexOf(hit.level),
  first_at: instant(hit.at),
  last_at: instant(hit.at),
  found_at: now,
  hits: 0n,
  recorded: 0,
  suppressed: 0n,
  inhibited: 0n,
  evidence: 0,
  is_shadow: hit.isShadow,
  inhibited_by: null,
  finding_id: null,
  case_id: null,
  reported_at: null,
  told_level: null,
  told_priority: null,
  untold_at: null,
  untold_hit: null,
  author: hit.rule.author ?? "",
  license: hit.rule.license ?? "",
});

/** @param added how quiet the hit is when it is new; undefined when it is counted already */
const grown = (fold: FoldRow, hit: EvaluatedHit, added: Quiet | undefined): FoldRow => ({
  ...fold,
  rule_version: hit.rule.version,
  title: hit.rule.title,
  title_sv: hit.rule.titleSv,
  runbook: hit.rule.runbook,
  author: hit.rule.author ?? "",
  license: hit.rule.license ?? "",
  is_shadow: hit.isShadow,
  subscription_id: fold.subscription_id ?? hit.subscription ?? null,
  level: Math.max(fold.level, LEVELS.indexOf(hit.level)),
  first_at: earlier(fold.first_at, instant(hit.at)),
  last_at: later(fold.last_at, instant(hit.at)),
  hits: fold.hits + (added === undefined ? 0n : 1n),
  suppressed: fold.suppressed + (added?.suppressedBy === undefined ? 0n : 1n),
  inhibited: fold.inhibited + (added?.inhibitedBy === undefined ? 0n : 1n),
});

const shrunk = (fold: FoldRow, was: KnownHit | undefined): FoldRow => ({
  ...fold,
  // It may be the one that was taken back: the newest that stands is looked up when it is told.
  untold_hit: null,
  hits: fold.hits - 1n,
  suppressed: fold.suppressed - (was?.suppressed_by == null ? 0n : 1n),
  inhibited: fold.inhibited - (was?.inhibited_by == null ? 0n : 1n),
});

const rowOf = (hit: EvaluatedHit, quiet: Quiet, now: Temporal.Instant): HitRow => ({
  fingerprint: hit.fingerprint,
  completed_by: hit.completedBy,
  rule_id: hit.rule.id,
  rule_version: hit.rule.version,
  customer_id: hit.customer ?? null,
  level: LEVELS.indexOf(hit.level),
  at: instant(hit.at),
  found_at: now,
  facts: hit.facts,
  events: hit.events.map(refText),
  is_shadow: hit.isShadow,
  suppressed_by: quiet.suppressedBy ?? null,
  inhibited_by: quiet.inhibitedBy ?? null,
});

const saysTheSame = (was: KnownHit, hit: EvaluatedHit): boolean =>
  was.level === LEVELS.indexOf(hit.level) && canonicalJson(toJson(was.facts)) === canonicalJson(toJson(hit.facts));
