import { verifyChain } from "../store/audit.ts";
import { type LoggedEvent, type Store, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents, type EventFilter, latestSeq, readEvents } from "../store/events.ts";
import { readSetting, writeSetting } from "../store/settings.ts";
import {
  ACCESS_EVENTS,
  AUDIT_CHECK,
  type AuditCheckWire,
  auditCheckJson,
  type AuditPageWire,
  type AuditRowWire,
} from "./contract.ts";
import type { Desk } from "./desk.ts";

/** One page of the log, newest first. */
export async function auditPage(tx: Tx, filter: EventFilter): Promise<AuditPageWire> {
  const [found, newest] = await Promise.all([readEvents(tx, { ...filter, limit: filter.limit + 1 }), latestSeq(tx)]);
  const rows = found.slice(0, filter.limit);
  return {
    rows: rows.map(auditRow),
    older: found.length > rows.length ? (rows.at(-1)?.seq.toString() ?? null) : null,
    newestSeq: newest.toString(),
  };
}

const auditRow = ({ seq, at, ...event }: LoggedEvent): AuditRowWire => ({
  ...event,
  seq: seq.toString(),
  at: at.toString(),
});

/** The last check of the chain; undefined when it was never checked. */
export async function lastCheck(tx: Tx): Promise<AuditCheckWire | undefined> {
  const parsed = auditCheckJson.safeParse(await readSetting(tx, AUDIT_CHECK));
  return parsed.success ? parsed.data : undefined;
}

let running: { readonly store: Store; readonly check: Promise<AuditCheckWire> } | undefined;

/** Walks the whole chain and remembers what was found. Whoever asks while a walk runs gets that walk's result. */
export const checkChain = (desk: Desk): Promise<AuditCheckWire> => once(desk, () => walk(desk, undefined));

/** How long it is enough to walk what was added since the last good check; then the whole chain is walked again. */
const WHOLE_EVERY_HOURS = 24;

/** The regular check: what was added since the last good one, and once a day the whole chain. */
export const checkAdded = (desk: Desk): Promise<AuditCheckWire> =>
  once(desk, async () => {
    const last = await lastCheck(desk.store.db);
    const isFresh =
      last !== undefined &&
      Temporal.Instant.compare(
        Temporal.Instant.from(last.wholeAt).add({ hours: WHOLE_EVERY_HOURS }),
        desk.clock.now(),
      ) > 0;
    return walk(desk, last?.ok === true && isFresh ? last : undefined);
  });

async function once(desk: Desk, work: () => Promise<AuditCheckWire>): Promise<AuditCheckWire> {
  if (running?.store === desk.store) return running.check;
  const check = work();
  running = { store: desk.store, check };
  try {
    return await check;
  } finally {
    running = undefined;
  }
}

async function walk(desk: Desk, after: AuditCheckWire | undefined): Promise<AuditCheckWire> {
  // Rows are numbered from 1 without gaps, so that the count of good rows is the number of the last of them.
  const start = after?.lastHash ? { seq: BigInt(after.rows), hash: after.lastHash } : undefined;
  const report = await verifyChain(desk.store.db, start);
  const now = desk.clock.now().toString();
  const check: AuditCheckWire = {
    verifiedAt: now,
    wholeAt: start === undefined ? now : (after?.wholeAt ?? now),
    ok: report.ok,
    rows: Number(start?.seq ?? 0n) + report.rows,
    lastHash: report.ok ? report.lastHash : null,
    brokenSeq: report.ok ? null : report.brokenSeq,
    why: report.ok ? null : report.why,
  };
  const before = await lastCheck(desk.store.db);
  await desk.store.inTransaction((tx) => writeSetting(tx, AUDIT_CHECK, check));
  if ((before?.ok ?? true) !== check.ok) await logTurn(desk, check);
  return check;
}

/** A break is written down once, when it is found; where the log takes no row any more, the remembered check must do. */
async function logTurn(desk: Desk, { ok, rows, brokenSeq, why }: AuditCheckWire): Promise<void> {
  const type = ok ? ACCESS_EVENTS.auditMended : ACCESS_EVENTS.auditBroken;
  const event = {
    type,
    actor: SURETY,
    at: desk.clock.now(),
    subject: { kind: "audit", id: "chain" },
    data: { rows, brokenSeq, why },
  };
  await desk.store.inTransaction((tx) => appendEvents(tx, [event])).catch(() => undefined);
}
