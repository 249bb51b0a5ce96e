import type { CaseNumbers, ReportFinding, ResolveFinding, TakeCaseIfFree } from "../cases/contract.ts";
import type { CaseId, CustomerId, EntitlementId, NewId } from "../core/ids.ts";
import { minutesBetween } from "../core/time.ts";
import type { SecurityAlert } from "../partner-center/contract.ts";
import { MICROSOFT, type NewEvent, type Store, type Tx } from "../store/contract.ts";
import { appendEvents, holdChain } from "../store/events.ts";
import type { CustomerNames, RunningOf, SaveAlertHint } from "./contract.ts";
import { fingerprintOf, findingOf, noticeNumber } from "./finding-of.ts";
import { changeBy, newNoticeOf, noticeFor, rawHash, sourceRowOf, whatChanged } from "./intake.ts";
import * as store from "./store.ts";

/** What notices asks of others; main.ts passes it. */
export type NoticesDeps = {
  readonly newId: NewId;
  readonly reportFinding: ReportFinding;
  readonly resolveFinding: ResolveFinding;
  readonly takeCaseIfFree: TakeCaseIfFree;
  readonly caseNumbers: CaseNumbers;
  readonly customerNames: CustomerNames;
  readonly runningOf: RunningOf;
};

type Saved = {
  readonly before: store.NoticeRow | undefined;
  readonly after: store.NoticeRow;
  readonly joined: string | undefined;
};

/**
 * Keeps what one channel lists. Only copies that are new or differ from what we have do anything, so the same list again costs one read.
 * Findings are reported, and events written, once all notices of the batch are kept.
 */
export async function saveAlerts(
  deps: NoticesDeps,
  tx: Tx,
  facts: { readonly alerts: readonly SecurityAlert[]; readonly at: Temporal.Instant },
): Promise<void> {
  const { alerts, at } = facts;
  if ((await changedOnly(tx, alerts)).length === 0) return;
  await holdChain(tx);
  const changed = await changedOnly(tx, alerts);
  const saved: Saved[] = [];
  for (const { alert, known } of changed) saved.push(await saveOne(deps, tx, { alert, known, at }));
  await follow(deps, tx, { saved, at });
}

type Changed = { readonly alert: SecurityAlert; readonly known: store.SourceRow | undefined };

/** Copies that say something we have not kept. Graph goes first: what it writes leads. */
async function changedOnly(tx: Tx, alerts: readonly SecurityAlert[]): Promise<readonly Changed[]> {
  const known = new Map(
    (await store.sourcesByKey(tx, alerts)).map((row) => [`${row.channel} ${row.external_id}`, row]),
  );
  return alerts
    .map((alert) => ({ alert, known: known.get(`${alert.channel} ${alert.externalId}`) }))
    .filter(({ alert, known: row }) => row === undefined || row.raw_sha256 !== rawHash(alert.raw))
    .sort((a, b) => Number(b.alert.channel === "graph") - Number(a.alert.channel === "graph"));
}

async function saveOne(
  deps: NoticesDeps,
  tx: Tx,
  { alert, known, at }: Changed & { readonly at: Temporal.Instant },
): Promise<Saved> {
  const near = known === undefined ? await store.candidatesFor(tx, alert) : [];
  const noticeId = known?.notice_id ?? noticeFor(alert, near);
  const before = noticeId === undefined ? undefined : await store.noticeById(tx, noticeId, "lock");
  if (before === undefined) return { before, after: await openOne(deps, tx, { alert, at }), joined: undefined };
  const source = sourceRowOf(alert, known, { noticeId: before.notice_id, at });
  await store.upsertSource(tx, source);
  const sources = await store.sourcesOf(tx, [before.notice_id]);
  const change = changeBy(alert, before, sources, at);
  const again =
    before.state === "answered" && change.state === "open"
      ? { times_opened: before.times_opened + 1, escalated_minutes: 0 }
      : {};
  const after = await store.updateNotice(tx, before.notice_id, { ...change, ...again });
  return { before, after, joined: known === undefined ? alert.channel : undefined };
}

async function openOne(
  deps: NoticesDeps,
  tx: Tx,
  { alert, at }: { readonly alert: SecurityAlert; readonly at: Temporal.Instant },
) {
  const source = sourceRowOf(alert, undefined, { noticeId: deps.newId(), at });
  const hint = await store.hintFor(tx, alert.entitlementId ?? null, alert.detectedAt);
  const receivedAt = hint !== undefined && Temporal.Instant.compare(hint.received_at, at) < 0 ? hint.received_at : at;
  const row = await store.insertNotice(tx, newNoticeOf(alert, source, { newId: deps.newId, receivedAt, at }));
  await store.upsertSource(tx, source);
  if (hint !== undefined)
    await join(tx, { dedupKey: hint.dedup_key, raw: hint.raw, at: hint.received_at, noticeId: row.notice_id });
  return row;
}

async function join(
  tx: Tx,
  hint: { readonly dedupKey: string; readonly raw: unknown; readonly at: Temporal.Instant; readonly noticeId: string },
) {
  const { at } = hint;
  await store.joinHint(tx, hint.dedupKey, hint.noticeId);
  await store.upsertSource(tx, {
    channel: "webhook",
    external_id: hint.dedupKey.slice(0, 1_000),
    notice_id: hint.noticeId,
    status: null,
    status_since: at,
    raw: hint.raw,
    raw_sha256: rawHash(hint.raw),
    received_at: at,
    changed_at: at,
  });
}

