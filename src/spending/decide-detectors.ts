import type { CaseFamily, Severity } from "../cases/contract.ts";
import { exponentOf } from "../core/currency.ts";
import { compare, type Money, money, moneyToText, subtract } from "../core/money.ts";
import { NEAR_BPS, OVER_BPS } from "./contract.ts";

/** What the detectors of this slice look at: one customer's month. Amounts are in the currency of its usage. */
export type SpendFacts = {
  readonly used: Money;
  readonly budget: Money | undefined;
  /** Middle of the forecast for the month's end; undefined with too little data. */
  readonly forecast: Money | undefined;
  /** Month so far in US dollars, when Microsoft says. */
  readonly usedUsdMinor: bigint | undefined;
  /** The last raise of Microsoft's copy of the budget. */
  readonly raise:
    | { readonly from: Money; readonly to: Money; readonly hoursAgo: number; readonly isAgreedHere: boolean }
    | undefined;
};

export type Hit = {
  readonly facts: Readonly<Record<string, string | number>>;
  readonly moneyAtRisk: Money | undefined;
};

/** A detector is a document with its examples: one test runs them all, and the reference is made from them. */
export type SpendDetector = {
  readonly id: `spending.${string}`;
  readonly title: string;
  readonly family: CaseFamily;
  readonly severity: Severity;
  readonly why: string;
  readonly sources: readonly string[];
  readonly falsePositives: readonly string[];
  readonly runbook: string;
  readonly examples: readonly { readonly says: string; readonly facts: SpendFacts; readonly hit: boolean }[];
  readonly detect: (facts: SpendFacts) => Hit | undefined;
};

/** Below this much a month, in US dollars, nobody agrees a budget for it. */
export const NO_BUDGET_FLOOR_USD_MINOR = 10_000n;
/** A raise counts as "just before" for this long; usage figures are a day late and weekends are long. */
export const RAISE_HOURS = 96;
/** A raise by less than a quarter is housekeeping. */
const RAISE_BPS_MIN = 12_500n;

const RUNBOOK = "docs/guide/runbooks/spending.md";
const BUDGETS = "GUIDANCE 2, budget mail; CONTRACT 5, budget facts";

/** Used or forecast share of the budget in basis points, cut to whole ones. */
export const shareBps = (amount: Money, budget: Money): number => {
  const bps = amount.minor <= 0n ? 0n : (amount.minor * 10_000n) / budget.minor;
  return Number(bps > SHARE_BPS_MAX ? SHARE_BPS_MAX : bps);
};
/** A share beyond 100,000 % is shown as this; the column is 32 bits wide. */
const SHARE_BPS_MAX = 10_000_000n;

const sek = (kronor: number): Money => money(BigInt(kronor) * 10n ** BigInt(exponentOf("SEK")), "SEK");
const example = (used: number, budget: number | undefined, more: Partial<SpendFacts> = {}): SpendFacts => ({
  used: sek(used),
  budget: budget === undefined ? undefined : sek(budget),
  forecast: undefined,
  usedUsdMinor: 50_000n,
  raise: undefined,
  ...more,
});
const numbers = (facts: SpendFacts, budget: Money) => ({
  used: moneyToText(facts.used),
  budget: moneyToText(budget),
  currency: budget.currency,
  percent: Math.floor(shareBps(facts.used, budget) / 100),
  ...(facts.forecast === undefined ? {} : { forecast: moneyToText(facts.forecast) }),
});
/** What is not agreed if the month ends as forecast; undefined without a forecast, since a guess is no figure. */
const beyond = (facts: SpendFacts, budget: Money): Money | undefined => {
  const end = facts.forecast !== undefined && compare(facts.forecast, facts.used) > 0 ? facts.forecast : facts.used;
  return compare(end, budget) > 0 ? subtract(end, budget) : undefined;
};

export const nearBudget: SpendDetector = {
  id: "spending.near-budget",
  title: "Azure spend nears its budget",
  family: "spend",
  severity: "medium",
  why: "From 80 % on Microsoft mails about it; its budgets stop nothing, and the figures are a day old, so the rest of the budget may be used up already.",
  sources: [BUDGETS],
  falsePositives: ["the last days of a month that runs as agreed"],
  runbook: RUNBOOK,
  examples: [
    { says: "four fifths used", facts: example(800, 1_000), hit: true },
    { says: "just below four fifths", facts: example(799, 1_000), hit: false },
    { says: "all of it is used: that is another finding", facts: example(1_000, 1_000), hit: false },
    { says: "no budget to near", facts: example(800, undefined), hit: false },
  ],
  detect: (facts) => {
    if (facts.budget === undefined) return undefined;
    const bps = shareBps(facts.used, facts.budget);
    if (bps < NEAR_BPS || bps >= OVER_BPS) return undefined;
    return { facts: numbers(facts, facts.budget), moneyAtRisk: beyond(facts, facts.budget) };
  },
};

export const overBudget: SpendDetector = {
  id: "spending.over-budget",
  title: "Azure spend passed its budget",
  family: "spend",
  severity: "high",
  why: "What is used beyond the budget was agreed with nobody, and we pay Microsoft for it all the same. Above 100 % Microsoft sends nothing more.",
  sources: [BUDGETS, "GUIDANCE 1.1"],
  falsePositives: ["growth that was agreed by word of mouth: agree a new budget"],
  runbook: RUNBOOK,
  examples: [
    { says: "the budget is used up to the last krona", facts: example(1_000, 1_000), hit: true },
    { says: "twice the budget", facts: example(2_000, 1_000), hit: true },
    { says: "one krona left", facts: example(999, 1_000), hit: false },
    { says: "no budget to pass", facts: example(2_000, undefined), hit: false },
  ],
  detect: (facts) =>
    facts.budget === undefined || shareBps(facts.used, facts.budget) < OVER_BPS
      ? undefined
      : {
          facts: numbers(facts, facts.budget),
          moneyAtRisk: beyond(facts, facts.budget) ?? subtract(facts.used, facts.budget),
        },
};

