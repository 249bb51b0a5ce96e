import type { CustomerId } from "../../core/ids.ts";
import type { EvaluatedHit } from "./contract.ts";
import { relationsIn } from "./decide-bases.ts";
import type { WatchDeps } from "./deps.ts";
import { Evaluator } from "./evaluator.ts";
import { eventLoader } from "./event-loader.ts";
import { saveEvaluated } from "./save.ts";
import { lockWatch } from "./store.ts";
import { doneLookBack, type LookBackRow, nextLookBack } from "./store-checkpoint.ts";
import { loadTuning } from "./tuning.ts";

const DAY_MS = 86_400_000;
const SPAN_DAYS_MAX = 62;
const SAVED_AT_ONCE = 500;

/**
 * Days whose events came too late for the windows of the live watch (a file of last month, a feed that was down) are looked at anew from the
 * store, customer by customer, and their hits are kept as if they had been found then. Gives how many customers were looked at.
 */
export async function lookBack(deps: WatchDeps): Promise<number> {
  let customers = 0;
  for (;;) {
    const rows = await nextLookBack(deps.store.db);
    if (rows.length === 0) return customers;
    await lookAtDays(deps, rows);
    customers++;
  }
}

async function lookAtDays(deps: WatchDeps, rows: readonly LookBackRow[]): Promise<void> {
  const { store: kept, clock, stream } = deps;
  const now = clock.now();
  const rules = await deps.activeRules(kept.db);
  const tuning = await loadTuning(kept.db, now);
  const customer = rows[0]?.customer_id === "-" ? undefined : (rows[0]?.customer_id as CustomerId | undefined);
  const facts =
    customer === undefined ? undefined : (await deps.portfolioFacts(kept.db, [customer], now)).get(customer);
  const evaluator = new Evaluator({
    rules,
    view: deps.view,
    logSourcesOf: deps.logSourcesOf,
    settings: tuning.settings,
    portfolio: (id) => (id === customer ? facts : undefined),
    filters: tuning.filters,
    limits: { ...deps.limits, latenessMs: DAY_MS },
  });
  const first = startOf(rows[0]);
  const last = startOf(rows.at(-1)) + DAY_MS;
  const spanMs = Math.min(evaluator.lookBackOf(), SPAN_DAYS_MAX * DAY_MS);
  const hits = new Map<string, EvaluatedHit>();
  const range = {
    from: instant(first - spanMs),
    until: instant(Math.min(last + spanMs, now.epochMilliseconds + DAY_MS)),
  };
  // Events of nobody we know have no customer to ask by.
  const customers = customer === undefined ? undefined : [customer];
  for await (const piece of stream.scan({ ...range, customers })) {
    const { hits: found, retracted } = evaluator.take(piece.filter(({ event }) => event.customer === customer));
    for (const hit of found) if (hit.at >= first) hits.set(`${hit.fingerprint}\u0000${hit.completedBy}`, hit);
    for (const gone of retracted) hits.delete(`${gone.fingerprint}\u0000${gone.completedBy}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const all = [...hits.values()];
  const relations = relationsIn(rules.rules);
  for (let from = 0; from < all.length; from += SAVED_AT_ONCE) {
    const evaluated = {
      hits: all.slice(from, from + SAVED_AT_ONCE),
      retracted: [],
      late: [],
      filtered: new Map<string, number>(),
    };
    await kept.inTransaction(async (tx) => {
      await lockWatch(tx);
      await saveEvaluated(deps, tx, { evaluated, tuning, load: eventLoader(deps, []), relations, now });
    });
  }
  await kept.inTransaction((tx) => doneLookBack(tx, rows));
  deps.log.info({ customer, days: rows.length, hits: all.length }, "activity: late events were looked at");
}

const instant = (at: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(at);
const startOf = (row: LookBackRow | undefined): number =>
  row === undefined ? 0 : row.day.toZonedDateTime("UTC").epochMilliseconds;
