import type { Json } from "../core/canonical.ts";
import type { CustomerId, NewId } from "../core/ids.ts";
import type { Clock } from "../core/time.ts";
import { PartnerCenterError, type PartnerCenterProblem, type PartnerCenterReader } from "../partner-center/contract.ts";
import { type Store, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { BillingCurrencies, CustomersToWatch, FactSinks, Feed } from "./contract.ts";
import { FEEDS } from "./contract.ts";
import { decideAfterMiss, mayResume, type FeedState } from "./decide-run.ts";
import { loadHandled, markMissed, markReached } from "./store-reached.ts";
import {
  closeRun,
  failRun,
  type FeedRow,
  type KeptError,
  loadFeed,
  openRun,
  saveProgress,
  type Progress,
  underFeedLock,
} from "./store.ts";

/** What sync is given. `connect` makes a reader for one run: its correlation id joins all calls of the run. */
export type SyncDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly connect: (options: {
    readonly correlationId: string;
    readonly onUnreadable: (problem: PartnerCenterProblem) => void;
  }) => PartnerCenterReader;
  readonly sinks: FactSinks;
  readonly customersToWatch: CustomersToWatch;
  readonly billingCurrencies: BillingCurrencies;
  readonly enqueue: Enqueue;
  readonly log: (level: "info" | "warn" | "error", what: string, facts: Readonly<Record<string, Json>>) => void;
  /** Our callback address, when webhooks are set up: the webhook feed checks that Microsoft still knows it. */
  readonly webhookUrl?: string | undefined;
};

/** A run under way, as its feed sees it. */
export type Run = {
  readonly deps: SyncDeps;
  readonly feed: Feed;
  readonly reader: PartnerCenterReader;
  readonly id: string;
  /** Start of the run as a whole: the "as of" of everything it reads. */
  readonly startedAt: Temporal.Instant;
  readonly cursor: Json | undefined;
  /** Remembers something left out, to be shown with the feed. */
  readonly leaveOut: (problem: PartnerCenterProblem) => void;
  /** Runs `work` in one transaction together with the run's progress. */
  readonly save: (work: (tx: Tx) => Promise<Progress>) => Promise<void>;
  /** Whether this piece of the run has used its time and should go on in another. */
  readonly isTimeUp: () => boolean;
};

/** What a feed's own code gives back: "paused" = there is more, in the next piece of the run. */
export type Ran =
  | { readonly kind: "complete"; readonly customers?: { readonly reached: number; readonly total: number } }
  | { readonly kind: "paused" };
export type ReadFeed = (run: Run) => Promise<Ran>;

export type RunOutcome =
  | { readonly kind: "complete" | "paused" | "running-elsewhere" | "waits-for-customers"; readonly feed: Feed }
  | { readonly kind: "failed"; readonly feed: Feed; readonly problem: PartnerCenterProblem };

/** The queue gives a job half an hour; a run that needs longer goes on in another job. */
const PIECE_MINUTES_MAX = 10;
/** Customers read at once. More gains nothing against a limit of 500 calls a minute. */
const AT_ONCE = 4;

export const stateOf = (row: FeedRow): FeedState => ({
  isOpen: row.is_open,
  startedAt: row.started_at ?? undefined,
  finishedAt: row.finished_at ?? undefined,
  failedAt: row.failed_at ?? undefined,
});

export const keptError = (problem: PartnerCenterProblem, at: Temporal.Instant): KeptError => ({
  kind: problem.kind,
  advice: problem.advice,
  code: problem.code ?? null,
  detail: problem.detail.slice(0, 1_000),
  correlationId: problem.correlationId,
  at: at.toString(),
});

/** Runs one feed: opens or resumes its run, reads, and closes it or notes why it could not. Bugs are thrown. */
export async function runFeed(deps: SyncDeps, feed: Feed, read: ReadFeed): Promise<RunOutcome> {
  const outcome = await underFeedLock(deps.store, FEEDS.indexOf(feed), () => runLocked(deps, feed, read));
  return outcome ?? { kind: "running-elsewhere", feed };
}

