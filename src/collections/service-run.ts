import type { CustomerId } from "../core/ids.ts";
import { dayOf } from "../core/time.ts";
import { appendEvents } from "../store/events.ts";
import type { NewEvent, Tx } from "../store/contract.ts";
import type { AccountScore } from "./contract.ts";
import { actsOf } from "./decide-acts.ts";
import type { CollectionsDeps } from "./deps.ts";
import { prepare, type PreparedPolicy } from "./ladder/decide-ladder.ts";
import { accountsFor } from "./service-accounts.ts";
import {
  evaluateAccount,
  type Ground,
  graceOf,
  scoreAsk,
  type Standing,
  standingOf,
  stepEvents,
  toRow,
} from "./service-evaluate.ts";
import { type Loaded, readHistories } from "./service-history.ts";
import { promiseStandings } from "./service-promises-seen.ts";
import { pauseOf, readCollectionsSettings } from "./service-settings.ts";
import {
  clearDirty,
  loadDirty,
  type Mark,
  markStale,
  keptStates,
  knownZones,
  moveRun,
  openRun,
  writeMembers,
} from "./store-state.ts";
import { writeLooked } from "./store-rows.ts";

/** The look at all accounts once a local day, and at those that something happened to. */

const ready = new WeakMap<object, PreparedPolicy>();
const readyById = new Map<string, PreparedPolicy>();
const READY_MAX = 50;

/** What a run reads once. Versions never change, so that each is made ready once. */
export async function groundOf(tx: Tx, deps: CollectionsDeps, now: Temporal.Instant): Promise<Ground> {
  const today = dayOf(now, deps.zone);
  const settings = await readCollectionsSettings(tx);
  const versions = await deps.policiesOn(tx, today);
  return {
    now,
    policies: versions.map((version) => {
      const key = `${version.policy.id}:${version.version}`;
      const known = ready.get(version) ?? readyById.get(key);
      if (known !== undefined) return known;
      if (readyById.size >= READY_MAX) readyById.clear();
      const prepared = prepare(version);
      ready.set(version, prepared);
      readyById.set(key, prepared);
      return prepared;
    }),
    reporting: await deps.reportingCurrency(tx),
    convert: await deps.converterOn(tx, today),
    settings,
    isPaused: (await pauseOf(tx, deps, { settings, today })) !== undefined,
  };
}

export type RunReport = { readonly accounts: number; readonly acted: number; readonly failed: number };

/**
 * Looks at every account whose local day has not been looked at since its hour of sending came. Safe to repeat and to kill: a run goes on after
 * the last account it reached, and what an account needs is decided again under its lock. However many zones have their day, the ledger is
 * read once.
 */
export async function runDay(deps: CollectionsDeps): Promise<RunReport> {
  const { store, clock } = deps;
  const now = clock.now();
  const ground = await groundOf(store.db, deps, now);
  const runs = await runsDue(deps, ground);
  let report: RunReport = { accounts: 0, acted: 0, failed: 0 };
  if (runs.size === 0) return report;
  const histories = readHistories(store.db, deps, {
    day: dayOf(now, deps.zone),
    after: leastReached([...runs.values()]),
  });
  for await (const batch of oneAhead(histories)) {
    const done = await lookForRuns(deps, ground, { runs, batch });
    report = {
      accounts: report.accounts + done.accounts,
      acted: report.acted + done.acted,
      failed: report.failed + done.failed,
    };
  }
  for (const { key, zone, day } of runs.values()) {
    // Lists of those that owed at the last look and of which nothing was read today: paid, or gone from the ledger.
    await store.inTransaction((tx) => markStale(tx, { zone, day, now }));
    const end = { zone: key, day, reached: undefined, accounts: 0, acted: 0, finishedAt: deps.clock.now() };
    await store.inTransaction((tx) => moveRun(tx, end));
  }
  return report;
}

/** Reads the next batch while this one is worked on: PostgreSQL and this process then wait less for each other. Two are in memory at once. */
async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = source.next();
  try {
    for (;;) {
      const read = await next;
      if (read.done === true) return;
      next = source.next();
      // Where the work fails before this is awaited, the work's failure is what is told.
      next.catch(() => {});
      yield read.value;
    }
  } finally {
    await next.catch(() => {});
    await source.return(undefined);
  }
}

