import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { dayText } from "./fingerprint.ts";
import type { Evaluated, EvaluatedHit } from "./contract.ts";
import { EVIDENCE_MAX } from "./contract.ts";
import { decideFolds, type Folded } from "./decide-folds.ts";
import { decideInhibitor, type Inhibitable } from "./decide-inhibit.ts";
import type { WatchDeps } from "./deps.ts";
import type { EventLoader } from "./event-loader.ts";
import { inhibitableOf, judge, type Judging, textOf } from "./judge.ts";
import { hitOfFold, levelOf, reportFold } from "./report.ts";
import * as store from "./store.ts";
import { countQuiet } from "./store-tuning.ts";

const AROUND_HOURS = 24;
const NO_LONGER = "An event that came late shows that it was not so.";

export type Saving = Judging & { readonly evaluated: Evaluated; readonly load: EventLoader };
export type Saved = { readonly reported: number; readonly resolved: number };

/**
 * Keeps what came of events: hits in their folds, findings, proposals, counters; all in the caller's transaction, in which the row of the
 * watch is locked. Everything that needs the end of the event log comes last, in the order of customers.
 */
export async function saveEvaluated(deps: WatchDeps, tx: Tx, saving: Saving): Promise<Saved> {
  const { evaluated, now } = saving;
  const { hits, retracted, late, filtered } = evaluated;
  const judged = await judge(deps, tx, { hits, judging: saving });
  const names = [...hits, ...retracted].map(({ fingerprint, completedBy }) => ({
    fingerprint,
    completed_by: completedBy,
  }));
  const folded = decideFolds({
    judged,
    retracted,
    folds: await store.foldsBy(tx, [...new Set(names.map(({ fingerprint }) => fingerprint))]),
    known: await store.knownHits(tx, names),
    now,
  });
  await store.saveFolds(tx, [...folded.folds.values()]);
  await store.saveHits(tx, folded.rows);
  await store.retractHits(tx, folded.gone, now);
  await countQuiet(tx, "suppression", { of: folded.suppressed, now });
  await countQuiet(tx, "filter", { of: filtered, now });
  const days = new Set(late.map((event) => `${event.customer ?? "-"}|${dayText(event.at.epochMilliseconds)}`));
  await store.askLookBack(
    tx,
    [...days].map((one) => ({ customer: one.slice(0, -11), day: one.slice(-10) })),
    now,
  );
  return tell(deps, tx, { saving, folded });
}

type Telling = { readonly saving: Saving; readonly folded: Folded };

/** Findings, in the order of customers; critical ones first, so that what they tell already is not told twice. */
async function tell(deps: WatchDeps, tx: Tx, { saving, folded }: Telling): Promise<Saved> {
  const { now, load } = saving;
  const wanted = await foldsToTell(tx, folded);
  const customers = [...new Set(wanted.map(({ customer_id: id }) => id as CustomerId))];
  const exposure = customers.length === 0 ? new Map() : await deps.exposureOf(tx, customers);
  const after = new Map<string, store.FoldRow>();
  let resolved = 0;
  for (const fold of wanted) {
    const hits = folded.toReport.get(fold.fingerprint) ?? [];
    const inner = folded.toChains.get(fold.fingerprint) ?? [];
    const hit = hits.at(-1) ?? (await lastHit(tx, fold));
    if (hit === undefined) continue;
    const told = [...hits, ...inner];
    const events = await load(refsToShow(hits.length === 0 ? inner : told));
    const oldest = events.reduce((least, { event }) => Math.min(least, event.at.epochMilliseconds), hit.at);
    const reported = await reportFold(deps, tx, {
      fold,
      hit,
      newestAt: Temporal.Instant.fromEpochMilliseconds(Math.max(hit.at, ...hits.map(({ at }) => at))),
      events,
      firstAt: Temporal.Instant.fromEpochMilliseconds(oldest),
      exposure,
      now,
    });
    after.set(fold.fingerprint, reported);
    if (hits.length > 0 && levelOf(fold.level) === "critical")
      resolved += await takePlaces(deps, tx, { saving, fold, hit, after });
  }
  for (const fingerprint of [...folded.toResolve].sort()) {
    await deps.resolveFinding(tx, { fingerprint, at: now, why: NO_LONGER });
    resolved++;
  }
  await store.saveFolds(tx, [...after.values()]);
  return { reported: wanted.length, resolved };
}

