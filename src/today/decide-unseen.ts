import type { CustomerId } from "../core/ids.ts";
import { add, type Money } from "../core/money.ts";

/**
 * Exposure of the customers that a feed does not reach. undefined = unknown: one of them has no known exposure, and a sum
 * that leaves it out would look smaller than it is. Nobody missing gives zero.
 */
export function decideUnseen(
  missing: readonly CustomerId[],
  exposures: ReadonlyMap<CustomerId, Money | undefined>,
  zero: Money,
): Money | undefined {
  let sum = zero;
  for (const id of missing) {
    const exposure = exposures.get(id);
    if (exposure === undefined || exposure.currency !== zero.currency) return undefined;
    sum = add(sum, exposure);
  }
  return sum;
}