/** The run of one zone's day. */
type ZoneRun = {
  readonly zone: string;
  readonly key: string;
  readonly day: Temporal.PlainDate;
  /** Its accounts up to this one are done. */
  readonly reached: CustomerId | undefined;
};

const PAUSED = " paused";

/** Runs whose day has begun and that are not finished, by zone. */
async function runsDue(deps: CollectionsDeps, ground: Ground): Promise<ReadonlyMap<string, ZoneRun>> {
  const { store } = deps;
  const { now } = ground;
  const zones = new Set([
    deps.zone,
    ...ground.policies.map((one) => one.version.policy.calendar.timeZone),
    ...(await knownZones(store.db)),
  ]);
  const runs = new Map<string, ZoneRun>();
  for (const zone of zones) {
    if (!hasBegun(ground, zone)) continue;
    const day = dayOf(now, zone);
    // While sending is paused the lists are kept true all the same; once it goes on, the day is run again and tells.
    const key = ground.isPaused ? `${zone}${PAUSED}` : zone;
    const run = await store.inTransaction((tx) => openRun(tx, { zone: key, day, now }));
    if (run.finished_at === null) runs.set(zone, { zone, key, day, reached: run.reached ?? undefined });
  }
  return runs;
}

/** The earliest hour at which any policy sends: before it the day has not begun. */
function hasBegun(ground: Ground, zone: string): boolean {
  const time = ground.now.toZonedDateTimeISO(zone).toPlainTime();
  return ground.policies.every(
    ({ version }) => Temporal.PlainTime.compare(time, Temporal.PlainTime.from(version.policy.calendar.sendAt)) >= 0,
  );
}

function leastReached(runs: readonly ZoneRun[]): CustomerId | undefined {
  let least = runs[0]?.reached;
  for (const { reached } of runs)
    if (least !== undefined && (reached === undefined || reached < least)) least = reached;
  return least;
}

type RunBatch = { readonly runs: ReadonlyMap<string, ZoneRun>; readonly batch: readonly Loaded[] };

/** Looks at those of a batch whose zone has its run and has not reached them, and moves every run on. */
async function lookForRuns(deps: CollectionsDeps, ground: Ground, { runs, batch }: RunBatch): Promise<RunReport> {
  const own: Stood[] = [];
  for (const loaded of batch) {
    const standing = standingOf(loaded.history, ground, deps.zone);
    const run = runs.get(standing.zone);
    if (run === undefined) continue;
    if (run.reached !== undefined && loaded.history.account.accountId <= run.reached) continue;
    own.push({ loaded, standing });
  }
  const done = await lookAtBatch(deps, ground, own);
  const reached = batch.at(-1)?.history.account.accountId;
  const byZone = Map.groupBy(own, ({ standing }) => standing.zone);
  await deps.store.inTransaction(async (tx) => {
    for (const { key, zone, day } of runs.values()) {
      const ids = (byZone.get(zone) ?? []).map(({ loaded }) => loaded.history.account.accountId);
      const acted = ids.filter((id) => done.acted.has(id)).length;
      await moveRun(tx, { zone: key, day, reached, accounts: ids.length, acted, finishedAt: undefined });
    }
  });
  return { accounts: own.length, acted: done.acted.size, failed: done.failed };
}

/** A history and where it stands, computed once. */
type Stood = { readonly loaded: Loaded; readonly standing: Standing };
type Done = { readonly acted: ReadonlySet<CustomerId>; readonly failed: number };

/** Accounts with nothing to do are written together; each of the others gets a transaction of its own. */
async function lookAtBatch(deps: CollectionsDeps, ground: Ground, batch: readonly Stood[]): Promise<Done> {
  const quiet: Stood[] = [];
  const busy: CustomerId[] = [];
  for (const stood of batch) {
    if (isQuiet(stood.loaded, stood.standing, ground)) quiet.push(stood);
    else busy.push(stood.loaded.history.account.accountId);
  }
  await writeQuiet(deps, ground, quiet);
  return await evaluateEach(deps, ground, busy);
}

/** Whether a look would lead to nothing but its row. */
function isQuiet(loaded: Loaded, { prepared, state, day, isTime }: Standing, { settings, isPaused }: Ground): boolean {
  if (loaded.effects.some((row) => row.state === "asked" || row.state === "lifting")) return false;
  const promises = promiseStandings(loaded, { day, graceDays: graceOf(prepared) });
  if (promises.some(({ row, seen }) => row.seen !== seen.seen)) return false;
  if (prepared === undefined || state === undefined) return true;
  if (isTime && !isPaused && state.tell !== undefined) return false;
  const known = { rows: loaded.effects, askAgainDays: settings.askAgainDays, isPaused };
  return actsOf(state, prepared.version, known).length === 0;
}

