import { createHash } from "node:crypto";
import { assert } from "../../core/assert.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { Policy, PolicyVersion } from "../contract-policy.ts";
import { checkPolicyText, isPublishable } from "./contract-check.ts";
import { POLICY_EVENTS } from "./contract.ts";
import { parsePolicy, POLICY_CHARS_MAX } from "./decide-parse.ts";
import type { By, PolicyDeps } from "./deps.ts";
import { lintFactsOf } from "./service-lint.ts";
import * as store from "./store.ts";
import type { VersionId, VersionRow } from "./store.ts";

type Done = Result<VersionId, Refusal>;

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

const parsed = new Map<string, Policy>();
const PARSED_MAX = 200;
/** The policy of a text that was approved; parsed once each. */
function policyOf({ sha256, text }: Pick<VersionRow, "sha256" | "text">): Policy {
  const kept = parsed.get(sha256);
  if (kept !== undefined) return kept;
  const read = parsePolicy(text);
  assert(read.ok, `an approved policy can be read: ${sha256}`);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(sha256, read.value);
  return read.value;
}

/**
 * The policies in force on a day in the order of the desk: the first whose `applies` matches a customer is used. A past day is
 * judged by what was in force then. Empty = no ladder: nobody is chased.
 */
export async function policyInForce(tx: Tx, day: Temporal.PlainDate): Promise<readonly PolicyVersion[]> {
  const rows = await store.versionsInForce(tx, day);
  return rows.map((row) => ({ policy: policyOf(row), version: row.version }));
}

/** One version's policy, whatever became of it; undefined when there is none or its text cannot be read. */
export async function policyVersionOf(
  tx: Tx,
  id: VersionId,
): Promise<{ readonly text: string; readonly sha256: string; readonly policy: Policy } | undefined> {
  const row = await store.findVersion(tx, id);
  const read = row === undefined ? undefined : parsePolicy(row.text);
  return row !== undefined && read?.ok === true
    ? { text: row.text, sha256: row.sha256, policy: read.value }
    : undefined;
}

/** A new draft; its text is kept as written, faults and all. Refuses a second one beside an open draft or question. */
export async function createDraft(
  tx: Tx,
  ask: { readonly policyId: string; readonly text: string } & By,
): Promise<Done> {
  const { policyId, text, actor, person, now } = ask;
  if (text.length > POLICY_CHARS_MAX) return tooLong;
  const { version, open } = await store.nextVersion(tx, policyId);
  if (open !== undefined)
    return no("conflict", "policy-draft-open", `version ${open} of ${policyId} is still open`, {
      facts: { version: open },
    });
  await store.insertVersion(tx, {
    policy_id: policyId,
    version,
    state: "draft",
    text,
    sha256: sha256Of(text),
    name: nameOf(text, policyId),
    made_by: person.id,
    made_by_name: person.name,
    made_at: now,
    edited_by: person.id,
    edited_by_name: person.name,
    edited_at: now,
    ...UNASKED,
    approved_by: null,
    approved_by_name: null,
    approved_at: null,
    ended_on: null,
    ended_by_name: null,
    ended_why: null,
  });
  const id = { policyId, version };
  await log(tx, { type: POLICY_EVENTS.drafted, id, actor, now, data: { sha256: sha256Of(text) } });
  return ok(id);
}
const UNASKED = { asked_by: null, asked_by_name: null, asked_at: null, why: null, from_day: null, position: null };
const tooLong = no("too-large", "policy-too-long", `a policy has at most ${POLICY_CHARS_MAX} characters`);

