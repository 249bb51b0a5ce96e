import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { type CallOutcome, COLLECTIONS_EVENTS, REACHED } from "./contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { evaluateAccount } from "./service-evaluate.ts";
import { groundOf } from "./service-run.ts";
import { findTask, finishTask, insertTask, type TaskRow } from "./store-tasks.ts";
import { lockAccount } from "./store-state.ts";

/** Calls and the other tasks of a person: what came of them, and when to try again. */

type Done = {
  readonly outcome: CallOutcome;
  readonly note: string;
  readonly nextOn?: Temporal.PlainDate | undefined;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};

/** Days after which somebody who was not reached is called again unless told when. */
const TRY_AGAIN_DAYS = 1;
const NOT_REACHED: readonly CallOutcome[] = ["no-answer", "left-message"];

/** Closes a task that is due. A call of a step that reached the customer counts as that step's notice. */
export async function finishCall(
  tx: Tx,
  deps: CollectionsDeps,
  ask: Done & { readonly taskId: string },
): Promise<Result<{ readonly taskId: string }, Refusal>> {
  const task = await findTask(tx, ask.taskId);
  if (task === undefined) return no("not-found", "call-unknown", `There is no call ${ask.taskId}.`);
  if (task.state !== "due")
    return no("conflict", "call-over", `This call is ${task.state}.`, { facts: { state: task.state } });
  await lockAccount(tx, task.account_id);
  const refused = whyNotDone(ask, dayOf(ask.now, deps.zone));
  if (refused !== undefined) return refused;
  const event = await finish(tx, deps, task, ask);
  const ground = await groundOf(tx, deps, ask.now);
  await evaluateAccount(tx, deps, { accountId: task.account_id, ground, events: [event] });
  return ok({ taskId: task.task_id });
}

/** A call that somebody made without being asked. */
export async function logCall(
  tx: Tx,
  deps: CollectionsDeps,
  ask: Done & { readonly accountId: CustomerId },
): Promise<Result<{ readonly taskId: string }, Refusal>> {
  const { accountId, now } = ask;
  await lockAccount(tx, accountId);
  const today = dayOf(now, deps.zone);
  const refused = whyNotDone(ask, today);
  if (refused !== undefined) return refused;
  const id = deps.newId();
  await insertTask(tx, { id, accountId, kind: "call", stepId: null, letterId: null, facts: {}, dueOn: today, at: now });
  const task = await findTask(tx, id);
  if (task === undefined) throw new Error("invariant broken: a task that was just written is not there");
  const event = await finish(tx, deps, task, ask);
  await evaluateAccount(tx, deps, { accountId, ground: await groundOf(tx, deps, now), events: [event] });
  return ok({ taskId: id });
}

function whyNotDone({ outcome, nextOn }: Done, today: Temporal.PlainDate): Result<never, Refusal> | undefined {
  if (outcome === "call-back" && nextOn === undefined)
    return no("invalid", "next-missing", "Say when to call back.", {
      fields: [{ field: "nextOn", value: "", fix: "the day on which to call back" }],
    });
  if (nextOn !== undefined && Temporal.PlainDate.compare(nextOn, today) < 0)
    return no("invalid", "next-past", "The next call lies ahead.", {
      fields: [{ field: "nextOn", value: nextOn.toString(), fix: "today or later" }],
    });
  return undefined;
}

async function finish(
  tx: Tx,
  deps: CollectionsDeps,
  task: TaskRow,
  { outcome, note, nextOn, actor, now }: Done,
): Promise<NewEvent> {
  const today = dayOf(now, deps.zone);
  const isReached = REACHED.includes(outcome);
  const next = nextOn ?? (NOT_REACHED.includes(outcome) ? today.add({ days: TRY_AGAIN_DAYS }) : undefined);
  await finishTask(tx, task.task_id, { outcome, note, nextOn: next ?? null, by: actor, at: now });
  // Not reached and tried again: the notice of the step waits for the next try and keeps its letter.
  const goesOn = !isReached && next !== undefined && task.kind === "call";
  const letterId = task.letter_id ?? task.facts["letterId"] ?? null;
  if (letterId !== null && task.kind === "call" && !goesOn) {
    const told = isReached ? "reached" : "not-reached";
    const marked = await deps.markCall(tx, { letterId, outcome: told, day: today, actor, now });
    if (!marked.ok && marked.error.kind !== "conflict") throw new Error(`call ${task.task_id}: ${marked.error.detail}`);
  }
  if (next !== undefined) await followUp(tx, deps, { task, next, letterId: goesOn ? letterId : null, now });
  return {
    type: COLLECTIONS_EVENTS.callDone,
    actor,
    at: now,
    subject: { kind: "collections-task", id: task.task_id },
    customerId: task.account_id,
    why: note === "" ? undefined : note,
    data: { kind: task.kind, step: task.step_id, outcome, nextOn: next ?? null },
  };
}

type FollowUp = {
  readonly task: TaskRow;
  readonly next: Temporal.PlainDate;
  /** The notice that the next try is still for. */
  readonly letterId: string | null;
  readonly now: Temporal.Instant;
};
async function followUp(
  tx: Tx,
  deps: Pick<CollectionsDeps, "newId">,
  { task, next, letterId, now }: FollowUp,
): Promise<void> {
  await insertTask(tx, {
    id: deps.newId(),
    accountId: task.account_id,
    kind: task.kind,
    stepId: letterId === null ? null : task.step_id,
    letterId: null,
    facts: letterId === null ? { because: "agreed" } : { because: "not-reached", letterId },
    dueOn: next,
    at: now,
  });
}
