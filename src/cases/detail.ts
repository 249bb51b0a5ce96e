import type { Person } from "../access/contract.ts";
import type { BusinessCalendar } from "../core/calendar.ts";
import type { CaseId, CustomerId, EntitlementId } from "../core/ids.ts";
import { add, moneyToJson } from "../core/money.ts";
import type {
  AnswerAverage,
  NoticeRowJson,
  NoticesOfCase,
  Running,
  RunningKey,
  RunningOf,
} from "../notices/contract.ts";
import type { ProposalRowJson, ProposalsOf } from "../response/contract.ts";
import type { LoggedEvent, Tx } from "../store/contract.ts";
import { readEvents } from "../store/events.ts";
import type {
  CaseJson,
  CostJson,
  CustomerCard,
  DocumentJson,
  EvidenceJson,
  FindingJson,
  PlaybookJson,
  TimelineRowJson,
} from "./contract.ts";
import { type CloseFacts, fraudBlockers, standingBlockers } from "./decide-close.ts";
import { decideCost } from "./decide-cost.ts";
import { decidePlaybook, openStepsForFraud } from "./decide-playbook.ts";
import { decideRefund } from "./decide-refund.ts";
import { caseNumber } from "./findings.ts";
import { playbookOf } from "./playbook.ts";
import { caseRowsJson, type RowDeps } from "./rows.ts";
import * as store from "./store.ts";
import * as parts from "./store-parts.ts";
import { neighboursOf } from "./store-read.ts";

/** Events that the page shows at first; older ones are asked for. */
export const TIMELINE_ROWS = 60;

export type DetailDeps = RowDeps & {
  readonly noticesOfCase: NoticesOfCase;
  readonly proposalsOf: ProposalsOf;
  readonly runningOf: RunningOf;
  readonly answerAverage: AnswerAverage;
  readonly customerCard: CustomerCard;
  readonly calendar: BusinessCalendar;
};
type Ask = { readonly caseId: string; readonly person: Person; readonly now: Temporal.Instant };

/** Proposal states in which something may still happen, or nobody has seen whether it did. */
const LIVE: ReadonlySet<ProposalRowJson["state"]> = new Set(["proposed", "approved", "running", "sent", "unverified"]);

/** All facts that closing looks at, read once; the page and the close itself use the same. */
export async function closeFactsOf(
  deps: DetailDeps,
  tx: Tx,
  { row, person, now }: Omit<Ask, "caseId"> & { readonly row: store.CaseRow },
) {
  const caseId = row.case_id as CaseId;
  const notices = await deps.noticesOfCase(tx, caseId, now);
  const proposals = await deps.proposalsOf(tx, { caseId, person, now });
  const refund = await parts.refundOf(tx, row.customer_id);
  const playbook = await playbookJsonOf(tx, { row, notices, proposals, refundFiled: refund?.case_id === caseId });
  const facts: CloseFacts = {
    state: row.state,
    family: row.family,
    openNotices: notices.filter((n) => n.state === "open" && !n.isTest).map(({ id, number }) => ({ id, number })),
    liveProposals: proposals
      .filter((p) => LIVE.has(p.state))
      .map((p) => ({ id: p.id, number: proposalNumber(p.number) })),
    openSecureSteps: openStepsForFraud(playbook),
  };
  return { notices, proposals, refund, playbook, facts };
}

const proposalNumber = (number: number): string => `P-${String(number).padStart(4, "0")}`;

type PlaybookAsk = {
  readonly row: store.CaseRow;
  readonly notices: readonly NoticeRowJson[];
  readonly proposals: readonly ProposalRowJson[];
  readonly refundFiled: boolean;
};

async function playbookJsonOf(
  tx: Tx,
  { row, notices, proposals, refundFiled }: PlaybookAsk,
): Promise<PlaybookJson | null> {
  const playbook = playbookOf(row.family);
  if (playbook === undefined) return null;
  const ticks = (await parts.stepsOf(tx, row.case_id)).map(
    (step) => [step.step_id, { state: step.state, note: step.note, by: step.by_name, at: step.at.toString() }] as const,
  );
  const cancels = proposals.filter((p) => p.kind === "cancel-entitlement");
  return decidePlaybook(playbook, new Map(ticks), {
    noticesOpen: notices.filter((n) => n.state === "open").length,
    noticesAnswered: notices.filter((n) => n.state === "answered").length,
    cancelling: cancels.some((p) => LIVE.has(p.state)),
    cancelled: cancels.some((p) => p.state === "verified" && p.undoneBy === null),
    refundFiled,
  });
}