/** Findings and events for everything a batch changed. */
async function follow(
  deps: NoticesDeps,
  tx: Tx,
  { saved, at }: { readonly saved: readonly Saved[]; readonly at: Temporal.Instant },
): Promise<void> {
  const last = new Map(saved.map((one) => [one.after.notice_id, one.after]));
  const events: NewEvent[] = [];
  for (const one of saved) {
    const row = last.get(one.after.notice_id) ?? one.after;
    const caseId = await followCase(deps, tx, { before: one.before, row, at });
    events.push(...eventsOf(one, { caseId: caseId ?? row.case_id, at }));
  }
  await appendEvents(tx, events);
}

/** An open notice that counts belongs to a case; an answered one stops that case's clock. Gives the case. */
async function followCase(
  deps: NoticesDeps,
  tx: Tx,
  facts: { readonly before: store.NoticeRow | undefined; readonly row: store.NoticeRow; readonly at: Temporal.Instant },
) {
  const { before, row, at } = facts;
  if (row.state === "answered" || row.is_test) {
    if (before?.state === "open")
      await deps.resolveFinding(tx, { fingerprint: fingerprintOf(before), at, why: row.is_test ? "test" : "answered" });
    return undefined;
  }
  const [running] = await deps.runningOf(tx, [
    {
      customerId: row.customer_id as CustomerId,
      entitlementId: (row.entitlement_id ?? undefined) as EntitlementId | undefined,
    },
  ]);
  const sources = await store.sourcesOf(tx, [row.notice_id]);
  const { caseId } = await deps.reportFinding(
    tx,
    findingOf(row, sources, { running: running ?? { known: false, reason: "no-data" }, at }),
  );
  if (caseId !== row.case_id) await store.updateNotice(tx, row.notice_id, { case_id: caseId });
  return caseId;
}

export const eventBase = (row: store.NoticeRow, caseId: string | null, at: Temporal.Instant) => ({
  at,
  actor: MICROSOFT,
  subject: { kind: "notice", id: row.notice_id },
  customerId: row.customer_id as CustomerId,
  caseId: (caseId ?? undefined) as CaseId | undefined,
});

function eventsOf(
  { before, after, joined }: Saved,
  { caseId, at }: { readonly caseId: string | null; readonly at: Temporal.Instant },
): readonly NewEvent[] {
  const number = noticeNumber(after.number);
  const common = eventBase(after, caseId, at);
  if (before === undefined) {
    const { kind, severity, state, is_test: isTest, detected_at: detectedAt } = after;
    return [
      {
        ...common,
        type: "notices.received",
        after: { state },
        data: { number, alertKind: kind, severity, isTest, detectedAt },
      },
    ];
  }
  const events: NewEvent[] =
    joined === undefined ? [] : [{ ...common, type: "notices.copy-joined", data: { number, channel: joined } }];
  if (before.state === "open" && after.state === "answered")
    events.push({
      ...common,
      type: "notices.answered",
      before: { state: "open" },
      after: { state: "answered" },
      data: { number, ...answerFacts(after) },
    });
  else if (before.state === "answered" && after.state === "open")
    events.push({
      ...common,
      type: "notices.reopened",
      before: { state: "answered" },
      after: { state: "open" },
      data: { number },
    });
  else {
    const changes = whatChanged(before, after);
    if (Object.keys(changes).length > 0) events.push({ ...common, type: "notices.changed", data: { number, changes } });
  }
  return events;
}

export const answerFacts = (row: store.NoticeRow) => ({
  reason: row.answer_reason ?? "unknown",
  by: row.answered_by,
  where: row.answered_where,
  afterMinutes: row.answered_at === null ? null : Math.max(0, minutesBetween(row.detected_at, row.answered_at)),
});

/**
 * Reports every open notice's finding again, with what runs now: usage arrives about a day after the alert, and with it the money at
 * risk. A finding that says the same as before writes nothing. One transaction each, so that nobody waits long.
 */
export async function reweigh(deps: NoticesDeps, desk: Store, now: Temporal.Instant): Promise<number> {
  const rows = await store.openOlderThan(desk.db, now, 0);
  for (const { notice_id: noticeId } of rows)
    await desk.inTransaction(async (tx) => {
      // Held first, so that an answer noted at this moment is either seen here or comes after.
      await holdChain(tx);
      const row = await store.noticeById(tx, noticeId);
      if (row?.state === "open") await followCase(deps, tx, { before: row, row, at: now });
    });
  return rows.length;
}

/** Keeps a webhook until its alert is read, or joins it to a notice that is there already. */
export const saveAlertHint = (): SaveAlertHint => async (tx, hint, at) => {
  await holdChain(tx);
  if (!(await store.insertHint(tx, { ...hint, entitlementId: hint.entitlementId ?? null, at }))) return;
  const row = hint.entitlementId === undefined ? undefined : await store.noticeForHint(tx, hint.entitlementId, at);
  if (row === undefined) return;
  await join(tx, { dedupKey: hint.dedupKey, raw: hint.raw, at, noticeId: row.notice_id });
  await appendEvents(tx, [
    {
      ...eventBase(row, row.case_id, at),
      type: "notices.copy-joined",
      data: { number: noticeNumber(row.number), channel: "webhook" },
    },
  ]);
};
