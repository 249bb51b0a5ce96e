import type { CustomerId } from "../../core/ids.ts";
import type { PortfolioFacts } from "../contract-detector.ts";
import type { StoredEvent } from "../contract-stream.ts";
import type { ActiveRules } from "../lab/contract.ts";
import { buildEvaluator } from "./build.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { Evaluated } from "./contract.ts";
import { relationsIn } from "./decide-bases.ts";
import type { Relations } from "./decide-inhibit.ts";
import { TELL_IDLE_MS } from "./decide-tell.ts";
import type { WatchDeps } from "./deps.ts";
import { EVALUATOR_LIMITS, type Evaluator } from "./evaluator.ts";
import { eventLoader } from "./event-loader.ts";
import { saveEvaluated, tellWaiting } from "./save.ts";
import * as store from "./store.ts";
import { saveCheckpoint } from "./store-checkpoint.ts";
import { tuningRevision } from "./store-tuning.ts";
import { loadTuning, type Tuning } from "./tuning.ts";

const BATCH_EVENTS = 2_000;
const PORTFOLIO_KEPT_MS = 60_000;
/** A checkpoint at most this often, and never so often that it takes more than a twentieth of the time. */
const CHECKPOINT_EVERY_MS = 20_000;
const CHECKPOINT_SHARE = 20;

type Ready = {
  readonly rules: ActiveRules;
  readonly relations: Relations;
  readonly evaluator: Evaluator;
};
/** What a batch came to, until it is kept. */
type Pending = {
  readonly batch: readonly StoredEvent[];
  readonly evaluated: Evaluated;
  readonly from: bigint;
  readonly to: bigint;
};

export type RunnerHealth = {
  readonly rulesRevision: string;
  readonly rules: number;
  readonly broken: number;
  readonly counters: Omit<Evaluator["counters"], "rules">;
  readonly perRule: Readonly<Record<string, unknown>>;
  readonly checkpointMs: number | null;
};

/** Another process has gone on from where this one stood. */
class Overtaken extends Error {}

