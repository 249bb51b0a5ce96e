import { z } from "zod";
import type { Person, Role } from "../access/contract.ts";
import { unreachable } from "../core/assert.ts";
import type { CaseId, CustomerId, ProposalId } from "../core/ids.ts";
import type { Actor } from "../store/contract.ts";
import { type AlertAnswer, PROPOSAL_KINDS, type ProposalKind, type StepState, type WhyNot } from "./contract.ts";
import { APPROVER_ROLES, whyNot } from "./decide.ts";
import type { Plan, Step } from "./decide-plan.ts";

/** Who must say yes, how often, until when; and who may still change their mind. */

export type Approval = {
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
  readonly at: Temporal.Instant;
  readonly note: string | undefined;
};

/** Each state holds what is true in it; README.md draws the arrows. */
export type ProposalState =
  | { readonly kind: "proposed"; readonly at: Temporal.Instant }
  | {
      readonly kind: "approved" | "running" | "sent";
      readonly at: Temporal.Instant;
      readonly approvedAt: Temporal.Instant;
    }
  | {
      readonly kind: "verified" | "failed" | "unverified";
      readonly at: Temporal.Instant;
      readonly approvedAt: Temporal.Instant;
    }
  | {
      readonly kind: "withdrawn" | "rejected";
      readonly at: Temporal.Instant;
      readonly by: Actor;
      readonly reason: string;
    }
  | { readonly kind: "expired"; readonly at: Temporal.Instant; readonly why: "time" | "facts-changed" };

/** What is kept of a plan; its steps live as actions of their own. */
export type KeptPlan = Omit<Plan, "steps" | "kind">;

export type Proposal = {
  readonly id: ProposalId;
  readonly number: bigint;
  readonly kind: ProposalKind;
  readonly customerId: CustomerId;
  readonly customerName: string;
  readonly caseId: CaseId | undefined;
  readonly undoOf: ProposalId | undefined;
  readonly undoneBy: ProposalId | undefined;
  readonly plan: KeptPlan;
  readonly steps: readonly Step[];
  readonly need: number;
  readonly approvals: readonly Approval[];
  readonly state: ProposalState;
  readonly reason: string;
  readonly madeBy: Actor;
  readonly madeAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
};

/** Approvals by people other than the proposer. Saying that one looks into it changes nothing, so nobody else is asked. */
const DEFAULT_NEEDED: Readonly<Record<ProposalKind, number>> = {
  "suspend-subscription": 1,
  "reactivate-subscription": 1,
  "auto-renew-off": 1,
  "auto-renew-on": 1,
  "cancel-entitlement": 1,
  "reactivate-entitlement": 1,
  "answer-alert": 1,
};
export const APPROVALS_MAX = 3;

/** The setting `response.approvals`: people needed by kind, 1 to 3. Nobody acts at Microsoft alone, so 0 is not offered. */
export const approvalsSetting = z.partialRecord(z.enum(PROPOSAL_KINDS), z.number().int().min(1).max(APPROVALS_MAX));
export type ApprovalsSetting = z.infer<typeof approvalsSetting>;

/**
 * How many other people must approve. An alert that is answered as Fraud after its Azure subscription was cancelled under an
 * approved proposal needs no second yes: the approval of the containment covers it.
 */
export function approvalsNeeded(
  { kind, answer }: { readonly kind: ProposalKind; readonly answer: AlertAnswer | undefined },
  { setting, covered }: { readonly setting: ApprovalsSetting; readonly covered: boolean },
): number {
  if (kind === "answer-alert" && answer?.status === "investigating") return 0;
  if (kind === "answer-alert" && answer?.status === "resolved" && answer.reason === "fraud" && covered) return 0;
  return setting[kind] ?? DEFAULT_NEEDED[kind];
}

/** Hours until a proposal nobody decided is too old to be acted on: facts about running fraud age faster than those about seats. */
const EXPIRES_HOURS: Readonly<Record<ProposalKind, number>> = {
  "suspend-subscription": 72,
  "reactivate-subscription": 72,
  "auto-renew-off": 7 * 24,
  "auto-renew-on": 7 * 24,
  "cancel-entitlement": 24,
  "reactivate-entitlement": 72,
  "answer-alert": 24,
};

/** When the proposal lapses; never after the last day on which its effect still makes sense. */
export function expiresAt(
  kind: ProposalKind,
  termEnd: Temporal.PlainDate | undefined,
  now: Temporal.Instant,
): Temporal.Instant {
  const byAge = now.add({ hours: EXPIRES_HOURS[kind] });
  if (termEnd === undefined || (kind !== "auto-renew-off" && kind !== "auto-renew-on")) return byAge;
  const byTerm = termEnd.toZonedDateTime("UTC").toInstant();
  return Temporal.Instant.compare(byTerm, byAge) < 0 ? byTerm : byAge;
}

const isProposer = (proposal: Pick<Proposal, "madeBy">, person: Pick<Person, "id">): boolean =>
  proposal.madeBy.kind === "person" && proposal.madeBy.id === person.id;

