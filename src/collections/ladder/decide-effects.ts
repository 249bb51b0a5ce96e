import type { LadderState, Waiting, WantedEffect } from "../contract-ladder.ts";
import { type EffectKind, NEEDS_NOTICE } from "../contract-policy.ts";
import { type DayNumber, plainDay } from "./decide-days.ts";
import { type Figures, type Moment } from "./decide-figures.ts";
import type { IndexedEffect } from "./decide-index.ts";
import { isHeadsUp, type Match } from "./decide-match.ts";
import type { Rests } from "./decide-rest.ts";
import { isSettled, type Told } from "./decide-tell.ts";

/** What can be taken back. What was ended, given to an agency's court or written off is not undone by a rule. */
const CAN_BE_LIFTED: readonly EffectKind[] = [
  "freeze-purchases",
  "auto-renew-off",
  "suspend-seats",
  "cancel-azure",
  "hand-over",
];

type At = { readonly rests: Rests; readonly toldBy: (match: Match) => Told };

/** Every effect the matching steps want, mildest step first; a kind once, by the first step that wants it. */
export function wantedOn(moment: Moment, matches: readonly Match[], at: At): readonly WantedEffect[] {
  const wanted: WantedEffect[] = [];
  for (const match of matches) {
    for (const kind of match.step.step.effects) {
      if (wanted.some((one) => one.kind === kind)) continue;
      const isDone = moment.account.effects.some(
        (effect) => effect.source.kind === kind && isInForce(effect, moment.day),
      );
      const waiting = isDone ? [] : waitingFor(moment, match, { ...at, kind, matches });
      wanted.push({ kind, stepId: match.step.step.id, isDone, waiting });
    }
  }
  return wanted;
}

export const isInForce = (effect: IndexedEffect, day: DayNumber): boolean => effect.done <= day && day < effect.undone;

function waitingFor(
  moment: Moment,
  match: Match,
  at: At & { readonly kind: EffectKind; readonly matches: readonly Match[] },
): readonly Waiting[] {
  const waiting: Waiting[] = [];
  const needsNotice = NEEDS_NOTICE.includes(at.kind);
  if (needsNotice) waiting.push(...noticesMissing(moment, match, at));
  const rests = needsNotice ? at.rests.access : at.rests.hold;
  if (at.rests.exempt.has(at.kind)) waiting.push({ kind: "resting", why: "exempt", until: undefined });
  if (rests !== undefined) waiting.push({ kind: "resting", why: rests.why, until: rests.until });
  const { approve } = match.step.step;
  if (approve !== "none") waiting.push({ kind: "approval", need: approve === "two" ? 2 : 1 });
  return waiting;
}

/**
 * Every earlier step that matches and tells must have been told for the invoice that drives this one, and the period of each must have run.
 * Where no earlier step tells, the step's own notice is asked for instead: access is never touched without any notice at all.
 */
function noticesMissing(
  { day }: Moment,
  match: Match,
  at: At & { readonly matches: readonly Match[] },
): readonly Waiting[] {
  const earlier = at.matches.filter(({ step }) => step.tells && step.rank < match.step.rank && !isHeadsUp(step));
  const asked = earlier.length > 0 ? earlier : [match];
  const missing: Waiting[] = [];
  for (const one of asked) {
    const stepId = one.step.step.id;
    const told = at.toldBy(one);
    if (!isSettled(told)) {
      missing.push({ kind: "notice-not-sent", stepId });
      continue;
    }
    const until = told.on + one.step.step.noticeDays;
    if (until > day) missing.push({ kind: "notice-period", stepId, until: plainDay(until) });
  }
  return missing;
}

/**
 * Effects in force that no matching step wants any more. A promise undoes nothing before the money comes: `standing` are the matches as if
 * nothing had been promised.
 */
export function liftOn(
  moment: Moment,
  standing: readonly Match[],
  at: { readonly rests: Rests; readonly figures: readonly Figures[] },
): LadderState["lift"] {
  const lift: { kind: EffectKind; stepId: string; why: LadderState["lift"][number]["why"] }[] = [];
  for (const effect of moment.account.effects) {
    const { kind, stepId } = effect.source;
    if (!CAN_BE_LIFTED.includes(kind) || !isInForce(effect, moment.day)) continue;
    const isExempt = at.rests.exempt.has(kind);
    if (!isExempt && standing.some(({ step }) => step.step.effects.includes(kind))) continue;
    lift.push({ kind, stepId, why: isExempt ? "exempt" : whyLifted(moment, effect, at.figures) });
  }
  return lift;
}

function whyLifted(
  { prepared, day }: Moment,
  { source, done }: IndexedEffect,
  figures: readonly Figures[],
): LadderState["lift"][number]["why"] {
  if (!prepared.steps.some(({ step }) => step.effects.includes(source.kind))) return "policy";
  const late = figures.flatMap(({ items }) => items.filter((item) => item.age > prepared.graceDays));
  if (late.some(({ leftOut }) => leftOut === "disputed" || leftOut === "sold")) return "held";
  const isPutOff = figures.some(({ items }) =>
    items.some(({ invoice }) => invoice.changes.some(({ on }) => on > done && on <= day)),
  );
  if (isPutOff) return "below";
  return late.every(({ leftOut }) => leftOut === "covered-by-credit" || leftOut === "claim") ? "paid" : "below";
}
