import { createHash } from "node:crypto";
import { setImmediate as breathe } from "node:timers/promises";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, NewEvent } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { ACTIVITY_EVENTS } from "../contract.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { Appended, NewRecord } from "../contract-stream.ts";
import { type BatchReport, INTAKE_LIMITS } from "./contract.ts";
import {
  countProblem,
  countRecords,
  type Hint,
  newTally,
  ownerOf,
  reportOf,
  type Tally,
  withHint,
} from "./decide-count.ts";
import { lineProblem, type Piece, readPiece } from "./decide-records.ts";
import type { IntakeDeps } from "./deps.ts";
import { piecesOf } from "./pieces.ts";
import { addBatch, type BatchKey, loadBatch } from "./store.ts";

export type Batch = BatchKey & {
  /** As events name where they came in: `push:KEY`. */
  readonly intake: string;
  /** The unpacked body. */
  readonly bytes: Uint8Array;
  readonly hint: Hint;
  readonly fileName?: string | undefined;
  readonly contentType?: string | undefined;
  /** Given: the batch gets a line in the event log. What machines push all day is told by its own table only. */
  readonly actor?: Actor | undefined;
  readonly now: Temporal.Instant;
};
export type Taken = { readonly report: BatchReport; readonly isRepeat: boolean };

/** Lines read in one go before others get their turn: about ten milliseconds. */
const LINES_AT_ONCE = 500;

/**
 * Takes a batch in: all its good records and its report are kept in one transaction before this answers. A batch whose id is known is not
 * read again: its first report is given.
 */
export async function takeBatch(deps: IntakeDeps, batch: Batch): Promise<Result<Taken, Refusal>> {
  const contentHash = createHash("sha256").update(batch.bytes).digest("hex");
  const known = await answerOfKnown(deps, batch, contentHash);
  if (known !== undefined) return known;
  const tally = newTally();
  const records = await readRecords(deps, batch, tally);
  try {
    await keep(deps, { batch, contentHash, tally, records });
  } catch (error) {
    if (!(error instanceof AlreadyTaken)) throw error;
    return (await answerOfKnown(deps, batch, contentHash)) ?? raise(error);
  }
  deps.count?.(batch.intake, tally);
  return ok({ report: reportOf(batch.batch, tally), isRepeat: false });
}

async function answerOfKnown(
  deps: IntakeDeps,
  batch: Batch,
  contentHash: string,
): Promise<Result<Taken, Refusal> | undefined> {
  const known = await loadBatch(deps.store.db, batch);
  if (known === undefined) return undefined;
  if (known.contentHash !== contentHash)
    return no("conflict", "batch-reused", "this batch id came with other content before: give every batch its own id");
  return ok({ report: known.report, isRepeat: true });
}

/** Another process took the same batch while we read it: ours is undone whole. */
class AlreadyTaken extends Error {}
const raise = (error: Error): never => {
  throw error;
};

async function readRecords(deps: IntakeDeps, batch: Batch, tally: Tally): Promise<readonly NewRecord[]> {
  const events: ActivityEvent[] = [];
  let lines = 0;
  for (const piece of piecesOf(deps, batch)) {
    lines += 1;
    if (lines % LINES_AT_ONCE === 0) await breathe();
    const found = events.length < INTAKE_LIMITS.recordsMax ? eventsOf(deps, piece, { batch, tally }) : undefined;
    if (found !== undefined && events.length + found.length <= INTAKE_LIMITS.recordsMax) events.push(...found);
    else countProblem(tally, lineProblem(piece.line, "too-many"));
  }
  return ownRecords(deps, events, batch.hint);
}

/** The events of one piece, or its problem counted. */
export function eventsOf(
  deps: Pick<IntakeDeps, "normalise">,
  piece: Piece,
  { batch, tally }: { readonly batch: Pick<Batch, "now" | "hint">; readonly tally: Tally },
): readonly ActivityEvent[] {
  const read = readPiece(piece);
  if ("problem" in read) {
    countProblem(tally, read.problem);
    return [];
  }
  const at = { receivedAt: batch.now };
  return read.records.flatMap((raw) => deps.normalise(raw, at)).map((event) => withHint(event, batch.hint));
}

export async function ownRecords(
  deps: Pick<IntakeDeps, "owners" | "store">,
  events: readonly ActivityEvent[],
  hint: Hint,
): Promise<readonly NewRecord[]> {
  const owners = await deps.owners.of(deps.store.db, events);
  return events.map((event) => ({ event, customer: ownerOf(event, owners, hint) }));
}

type Keeping = {
  readonly batch: Batch;
  readonly contentHash: string;
  readonly tally: Tally;
  readonly records: readonly NewRecord[];
};

async function keep({ stream, store }: IntakeDeps, { batch, contentHash, tally, records }: Keeping): Promise<void> {
  countRecords(tally, records);
  const alongside = async (tx: Parameters<typeof addBatch>[0], { fresh, repeated }: Appended): Promise<void> => {
    Object.assign(tally, { fresh, repeated });
    const { sender, batch: id, intake, fileName, now } = batch;
    const row = { sender, batch: id, intake, contentHash, fileName, state: "done", itemsDone: 0, tally, now } as const;
    if (!(await addBatch(tx, row))) throw new AlreadyTaken();
    await appendEvents(tx, takenEvents(batch, tally));
  };
  if (records.length > 0) await stream.append(records, { intake: batch.intake, now: batch.now, alongside });
  else await store.inTransaction((tx) => alongside(tx, { fresh: 0, repeated: 0, lastPosition: undefined }));
}

/** The line of a batch in the event log; none when a machine sent it. */
export function takenEvents(
  { actor, now, sender, batch, intake }: Pick<Batch, "actor" | "now" | "sender" | "batch" | "intake">,
  { fresh, repeated, unknown, refused }: Tally,
): readonly NewEvent[] {
  if (actor === undefined) return [];
  const data = { intake, records: fresh + repeated + refused, fresh, repeated, unknown, refused };
  return [
    {
      type: ACTIVITY_EVENTS.taken,
      actor,
      at: now,
      subject: { kind: "activity-batch", id: `${sender}|${batch}` },
      data,
    },
  ];
}