async function runLocked(deps: SyncDeps, feed: Feed, read: ReadFeed): Promise<RunOutcome> {
  const { store, clock } = deps;
  const row = await loadFeed(store.db, feed);
  const resumed = mayResume(feed, row && stateOf(row), clock.now()) ? row : undefined;
  const id = resumed?.run_id ?? deps.newId();
  const startedAt = resumed?.started_at ?? clock.now();
  if (resumed === undefined) await store.inTransaction((tx) => openRun(tx, feed, { id, startedAt }));
  const correlationId = deps.newId();
  const leftOut: PartnerCenterProblem[] = [];
  const leaveOut = (problem: PartnerCenterProblem): void => void leftOut.push(problem);
  const reader = deps.connect({ correlationId, onUnreadable: leaveOut });
  const pieceEnds = clock.now().add({ minutes: PIECE_MINUTES_MAX });
  const run: Run = {
    deps,
    feed,
    reader,
    id,
    startedAt,
    cursor: (row?.cursor ?? undefined) as Json | undefined,
    leaveOut,
    save: (work) => store.inTransaction(async (tx) => saveProgress(tx, feed, await work(tx))),
    isTimeUp: () => Temporal.Instant.compare(clock.now(), pieceEnds) > 0,
  };
  deps.log("info", "sync.run", { feed, startedAt: startedAt.toString(), correlationId });
  try {
    const ran = await read(run);
    if (ran.kind === "paused") return { kind: "paused", feed };
    await finish(deps, feed, { ran, leftOut, before: row });
    return { kind: "complete", feed };
  } catch (error) {
    if (!(error instanceof PartnerCenterError)) throw error;
    await fail(deps, feed, { problem: error.problem, before: row });
    return { kind: "failed", feed, problem: error.problem };
  }
}

type Finish = {
  readonly ran: Extract<Ran, { kind: "complete" }>;
  readonly leftOut: readonly PartnerCenterProblem[];
  readonly before: FeedRow | undefined;
};

async function finish({ store, clock }: SyncDeps, feed: Feed, { ran, leftOut, before }: Finish): Promise<void> {
  const at = clock.now();
  const [first] = leftOut;
  await store.inTransaction(async (tx) => {
    await closeRun(tx, feed, { finishedAt: at, customers: ran.customers, error: first && keptError(first, at) });
    if (before?.failed_at == null) return;
    await appendEvents(tx, [
      { type: "sync.feed-recovered", actor: SURETY, at, subject: { kind: "feed", id: feed }, before: before.error },
    ]);
  });
}

/** Only the change to failing is an event: a feed that stays down for a day is one line in the log, not a hundred. */
async function fail(
  deps: SyncDeps,
  feed: Feed,
  { problem, before }: { readonly problem: PartnerCenterProblem; readonly before: FeedRow | undefined },
): Promise<void> {
  const at = deps.clock.now();
  const error = keptError(problem, at);
  deps.log("warn", "sync.failed", { feed, ...error });
  await deps.store.inTransaction(async (tx) => {
    await failRun(tx, feed, { at, error });
    if (before?.failed_at != null) return;
    await appendEvents(tx, [
      { type: "sync.feed-failed", actor: SURETY, at, subject: { kind: "feed", id: feed }, after: error },
    ]);
  });
}

/** Reads one customer and gives back how to keep it, in a transaction that also marks the customer as reached. */
export type ReadCustomer = (customerId: CustomerId) => Promise<{
  readonly marker?: string;
  readonly keep: (tx: Tx) => Promise<Progress>;
}>;

/**
 * Goes through customers, a few at a time. One that cannot be read is noted and passed over; those that this run has
 * handled before it was cut short are skipped. Throws when the trouble is not a customer's.
 */
export async function eachCustomer(
  run: Run,
  customerIds: readonly CustomerId[],
  read: ReadCustomer,
): Promise<"all" | "paused"> {
  const handled = await loadHandled(run.deps.store.db, run.feed, run.id);
  const waiting = customerIds.filter((id) => !handled.has(id)).values();
  const shared: Shared = { missesInARow: 0, stop: undefined, paused: false };

  async function worker(): Promise<void> {
    for (const customerId of waiting) {
      if (shared.stop !== undefined || shared.paused) return;
      if (run.isTimeUp()) shared.paused = true;
      try {
        await handleCustomer(run, { customerId, read, shared });
      } catch (error) {
        shared.stop ??= { error };
      }
    }
  }
  // Each worker ends by itself: one must not go on writing after the run was given up.
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (shared.stop !== undefined) throw shared.stop.error;
  return shared.paused ? "paused" : "all";
}

type Shared = { missesInARow: number; stop: { readonly error: unknown } | undefined; paused: boolean };
type Handling = {
  readonly customerId: CustomerId;
  readonly read: ReadCustomer;
  readonly shared: Shared;
};

async function handleCustomer(run: Run, { customerId, read, shared }: Handling): Promise<void> {
  const reached = { feed: run.feed, customerId, runId: run.id, at: run.deps.clock.now() };
  try {
    const { marker, keep } = await read(customerId);
    await run.save(async (tx) => {
      const progress = await keep(tx);
      await markReached(tx, reached, marker);
      return progress;
    });
    shared.missesInARow = 0;
  } catch (error) {
    shared.missesInARow += 1;
    const isOurs = !(error instanceof PartnerCenterError);
    if (isOurs || decideAfterMiss(error.problem, shared.missesInARow) === "stop-run") {
      shared.stop ??= { error };
      return;
    }
    await run.deps.store.inTransaction((tx) => markMissed(tx, reached, keptError(error.problem, reached.at)));
  }
}
