import type { LadderState, WantedEffect } from "../contract-ladder.ts";
import { type DayNumber, dayNumber, plainDay } from "./decide-days.ts";
import type { Figures, Item, Moment } from "./decide-figures.ts";
import { isInForce } from "./decide-effects.ts";
import type { Match } from "./decide-match.ts";
import type { Rests } from "./decide-rest.ts";
import type { Telling } from "./decide-tell.ts";

type Next = NonNullable<LadderState["next"]>;

/**
 * The next thing that would happen if nothing is paid and nothing changes: a notice or effect that only waits for a day, a further step that
 * age alone will reach, or the end of a rest. It looks one thing ahead; further ones depend on what is sent until then.
 */
export function nextOn(
  moment: Moment,
  matches: readonly Match[],
  at: {
    readonly figures: readonly Figures[];
    readonly rests: Rests;
    readonly telling: Telling;
    readonly effects: readonly WantedEffect[];
  },
): LadderState["next"] {
  const { day } = moment;
  const all: { day: DayNumber; stepId: string; what: Next["what"] }[] = [];
  const rest = at.rests.hold ?? at.rests.all.find(({ why }) => why === "promise");
  if (rest?.until !== undefined) {
    const step = matches.at(-1)?.step ?? reached(moment, at.figures);
    if (step !== undefined) all.push({ day: dayNumber(rest.until), stepId: step.step.id, what: "resume" });
  }
  if (at.rests.hold === undefined) {
    const { waits } = at.telling;
    if (waits?.until !== undefined)
      all.push({ day: onBusinessDay(moment, dayNumber(waits.until)), stepId: waits.stepId, what: "tell" });
    for (const effect of at.effects) {
      const until = runsOut(effect);
      if (until !== undefined) all.push({ day: onBusinessDay(moment, until), stepId: effect.stepId, what: "effect" });
    }
    const ahead = comingStep(moment, matches, at.figures);
    if (ahead !== undefined) all.push(ahead);
  }
  let first: (typeof all)[number] | undefined;
  for (const one of all) if (one.day > day && (first === undefined || one.day < first.day)) first = one;
  return first === undefined ? undefined : { day: plainDay(first.day), stepId: first.stepId, what: first.what };
}

const onBusinessDay = ({ prepared }: Moment, day: DayNumber): DayNumber =>
  prepared.restsOnDaysOff ? prepared.calendar.onOrAfter(day) : day;

/** Day on which an effect has nothing left to wait for but an approval; undefined if it waits for more than days. */
function runsOut({ isDone, waiting }: WantedEffect): DayNumber | undefined {
  if (isDone) return undefined;
  let until: DayNumber | undefined;
  for (const one of waiting) {
    if (one.kind === "approval") continue;
    if (one.kind === "notice-not-sent" || one.until === undefined) return undefined;
    until = Math.max(until ?? -Infinity, dayNumber(one.until));
  }
  return until;
}

/** The next step that age alone brings about: of a policy's further steps the first, by the oldest invoice that counts. */
function comingStep(moment: Moment, matches: readonly Match[], figures: readonly Figures[]) {
  const { prepared, day, account } = moment;
  const worst = matches.at(-1)?.step.rank ?? -1;
  let best: { day: DayNumber; stepId: string; what: "tell" | "effect" } | undefined;
  for (const { first } of figures) {
    if (first === undefined) continue;
    for (const step of prepared.steps) {
      if (step.rank <= worst) continue;
      const on = reachedOn(first, step.step.daysPastDue, prepared.graceDays);
      if (on <= day) continue;
      const isNew = step.step.effects.some(
        (kind) => !account.effects.some((e) => e.source.kind === kind && isInForce(e, day)),
      );
      if (!step.tells && !isNew) continue;
      const at = step.tells ? onBusinessDay(moment, on) : on;
      if (best === undefined || at < best.day)
        best = { day: at, stepId: step.step.id, what: step.tells ? "tell" : "effect" };
      break;
    }
  }
  return best;
}
const reachedOn = (item: Item, daysPastDue: number, graceDays: number): DayNumber =>
  item.due + (daysPastDue > 0 ? Math.max(daysPastDue, graceDays + 1) : daysPastDue);

/** The step that the oldest open invoice's age would reach today if nothing rested it. */
function reached({ prepared }: Moment, figures: readonly Figures[]) {
  let age = -Infinity;
  for (const { items } of figures)
    for (const item of items)
      if (item.leftOut === undefined || item.leftOut === "promised") age = Math.max(age, item.age);
  return (
    prepared.steps.findLast(({ step }) => step.daysPastDue <= age) ?? (age > -Infinity ? prepared.steps[0] : undefined)
  );
}
