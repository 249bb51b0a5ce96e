import type { ColumnType, Generated, Kysely } from "kysely";
import type { Json } from "../core/canonical.ts";
import type { Actor, Tx } from "../store/contract.ts";
import type { ProposalKind, ProposalStateKind, StepState, WhyNot } from "./contract.ts";
import type { Approval } from "./decide-approval.ts";
import type { Step } from "./decide-plan.ts";
import type { Before } from "./decide-run.ts";

/** The tables of this slice; columns are explained in migration 0500. */

type Written<T> = ColumnType<T, T | null | undefined, T | null>;

type ProposalTable = {
  proposal_id: string;
  number: Generated<bigint>;
  kind: ProposalKind;
  customer_id: string;
  customer_name: string;
  case_id: Written<string | null>;
  undo_of: Written<string | null>;
  undone_by: Written<string | null>;
  plan: Json;
  approvals_need: number;
  approvals_have: Generated<number>;
  state: ProposalStateKind;
  state_at: Temporal.Instant;
  state_why: Written<string | null>;
  state_by: Written<Actor | null>;
  approved_at: Written<Temporal.Instant | null>;
  reason: string;
  made_by_kind: Actor["kind"];
  made_by_id: string;
  made_by_name: string;
  made_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  dry_run: Written<Json | null>;
};
export type ApprovalTable = {
  proposal_id: string;
  person_id: string;
  name: string;
  role: Approval["role"];
  at: Temporal.Instant;
  note: string | null;
};
export type ResponseTables = {
  response_proposal: ProposalTable;
  response_approval: ApprovalTable;
  response_action: ActionTable;
  response_attempt: AttemptTable;
};
export const tables = (tx: Tx): Kysely<ResponseTables> => tx.withTables<ResponseTables>();

/** A problem with Microsoft's interface as it is kept and shown. */
export type KeptProblem = {
  readonly kind: string;
  readonly advice: string;
  readonly code: string | null;
  readonly httpStatus: number | null;
  readonly detail: string;
  readonly correlationId: string;
};

export type ActionTable = {
  action_id: string;
  proposal_id: string;
  position: number;
  kind: Step["kind"];
  target_id: string;
  step: Step;
  depends_on: number[];
  state: StepState;
  request_id: string;
  before: Written<Before | null>;
  after: Written<Before | null>;
  answer: Written<"done" | "accepted" | null>;
  found_so: Generated<boolean>;
  send_began_at: Written<Temporal.Instant | null>;
  sent_at: Written<Temporal.Instant | null>;
  verified_at: Written<Temporal.Instant | null>;
  tries: Generated<number>;
  checks: Generated<number>;
  due_at: Written<Temporal.Instant | null>;
  lease_token: Written<string | null>;
  lease_until: Written<Temporal.Instant | null>;
  problem: Written<KeptProblem | null>;
  why_not: Written<WhyNot | null>;
};
export type AttemptTable = {
  action_id: string;
  number: number;
  request_id: string;
  correlation_id: string;
  started_at: Temporal.Instant;
  ended_at: Temporal.Instant | null;
  outcome: string | null;
  problem: KeptProblem | null;
};

export type ActionRow = {
  [K in keyof ActionTable]: ActionTable[K] extends ColumnType<infer S, infer _I, infer _U> ? S : ActionTable[K];
};
