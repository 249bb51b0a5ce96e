import { sql } from "kysely";
import type { Person } from "../access/contract.ts";
import type { Json } from "../core/canonical.ts";
import type { CaseId, CustomerId, ProposalId } from "../core/ids.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { ProposalKind, ProposalStateKind } from "./contract.ts";
import { APPROVER_ROLES } from "./decide.ts";
import type { Approval, KeptPlan, Proposal, ProposalState } from "./decide-approval.ts";
import { planFromJson, planToJson } from "./kept-plan.ts";
import { type ApprovalTable, tables } from "./store-tables.ts";

/** A proposal as kept, with the newest dry run. */
export type KeptProposal = Omit<Proposal, "steps"> & { readonly dryRun: Json | undefined };

export type NewProposal = {
  readonly id: ProposalId;
  readonly kind: ProposalKind;
  readonly customerId: CustomerId;
  readonly customerName: string;
  readonly caseId: CaseId | undefined;
  readonly undoOf: ProposalId | undefined;
  readonly plan: KeptPlan;
  readonly need: number;
  readonly reason: string;
  readonly madeBy: Actor;
  readonly madeAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
};

/** Keeps a new proposal; gives its number. */
export async function insertProposal(tx: Tx, p: NewProposal): Promise<bigint> {
  const { number } = await tables(tx)
    .insertInto("response_proposal")
    .values({
      proposal_id: p.id,
      kind: p.kind,
      customer_id: p.customerId,
      customer_name: p.customerName,
      case_id: p.caseId ?? null,
      undo_of: p.undoOf ?? null,
      plan: jsonb(planToJson(p.plan)),
      approvals_need: p.need,
      state: "proposed",
      state_at: p.madeAt,
      reason: p.reason,
      made_by_kind: p.madeBy.kind,
      made_by_id: p.madeBy.id,
      made_by_name: p.madeBy.name,
      made_at: p.madeAt,
      expires_at: p.expiresAt,
    })
    .returning("number")
    .executeTakeFirstOrThrow();
  return number;
}

/** One proposal; `lock` keeps everybody else from deciding on it until the transaction ends. */
export async function findProposal(tx: Tx, id: string, { lock = false } = {}): Promise<KeptProposal | undefined> {
  const query = tables(tx).selectFrom("response_proposal").selectAll().where("proposal_id", "=", id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) return undefined;
  const approvals = await approvalsOf(tx, [id]);
  return toProposal(row, approvals);
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];
const rowsOf = (tx: Tx) => tables(tx).selectFrom("response_proposal").selectAll().execute();

const approvalsOf = (tx: Tx, ids: readonly string[]) =>
  ids.length === 0
    ? []
    : tables(tx).selectFrom("response_approval").selectAll().where("proposal_id", "in", ids).orderBy("at").execute();

function toProposal(row: Row, approvals: readonly ApprovalTable[]): KeptProposal {
  return {
    id: row.proposal_id as ProposalId,
    number: row.number,
    kind: row.kind,
    customerId: row.customer_id as CustomerId,
    customerName: row.customer_name,
    caseId: (row.case_id ?? undefined) as CaseId | undefined,
    undoOf: (row.undo_of ?? undefined) as ProposalId | undefined,
    undoneBy: (row.undone_by ?? undefined) as ProposalId | undefined,
    plan: planFromJson(row.plan),
    need: row.approvals_need,
    approvals: approvals
      .filter((one) => one.proposal_id === row.proposal_id)
      .map((one) => ({
        personId: one.person_id,
        name: one.name,
        role: one.role,
        at: one.at,
        note: one.note ?? undefined,
      })),
    state: toState(row),
    reason: row.reason,
    madeBy: { kind: row.made_by_kind, id: row.made_by_id, name: row.made_by_name } as Actor,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    dryRun: row.dry_run ?? undefined,
  };
}

function toState({
  state: kind,
  state_at: at,
  state_by: by,
  state_why: why,
  approved_at: approvedAt,
  proposal_id: id,
}: Row): ProposalState {
  const broken = (): never => {
    throw new Error(`invariant broken: proposal ${id} is ${kind} without what belongs to it`);
  };
  switch (kind) {
    case "proposed":
      return { kind, at };
    case "approved":
    case "running":
    case "sent":
    case "verified":
    case "failed":
    case "unverified":
      return { kind, at, approvedAt: approvedAt ?? broken() };
    case "withdrawn":
    case "rejected":
      return { kind, at, by: by ?? broken(), reason: why ?? "" };
    case "expired":
      return { kind, at, why: why === "facts-changed" ? "facts-changed" : "time" };
    default:
      return broken();
  }
}

/** Moves a proposal to a state, with all that is true in it. */
export async function saveState(tx: Tx, id: ProposalId, state: ProposalState): Promise<void> {
  const by = "by" in state ? jsonb(state.by) : null;
  const why = "reason" in state ? state.reason : "why" in state ? state.why : null;
  const approvedAt = "approvedAt" in state ? state.approvedAt : null;
  await tables(tx)
    .updateTable("response_proposal")
    .set({ state: state.kind, state_at: state.at, state_by: by, state_why: why, approved_at: approvedAt })
    .where("proposal_id", "=", id)
    .execute();
}

