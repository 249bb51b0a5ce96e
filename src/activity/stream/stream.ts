import type { BulkTransaction, CopyInto } from "../../store/bulk.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { Appended, EventRange, EventRef, EventStream, NewRecord, StoredEvent } from "../contract-stream.ts";
import { DAYS_A_TRANSACTION, piecesOf } from "./decide-chunks.ts";
import { type Normalise, storedEvent } from "./read-row.ts";
import { intakeStamp, type PreparedRow, prepareRow } from "./row.ts";
import { copyRows, KeptBefore, knownKeys, lockStream, saveAppend, saveUndated, undatedDays } from "./store-append.ts";
import { daysKept, makeDays } from "./store-days.ts";
import { lastPosition, rowsAfter, rowsByRef, rowsOfDay, type ScanPlace } from "./store-read.ts";

export type StreamDeps = {
  readonly store: Store;
  readonly bulk: BulkTransaction;
  readonly normalise: Normalise;
};

/** Records of one append. More at once would keep other senders waiting. */
export const APPEND_RECORDS_MAX = 50_000;
/** One prepares while one writes; the rest wait here and not on connections of the pool. */
const APPENDS_AT_ONCE = 2;
const SCAN_ROWS = 2_000;
const READ_ROWS_MAX = 10_000;
/** A day that is made while another process drops it is made again; more often is a bug. */
const TRIES_MAX = 4;

type By = Parameters<EventStream["append"]>[1];

/** Days whose tables are not there yet: the append steps back, makes them and starts again. */
class DaysMissing extends Error {
  readonly days: readonly string[];
  constructor(days: readonly string[]) {
    super("days of activity events are missing");
    this.days = days;
  }
}
/** PostgreSQL: no partition for a row. */
const NO_PARTITION = "23514";
const isNoPartition = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === NO_PARTITION && /no partition/.test(error.message);

/** The event stream on PostgreSQL, with what pages of it need besides the port. */
export type PostgresStream = EventStream & {
  /** Several events by name, in the order of the names; those that are not kept any more are left out. */
  byRefs(refs: readonly EventRef[]): Promise<readonly StoredEvent[]>;
};

/** Opens the stream. What it promises is in contract-stream; how, in README. */
export function createStream(deps: StreamDeps): PostgresStream {
  const { store, normalise } = deps;
  const known = new Set<string>();
  const repeating = createMemory();
  const gate = createGate(APPENDS_AT_ONCE);
  const read = (rows: Parameters<typeof storedEvent>[0][]): readonly StoredEvent[] =>
    rows.map((row) => storedEvent(row, normalise));

  async function append(records: readonly NewRecord[], by: By): Promise<Appended> {
    if (records.length > APPEND_RECORDS_MAX)
      throw new Error(`invariant broken: ${records.length} records in one append; at most ${APPEND_RECORDS_MAX}`);
    const rows = prepare(records, by);
    const parts = partsOf(rows);
    // Only the last part is written with what stands alongside, and that is told the sum of all.
    let before: Appended = { fresh: 0, repeated: records.length - rows.length, lastPosition: undefined };
    for (const part of parts.slice(0, -1))
      before = await appendPart({ rows: part, before, by: { intake: by.intake, now: by.now } });
    return appendPart({ rows: parts.at(-1) ?? [], before, by });
  }

  async function appendPart(part: Part): Promise<Appended> {
    const { before, by } = part;
    for (let tries = 1; ; tries++) {
      try {
        const asks = repeating.has(by.intake);
        const done = await deps.bulk((tx, copyInto) => write({ tx, copyInto, known, asks }, part));
        repeating.set(by.intake, done.repeated > before.repeated);
        return done;
      } catch (error) {
        if (tries >= TRIES_MAX) throw error;
        if (error instanceof KeptBefore) {
          repeating.set(by.intake, true);
          continue;
        }
        if (error instanceof DaysMissing) await makeDays(store, error.days);
        else if (isNoPartition(error)) known.clear();
        else throw error;
        for (const day of await daysKept(store.db)) known.add(day);
      }
    }
  }

  return {
    append: (records, by) => gate(() => append(records, by)),
    readAfter: async (position, limit) =>
      read([...(await rowsAfter(store.db, position, Math.min(limit, READ_ROWS_MAX)))]),
    end: () => lastPosition(store.db),
    scan: (range) => scan(deps, range),
    byId: async (source, id) => read([...(await rowsByRef(store.db, [{ source, id }]))])[0],
    byRefs: async (refs) => (refs.length === 0 ? [] : read([...(await rowsByRef(store.db, refs))])),
  };
}

/** Intakes remembered. */
const INTAKES_MAX = 1_000;

/**
 * Which intakes sent records again lately: these are asked for their known keys before anything is added. The others are added straight away,
 * and the database's own key says when one was known after all.
 */
