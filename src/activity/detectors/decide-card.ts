import type { DetectorContext, DetectorSetting } from "../contract-detector.ts";
import { DAY_MS } from "./decide-window.ts";

/** A setting: what it is, its unit, where it starts, and between which bounds a person may set it. */
export const setting = (
  name: string,
  about: string,
  { unit, standard, min, max }: Pick<DetectorSetting, "unit" | "standard" | "min" | "max">,
): DetectorSetting => ({ name, about, unit, standard, min, max });

/** The starting values of a detector or sweep. */
export const standardSettings = (settings: readonly DetectorSetting[]): Readonly<Record<string, number>> =>
  Object.fromEntries(settings.map(({ name, standard }) => [name, standard]));

/** Reads settings by name; what is missing, no number or out of bounds is the starting value. */
export function reader(
  settings: readonly DetectorSetting[],
  given: Readonly<Record<string, number>>,
): (name: string) => number {
  const values = new Map(
    settings.map(({ name, standard, min, max }) => {
      const value = given[name];
      return [name, value !== undefined && value >= min && value <= max ? value : standard];
    }),
  );
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`invariant broken: no setting ${name}`);
    return value;
  };
}

/** How old a subscription is. `unlisted`: we know the customer's subscriptions and this is not among them. */
export type Age = { readonly days: number | "unlisted" | "unknown"; readonly young: boolean };

/**
 * A subscription that our list of the customer's subscriptions lacks counts as young: the list is read daily, so it is most likely younger than
 * that. Where nothing is known of the customer at all the age is unknown, which counts as neither.
 */
export function ageOf(subscription: string, at: number, given: { context: DetectorContext; youngDays: number }): Age {
  const { portfolio } = given.context;
  if (!portfolio || portfolio.subscriptionSince.size === 0) return { days: "unknown", young: false };
  const since = portfolio.subscriptionSince.get(subscription);
  if (!since) return { days: "unlisted", young: true };
  const days = Math.max(0, Math.floor((at - since.epochMilliseconds) / DAY_MS));
  return { days, young: days < given.youngDays };
}