type Owned = store.FoldRow & { readonly customer_id: string };

/** Folds with news: their own hits, or hits that they, as chains, tell already. */
async function foldsToTell(tx: Tx, { folds, toReport, toChains }: Folded): Promise<readonly Owned[]> {
  const fingerprints = [...new Set([...toReport.keys(), ...toChains.keys()])];
  const others = await store.foldsBy(
    tx,
    fingerprints.filter((one) => !folds.has(one)),
  );
  const order = (a: Owned, b: Owned) =>
    compare(a.customer_id, b.customer_id) || b.level - a.level || compare(a.fingerprint, b.fingerprint);
  return fingerprints
    .flatMap((one) => folds.get(one) ?? others.get(one) ?? [])
    .filter((fold): fold is Owned => fold.customer_id !== null && (toReport.has(fold.fingerprint) || hasRoom(fold)))
    .sort(order);
}
const hasRoom = ({ case_id: caseId, evidence }: store.FoldRow): boolean => caseId !== null && evidence < EVIDENCE_MAX;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function lastHit(tx: Tx, fold: Owned): Promise<EvaluatedHit | undefined> {
  const rows = await store.criticalHits(tx, [fold.customer_id], fold.last_at);
  const row = rows.find(({ fingerprint }) => fingerprint === fold.fingerprint);
  return row === undefined ? undefined : hitOfFold(fold, { ...row, at: row.at.epochMilliseconds });
}

/** At most as many as a finding keeps: the first and the last of all events of the hits. */
function refsToShow(hits: readonly EvaluatedHit[]) {
  const refs = [
    ...new Map(hits.flatMap(({ events }) => events).map((ref) => [`${ref.source}|${ref.id}`, ref])).values(),
  ];
  return refs.length <= EVIDENCE_MAX ? refs : [...refs.slice(0, EVIDENCE_MAX / 2), ...refs.slice(-EVIDENCE_MAX / 2)];
}

type Placing = {
  readonly saving: Saving;
  readonly fold: Owned;
  readonly hit: EvaluatedHit;
  readonly after: Map<string, store.FoldRow>;
};
/** Findings that were told before their chain came true: the chain tells them now, and they are resolved. */
async function takePlaces(deps: WatchDeps, tx: Tx, { saving, fold, hit, after }: Placing): Promise<number> {
  const at = Temporal.Instant.fromEpochMilliseconds(hit.at);
  const earlier = await store.reportedFolds(tx, {
    customer: fold.customer_id,
    from: at.subtract({ hours: AROUND_HOURS }),
    until: at.add({ hours: AROUND_HOURS }),
  });
  const chain: readonly Inhibitable[] = [inhibitableOf(hit)];
  let count = 0;
  for (const { facts, events, ...one } of earlier) {
    const inner: Inhibitable = {
      fingerprint: one.fingerprint,
      ruleId: one.rule_id,
      level: levelOf(one.level),
      customer: one.customer_id ?? undefined,
      subscription: one.subscription_id ?? undefined,
      actor: textOf(facts["actor"]),
      at: one.last_at.epochMilliseconds,
      events,
    };
    if (after.has(one.fingerprint) || decideInhibitor(inner, chain, saving.basesOf) === undefined) continue;
    await deps.resolveFinding(tx, {
      fingerprint: one.fingerprint,
      at: saving.now,
      why: `Part of: ${fold.title}`.slice(0, 500),
    });
    after.set(one.fingerprint, { ...one, inhibited_by: fold.fingerprint });
    count++;
  }
  return count;
}
