import { createHash } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import { canonicalJson, toJson } from "../core/canonical.ts";
import type { CaseId, CustomerId } from "../core/ids.ts";
import type { Actor, LoggedEvent, NewEvent, Tx } from "./contract.ts";

type EventRow = {
  readonly seq: bigint;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly customer_id: string | null;
  readonly case_id: string | null;
  readonly body: string;
  readonly prev_hash: string;
  readonly hash: string;
};
type Body = {
  readonly seq: string;
  readonly type: string;
  readonly at: string;
  readonly actor: Actor;
  readonly subject: { kind: string; id: string };
  readonly customerId: string | null;
  readonly caseId: string | null;
  readonly why: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
};

/** Longest page of the log one read gives. */
export const EVENTS_PAGE_MAX = 1_000;

/** SHA-256 over the hash before and the row's own text, as the database checks it too. */
export const chainHash = (previous: string, body: string): string =>
  createHash("sha256").update(`${previous}\n${body}`).digest("hex");

/**
 * Appends events to the log in the caller's transaction. Takes the end of the chain until commit,
 * so call it last: everything slow comes before. Either state and events are kept, or neither.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const { rows } = await sql<{ seq: bigint; hash: string }>`select seq, hash from event_head for update`.execute(tx);
  let { seq, hash } = rows[0] ?? missingHead();
  const values = events.map((event) => {
    seq += 1n;
    const body = bodyOf(event, seq);
    const row = { ...columns(event), seq: seq.toString(), body, prev_hash: hash, hash: chainHash(hash, body) };
    hash = row.hash;
    return row;
  });
  await sql`insert into event (seq, type, at, actor_kind, actor_id, subject_kind, subject_id, customer_id, case_id, body, prev_hash, hash)
    select seq, type, at, actor_kind, actor_id, subject_kind, subject_id, customer_id, case_id, body, prev_hash, hash
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as e(seq bigint, type text, at timestamptz, actor_kind text, actor_id text,
      subject_kind text, subject_id text, customer_id text, case_id text, body text, prev_hash text, hash text) order by seq`.execute(
    tx,
  );
}

/**
 * Takes the end of the chain before anything else. For writes that several slices make in one transaction (a notice, its finding,
 * its case): with the chain held first, no two of them can wait for each other's rows.
 */
export async function holdChain(tx: Tx): Promise<void> {
  await sql`select 1 from event_head for update`.execute(tx);
}

function bodyOf(event: NewEvent, seq: bigint): string {
  const { type, actor, subject, customerId, caseId, why, before, after, data } = event;
  const at = event.at.toString({ smallestUnit: "microsecond" });
  return canonicalJson(
    toJson({
      seq: seq.toString(),
      type,
      at,
      actor,
      subject,
      customerId: customerId ?? null,
      caseId: caseId ?? null,
      why: why ?? null,
      before: before ?? null,
      after: after ?? null,
      data: data ?? null,
    }),
  );
}

const columns = (event: NewEvent) => ({
  type: event.type,
  at: event.at.toString({ smallestUnit: "microsecond" }),
  actor_kind: event.actor.kind,
  actor_id: event.actor.id,
  subject_kind: event.subject.kind,
  subject_id: event.subject.id,
  customer_id: event.customerId ?? null,
  case_id: event.caseId ?? null,
});

function missingHead(): never {
  throw new Error("invariant broken: the event log has no end");
}

export type EventFilter = {
  readonly customerId?: string | undefined;
  readonly caseId?: string | undefined;
  readonly subject?: { readonly kind: string; readonly id: string } | undefined;
  /** Events whose type starts with this, e.g. `response.`. */
  readonly typePrefix?: string | undefined;
  readonly actorId?: string | undefined;
  /** Newest first: only rows before this one. */
  readonly beforeSeq?: bigint | undefined;
  /** Events dated from this moment on, and before that one. */
  readonly since?: Temporal.Instant | undefined;
  readonly until?: Temporal.Instant | undefined;
  readonly limit: number;
};

