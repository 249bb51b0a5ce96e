import { daysBetween } from "../core/time.ts";
import type { EffectState } from "./contract.ts";
import type { LadderState, WantedEffect } from "./contract-ladder.ts";
import type { EffectKind, PolicyStep, PolicyVersion } from "./contract-policy.ts";
import type { ProposalStateKind } from "../response/contract.ts";
import type { EffectRow } from "./store-effects.ts";

/** What a look at one account leads to. Pure: the same state and rows always lead to the same acts. */

export type Act =
  | { readonly kind: "ask"; readonly effect: EffectKind; readonly step: PolicyStep; readonly need: number }
  /** Asked for and not decided, and its reason is gone. */
  | { readonly kind: "drop"; readonly row: EffectRow; readonly why: string }
  | { readonly kind: "lift"; readonly row: EffectRow; readonly why: string };

type Known = {
  readonly rows: readonly EffectRow[];
  readonly askAgainDays: number;
  /** Money may have come in that we have not heard of: nothing new is asked for. */
  readonly isPaused: boolean;
};

/** Effects to ask for, to drop and to lift. */
export function actsOf(state: LadderState, version: PolicyVersion, known: Known): readonly Act[] {
  const against = [...drops(state, known), ...lifts(state, known)];
  return known.isPaused ? against : [...against, ...asks(state, version, known)];
}

/** Effects that end what they meet: nobody's yes in the policy means that one is still needed. */
const ALWAYS_ASKS: readonly EffectKind[] = ["hand-over", "write-off"];
/** People who must agree, by the step that wants it. What changes something at Microsoft always asks one more there. */
export function needOf(kind: EffectKind, step: PolicyStep): number {
  const by = step.approve === "two" ? 2 : step.approve === "one" ? 1 : 0;
  return ALWAYS_ASKS.includes(kind) ? Math.max(1, by) : by;
}

const OPEN: readonly EffectState[] = ["asked", "done", "lifting"];

/** Whether an effect has nothing left to wait for but a yes. */
export const mayAct = ({ isDone, waiting }: WantedEffect): boolean =>
  !isDone && waiting.every((one) => one.kind === "approval");

function asks(state: LadderState, version: PolicyVersion, { rows, askAgainDays }: Known): readonly Act[] {
  return state.effects.filter(mayAct).flatMap((wanted): readonly Act[] => {
    const step = version.policy.steps.find((one) => one.id === wanted.stepId);
    const ofKind = rows.filter((row) => row.kind === wanted.kind);
    if (step === undefined || ofKind.some((row) => OPEN.includes(row.state))) return [];
    const refused = ofKind.some(
      (row) =>
        row.state === "refused" && row.refused_on !== null && daysBetween(row.refused_on, state.day) < askAgainDays,
    );
    return refused ? [] : [{ kind: "ask", effect: wanted.kind, step, need: needOf(wanted.kind, step) }];
  });
}

/** A day off delays; it does not take back what was asked on a working day. */
const isDelay = (one: WantedEffect["waiting"][number]): boolean =>
  one.kind === "approval" || (one.kind === "resting" && one.why === "day-off");

function drops(state: LadderState, { rows }: Known): readonly Act[] {
  return rows
    .filter((row) => row.state === "asked")
    .flatMap((row): readonly Act[] => {
      const wanted = state.effects.find((one) => one.kind === row.kind);
      if (wanted === undefined) return [{ kind: "drop", row, why: "not-wanted" }];
      const against = wanted.waiting.find((one) => !isDelay(one));
      if (against === undefined) return [];
      return [{ kind: "drop", row, why: against.kind === "resting" ? against.why : against.kind }];
    });
}

/** Days in which a no to taking something back is not asked about again. */
function lifts(state: LadderState, { rows, askAgainDays }: Known): readonly Act[] {
  return state.lift.flatMap(({ kind, why }): readonly Act[] => {
    const row = rows.find((one) => one.kind === kind && one.state === "done");
    if (row === undefined) return [];
    const saidNo = row.refused_on !== null && daysBetween(row.refused_on, state.day) < askAgainDays;
    return saidNo ? [] : [{ kind: "lift", row, why }];
  });
}

// ---- how an effect stands, by its proposals

const PENDING: readonly ProposalStateKind[] = ["proposed", "approved", "running", "sent"];
export type ProposalEnd = {
  readonly state: ProposalStateKind;
  readonly stateAt: Temporal.Instant;
  readonly isUndo: boolean;
};
/** Hours in which a person may let a failed proposal run again: until then it is still asked for. */
const RUN_AGAIN_HOURS = 24;
const isPending = ({ state, stateAt }: ProposalEnd, now: Temporal.Instant): boolean =>
  PENDING.includes(state) ||
  ((state === "failed" || state === "unverified") &&
    Temporal.Instant.compare(now, stateAt.add({ hours: RUN_AGAIN_HOURS })) < 0);

/**
 * What became of an effect that was asked for. Done as soon as a part took effect and nothing is pending; refused when a person said no to
 * all of it; dropped when it lapsed, so that it may be asked for again.
 */
export function askedBecomes(
  proposals: readonly ProposalEnd[],
  now: Temporal.Instant,
): "asked" | "done" | "refused" | "dropped" {
  const own = proposals.filter((one) => !one.isUndo);
  if (own.some((one) => isPending(one, now))) return "asked";
  if (own.some(({ state }) => state === "verified")) return "done";
  if (own.some(({ state }) => state === "rejected" || state === "withdrawn")) return "refused";
  // It lapsed, or Microsoft said no and nobody let it run again: the next look asks anew.
  return "dropped";
}

/** What became of taking it back. A no leaves the effect in force. */
export function liftingBecomes(
  proposals: readonly ProposalEnd[],
  now: Temporal.Instant,
): "lifting" | "lifted" | "done" {
  const undos = proposals.filter((one) => one.isUndo);
  if (undos.some((one) => isPending(one, now))) return "lifting";
  return undos.every(({ state }) => state === "verified") ? "lifted" : "done";
}
export const wasRefused = (proposals: readonly ProposalEnd[]): boolean =>
  proposals.some(({ isUndo, state }) => isUndo && (state === "rejected" || state === "withdrawn"));
