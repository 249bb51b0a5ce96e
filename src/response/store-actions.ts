import { sql } from "kysely";
import type { ActionId, ProposalId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { StepState, WhyNot } from "./contract.ts";
import { type PlannedStep, type Step, targetOf } from "./decide-plan.ts";
import type { Before } from "./decide-run.ts";
import { type ActionRow, type KeptProblem, tables } from "./store-tables.ts";

export type Action = {
  readonly id: ActionId;
  readonly proposalId: ProposalId;
  readonly position: number;
  readonly step: Step;
  readonly dependsOn: readonly number[];
  readonly state: StepState;
  readonly requestId: string;
  readonly before: Before | undefined;
  readonly after: Before | undefined;
  readonly answer: "done" | "accepted" | undefined;
  readonly foundSo: boolean;
  readonly sendBeganAt: Temporal.Instant | undefined;
  readonly sentAt: Temporal.Instant | undefined;
  readonly verifiedAt: Temporal.Instant | undefined;
  readonly tries: number;
  readonly checks: number;
  readonly dueAt: Temporal.Instant | undefined;
  readonly problem: KeptProblem | undefined;
  readonly whyNot: WhyNot | undefined;
};
export type Attempt = {
  readonly actionId: ActionId;
  readonly number: number;
  readonly requestId: string;
  readonly correlationId: string;
  readonly startedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | undefined;
  readonly outcome: string | undefined;
  readonly problem: KeptProblem | undefined;
};

const toAction = (row: ActionRow): Action => ({
  id: row.action_id as ActionId,
  proposalId: row.proposal_id as ProposalId,
  position: row.position,
  step: row.step,
  dependsOn: row.depends_on,
  state: row.state,
  requestId: row.request_id,
  before: row.before ?? undefined,
  after: row.after ?? undefined,
  answer: row.answer ?? undefined,
  foundSo: row.found_so,
  sendBeganAt: row.send_began_at ?? undefined,
  sentAt: row.sent_at ?? undefined,
  verifiedAt: row.verified_at ?? undefined,
  tries: row.tries,
  checks: row.checks,
  dueAt: row.due_at ?? undefined,
  problem: row.problem ?? undefined,
  whyNot: row.why_not ?? undefined,
});

/**
 * Keeps the steps of a new proposal. Gives the first target for which the same thing is already asked for or under way;
 * then nothing is to be kept.
 */
export async function insertActions(
  tx: Tx,
  proposalId: ProposalId,
  { steps, newId }: { readonly steps: readonly PlannedStep[]; readonly newId: () => string },
): Promise<Step | undefined> {
  const rows = steps.map(({ step, dependsOn }, position) => ({
    action_id: newId(),
    proposal_id: proposalId,
    position,
    kind: step.kind,
    target_id: targetOf(step).id,
    step: jsonb(step),
    depends_on: [...dependsOn],
    state: "planned" as const,
    request_id: newId(),
  }));
  const kept = await tables(tx)
    .insertInto("response_action")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["kind", "target_id"])
        // Written out: PostgreSQL finds the partial index by these words, and parameters are not known to a kept plan.
        .where(sql<boolean>`state in ('planned', 'waiting', 'sending', 'sent')`)
        .doNothing(),
    )
    .returning("position")
    .execute();
  const positions = new Set(kept.map((row) => row.position));
  return steps.find((_, position) => !positions.has(position))?.step;
}

export async function actionsOf(tx: Tx, ids: readonly ProposalId[]): Promise<readonly Action[]> {
  if (ids.length === 0) return [];
  const rows = await tables(tx)
    .selectFrom("response_action")
    .selectAll()
    .where("proposal_id", "in", ids)
    .orderBy("position")
    .execute();
  return rows.map((row) => toAction(row as ActionRow));
}

export async function attemptsOf(tx: Tx, ids: readonly ActionId[]): Promise<readonly Attempt[]> {
  if (ids.length === 0) return [];
  const rows = await tables(tx)
    .selectFrom("response_attempt")
    .selectAll()
    .where("action_id", "in", ids)
    .orderBy("number")
    .execute();
  return rows.map((row) => ({
    actionId: row.action_id as ActionId,
    number: row.number,
    requestId: row.request_id,
    correlationId: row.correlation_id,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    outcome: row.outcome ?? undefined,
    problem: row.problem ?? undefined,
  }));
}