/** A page of the log, newest first: timelines and the audit page. */
export async function readEvents(tx: Tx, filter: EventFilter): Promise<readonly LoggedEvent[]> {
  const conditions = [
    filter.customerId === undefined ? undefined : sql`customer_id = ${filter.customerId}`,
    filter.caseId === undefined ? undefined : sql`case_id = ${filter.caseId}`,
    filter.subject === undefined
      ? undefined
      : sql`subject_kind = ${filter.subject.kind} and subject_id = ${filter.subject.id}`,
    filter.typePrefix === undefined ? undefined : sql`starts_with(type, ${filter.typePrefix})`,
    filter.actorId === undefined ? undefined : sql`actor_id = ${filter.actorId}`,
    filter.beforeSeq === undefined ? undefined : sql`seq < ${filter.beforeSeq}`,
    filter.since === undefined ? undefined : sql`at >= ${filter.since}`,
    filter.until === undefined ? undefined : sql`at < ${filter.until}`,
  ].filter((condition) => condition !== undefined);
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const limit = Math.min(filter.limit, EVENTS_PAGE_MAX);
  // What has few events of its own, or a stretch of time, has an index that finds them sooner.
  const isNarrow =
    (filter.customerId ?? filter.caseId ?? filter.subject ?? filter.actorId ?? filter.since) !== undefined;
  const from = filter.typePrefix === undefined || isNarrow ? sql`event` : ofTypes(filter.typePrefix, where, limit);
  const { rows } = await sql<EventRow>`select * from ${from} where ${where} order by seq desc limit ${limit}`.execute(
    tx,
  );
  return rows.map(toLogged);
}

/**
 * The newest events of each type that begins so. Types are few and events are many: stepping from type to type in the index
 * and taking the newest of each reads a page of rows, where a search by prefix would read the whole log for a rare type.
 * The steps go on to the last type, since not every collation keeps types with one beginning together.
 */
const ofTypes = (prefix: string, where: RawBuilder<unknown>, limit: number) => sql`(
  with recursive kind(type) as (
    (select type from event where type >= ${prefix} order by type limit 1)
    union all select (select e.type from event e where e.type > kind.type order by e.type limit 1) from kind where kind.type is not null)
  select newest.* from kind cross join lateral (select * from event where type = kind.type and ${where} order by seq desc limit ${limit}) newest
  where starts_with(kind.type, ${prefix})) event`;

/** The next events after `seq` in order: how other slices follow the log as an outbox. */
export async function readEventsAfter(tx: Tx, seq: bigint, limit: number): Promise<readonly LoggedEvent[]> {
  const { rows } =
    await sql<EventRow>`select * from event where seq > ${seq} order by seq limit ${Math.min(limit, EVENTS_PAGE_MAX)}`.execute(
      tx,
    );
  return rows.map(toLogged);
}

/** Where a reader of the outbox stands; locks its row so that two workers do not read the same events. */
export async function cursorOf(tx: Tx, reader: string): Promise<bigint> {
  await sql`insert into event_cursor (reader, seq) values (${reader}, 0) on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ seq: bigint }>`select seq from event_cursor where reader = ${reader} for update`.execute(
    tx,
  );
  return rows[0]?.seq ?? 0n;
}

/** Moves a reader on, in the transaction that used the events. */
export async function moveCursor(tx: Tx, reader: string, seq: bigint): Promise<void> {
  await sql`update event_cursor set seq = ${seq} where reader = ${reader} and seq <= ${seq}`.execute(tx);
}

function toLogged(row: EventRow): LoggedEvent {
  const body = JSON.parse(row.body) as Body;
  return {
    seq: row.seq,
    type: row.type,
    actor: body.actor,
    at: row.at,
    subject: body.subject,
    customerId: row.customer_id as CustomerId | null,
    caseId: row.case_id as CaseId | null,
    why: body.why,
    before: body.before,
    after: body.after,
    data: body.data,
    hash: row.hash,
  };
}

/** Number of the newest event, 0 when there is none. */
export async function latestSeq(tx: Tx): Promise<bigint> {
  const { rows } = await sql<{ seq: bigint }>`select seq from event_head`.execute(tx);
  return rows[0]?.seq ?? 0n;
}
