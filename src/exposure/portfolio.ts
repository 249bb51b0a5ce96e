import type { Currency } from "../core/currency.ts";
import { money } from "../core/money.ts";
import type { MovementOf } from "../receivables/contract.ts";
import type { Tx } from "../store/contract.ts";
import { convertWith, rateFinder, type RateFinder } from "./decide-rates.ts";
import { loadRates } from "./store.ts";
import { decideMovement } from "./decide-movement.ts";
import {
  changeSince,
  countUnknown,
  loadPortfolioDay,
  type PortfolioSummary,
  savePortfolioDay,
  sumFigures,
  sumParts,
} from "./store-portfolio.ts";

export type Summing = {
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
  readonly reporting: Currency;
  readonly rates: RateFinder;
  readonly movementOf: MovementOf;
};

/** Adds up today's figures of all customers and keeps the day, with why it moved since the day before. */
export async function sumPortfolio(tx: Tx, { day, now, reporting, rates, movementOf }: Summing): Promise<void> {
  const sums = await sumFigures(tx, day);
  if (sums === undefined) return;
  const change = await changeSince(tx, day);
  let movement: PortfolioSummary["movement"] = null;
  if (change !== undefined) {
    const ledger = await movementOf(tx, { after: change.from, upTo: day });
    const convert = (minor: bigint, currency: Currency): bigint =>
      convertWith(rates, money(minor, currency), reporting)?.amount.minor ?? 0n;
    const moved = decideMovement({
      rates: await rateEffect(tx, change.from, { reporting, rates }),
      before: change.before,
      after: sums.total_minor,
      usageUp: change.usage_up,
      usageDown: change.usage_down,
      termUp: change.term_up,
      termDown: change.term_down,
      deposits: change.deposits,
      invoiced: ledger.reduce((sum, row) => sum + convert(row.invoicedMinor, row.currency), 0n),
      paid: ledger.reduce((sum, row) => sum + convert(row.paidMinor, row.currency), 0n),
    });
    movement = {
      from: change.from.toString(),
      change: moved.change?.toString() ?? null,
      causes: moved.causes.map(([cause, minor]) => [cause, minor.toString()]),
    };
  }
  const summary: PortfolioSummary = {
    parts: await sumParts(tx, day),
    unknown: await countUnknown(tx, day),
    movement,
    ageing: {
      notDue: `${sums.not_due}`,
      b1: `${sums.b1}`,
      b2: `${sums.b2}`,
      b3: `${sums.b3}`,
      b4: `${sums.b4}`,
      b5: `${sums.b5}`,
      unapplied: `${sums.unapplied}`,
    },
    overLimit: Number(sums.over_limit),
    withoutLimit: Number(sums.without_limit),
  };
  await savePortfolioDay(tx, sums, { summary, at: now });
}

type Converting = Pick<Summing, "reporting" | "rates">;

/** What today's rates make of the day before's foreign amounts, less what that day's made of them. */
async function rateEffect(tx: Tx, from: Temporal.PlainDate, { reporting, rates }: Converting) {
  const effect = { open: 0n, usage: 0n, term: 0n, deposits: 0n };
  const before = await loadPortfolioDay(tx, from);
  if (before === undefined || before.currency !== reporting) return effect;
  const ratesThen = rateFinder(await loadRates(tx, from));
  for (const { part, currency, minor, reporting: then } of before.summary.parts) {
    // The same rate gives the same amounts; adding them up first and rounding then would differ by a minor unit or two.
    if (currency === reporting || ratesThen(currency, reporting)?.text === rates(currency, reporting)?.text) continue;
    const now = convertWith(rates, money(BigInt(minor), currency), reporting)?.amount.minor;
    // A rate that was missing on either day makes an amount appear or vanish; that too is the rates' doing.
    effect[EFFECT_OF[part]] += (now ?? 0n) - BigInt(then ?? "0");
  }
  return effect;
}
const EFFECT_OF = {
  "open-not-due": "open",
  "open-overdue": "open",
  "unbilled-usage": "usage",
  "committed-term": "term",
  deposits: "deposits",
} as const;