/** Actions to work on now, oldest first; those somebody works on are left out. */
export async function dueActions(tx: Tx, now: Temporal.Instant, limit: number): Promise<readonly ActionId[]> {
  const { rows } = await sql<{ action_id: string }>`
    select action_id from response_action where due_at <= ${now} and (lease_until is null or lease_until < clock_timestamp())
    order by due_at, action_id limit ${limit}`.execute(tx);
  return rows.map((row) => row.action_id as ActionId);
}

/** Takes an action for this worker alone; undefined when another has it or it is not due. The lease runs by the database's clock. */
export async function claimAction(
  tx: Tx,
  id: ActionId,
  {
    token,
    now,
    leaseSeconds,
  }: { readonly token: string; readonly now: Temporal.Instant; readonly leaseSeconds: number },
): Promise<Action | undefined> {
  const { rows } = await sql<ActionRow>`
    update response_action set lease_token = ${token}, lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where action_id = ${id} and due_at <= ${now} and (lease_until is null or lease_until < clock_timestamp()) returning *`.execute(
    tx,
  );
  const row = rows[0];
  return row === undefined ? undefined : toAction(row);
}

/** Keeps the lease while a call takes long. */
export async function renewLease(
  tx: Tx,
  id: ActionId,
  { token, leaseSeconds }: { readonly token: string; readonly leaseSeconds: number },
): Promise<void> {
  await sql`update response_action set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where action_id = ${id} and lease_token = ${token}`.execute(tx);
}

/** Takes every action from whoever held it. */
export async function releaseActions(tx: Tx): Promise<void> {
  await sql`update response_action set lease_token = null, lease_until = null where lease_until is not null`.execute(
    tx,
  );
}

/** The action, locked, if this worker still has it. */
export async function heldAction(tx: Tx, id: ActionId, token: string): Promise<Action | undefined> {
  const row = await tables(tx)
    .selectFrom("response_action")
    .selectAll()
    .where("action_id", "=", id)
    .where("lease_token", "=", token)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toAction(row as ActionRow);
}

export type ActionChange = {
  readonly state?: StepState;
  readonly requestId?: string;
  readonly before?: Before;
  readonly after?: Before;
  readonly answer?: "done" | "accepted";
  readonly foundSo?: boolean;
  readonly sendBeganAt?: Temporal.Instant | null;
  readonly sentAt?: Temporal.Instant | null;
  readonly verifiedAt?: Temporal.Instant;
  readonly tries?: number;
  readonly checks?: number;
  readonly dueAt?: Temporal.Instant | null;
  readonly problem?: KeptProblem | null;
  readonly whyNot?: WhyNot | null;
  /** Gives the lease back. */
  readonly release?: boolean;
};

export async function saveAction(tx: Tx, id: ActionId, change: ActionChange): Promise<void> {
  const { state, answer, tries, checks } = change;
  const json = <T>(value: T | null | undefined) => (value === null ? null : jsonb(value));
  await tables(tx)
    .updateTable("response_action")
    .set({
      ...(state !== undefined && { state }),
      ...(change.requestId !== undefined && { request_id: change.requestId }),
      ...(change.before !== undefined && { before: json(change.before) }),
      ...(change.after !== undefined && { after: json(change.after) }),
      ...(answer !== undefined && { answer }),
      ...(change.foundSo !== undefined && { found_so: change.foundSo }),
      ...(change.sendBeganAt !== undefined && { send_began_at: change.sendBeganAt }),
      ...(change.sentAt !== undefined && { sent_at: change.sentAt }),
      ...(change.verifiedAt !== undefined && { verified_at: change.verifiedAt }),
      ...(tries !== undefined && { tries }),
      ...(checks !== undefined && { checks }),
      ...(change.dueAt !== undefined && { due_at: change.dueAt }),
      ...(change.problem !== undefined && { problem: json(change.problem) }),
      ...(change.whyNot !== undefined && { why_not: json(change.whyNot) }),
      ...(change.release === true && { lease_token: null, lease_until: null }),
    })
    .where("action_id", "=", id)
    .execute();
}

/** Sets all steps of a proposal that are in `from` to a state: at approval, withdrawal, rejection and expiry. */
export async function setSteps(
  tx: Tx,
  proposalId: ProposalId,
  { from, to, due }: { readonly from: StepState; readonly to: StepState; readonly due: Temporal.Instant | null },
): Promise<void> {
  // Steps that wait for another become due when that one is verified.
  await sql`update response_action set state = ${to}, due_at = case when depends_on = '{}' then ${due}::timestamptz end
    where proposal_id = ${proposalId} and state = ${from}`.execute(tx);
}

