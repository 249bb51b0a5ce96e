import { z } from "zod";
import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import { customerIdInput, instantJson } from "../../core/wire.ts";
import type { Tx } from "../../store/contract.ts";
import type { ActivityEvent } from "../contract-event.ts";

/** The only door of intake: what comes in by push, by file, by pull and from sync. */

/** Reads a record of any shape; an envelope may hold many. Never throws: what it does not know has the source `unknown`. */
export type Normalise = (raw: Json, at: { readonly receivedAt: Temporal.Instant }) => readonly ActivityEvent[];
/** Which of these tenants (GUIDs in lower case) are customers of ours. */
export type CustomersByTenant = (tx: Tx, tenants: readonly string[]) => Promise<ReadonlyMap<string, CustomerId>>;
/** Whose these Azure subscriptions are (GUIDs in lower case). */
export type CustomersBySubscription = (
  tx: Tx,
  subscriptions: readonly string[],
) => Promise<ReadonlyMap<string, CustomerId>>;

/** Named limits of what is taken in, in one place so that senders can be told. */
export const INTAKE_LIMITS = {
  /** A body as it is sent. */
  sentBytesMax: 32 * 1024 * 1024,
  /** The same body unpacked. */
  unpackedBytesMax: 64 * 1024 * 1024,
  /** Times that a body may grow by unpacking; real logs stay under 60. */
  ratioMax: 200,
  /** Below this size growth is not judged: a small body may be one byte repeated. */
  ratioFreeBytes: 1024 * 1024,
  /** Records in one body: what the stream keeps in one go. */
  recordsMax: 50_000,
  /** One record. Microsoft's own largest is 1 MiB. */
  lineBytesMax: 2 * 1024 * 1024,
  /** Objects and lists inside each other in one record. */
  depthMax: 64,
  /** Problems that a report names one by one; the rest is counted. */
  problemsMax: 1_000,
  /** Batches unpacked and read at once: each may take ten times its size in memory. */
  batchesAtOnce: 2,
  /** Batches in hand, and their bytes as sent; one more is asked to come back. */
  batchesInHandMax: 8,
  bytesInHandMax: 96 * 1024 * 1024,
  /** What a refused sender is told to wait. */
  retryAfterSeconds: 2,
  /** How long a batch id is remembered. After that the record's own id still keeps it from being stored twice. */
  batchDays: 30,
} as const;

/** Why a line was not taken. */
export const LINE_PROBLEMS = {
  "not-json": "send one JSON object per line, or one JSON list",
  "not-an-object": "a record is a JSON object",
  "too-long": "a record may have at most 2 MiB",
  "too-deep": "a record may hold at most 64 objects and lists inside each other",
  "too-many": "send at most 50,000 records at once",
  "cut-off": "the body ends in the middle of this record: send it again",
  "not-utf8": "the text must be UTF-8",
  "csv-row": "the row has another number of cells than the heading",
} as const;
export type LineProblemCode = keyof typeof LINE_PROBLEMS;

export const lineProblemJson = z.object({
  /** Line of the text; in a JSON list or an envelope the place in the list, 1 is the first. */
  line: z.number().int(),
  code: z.string(),
  message: z.string(),
  fix: z.string(),
});
export type LineProblem = z.infer<typeof lineProblemJson>;

/** What became of a batch. `received` = `fresh` + `repeated` + `refused`. */
export const batchReportJson = z.object({
  batch: z.string(),
  received: z.number().int(),
  /** Records that are new, and kept for good when this is answered. */
  fresh: z.number().int(),
  /** Records that were known. */
  repeated: z.number().int(),
  /** Of those taken: in a shape nobody here knows; kept as they came. */
  unknown: z.number().int(),
  /** Of those taken: of no customer of ours. */
  nobodys: z.number().int(),
  refused: z.number().int(),
  /** The first 1,000 refused lines. */
  lines: z.array(lineProblemJson),
  /** Refused lines that `lines` leaves out. */
  linesLeftOut: z.number().int(),
});
export type BatchReport = z.infer<typeof batchReportJson>;

/** A batch id of the sender: any visible text without blanks. */
export const BATCH_FORM = /^[\x21-\x7e]{1,200}$/;
export const pushQuery = z.strictObject({
  batch: z.string().regex(BATCH_FORM, "must be 1 to 200 visible ASCII characters").optional(),
  /** Whose records are that name no tenant and no subscription. */
  customer: customerIdInput.optional(),
  /** The tenant of records that name none. */
  tenant: customerIdInput.optional(),
});
export const fileQuery = z.strictObject({
  ...pushQuery.shape,
  /** Name of the file: its ending tells its form. */
  name: z.string().trim().min(1).max(200),
});

export const batchRowJson = z.object({
  batch: z.string(),
  intake: z.string(),
  fileName: z.string().nullable(),
  state: z.enum(["open", "done"]),
  received: z.number().int(),
  fresh: z.number().int(),
  repeated: z.number().int(),
  unknown: z.number().int(),
  nobodys: z.number().int(),
  refused: z.number().int(),
  at: instantJson,
});
export type BatchRow = z.infer<typeof batchRowJson>;
