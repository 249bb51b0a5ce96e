import { createHash } from "node:crypto";
import { canonicalJson, toJson } from "../core/canonical.ts";
import type { CaseId, CustomerId, FindingId, NewId } from "../core/ids.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents, holdChain } from "../store/events.ts";
import { priorityOf } from "./contract-priority.ts";
import type {
  CaseNumbers,
  Evidence,
  NewFinding,
  OpenAmong,
  ReportFinding,
  ResolveFinding,
  TakeCaseIfFree,
} from "./contract.ts";
import * as store from "./store.ts";
import { evidenceHashes, insertEvidence } from "./store-parts.ts";

/** A finding that says the same as before is written down again at most this often. */
const SAME_AGAIN_HOURS = 6;

export const caseNumber = (number: bigint): string => `CASE-${number.toString().padStart(4, "0")}`;

const sha256 = (value: unknown): string =>
  createHash("sha256")
    .update(canonicalJson(toJson(value)))
    .digest("hex");

/** What slices that detect are given. They need nothing but ids, so that cases and those who report to it can be wired in any order. */
export const caseFindings = (deps: { readonly newId: NewId }) => ({
  reportFinding: ((tx, finding) => reportFinding(deps, tx, finding)) satisfies ReportFinding,
  resolveFinding: resolveFinding satisfies ResolveFinding,
  takeCaseIfFree: takeCaseIfFree satisfies TakeCaseIfFree,
  caseNumbers: caseNumbers satisfies CaseNumbers,
  openAmong: openAmong satisfies OpenAmong,
});

async function reportFinding(deps: { readonly newId: NewId }, tx: Tx, finding: NewFinding) {
  const seen = await store.findingByFingerprint(tx, finding.fingerprint);
  if (seen !== undefined && (await saysNothingNew(tx, seen, finding))) return idsOf(seen, false);
  await holdChain(tx);
  const known = await store.findingByFingerprint(tx, finding.fingerprint);
  const of = known === undefined ? undefined : await store.caseById(tx, known.case_id, "lock");
  if (known === undefined || of === undefined)
    return addFinding(deps, tx, { finding, generation: 1, judged: await followed(tx, finding) });
  if (of.state !== "closed") return updateFinding(deps, tx, { finding, known, of });
  if (store.rankOf(finding.severity) > known.severity || goesOn(finding, of))
    return addFinding(deps, tx, { finding, generation: known.generation + 1, judged: of });
  await store.countFinding(tx, known.finding_id, finding.observedAt);
  return idsOf(known, false);
}

/** Something was done after the case was judged. */
const goesOn = ({ refire }: NewFinding, { closed_at: closedAt }: store.CaseRow): boolean =>
  refire !== undefined && closedAt !== null && Temporal.Instant.compare(refire.newestAt, closedAt) > 0;

/** The closed case of the finding that this one follows. */
async function followed(tx: Tx, { refire }: NewFinding): Promise<store.CaseRow | undefined> {
  const before = refire?.follows === undefined ? undefined : await store.findingByFingerprint(tx, refire.follows);
  const of = before === undefined ? undefined : await store.caseById(tx, before.case_id);
  return of?.state === "closed" ? of : undefined;
}

const idsOf = (row: Pick<store.FindingRow, "finding_id" | "case_id">, isNew: boolean) => ({
  findingId: row.finding_id as FindingId,
  caseId: row.case_id as CaseId,
  isNew,
});

/** Reported again, unchanged, not long ago: nothing is written and nobody is kept waiting. */
async function saysNothingNew(tx: Tx, row: store.FindingRow, finding: NewFinding): Promise<boolean> {
  const same =
    row.resolved_at === null &&
    row.severity === store.rankOf(finding.severity) &&
    row.money_minor === (finding.moneyAtRisk?.minor ?? null) &&
    row.money_currency === (finding.moneyAtRisk?.currency ?? null) &&
    sameInstant(row.clock_from, finding.answerClockFrom) &&
    row.priority === priorityFor(finding).score &&
    sha256(row.facts) === sha256(finding.facts) &&
    Temporal.Instant.compare(finding.observedAt, row.last_seen_at.add({ hours: SAME_AGAIN_HOURS })) < 0;
  if (!same) return false;
  const of = finding.refire === undefined ? undefined : await store.caseById(tx, row.case_id);
  if (of !== undefined && goesOn(finding, of)) return false;
  const known = await evidenceHashes(tx, row.finding_id);
  return finding.evidence.every((link) => known.has(contentHash(link)));
}

