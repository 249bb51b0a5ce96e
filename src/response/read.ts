import type { Person } from "../access/contract.ts";
import type { Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { readEvents } from "../store/events.ts";
import type { LoggedEvent, Tx } from "../store/contract.ts";
import {
  dryRunJson,
  type ProposalJson,
  type ProposalRowJson,
  type ProposalsOf,
  type WaitingProposals,
  type WhyNot,
} from "./contract.ts";
import { whyNotApprove, whyNotReject, whyNotRunAgain, whyNotUndo, whyNotWithdraw } from "./decide-approval.ts";
import { changedSince } from "./decide-plan.ts";
import { factsOf } from "./decide-run.ts";
import type { ResponseDeps } from "./deps.ts";
import { loadState } from "./load.ts";
import { preflightOf } from "./preflight.ts";
import { unknownProposal } from "./refusals.ts";
import {
  countProposals,
  findProposal,
  type KeptProposal,
  type ListFilter,
  listProposals,
  type ListView,
  openUndoOf,
} from "./store.ts";
import { type Action, actionsOf, type Attempt, attemptsOf } from "./store-actions.ts";
import { wantedBack } from "./undo.ts";
import { rowWire, targetWire, whyNotWire } from "./wire.ts";

/** Proposals as pages and other slices read them. */

/** Most proposals shown at once on a passport, a case or Today. */
const SHOWN_MAX = 50;
const TIMELINE_ROWS_MAX = 200;

async function rows(tx: Tx, filter: ListFilter): Promise<readonly ProposalRowJson[]> {
  const found = await listProposals(tx, filter);
  const actions = await actionsOf(
    tx,
    found.map((one) => one.id),
  );
  const steps = (one: KeptProposal) =>
    actions.filter((action) => action.proposalId === one.id).map((action) => action.step);
  return found.map((one) => rowWire(one, { steps: steps(one), person: filter.person, now: filter.now }));
}

export const proposalsOf: ProposalsOf = (tx, { customerId, caseId, person, now }) =>
  rows(tx, { customerId, caseId, person, now, limit: SHOWN_MAX });

export const waitingProposals: WaitingProposals = async (tx, person, now) => {
  const open = await rows(tx, { view: "open", person, now, limit: SHOWN_MAX });
  const counts = await countProposals(tx, { view: "open", person, now });
  return { rows: open.filter((row) => row.state === "proposed"), ...counts };
};

export type ListAsk = {
  readonly view: ListView | undefined;
  readonly customerId: string | undefined;
  readonly caseId: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly person: Person;
  readonly now: Temporal.Instant;
};

/** One page of the decisions list. The cursor is the place of the last row: whether it waited for the reader, and its number. */
export async function proposalPage(
  tx: Tx,
  ask: ListAsk,
): Promise<{ rows: ProposalRowJson[]; nextCursor: string | null; total: number; mine: number }> {
  const { view, customerId, caseId, person, now, limit } = ask;
  const match = /^([mo])(\d{1,18})$/.exec(ask.cursor ?? "");
  const after = match === null ? undefined : { mine: match[1] === "m", number: BigInt(match[2] ?? "0") };
  const page = [...(await rows(tx, { view, customerId, caseId, person, now, after, limit: limit + 1 }))];
  const counts = await countProposals(tx, { view, customerId, caseId, person, now });
  const more = page.length > limit;
  const shown = page.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, nextCursor: more && last ? `${last.waitingForMe ? "m" : "o"}${last.number}` : null, ...counts };
}

