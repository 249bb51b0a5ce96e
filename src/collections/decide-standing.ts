import type { CustomerId } from "../core/ids.ts";
import { add, type Money } from "../core/money.ts";
import type { AccountFacts } from "./contract-history.ts";

/** Facts of an account as they stand today. What nobody tells is left out, which is neither zero nor "none". */
export type Standing = Pick<AccountFacts, "lastFailure" | "exposure" | "deposit">;
export type StandingParts = {
  /** Kept exposure by customer; undefined or missing = not known. */
  readonly exposures: ReadonlyMap<CustomerId, Money | undefined>;
  readonly deposits: readonly { readonly customerId: CustomerId; readonly money: Money }[];
  /** Last failed payments, newest first. */
  readonly failures: readonly { readonly customerId: CustomerId; readonly code: string }[];
  /** Whether a payment provider tells of failures at all. */
  readonly tellsFailures: boolean;
};

export function standingOf(customerIds: readonly CustomerId[], parts: StandingParts): Standing {
  const own = new Set(customerIds);
  return {
    exposure: sum(customerIds.map((id) => parts.exposures.get(id))),
    deposit: sum(parts.deposits.filter((one) => own.has(one.customerId)).map((one) => one.money)),
    lastFailure: parts.failures.find((one) => own.has(one.customerId))?.code ?? (parts.tellsFailures ? "" : undefined),
  };
}

/** One that is not known, none at all, or two currencies: then the sum is not known. */
function sum(parts: readonly (Money | undefined)[]): Money | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  let total: Money = { minor: 0n, currency: first.currency };
  for (const part of parts) {
    if (part === undefined || part.currency !== total.currency) return undefined;
    total = add(total, part);
  }
  return total;
}
