import { plusHours, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { type Period, costOf } from "./model.ts";

/** What Microsoft's estimates cover at this moment: the month so far, up to the last refresh. */
export type MonthSoFar = Period & {
  readonly asOf: Temporal.Instant;
  readonly month: Temporal.PlainYearMonth;
  readonly from: Temporal.Instant;
  readonly end: Temporal.Instant;
};

const REFRESH_MS = 300_000;

/** Estimates are `usageDelayHours` behind; a day or more behind means that they are refreshed once a day. */
export function monthSoFar(sim: Sim): MonthSoFar {
  const behind = sim.settings().usageDelayHours;
  const reached = plusHours(sim.clock.now(), -behind);
  const asOf =
    behind >= 24
      ? startOfUtcDay(utcDay(reached))
      : Temporal.Instant.fromEpochMilliseconds(Math.floor(reached.epochMilliseconds / REFRESH_MS) * REFRESH_MS);
  // At midnight of the first, the month that is complete is still the one on show.
  const month = utcDay(Temporal.Instant.fromEpochMilliseconds(asOf.epochMilliseconds - 1)).toPlainYearMonth();
  const from = startOfUtcDay(month.toPlainDate({ day: 1 }));
  const end = startOfUtcDay(month.add({ months: 1 }).toPlainDate({ day: 1 }));
  return { asOf, month, from, end, fromMs: from.epochMilliseconds, toMs: asOf.epochMilliseconds };
}

export function customerMonth(sim: Sim, customer: CustomerRow, month: MonthSoFar): number {
  return sim.tables.entitlements.where("customer", customer.id).reduce((sum, one) => sum + costOf(one, month), 0);
}

/** Share of the budget used, in percent with two decimals; 0 without a budget, as Microsoft answers. */
export const percentUsed = (cost: number, budget: number | null): number =>
  budget === null || budget === 0 ? 0 : Math.round((cost / budget) * 10_000) / 100;

export const hasUsage = (sim: Sim, customer: CustomerRow): boolean =>
  sim.tables.subscriptions
    .where("customer", customer.id)
    .some((one) => one.product === "azure-plan" || one.product === "azure-legacy");