/** Keeps a draft's text. `sha256` is of the text that was changed; another's edit in between is a conflict. */
export async function saveDraft(
  tx: Tx,
  id: VersionId,
  ask: { readonly text: string; readonly sha256: string } & By,
): Promise<Done> {
  const row = await store.findVersion(tx, id, { lock: true });
  if (row === undefined) return unknown(id);
  if (row.state !== "draft") return wrongState(row, "draft");
  if (ask.text.length > POLICY_CHARS_MAX) return tooLong;
  if (row.sha256 !== ask.sha256)
    return no("conflict", "policy-changed", `${row.edited_by_name} changed the draft meanwhile`, {
      facts: { name: row.edited_by_name },
    });
  const sha256 = sha256Of(ask.text);
  if (sha256 === row.sha256) return ok(id);
  await store.updateVersion(tx, id, {
    text: ask.text,
    sha256,
    name: nameOf(ask.text, id.policyId),
    edited_by: ask.person.id,
    edited_by_name: ask.person.name,
    edited_at: ask.now,
  });
  await log(tx, {
    type: POLICY_EVENTS.edited,
    id,
    actor: ask.actor,
    now: ask.now,
    data: { before: row.sha256, after: sha256 },
  });
  return ok(id);
}

export type Asking = { readonly why: string; readonly fromDay: Temporal.PlainDate; readonly position: number } & By;
/** Asks for a draft to come into force. It must be readable, without errors, and its simulation looked at. */
export async function askFor(tx: Tx, deps: PolicyDeps, ask: Asking & { readonly id: VersionId }): Promise<Done> {
  const { id, now } = ask;
  const row = await store.findVersion(tx, id, { lock: true });
  if (row === undefined) return unknown(id);
  if (row.state !== "draft") return wrongState(row, "draft");
  const { day } = await deps.desk(tx, now);
  if (Temporal.PlainDate.compare(ask.fromDay, day) < 0)
    return no(
      "invalid",
      "policy-from-past",
      "a policy comes into force today at the earliest: what was told before followed another",
    );
  const checked = checkPolicyText(row.text, await lintFactsOf(tx, deps, now));
  if (!isPublishable(checked)) {
    const count = checked.faults.length + checked.findings.filter(({ severity }) => severity === "error").length;
    return no("conflict", "policy-has-errors", `the policy has ${count} errors`, { facts: { count } });
  }
  if (checked.policy?.id !== id.policyId)
    return no(
      "conflict",
      "policy-id-differs",
      `the text has the id ${checked.policy?.id ?? ""}, this is ${id.policyId}`,
      {
        facts: { id: checked.policy?.id ?? "", policyId: id.policyId },
      },
    );
  if ((await store.seenOf(tx, [row.sha256])).length === 0)
    return no("conflict", "policy-not-simulated", "nobody has looked at a completed simulation of exactly this text");
  await store.updateVersion(tx, id, {
    state: "asked",
    asked_by: ask.person.id,
    asked_by_name: ask.person.name,
    asked_at: now,
    why: ask.why,
    from_day: ask.fromDay,
    position: ask.position,
  });
  const data = { fromDay: ask.fromDay.toString(), position: ask.position, sha256: row.sha256 };
  await log(tx, { type: POLICY_EVENTS.asked, id, actor: ask.actor, now, why: ask.why, data });
  return ok(id);
}

/** Approves: another person than asked or wrote last. It comes into force on the day asked for, or today if that has passed. */
export async function approve(tx: Tx, deps: PolicyDeps, { id, why, actor, person, now }: Deciding): Promise<Done> {
  const row = await store.findVersion(tx, id, { lock: true });
  if (row === undefined) return unknown(id);
  if (row.state !== "asked" || row.from_day === null) return wrongState(row, "asked");
  if (row.asked_by === person.id || row.edited_by === person.id)
    return no("forbidden", "policy-own-question", "another person than the one who wrote or asked approves a policy");
  const { day } = await deps.desk(tx, now);
  const fromDay = Temporal.PlainDate.compare(row.from_day, day) < 0 ? day : row.from_day;
  await store.updateVersion(tx, id, {
    state: "approved",
    from_day: fromDay,
    approved_by: person.id,
    approved_by_name: person.name,
    approved_at: now,
  });
  const data = { fromDay: fromDay.toString(), position: row.position, sha256: row.sha256 };
  await log(tx, { type: POLICY_EVENTS.approved, id, actor, now, why, data });
  return ok(id);
}
type Deciding = { readonly id: VersionId; readonly why?: string | undefined } & By;

