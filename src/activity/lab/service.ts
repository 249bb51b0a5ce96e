import { createHash } from "node:crypto";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, NewEvent, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { ACTIVITY_EVENTS } from "../contract.ts";
import type { RuleFault, RuleOrigin, RuleState } from "./contract.ts";
import { readRule, RULE_TEXT_MAX, type RuleRead } from "./decide-text.ts";
import { decideSave, type Standing } from "./decide-versions.ts";
import * as store from "./store.ts";

/** Versions of one rule that are kept; a rule that is changed this often is a program. */
export const VERSIONS_MAX = 1_000;
export const WHY_MIN = 3;
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export type Tests = { readonly passed: number; readonly failed: number };
export type SaveAsk = {
  readonly text: string;
  readonly origin: Exclude<RuleOrigin, "own">;
  readonly author: Actor;
  readonly why: string;
  /** `draft` keeps the text as a version and leaves what runs alone; a new rule is then off. */
  readonly state: RuleState | "draft";
  readonly now: Temporal.Instant;
  /** The version it was written on: another newest one refuses. */
  readonly basedOn?: number | undefined;
  /** The rule that is edited: a text of another id refuses. */
  readonly ruleId?: string | undefined;
  readonly tests?: Tests | undefined;
};
export type Saved = { readonly ruleId: string; readonly version: number; readonly state: RuleState };

/** Keeps a rule's text as a version, and puts it in use unless it is a draft. */
export async function saveRule(tx: Tx, ask: SaveAsk): Promise<Result<Saved, Refusal>> {
  const saved = await keepRule(tx, ask);
  if (!saved.ok) return saved;
  await appendEvents(tx, saved.value.events);
  return ok(saved.value.saved);
}

async function keepRule(
  tx: Tx,
  ask: SaveAsk,
): Promise<Result<{ readonly saved: Saved; readonly events: readonly NewEvent[] }, Refusal>> {
  const read = readForSave(ask);
  if (!read.ok) return read;
  const { id } = read.value;
  if (ask.ruleId !== undefined && ask.ruleId !== id)
    return no("conflict", "rule-id-changed", `the text has the id ${id}: a rule keeps its id`, { facts: { id } });
  await store.holdRules(tx);
  const known = await store.findRule(tx, id);
  if (known !== undefined && ask.basedOn !== undefined && ask.basedOn !== known.newest)
    return no("conflict", "rule-changed-meanwhile", `version ${known.newest} came meanwhile`, {
      facts: { version: known.newest },
    });
  if (known === undefined) return ok(await addMade(tx, read.value, ask));
  const standing = standingOf(known, (await store.hashesOf(tx, [id])).get(id));
  const { version, isNew } = decideSave(standing, sha256(ask.text));
  if (version > VERSIONS_MAX)
    return no("too-large", "rule-versions", `a rule has at most ${VERSIONS_MAX} versions`, {
      facts: { most: VERSIONS_MAX },
    });
  if (isNew) await store.insertVersion(tx, versionRow(read.value, version, ask));
  const newest = Math.max(known.newest, version);
  const state = ask.state === "draft" ? known.state : ask.state;
  const after = { version: ask.state === "draft" ? known.version : version, state };
  await store.updateRule(tx, id, {
    newest,
    version: after.version,
    ...(state === known.state ? {} : stateSet(state, ask)),
  });
  await store.raiseRevision(tx);
  const events: NewEvent[] = [];
  if (isNew || after.version !== known.version)
    events.push(
      ruleEvent(ACTIVITY_EVENTS.ruleChanged, id, {
        ...ask,
        before: { version: known.version },
        after: { version: after.version },
        data: { title: read.value.card.title, version, isDraft: ask.state === "draft" },
      }),
    );
  if (state !== known.state)
    events.push(switchedEvent({ id, title: read.value.card.title, from: known.state, to: state }, ask));
  return ok({ saved: { ruleId: id, ...after }, events });
}

async function addMade(tx: Tx, read: RuleRead, ask: SaveAsk) {
  const state: RuleState = ask.state === "draft" ? "off" : ask.state;
  await store.insertRule(tx, {
    rule_id: read.id,
    kind: "sigma",
    origin: ask.origin,
    ...stateSet(state, ask),
    version: 1,
    newest: 1,
    upstream: ask.origin === "imported" ? 1 : null,
    is_withdrawn: false,
  });
  await store.insertVersion(tx, versionRow(read, 1, ask));
  await store.raiseRevision(tx);
  const event = ruleEvent(ACTIVITY_EVENTS.ruleChanged, read.id, {
    ...ask,
    before: null,
    after: { version: 1, state },
    data: { title: read.card.title, version: 1, isDraft: ask.state === "draft" },
  });
  return { saved: { ruleId: read.id, version: 1, state }, events: [event] };
}

