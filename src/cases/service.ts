import { createHash } from "node:crypto";
import { may, type Person } from "../access/contract.ts";
import type { CaseId, CustomerId, NewId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { ClaimNoticesOfCase } from "../notices/contract.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { appendEvents, holdChain } from "../store/events.ts";
import { type BlockerJson, type CaseAction, mayNow, type Outcome, type People, type StepState } from "./contract.ts";
import { decideClose } from "./decide-close.ts";
import { closeFactsOf, type DetailDeps } from "./detail.ts";
import { caseFindings, caseNumber } from "./findings.ts";
import { hasStep, playbookOf } from "./playbook.ts";
import * as store from "./store.ts";
import * as parts from "./store-parts.ts";

/** What cases asks of others; main.ts passes it. */
export type CasesDeps = DetailDeps & {
  readonly newId: NewId;
  readonly people: People;
  readonly claimNoticesOfCase: ClaimNoticesOfCase;
};
type By = { readonly caseId: CaseId; readonly person: Person; readonly now: Temporal.Instant };
type Answer<T> = Promise<Result<T, Refusal>>;

const actorOf = (person: Person): Actor => ({ kind: "person", id: person.id, name: person.name });

const eventFor = (row: store.CaseRow, { person, now }: Pick<By, "person" | "now">, type: `cases.${string}`) => ({
  type,
  actor: actorOf(person),
  at: now,
  subject: { kind: "case", id: row.case_id },
  customerId: row.customer_id as CustomerId,
  caseId: row.case_id as CaseId,
});

/** The case, locked, when this may be done in its state. */
async function lockedFor(tx: Tx, { caseId }: Pick<By, "caseId">, action: CaseAction): Answer<store.CaseRow> {
  await holdChain(tx);
  const row = await store.caseById(tx, caseId, "lock");
  if (row === undefined) return no("not-found", "case-unknown", "no case has this id");
  if (mayNow(action, row.state)) return ok(row);
  const code = row.state === "closed" ? "case-closed" : "case-not-closed";
  return no("conflict", code, `a case that is ${row.state} does not allow this: ${action}`, {
    facts: { state: row.state },
  });
}

/**
 * Gives the case to someone: to oneself (claim), or to another (hand over). Taking it from somebody else needs `takeOver`.
 * Its open notices that nobody has go along.
 */
export async function assignCase(
  deps: CasesDeps,
  tx: Tx,
  ask: By & { readonly personId: string; readonly takeOver: boolean; readonly why?: string | undefined },
): Answer<store.CaseRow> {
  const found = await lockedFor(tx, ask, "assign");
  if (!found.ok) return found;
  const row = found.value;
  const to =
    ask.personId === ask.person.id ? ask.person : (await deps.people(tx)).find((one) => one.id === ask.personId);
  if (to === undefined) return no("not-found", "person-unknown", "nobody at this desk has this id");
  if (!may(to.role, "cases.work"))
    return no("conflict", "person-may-not-work", `${to.name} may read cases but not work on them`, {
      facts: { name: to.name },
    });
  if (row.assignee_id === to.id) return ok(row);
  if (row.assignee_id !== null && row.assignee_id !== ask.person.id && !ask.takeOver)
    return no("conflict", "case-assigned", `${row.assignee_name} has this case: send takeOver to take it from them`, {
      facts: { by: row.assignee_name ?? "", since: row.assigned_at?.toString() ?? "" },
    });
  const after = await store.updateCase(tx, row.case_id, {
    assignee_id: to.id,
    assignee_name: to.name,
    assigned_at: ask.now,
    state: "investigating",
    updated_at: ask.now,
  });
  await deps.claimNoticesOfCase(tx, ask.caseId, to, ask.now);
  await appendEvents(tx, [
    {
      ...eventFor(row, ask, "cases.assigned"),
      why: ask.why,
      before: { assignee: row.assignee_name, state: row.state },
      after: { assignee: to.name, state: after.state },
      data: { number: caseNumber(row.number), from: row.assignee_name, to: to.name },
    },
  ]);
  return ok(after);
}

/** Writes a note. It lives in the event log alone: nobody can change it afterwards. */
export async function noteOnCase(tx: Tx, ask: By & { readonly text: string }): Answer<store.CaseRow> {
  const found = await lockedFor(tx, ask, "note");
  if (!found.ok) return found;
  const after = await store.updateCase(tx, found.value.case_id, { updated_at: ask.now });
  await appendEvents(tx, [
    { ...eventFor(after, ask, "cases.noted"), data: { number: caseNumber(after.number), text: ask.text } },
  ]);
  return ok(after);
}

export type NewFile = {
  readonly name: string;
  readonly mediaType: string;
  readonly stepId?: string | undefined;
  readonly content: Uint8Array;
};

/** Keeps a file with its hash. The same bytes again change nothing and give the file that is there. */
export async function addDocument(tx: Tx, ask: By & { readonly file: NewFile }): Answer<parts.DocumentRow> {
  const { file, person, now, caseId } = ask;
  if (file.content.length === 0) return no("invalid", "file-empty", "the file holds no bytes");
  const found = await lockedFor(tx, ask, "add-document");
  if (!found.ok) return found;
  const row = found.value;
  if (file.stepId !== undefined && !stepExists(row, file.stepId))
    return no("invalid", "step-unknown", "this case's playbook has no such step");
  const sha256 = createHash("sha256").update(file.content).digest("hex");
  const isNew = await parts.insertDocument(tx, {
    caseId,
    sha256,
    name: file.name,
    media_type: file.mediaType,
    content: file.content,
    step_id: file.stepId ?? null,
    added_by: person.name,
    added_at: now,
  });
  if (isNew) {
    await store.updateCase(tx, caseId, { updated_at: now });
    const data = {
      number: caseNumber(row.number),
      name: file.name,
      sha256,
      bytes: file.content.length,
      mediaType: file.mediaType,
      step: file.stepId,
    };
    await appendEvents(tx, [{ ...eventFor(row, ask, "cases.document-added"), data }]);
  }
  const kept = (await parts.documentsOf(tx, caseId)).find((one) => one.sha256 === sha256);
  if (kept === undefined) throw new Error("invariant broken: a kept file is there");
  return ok(kept);
}

const stepExists = (row: store.CaseRow, stepId: string): boolean => {
  const playbook = playbookOf(row.family);
  return playbook !== undefined && hasStep(playbook, stepId);
};

/** Marks a playbook step. Leaving one out needs its reason. */
export async function tickStep(
  tx: Tx,
  ask: By & { readonly stepId: string; readonly state: StepState; readonly note?: string | undefined },
): Answer<store.CaseRow> {
  const found = await lockedFor(tx, ask, "tick");
  if (!found.ok) return found;
  const row = found.value;
  if (!stepExists(row, ask.stepId)) return no("not-found", "step-unknown", "this case's playbook has no such step");
  if (ask.state === "not-needed" && (ask.note ?? "").trim() === "")
    return no("invalid", "step-needs-reason", "say why this step is not needed");
  const before = (await parts.stepsOf(tx, row.case_id)).find((step) => step.step_id === ask.stepId);
  const note = ask.note?.trim() ?? null;
  if (before?.state === ask.state && before.note === note) return ok(row);
  await parts.upsertStep(tx, row.case_id, {
    step_id: ask.stepId,
    state: ask.state,
    note,
    by_id: ask.person.id,
    by_name: ask.person.name,
    at: ask.now,
  });
  const after = await store.updateCase(tx, row.case_id, { updated_at: ask.now });
  await appendEvents(tx, [
    {
      ...eventFor(row, ask, "cases.step-marked"),
      why: note ?? undefined,
      before: { state: before?.state ?? "todo" },
      after: { state: ask.state },
      data: { number: caseNumber(row.number), step: ask.stepId, state: ask.state },
    },
  ]);
  return ok(after);
}

/** Judges the case. Refused with everything that stops it: closing stops nothing at Microsoft. */
export async function closeCase(
  deps: CasesDeps,
  tx: Tx,
  ask: By & { readonly outcome: Outcome; readonly note: string },
): Answer<store.CaseRow> {
  const found = await lockedFor(tx, ask, "close");
  if (!found.ok) return found;
  const row = found.value;
  const { facts } = await closeFactsOf(deps, tx, { row, person: ask.person, now: ask.now });
  const blockers = decideClose(facts, ask);
  if (blockers.length > 0) return refuseClosing(blockers);
  const note = ask.note.trim();
  const after = await store.updateCase(tx, row.case_id, {
    state: "closed",
    closed_at: ask.now,
    closed_by: ask.person.name,
    outcome: ask.outcome,
    close_note: note,
    clock_from: null,
    updated_at: ask.now,
  });
  await appendEvents(tx, [
    {
      ...eventFor(row, ask, "cases.closed"),
      why: note,
      before: { state: row.state },
      after: { state: "closed", outcome: ask.outcome },
      data: { number: caseNumber(row.number), outcome: ask.outcome },
    },
  ]);
  return ok(after);
}

const FIX: Readonly<Record<BlockerJson["code"], string>> = {
  "notice-open": "answer Microsoft, and wait until its copy says resolved",
  "proposal-live": "run it, withdraw it, or look whether it took effect",
  "step-open": "do it, or say why it is not needed",
  "note-missing": "write why, in a sentence",
  "note-long": "write less",
  "outcome-missing": "choose what it was",
  "outcome-wrong": "choose an outcome of this kind of case",
  "already-closed": "reopen it as a new case",
};

const refuseClosing = (blockers: readonly BlockerJson[]): Result<never, Refusal> =>
  no("conflict", "case-cannot-close", `${blockers.length} things stop this case from closing`, {
    facts: { n: blockers.length },
    fields: blockers.map(({ code, ref }) => ({ field: code, value: ref ?? "", fix: FIX[code] })),
  });

/** A closed case stays closed; looking again is a new case that links to it. Refused while one of its family is open. */
export async function reopenCase(deps: CasesDeps, tx: Tx, ask: By & { readonly why: string }): Answer<store.CaseRow> {
  const found = await lockedFor(tx, ask, "reopen");
  if (!found.ok) return found;
  const row = found.value;
  const next = (await store.followerOf(tx, row.case_id)) ?? (await store.openCaseOf(tx, row.customer_id, row.family));
  if (next !== undefined)
    return no("conflict", "case-followed", `${caseNumber(next.number)} carries this on already`, {
      facts: { number: caseNumber(next.number), id: next.case_id },
    });
  const caseId = deps.newId();
  const number = caseNumber(row.number);
  await store.insertCase(tx, {
    caseId,
    customerId: row.customer_id,
    family: row.family,
    at: ask.now,
    severity: row.severity,
    title: { kind: "cases.reopened", facts: { number } },
    previousCaseId: row.case_id,
  });
  await caseFindings(deps).reportFinding(tx, {
    kind: "cases.reopened",
    family: row.family,
    customerId: row.customer_id as CustomerId,
    severity: store.severityOf(row.severity),
    facts: { number, outcome: row.outcome ?? "", of: row.title_kind },
    evidence: [
      {
        at: ask.now,
        kind: "cases.reopened",
        facts: { number, by: ask.person.name, why: ask.why.slice(0, 500) },
        source: "Surety",
        recordId: number,
      },
    ],
    fingerprint: `reopened:${row.case_id}`,
    observedAt: ask.now,
    firstUseAt: row.first_use_at ?? undefined,
  });
  const opened: NewEvent = {
    ...eventFor(row, ask, "cases.reopened"),
    caseId: caseId as CaseId,
    subject: { kind: "case", id: caseId },
    why: ask.why,
    data: { number },
  };
  await appendEvents(tx, [opened]);
  const after = await store.caseById(tx, caseId);
  if (after === undefined) throw new Error("invariant broken: an opened case is there");
  return ok(after);
}

/** Notes the refund ticket filed with Microsoft: the one that this tenant will ever have. */
export async function recordRefund(
  tx: Tx,
  ask: By & { readonly ticket: string; readonly filedOn: Temporal.PlainDate },
): Answer<store.CaseRow> {
  const found = await lockedFor(tx, ask, "record-refund");
  if (!found.ok) return found;
  const row = found.value;
  if (row.family !== "misuse") return no("conflict", "refund-not-here", "a refund is asked for in a case of misuse");
  const isFirst = await parts.insertRefund(tx, {
    customer_id: row.customer_id,
    case_id: row.case_id,
    ticket: ask.ticket,
    filed_on: ask.filedOn,
    recorded_by: ask.person.name,
    recorded_at: ask.now,
  });
  if (!isFirst) {
    const used = await parts.refundOf(tx, row.customer_id);
    return no("conflict", "refund-used", "this customer's one refund request is used", {
      facts: { ticket: used?.ticket ?? "" },
    });
  }
  await appendEvents(tx, [
    {
      ...eventFor(row, ask, "cases.refund-filed"),
      data: { number: caseNumber(row.number), ticket: ask.ticket, filedOn: ask.filedOn.toString() },
    },
  ]);
  return ok(row);
}