function createMemory(): { has(intake: string): boolean; set(intake: string, isRepeating: boolean): void } {
  const told = new Map<string, boolean>();
  return {
    has: (intake) => told.get(intake) ?? true,
    set: (intake, isRepeating) => {
      if (told.size >= INTAKES_MAX) told.clear();
      told.set(intake, isRepeating);
    },
  };
}

/** Rows of an append, each key once. */
function prepare(records: readonly NewRecord[], by: By): readonly PreparedRow[] {
  const stamp = intakeStamp(by.now);
  const rows = new Map<string, PreparedRow>();
  for (const record of records) {
    const row = prepareRow(record, { intake: by.intake, now: by.now, stamp });
    // The same record on two days is two events only when the source tells two times.
    const name = row.isUndated ? row.key : `${row.key}${row.day}`;
    if (!rows.has(name)) rows.set(name, row);
  }
  return [...rows.values()];
}

/** What one transaction adds. */
type Part = {
  readonly rows: readonly PreparedRow[];
  /** What earlier parts of the same append did, and what it repeated within itself. */
  readonly before: Appended;
  readonly by: By;
};

/** An append in one part, unless it spans more days than one transaction may touch: years of days come from old files only. */
function partsOf(rows: readonly PreparedRow[]): readonly (readonly PreparedRow[])[] {
  const byDay = Map.groupBy(rows, ({ day }) => day);
  if (byDay.size <= DAYS_A_TRANSACTION) return [rows];
  return piecesOf([...byDay.keys()].sort(), DAYS_A_TRANSACTION).map((days) =>
    days.flatMap((day) => byDay.get(day) ?? []),
  );
}

type Writing = {
  readonly tx: Tx;
  readonly copyInto: CopyInto;
  /** Days that have a table. */
  readonly known: ReadonlySet<string>;
  /** Whether to ask for known keys before adding. */
  readonly asks: boolean;
};

async function write(at: Writing, batch: Part): Promise<Appended> {
  const { tx, copyInto, known } = at;
  const { rows, before, by } = batch;
  await lockStream(tx);
  const newlyUndated = await fileUndated(tx, rows);
  const byDay = Map.groupBy(rows, ({ day }) => day);
  const missing = [...byDay.keys()].filter((day) => !known.has(day));
  if (missing.length > 0) throw new DaysMissing(missing);
  const repeated = new Set<PreparedRow>();
  const isUndatedKnown = newlyUndated.length < rows.filter(({ isUndated }) => isUndated).length;
  for (const [day, ofDay] of at.asks || isUndatedKnown ? byDay : []) {
    const found = await knownKeys(
      tx,
      day,
      ofDay.map(({ key }) => key),
    );
    if (found.size > 0) for (const row of ofDay) if (found.has(row.key)) repeated.add(row);
  }
  const fresh = repeated.size === 0 ? rows : rows.filter((row) => !repeated.has(row));
  const undated = newlyUndated.filter((row) => !repeated.has(row));
  let last: bigint | undefined;
  if (fresh.length > 0) {
    await copyRows(copyInto, fresh);
    if (undated.length > 0) await saveUndated(tx, undated);
    const days = [...new Set(fresh.map(({ day }) => day))];
    last = await saveAppend(tx, { fresh: fresh.length, days, now: by.now });
  }
  const appended: Appended = {
    fresh: before.fresh + fresh.length,
    repeated: before.repeated + repeated.size,
    lastPosition: last ?? before.lastPosition,
  };
  await by.alongside?.(tx, appended);
  return appended;
}

/** Files undated records under the day they were first received; returns those that are met for the first time. */
async function fileUndated(tx: Tx, rows: readonly PreparedRow[]): Promise<readonly PreparedRow[]> {
  const undated = rows.filter(({ isUndated }) => isUndated);
  if (undated.length === 0) return [];
  const days = await undatedDays(
    tx,
    undated.map(({ key }) => key),
  );
  for (const row of undated) row.day = days.get(row.key) ?? row.day;
  return undated.filter(({ key }) => !days.has(key));
}

async function* scan(deps: StreamDeps, range: EventRange): AsyncGenerator<readonly StoredEvent[]> {
  const { store, normalise } = deps;
  const first = dayText(range.from);
  const last = dayText(range.until);
  for (const day of await daysKept(store.db)) {
    if (day < first || day > last) continue;
    let place: ScanPlace | undefined;
    for (;;) {
      const rows = await rowsOfDay(store.db, range, { day, place, limit: SCAN_ROWS });
      const end = rows.at(-1);
      if (end === undefined) break;
      place = { at: end.at, position: end.position };
      yield rows.map((row) => storedEvent(row, normalise));
      if (rows.length < SCAN_ROWS) break;
    }
  }
}
const dayText = (at: Temporal.Instant): string => at.toString().slice(0, 10);

/** Lets so many run at once; the others wait in the order they came. */
function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
