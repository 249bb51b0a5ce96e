import type { Person } from "../access/contract.ts";
import type { CaseId, CustomerId, NoticeId, ProposalId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { appendEvents } from "../store/events.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { RESPONSE_EVENTS, type Wanted } from "./contract.ts";
import { APPROVER_ROLES, whyNot } from "./decide.ts";
import {
  APPROVALS_MAX,
  approvalsNeeded,
  expiresAt,
  whyNotApprove,
  whyNotReject,
  whyNotRunAgain,
  whyNotWithdraw,
} from "./decide-approval.ts";
import type { Recorded } from "./decide-effects.ts";
import { changedSince, type Plan, planOf, targetOf } from "./decide-plan.ts";
import type { ResponseDeps } from "./deps.ts";
import { loadApprovalsSetting, loadPlanFacts, loadState } from "./load.ts";
import { proposalEvent } from "./record.ts";
import { refuseWith, unknownCustomer, unknownProposal } from "./refusals.ts";
import { findProposal, insertApproval, insertProposal, type KeptProposal, proposedIds, saveState } from "./store.ts";
import { actionsOf, cancelledSince, insertActions, openTargets, saveAction, setSteps } from "./store-actions.ts";

/** What people do with proposals. Each loads, decides, saves and writes its event in the caller's transaction. */

type Deps = Pick<ResponseDeps, "facts" | "enqueue" | "newId">;
export type Made = { readonly proposalId: ProposalId; readonly number: bigint };
export type Ask = {
  readonly customerId: CustomerId;
  readonly caseId?: CaseId | undefined;
  readonly wanted: Wanted;
  readonly reason: string;
  readonly by: Actor;
  /** The person behind `by`, when it is one: needed where nobody else is asked. */
  readonly person?: Pick<Person, "role"> | undefined;
  readonly now: Temporal.Instant;
  readonly undo?: { readonly of: ProposalId; readonly recorded: Recorded | undefined } | undefined;
  /** At least so many approvals, where a policy asks for more than the rules of this slice. */
  readonly needAtLeast?: number | undefined;
};

/** Days during which an approved cancellation also covers the answer "Fraud" to its alerts. */
const COVERED_DAYS = 7;

/** Proposes; where nobody else needs to approve, it starts at once. */
export async function propose(tx: Tx, deps: Deps, ask: Ask): Promise<Result<Made, Refusal>> {
  const { customerId, wanted, now, by } = ask;
  const customer = await deps.facts.customerOf(tx, customerId);
  if (customer === undefined) return unknownCustomer(customerId);
  const facts = await loadPlanFacts(tx, deps.facts, { customerId, wanted, recorded: ask.undo?.recorded });
  const planned = planOf(wanted, facts, dayOf(now, "UTC"));
  if (!planned.ok) return refuseWith(planned.whyNot);
  const { plan } = planned;
  const covered = await isCovered(tx, plan, now);
  const own = approvalsNeeded(plan, { setting: await loadApprovalsSetting(tx, deps.facts), covered });
  const need = Math.min(APPROVALS_MAX, Math.max(own, ask.needAtLeast ?? 0));
  const roles = APPROVER_ROLES[plan.kind];
  if (need === 0 && ask.person !== undefined && !roles.includes(ask.person.role))
    return refuseWith(whyNot("role-may-not-run", { role: ask.person.role, roles: roles.join(",") }));
  const { steps, kind, ...kept } = plan;
  const termEnd = facts.subscriptions.find((one) => one.subscriptionId in plan.basis)?.commitmentEndDay;
  const id = deps.newId() as ProposalId;
  const made = {
    id,
    kind,
    customerId,
    customerName: customer.name,
    caseId: ask.caseId,
    undoOf: ask.undo?.of,
    plan: kept,
    need,
  };
  const number = await insertProposal(tx, {
    ...made,
    reason: ask.reason,
    madeBy: by,
    madeAt: now,
    expiresAt: expiresAt(kind, termEnd, now),
  });
  const taken = await insertActions(tx, id, { steps, newId: deps.newId });
  if (taken !== undefined) {
    const open = (await openTargets(tx, [targetOf(taken).id])).find((one) => one.kind === taken.kind);
    return refuseWith(whyNot("already-proposed", { name: taken.name, ...(open && { number: Number(open.number) }) }));
  }
  const data = {
    targets: steps.map(({ step }) => ({ ...targetOf(step), name: step.name })),
    need,
    undoOf: ask.undo?.of,
  };
  const subject = { id, number, kind, customerId, caseId: ask.caseId };
  const events = [proposalEvent(subject, RESPONSE_EVENTS.made, { actor: by, at: now, why: ask.reason, data })];
  if (need === 0) events.push(await start(tx, deps, { subject, by, now, need }));
  await appendEvents(tx, events);
  return ok({ proposalId: id, number });
}

/** An answer "Fraud" whose Azure subscriptions were all cancelled under an approval a few days ago needs no second yes. */
async function isCovered(tx: Tx, plan: Plan, now: Temporal.Instant): Promise<boolean> {
  if (plan.kind !== "answer-alert") return false;
  const ids = plan.steps.map(({ step }) => (step.kind === "answer-alert" ? step.entitlementId : undefined));
  const named = ids.filter((id) => id !== undefined);
  if (named.length < ids.length) return false;
  const cancelled = await cancelledSince(tx, named, now.subtract({ hours: COVERED_DAYS * 24 }));
  return named.every((id) => cancelled.has(id));
}

type Subject = Pick<KeptProposal, "id" | "number" | "kind" | "customerId" | "caseId">;
type Start = {
  readonly subject: Subject;
  readonly by: Actor;
  readonly now: Temporal.Instant;
  readonly need: number;
  readonly why?: string | undefined;
};

/** The last yes: the steps become due and the work is put on the queue, all in this transaction. */
async function start(tx: Tx, deps: Deps, { subject, by, now, need, why }: Start): Promise<NewEvent> {
  await saveState(tx, subject.id, { kind: "approved", at: now, approvedAt: now });
  await setSteps(tx, subject.id, { from: "planned", to: "waiting", due: now });
  await deps.enqueue(tx, "response.run", {}, { singletonKey: `start:${subject.id}` });
  return proposalEvent(subject, RESPONSE_EVENTS.approved, { actor: by, at: now, why, data: { have: need, need } });
}

export type Decision = {
  readonly id: string;
  readonly person: Person;
  readonly actor: Actor;
  readonly note?: string | undefined;
  readonly now: Temporal.Instant;
};

/** One person's yes. The one that completes the number starts the work; the same person's second one is refused. */
export async function approve(
  tx: Tx,
  deps: Deps,
  { id, person, actor, note, now }: Decision,
): Promise<Result<undefined, Refusal>> {
  const proposal = await findProposal(tx, id, { lock: true });
  if (proposal === undefined) return unknownProposal(id);
  const reason =
    whyNotApprove(proposal, person, now) ??
    changedSince(proposal.plan, await loadState(tx, deps.facts, proposal.customerId));
  if (reason !== undefined) return refuseWith(reason);
  await insertApproval(tx, proposal.id, { personId: person.id, name: person.name, role: person.role, at: now, note });
  const have = proposal.approvals.length + 1;
  const { need } = proposal;
  const event =
    have >= need
      ? await start(tx, deps, { subject: proposal, by: actor, now, need, why: note })
      : proposalEvent(proposal, RESPONSE_EVENTS.approved, { actor, at: now, why: note, data: { have, need } });
  await appendEvents(tx, [event]);
  return ok(undefined);
}

/** A no ends it. */
export async function reject(tx: Tx, { id, person, actor, note, now }: Decision): Promise<Result<undefined, Refusal>> {
  const proposal = await findProposal(tx, id, { lock: true });
  if (proposal === undefined) return unknownProposal(id);
  const reason = whyNotReject(proposal, person);
  if (reason !== undefined) return refuseWith(reason);
  return close(tx, proposal, { kind: "rejected", type: RESPONSE_EVENTS.rejected, actor, note, now });
}

/** Taken back by who asked, before anything started. */
export async function withdraw(
  tx: Tx,
  { id, person, actor, note, now }: Decision,
): Promise<Result<undefined, Refusal>> {
  const proposal = await findProposal(tx, id, { lock: true });
  if (proposal === undefined) return unknownProposal(id);
  const reason = whyNotWithdraw(proposal, person);
  if (reason !== undefined) return refuseWith(reason);
  return close(tx, proposal, { kind: "withdrawn", type: RESPONSE_EVENTS.withdrawn, actor, note, now });
}

/** Takes back what the desk itself proposed and has lost its reason. False when somebody decided it already, or it started. */
export async function drop(
  tx: Tx,
  {
    id,
    actor,
    note,
    now,
  }: { readonly id: string; readonly actor: Actor; readonly note: string; readonly now: Temporal.Instant },
): Promise<boolean> {
  const proposal = await findProposal(tx, id, { lock: true });
  if (proposal?.state.kind !== "proposed") return false;
  await close(tx, proposal, { kind: "withdrawn", type: RESPONSE_EVENTS.withdrawn, actor, note, now });
  return true;
}

type Closing = {
  readonly kind: "rejected" | "withdrawn";
  readonly type: NewEvent["type"];
  readonly actor: Actor;
  readonly note: string | undefined;
  readonly now: Temporal.Instant;
};

async function close(
  tx: Tx,
  proposal: KeptProposal,
  { kind, type, actor, note, now }: Closing,
): Promise<Result<undefined, Refusal>> {
  await saveState(tx, proposal.id, { kind, at: now, by: actor, reason: note ?? "" });
  await setSteps(tx, proposal.id, { from: "planned", to: "dropped", due: null });
  await appendEvents(tx, [proposalEvent(proposal, type, { actor, at: now, why: note })]);
  return ok(undefined);
}

/** A person looked and lets it try again: under a new request id, since Microsoft may have kept its answer to the old one. */
export async function runAgain(
  tx: Tx,
  deps: Deps,
  { id, person, actor, note, now }: Decision,
): Promise<Result<undefined, Refusal>> {
  const proposal = await findProposal(tx, id, { lock: true });
  if (proposal === undefined) return unknownProposal(id);
  const reason = whyNotRunAgain(proposal, person, now);
  if (reason !== undefined) return refuseWith(reason);
  const { state } = proposal;
  if (!("approvedAt" in state)) throw new Error(`invariant broken: proposal ${id} failed without approval`);
  const actions = await actionsOf(tx, [proposal.id]);
  const again = actions.filter(
    (one) => one.state === "failed" || one.state === "unverified" || one.state === "skipped",
  );
  const open = await openTargets(
    tx,
    again.map((one) => targetOf(one.step).id),
  );
  const taken = again.find((one) =>
    open.some(({ kind, targetId }) => kind === one.step.kind && targetId === targetOf(one.step).id),
  );
  if (taken !== undefined) return refuseWith(whyNot("already-proposed", { name: taken.step.name }));
  for (const action of again) {
    const dueAt = action.state === "skipped" ? null : now;
    await saveAction(tx, action.id, {
      state: "waiting",
      requestId: deps.newId(),
      tries: 0,
      checks: 0,
      dueAt,
      problem: null,
      whyNot: null,
    });
  }
  await saveState(tx, proposal.id, { kind: "approved", at: now, approvedAt: state.approvedAt });
  await deps.enqueue(tx, "response.run", {}, { singletonKey: `start:${proposal.id}` });
  const data = { steps: again.map((one) => one.position) };
  await appendEvents(tx, [proposalEvent(proposal, RESPONSE_EVENTS.runAgain, { actor, at: now, why: note, data })]);
  return ok(undefined);
}

/** Rows looked at per round when proposals are seen to lapse. */
const LAPSE_ROWS_MAX = 200;

/** Ends proposals that nobody decided in time, or whose target changed since. Each in a transaction of its own. */
export async function lapse(deps: Pick<ResponseDeps, "store" | "facts" | "clock">): Promise<void> {
  const now = deps.clock.now();
  for (const id of await proposedIds(deps.store.db, LAPSE_ROWS_MAX)) {
    await deps.store.inTransaction(async (tx) => {
      const proposal = await findProposal(tx, id, { lock: true });
      if (proposal?.state.kind !== "proposed") return;
      const isOld = Temporal.Instant.compare(now, proposal.expiresAt) >= 0;
      const changed = isOld
        ? undefined
        : changedSince(proposal.plan, await loadState(tx, deps.facts, proposal.customerId));
      if (!isOld && changed === undefined) return;
      const why = isOld ? "time" : "facts-changed";
      await saveState(tx, proposal.id, { kind: "expired", at: now, why });
      await setSteps(tx, proposal.id, { from: "planned", to: "dropped", due: null });
      await appendEvents(tx, [
        proposalEvent(proposal, RESPONSE_EVENTS.expired, { at: now, data: { why, ...changed?.facts } }),
      ]);
    });
  }
}

/** For `notices`: proposes the answer to one alert. Whoever may answer notices may ask for it. */
export async function proposeAlertAnswer(
  tx: Tx,
  deps: Deps,
  ask: {
    readonly noticeId: NoticeId;
    readonly reason: "fraud" | "legitimate" | "ignore";
    readonly why: string;
    readonly actor: Actor;
    readonly now: Temporal.Instant;
    readonly caseId?: CaseId | undefined;
  },
): Promise<Result<{ readonly proposalId: ProposalId }, Refusal>> {
  const alert = await deps.facts.alertOf(tx, ask.noticeId);
  if (alert === undefined) return no("not-found", "notice-unknown", `There is no notice ${ask.noticeId}.`);
  const wanted: Wanted = {
    kind: "answer-alert",
    noticeIds: [ask.noticeId],
    answer: { status: "resolved", reason: ask.reason },
  };
  return propose(tx, deps, {
    customerId: alert.customerId,
    caseId: ask.caseId,
    wanted,
    reason: ask.why,
    by: ask.actor,
    now: ask.now,
  });
}
