import type { Currency } from "../../core/currency.ts";
import { moneyToText } from "../../core/money.ts";
import type { ConditionRead } from "../contract-ladder.ts";
import type { Answer } from "../policy/decide-cel.ts";
import { counts, type Figures, factsOf, type Item, type Moment } from "./decide-figures.ts";
import type { PreparedStep } from "./decide-prepare.ts";

/**
 * A step that matches, with the invoice that makes it match: the oldest that counts in the currency that reaches furthest. `others` are the
 * drivers in further currencies in which the step matches too: they must have been told of as well.
 */
export type Match = {
  readonly step: PreparedStep;
  readonly figures: Figures;
  readonly driver: Item;
  readonly others: readonly Item[];
};

/** The matching steps, mildest first. */
export function matchesOn(moment: Moment, figures: readonly Figures[]): readonly Match[] {
  const found: Match[] = [];
  for (const step of moment.prepared.steps) {
    let best: { readonly figures: Figures; readonly driver: Item } | undefined;
    let others: readonly Item[] = NO_OTHERS;
    for (const one of figures) {
      const driver = driverOf(step, one);
      if (driver === undefined || !conditionsHold(moment, step, one)) continue;
      if (best === undefined) best = { figures: one, driver };
      else if (driver.due < best.driver.due) {
        others = [...others, best.driver];
        best = { figures: one, driver };
      } else others = [...others, driver];
    }
    if (best !== undefined) found.push({ step, ...best, others });
  }
  return found;
}
const NO_OTHERS: readonly Item[] = [];

/** Days past due on or before which a step speaks of what is not late yet: a heads-up. */
export const isHeadsUp = (step: PreparedStep): boolean => step.step.daysPastDue <= 0;

/** The invoice whose age lets the step match. A heads-up is for what comes due while nothing is late. */
function driverOf(step: PreparedStep, figures: Figures): Item | undefined {
  const days = step.step.daysPastDue;
  if (days > 0) {
    const { oldest } = figures;
    return oldest !== undefined && oldest.age >= days ? oldest : undefined;
  }
  const { first } = figures;
  return first !== undefined && first.age <= 0 && first.age >= days ? first : undefined;
}

/** What a step's amounts are compared with: what is late, or for a heads-up what comes due by then; after credits. */
function askedMinor(step: PreparedStep, figures: Figures): bigint {
  if (!isHeadsUp(step)) return figures.netOverdueMinor;
  let sum = 0n;
  for (const item of figures.items)
    if ((counts(item) || item.leftOut === "covered-by-credit") && item.age >= step.step.daysPastDue)
      sum += item.openMinor;
  return sum > figures.creditsMinor ? sum - figures.creditsMinor : 0n;
}

function conditionsHold(moment: Moment, step: PreparedStep, figures: Figures): boolean {
  const asked = askedMinor(step, figures);
  if (asked <= (moment.prepared.tolerance.get(figures.currency) ?? 0n)) return false;
  const minimum = step.minimum.get(figures.currency);
  if (minimum !== undefined && asked < minimum) return false;
  if (step.step.invoices !== undefined && figures.invoices < step.step.invoices) return false;
  return step.step.when === undefined || whenHolds(moment, step, figures).matches;
}

const whenHolds = (moment: Moment, step: PreparedStep, figures: Figures): Answer =>
  moment.prepared.conditions.step(step.step.id, factsOf(moment, figures, figures.currency));

/** Why a step matches or does not, condition by condition, in the currency that comes closest. */
export function explain(moment: Moment, step: PreparedStep, figures: Figures | undefined): readonly ConditionRead[] {
  const days = step.step.daysPastDue;
  const item = days > 0 ? (figures?.oldest ?? figures?.first) : figures?.first;
  const found = item === undefined ? "none" : String(item.age);
  const read: ConditionRead[] = [
    {
      condition: "days",
      isMet: figures !== undefined && driverOf(step, figures) !== undefined,
      wanted: String(days),
      found,
    },
  ];
  if (figures === undefined) return read;
  const { graceDays } = moment.prepared;
  if (graceDays > 0 && days > 0)
    read.push({ condition: "grace", isMet: (item?.age ?? 0) > graceDays, wanted: `> ${graceDays}`, found });
  const asked = askedMinor(step, figures);
  const tolerance = moment.prepared.tolerance.get(figures.currency) ?? 0n;
  const amount = (minor: bigint) => text(minor, figures.currency);
  if (tolerance > 0n)
    read.push({
      condition: "tolerance",
      isMet: asked > tolerance,
      wanted: `> ${amount(tolerance)}`,
      found: amount(asked),
    });
  const minimum = step.minimum.get(figures.currency);
  if (minimum !== undefined)
    read.push({ condition: "minimum", isMet: asked >= minimum, wanted: amount(minimum), found: amount(asked) });
  if (step.step.invoices !== undefined) {
    const isMet = figures.invoices >= step.step.invoices;
    read.push({ condition: "invoices", isMet, wanted: String(step.step.invoices), found: String(figures.invoices) });
  }
  if (step.step.when !== undefined) {
    const answer = whenHolds(moment, step, figures);
    const unknown = answer.matches ? [] : answer.unknown;
    const says = answer.matches ? "true" : unknown.length > 0 ? `not known: ${unknown.join(", ")}` : "false";
    read.push({ condition: "when", isMet: answer.matches, wanted: step.step.when, found: says });
  }
  return read;
}

const text = (minor: bigint, currency: Currency): string => `${moneyToText({ minor, currency })} ${currency}`;