async function writeQuiet(deps: CollectionsDeps, ground: Ground, quiet: readonly Stood[]): Promise<void> {
  if (quiet.length === 0) return;
  const { store } = deps;
  const scores = await scoresOf(deps, ground, quiet);
  const rows = quiet.map(({ loaded, standing }) =>
    toRow({ loaded, standing, ground }, scores.get(loaded.history.account.accountId)),
  );
  await store.inTransaction(async (tx) => {
    const kept = await keptStates(
      tx,
      rows.map((row) => row.account_id as CustomerId),
    );
    await writeLooked(tx, rows, kept);
    await writeMembers(
      tx,
      quiet.map(({ loaded: { history } }) => history.account),
    );
    const events: NewEvent[] = rows.flatMap((row) =>
      stepEvents(kept.get(row.account_id as CustomerId), row, ground.now),
    );
    await appendEvents(tx, events);
  });
}

async function scoresOf(
  deps: CollectionsDeps,
  ground: Ground,
  stood: readonly Stood[],
): Promise<ReadonlyMap<CustomerId, AccountScore>> {
  const asks = stood.flatMap(({ loaded, standing }) => scoreAsk(loaded, standing, ground) ?? []);
  if (asks.length === 0) return new Map();
  const scores = await deps.score(deps.store.db, asks, dayOf(ground.now, deps.zone));
  return new Map(scores.map((score) => [score.accountId, score]));
}

/** One transaction an account: what fails for one never stops the others, and is looked at again soon. */
async function evaluateEach(deps: CollectionsDeps, ground: Ground, accountIds: readonly CustomerId[]): Promise<Done> {
  const acted = new Set<CustomerId>();
  const failures: unknown[] = [];
  for (const accountId of accountIds) {
    try {
      const looked = await deps.store.inTransaction((tx) =>
        evaluateAccount(tx, deps, { accountId, ground, tells: true }),
      );
      if (looked.acted) acted.add(accountId);
    } catch (error) {
      failures.push(error);
      deps.onFailed(accountId, error);
    }
  }
  // All of them failed: that is no trouble of one account but an outage, and the job is repeated.
  if (failures.length > 0 && failures.length === accountIds.length) throw failures[0];
  return { acted, failed: failures.length };
}

/** Marked customers of one round; memory holds their accounts at once. */
const DIRTY_A_ROUND = 500;
const ROUNDS_MAX = 400;

/** Looks at the accounts that something happened to. Gives how many. Marks go when the look is kept: a killed look is repeated. */
export async function runDirty(deps: CollectionsDeps): Promise<number> {
  const { store, clock } = deps;
  let looked = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const marks = await loadDirty(store.db, DIRTY_A_ROUND);
    if (marks.length === 0) break;
    await lookAtMarked(deps, await groundOf(store.db, deps, clock.now()), marks);
    looked += marks.length;
    if (marks.length < DIRTY_A_ROUND) break;
  }
  return looked;
}

async function lookAtMarked(deps: CollectionsDeps, ground: Ground, marks: readonly Mark[]): Promise<void> {
  const { store } = deps;
  const accounts = await accountsFor(
    store.db,
    deps,
    marks.map((mark) => mark.customer_id),
  );
  const accountIds = [...new Set(accounts.values())].toSorted();
  const seen = new Set<CustomerId>();
  for await (const batch of readHistories(store.db, deps, { accountIds, day: dayOf(ground.now, deps.zone) })) {
    for (const { history } of batch) seen.add(history.account.accountId);
    const stood = batch.map((loaded) => ({ loaded, standing: standingOf(loaded.history, ground, deps.zone) }));
    await lookAtBatch(deps, ground, stood);
  }
  // Nothing of these is open any more: those that were in a list are looked at one by one, the others have never owed.
  const rest = accountIds.filter((id) => !seen.has(id));
  const known = await keptStates(store.db, rest);
  await evaluateEach(
    deps,
    ground,
    rest.filter((id) => known.has(id)),
  );
  await store.inTransaction((tx) => clearDirty(tx, marks));
}
