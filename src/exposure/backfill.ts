import type { Store } from "../store/contract.ts";
import { recomputeExposure, type RecomputeDeps } from "./recompute.ts";
import { clearFigures, keptDays } from "./store.ts";

/** Farthest back that days are filled in: a year of trend. */
const DAYS_MAX = 366;

/**
 * Computes the days before today that were never kept, oldest first, as each day's own "today", so that a desk that takes in its
 * history has a trend and can say why exposure moved. What was not known on a day stays unknown on it. Ends with today.
 */
export async function backfillExposure(
  store: Store,
  deps: RecomputeDeps,
  asked: { readonly days: number; readonly now: Temporal.Instant },
): Promise<number> {
  const today = await deps.deskDay(store.db, asked.now);
  const from = today.subtract({ days: Math.min(asked.days, DAYS_MAX) });
  const kept = new Set(await keptDays(store.db, from));
  let filled = 0;
  // Kept figures only ever move forward in time, so they start again from the oldest day; the kept days stay.
  await store.inTransaction((tx) => clearFigures(tx));
  for (let day = from; Temporal.PlainDate.compare(day, today) < 0; day = day.add({ days: 1 })) {
    if (kept.has(day.toString())) continue;
    const then = day;
    const asThen: RecomputeDeps = { ...deps, deskDay: async () => then, savePortfolioFigures: async () => {} };
    await recomputeExposure(store, asThen, { customerIds: "all", now: asked.now });
    filled += 1;
  }
  await recomputeExposure(store, deps, { customerIds: "all", now: asked.now });
  return filled;
}
