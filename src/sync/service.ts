import type { CustomerId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import { no } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { PartnerCenterError } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";
import { CADENCE, type Feed, type FeedJson, FEEDS, type FeedFreshness, type MissingCustomerJson } from "./contract.ts";
import { decideFreshness, mayPass, nextRunAt } from "./decide-run.ts";
import { readBudgets, readCustomers, readSubscriptions } from "./feeds-customers.ts";
import { readPrices, readUsage } from "./feeds-money.ts";
import { readAlerts, readAudit, readGdap, readWebhooks } from "./feeds-watch.ts";
import { handleWaiting } from "./inbox.ts";
import { type ReadFeed, runFeed, type RunOutcome, stateOf, type SyncDeps } from "./run.ts";
import { hasUntried, loadMissed, loadMissedIds } from "./store-reached.ts";
import { loadFeed, loadFeeds } from "./store.ts";

/** How each feed reads. */
const READ: Readonly<Record<Feed, ReadFeed>> = {
  customers: readCustomers,
  alerts: readAlerts,
  subscriptions: readSubscriptions,
  usage: readUsage,
  budgets: readBudgets,
  gdap: readGdap,
  prices: readPrices,
  audit: readAudit,
  webhooks: async (run) => {
    await handleWaiting(run.deps);
    return readWebhooks(run);
  },
};

/** Feeds that go through the list of customers, and which of them. */
const NEEDS_CUSTOMERS: Partial<Readonly<Record<Feed, "all" | "azure">>> = { subscriptions: "all", budgets: "azure" };

/** Runs a feed once, or the next piece of a run that was cut short. Safe to repeat and to run beside itself. */
export async function syncFeed(deps: SyncDeps, feed: Feed): Promise<RunOutcome> {
  if (NEEDS_CUSTOMERS[feed] !== undefined) {
    const list = await loadFeed(deps.store.db, "customers");
    if (list?.finished_at == null) return { kind: "waits-for-customers", feed };
  }
  return runFeed(deps, feed, READ[feed]);
}

/** The work of a feed's job: runs it, and puts on the queue what must follow. Throws when repeating soon may help. */
export async function runFeedJob(deps: SyncDeps, feed: Feed): Promise<void> {
  const outcome = await syncFeed(deps, feed);
  if (outcome.kind === "failed" && mayPass(outcome.problem)) throw new PartnerCenterError(outcome.problem);
  if (outcome.kind === "paused") await deps.store.inTransaction((tx) => enqueueFeed(deps, tx, feed));
  if (outcome.kind === "complete") await enqueueFollowers(deps);
}

/** New customers must not wait for the next round of the feeds that go customer by customer. */
async function enqueueFollowers(deps: SyncDeps): Promise<void> {
  for (const feed of FEEDS) {
    const only = NEEDS_CUSTOMERS[feed];
    if (only === undefined || !(await hasUntried(deps.store.db, feed, only))) continue;
    await deps.store.inTransaction((tx) => enqueueFeed(deps, tx, feed));
  }
}

export const feedJob = (feed: Feed): string => `sync.${feed}`;

const enqueueFeed = (deps: Pick<SyncDeps, "enqueue">, tx: Tx, feed: Feed): Promise<void> =>
  deps.enqueue(tx, feedJob(feed), null, { singletonKey: "asked" });

/** Puts on the queue every feed that was never tried: a desk just connected does not wait for each feed's next turn. */
export async function askForNeverRead(deps: Pick<SyncDeps, "store" | "enqueue">): Promise<void> {
  const tried = new Set((await loadFeeds(deps.store.db)).map((row) => row.feed));
  const untried = FEEDS.filter((feed) => !tried.has(feed) && NEEDS_CUSTOMERS[feed] === undefined);
  if (untried.length === 0) return;
  await deps.store.inTransaction(async (tx) => {
    for (const feed of untried) await enqueueFeed(deps, tx, feed);
  });
}

/** Reads every feed, or those named, one after the other, each to its end. For the command line and for tests. */
export async function syncAll(deps: SyncDeps, feeds: readonly Feed[] = FEEDS): Promise<readonly RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  for (const feed of feeds) {
    let outcome = await syncFeed(deps, feed);
    while (outcome.kind === "paused") outcome = await syncFeed(deps, feed);
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Freshness of every feed, those that never ran included. */
export const feedFreshness: FeedFreshness = async (tx, now) => {
  const rows = new Map((await loadFeeds(tx)).map((row) => [row.feed, row]));
  return FEEDS.map((feed): FeedJson => {
    const row = rows.get(feed);
    const state = row === undefined ? undefined : stateOf(row);
    return {
      feed,
      state: decideFreshness(feed, state, now),
      running: row?.is_open === true && row.failed_at === null,
      startedAt: row?.started_at?.toString() ?? null,
      finishedAt: row?.finished_at?.toString() ?? null,
      newestFactAt: row?.newest_fact_at?.toString() ?? null,
      nextRunAt: nextRunAt(feed, state)?.toString() ?? null,
      customersReached: row?.customers_reached ?? null,
      customersTotal: row?.customers_total ?? null,
      factsRead: Number(row?.facts_read ?? 0n),
      error: row?.error ?? null,
    };
  });
};

export async function missingCustomers(tx: Tx, feed: Feed): Promise<readonly MissingCustomerJson[]> {
  return (await loadMissed(tx, feed)).map((row) => ({
    customerId: row.customer_id,
    name: row.name,
    lastReadAt: row.read_at?.toString() ?? null,
    failures: row.failures,
    error: row.error,
  }));
}

/** Customers that each feed could not read when it last tried; feeds that reached everyone are missing. */
export const missingByFeed = (tx: Tx): Promise<ReadonlyMap<Feed, readonly CustomerId[]>> => loadMissedIds(tx);

/** Least time between two runs that people ask for: Microsoft counts every call of the tenant. */
export const ASK_AGAIN_SECONDS = 30;

/** Puts a run on the queue because a person asked. Refused while the last one is only seconds old. */
export async function askForRun(
  deps: Pick<SyncDeps, "enqueue">,
  tx: Tx,
  { feed, now }: { readonly feed: Feed; readonly now: Temporal.Instant },
): Promise<Result<{ feed: Feed; everySeconds: number }, Refusal>> {
  const started = (await loadFeed(tx, feed))?.started_at;
  const age = started == null ? Number.POSITIVE_INFINITY : started.until(now).total("seconds");
  if (age >= 0 && age < ASK_AGAIN_SECONDS) {
    return no(
      "conflict",
      "feed-just-ran",
      `The feed ran ${Math.floor(age)} seconds ago; ask again after ${ASK_AGAIN_SECONDS}.`,
    );
  }
  await enqueueFeed(deps, tx, feed);
  return ok({ feed, everySeconds: CADENCE[feed].everySeconds });
}
