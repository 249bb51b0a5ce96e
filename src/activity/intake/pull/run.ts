import { PartnerCenterError } from "../../../partner-center/contract.ts";
import type { Job } from "../../../worker/contract.ts";
import type { PullFeed } from "../contract-pull.ts";
import { ownRecords } from "../service-push.ts";
import { withHint } from "../decide-count.ts";
import { decideWindow, FEED_PLANS, placeAfter, type PullWindow } from "./decide-feeds.ts";
import { troubleOf } from "./decide-trouble.ts";
import type { PullDeps } from "./deps.ts";
import { partsOf, READERS } from "./readers.ts";
import {
  addBlob,
  addPulls,
  duePulls,
  forgetBlobs,
  knownBlobs,
  type PullRecord,
  savePull,
  slowestPart,
} from "./store-pull.ts";

/** Pulls of one round, and how many at once: Microsoft throttles by tenant, so many tenants may be asked side by side. */
const PULLS_A_ROUND = 400;
const AT_ONCE = 4;
/** A round ends after this, so that the next sees new settings and customers; what is due waits for it. */
const ROUND_SECONDS = 50;
/** Windows of one pull in a row: a first reading of a week takes seven. */
const WINDOWS_MAX = 40;
/** Records of one transaction. */
const RECORDS_AT_ONCE = 5_000;
const BLOB_DAYS = 9;

export const intakeOf = (feed: PullFeed, tenant: string): string => `pull:${feed}:${tenant}`;

/** One round: whose turn it is, is read. One customer that cannot be read is noted and passed over. */
export async function pullRound(deps: PullDeps): Promise<{ readonly pulls: number; readonly records: number }> {
  const now = deps.clock.now();
  const feeds = await deps.pullFeeds(deps.store.db);
  if (feeds.length === 0) return { pulls: 0, records: 0 };
  const targets = await deps.pullTargets(deps.store.db);
  const pulls = targets.flatMap(({ customer, subscriptions }) =>
    feeds.flatMap((feed) => partsOf(feed, subscriptions).map((part) => ({ tenant: customer as string, feed, part }))),
  );
  await deps.store.inTransaction(async (tx) => {
    await addPulls(tx, pulls, now);
    await forgetBlobs(tx, now.subtract({ hours: BLOB_DAYS * 24 }));
  });
  const tenants = targets.map(({ customer }) => customer as string);
  const due = await duePulls(deps.store.db, { feeds, tenants, now, limit: PULLS_A_ROUND });
  return work(deps, due, now.add({ seconds: ROUND_SECONDS }));
}

async function work(
  deps: PullDeps,
  due: readonly PullRecord[],
  until: Temporal.Instant,
): Promise<{ pulls: number; records: number }> {
  const waiting = [...due];
  const done = { pulls: 0, records: 0, isStopped: false };
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined && !done.isStopped; one = waiting.shift()) {
      if (Temporal.Instant.compare(deps.clock.now(), until) > 0) return;
      const outcome = await pullOne(deps, one);
      done.pulls += 1;
      done.records += outcome.records;
      // Our own sign-in does not work: every further customer would only be one more refusal.
      if (outcome.kind === "desk") done.isStopped = true;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { pulls: done.pulls, records: done.records };
}

type Outcome = { readonly kind: "read" | "customer" | "desk"; readonly records: number };

/** Reads a pull up to the present, window by window. */
async function pullOne(deps: PullDeps, pull: PullRecord): Promise<Outcome> {
  const plan = FEED_PLANS[pull.feed];
  let one = pull;
  let records = 0;
  try {
    for (let n = 0; n < WINDOWS_MAX; n++) {
      const now = deps.clock.now();
      const window = decideWindow(plan, one, now);
      if (window.gap !== undefined)
        deps.log("warn", "activity.pull-gap", {
          feed: pull.feed,
          tenant: pull.tenant,
          from: window.gap.from.toString(),
          until: window.gap.until.toString(),
        });
      const place = placeAfter(one, window);
      const isThere = window.until.epochMilliseconds >= now.epochMilliseconds;
      const saved = {
        ...one,
        ...place,
        state: isThere ? ("on-time" as const) : ("behind" as const),
        detail: undefined,
        failures: 0,
        triedAt: now,
        nextAt: isThere ? now.add({ seconds: plan.everySeconds }) : now,
      };
      const added = await readWindow(deps, saved, window);
      records += added;
      one = { ...saved, records: one.records + BigInt(added) };
      if (isThere) break;
    }
    return { kind: "read", records };
  } catch (error) {
    if (!(error instanceof PartnerCenterError)) throw error;
    return { kind: await noteTrouble(deps, one, error), records };
  }
}

