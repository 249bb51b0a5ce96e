import type { PartnerCenterProblem } from "../partner-center/contract.ts";
import { appendEvents } from "../store/events.ts";
import { type Actor, type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { RESPONSE_EVENTS } from "./contract.ts";
import { type Step, targetOf } from "./decide-plan.ts";
import { decideNext, factsOf, type Before, stateFromSteps } from "./decide-run.ts";
import type { ResponseDeps } from "./deps.ts";
import { findProposal, type KeptProposal, saveState, saveUndone } from "./store.ts";
import { type Action, actionsOf, saveAction } from "./store-actions.ts";
import type { KeptProblem } from "./store-tables.ts";

/** Writes down what became of an action: the action, its proposal and the events, in the caller's transaction. */

type EventParts = {
  readonly actor?: Actor;
  readonly at: Temporal.Instant;
  readonly why?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly data?: Readonly<Record<string, unknown>>;
};

/** An event about a proposal: always with its customer, its case, its kind and number. */
export const proposalEvent = (
  proposal: Pick<KeptProposal, "id" | "customerId" | "caseId" | "kind" | "number">,
  type: NewEvent["type"],
  parts: EventParts,
): NewEvent => ({
  type,
  actor: parts.actor ?? SURETY,
  at: parts.at,
  subject: { kind: "proposal", id: proposal.id },
  customerId: proposal.customerId,
  caseId: proposal.caseId,
  why: parts.why,
  before: parts.before,
  after: parts.after,
  data: { kind: proposal.kind, number: Number(proposal.number), ...parts.data },
});

export const keptProblem = (problem: PartnerCenterProblem): KeptProblem => ({
  kind: problem.kind,
  advice: problem.advice,
  code: problem.code ?? null,
  httpStatus: problem.httpStatus ?? null,
  detail: problem.detail,
  correlationId: problem.correlationId,
});

/** What every event of an action says about it. */
export const stepData = ({ step, position, requestId }: Pick<Action, "step" | "position" | "requestId">) => {
  const { kind, id } = targetOf(step);
  return { step: step.kind, position, target: id, targetKind: kind, name: step.name, requestId, ...answerData(step) };
};
const answerData = (step: Step) => (step.kind === "answer-alert" ? { answer: step.answer } : {});

/** The recorded state without the raw object, which stays with the action. */
export const shown = (before: Before | undefined): unknown => (before === undefined ? undefined : factsOf(before));

/** The proposal of an action, locked: from here on nobody else changes the state of its steps. */
export async function lockProposal(tx: Tx, action: Pick<Action, "proposalId">): Promise<KeptProposal> {
  const proposal = await findProposal(tx, action.proposalId, { lock: true });
  if (proposal === undefined) throw new Error(`invariant broken: an action without its proposal ${action.proposalId}`);
  return proposal;
}

/**
 * After a step changed: lets waiting steps start or skips them, and moves the proposal. Appends the given events and its own,
 * so it is the last thing in its transaction.
 */
export async function settle(
  tx: Tx,
  deps: Pick<ResponseDeps, "enqueue" | "facts">,
  {
    proposal,
    events,
    now,
  }: { readonly proposal: KeptProposal; readonly events: readonly NewEvent[]; readonly now: Temporal.Instant },
): Promise<void> {
  const actions = await actionsOf(tx, [proposal.id]);
  const { start, skip } = decideNext(actions.map((one) => ({ ...one, isReady: one.dueAt !== undefined })));
  for (const action of actions) {
    if (start.includes(action.position)) await saveAction(tx, action.id, { dueAt: now });
    if (skip.includes(action.position)) await saveAction(tx, action.id, { state: "skipped", dueAt: null });
  }
  if (start.length > 0) await deps.enqueue(tx, "response.run", {}, { singletonKey: `start:${proposal.id}` });
  const states = actions.map((action) => (skip.includes(action.position) ? "skipped" : action.state));
  await appendEvents(tx, [...events, ...(await moveProposal(tx, proposal, { to: stateFromSteps(states), now }))]);
}

async function moveProposal(
  tx: Tx,
  proposal: KeptProposal,
  { to, now }: { readonly to: ReturnType<typeof stateFromSteps>; readonly now: Temporal.Instant },
): Promise<readonly NewEvent[]> {
  if (!("approvedAt" in proposal.state))
    throw new Error(`invariant broken: work on proposal ${proposal.id}, which is ${proposal.state.kind}`);
  if (proposal.state.kind === to) return [];
  await saveState(tx, proposal.id, { kind: to, at: now, approvedAt: proposal.state.approvedAt });
  if (to !== "verified") return [];
  const verified = proposalEvent(proposal, RESPONSE_EVENTS.verified, {
    at: now,
    data: { saving: proposal.plan.saving },
  });
  if (proposal.undoOf === undefined) return [verified];
  const original = await findProposal(tx, proposal.undoOf, { lock: true });
  if (original === undefined) throw new Error(`invariant broken: proposal ${proposal.id} takes back an unknown one`);
  await saveUndone(tx, original.id, proposal.id);
  return [
    verified,
    proposalEvent(original, RESPONSE_EVENTS.undone, {
      at: now,
      data: { by: proposal.id, byNumber: Number(proposal.number) },
    }),
  ];
}
