import type { CustomerId } from "../core/ids.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { COLLECTIONS_EVENTS } from "./contract.ts";
import type { LadderState } from "./contract-ladder.ts";
import type { CollectionsDeps } from "./deps.ts";
import type { OpenTask } from "./letters/contract.ts";
import { dropStepCalls, insertTask } from "./store-tasks.ts";

/** Tasks that follow from letters and steps. People's own work with them is in service-calls.ts. */

/** See `OpenTask`: letters hand calls, wrong addresses and replies over; once a letter and kind. */
export const openTask =
  (deps: Pick<CollectionsDeps, "newId" | "zone">): OpenTask =>
  async (tx, { kind, accountId, letterId, facts, now }) => {
    await insertTask(tx, {
      id: deps.newId(),
      accountId,
      kind,
      stepId: facts["stepId"] ?? null,
      letterId: letterId ?? null,
      facts,
      dueOn: now.toZonedDateTimeISO(deps.zone).toPlainDate(),
      at: now,
    });
  };

/** Calls of steps that no longer match are not made: nobody rings a customer who has paid. */
export async function dropStale(
  tx: Tx,
  {
    accountId,
    state,
    now,
  }: { readonly accountId: CustomerId; readonly state: LadderState; readonly now: Temporal.Instant },
): Promise<readonly NewEvent[]> {
  const keep = state.steps.filter((step) => step.matches).map((step) => step.stepId);
  const dropped = await dropStepCalls(tx, accountId, keep);
  return dropped.map((task) => ({
    type: COLLECTIONS_EVENTS.callDropped,
    actor: SURETY,
    at: now,
    subject: { kind: "collections-task", id: task.task_id },
    customerId: accountId,
    data: { kind: task.kind, step: task.step_id },
  }));
}
