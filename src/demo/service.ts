import type { Json } from "../core/canonical.ts";
import type { Store, Tx } from "../store/contract.ts";
import { readSetting, writeSetting } from "../store/settings.ts";

/** One step of loading. Each must be safe to repeat: a killed start begins again with the step that was under way. A long one ends early, by throwing, when `stopping` is aborted. */
export type DemoStep = { readonly name: string; readonly run: (stopping: AbortSignal) => Promise<void> };
export type DemoProgress = { readonly done: number; readonly total: number; readonly step: string } | null;

const KEPT = "demo.step";
const TRIES_MAX = 20;
const WAIT_MS = 1_000;

export type DemoDeps = {
  readonly store: Store;
  readonly steps: readonly DemoStep[];
  readonly onTrouble: (step: string, error: unknown) => void;
};

/** Loads the demo reseller beside a running desk; `progress` is what the page shows. */
export function demoLoader({ store, steps, onTrouble }: DemoDeps) {
  let progress: DemoProgress = null;
  const stopping = new AbortController();

  async function load(): Promise<void> {
    const last = await readSetting(store.db, KEPT);
    const from = steps.findIndex((step) => step.name === last) + 1;
    for (const [at, step] of steps.entries()) {
      if (at < from || stopping.signal.aborted) continue;
      progress = { done: at, total: steps.length, step: step.name };
      await tried(step);
      if (stopping.signal.aborted) return;
      await store.inTransaction((tx) => keep(tx, step.name));
    }
    progress = null;
  }

  async function tried(step: DemoStep): Promise<void> {
    for (let tries = 1; !stopping.signal.aborted; tries++) {
      try {
        return await step.run(stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        onTrouble(step.name, error);
        if (tries >= TRIES_MAX) throw error;
        await new Promise((wake) => setTimeout(wake, WAIT_MS * tries));
      }
    }
  }

  const keep = (tx: Tx, name: Json) => writeSetting(tx, KEPT, name);
  let running: Promise<void> | undefined;
  return {
    /** Resolves when everything is loaded, or loading was given up; a second call joins the first. */
    start(): Promise<void> {
      running ??= load().catch((error: unknown) => onTrouble(progress?.step ?? "", error));
      return running;
    },
    progress: () => progress,
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
