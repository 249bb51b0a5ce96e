import type { Person } from "../access/contract.ts";
import type { CaseId, CustomerId, EntitlementId, NoticeId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { AlertChannel } from "../partner-center/contract.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents, holdChain } from "../store/events.ts";
import { answerFacts, eventBase, type NoticesDeps } from "./alerts.ts";
import {
  type AnswerableNotice,
  type ClaimNoticesOfCase,
  ESCALATION_MINUTES,
  type NoticeJson,
  type NoticeRowJson,
  type ProposeAlertAnswer,
  type RecordAnswer,
} from "./contract.ts";
import { decideEscalation } from "./decide-clock.ts";
import { fingerprintOf, noticeNumber } from "./finding-of.ts";
import { noticeJsonOf, rowsJson } from "./rows.ts";
import * as store from "./store.ts";
import { rowsOfCase } from "./store-read.ts";

/** See `RecordAnswer`. */
export const recordAnswer =
  (deps: Pick<NoticesDeps, "resolveFinding">): RecordAnswer =>
  async (tx, { noticeId, reason, actor, at, proposalId }) => {
    await holdChain(tx);
    const row = await store.noticeById(tx, noticeId, "lock");
    if (row === undefined || (row.answered_where === "desk" && row.proposal_id === proposalId)) return;
    const after = await store.updateNotice(tx, noticeId, {
      state: "answered",
      status: "resolved",
      answered_at: row.answered_at ?? at,
      answer_reason: reason,
      answered_by: actor.name,
      answered_where: "desk",
      proposal_id: proposalId,
      updated_at: at,
    });
    await deps.resolveFinding(tx, { fingerprint: fingerprintOf(row), at, why: "answered" });
    const type = row.state === "open" ? "notices.answered" : "notices.answer-attributed";
    await appendEvents(tx, [
      {
        ...eventBase(after, row.case_id, at),
        actor,
        type,
        before: { state: row.state },
        after: { state: "answered" },
        data: { number: noticeNumber(row.number), ...answerFacts(after), proposalId },
      },
    ]);
  };

type Claim = {
  readonly noticeId: NoticeId;
  readonly person: Person;
  readonly takeOver: boolean;
  readonly now: Temporal.Instant;
};

/** Says who has a notice; its case goes with it when nobody has that. Taking it from someone needs `takeOver`. */
export async function claimNotice(deps: NoticesDeps, tx: Tx, claim: Claim): Promise<Result<store.NoticeRow, Refusal>> {
  const { noticeId, person, takeOver, now } = claim;
  await holdChain(tx);
  const row = await store.noticeById(tx, noticeId, "lock");
  if (row === undefined) return no("not-found", "notice-unknown", "no notice has this id");
  if (row.state === "answered")
    return no("conflict", "notice-answered", "this notice is answered: there is nothing left to claim");
  if (row.claimed_by === person.id) return ok(row);
  if (row.claimed_by !== null && !takeOver)
    return no("conflict", "notice-claimed", `${row.claimed_name} has this notice: send takeOver to take it from them`, {
      facts: { by: row.claimed_name ?? "", since: row.claimed_at?.toString() ?? "" },
    });
  const after = await store.updateNotice(tx, noticeId, {
    claimed_by: person.id,
    claimed_name: person.name,
    claimed_at: now,
    updated_at: now,
  });
  if (row.case_id !== null) await deps.takeCaseIfFree(tx, row.case_id as CaseId, person, now);
  await appendEvents(tx, [
    {
      ...eventBase(row, row.case_id, now),
      actor: { kind: "person", id: person.id, name: person.name },
      type: "notices.claimed",
      before: { claimedBy: row.claimed_name },
      after: { claimedBy: person.name },
      data: { number: noticeNumber(row.number), from: row.claimed_name },
    },
  ]);
  return ok(after);
}

/** See `ClaimNoticesOfCase`. */
export const claimNoticesOfCase: ClaimNoticesOfCase = async (tx, caseId, holder, now) => {
  await holdChain(tx);
  const free = (await rowsOfCase(tx, caseId)).filter((row) => row.state === "open" && row.claimed_by === null);
  for (const row of free)
    await store.updateNotice(tx, row.notice_id, {
      claimed_by: holder.id,
      claimed_name: holder.name,
      claimed_at: now,
      updated_at: now,
    });
  await appendEvents(
    tx,
    free.map((row): NewEvent => ({
      ...eventBase(row, caseId, now),
      actor: { kind: "person", id: holder.id, name: holder.name },
      type: "notices.claimed",
      before: { claimedBy: null },
      after: { claimedBy: holder.name },
      data: { number: noticeNumber(row.number), from: null },
    })),
  );
};

/** Gives a notice back, so that someone else may take it. */
export async function releaseNotice(
  tx: Tx,
  { noticeId, person, now }: Omit<Claim, "takeOver">,
): Promise<Result<store.NoticeRow, Refusal>> {
  await holdChain(tx);
  const row = await store.noticeById(tx, noticeId, "lock");
  if (row === undefined) return no("not-found", "notice-unknown", "no notice has this id");
  if (row.claimed_by !== person.id)
    return no("conflict", "notice-not-yours", "only who has a notice can give it back", {
      facts: { by: row.claimed_name ?? "" },
    });
  const after = await store.updateNotice(tx, noticeId, {
    claimed_by: null,
    claimed_name: null,
    claimed_at: null,
    updated_at: now,
  });
  await appendEvents(tx, [
    {
      ...eventBase(row, row.case_id, now),
      actor: { kind: "person", id: person.id, name: person.name },
      type: "notices.released",
      before: { claimedBy: person.name },
      after: { claimedBy: null },
      data: { number: noticeNumber(row.number) },
    },
  ]);
  return ok(after);
}

/** Raises notices again that nobody has answered at 45 minutes, 12 and 22 hours. Safe to repeat; gives how many were raised. */
export async function escalate(tx: Tx, now: Temporal.Instant): Promise<number> {
  if ((await dueNow(tx, now)).length === 0) return 0;
  await holdChain(tx);
  const due = await dueNow(tx, now);
  for (const { row, minutes } of due) await store.updateNotice(tx, row.notice_id, { escalated_minutes: minutes });
  await appendEvents(
    tx,
    due.map(({ row, minutes }): NewEvent => ({
      ...eventBase(row, row.case_id, now),
      actor: SURETY,
      type: "notices.escalated",
      data: { number: noticeNumber(row.number), minutes, claimedBy: row.claimed_name, alertKind: row.kind },
    })),
  );
  return due.length;
}

async function dueNow(tx: Tx, now: Temporal.Instant) {
  const rows = await store.openOlderThan(tx, now, ESCALATION_MINUTES[0]);
  return rows.flatMap((row) => {
    const minutes = decideEscalation(row.detected_at, row.escalated_minutes, now);
    return minutes === undefined ? [] : [{ row, minutes }];
  });
}

type Ask = Omit<Parameters<ProposeAlertAnswer>[1], "caseId">;

/** Asks `response` to propose an answer, within the notice's case. Nothing is told to Microsoft here. */
export async function askForAnswer(
  deps: { readonly proposeAlertAnswer: ProposeAlertAnswer },
  tx: Tx,
  ask: Ask,
): Promise<Result<{ readonly proposalId: string }, Refusal>> {
  const row = await store.noticeById(tx, ask.noticeId);
  if (row === undefined) return no("not-found", "notice-unknown", "no notice has this id");
  if (row.state === "answered") return no("conflict", "notice-answered", "this notice is answered already");
  const proposed = await deps.proposeAlertAnswer(tx, {
    ...ask,
    caseId: (row.case_id ?? undefined) as CaseId | undefined,
  });
  return proposed.ok ? ok({ proposalId: proposed.value.proposalId }) : proposed;
}

/** See `NoticeToAnswer`. */
export async function noticeToAnswer(tx: Tx, noticeId: NoticeId): Promise<AnswerableNotice | undefined> {
  const row = await store.noticeById(tx, noticeId);
  if (row === undefined) return undefined;
  const sources = (await store.sourcesOf(tx, [noticeId])).filter((source) => source.channel !== "webhook");
  return {
    noticeId,
    number: noticeNumber(row.number),
    state: row.state,
    kind: row.kind,
    customerId: row.customer_id as CustomerId,
    caseId: (row.case_id ?? undefined) as CaseId | undefined,
    entitlementId: (row.entitlement_id ?? undefined) as EntitlementId | undefined,
    sources: sources
      .map((source) => ({ channel: source.channel as AlertChannel, externalId: source.external_id }))
      .sort((a, b) => Number(b.channel === "graph") - Number(a.channel === "graph")),
  };
}

/** One notice with everything that is known about it. */
export async function noticeDetail(
  deps: NoticesDeps,
  tx: Tx,
  { noticeId, now }: { readonly noticeId: string; readonly now: Temporal.Instant },
): Promise<NoticeJson | undefined> {
  const row = await store.noticeById(tx, noticeId);
  return row && noticeJsonOf(deps, tx, { row, now });
}

/** A row as lists show it, after a change. */
export async function oneRow(
  deps: NoticesDeps,
  tx: Tx,
  { row, now }: { readonly row: store.NoticeRow; readonly now: Temporal.Instant },
): Promise<NoticeRowJson> {
  const [json] = await rowsJson(deps, tx, { rows: [row], now });
  if (json === undefined) throw new Error("invariant broken: one row gives one row");
  return json;
}
