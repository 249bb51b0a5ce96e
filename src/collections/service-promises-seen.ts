import type { CustomerId } from "../core/ids.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { COLLECTIONS_EVENTS, type PromiseState } from "./contract.ts";
import type { PolicyVersion } from "./contract-policy.ts";
import type { CollectionsDeps } from "./deps.ts";
import { dayNumber, plainDay } from "./ladder/decide-days.ts";
import { indexAccount } from "./ladder/decide-index.ts";
import { cameIn, promiseOn } from "./ladder/decide-promises.ts";
import type { Loaded } from "./service-history.ts";
import type { PromiseRow } from "./store.ts";
import { insertTask } from "./store-tasks.ts";

/** How promises stand by what was paid; what changed since the last look is told once. */

export type PromiseStanding = {
  readonly row: PromiseRow;
  readonly seen: {
    readonly promise_id: string;
    readonly seen: PromiseState;
    readonly paid_minor: string;
    readonly ended_on: string | null;
  };
};

/** Every promise of an account on a day, computed from the ledger. */
export function promiseStandings(
  { history, promises }: Pick<Loaded, "history" | "promises">,
  { day, graceDays }: { readonly day: Temporal.PlainDate; readonly graceDays: number },
): readonly PromiseStanding[] {
  if (promises.length === 0) return [];
  const account = indexAccount(history);
  const today = dayNumber(day);
  return promises.flatMap((row): readonly PromiseStanding[] => {
    const promise = account.promises.find((one) => one.source.promiseId === row.promise_id);
    if (promise === undefined) return [];
    const became = promiseOn(account, promise, { day: today, graceDays });
    const seen = became === "future" ? "open" : became;
    const end = promise.due + graceDays;
    const by = Math.min(today, end);
    return [
      {
        row,
        seen: {
          promise_id: row.promise_id,
          seen,
          paid_minor: cameIn(account, promise, by).toString(),
          ended_on: endOf(row, seen, plainDay(by))?.toString() ?? null,
        },
      },
    ];
  });
}

/** The day it was first seen kept, or the day after which it could not be kept any more. */
function endOf(row: PromiseRow, seen: PromiseState, by: Temporal.PlainDate): Temporal.PlainDate | undefined {
  if (seen === "open") return undefined;
  if (seen === "withdrawn") return row.withdrawn_on ?? undefined;
  return row.seen === seen && row.ended_on !== null ? row.ended_on : by;
}

const changed = (standings: readonly PromiseStanding[], to: PromiseState): readonly PromiseStanding[] =>
  standings.filter(({ row, seen }) => seen.seen === to && row.seen !== to);

export function seenEvents(standings: readonly PromiseStanding[], now: Temporal.Instant): readonly NewEvent[] {
  const told =
    (type: NewEvent["type"]) =>
    ({ row, seen }: PromiseStanding): NewEvent => ({
      type,
      actor: SURETY,
      at: now,
      subject: { kind: "promise", id: row.promise_id },
      customerId: row.account_id,
      data: {
        amount: { minor: row.amount_minor, currency: row.currency },
        dueOn: row.due_on,
        paid: { minor: seen.paid_minor, currency: row.currency },
      },
    });
  return [
    ...changed(standings, "kept").map(told(COLLECTIONS_EVENTS.promiseKept)),
    ...changed(standings, "broken").map(told(COLLECTIONS_EVENTS.promiseBroken)),
  ];
}

/** A broken promise asks for a call where the policy says so; once a promise, however often it is looked at. */
export async function brokenCalls(
  tx: Tx,
  deps: Pick<CollectionsDeps, "newId">,
  {
    promises,
    version,
    day,
    now,
  }: {
    readonly promises: readonly PromiseStanding[];
    readonly version: PolicyVersion;
    readonly day: Temporal.PlainDate;
    readonly now: Temporal.Instant;
  },
): Promise<readonly NewEvent[]> {
  if (version.policy.promises.whenBroken !== "resume-and-call") return [];
  const events: NewEvent[] = [];
  for (const { row } of changed(promises, "broken")) {
    const task = {
      id: deps.newId(),
      accountId: row.account_id as CustomerId,
      kind: "call",
      stepId: null,
      letterId: null,
      facts: { because: "broken-promise", promiseId: row.promise_id },
      dueOn: day,
      at: now,
    } as const;
    await insertTask(tx, task);
    events.push({
      type: COLLECTIONS_EVENTS.callDue,
      actor: SURETY,
      at: now,
      subject: { kind: "collections-task", id: task.id },
      customerId: row.account_id,
      data: { kind: "call", because: "broken-promise", due: day },
    });
  }
  return events;
}