/** Says no to a question: it is a draft again. */
export async function reject(tx: Tx, { id, why, actor, now }: Deciding): Promise<Done> {
  const row = await store.findVersion(tx, id, { lock: true });
  if (row === undefined) return unknown(id);
  if (row.state !== "asked") return wrongState(row, "asked");
  await store.updateVersion(tx, id, { state: "draft", ...UNASKED });
  await log(tx, { type: POLICY_EVENTS.rejected, id, actor, now, why });
  return ok(id);
}

/** Takes a draft or question back, or an approved version before its day. What was in force is ended instead. */
export async function withdraw(tx: Tx, deps: PolicyDeps, { id, why, actor, now }: Deciding): Promise<Done> {
  const row = await store.findVersion(tx, id, { lock: true });
  if (row === undefined) return unknown(id);
  const { day } = await deps.desk(tx, now);
  const isComing =
    row.state === "approved" && row.from_day !== null && Temporal.PlainDate.compare(row.from_day, day) > 0;
  if (row.state === "withdrawn" || (row.state === "approved" && !isComing))
    return wrongState(row, "draft, asked or scheduled");
  await store.updateVersion(tx, id, { state: "withdrawn" });
  await log(tx, { type: POLICY_EVENTS.withdrawn, id, actor, now, why });
  return ok(id);
}

/** Switches a policy off from a day, today at the earliest; nothing takes its place. */
export async function end(
  tx: Tx,
  deps: PolicyDeps,
  { id, why, day, actor, person, now }: Deciding & { readonly day: Temporal.PlainDate },
): Promise<Done> {
  const row = await store.findVersion(tx, id, { lock: true });
  if (row === undefined) return unknown(id);
  const desk = await deps.desk(tx, now);
  const inForce = await store.versionsInForce(tx, desk.day);
  if (!inForce.some((one) => one.policy_id === id.policyId && one.version === id.version))
    return wrongState(row, "in-force");
  if (Temporal.PlainDate.compare(day, desk.day) < 0)
    return no("invalid", "policy-from-past", "a policy ends today at the earliest");
  await store.updateVersion(tx, id, { ended_on: day, ended_by_name: person.name, ended_why: why ?? null });
  await log(tx, { type: POLICY_EVENTS.ended, id, actor, now, why, data: { day: day.toString() } });
  return ok(id);
}

/** Notes that a person looked at a completed simulation of exactly this text; the simulation's page calls it. Once each. */
export async function markSimulated(
  tx: Tx,
  policySha256: string,
  { simulationId, actor, person, now }: { readonly simulationId: string } & By,
): Promise<void> {
  const isNew = await store.insertSeen(tx, {
    sha256: policySha256,
    simulation_id: simulationId,
    person_id: person.id,
    person_name: person.name,
    seen_at: now,
  });
  if (!isNew) return;
  const subject = { kind: "policy-text", id: policySha256 };
  await appendEvents(tx, [
    { type: POLICY_EVENTS.simulated, actor, at: now, subject, data: { sha256: policySha256, simulationId } },
  ]);
}

const unknown = ({ policyId, version }: VersionId) =>
  no("not-found", "policy-unknown", `there is no version ${version} of ${policyId}`);
const wrongState = ({ state, version }: VersionRow, wanted: string) =>
  no("conflict", "policy-state", `version ${version} is ${state}, not ${wanted}`, {
    facts: { state, version, wanted },
  });

function nameOf(text: string, fallback: string): string {
  const read = parsePolicy(text);
  return read.ok ? read.value.name.en : fallback;
}

type Entry = {
  readonly type: (typeof POLICY_EVENTS)[keyof typeof POLICY_EVENTS];
  readonly id: VersionId;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  readonly why?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>>;
};
const log = (tx: Tx, { type, id, actor, now, why, data }: Entry): Promise<void> =>
  appendEvents(tx, [
    {
      type,
      actor,
      at: now,
      subject: { kind: "policy", id: `${id.policyId}:${id.version}` },
      ...(why !== undefined && { why }),
      data: { policyId: id.policyId, version: id.version, ...data },
    },
  ]);
