import type { Person } from "../access/contract.ts";
import { unreachable } from "../core/assert.ts";
import { type Money, moneyToJson } from "../core/money.ts";
import type { AlertAnswer, Effect, OptionJson, ProposalRowJson, SavingJson, WhyNot } from "./contract.ts";
import { APPROVER_ROLES } from "./decide.ts";
import { type ProposalState, undoUntil, whyNotApprove } from "./decide-approval.ts";
import { type Step, targetOf } from "./decide-plan.ts";
import { leadingAmount, type Saving } from "./decide-saving.ts";
import type { UndoPlan } from "./decide-undo.ts";
import type { KeptProposal } from "./store.ts";

/** Our values in their wire forms. */

const money = (amount: Money | undefined) => (amount === undefined ? null : moneyToJson(amount));

export function savingWire(saving: Saving): SavingJson {
  const leading = leadingAmount(saving);
  const base = {
    kind: saving.kind,
    amount: money(leading?.amount),
    per: leading?.per ?? null,
    month: null,
    why: null,
    day: null,
    asOf: null,
    unknownParts: 0,
  };
  switch (saving.kind) {
    case "spend-stopped":
      return { ...base, month: money(saving.month), asOf: saving.asOf.toString(), unknownParts: saving.unknownParts };
    case "term-avoided":
      return { ...base, day: saving.from.toString() };
    case "billing-paused":
      return { ...base, month: money(saving.month) };
    case "nothing":
      return {
        ...base,
        why: saving.why,
        day: saving.why === "bills-to-term-end" ? (saving.until?.toString() ?? null) : null,
      };
    case "unknown":
      return { ...base, why: saving.why };
    default:
      return unreachable(saving);
  }
}

export const effectsWire = (effects: readonly Effect[]) =>
  effects.map(({ kind, lasting, facts }) => ({ kind, lasting, facts: { ...facts } }));

export function undoWire(undo: UndoPlan, untilDay: Temporal.PlainDate | undefined): ProposalRowJson["undo"] {
  if (undo.kind === "none")
    return { possible: false, by: null, why: undo.why, untilDay: null, withinDays: null, restores: [], keepsLost: [] };
  const { by, withinDays, restores, keepsLost } = undo;
  return {
    possible: true,
    by,
    why: null,
    untilDay: (untilDay ?? undo.untilDay)?.toString() ?? null,
    withinDays: withinDays ?? null,
    restores: [...restores],
    keepsLost: [...keepsLost],
  };
}

export function targetWire(step: Step): ProposalRowJson["targets"][number] {
  const { kind, id } = targetOf(step);
  return { kind, id, name: step.name, quantity: "quantity" in step ? step.quantity : null };
}

/** Each target once, the ones that the proposal is named after first; answers that only follow a cancellation are left out. */
export function targetsWire(steps: readonly Step[]): ProposalRowJson["targets"] {
  const named = steps.some((step) => step.kind !== "answer-alert")
    ? steps.filter((step) => step.kind !== "answer-alert")
    : steps;
  const byId = new Map(named.map((step) => [targetOf(step).id, targetWire(step)]));
  return [...byId.values()];
}

export const answerWire = (answer: AlertAnswer | undefined): ProposalRowJson["answer"] =>
  answer === undefined ? null : { status: answer.status, reason: answer.status === "resolved" ? answer.reason : null };

export const whyNotWire = (reason: WhyNot | undefined): OptionJson["whyNot"] =>
  reason === undefined ? null : { code: reason.code, facts: { ...reason.facts } };

const wasDone = (state: ProposalState): boolean =>
  state.kind === "verified" || state.kind === "failed" || state.kind === "unverified";

/** A row of any list of proposals, as this person may act on it. */
export function rowWire(
  proposal: KeptProposal,
  {
    steps,
    person,
    now,
  }: {
    readonly steps: readonly Step[];
    readonly person: Pick<Person, "id" | "role"> | undefined;
    readonly now: Temporal.Instant;
  },
): ProposalRowJson {
  const { plan, state, kind } = proposal;
  const reason = person === undefined ? undefined : whyNotApprove(proposal, person, now);
  return {
    id: proposal.id,
    number: Number(proposal.number),
    kind,
    customerId: proposal.customerId,
    customerName: proposal.customerName,
    caseId: proposal.caseId ?? null,
    undoOf: proposal.undoOf ?? null,
    undoneBy: proposal.undoneBy ?? null,
    targets: targetsWire(steps),
    answer: answerWire(plan.answer),
    state: state.kind,
    stateAt: state.at.toString(),
    madeBy: { ...proposal.madeBy },
    madeAt: proposal.madeAt.toString(),
    expiresAt: proposal.expiresAt.toString(),
    reason: proposal.reason,
    saving: savingWire(plan.saving),
    effects: effectsWire(plan.effects),
    undo: undoWire(plan.undo, wasDone(state) ? undoUntil(plan, state.at) : undefined),
    approvals: { have: proposal.approvals.length, need: proposal.need, roles: [...APPROVER_ROLES[kind]] },
    waitingForMe: person !== undefined && reason === undefined,
    whyNotMe: whyNotWire(reason),
  };
}
