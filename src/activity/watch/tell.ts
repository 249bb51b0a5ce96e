import type { CaseId, CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { EVIDENCE_MAX, type EvaluatedHit } from "./contract.ts";
import type { Folded } from "./decide-folds.ts";
import { decideInhibitor, type Inhibitable, type Relations } from "./decide-inhibit.ts";
import { decidePriority } from "./decide-priority.ts";
import { decideTellNow } from "./decide-tell.ts";
import type { WatchDeps } from "./deps.ts";
import type { EventLoader } from "./event-loader.ts";
import { inhibitableOf, textOf } from "./judge.ts";
import { contain, hitOfFold, levelOf, reportFold } from "./report.ts";
import * as store from "./store.ts";
import { foundSince, lastTold, reportedFolds, untoldFolds } from "./store-told.ts";

const AROUND_HOURS = 24;
const NO_LONGER = "An event that came late shows that it was not so.";

export type Saved = { readonly reported: number; readonly resolved: number };

export type Telling = {
  readonly saving: { readonly relations: Relations; readonly load: EventLoader; readonly now: Temporal.Instant };
  readonly folded: Folded;
  /** News of findings that were told at this moment or before is told. */
  readonly before: Temporal.Instant;
};
type Owned = store.FoldRow & { readonly customer_id: string };
type Around = Telling & {
  readonly exposure: Awaited<ReturnType<WatchDeps["exposureOf"]>>;
  readonly open: ReadonlySet<CaseId>;
  /** Folds as they are after. */
  readonly after: Map<string, store.FoldRow>;
};

/**
 * Findings, in the order of customers; those that may take the place of others first, so that what they tell already is not told twice. News of
 * a finding that was told just now waits, in its fold, unless it makes it worse.
 */
export async function tell(deps: WatchDeps, tx: Tx, of: Telling): Promise<Saved> {
  const { folded, saving } = of;
  const wanted = await foldsToTell(tx, of);
  const customers = [...new Set(wanted.map(({ customer_id: id }) => id as CustomerId))];
  const cases = [...new Set(wanted.flatMap(({ case_id: id }) => (id ?? []) as CaseId))];
  const around: Around = {
    ...of,
    exposure: customers.length === 0 ? new Map() : await deps.exposureOf(tx, customers),
    open: cases.length === 0 ? new Set() : await deps.openAmong(tx, cases),
    after: new Map(),
  };
  let reported = 0;
  let resolved = 0;
  for (const fold of wanted) {
    const told = await tellOne(deps, tx, { around, fold });
    if (told?.isTold === true) reported++;
    if (told !== undefined && (folded.toReport.get(fold.fingerprint)?.length ?? 0) > 0)
      resolved += await takePlaces(deps, tx, { around, fold, hit: told.hit });
  }
  for (const fingerprint of [...folded.toResolve].sort()) {
    await deps.resolveFinding(tx, { fingerprint, at: saving.now, why: NO_LONGER });
    resolved++;
  }
  await store.saveFolds(tx, [...around.after.values()]);
  return { reported, resolved };
}

/** Folds with news: their own hits; hits that they tell already; and what waited long enough. */
async function foldsToTell(tx: Tx, { folded, saving, before }: Telling): Promise<readonly Owned[]> {
  const { folds, toReport, toChains } = folded;
  const waiting = new Map((await untoldFolds(tx, before)).map((fold) => [fold.fingerprint, fold]));
  const fingerprints = [...new Set([...toReport.keys(), ...toChains.keys(), ...waiting.keys()])];
  const others = await store.foldsBy(
    tx,
    fingerprints.filter((one) => !folds.has(one) && !waiting.has(one)),
  );
  const { twinsOf } = saving.relations;
  const order = (a: Owned, b: Owned) =>
    compare(a.customer_id, b.customer_id) ||
    b.level - a.level ||
    twinsOf(b.rule_id).length - twinsOf(a.rule_id).length ||
    compare(a.fingerprint, b.fingerprint);
  return fingerprints
    .flatMap((one) => folds.get(one) ?? waiting.get(one) ?? others.get(one) ?? [])
    .filter(
      (fold): fold is Owned =>
        fold.customer_id !== null && (toReport.has(fold.fingerprint) || waiting.has(fold.fingerprint) || hasRoom(fold)),
    )
    .sort(order);
}
const hasRoom = ({ case_id: caseId, evidence }: store.FoldRow): boolean => caseId !== null && evidence < EVIDENCE_MAX;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type One = { readonly around: Around; readonly fold: Owned };

async function tellOne(
  deps: WatchDeps,
  tx: Tx,
  { around, fold }: One,
): Promise<{ readonly hit: EvaluatedHit; readonly isTold: boolean } | undefined> {
  const { now, load } = around.saving;
  const own = around.folded.toReport.get(fold.fingerprint) ?? [];
  const inner = around.folded.toChains.get(fold.fingerprint) ?? [];
  const hit = own.at(-1) ?? (await hitThatStands(tx, fold));
  if (hit === undefined) {
    if (fold.untold_at !== null) around.after.set(fold.fingerprint, { ...fold, untold_at: null, untold_hit: null });
    return undefined;
  }
  const ask = {
    customer: fold.customer_id as CustomerId,
    subscription: fold.subscription_id ?? undefined,
    hit,
    now,
  };
  const atRisk = await deps.priceRisk(tx, ask);
  const priority = decidePriority({ level: levelOf(fold.level), atRisk, exposure: around.exposure.get(ask.customer) });
  const isOpen = fold.case_id !== null && around.open.has(fold.case_id as CaseId);
  if (inner.length === 0 && !decideTellNow({ fold, isOpen, priority: priority.score, before: around.before })) {
    const { at, facts, events } = inhibitable(hit);
    around.after.set(fold.fingerprint, {
      ...fold,
      untold_at: fold.untold_at ?? now,
      untold_hit: { at, facts, events },
    });
    if (fold.case_id !== null) await contain(deps, tx, { ask, fold, caseId: fold.case_id as CaseId });
    return { hit, isTold: false };
  }
  const waited = await hitsThatWaited(tx, fold);
  const told = [...waited, ...own];
  const events = await load(refsToShow(told.length === 0 ? inner : [...told, ...inner]));
  const after = await reportFold(deps, tx, {
    ask,
    fold,
    newestAt: instant(Math.max(hit.at, ...told.map(({ at }) => at))),
    events,
    firstAt: instant(events.reduce((least, { event }) => Math.min(least, event.at.epochMilliseconds), hit.at)),
    atRisk,
    priority,
  });
  around.after.set(fold.fingerprint, after);
  return { hit, isTold: true };
}
const instant = (at: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(at);
const inhibitable = (hit: EvaluatedHit) => ({
  at: hit.at,
  facts: hit.facts,
  events: inhibitableOf(hit).events,
});

/** The newest hit of a fold when none came just now. */
async function hitThatStands(tx: Tx, fold: Owned): Promise<EvaluatedHit | undefined> {
  const row = fold.untold_hit ?? (await lastTold(tx, fold.fingerprint));
  return row === undefined ? undefined : hitOfFold(fold, row);
}

/** Hits whose news waited, as far as there is room to show their events. */
async function hitsThatWaited(tx: Tx, fold: Owned): Promise<readonly EvaluatedHit[]> {
  if (fold.untold_at === null || !hasRoom(fold)) return [];
  const rows = await foundSince(tx, { fingerprint: fold.fingerprint, since: fold.untold_at });
  return rows.map((row) => hitOfFold(fold, row));
}

/** At most as many as a finding keeps: the first and the last of all events of the hits. */
function refsToShow(hits: readonly EvaluatedHit[]) {
  const refs = [
    ...new Map(hits.flatMap(({ events }) => events).map((ref) => [`${ref.source}|${ref.id}`, ref])).values(),
  ];
  return refs.length <= EVIDENCE_MAX ? refs : [...refs.slice(0, EVIDENCE_MAX / 2), ...refs.slice(-EVIDENCE_MAX / 2)];
}

type Placing = One & { readonly hit: EvaluatedHit };
/** Findings that were told before their chain, or their twin, came true: that one tells them now, and they are resolved. */
async function takePlaces(deps: WatchDeps, tx: Tx, { around, fold, hit }: Placing): Promise<number> {
  const { relations, now } = around.saving;
  const twins = relations.twinsOf(fold.rule_id);
  if (levelOf(fold.level) !== "critical" && twins.length === 0) return 0;
  const at = instant(hit.at);
  const earlier = await reportedFolds(tx, {
    customer: fold.customer_id,
    from: at.subtract({ hours: AROUND_HOURS }),
    until: at.add({ hours: AROUND_HOURS }),
    rules: twins,
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
    if (around.after.has(one.fingerprint) || decideInhibitor(inner, chain, relations) === undefined) continue;
    await deps.resolveFinding(tx, {
      fingerprint: one.fingerprint,
      at: now,
      why: `Part of: ${fold.title}`.slice(0, 500),
    });
    around.after.set(one.fingerprint, { ...one, inhibited_by: fold.fingerprint, untold_at: null, untold_hit: null });
    count++;
  }
  return count;
}