export async function insertApproval(tx: Tx, id: ProposalId, approval: Approval): Promise<void> {
  const { personId: person_id, name, role, at, note } = approval;
  await tables(tx)
    .insertInto("response_approval")
    .values({ proposal_id: id, person_id, name, role, at, note: note ?? null })
    .execute();
  await tables(tx)
    .updateTable("response_proposal")
    .set((eb) => ({ approvals_have: eb("approvals_have", "+", 1) }))
    .where("proposal_id", "=", id)
    .execute();
}

export async function saveUndone(tx: Tx, id: ProposalId, by: ProposalId): Promise<void> {
  await tables(tx).updateTable("response_proposal").set({ undone_by: by }).where("proposal_id", "=", id).execute();
}

export async function saveDryRun(tx: Tx, id: ProposalId, dryRun: Json): Promise<void> {
  await tables(tx)
    .updateTable("response_proposal")
    .set({ dry_run: jsonb(dryRun) })
    .where("proposal_id", "=", id)
    .execute();
}

/** An undo of this proposal that is proposed, under way or done. */
export async function openUndoOf(tx: Tx, id: ProposalId): Promise<ProposalId | undefined> {
  const row = await tables(tx)
    .selectFrom("response_proposal")
    .select("proposal_id")
    .where("undo_of", "=", id)
    .where("state", "in", ["proposed", "approved", "running", "sent", "verified"])
    .executeTakeFirst();
  return row?.proposal_id as ProposalId | undefined;
}

/** Proposals that wait for a decision, oldest first, to see whether they lapsed. */
export async function proposedIds(tx: Tx, limit: number): Promise<readonly ProposalId[]> {
  const rows = await tables(tx)
    .selectFrom("response_proposal")
    .select("proposal_id")
    .where("state", "=", "proposed")
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  return rows.map((row) => row.proposal_id as ProposalId);
}

export const LIST_VIEWS = ["waiting", "open", "done"] as const;
export type ListView = (typeof LIST_VIEWS)[number];
const OPEN: readonly ProposalStateKind[] = ["proposed", "approved", "running", "sent", "unverified"];
const DONE: readonly ProposalStateKind[] = ["verified", "failed", "withdrawn", "rejected", "expired"];

export type ListFilter = {
  readonly view?: ListView | undefined;
  readonly customerId?: string | undefined;
  readonly caseId?: string | undefined;
  /** For whom "waiting" is meant; without one nothing waits for the reader. */
  readonly person?: Pick<Person, "id" | "role"> | undefined;
  readonly after?: { readonly mine: boolean; readonly number: bigint } | undefined;
  readonly now: Temporal.Instant;
  readonly limit: number;
};

/** Whether a proposal waits for this person's yes: the same rule as `whyNotApprove`, said to the database. */
function mineSql(person: ListFilter["person"], now: Temporal.Instant) {
  const kinds = Object.entries(APPROVER_ROLES).flatMap(([kind, roles]) =>
    person && roles.includes(person.role) ? [kind] : [],
  );
  if (person === undefined || kinds.length === 0) return sql<boolean>`false`;
  return sql<boolean>`(p.state = 'proposed' and p.expires_at > ${now} and p.kind in (${sql.join(kinds)})
    and not (p.made_by_kind = 'person' and p.made_by_id = ${person.id})
    and not exists (select 1 from response_approval a where a.proposal_id = p.proposal_id and a.person_id = ${person.id}))`;
}

function whereSql(filter: ListFilter) {
  const { view, customerId, caseId, person, now } = filter;
  const conditions = [
    view === "waiting" ? mineSql(person, now) : undefined,
    view === "open" ? sql`p.state in (${sql.join(OPEN)})` : undefined,
    view === "done" ? sql`p.state in (${sql.join(DONE)})` : undefined,
    customerId === undefined ? undefined : sql`p.customer_id = ${customerId}`,
    caseId === undefined ? undefined : sql`p.case_id = ${caseId}`,
  ].filter((condition) => condition !== undefined);
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

export type ListedProposal = KeptProposal & { readonly mine: boolean };

/** A page: what waits for the reader first, then newest first. */
export async function listProposals(tx: Tx, filter: ListFilter): Promise<readonly ListedProposal[]> {
  const mine = mineSql(filter.person, filter.now);
  const after =
    filter.after === undefined
      ? sql`true`
      : sql`(${mine}, p.number) < (${filter.after.mine}::boolean, ${filter.after.number}::bigint)`;
  const { rows } = await sql<Row & { mine: boolean }>`
    select p.*, ${mine} as mine from response_proposal p where ${whereSql(filter)} and ${after}
    order by mine desc, p.number desc limit ${filter.limit}`.execute(tx);
  const approvals = await approvalsOf(
    tx,
    rows.map((row) => row.proposal_id),
  );
  return rows.map((row) => ({ ...toProposal(row, approvals), mine: row.mine }));
}

export async function countProposals(
  tx: Tx,
  filter: Omit<ListFilter, "limit">,
): Promise<{ readonly total: number; readonly mine: number }> {
  const { rows } = await sql<{ total: bigint; mine: bigint }>`
    select count(*) as total, count(*) filter (where ${mineSql(filter.person, filter.now)}) as mine
    from response_proposal p where ${whereSql({ ...filter, limit: 0 })}`.execute(tx);
  return { total: Number(rows[0]?.total ?? 0n), mine: Number(rows[0]?.mine ?? 0n) };
}