export const forecastOver: SpendDetector = {
  id: "spending.forecast-over-budget",
  title: "Azure spend is forecast to pass its budget",
  family: "spend",
  severity: "low",
  why: "There is still time to ask the customer before it happens.",
  sources: [BUDGETS],
  falsePositives: ["a one-off job in the newest days"],
  runbook: RUNBOOK,
  examples: [
    { says: "on its way to a tenth too much", facts: example(500, 1_000, { forecast: sek(1_101) }), hit: true },
    {
      says: "a twentieth too much is within the doubt of any forecast",
      facts: example(500, 1_000, { forecast: sek(1_050) }),
      hit: false,
    },
    { says: "near already: that is another finding", facts: example(850, 1_000, { forecast: sek(1_500) }), hit: false },
    { says: "no forecast", facts: example(500, 1_000), hit: false },
  ],
  detect: (facts) => {
    const { budget, forecast } = facts;
    if (budget === undefined || forecast === undefined) return undefined;
    if (shareBps(facts.used, budget) >= NEAR_BPS || shareBps(forecast, budget) < FORECAST_OVER_BPS) return undefined;
    return {
      facts: { ...numbers(facts, budget), forecastPercent: Math.floor(shareBps(forecast, budget) / 100) },
      moneyAtRisk: subtract(forecast, budget),
    };
  },
};
/** A forecast is only told from a tenth beyond the budget. */
const FORECAST_OVER_BPS = 11_000;

export const noBudget: SpendDetector = {
  id: "spending.no-budget",
  title: "Azure is used without a budget",
  family: "coverage",
  severity: "low",
  why: "Without an agreed budget nothing tells normal use from misuse. Microsoft counts budgets in the partner's security score.",
  sources: ["GUIDANCE 4, 5", BUDGETS],
  falsePositives: ["use that is prepaid in full"],
  runbook: RUNBOOK,
  examples: [
    { says: "usage and no budget", facts: example(500, undefined), hit: true },
    { says: "usage and a budget", facts: example(500, 1_000), hit: false },
    { says: "under a hundred dollars a month", facts: example(500, undefined, { usedUsdMinor: 9_999n }), hit: false },
    {
      says: "dollars unknown: counted as usage",
      facts: example(500, undefined, { usedUsdMinor: undefined }),
      hit: true,
    },
    { says: "nothing used", facts: example(0, undefined, { usedUsdMinor: 0n }), hit: false },
  ],
  detect: (facts) => {
    if (facts.budget !== undefined || facts.used.minor <= 0n) return undefined;
    if (facts.usedUsdMinor !== undefined && facts.usedUsdMinor < NO_BUDGET_FLOOR_USD_MINOR) return undefined;
    return { facts: { used: moneyToText(facts.used), currency: facts.used.currency }, moneyAtRisk: facts.used };
  },
};

export const budgetRaised: SpendDetector = {
  id: "spending.budget-raised",
  title: "A budget was raised just before it was spent",
  family: "spend",
  severity: "high",
  why: "Whoever holds a stolen admin account raises the budget first, so that no mail goes out. The spend that follows would have passed the old budget.",
  sources: ["GUIDANCE 10, budget raised just before spend"],
  falsePositives: ["a raise that the customer asked for ahead of planned growth"],
  runbook: RUNBOOK,
  examples: [
    {
      says: "raised fivefold outside the desk, old budget passed within two days",
      facts: example(1_500, 5_000, { raise: { from: sek(1_000), to: sek(5_000), hoursAgo: 40, isAgreedHere: false } }),
      hit: true,
    },
    {
      says: "raised, but spend is still below the old budget",
      facts: example(900, 5_000, { raise: { from: sek(1_000), to: sek(5_000), hoursAgo: 40, isAgreedHere: false } }),
      hit: false,
    },
    {
      says: "raised a week ago",
      facts: example(1_500, 5_000, { raise: { from: sek(1_000), to: sek(5_000), hoursAgo: 170, isAgreedHere: false } }),
      hit: false,
    },
    {
      says: "raised by a tenth",
      facts: example(1_050, 1_100, { raise: { from: sek(1_000), to: sek(1_100), hoursAgo: 40, isAgreedHere: false } }),
      hit: false,
    },
    {
      says: "raised by agreement at this desk",
      facts: example(1_500, 5_000, { raise: { from: sek(1_000), to: sek(5_000), hoursAgo: 40, isAgreedHere: true } }),
      hit: false,
    },
  ],
  detect: (facts) => {
    const { raise, used } = facts;
    if (raise === undefined || raise.isAgreedHere || raise.hoursAgo > RAISE_HOURS || raise.from.minor <= 0n)
      return undefined;
    if (raise.to.minor * 10_000n < raise.from.minor * RAISE_BPS_MIN || compare(used, raise.from) <= 0) return undefined;
    return {
      facts: {
        from: moneyToText(raise.from),
        to: moneyToText(raise.to),
        used: moneyToText(used),
        currency: used.currency,
        hoursAgo: raise.hoursAgo,
      },
      moneyAtRisk: subtract(raise.to, raise.from),
    };
  },
};

export const SPEND_DETECTORS: readonly SpendDetector[] = [overBudget, nearBudget, forecastOver, noBudget, budgetRaised];
