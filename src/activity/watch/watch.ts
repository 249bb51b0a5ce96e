import type { Route } from "../../http/contract.ts";
import type { Job } from "../../worker/contract.ts";
import type { WatchDeps } from "./deps.ts";
import { watchRoutes } from "./http.ts";
import { lookBack } from "./look-back.ts";
import { Runner } from "./runner.ts";
import * as store from "./store.ts";
import { holdWatchLock, type WatchLock } from "./store-lock.ts";
import { sweep } from "./sweep.ts";

const IDLE_MS = 1_000;
const LOCK_RETRY_MS = 3_000;
const FAILED_MS = [1_000, 2_000, 5_000, 15_000, 30_000] as const;
const BEAT_EVERY_MS = 2_000;
const HOUR_SECONDS = 3_600;
const LOOK_BACK_SECONDS = 60;

export type Watch = {
  /** Starts the loop in this process; returns at once. */
  start(): void;
  /** Ends it after the batch in hand and keeps the state. */
  stop(): Promise<void>;
  /** Looks at all events that wait; for tests and for a desk without the loop. Gives how many. */
  tick(): Promise<number>;
  readonly jobs: readonly Job[];
  readonly routes: readonly Route[];
};

/** The live watch: from stored events to cases. One process at a time runs it; the others wait for its lock. */
export function createWatch(deps: WatchDeps): Watch {
  const loop = new Loop(deps);
  const jobs: Job[] = [
    {
      name: "activity.sweep",
      everySeconds: HOUR_SECONDS,
      handle: async () => {
        const swept = await sweep(deps);
        deps.log.info(swept, "activity: customers were swept");
      },
    },
    { name: "activity.look-back", everySeconds: LOOK_BACK_SECONDS, handle: async () => void (await lookBack(deps)) },
  ];
  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    tick: () => loop.tick(),
    jobs,
    routes: watchRoutes(deps),
  };
}

class Loop {
  readonly #deps: WatchDeps;
  readonly #runner: Runner;
  #running: Promise<void> | undefined;
  #isStopping = false;
  #wake: () => void = () => {};
  #isAwake = false;
  #beatAt = -Infinity;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#runner = new Runner(deps);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#running;
    this.#running = undefined;
  }

  async tick(): Promise<number> {
    let all = 0;
    for (;;) {
      const events = await this.#runner.round();
      if (events === 0 && (await this.#runner.tellWaiting({ all: true })) === 0) break;
      all += events;
    }
    this.#beatAt = -Infinity;
    await this.#beat();
    return all;
  }

  async #run(): Promise<void> {
    let lock: WatchLock | undefined;
    let failures = 0;
    while (!this.#isStopping) {
      try {
        if (lock?.isHeld() !== true) {
          lock = await this.#hold();
          if (lock === undefined) {
            await this.#sleep(LOCK_RETRY_MS);
            continue;
          }
        }
        const events = await this.#runner.round();
        failures = 0;
        await this.#beat();
        if (events > 0) continue;
        await this.#runner.tellWaiting({ all: false });
        await this.#sleep(IDLE_MS);
      } catch (error) {
        this.#deps.log.error({ err: error, failures }, "activity: the watch stumbled and tries again");
        await this.#sleep(FAILED_MS[Math.min(failures++, FAILED_MS.length - 1)] ?? IDLE_MS);
      }
    }
    if (lock === undefined) return;
    await this.#runner.keepState().catch((error: unknown) => {
      this.#deps.log.warn({ err: error }, "activity: the state was not kept; it will be built again");
    });
    await lock.release().catch(() => {});
  }

  /** Whoever gets the lock may have waited long: what it knew is built anew. */
  async #hold(): Promise<WatchLock | undefined> {
    const lock = await holdWatchLock(this.#deps.connection, () => this.#wakeUp());
    if (lock !== undefined) this.#runner.forget();
    return lock;
  }

  async #beat(): Promise<void> {
    if (performance.now() < this.#beatAt + BEAT_EVERY_MS) return;
    this.#beatAt = performance.now();
    const { store: kept, clock } = this.#deps;
    await store.beat(kept.db, clock.now(), this.#runner.health ?? null);
  }

  #wakeUp(): void {
    this.#isAwake = true;
    this.#wake();
  }

  async #sleep(ms: number): Promise<void> {
    if (!this.#isAwake && !this.#isStopping)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#isAwake = false;
    this.#wake = () => {};
  }
}
