import type { Hit, PortfolioFacts, Sweep } from "../contract-detector.ts";
import { moneyToText } from "../../core/money.ts";
import { reader, setting } from "./decide-card.ts";
import { isAbove, timesOver } from "./decide-spend.ts";
import { portfolio, START } from "./example.ts";
import { sek } from "./example-money.ts";

const overdueSettings = [
  setting("spendTimes", "Today's Azure spend, times the median of 14 days", {
    unit: "times",
    standard: 2,
    min: 1.1,
    max: 100,
  }),
  setting("overdueDays", "The oldest invoice is overdue for at least", { unit: "days", standard: 1, min: 0, max: 365 }),
];

const said = (amount: PortfolioFacts["deposit"]): string =>
  amount ? `${moneyToText(amount)} ${amount.currency}` : "unknown";
const hit = (level: Hit["level"], now: Temporal.Instant, facts: Hit["facts"]): readonly Hit[] => [
  { key: "", level, at: now.epochMilliseconds, facts, events: [] },
];
const day = (now: Temporal.Instant) => now.toZonedDateTimeISO("UTC").toPlainDate();

function overdueAndSpending(
  facts: PortfolioFacts,
  given: Readonly<Record<string, number>>,
  now: Temporal.Instant,
): readonly Hit[] {
  const set = reader(overdueSettings, given);
  const { overdueSince, spendToday, spendMedian } = facts;
  if (overdueSince === undefined || overdueSince === null) return [];
  const days = overdueSince.until(day(now), { largestUnit: "days" }).days;
  const times = timesOver(spendToday, spendMedian);
  if (days < set("overdueDays") || times === undefined || times < set("spendTimes")) return [];
  return hit("high", now, {
    overdueSince: overdueSince.toString(),
    overdueDays: days,
    spendToday: said(spendToday),
    spendMedian: said(spendMedian),
    spendTimes: times,
    deposit: said(facts.deposit),
  });
}

/** What was used and is not paid; where only today's use is known, that: it is never more than the whole. */
function unpaidAndSpending(
  facts: PortfolioFacts,
  _given: Readonly<Record<string, number>>,
  now: Temporal.Instant,
): readonly Hit[] {
  const spent = facts.unpaidSpend ?? facts.spendToday;
  if (facts.hasPaidBefore !== false || isAbove(spent, facts.deposit) !== true) return [];
  const days = facts.customerSince ? Math.floor(now.since(facts.customerSince).total("hours") / 24) : "unknown";
  return hit("high", now, {
    spent: said(spent),
    spentIs: facts.unpaidSpend ? "all unpaid" : "today only",
    deposit: said(facts.deposit),
    customerAge: days,
  });
}

const overdue = Temporal.PlainDate.from("2026-03-01");

export const SPENDING_SWEEPS: readonly Sweep[] = [
  {
    id: "overdue-and-spending",
    title: "Spend rises while an invoice is overdue",
    titleSv: "Förbrukningen stiger medan en faktura är förfallen",
    level: "high",
    family: "payment",
    abuse: ["T3"],
    why:
      "A customer that does not pay and uses twice as much as usual means to take what it can before it is shut off. Judged each hour, since no event tells of it. Where spend or " +
      "invoices are not known nothing is judged. Starting values, not confirmed by labelled data.",
    sources: [],
    falsePositives: ["An invoice that is paid but not yet booked", "A busy month"],
    runbook: "theft-of-service",
    attack: [],
    covers: "R16",
    contain: "none",
    settings: overdueSettings,
    decide: overdueAndSpending,
    examples: [
      {
        name: "one day overdue, twice the usual",
        hits: "high",
        portfolio: portfolio({ overdueSince: overdue, spendToday: sek(200), spendMedian: sek(100) }),
        now: START,
      },
      {
        name: "a month overdue, ten times the usual",
        hits: "high",
        portfolio: portfolio({
          overdueSince: overdue.subtract({ days: 30 }),
          spendToday: sek(1_000),
          spendMedian: sek(100),
        }),
        now: START,
      },
      {
        name: "1.99 times",
        hits: undefined,
        portfolio: portfolio({ overdueSince: overdue, spendToday: sek(199), spendMedian: sek(100) }),
        now: START,
      },
      {
        name: "nothing is overdue",
        hits: undefined,
        portfolio: portfolio({ overdueSince: null, spendToday: sek(900), spendMedian: sek(100) }),
        now: START,
      },
      {
        name: "it falls due today",
        hits: undefined,
        portfolio: portfolio({ overdueSince: overdue.add({ days: 1 }), spendToday: sek(900), spendMedian: sek(100) }),
        now: START,
      },
      {
        name: "the usual is not known",
        hits: undefined,
        portfolio: portfolio({ overdueSince: overdue, spendToday: sek(900) }),
        now: START,
      },
    ],
  },
  {
    id: "unpaid-and-spending",
    title: "More used than the deposit before the first payment",
    titleSv: "Mer förbrukat än depositionen före första betalningen",
    level: "high",
    family: "payment",
    abuse: ["T3", "T5"],
    why:
      "Until the first payment has come nobody knows whether the customer can and will pay: what it uses above its deposit is the reseller's own money. No deposit on record is not " +
      "a deposit of zero and is not judged here. No starting values: the deposit is the limit.",
    sources: [],
    falsePositives: ["A payment on its way through the bank"],
    runbook: "theft-of-service",
    attack: [],
    covers: "R16",
    contain: "none",
    settings: [],
    decide: unpaidAndSpending,
    examples: [
      {
        name: "an öre above the deposit",
        hits: "high",
        portfolio: portfolio({
          hasPaidBefore: false,
          deposit: sek(500),
          unpaidSpend: { minor: 50_001n, currency: "SEK" },
        }),
        now: START,
      },
      {
        name: "only today's spend is known, and is above",
        hits: "high",
        portfolio: portfolio({ hasPaidBefore: false, deposit: sek(500), spendToday: sek(501) }),
        now: START,
      },
      {
        name: "just the deposit",
        hits: undefined,
        portfolio: portfolio({ hasPaidBefore: false, deposit: sek(500), unpaidSpend: sek(500) }),
        now: START,
      },
      {
        name: "it has paid before",
        hits: undefined,
        portfolio: portfolio({ hasPaidBefore: true, deposit: sek(500), unpaidSpend: sek(9_000) }),
        now: START,
      },
      {
        name: "whether it paid is not known, or no deposit is, or the currencies differ",
        hits: undefined,
        portfolio: portfolio({
          hasPaidBefore: false,
          deposit: { minor: 1n, currency: "EUR" },
          unpaidSpend: sek(9_000),
        }),
        now: START,
      },
    ],
  },
];
