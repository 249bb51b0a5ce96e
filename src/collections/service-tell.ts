import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { COLLECTIONS_EVENTS } from "./contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import type { LetterClaim } from "./letters/contract.ts";
import type { Around } from "./service-effects.ts";
import { insertTask } from "./store-tasks.ts";

/** The day's notice: its claims are recorded once, then it goes into the outbox, which knows it by account, step and day. */
export async function tellNow(
  tx: Tx,
  deps: Pick<CollectionsDeps, "claimsFor" | "claimsOn" | "recordClaims" | "queueNotice" | "newId">,
  { history, state, version, day, now }: Around,
): Promise<readonly NewEvent[]> {
  const notice = state.tell;
  if (notice === undefined) return [];
  const past = notice.charges.length === 0 ? undefined : await deps.claimsOn?.(tx, notice.invoiceIds);
  const claims = deps.claimsFor({ policy: version.policy, notice, history, day, past });
  const recorded = await recordNew(tx, deps, { claims, stepId: notice.stepId, day, now });
  const ask = { account: history, state, notice, policy: version, day, now, claims: recorded };
  const made = await deps.queueNotice(tx, ask);
  const events: NewEvent[] = [];
  // A call is a task for a person; it counts as told when the customer was reached.
  for (const { letterId, channel, state: letter } of made) {
    if (channel !== "call" || letter !== "queued") continue;
    const { accountId } = history.account;
    const task = { id: deps.newId(), accountId, kind: "call", stepId: notice.stepId, letterId, dueOn: day } as const;
    if (!(await insertTask(tx, { ...task, facts: {}, at: now }))) continue;
    events.push({
      type: COLLECTIONS_EVENTS.callDue,
      actor: SURETY,
      at: now,
      subject: { kind: "collections-task", id: task.id },
      customerId: accountId,
      data: { kind: "call", step: notice.stepId, due: day },
    });
  }
  return events;
}

type Claiming = {
  readonly claims: readonly LetterClaim[];
  readonly stepId: string;
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
};

/**
 * Records what a step adds to the debt; once for a step, invoice and kind, whatever runs twice. What was claimed by an earlier letter of
 * the same step (a second try after a bounce) is owed already and not stated as new.
 */
async function recordNew(
  tx: Tx,
  deps: Pick<CollectionsDeps, "recordClaims">,
  { claims, stepId, day, now }: Claiming,
): Promise<readonly LetterClaim[]> {
  if (claims.length === 0) return [];
  const done = await deps.recordClaims(tx, {
    rows: claims.map((claim) => ({
      key: `${stepId}:${claim.invoiceId}:${claim.kind}`,
      ofInvoiceId: claim.invoiceId,
      kind: claim.kind === "interest" ? "interest" : claim.kind === "reminder-fee" ? "fee" : "cost",
      amountMinor: claim.amountMinor,
      day,
      basis: claim.basis,
    })),
    actor: SURETY,
    now,
  });
  if (!done.ok) throw new Error(`claims of step ${stepId} were refused: ${done.error.detail}`);
  return claims.filter((_, at) => done.value[at]?.already === false);
}
