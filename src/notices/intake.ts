import { createHash } from "node:crypto";
import { canonicalJson, toJson } from "../core/canonical.ts";
import type { CustomerId, EntitlementId, NewId, NoticeId } from "../core/ids.ts";
import type { SecurityAlert } from "../partner-center/contract.ts";
import { type Candidate, decideNoticeOf } from "./decide-correlate.ts";
import { decideState, type DeskAnswer, statusSince } from "./decide-state.ts";
import type { NewNotice, NoticeChange, NoticeRow, SourceRow } from "./store.ts";

/** Longest texts kept of what Microsoft wrote; the raw record keeps all of it. */
const TITLE_MAX = 1_000;
const DESCRIPTION_MAX = 20_000;
const NAME_MAX = 500;
const WORD_MAX = 100;

export const rawHash = (raw: unknown): string =>
  createHash("sha256")
    .update(canonicalJson(toJson(raw)))
    .digest("hex");

const cut = (text: string | undefined, max: number): string | null =>
  text === undefined || text === "" ? null : text.slice(0, max);

/** What a copy says about the event itself. */
const contentOf = (alert: SecurityAlert) => ({
  customer_name: cut(alert.customerName, NAME_MAX),
  kind: alert.kind.slice(0, 200),
  title: cut(alert.title, TITLE_MAX),
  description: cut(alert.description, DESCRIPTION_MAX),
  severity: cut(alert.severity, WORD_MAX),
  confidence: cut(alert.confidence, WORD_MAX),
  resources: alert.resources,
  details: alert.details as Record<string, unknown>,
  log: toJson(alert.log) as NoticeRow["log"],
});

export const sourceRowOf = (
  alert: SecurityAlert,
  known: SourceRow | undefined,
  { noticeId, at }: { readonly noticeId: string; readonly at: Temporal.Instant },
): SourceRow => ({
  channel: alert.channel,
  external_id: alert.externalId,
  notice_id: noticeId,
  status: alert.status.slice(0, WORD_MAX),
  status_since: statusSince(alert, known && { status: known.status, since: known.status_since }, at),
  raw: alert.raw,
  raw_sha256: rawHash(alert.raw),
  received_at: known?.received_at ?? at,
  changed_at: at,
});

/** Open or answered, from all copies and what the desk itself did. */
export function stateColumns(
  sources: readonly SourceRow[],
  alert: SecurityAlert | undefined,
  row: NoticeRow | undefined,
) {
  const copies = sources.flatMap((source) => {
    if (source.channel === "webhook" || source.status === null) return [];
    const own = alert?.channel === source.channel && alert.externalId === source.external_id ? alert : undefined;
    const reason = own?.resolvedReason ?? row?.answer_reason ?? undefined;
    const by = own?.resolvedBy ?? (row?.answered_where === "elsewhere" ? (row.answered_by ?? undefined) : undefined);
    return [{ channel: source.channel, status: source.status, since: source.status_since, reason, by }];
  });
  const decided = decideState(copies, row && deskAnswerOf(row));
  const newest = [...sources]
    .filter((s) => s.status !== null)
    .sort((a, b) => Temporal.Instant.compare(b.status_since, a.status_since))[0];
  const status = newest?.status ?? row?.status ?? "active";
  if (decided.state === "open")
    return {
      state: decided.state,
      status,
      answered_at: null,
      answer_reason: null,
      answered_by: null,
      answered_where: null,
    };
  return {
    state: decided.state,
    status: "resolved",
    answered_at: decided.at,
    answer_reason: decided.reason ?? null,
    answered_by: decided.by ?? null,
    answered_where: decided.where,
  };
}

const deskAnswerOf = (row: NoticeRow): DeskAnswer | undefined =>
  row.answered_where === "desk" && row.answered_at !== null && row.proposal_id !== null
    ? { at: row.answered_at, by: row.answered_by ?? "", reason: row.answer_reason ?? "", proposalId: row.proposal_id }
    : undefined;