function readForSave({ text, why }: SaveAsk): Result<RuleRead, Refusal> {
  if (why.trim().length < WHY_MIN) return no("invalid", "why-missing", "say why, in a few words");
  if (text.length > RULE_TEXT_MAX)
    return no("too-large", "rule-too-long", `a rule has at most ${RULE_TEXT_MAX} characters`, {
      facts: { most: RULE_TEXT_MAX },
    });
  const { rule, faults } = readRule(text);
  return rule === undefined
    ? no("invalid", "rule-faulty", "the rule has faults", { fields: faultFields(faults) })
    : ok(rule);
}
const FAULTS_TOLD = 50;
const faultField = ({ line, column, code, message }: RuleFault) => ({
  field: `${line}:${column}`,
  value: code,
  fix: message,
});
export const faultFields = (faults: readonly RuleFault[]) => faults.slice(0, FAULTS_TOLD).map(faultField);

export type SwitchAsk = {
  readonly ruleId: string;
  readonly state: RuleState;
  /** Also put this version in use; absent = the one in use stays. */
  readonly version?: number | undefined;
  readonly author: Actor;
  readonly why: string;
  readonly now: Temporal.Instant;
};

/** Switches a rule on, off or to shadow, and puts another of its versions in use if asked. */
export async function switchRule(tx: Tx, ask: SwitchAsk): Promise<Result<Saved, Refusal>> {
  const { ruleId: id, state } = ask;
  if (ask.why.trim().length < WHY_MIN) return no("invalid", "why-missing", "say why, in a few words");
  await store.holdRules(tx);
  const known = await store.findRule(tx, id);
  if (known === undefined) return unknownRule(id);
  if (known.kind === "detector" && known.is_withdrawn && state !== "off")
    return no("conflict", "detector-gone", "this version of Surety has no such detector");
  const wanted = ask.version ?? known.version;
  const version = await store.findVersion(tx, id, wanted);
  if (version === undefined)
    return no("not-found", "rule-version-unknown", `rule ${id} has no version ${wanted}`, {
      facts: { version: wanted },
    });
  if (version.text !== null && state !== "off") {
    const { faults } = readRule(version.text);
    if (faults.length > 0) return no("conflict", "rule-faulty", "the rule has faults", { fields: faultFields(faults) });
  }
  if (known.kind === "detector" && wanted !== known.version)
    return no("conflict", "detector-version", "a detector runs as this version of Surety has it");
  if (state === known.state && wanted === known.version) return ok({ ruleId: id, version: wanted, state });
  await store.updateRule(tx, id, { version: wanted, ...(state === known.state ? {} : stateSet(state, ask)) });
  await store.raiseRevision(tx);
  const title = version.card.title;
  const events: NewEvent[] = [];
  if (wanted !== known.version)
    events.push(
      ruleEvent(ACTIVITY_EVENTS.ruleChanged, id, {
        ...ask,
        before: { version: known.version },
        after: { version: wanted },
        data: { title, version: wanted, isDraft: false },
      }),
    );
  if (state !== known.state) events.push(switchedEvent({ id, title, from: known.state, to: state }, ask));
  await appendEvents(tx, events);
  return ok({ ruleId: id, version: wanted, state });
}

export const unknownRule = (id: string) => no("not-found", "rule-unknown", `there is no rule ${id}`, { facts: { id } });

type By = Pick<SaveAsk, "author" | "why" | "now">;
const stateSet = (state: RuleState, { author, why, now }: By) => ({
  state,
  state_why: why.trim(),
  state_by: author.name,
  state_at: now,
});
export const versionRow = (
  { id, card }: Pick<RuleRead, "id" | "card">,
  version: number,
  { text, author, why, now, tests }: By & { readonly text: string; readonly tests?: Tests | undefined },
): store.VersionRow => ({
  rule_id: id,
  version,
  text,
  sha256: sha256(text),
  card,
  author_kind: author.kind,
  author_id: author.id,
  author_name: author.name,
  at: now,
  why: why.trim(),
  tests: tests ?? null,
});

/** What the decisions about a rule are made on. */
export const standingOf = (row: store.RuleRow, hashes: ReadonlyMap<number, string> | undefined): Standing => ({
  origin: row.origin,
  state: row.state,
  version: row.version,
  newest: row.newest,
  upstream: row.upstream,
  isWithdrawn: row.is_withdrawn,
  sha256Of: hashes ?? new Map(),
});

type EventMore = By & { readonly before: unknown; readonly after: unknown; readonly data: unknown };
const ruleEvent = (
  type: NewEvent["type"],
  id: string,
  { author, why, now, before, after, data }: EventMore,
): NewEvent => ({
  type,
  actor: author,
  at: now,
  subject: { kind: "activity-rule", id },
  why: why.trim(),
  before,
  after,
  data,
});
type Switched = { readonly id: string; readonly title: string; readonly from: RuleState; readonly to: RuleState };
const switchedEvent = ({ id, title, from, to }: Switched, by: By): NewEvent =>
  ruleEvent(ACTIVITY_EVENTS.ruleSwitched, id, {
    ...by,
    before: { state: from },
    after: { state: to },
    data: { title },
  });