const sameInstant = (a: Temporal.Instant | null, b: Temporal.Instant | undefined): boolean =>
  a === null ? b === undefined : b !== undefined && a.epochMilliseconds === b.epochMilliseconds;

type Adding = {
  readonly finding: NewFinding;
  readonly generation: number;
  /** The closed case of this very finding, when it came back worse or goes on, or of the one it follows. */
  readonly judged?: store.CaseRow | undefined;
};

async function addFinding(deps: { readonly newId: NewId }, tx: Tx, { finding, generation, judged }: Adding) {
  const folded = await store.openCaseOf(tx, finding.customerId, finding.family);
  const of =
    folded ??
    (await openCase(deps, tx, { finding, previousCaseId: judged === undefined ? null : await lastOf(tx, judged) }));
  const findingId = deps.newId();
  await store.insertFinding(tx, {
    finding_id: findingId,
    fingerprint: finding.fingerprint,
    generation,
    case_id: of.case_id,
    kind: finding.kind,
    customer_id: finding.customerId,
    subscription_id: finding.subscriptionId ?? null,
    first_seen_at: finding.observedAt,
    ...changeOf(finding, undefined),
  });
  await addEvidence(deps, tx, { findingId, caseId: of.case_id, evidence: finding.evidence });
  const after = await store.refreshCase(tx, of.case_id, finding.observedAt);
  const event = folded === undefined ? "cases.opened" : "cases.finding-added";
  await appendEvents(tx, [eventOf(event, finding, { row: after, before: folded })]);
  return idsOf({ finding_id: findingId, case_id: of.case_id }, true);
}

const openCase = (
  deps: { readonly newId: NewId },
  tx: Tx,
  { finding, previousCaseId }: { readonly finding: NewFinding; readonly previousCaseId: string | null },
) =>
  store.insertCase(tx, {
    caseId: deps.newId(),
    customerId: finding.customerId,
    family: finding.family,
    at: finding.observedAt,
    severity: store.rankOf(finding.severity),
    title: { kind: finding.kind, facts: finding.facts },
    previousCaseId,
  });

/** The end of the chain of cases that a closed case began: a new one links there. */
async function lastOf(tx: Tx, row: store.CaseRow): Promise<string> {
  const next = await store.followerOf(tx, row.case_id);
  return next === undefined ? row.case_id : lastOf(tx, next);
}

type Updating = { readonly finding: NewFinding; readonly known: store.FindingRow; readonly of: store.CaseRow };

async function updateFinding(deps: { readonly newId: NewId }, tx: Tx, { finding, known, of }: Updating) {
  await store.seeFindingAgain(tx, known.finding_id, changeOf(finding, known));
  await addEvidence(deps, tx, { findingId: known.finding_id, caseId: known.case_id, evidence: finding.evidence });
  const after = await store.refreshCase(tx, known.case_id, finding.observedAt);
  const cameBack = known.resolved_at !== null;
  if (cameBack || known.severity !== store.rankOf(finding.severity))
    await appendEvents(tx, [
      eventOf(cameBack ? "cases.finding-back" : "cases.finding-changed", finding, { row: after, before: of }),
    ]);
  return idsOf(known, false);
}

const priorityFor = ({ priority, severity, moneyAtRisk }: NewFinding) =>
  priority ?? priorityOf({ level: severity, amount: moneyAtRisk, stake: "at-risk" });

const changeOf = (finding: NewFinding, known: store.FindingRow | undefined): store.FindingChange => ({
  severity: store.rankOf(finding.severity),
  facts: { ...finding.facts },
  money_minor: finding.moneyAtRisk?.minor ?? null,
  money_currency: finding.moneyAtRisk?.currency ?? null,
  clock_from: finding.answerClockFrom ?? null,
  first_use_at: earlier(known?.first_use_at ?? null, finding.firstUseAt),
  last_seen_at: finding.observedAt,
  priority: priorityFor(finding).score,
  priority_of: priorityFor(finding),
});
const earlier = (a: Temporal.Instant | null, b: Temporal.Instant | undefined): Temporal.Instant | null =>
  a === null ? (b ?? null) : b === undefined || Temporal.Instant.compare(a, b) <= 0 ? a : b;