export function newNoticeOf(
  alert: SecurityAlert,
  source: SourceRow,
  {
    newId,
    receivedAt,
    at,
  }: { readonly newId: NewId; readonly receivedAt: Temporal.Instant; readonly at: Temporal.Instant },
): NewNotice {
  return {
    notice_id: source.notice_id === "" ? newId() : source.notice_id,
    customer_id: alert.customerId,
    entitlement_id: alert.entitlementId ?? null,
    is_test: alert.isTest,
    detected_at: alert.detectedAt,
    received_at: receivedAt,
    first_seen_at: alert.firstSeenAt ?? null,
    last_seen_at: alert.lastSeenAt ?? null,
    updated_at: at,
    ...contentOf(alert),
    ...stateColumns([source], alert, undefined),
  };
}

/** How a copy changes its notice. Graph's copy writes the content; another one only fills what is missing while Graph is silent. */
export function changeBy(
  alert: SecurityAlert,
  row: NoticeRow,
  sources: readonly SourceRow[],
  at: Temporal.Instant,
): NoticeChange {
  const content = contentOf(alert);
  const leads = alert.channel === "graph" || !sources.some((source) => source.channel === "graph");
  const filled = leads
    ? keepKnown(content, row)
    : {
        ...pickKnown(row),
        customer_name: row.customer_name ?? content.customer_name,
        kind: row.kind === "unknown" ? content.kind : row.kind,
      };
  return {
    ...filled,
    is_test: leads ? alert.isTest : row.is_test,
    detected_at: earliest(row.detected_at, alert.detectedAt) ?? row.detected_at,
    first_seen_at: earliest(row.first_seen_at, alert.firstSeenAt),
    last_seen_at: latest(row.last_seen_at, alert.lastSeenAt),
    ...stateColumns(sources, alert, row),
    updated_at: at,
  };
}

/** New content over old; what this copy leaves out stays. */
function keepKnown(content: ReturnType<typeof contentOf>, row: NoticeRow) {
  return {
    ...content,
    customer_name: content.customer_name ?? row.customer_name,
    kind: content.kind === "unknown" ? row.kind : content.kind,
    title: content.title ?? row.title,
    description: content.description ?? row.description,
    severity: content.severity ?? row.severity,
    confidence: content.confidence ?? row.confidence,
    resources: content.resources.length === 0 ? row.resources : content.resources,
    log: content.log.length < row.log.length ? row.log : content.log,
  };
}
const pickKnown = ({ title, description, severity, confidence, resources, details, log }: NoticeRow) => ({
  title,
  description,
  severity,
  confidence,
  resources,
  details,
  log,
});

const earliest = (a: Temporal.Instant | null, b: Temporal.Instant | undefined): Temporal.Instant | null =>
  a === null ? (b ?? null) : b === undefined || Temporal.Instant.compare(a, b) <= 0 ? a : b;
const latest = (a: Temporal.Instant | null, b: Temporal.Instant | undefined): Temporal.Instant | null =>
  a === null ? (b ?? null) : b === undefined || Temporal.Instant.compare(a, b) >= 0 ? a : b;

/** The notice a copy belongs to, among rows that are near it. */
export const noticeFor = (
  alert: SecurityAlert,
  near: readonly (NoticeRow & { readonly channels: Candidate["channels"] })[],
): NoticeId | undefined =>
  decideNoticeOf(
    alert,
    near.map((row) => ({
      noticeId: row.notice_id as NoticeId,
      channels: row.channels,
      customerId: row.customer_id as CustomerId,
      entitlementId: (row.entitlement_id ?? undefined) as EntitlementId | undefined,
      kind: row.kind,
      detectedAt: row.detected_at,
    })),
  );

/** What a person would want to hear about: the same facts read again are no event. */
export function whatChanged(
  before: NoticeRow,
  after: NoticeRow,
): Readonly<Record<string, { from: unknown; to: unknown }>> {
  const watched = ["kind", "severity", "confidence", "status", "is_test"] as const;
  const changes = watched
    .filter((column) => before[column] !== after[column])
    .map((column) => [column, { from: before[column], to: after[column] }]);
  return Object.fromEntries(changes) as Record<string, { from: unknown; to: unknown }>;
}