async function noteTrouble(
  deps: PullDeps,
  one: PullRecord,
  { problem }: PartnerCenterError,
): Promise<"customer" | "desk"> {
  const trouble = troubleOf(problem, one.failures);
  const { feed, tenant, part } = one;
  // A customer that has no such log says so at every reading; the log of the desk hears it once. What stops every customer is a warning, what
  // one customer lacks is a state that Coverage shows.
  if (trouble.kind === "desk" || trouble.state !== one.state)
    deps.log(trouble.kind === "desk" ? "warn" : "info", "activity.pull-trouble", {
      feed,
      tenant,
      part,
      code: problem.code ?? null,
      detail: problem.detail,
      correlationId: problem.correlationId,
    });
  if (trouble.kind === "desk") return "desk";
  const now = deps.clock.now();
  await deps.store.inTransaction((tx) =>
    savePull(tx, {
      ...one,
      state: trouble.state,
      detail: `${problem.code ?? ""} ${problem.detail}`.trim(),
      failures: one.failures + 1,
      triedAt: now,
      nextAt: now.add({ seconds: trouble.waitSeconds }),
      added: 0,
    }),
  );
  return "customer";
}

/**
 * Reads one window to its end. Records are kept as they come; that the window was read is kept with the last of them, so that a reading cut
 * short is repeated and what it had already kept is known by its id.
 */
async function readWindow(deps: PullDeps, after: PullRecord, window: PullWindow): Promise<number> {
  const { tenant, feed } = after;
  const intake = intakeOf(feed, tenant);
  const known = feed === "office.audit" ? await knownBlobs(deps.store.db, tenant) : new Set<string>();
  let added = 0;
  for await (const page of READERS[feed]({ deps, pull: after, window, isKnown: (blob) => known.has(blob) })) {
    for (let from = 0; from < page.records.length; from += RECORDS_AT_ONCE) {
      const now = deps.clock.now();
      const events = page.records
        .slice(from, from + RECORDS_AT_ONCE)
        .flatMap((raw) => deps.normalise(raw, { receivedAt: now }))
        .map((event) => withHint(event, { tenant }));
      const isLast = from + RECORDS_AT_ONCE >= page.records.length;
      const { blob } = page;
      const appended = await deps.stream.append(await ownRecords(deps, events, {}), {
        intake,
        now,
        ...(isLast && blob !== undefined && { alongside: (tx) => addBlob(tx, { tenant, blob, now }) }),
      });
      added += appended.fresh;
    }
  }
  const { from, until } = window;
  await deps.store.inTransaction(async (tx) => {
    await savePull(tx, { ...after, added });
    // A feed was read as far as the slowest of its parts: one subscription that cannot be read is a gap.
    const slowest = await slowestPart(tx, after);
    if (slowest === undefined) return;
    const readUntil = Temporal.Instant.compare(slowest, until) < 0 ? slowest : until;
    await deps.recordReading(tx, { feed: `pull:${feed}`, tenant, from, until: readUntil, now: deps.clock.now() });
  });
  return added;
}

/** Every minute: whose turn it is. */
export const pullJob = (deps: PullDeps): Job => ({
  name: "activity.pull",
  everySeconds: 60,
  handle: async () => {
    const { pulls, records } = await pullRound(deps);
    if (records > 0) deps.log("info", "activity.pulled", { pulls, records });
  },
});