/** From stored events to cases, batch by batch. What is in memory can always be built again from what is stored. */
export class Runner {
  readonly #deps: WatchDeps;
  #ready: Ready | undefined;
  #tuning: Tuning | undefined;
  #filtersUntil = Infinity;
  #position: bigint | undefined;
  #pending: Pending | undefined;
  readonly #portfolio = new Map<CustomerId, { readonly facts: PortfolioFacts | undefined; readonly until: number }>();
  #checkpointAt = performance.now();
  #checkpointOf: bigint | undefined;
  #checkpointMs: number | undefined;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Looks at the next events; gives how many. 0: nothing is waiting. */
  async round(): Promise<number> {
    const { store: kept, stream, clock } = this.#deps;
    this.#position ??= (await store.readWatch(kept.db)).position;
    const { evaluator, relations } = await this.#prepare();
    if (this.#pending === undefined) {
      const batch = await stream.readAfter(this.#position, BATCH_EVENTS);
      const to = batch.at(-1)?.position;
      if (to === undefined) {
        await this.#keepCheckpoint();
        return 0;
      }
      await this.#askPortfolio(batch);
      this.#pending = { batch, evaluated: this.#evaluate(evaluator, batch), from: this.#position, to };
    }
    const { batch, evaluated, from, to } = this.#pending;
    const now = clock.now();
    const tuning = await this.#tune();
    const load = eventLoader(this.#deps, batch);
    try {
      await kept.inTransaction(async (tx) => {
        const isOurs = await store.moveWatch(tx, { ...countsOf(batch), from, to, now, late: evaluated.late.length });
        if (!isOurs) throw new Overtaken("another process watches");
        await saveEvaluated(this.#deps, tx, { evaluated, tuning, load, relations, now });
      });
    } catch (error) {
      if (error instanceof Overtaken) this.forget();
      throw error;
    }
    this.#position = to;
    this.#pending = undefined;
    await this.#keepCheckpoint();
    return batch.length;
  }

  /**
   * When no event waits: tells what waits to be told. `all`: also of findings that were told a moment ago.
   */
  async tellWaiting({ all }: { readonly all: boolean }): Promise<number> {
    if (this.#ready === undefined) return 0;
    const now = this.#deps.clock.now();
    const before = all ? now : now.subtract({ milliseconds: TELL_IDLE_MS });
    return tellWaiting(this.#deps, { relations: this.#ready.relations, tuning: await this.#tune(), now, before });
  }

  /** Half a batch in memory is worse than none: after a throw everything is built anew. */
  #evaluate(evaluator: Evaluator, batch: readonly StoredEvent[]): Evaluated {
    try {
      return evaluator.take(batch);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Everything in memory is built anew the next time. */
  forget(): void {
    this.#ready = undefined;
    this.#position = undefined;
    this.#pending = undefined;
  }

  get health(): RunnerHealth | undefined {
    if (this.#ready === undefined) return undefined;
    const { rules, evaluator } = this.#ready;
    const { rules: perRule, ...counters } = evaluator.counters;
    return {
      rulesRevision: rules.revision.toString(),
      rules: rules.rules.length + rules.detectors.length + rules.sweeps.length,
      broken: rules.broken.length,
      counters,
      perRule: Object.fromEntries(perRule),
      checkpointMs: this.#checkpointMs ?? null,
    };
  }

  /** Keeps the state now, whatever the time: before a planned end. */
  async keepState(): Promise<void> {
    if (this.#pending === undefined && this.#position !== undefined && this.#ready !== undefined)
      await this.#checkpoint();
  }

  async #prepare(): Promise<Ready> {
    const { store: kept, rulesRevision, activeRules } = this.#deps;
    const tuning = await this.#tune();
    // While a batch waits to be kept, it is kept as it was found.
    if (this.#ready !== undefined && this.#pending !== undefined) return this.#ready;
    if (this.#ready?.rules.revision === (await rulesRevision(kept.db))) return this.#ready;
    const rules = await activeRules(kept.db);
    const input = {
      rules,
      view: this.#deps.view,
      logSourcesOf: this.#deps.logSourcesOf,
      settings: (detector: string, customer: CustomerId | undefined) =>
        this.#tuning?.settings(detector, customer) ?? {},
      portfolio: (customer: CustomerId) => this.#portfolio.get(customer)?.facts,
      filters: tuning.filters,
      limits: { ...EVALUATOR_LIMITS, ...this.#deps.limits },
      clock: "received" as const,
    };
    const before = this.#ready?.evaluator.kept();
    const position = this.#position ?? 0n;
    const evaluator = await buildEvaluator(this.#deps, { input, position, before });
    // What a start has read again is kept at once: a desk that never lives long would read more each time, and never get on.
    if (before === undefined && position > 0n) this.#checkpointAt = -Infinity;
    this.#ready = { rules, evaluator, relations: relationsIn(rules.rules) };
    return this.#ready;
  }

  async #tune(): Promise<Tuning> {
    const { store: kept, clock } = this.#deps;
    const now = clock.now();
    const known = this.#tuning;
    if (
      known !== undefined &&
      now.epochMilliseconds < this.#filtersUntil &&
      known.revision === (await tuningRevision(kept.db))
    )
      return known;
    const tuning = await loadTuning(kept.db, now);
    this.#tuning = tuning;
    this.#filtersUntil = tuning.filters.reduce(
      (least, { expiresAt }) => Math.min(least, expiresAt.epochMilliseconds),
      Infinity,
    );
    this.#ready?.evaluator.useFilters(tuning.filters);
    return tuning;
  }

  /** What is known of the customers of a batch, a minute old at most. */
  async #askPortfolio(batch: readonly StoredEvent[]): Promise<void> {
    const now = this.#deps.clock.now();
    const at = now.epochMilliseconds;
    const ids = new Set(batch.flatMap(({ event }) => event.customer ?? []));
    const missing = [...ids].filter((id) => (this.#portfolio.get(id)?.until ?? 0) <= at).sort();
    if (missing.length === 0) return;
    const facts = await this.#deps.portfolioFacts(this.#deps.store.db, missing, now);
    for (const id of missing) this.#portfolio.set(id, { facts: facts.get(id), until: at + PORTFOLIO_KEPT_MS });
  }

  async #keepCheckpoint(): Promise<void> {
    const every = Math.max(CHECKPOINT_EVERY_MS, CHECKPOINT_SHARE * (this.#checkpointMs ?? 0));
    if (this.#position === undefined || this.#position === this.#checkpointOf) return;
    if (performance.now() < this.#checkpointAt + every) return;
    await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    const { store: kept, clock, log } = this.#deps;
    const { evaluator } = this.#ready ?? {};
    const position = this.#position;
    if (evaluator === undefined || position === undefined) return;
    const began = performance.now();
    evaluator.forget();
    const parts = checkpointOf(evaluator.kept(), position);
    if (parts === undefined)
      log.warn({}, "activity: the state is too large for a checkpoint; a restart reads events again");
    else await kept.inTransaction((tx) => saveCheckpoint(tx, parts, clock.now()));
    this.#checkpointOf = position;
    this.#checkpointAt = performance.now();
    this.#checkpointMs = Math.round(this.#checkpointAt - began);
  }
}

const countsOf = (batch: readonly StoredEvent[]) => ({
  events: batch.length,
  nobodys: batch.filter(({ event }) => event.customer === undefined).length,
  newestAt: batch
    .map(({ event }) => event.at)
    .reduce<Temporal.Instant | undefined>(
      (newest, at) => (newest === undefined || Temporal.Instant.compare(at, newest) > 0 ? at : newest),
      undefined,
    ),
});
