import type { ActionId } from "../core/ids.ts";
import { PartnerCenterError, type PartnerCenterProblem, PROBLEM_ADVICE } from "../partner-center/contract.ts";
import type { NewEvent } from "../store/contract.ts";
import { RESPONSE_EVENTS, type WhyNot } from "./contract.ts";
import { type Step, targetOf } from "./decide-plan.ts";
import {
  type Before,
  decideAfterProblem,
  decideSend,
  decideVerify,
  lookAgainSeconds,
  recordOf,
  type Seen,
  seenBy,
} from "./decide-run.ts";
import { LEASE_SECONDS, type PartnerCenterAccess, type Point, type ResponseDeps } from "./deps.ts";
import { keptProblem, lockProposal, proposalEvent, settle, shown, stepData } from "./record.ts";
import { findProposal, type KeptProposal } from "./store.ts";
import {
  type Action,
  type ActionChange,
  claimAction,
  closeAttempt,
  dueActions,
  heldAction,
  openAttempt,
  releaseActions,
  renewLease,
  saveAction,
} from "./store-actions.ts";
import { perform, type Performed, readTarget } from "./touch.ts";
import type { Tx } from "../store/contract.ts";

/**
 * Does what was approved. The order is what makes it safe: the action and its request id are in the database before anything
 * is sent; each try reads Partner Center first and sends only what is not there yet, always with the same request id.
 */

const DUE_ROWS_MAX = 50;
const AT_ONCE_MAX = 4;
const ROUNDS_MAX = 200;

/** Works off everything that is due now. Safe to call from several workers at once; throws the first trouble that is ours. */
export async function workDue(deps: ResponseDeps): Promise<void> {
  const failures: unknown[] = [];
  const tried = new Set<ActionId>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const ids = await dueActions(deps.store.db, deps.clock.now(), DUE_ROWS_MAX);
    const next = ids.filter((id) => !tried.has(id)).slice(0, AT_ONCE_MAX);
    if (next.length === 0) break;
    const done = await Promise.allSettled(next.map((id) => workOn(deps, id)));
    for (const [at, one] of done.entries()) {
      if (one.status === "fulfilled") continue;
      failures.push(one.reason);
      tried.add(next[at] as ActionId);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * For a process that knows it is the only worker: what a killed one held is free at once, not when its lease is over.
 * A call of the dead one that is still on its way does no harm: each try reads first and keeps the request id.
 */
export const freeHeldActions = ({ store }: Pick<ResponseDeps, "store">): Promise<void> => releaseActions(store.db);

type Held = { readonly deps: ResponseDeps; readonly action: Action; readonly token: string };

async function workOn(deps: ResponseDeps, id: ActionId): Promise<void> {
  const token = deps.newId();
  const leaseSeconds = deps.leaseSeconds ?? LEASE_SECONDS;
  const action = await claimAction(deps.store.db, id, { token, now: deps.clock.now(), leaseSeconds });
  if (action === undefined) return;
  const renewal = setInterval(
    () => {
      // A renewal that fails lets the lease run out; whoever takes over reads Partner Center first.
      renewLease(deps.store.db, id, { token, leaseSeconds }).catch(() => undefined);
    },
    (leaseSeconds * 1_000) / 3,
  );
  try {
    await at(deps, "claimed");
    await (action.state === "sent" ? look({ deps, action, token }) : send({ deps, action, token }));
  } finally {
    clearInterval(renewal);
  }
}

const at = async ({ onPoint }: ResponseDeps, point: Point): Promise<void> => onPoint?.(point);

/** One try: read, decide, write down that it begins, send, write down the answer. */
async function send(held: Held): Promise<void> {
  const { deps, action } = held;
  const correlationId = deps.newId();
  const tries = action.tries + 1;
  const proposal = await deps.store.inTransaction(async (tx) => {
    await saveAction(tx, action.id, { tries });
    await openAttempt(tx, action, { correlationId, now: deps.clock.now() });
    return lockProposal(tx, action);
  });
  const trying: Trying = { ...held, action: { ...action, tries }, proposal, correlationId };
  const access = await deps.partnerCenter();
  if (access === undefined) return trouble(trying, notConnected(correlationId, action.requestId), undefined);
  const seen = await orProblem(() => readTarget(access, proposal.customerId, action.step));
  if ("problem" in seen) return trouble(trying, seen.problem, action.sendBeganAt);
  await at(deps, "read");
  if (!(await begin(trying, seen.value))) return;
  await at(deps, "prepared");
  const answer = await orProblem(() => performStep(access, trying));
  await at(deps, "answered");
  if ("problem" in answer) await trouble(trying, answer.problem, action.sendBeganAt);
  else await answered(trying, answer.value);
  await at(deps, "recorded");
}

type Trying = Held & { readonly proposal: KeptProposal; readonly correlationId: string };

async function performStep(
  access: PartnerCenterAccess,
  { action, proposal, correlationId }: Trying,
): Promise<Performed> {
  const { customerId } = proposal;
  const answer = await perform(
    access,
    { customerId, step: action.step },
    { requestId: action.requestId, correlationId },
  );
  if (!answer.ok) throw new PartnerCenterError(answer.error);
  return answer.value;
}

/** Trouble with Microsoft as a value; a bug goes on being thrown. */
async function orProblem<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: PartnerCenterProblem }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof PartnerCenterError) return { problem: error.problem };
    throw error;
  }
}

