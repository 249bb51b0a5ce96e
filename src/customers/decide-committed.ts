import type { Money } from "../core/money.ts";
import { moneyFromDecimal, scale } from "../core/money.ts";
import { multiplyDecimal, parseDecimal } from "../core/decimal.ts";
import type { Subscription } from "../partner-center/contract.ts";
import type { Committed, SeatPrice, TermFacts } from "./contract.ts";

/** Longest term we count instalments of, in months; a longer one is a fault in the facts. */
const TERM_MONTHS_MAX = 120;

/**
 * What is still to be paid for one subscription after `asOf` until its term ends.
 *
 * Microsoft charges each billing cycle on its first day. The instalment that is running is on an invoice already, so only
 * those charged after `asOf` count. The status hardly matters: a suspended new-commerce subscription is billed to the end
 * of its term all the same. Source: GUIDANCE section 7.
 */
export function decideCommitted(facts: TermFacts, price: SeatPrice | undefined, asOf: Temporal.PlainDate): Committed {
  if (facts.family === "azure-plan" || facts.family === "azure-legacy" || facts.billingType === "usage")
    return { kind: "none", why: "pay-as-you-go" };
  if (facts.family === "legacy-seat") return { kind: "none", why: "legacy" };
  if (facts.isTrial) return { kind: "none", why: "trial" };
  if (facts.status === "deleted") return { kind: "none", why: "cancelled" };
  const endsOn = facts.commitmentEndDay;
  if (endsOn === undefined) return { kind: "unknown", why: "term-end-unknown" };
  if (Temporal.PlainDate.compare(endsOn, asOf) < 0) return { kind: "none", why: "term-ended" };
  const everyMonths = cycleMonths(facts);
  if (everyMonths === undefined) return { kind: "unknown", why: "cycle-unknown" };
  const charges = chargeDaysAfter(asOf, { endsOn, everyMonths, termMonths: monthsOf(facts.term) });
  const nextChargeDay = charges[0];
  if (nextChargeDay === undefined) return { kind: "none", why: "paid-up" };
  const instalment = instalmentOf(facts.quantity, price);
  if (instalment === undefined) return { kind: "unknown", why: "price-unknown" };
  return {
    kind: "committed",
    amount: scale(instalment, BigInt(charges.length), 1n),
    instalments: charges.length,
    instalment,
    nextChargeDay,
    endsOn,
    cancellableUntil: facts.cancellableUntil,
  };
}

type Schedule = {
  readonly endsOn: Temporal.PlainDate;
  readonly everyMonths: number;
  /** undefined = not told: then only the end bounds the schedule. */
  readonly termMonths: number | undefined;
};

/** Days after `asOf` on which an instalment is charged, first one first. Counted back from the end, so month ends do not drift. */
export function chargeDaysAfter(
  asOf: Temporal.PlainDate,
  { endsOn, everyMonths, termMonths }: Schedule,
): readonly Temporal.PlainDate[] {
  const dayAfter = endsOn.add({ days: 1 });
  const limit = Math.min(termMonths ?? TERM_MONTHS_MAX, TERM_MONTHS_MAX);
  const days: Temporal.PlainDate[] = [];
  for (let months = everyMonths; months <= limit; months += everyMonths) {
    const day = dayAfter.subtract({ months });
    if (Temporal.PlainDate.compare(day, asOf) <= 0) break;
    days.push(day);
  }
  return days.reverse();
}

/** Months between two charges; undefined when Microsoft names a cycle we do not know. */
export function cycleMonths({ billingCycle, term }: Pick<TermFacts, "billingCycle" | "term">): number | undefined {
  switch (billingCycle) {
    case "monthly":
      return 1;
    case "annual":
      return 12;
    case "triennial":
      return 36;
    case "one_time":
      return monthsOf(term) ?? TERM_MONTHS_MAX;
    default:
      // A month-long term cannot be charged in any other rhythm.
      return monthsOf(term) === 1 ? 1 : undefined;
  }
}

/** Months of an ISO 8601 term such as P1M, P1Y or P3Y; undefined for anything else. */
export function monthsOf(term: string | undefined): number | undefined {
  const match = /^P(?:(\d{1,2})Y)?(?:(\d{1,3})M)?$/i.exec(term ?? "");
  if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined;
  const months = Number(match[1] ?? 0) * 12 + Number(match[2] ?? 0);
  return months > 0 ? months : undefined;
}

/** Price of all seats for one billing cycle, rounded once; undefined while the price is unknown. */
export function instalmentOf(quantity: number, price: SeatPrice | undefined): Money | undefined {
  const unit = price === undefined ? undefined : parseDecimal(price.unitPrice);
  const seats = parseDecimal(String(quantity));
  if (price === undefined || unit === undefined || !unit.ok || !seats.ok) return undefined;
  return moneyFromDecimal(multiplyDecimal(unit.value, seats.value), price.currency);
}

/** What the subscription costs a month, its cycle spread evenly; undefined when price or cycle is unknown. */
export function monthlyCost(facts: TermFacts, price: SeatPrice | undefined): Money | undefined {
  const instalment = instalmentOf(facts.quantity, price);
  const months = cycleMonths(facts);
  return instalment === undefined || months === undefined ? undefined : scale(instalment, 1n, BigInt(months));
}

/** What the next term would commit if it renews as it stands; undefined when it will not renew or cannot be told. */
export function renewalCommits(facts: TermFacts, price: SeatPrice | undefined): Money | undefined {
  if (!willRenew(facts)) return undefined;
  const monthly = instalmentOf(facts.quantity, price);
  const months = monthsOf(facts.renewalTerm ?? facts.term);
  const every = cycleMonths(facts);
  if (monthly === undefined || months === undefined || every === undefined) return undefined;
  return scale(monthly, BigInt(Math.max(1, Math.floor(months / every))), 1n);
}

/** Whether a new term begins by itself when this one ends. Suspending takes auto-renew away (GUIDANCE 7). */
export const willRenew = (facts: TermFacts): boolean =>
  facts.autoRenew && facts.status === "active" && facts.family !== "azure-plan" && facts.family !== "azure-legacy";

/** The facts of a held subscription that decide its term; members Microsoft left out are undefined. */
export const termFactsOf = (held: Subscription): TermFacts => ({
  family: held.family,
  status: held.status,
  quantity: held.quantity,
  isTrial: held.isTrial,
  autoRenew: held.autoRenew,
  billingType: held.billingType,
  billingCycle: held.billingCycle,
  term: held.term,
  renewalTerm: held.renewalTerm,
  commitmentEndDay: held.commitmentEndDay,
  cancellableUntil: held.cancellableUntil,
});
