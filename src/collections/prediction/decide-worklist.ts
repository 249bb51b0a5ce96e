import { type Money, money } from "../../core/money.ts";
import { logistic } from "./decide-solve.ts";

/** What a contact is worth: overdue × (chance of payment if contacted − chance if not). */

/** Points that a call adds at an even chance, until enough calls are logged. An assumption, stated wherever it is used. */
export const ASSUMED_POINTS = 17;
/** Logged calls from which the effect is estimated and no longer assumed. */
export const CALLS_MIN = 200;

/** A call moves the log odds of payment by `shift`: most at an even chance, little where payment is all but certain either way. */
export type ContactEffect =
  | { readonly kind: "assumed"; readonly shift: number; readonly calls: number }
  | {
      readonly kind: "estimated";
      readonly shift: number;
      readonly low: number;
      readonly high: number;
      readonly calls: number;
    };

const logit = (p: number): number => Math.log(p / (1 - p));

/** The shift that takes an even chance up by so many points. */
export const shiftOfPoints = (points: number): number => logit(0.5 + Math.min(49, Math.max(0, points)) / 100);
/** The points that a shift adds at an even chance. */
export const pointsOfShift = (shift: number): number => 100 * (logistic(shift) - 0.5);
export const assumed = (points: number, calls = 0): ContactEffect => ({
  kind: "assumed",
  shift: shiftOfPoints(points),
  calls,
});

/** A logged call: the chance as it was told before it, from what was known then, and whether the overdue was paid within 30 days. */
export type LoggedCall = { readonly chance: number; readonly paid: boolean };

const NORMAL_95 = 1.96;
const EDGE = 1e-3;
const ROUNDS_MAX = 50;

/**
 * The shift that makes the chances of called accounts come true, with its 95 % interval; undefined below `CALLS_MIN`. Nobody drew lots
 * for who is called, so a choice of whom to call that the chance does not know of is part of it: the page says so.
 */
export function estimateContact(
  calls: readonly LoggedCall[],
): Extract<ContactEffect, { kind: "estimated" }> | undefined {
  if (calls.length < CALLS_MIN) return undefined;
  const odds = calls.map(({ chance }) => logit(Math.min(1 - EDGE, Math.max(EDGE, chance))));
  const paid = calls.filter((call) => call.paid).length;
  let [shift, information] = [0, 0];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let expected = 0;
    information = 0;
    for (const z of odds) {
      const p = logistic(z + shift);
      expected += p;
      information += p * (1 - p);
    }
    // One row of doubt on either side keeps it finite when all or none paid.
    const change = (paid + 0.5 - (expected * (calls.length + 1)) / calls.length) / Math.max(information, EDGE);
    shift += Math.max(-1, Math.min(1, change));
    if (Math.abs(change) < EDGE * EDGE) break;
  }
  const spread = NORMAL_95 / Math.sqrt(Math.max(information, EDGE));
  return { kind: "estimated", shift, low: shift - spread, high: shift + spread, calls: calls.length };
}

/** The chance of payment after a call today. */
export const contactedChance = (chance: number, { shift }: ContactEffect): number =>
  logistic(logit(Math.min(1 - EDGE, Math.max(EDGE, chance))) + shift);

const BPS = 10_000;

/**
 * What a contact today is worth, in the currency that is owed. Held and exempt accounts are worth 0, which is known; a chance that is
 * not known gives no worth. A call that is estimated to do harm is worth 0.
 */
export function contactValue(ask: {
  readonly overdue: Money;
  readonly chance: number | undefined;
  readonly effect: ContactEffect;
  /** Why nobody may be contacted about it; undefined = they may. */
  readonly resting?: string | undefined;
}): Money | undefined {
  const { overdue, chance, effect, resting } = ask;
  if (resting !== undefined) return money(0n, overdue.currency);
  if (chance === undefined) return undefined;
  const gain = Math.max(0, Math.round((contactedChance(chance, effect) - chance) * BPS));
  return money((overdue.minor * BigInt(gain)) / BigInt(BPS), overdue.currency);
}