/** One proposal with everything there is to know about it. */
export async function proposalDetail(
  tx: Tx,
  deps: Pick<ResponseDeps, "facts" | "partnerCenter">,
  { id, person, now }: { readonly id: string; readonly person: Person; readonly now: Temporal.Instant },
): Promise<Result<ProposalJson, Refusal>> {
  const proposal = await findProposal(tx, id);
  if (proposal === undefined) return unknownProposal(id);
  const actions = await actionsOf(tx, [proposal.id]);
  const attempts = await attemptsOf(
    tx,
    actions.map((one) => one.id),
  );
  const events = await readEvents(tx, { subject: { kind: "proposal", id }, limit: TIMELINE_ROWS_MAX });
  const state = await loadState(tx, deps.facts, proposal.customerId);
  const changed = proposal.state.kind === "proposed" ? changedSince(proposal.plan, state) : undefined;
  const openUndo = (await openUndoOf(tx, proposal.id)) !== undefined;
  const dryRun = proposal.dryRun === undefined ? null : dryRunJson.parse(proposal.dryRun);
  return ok({
    ...rowWire(proposal, { steps: actions.map((one) => one.step), person, now }),
    stateReason:
      "reason" in proposal.state ? proposal.state.reason : "why" in proposal.state ? proposal.state.why : null,
    stateBy: "by" in proposal.state ? { ...proposal.state.by } : null,
    approvedBy: proposal.approvals.map(({ personId, name, role, at, note }) => ({
      id: personId,
      name,
      role,
      at: at.toString(),
      note: note ?? null,
    })),
    steps: actions.map((one) =>
      stepWire(
        one,
        attempts.filter((attempt) => attempt.actionId === one.id),
      ),
    ),
    preflight: [...(await preflightOf(tx, deps, { proposal, actions, state, person, now }))],
    dryRun,
    timeline: events.map(timelineWire).toReversed(),
    moves: moves(proposal, { person, now, actions, openUndo, changed }),
  });
}

type MoveFacts = {
  readonly person: Person;
  readonly now: Temporal.Instant;
  readonly actions: readonly Action[];
  readonly openUndo: boolean;
  readonly changed: WhyNot | undefined;
};

function moves(proposal: KeptProposal, { person, now, actions, openUndo, changed }: MoveFacts): ProposalJson["moves"] {
  const steps = actions.map((one) => one.state);
  const nothing =
    wantedBack(proposal, actions) === undefined ? { code: "nothing-was-done" as const, facts: {} } : undefined;
  const undo =
    whyNotUndo(proposal, { openUndo, steps, today: dayOf(now, "UTC") }) ??
    (person.role === "auditor" ? auditor : nothing);
  const readOnly = person.role === "auditor" ? auditor : undefined;
  return {
    approve: whyNotWire(whyNotApprove(proposal, person, now) ?? changed),
    reject: whyNotWire(whyNotReject(proposal, person)),
    withdraw: whyNotWire(whyNotWithdraw(proposal, person) ?? readOnly),
    "run-again": whyNotWire(whyNotRunAgain(proposal, person, now)),
    undo: whyNotWire(undo),
    "dry-run": whyNotWire(readOnly),
  };
}
const auditor: WhyNot = {
  code: "role-may-not-run",
  facts: { role: "auditor", roles: "global-admin,admin-agent,billing-admin" },
};

const text = (instant: Temporal.Instant | undefined): string | null => instant?.toString() ?? null;

function stepWire(action: Action, attempts: readonly Attempt[]): ProposalJson["steps"][number] {
  return {
    position: action.position,
    kind: action.step.kind,
    target: targetWire(action.step),
    state: action.state,
    dependsOn: [...action.dependsOn],
    requestId: action.requestId,
    sentAt: text(action.sentAt),
    answer: action.answer ?? null,
    verifiedAt: text(action.verifiedAt),
    foundSo: action.foundSo,
    nextAt: text(action.dueAt),
    before: action.before === undefined ? null : { ...factsOf(action.before) },
    after: action.after === undefined ? null : { ...factsOf(action.after) },
    problem: action.problem ?? null,
    whyNot: whyNotWire(action.whyNot),
    attempts: attempts.map((one) => ({
      number: one.number,
      startedAt: one.startedAt.toString(),
      endedAt: text(one.endedAt),
      outcome: one.outcome ?? null,
      requestId: one.requestId,
      correlationId: one.correlationId,
      problem: one.problem ?? null,
    })),
  };
}

const timelineWire = ({ seq, at, type, actor, why, data }: LoggedEvent): ProposalJson["timeline"][number] => ({
  seq: seq.toString(),
  at: at.toString(),
  type,
  actor: { ...actor },
  why,
  data: (data ?? {}) as Record<string, unknown>,
});