/** One case with everything the page shows: one answer renders it. undefined when there is none. */
export async function caseDetail(
  deps: DetailDeps,
  tx: Tx,
  { caseId, person, now }: Ask,
): Promise<CaseJson | undefined> {
  const row = await store.caseById(tx, caseId);
  if (row === undefined) return undefined;
  const [json] = await caseRowsJson(deps, tx, { rows: [row], now });
  if (json === undefined) throw new Error("invariant broken: one row gives one row");
  const { notices, proposals, refund, playbook, facts } = await closeFactsOf(deps, tx, { row, person, now });
  const running = await runningOfCase(deps, tx, { row, notices });
  const events = await readEvents(tx, { caseId, limit: TIMELINE_ROWS + 1 });
  const average = await deps.answerAverage(tx, now);
  return {
    ...json,
    customer: (await deps.customerCard(tx, row.customer_id as CustomerId, now)) ?? null,
    closeNote: row.close_note,
    closedBy: row.closed_by,
    ...(await linksOf(tx, row)),
    findings: (await store.findingsOf(tx, caseId)).map(findingToJson),
    evidence: (await parts.evidenceOf(tx, caseId)).map(evidenceToJson),
    documents: (await parts.documentsOf(tx, caseId)).map(documentToJson),
    notices: [...notices],
    proposals: [...proposals],
    playbook,
    running: runningJson(running),
    cost: costOf(row, running, { now, calendar: deps.calendar }),
    refund: refundJsonOf(row, refund, now),
    timeline: events.slice(0, TIMELINE_ROWS).map(timelineRow),
    timelineHasMore: events.length > TIMELINE_ROWS,
    blockers: [...standingBlockers(facts)],
    stepsIfFraud: [...fraudBlockers(facts)],
    neighbours: await neighboursOf(tx, caseId, now),
    averageMinutes: average.averageMinutes,
    asOf: now.toString(),
  };
}

async function linksOf(tx: Tx, row: store.CaseRow) {
  const previous = row.previous_case_id === null ? undefined : await store.caseById(tx, row.previous_case_id);
  const next = await store.followerOf(tx, row.case_id);
  const link = (other: store.CaseRow | undefined) =>
    other === undefined ? null : { id: other.case_id, number: caseNumber(other.number) };
  return { previous: link(previous), followedBy: link(next) };
}

/** Cost and refund are asked where money can run away: someone else's use, or use above what was agreed. */
const COSTED = new Set<store.CaseRow["family"]>(["misuse", "spend"]);

/** What runs in the Azure subscriptions that the case's notices name; in all of the customer's when none is named. */
async function runningOfCase(
  deps: DetailDeps,
  tx: Tx,
  { row, notices }: { readonly row: store.CaseRow; readonly notices: readonly NoticeRowJson[] },
): Promise<Running> {
  if (!COSTED.has(row.family)) return { known: false, reason: "not-asked" };
  const customerId = row.customer_id as CustomerId;
  const named = [
    ...new Set(notices.flatMap((n) => (n.entitlementId === null ? [] : [n.entitlementId as EntitlementId]))),
  ];
  const keys: RunningKey[] =
    named.length === 0 ? [{ customerId }] : named.map((entitlementId) => ({ customerId, entitlementId }));
  const all = await deps.runningOf(tx, keys);
  const known = all.filter((one) => one.known);
  const [first, ...others] = known;
  if (first === undefined) return all[0] ?? { known: false, reason: "no-data" };
  if (others.some((one) => one.perHour.currency !== first.perHour.currency))
    return { known: false, reason: "currencies-differ" };
  const perHour = others.reduce((sum, one) => add(sum, one.perHour), first.perHour);
  return { known: true, perHour, asOf: first.asOf, basis: known.length < all.length ? "partly" : first.basis };
}

const runningJson = (running: Running): CaseJson["running"] =>
  running.known
    ? {
        known: true,
        perHour: moneyToJson(running.perHour),
        asOf: running.asOf?.toString() ?? null,
        basis: running.basis,
      }
    : running;

function costOf(
  row: store.CaseRow,
  running: Running,
  at: { readonly now: Temporal.Instant; readonly calendar: BusinessCalendar },
): CostJson | null {
  if (!running.known || row.first_use_at === null || row.state === "closed") return null;
  return decideCost({ perHour: running.perHour, firstUseAt: row.first_use_at, ...at });
}

function refundJsonOf(
  row: store.CaseRow,
  refund: parts.RefundRow | undefined,
  now: Temporal.Instant,
): CaseJson["refund"] {
  const asked = row.family === "misuse" && (row.outcome === null || row.outcome === "fraud");
  if (!asked) return null;
  const request = refund && { caseId: refund.case_id, ticket: refund.ticket, filedOn: refund.filed_on };
  return decideRefund({ firstUseAt: row.first_use_at ?? undefined, now, request, caseId: row.case_id }) ?? null;
}

const findingToJson = (row: store.FindingRow): FindingJson => ({
  id: row.finding_id,
  kind: row.kind,
  facts: row.facts,
  severity: store.severityOf(row.severity),
  subscriptionId: row.subscription_id,
  moneyAtRisk:
    row.money_minor === null || row.money_currency === null
      ? null
      : { minor: row.money_minor.toString(), currency: row.money_currency },
  firstSeenAt: row.first_seen_at.toString(),
  lastSeenAt: row.last_seen_at.toString(),
  timesSeen: row.times_seen,
  resolvedAt: row.resolved_at?.toString() ?? null,
  resolvedWhy: row.resolved_why,
});

const evidenceToJson = (row: parts.EvidenceRow): EvidenceJson => ({
  id: row.evidence_id,
  findingId: row.finding_id,
  at: row.at.toString(),
  kind: row.kind,
  facts: row.facts,
  source: row.source,
  recordId: row.record_id,
  rawSha256: row.raw_sha256,
});

export const documentToJson = (row: parts.DocumentRow): DocumentJson => ({
  sha256: row.sha256,
  name: row.name,
  mediaType: row.media_type,
  bytes: row.bytes,
  stepId: row.step_id,
  by: row.added_by,
  at: row.added_at.toString(),
});

export const timelineRow = (event: LoggedEvent): TimelineRowJson => ({
  seq: event.seq.toString(),
  at: event.at.toString(),
  type: event.type,
  actor: event.actor,
  subject: event.subject,
  why: event.why,
  data: event.data,
  hash: event.hash,
});
