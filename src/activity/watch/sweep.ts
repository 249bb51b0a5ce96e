import type { CustomerId } from "../../core/ids.ts";
import type { Hit, PortfolioFacts } from "../contract-detector.ts";
import type { ActiveSweep } from "../lab/contract.ts";
import type { EvaluatedHit } from "./contract.ts";
import { NO_RELATIONS } from "./decide-bases.ts";
import { cleanText } from "./decide-clean.ts";
import type { WatchDeps } from "./deps.ts";
import { boundedSettings } from "./evaluator.ts";
import { eventLoader } from "./event-loader.ts";
import { dayText, fingerprintOf } from "./fingerprint.ts";
import { saveEvaluated } from "./save.ts";
import { lockWatch } from "./store.ts";
import { retractFold, sweptFolds } from "./store-checkpoint.ts";
import { loadTuning } from "./tuning.ts";

const CUSTOMERS_AT_ONCE = 200;
/** Findings of this long ago are looked at again to see whether they still hold. */
const STANDING_DAYS = 7;
const NO_LONGER = "It is no longer so.";

/** Judges every customer by what is known without any event. Findings that no longer hold are resolved. */
export async function sweep(deps: WatchDeps): Promise<{ readonly customers: number; readonly hits: number }> {
  const { store: kept } = deps;
  const { sweeps } = await deps.activeRules(kept.db);
  if (sweeps.length === 0) return { customers: 0, hits: 0 };
  const ids = [...(await deps.customerIds(kept.db))].sort();
  let hits = 0;
  for (let from = 0; from < ids.length; from += CUSTOMERS_AT_ONCE)
    hits += await sweepSome(deps, sweeps, ids.slice(from, from + CUSTOMERS_AT_ONCE));
  return { customers: ids.length, hits };
}

async function sweepSome(deps: WatchDeps, sweeps: readonly ActiveSweep[], ids: readonly CustomerId[]): Promise<number> {
  const { store: kept, clock } = deps;
  const now = clock.now();
  const portfolio = await deps.portfolioFacts(kept.db, ids, now);
  const tuning = await loadTuning(kept.db, now);
  const hits = ids.flatMap((id) => {
    const facts = portfolio.get(id);
    return facts === undefined
      ? []
      : sweeps.flatMap((one) => judged(deps, one, { facts, settings: tuning.settings(one.id, id), now }));
  });
  const standing = new Set(hits.map(({ fingerprint }) => fingerprint));
  await kept.inTransaction(async (tx) => {
    await lockWatch(tx);
    const evaluated = { hits, retracted: [], late: [], filtered: new Map<string, number>() };
    const saving = { evaluated, tuning, load: eventLoader(deps, []), relations: NO_RELATIONS, now };
    await saveEvaluated(deps, tx, saving);
    const since = now.subtract({ hours: 24 * STANDING_DAYS });
    const rules = sweeps.map(({ id }) => id);
    for (const { fingerprint } of await sweptFolds(tx, { rules, customers: [...portfolio.keys()], since }))
      if (!standing.has(fingerprint)) {
        await retractFold(tx, fingerprint, now);
        await deps.resolveFinding(tx, { fingerprint, at: now, why: NO_LONGER });
      }
  });
  return hits.length;
}

type Judging = {
  readonly facts: PortfolioFacts;
  readonly settings: Readonly<Record<string, number>>;
  readonly now: Temporal.Instant;
};
function judged(deps: WatchDeps, one: ActiveSweep, { facts, settings, now }: Judging): readonly EvaluatedHit[] {
  try {
    const hits = one.sweep.decide(facts, boundedSettings(one.sweep.settings, settings), now);
    return hits.map((hit) => hitOf(one, hit, facts.customer));
  } catch (error) {
    deps.log.error({ err: error, rule: one.id, customer: facts.customer }, "activity: a sweep failed");
    return [];
  }
}

function hitOf({ sweep: card, version, state }: ActiveSweep, hit: Hit, customer: CustomerId): EvaluatedHit {
  const { id, title, titleSv, family, runbook, contain } = card;
  const named = {
    rule: id,
    customer,
    subscription: hit.subscription,
    group: hit.key === "" ? [] : [cleanText(hit.key)],
    // What a sweep says stands from day to day: one finding, until it is no longer so.
    at: undefined,
  };
  return {
    rule: { id, title, titleSv, family, runbook, contain, version },
    level: hit.level,
    customer,
    subscription: hit.subscription,
    group: named.group,
    at: hit.at,
    facts: hit.facts,
    events: hit.events.map(({ source, id: event }) => ({ source, id: event })),
    fingerprint: fingerprintOf(named),
    completedBy: `${hit.key}@${dayText(hit.at)}`.slice(-400),
    isShadow: state === "shadow",
  };
}
