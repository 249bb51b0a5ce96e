import { unreachable } from "../core/assert.ts";
import { add, type Money, scale, zero } from "../core/money.ts";
import type { EntitlementKind, SubscriptionKind } from "./decide.ts";
import type { BurnRate, SubscriptionFacts } from "./facts.ts";

/** What a proposal saves. Suspension of new commerce is never called a saving (GUIDANCE 7). */
export type Saving =
  /** Spend that stops: `day` = 24 h and `month` = 30 days at the present rate. `unknownParts`: targets whose rate nobody knows. */
  | {
      readonly kind: "spend-stopped";
      readonly day: Money;
      readonly month: Money;
      readonly asOf: Temporal.Instant;
      readonly unknownParts: number;
    }
  /** The commitment of the next term, which is then not made. */
  | { readonly kind: "term-avoided"; readonly amount: Money; readonly from: Temporal.PlainDate }
  /** Legacy seats: Microsoft does not bill while suspended. */
  | { readonly kind: "billing-paused"; readonly month: Money }
  | {
      readonly kind: "nothing";
      readonly why: "bills-to-term-end";
      readonly until: Temporal.PlainDate | undefined;
    }
  | {
      readonly kind: "nothing";
      readonly why: "answer-stops-nothing" | "spend-resumes" | "nothing-left-to-stop";
    }
  | { readonly kind: "unknown"; readonly why: "no-usage-yet" | "no-price" | "mixed-currencies" };

const DAY_HOURS = 24n;
/** A month of running spend, as everybody counts it when pricing an hour. */
const MONTH_HOURS = 24n * 30n;

/** Seat subscriptions: what stops at Microsoft, which is often nothing. */
export function savingOfSubscription(
  kind: SubscriptionKind,
  facts: Pick<SubscriptionFacts, "family" | "commitmentEndDay" | "nextTerm" | "month">,
): Saving {
  switch (kind) {
    case "suspend-subscription":
      return savingOfSuspension(facts);
    case "auto-renew-off":
      if (facts.nextTerm.kind === "unknown" || facts.commitmentEndDay === undefined)
        return { kind: "unknown", why: "no-price" };
      return { kind: "term-avoided", amount: facts.nextTerm.amount, from: facts.commitmentEndDay.add({ days: 1 }) };
    case "reactivate-subscription":
    case "auto-renew-on":
      return { kind: "nothing", why: "spend-resumes" };
    default:
      return unreachable(kind);
  }
}

function savingOfSuspension({
  family,
  commitmentEndDay,
  month,
}: Pick<SubscriptionFacts, "family" | "commitmentEndDay" | "month">): Saving {
  if (family === "new-commerce") return { kind: "nothing", why: "bills-to-term-end", until: commitmentEndDay };
  // A plan can only be suspended once every Azure subscription under it is cancelled: what could stop has stopped.
  if (family === "azure-plan") return { kind: "nothing", why: "nothing-left-to-stop" };
  if (family === "legacy-seat" && month.kind === "known") return { kind: "billing-paused", month: month.amount };
  return { kind: "unknown", why: "no-price" };
}

/** Azure: the present rate of spending, for 24 hours and for 30 days. A part whose rate is unknown is counted, not guessed. */
export function savingOfEntitlements(kind: EntitlementKind, rates: readonly BurnRate[]): Saving {
  if (kind === "reactivate-entitlement") return { kind: "nothing", why: "spend-resumes" };
  const known = rates.filter((rate) => rate.kind === "known");
  const first = known[0];
  if (first === undefined) return { kind: "unknown", why: "no-usage-yet" };
  if (known.some((rate) => rate.perHour.currency !== first.perHour.currency))
    return { kind: "unknown", why: "mixed-currencies" };
  const perHour = known.map((rate) => rate.perHour).reduce(add, zero(first.perHour.currency));
  const asOf = known.map((rate) => rate.asOf).reduce((a, b) => (Temporal.Instant.compare(a, b) < 0 ? a : b));
  return {
    kind: "spend-stopped",
    day: scale(perHour, DAY_HOURS, 1n),
    month: scale(perHour, MONTH_HOURS, 1n),
    asOf,
    unknownParts: rates.length - known.length,
  };
}

/** The amount to sort and to show first; undefined when there is none. */
export function leadingAmount(
  saving: Saving,
): { readonly amount: Money; readonly per: "day" | "month" | "term" } | undefined {
  switch (saving.kind) {
    case "spend-stopped":
      return { amount: saving.day, per: "day" };
    case "billing-paused":
      return { amount: saving.month, per: "month" };
    case "term-avoided":
      return { amount: saving.amount, per: "term" };
    case "nothing":
    case "unknown":
      return undefined;
    default:
      return unreachable(saving);
  }
}
