import type { Tx } from "../../store/contract.ts";
import { dayText } from "./fingerprint.ts";
import type { Evaluated } from "./contract.ts";
import { decideFolds } from "./decide-folds.ts";
import { TELL_EVERY_MS } from "./decide-tell.ts";
import type { WatchDeps } from "./deps.ts";
import { type EventLoader, eventLoader } from "./event-loader.ts";
import { judge, type Judging } from "./judge.ts";
import * as store from "./store.ts";
import { untoldFolds } from "./store-told.ts";
import { countQuiet } from "./store-tuning.ts";
import { type Saved, tell } from "./tell.ts";

export type Saving = Judging & {
  readonly evaluated: Evaluated;
  readonly load: EventLoader;
  /** News of findings that were told at this moment or before is told; half a minute ago unless given. */
  readonly tellBefore?: Temporal.Instant | undefined;
};

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
  return tell(deps, tx, { saving, folded, before: saving.tellBefore ?? now.subtract({ milliseconds: TELL_EVERY_MS }) });
}

const NOTHING: Evaluated = { hits: [], retracted: [], late: [], filtered: new Map() };

/** Tells news that waits, when there is no batch to do it with. Gives how many findings. */
export async function tellWaiting(
  deps: WatchDeps,
  judging: Judging & { readonly before: Temporal.Instant },
): Promise<number> {
  const { store: kept } = deps;
  if ((await untoldFolds(kept.db, judging.before)).length === 0) return 0;
  const saving = { ...judging, tellBefore: judging.before, evaluated: NOTHING, load: eventLoader(deps, []) };
  const { reported } = await kept.inTransaction(async (tx) => {
    await store.lockWatch(tx);
    return saveEvaluated(deps, tx, saving);
  });
  return reported;
}
