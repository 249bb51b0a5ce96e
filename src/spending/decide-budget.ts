import { unreachable } from "../core/assert.ts";
import type { Decimal } from "../core/decimal.ts";
import { type Money, moneyFromDecimal } from "../core/money.ts";
import type { BudgetState } from "./contract.ts";

/** An agreed budget as far as its way to Partner Center goes. */
export type BudgetOnItsWay = {
  readonly amount: Money;
  readonly state: BudgetState;
  readonly stateAt: Temporal.Instant;
  readonly pushBeganAt: Temporal.Instant | undefined;
};

/** Time after which a push that never reported back may be tried again; a call to Microsoft is given up long before. */
export const PUSH_LEASE_SECONDS = 120;

export type PushDecision =
  | { readonly kind: "push" }
  | { readonly kind: "done" }
  | { readonly kind: "wait"; readonly seconds: number };

/** Whether to send the agreed budget now. Two workers never send at once: the later one waits for the earlier one's lease. */
export function decidePush(budget: BudgetOnItsWay, now: Temporal.Instant): PushDecision {
  if (budget.state === "in-partner-center" || budget.state === "failed") return { kind: "done" };
  if (budget.pushBeganAt === undefined) return { kind: "push" };
  const elapsed = Math.floor((now.epochMilliseconds - budget.pushBeganAt.epochMilliseconds) / 1_000);
  return elapsed >= PUSH_LEASE_SECONDS ? { kind: "push" } : { kind: "wait", seconds: PUSH_LEASE_SECONDS - elapsed };
}

/** Whether Microsoft's copy says what was agreed. It has no currency of its own: it counts in that of the usage. */
export const isSameBudget = (agreed: Money, copy: Decimal | undefined): boolean =>
  copy !== undefined && moneyFromDecimal(copy, agreed.currency).minor === agreed.minor;

/**
 * What reading Microsoft's copy tells about an agreed budget; undefined = nothing new.
 * A copy that was read before the last change of state knows nothing of it. While a push is under way only the wanted amount counts.
 */
export function decideReadBack(
  budget: BudgetOnItsWay,
  copy: Decimal | undefined,
  readAt: Temporal.Instant,
): "in-partner-center" | "differs" | undefined {
  if (Temporal.Instant.compare(readAt, budget.stateAt) <= 0) return undefined;
  const isSame = isSameBudget(budget.amount, copy);
  switch (budget.state) {
    case "in-partner-center":
      return isSame ? undefined : "differs";
    case "differs":
    case "failed":
    case "agreed":
    case "pushing":
      return isSame ? "in-partner-center" : undefined;
    default:
      return unreachable(budget.state);
  }
}