const contentHash = ({ at, kind, facts, source, recordId }: Evidence): string =>
  sha256({ at: at.toString(), kind, facts, source, recordId });

async function addEvidence(
  deps: { readonly newId: NewId },
  tx: Tx,
  to: { readonly findingId: string; readonly caseId: string; readonly evidence: readonly Evidence[] },
) {
  await insertEvidence(
    tx,
    to.evidence.map((link) => ({
      evidence_id: deps.newId(),
      finding_id: to.findingId,
      case_id: to.caseId,
      at: link.at.toString(),
      kind: link.kind,
      facts: { ...link.facts },
      source: link.source,
      record_id: link.recordId ?? null,
      raw: toJson(link.raw),
      raw_sha256: link.raw === undefined ? null : sha256(link.raw),
      content_sha256: contentHash(link),
    })),
  );
}

const eventOf = (
  type: `cases.${string}`,
  finding: NewFinding,
  { row, before }: { readonly row: store.CaseRow; readonly before: store.CaseRow | undefined },
): NewEvent => ({
  type,
  actor: SURETY,
  at: finding.observedAt,
  subject: { kind: "case", id: row.case_id },
  customerId: finding.customerId,
  caseId: row.case_id as CaseId,
  before:
    before === undefined
      ? undefined
      : { severity: store.severityOf(before.severity), openFindings: before.open_findings },
  after: { state: row.state, severity: store.severityOf(row.severity), openFindings: row.open_findings },
  data: {
    number: caseNumber(row.number),
    family: row.family,
    kind: finding.kind,
    facts: finding.facts,
    severity: finding.severity,
    fingerprint: finding.fingerprint,
  },
});

async function resolveFinding(
  tx: Tx,
  { fingerprint, at, why }: { readonly fingerprint: string; readonly at: Temporal.Instant; readonly why: string },
): Promise<void> {
  const seen = await store.findingByFingerprint(tx, fingerprint);
  if (seen === undefined || seen.resolved_at !== null) return;
  await holdChain(tx);
  const row = await store.findingByFingerprint(tx, fingerprint);
  if (row === undefined || row.resolved_at !== null) return;
  const of = await store.caseById(tx, row.case_id, "lock");
  if (of === undefined) throw new Error(`invariant broken: finding ${row.finding_id} has no case`);
  await store.resolveFindingRow(tx, row.finding_id, { at, why });
  if (of.state === "closed") return;
  const after = await store.refreshCase(tx, row.case_id, at);
  await appendEvents(tx, [
    {
      type: "cases.finding-resolved",
      actor: SURETY,
      at,
      subject: { kind: "case", id: row.case_id },
      customerId: row.customer_id as CustomerId,
      caseId: row.case_id as CaseId,
      why,
      before: { openFindings: of.open_findings },
      after: { openFindings: after.open_findings },
      data: { number: caseNumber(of.number), kind: row.kind, facts: row.facts },
    },
  ]);
}

/** See `TakeCaseIfFree`. */
async function takeCaseIfFree(
  tx: Tx,
  caseId: CaseId,
  holder: { readonly id: string; readonly name: string },
  now: Temporal.Instant,
): Promise<void> {
  await holdChain(tx);
  const row = await store.caseById(tx, caseId, "lock");
  if (row === undefined || row.assignee_id !== null || row.state === "closed") return;
  await store.updateCase(tx, caseId, {
    assignee_id: holder.id,
    assignee_name: holder.name,
    assigned_at: now,
    state: "investigating",
    updated_at: now,
  });
  await appendEvents(tx, [
    {
      type: "cases.assigned",
      actor: { kind: "person", id: holder.id, name: holder.name },
      at: now,
      subject: { kind: "case", id: caseId },
      customerId: row.customer_id as CustomerId,
      caseId,
      before: { assignee: null, state: row.state },
      after: { assignee: holder.name, state: "investigating" },
      data: { number: caseNumber(row.number), from: null, to: holder.name },
    },
  ]);
}

async function caseNumbers(tx: Tx, ids: readonly CaseId[]): Promise<ReadonlyMap<CaseId, string>> {
  const rows = await store.casesByIds(tx, ids);
  return new Map(rows.map((row) => [row.case_id as CaseId, caseNumber(row.number)]));
}

const openAmong = async (tx: Tx, ids: readonly CaseId[]): Promise<ReadonlySet<CaseId>> =>
  new Set((await store.openAmong(tx, ids)) as readonly CaseId[]);