const notConnected = (correlationId: string, requestId: string): PartnerCenterProblem => ({
  kind: "auth-config",
  advice: PROBLEM_ADVICE["auth-config"],
  detail: "Partner Center is not connected",
  correlationId,
  requestId,
  outcomeUnknown: false,
});

/** Decides on what was just read. True = it is written down that the call begins, so make it. */
async function begin(trying: Trying, seen: Seen): Promise<boolean> {
  const { deps, proposal } = trying;
  return deps.store.inTransaction(async (tx) => {
    const action = await stillHeld(tx, trying);
    if (action === undefined) return false;
    const locked = await lockProposal(tx, action);
    // Only a first step rests on what people saw; later ones rest on the step before.
    const basis = action.dependsOn.length === 0 ? proposal.plan.basis[targetOf(action.step).id] : undefined;
    const decision = decideSend(action.step, seen, { maySent: action.sendBeganAt !== undefined, basis });
    const now = deps.clock.now();
    if (decision.kind === "send") {
      await saveAction(tx, action.id, {
        state: "sending",
        before: action.before ?? recordOf(seen),
        sendBeganAt: action.sendBeganAt ?? now,
      });
      await settle(tx, deps, { proposal: locked, events: [], now });
      return true;
    }
    if (decision.kind === "refuse")
      await end(tx, { ...trying, action, proposal: locked }, { as: "failed", whyNot: decision.whyNot });
    else await tookEffect(tx, { ...trying, action, proposal: locked }, { seen, foundSo: decision.foundSo });
    return false;
  });
}

const stillHeld = (tx: Tx, { action, token }: Held): Promise<Action | undefined> => heldAction(tx, action.id, token);

/** Microsoft took it: done, or at work on it. Whether it took effect is for `look` to see. */
async function answered(trying: Trying, { kind, seen }: Performed): Promise<void> {
  const { deps } = trying;
  await deps.store.inTransaction(async (tx) => {
    const action = await stillHeld(tx, trying);
    if (action === undefined) return;
    const proposal = await lockProposal(tx, action);
    // Our reading a moment ago did not show it, and since then our call began: it counts as ours.
    if (kind === "unchanged") return tookEffect(tx, { ...trying, action, proposal }, { seen, foundSo: false });
    await markSent(tx, { ...trying, action, proposal }, kind);
  });
}

