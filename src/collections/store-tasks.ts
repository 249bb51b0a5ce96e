import { sql } from "kysely";
import type { Json } from "../core/canonical.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Actor, Tx } from "../store/contract.ts";
import type { CallOutcome } from "./contract.ts";

/** Work for a person: calls, addresses that bounced, replies; and the findings of the guards that are open. */

export type TaskKind = "call" | "wrong-address" | "reply";
export type TaskRow = {
  readonly task_id: string;
  readonly account_id: CustomerId;
  readonly kind: TaskKind;
  readonly step_id: string | null;
  readonly letter_id: string | null;
  readonly facts: Readonly<Record<string, string>>;
  readonly due_on: Temporal.PlainDate;
  readonly state: "due" | "done" | "dropped";
  readonly outcome: CallOutcome | null;
  readonly note: string | null;
  readonly next_on: Temporal.PlainDate | null;
  readonly by_kind: Actor["kind"] | null;
  readonly by_id: string | null;
  readonly by_name: string | null;
  readonly at: Temporal.Instant;
};
export type NewTask = {
  readonly id: string;
  readonly accountId: CustomerId;
  readonly kind: TaskKind;
  readonly stepId: string | null;
  readonly letterId: string | null;
  readonly facts: Json;
  readonly dueOn: Temporal.PlainDate;
  readonly at: Temporal.Instant;
};
/** False when the letter has its task already. */
export async function insertTask(tx: Tx, task: NewTask): Promise<boolean> {
  const { rows } =
    await sql`insert into collections_task (task_id, account_id, kind, step_id, letter_id, facts, due_on, state, at)
    values (${task.id}, ${task.accountId}, ${task.kind}, ${task.stepId}, ${task.letterId}, ${JSON.stringify(task.facts)}::jsonb, ${task.dueOn}, 'due', ${task.at})
    on conflict do nothing returning task_id`.execute(tx);
  return rows.length > 0;
}
export async function findTask(tx: Tx, id: string, lock: "lock" | "read" = "lock"): Promise<TaskRow | undefined> {
  const { rows } =
    await sql<TaskRow>`select * from collections_task where task_id::text = ${id} ${lock === "lock" ? sql`for update` : sql``}`.execute(
      tx,
    );
  return rows[0];
}
export async function tasksOf(tx: Tx, accountId: CustomerId, limit: number): Promise<readonly TaskRow[]> {
  const { rows } =
    await sql<TaskRow>`select * from collections_task where account_id = ${accountId} order by due_on desc, task_id desc limit ${limit}`.execute(
      tx,
    );
  return rows;
}
export type DoneTask = {
  readonly outcome: CallOutcome;
  readonly note: string;
  readonly nextOn: Temporal.PlainDate | null;
  readonly by: Actor;
  readonly at: Temporal.Instant;
};
export async function finishTask(tx: Tx, id: string, done: DoneTask): Promise<void> {
  await sql`update collections_task set state = 'done', outcome = ${done.outcome}, note = ${done.note}, next_on = ${done.nextOn}, by_kind = ${done.by.kind}, by_id = ${done.by.id},
    by_name = ${done.by.name}, at = ${done.at} where task_id = ${id}`.execute(tx);
}
/** Calls whose step no longer matches are not made; what a person agreed to do stays. */
export async function dropStepCalls(
  tx: Tx,
  accountId: CustomerId,
  keep: readonly string[],
): Promise<readonly TaskRow[]> {
  const { rows } =
    await sql<TaskRow>`update collections_task set state = 'dropped' where account_id = ${accountId} and state = 'due' and kind = 'call'
    and step_id is not null and not step_id = any(${keep}::text[]) returning *`.execute(tx);
  return rows;
}

export type TaskQuery = {
  readonly state: "due" | "done" | "all";
  readonly dueBy?: Temporal.PlainDate | undefined;
  readonly after?: { readonly dueOn: string; readonly id: string } | undefined;
  readonly limit: number;
};
export async function pageOfTasks(tx: Tx, { state, dueBy, after, limit }: TaskQuery): Promise<readonly TaskRow[]> {
  const isDue = state === "due";
  const place =
    after === undefined
      ? sql`true`
      : sql`(due_on, task_id) ${isDue ? sql`>` : sql`<`} (${after.dueOn}::date, ${after.id}::uuid)`;
  const by = dueBy === undefined ? sql`true` : sql`due_on <= ${dueBy}::date`;
  const of = state === "all" ? sql`state <> 'dropped'` : sql`state = ${state}`;
  const { rows } = await sql<TaskRow>`select * from collections_task where ${of} and ${by} and ${place}
    order by ${isDue ? sql`due_on, task_id` : sql`due_on desc, task_id desc`} limit ${limit}`.execute(tx);
  return rows;
}
export async function countTasks(tx: Tx): Promise<{ readonly due: number; readonly done: number }> {
  const { rows } = await sql<{
    due: number;
    done: number;
  }>`select count(*) filter (where state = 'due')::int as due, count(*) filter (where state = 'done')::int as done
    from collections_task`.execute(tx);
  return rows[0] ?? { due: 0, done: 0 };
}

// ---- guards

export type GuardRow = {
  readonly fingerprint: string;
  readonly account_id: CustomerId;
  readonly customer_id: CustomerId;
  readonly kind: string;
  readonly money_minor: bigint | null;
};
export async function openGuards(tx: Tx): Promise<readonly GuardRow[]> {
  const { rows } =
    await sql<GuardRow>`select fingerprint, account_id, customer_id, kind, money_minor from collections_guard order by fingerprint`.execute(
      tx,
    );
  return rows;
}
export async function saveGuard(tx: Tx, row: GuardRow, at: Temporal.Instant): Promise<void> {
  await sql`insert into collections_guard (fingerprint, account_id, customer_id, kind, money_minor, at)
    values (${row.fingerprint}, ${row.account_id}, ${row.customer_id}, ${row.kind}, ${row.money_minor}, ${at})
    on conflict (fingerprint) do update set money_minor = excluded.money_minor, at = excluded.at`.execute(tx);
}
export async function dropGuard(tx: Tx, fingerprint: string): Promise<void> {
  await sql`delete from collections_guard where fingerprint = ${fingerprint}`.execute(tx);
}