/** Why this person may not approve now; undefined = may. Facts of the target are checked by the service. */
export function whyNotApprove(
  proposal: Pick<Proposal, "kind" | "state" | "madeBy" | "approvals" | "expiresAt">,
  person: Pick<Person, "id" | "role">,
  now: Temporal.Instant,
): WhyNot | undefined {
  if (proposal.state.kind !== "proposed") return whyNot("not-waiting-for-approval", { state: proposal.state.kind });
  if (Temporal.Instant.compare(now, proposal.expiresAt) >= 0)
    return whyNot("expired", { at: proposal.expiresAt.toString() });
  const roles = APPROVER_ROLES[proposal.kind];
  if (!roles.includes(person.role))
    return whyNot("role-may-not-approve", { role: person.role, roles: roles.join(",") });
  if (isProposer(proposal, person)) return whyNot("you-proposed-it");
  if (proposal.approvals.some((one) => one.personId === person.id)) return whyNot("you-approved-already");
  return undefined;
}

/** Rejecting ends a proposal; the same people may, and one who has approved may still change to no. */
export function whyNotReject(
  proposal: Pick<Proposal, "kind" | "state" | "madeBy">,
  person: Pick<Person, "id" | "role">,
): WhyNot | undefined {
  if (proposal.state.kind !== "proposed") return whyNot("not-waiting-for-approval", { state: proposal.state.kind });
  const roles = APPROVER_ROLES[proposal.kind];
  if (!roles.includes(person.role))
    return whyNot("role-may-not-approve", { role: person.role, roles: roles.join(",") });
  if (isProposer(proposal, person)) return whyNot("you-proposed-it");
  return undefined;
}

/** Only who asked takes it back, and only while nothing has started; a Global admin may in their place. */
export function whyNotWithdraw(
  proposal: Pick<Proposal, "state" | "madeBy">,
  person: Pick<Person, "id" | "role">,
): WhyNot | undefined {
  if (proposal.state.kind !== "proposed") return whyNot("already-started", { state: proposal.state.kind });
  if (!isProposer(proposal, person) && person.role !== "global-admin")
    return whyNot("not-yours-to-withdraw", { name: proposal.madeBy.name });
  return undefined;
}

/** A yes is good for a day: after that the facts it was given on are too old. */
const APPROVAL_GOOD_HOURS = 24;

/** Whether a failed or unverified proposal may be tried again under the approval it has. */
export function whyNotRunAgain(
  proposal: Pick<Proposal, "kind" | "state">,
  person: Pick<Person, "role">,
  now: Temporal.Instant,
): WhyNot | undefined {
  const { state, kind } = proposal;
  if (state.kind !== "failed" && state.kind !== "unverified") return whyNot("not-failed", { state: state.kind });
  const roles = APPROVER_ROLES[kind];
  if (!roles.includes(person.role)) return whyNot("role-may-not-run", { role: person.role, roles: roles.join(",") });
  if (Temporal.Instant.compare(now, state.approvedAt.add({ hours: APPROVAL_GOOD_HOURS })) > 0)
    return whyNot("approval-too-old", { hours: APPROVAL_GOOD_HOURS });
  return undefined;
}

type UndoContext = {
  /** An undo that is proposed, under way or done. */
  readonly openUndo: boolean;
  readonly steps: readonly StepState[];
  readonly today: Temporal.PlainDate;
};

/** Whether a proposal's effect may be proposed to be taken back. */
export function whyNotUndo(
  proposal: Pick<Proposal, "state" | "undoneBy" | "plan">,
  { openUndo, steps, today }: UndoContext,
): WhyNot | undefined {
  const { state, plan, undoneBy } = proposal;
  switch (state.kind) {
    case "proposed":
    case "approved":
    case "running":
    case "sent":
      return whyNot("not-verified-yet", { state: state.kind });
    case "withdrawn":
    case "rejected":
    case "expired":
      return whyNot("nothing-was-done", { state: state.kind });
    case "failed":
    case "unverified":
    case "verified":
      break;
    default:
      return unreachable(state);
  }
  if (!steps.includes("verified")) return whyNot("nothing-was-done", { state: state.kind });
  if (undoneBy !== undefined) return whyNot("already-undone");
  if (plan.undo.kind === "none") return whyNot("no-way-back", { why: plan.undo.why });
  if (openUndo) return whyNot("undo-already-proposed");
  const until = undoUntil(plan, state.at);
  if (until !== undefined && Temporal.PlainDate.compare(today, until) > 0)
    return whyNot("undo-too-late", { day: until.toString() });
  return undefined;
}

/** Last day on which the undo can still be asked for; undefined = no limit is documented. */
export function undoUntil({ undo }: Pick<KeptPlan, "undo">, doneAt: Temporal.Instant): Temporal.PlainDate | undefined {
  if (undo.kind === "none") return undefined;
  if (undo.withinDays !== undefined)
    return doneAt.toZonedDateTimeISO("UTC").toPlainDate().add({ days: undo.withinDays });
  return undo.untilDay;
}