async function markSent(tx: Tx, { deps, action, proposal }: Trying, answer: "done" | "accepted"): Promise<void> {
  const now = deps.clock.now();
  const seconds = answer === "done" ? 0 : lookAgainSeconds(0);
  await saveAction(tx, action.id, {
    state: "sent",
    answer,
    sentAt: now,
    dueAt: now.add({ seconds }),
    checks: 0,
    problem: null,
    whyNot: null,
    release: true,
  });
  await closeAttempt(tx, action.id, { now, outcome: "sent" });
  await deps.enqueue(tx, "response.verify", {}, { afterSeconds: seconds, singletonKey: `look:${action.id}` });
  await settle(tx, deps, { proposal, events: [sentEvent(proposal, action, now)], now });
}

const sentEvent = (proposal: KeptProposal, action: Action, now: Temporal.Instant): NewEvent =>
  proposalEvent(proposal, RESPONSE_EVENTS.actionSent, {
    at: now,
    before: shown(action.before),
    data: stepData(action),
  });

/** Partner Center shows the effect. */
async function tookEffect(
  tx: Tx,
  { deps, action, proposal }: Omit<Trying, "correlationId">,
  { seen, foundSo }: { readonly seen: Seen; readonly foundSo: boolean },
): Promise<void> {
  const now = deps.clock.now();
  const after: Before = recordOf(seen);
  const before = action.before ?? after;
  const sentAt = foundSo ? undefined : (action.sentAt ?? action.sendBeganAt ?? now);
  const change: ActionChange = {
    state: "verified",
    after,
    before,
    foundSo,
    verifiedAt: now,
    dueAt: null,
    problem: null,
    whyNot: null,
    release: true,
  };
  await saveAction(tx, action.id, { ...change, sentAt: sentAt ?? null, ...(foundSo && { sendBeganAt: null }) });
  await closeAttempt(tx, action.id, { now, outcome: foundSo ? "found-so" : "effect-seen" });
  if (action.step.kind === "answer-alert") await tellNotices(tx, { deps, proposal, step: action.step, now });
  await deps.facts.changedAtMicrosoft(tx, proposal.customerId);
  const verified = proposalEvent(proposal, RESPONSE_EVENTS.actionVerified, {
    at: now,
    before: shown(before),
    after: shown(after),
    data: { ...stepData(action), foundSo },
  });
  // Sending was not written down when the process died in between; the log still tells it once.
  const events = action.state === "sent" || foundSo ? [verified] : [sentEvent(proposal, action, now), verified];
  await settle(tx, deps, { proposal, events, now });
}

type Answered = {
  readonly deps: ResponseDeps;
  readonly proposal: KeptProposal;
  readonly step: Extract<Step, { kind: "answer-alert" }>;
  readonly now: Temporal.Instant;
};

async function tellNotices(tx: Tx, { deps, proposal, step, now }: Answered): Promise<void> {
  if (step.answer.status !== "resolved") return;
  const { noticeId, answer } = step;
  await deps.facts.alertAnswered(tx, {
    noticeId,
    reason: answer.reason,
    actor: proposal.madeBy,
    at: now,
    proposalId: proposal.id,
  });
}

/**
 * Microsoft said no, or could not be reached.
 * @param beganBefore when an earlier try may have reached Microsoft without our hearing its answer
 */
async function trouble(
  trying: Trying,
  problem: PartnerCenterProblem,
  beganBefore: Temporal.Instant | undefined,
): Promise<void> {
  const { deps } = trying;
  await deps.store.inTransaction(async (tx) => {
    const action = await stillHeld(tx, trying);
    if (action === undefined) return;
    const proposal = await lockProposal(tx, action);
    const maySent = beganBefore !== undefined || problem.outcomeUnknown;
    const next = decideAfterProblem(problem, { tries: action.tries, maySent });
    const kept = keptProblem(problem);
    // A plain no means that nothing left its mark: the next try is again a first one.
    const unsent = maySent ? {} : { sendBeganAt: null };
    const now = deps.clock.now();
    if (next.kind === "treat-as-sent") return markSent(tx, { ...trying, action, proposal }, "accepted");
    if (next.kind === "end")
      return end(tx, { ...trying, action, proposal }, { as: next.as, problem: kept, change: unsent });
    const state = maySent ? ("sending" as const) : ("waiting" as const);
    const dueAt = now.add({ seconds: next.afterSeconds });
    await saveAction(tx, action.id, { state, dueAt, problem: kept, release: true, ...unsent });
    await closeAttempt(tx, action.id, { now, outcome: "again", problem: kept });
    await deps.enqueue(tx, "response.run", {}, { afterSeconds: next.afterSeconds, singletonKey: `again:${action.id}` });
    await settle(tx, deps, { proposal, events: [], now });
  });
}