export async function openAttempt(
  tx: Tx,
  { id, requestId }: Pick<Action, "id" | "requestId">,
  { correlationId, now }: { readonly correlationId: string; readonly now: Temporal.Instant },
): Promise<void> {
  await sql`insert into response_attempt (action_id, number, request_id, correlation_id, started_at)
    select ${id}, coalesce(max(number), 0) + 1, ${requestId}, ${correlationId}, ${now} from response_attempt where action_id = ${id}`.execute(
    tx,
  );
}

/** Ends the newest attempt of an action. */
export async function closeAttempt(
  tx: Tx,
  id: ActionId,
  {
    now,
    outcome,
    problem,
  }: { readonly now: Temporal.Instant; readonly outcome: string; readonly problem?: KeptProblem | undefined },
): Promise<void> {
  await sql`update response_attempt set ended_at = ${now}, outcome = ${outcome}, problem = ${problem === undefined ? null : JSON.stringify(problem)}::jsonb
    where action_id = ${id} and ended_at is null and number = (select max(number) from response_attempt where action_id = ${id})`.execute(
    tx,
  );
}

/**
 * What was recorded before the newest suspension (or auto-renew switched off) of a subscription by this desk,
 * unless it was reactivated since.
 */
export async function recordedBefore(
  tx: Tx,
  subscriptionId: string,
  undoing: "suspend" | "auto-renew-off",
): Promise<Before | undefined> {
  const did =
    undoing === "suspend"
      ? sql`a.kind = 'suspend-subscription'`
      : sql`a.kind = 'set-auto-renew' and a.step->>'autoRenew' = 'false'`;
  const back =
    undoing === "suspend"
      ? sql`b.kind = 'reactivate-subscription'`
      : sql`b.kind = 'set-auto-renew' and b.step->>'autoRenew' = 'true'`;
  const { rows } = await sql<{ before: Before }>`
    select a.before from response_action a where a.target_id = ${subscriptionId} and ${did} and a.state = 'verified' and not a.found_so
      and not exists (select 1 from response_action b where b.target_id = a.target_id and ${back} and b.state = 'verified' and b.verified_at > a.verified_at)
    order by a.verified_at desc limit 1`.execute(tx);
  return rows[0]?.before;
}

/** What Partner Center showed when the newest action on each target was verified: newer than a sync that came before. */
export async function lastShown(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly shown: Before; readonly at: Temporal.Instant }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ target_id: string; after: Before; verified_at: Temporal.Instant }>`
    select distinct on (target_id) target_id, after, verified_at from response_action
    where target_id in (${sql.join(ids)}) and state = 'verified' and after is not null order by target_id, verified_at desc`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.target_id, { shown: row.after, at: row.verified_at }]));
}

/** Azure subscriptions among these whose cancellation by an approved proposal was sent or verified since a moment. */
export async function cancelledSince(
  tx: Tx,
  ids: readonly string[],
  since: Temporal.Instant,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tables(tx)
    .selectFrom("response_action")
    .select("target_id")
    .where("target_id", "in", ids)
    .where("kind", "=", "cancel-entitlement")
    .where("state", "in", ["sent", "verified"])
    .where("sent_at", ">=", since)
    .execute();
  return new Set(rows.map((row) => row.target_id));
}

/** Everything open for these targets: what an option card must not offer again. */
export async function openTargets(
  tx: Tx,
  ids: readonly string[],
): Promise<
  readonly {
    readonly kind: Step["kind"];
    readonly targetId: string;
    readonly proposalId: ProposalId;
    readonly number: bigint;
  }[]
> {
  if (ids.length === 0) return [];
  const rows = await tables(tx)
    .selectFrom("response_action")
    .innerJoin("response_proposal", "response_proposal.proposal_id", "response_action.proposal_id")
    .select([
      "response_action.kind",
      "response_action.target_id",
      "response_action.proposal_id",
      "response_proposal.number",
    ])
    .where("response_action.target_id", "in", ids)
    .where("response_action.state", "in", ["planned", "waiting", "sending", "sent"])
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    targetId: row.target_id,
    proposalId: row.proposal_id as ProposalId,
    number: row.number,
  }));
}
