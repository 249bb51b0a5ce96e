import type { DeliveryRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { type Trick, applyTrick } from "./deliver.ts";

/** Tricks waiting for events to play them on: row `webhookTricks` in `meta`. */
export type WaitingTrick = { readonly trick: Trick; readonly count: number; readonly seconds: number };

const DEFAULT_SECONDS: Partial<Record<Trick, number>> = { late: 172_800, duplicate: 3 };

export const waitingTricks = (sim: Sim): readonly WaitingTrick[] =>
  (sim.tables.meta.get("webhookTricks")?.value ?? []) as readonly WaitingTrick[];

export function addTrick(
  sim: Sim,
  { trick, count, seconds }: { trick: Trick; count: number; seconds: number | undefined },
): void {
  const added = { trick, count, seconds: seconds ?? DEFAULT_SECONDS[trick] ?? 0 };
  sim.tables.meta.put({ key: "webhookTricks", value: [...waitingTricks(sim), added] });
}

export function clearTricks(sim: Sim): void {
  sim.tables.meta.put({ key: "webhookTricks", value: [] });
}

/** Plays the first waiting trick on a new delivery, if there is one. */
export function playTrick(sim: Sim, row: DeliveryRow): void {
  const [first, ...rest] = waitingTricks(sim);
  if (first === undefined) return;
  const left = first.count > 1 ? [{ ...first, count: first.count - 1 }, ...rest] : rest;
  sim.tables.meta.put({ key: "webhookTricks", value: left });
  applyTrick(sim, row, first);
}