type Ending = {
  readonly as: "failed" | "unverified";
  readonly problem?: ReturnType<typeof keptProblem>;
  readonly whyNot?: WhyNot;
  readonly change?: ActionChange;
};

async function end(
  tx: Tx,
  { deps, action, proposal }: Omit<Trying, "correlationId">,
  { as, problem, whyNot, change }: Ending,
): Promise<void> {
  const now = deps.clock.now();
  await saveAction(tx, action.id, {
    ...change,
    state: as,
    dueAt: null,
    problem: problem ?? null,
    whyNot: whyNot ?? null,
    release: true,
  });
  await closeAttempt(tx, action.id, { now, outcome: as, problem });
  const type = as === "failed" ? RESPONSE_EVENTS.actionFailed : RESPONSE_EVENTS.actionUnverified;
  const event = proposalEvent(proposal, type, {
    at: now,
    before: shown(action.before),
    data: { ...stepData(action), problem, whyNot },
  });
  await settle(tx, deps, { proposal, events: [event], now });
}

/** Looks whether what was sent took effect; comes again until it did or is overdue. */
async function look(held: Held): Promise<void> {
  const { deps, action } = held;
  const access = await deps.partnerCenter();
  const found = await findProposal(deps.store.db, action.proposalId);
  if (found === undefined) throw new Error(`invariant broken: an action without its proposal ${action.proposalId}`);
  const seen =
    access === undefined ? undefined : await orProblem(() => readTarget(access, found.customerId, action.step));
  await at(deps, "read");
  await deps.store.inTransaction(async (tx) => {
    const current = await stillHeld(tx, held);
    if (current === undefined) return;
    const proposal = await lockProposal(tx, current);
    const now = deps.clock.now();
    const sentAt = current.sentAt ?? now;
    const problem =
      seen === undefined ? notConnected(deps.newId(), current.requestId) : "problem" in seen ? seen.problem : undefined;
    const decision =
      seen === undefined || "problem" in seen
        ? withoutReading(current, { now, sentAt })
        : decideVerify(current.step, seen.value, { sentAt, checks: current.checks, now });
    const kept = problem === undefined ? undefined : keptProblem(problem);
    if (decision.kind === "verified" && seen !== undefined && "value" in seen)
      return tookEffect(tx, { ...held, action: current, proposal }, { seen: seen.value, foundSo: false });
    if (decision.kind !== "look-again")
      return end(tx, { ...held, action: current, proposal }, { as: "unverified", ...(kept && { problem: kept }) });
    const dueAt = now.add({ seconds: decision.afterSeconds });
    await saveAction(tx, current.id, { dueAt, checks: current.checks + 1, problem: kept ?? null, release: true });
    await deps.enqueue(
      tx,
      "response.verify",
      {},
      { afterSeconds: decision.afterSeconds, singletonKey: `look:${current.id}` },
    );
  });
  await at(deps, "recorded");
}

/** While Partner Center cannot be read nothing is known; the limit still counts. */
function withoutReading(
  action: Action,
  { now, sentAt }: { readonly now: Temporal.Instant; readonly sentAt: Temporal.Instant },
) {
  const overdue = Temporal.Instant.compare(now, seenBy(action.step, sentAt)) >= 0;
  return overdue
    ? ({ kind: "unverified" } as const)
    : ({ kind: "look-again", afterSeconds: lookAgainSeconds(action.checks) } as const);
}
