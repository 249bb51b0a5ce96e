import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { BurnRate, BurnRatesOf } from "./contract.ts";
import { perHour } from "./decide-state.ts";
import { type DayRow, loadNewest, toInterval } from "./store-usage.ts";

/** How fast a customer's or one Azure subscription's money runs, by the two newest figures; see `BurnRateOf`. */
export async function burnRateOf(tx: Tx, customerId: CustomerId, entitlementId?: string): Promise<BurnRate> {
  const [rate] = await burnRatesOf(tx, [{ customerId, entitlementId }]);
  return rate ?? NO_DATA;
}
const NO_DATA: BurnRate = { kind: "unknown", reason: "no-data" };

export const burnRatesOf: BurnRatesOf = async (tx, keys) => {
  const scopes = keys.map(({ customerId, entitlementId }) =>
    entitlementId === undefined
      ? { scope: "customer" as const, id: customerId }
      : { scope: "entitlement" as const, id: entitlementId },
  );
  const newest = await loadNewest(tx, scopes);
  return scopes.map((_, at) => {
    const row = newest.get(at);
    return row === undefined ? NO_DATA : burnOf(row);
  });
};

/** By the newest figure and the one before it, which it holds. */
export function burnOf(newest: DayRow): BurnRate {
  if (newest.currency === null) return { kind: "unknown", reason: "currency-unknown" };
  const interval = toInterval(newest);
  const monthStart = newest.month.toZonedDateTime("UTC").toInstant();
  return {
    kind: "known",
    perHour: perHour(interval, newest.currency),
    from: newest.from_at,
    through: newest.through,
    basis: Temporal.Instant.compare(newest.from_at, monthStart) > 0 ? "reading" : "month",
  };
}
