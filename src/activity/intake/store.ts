import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import type { BatchReport, BatchRow, LineProblem } from "./contract.ts";
import { reportOf, type Tally } from "./decide-count.ts";

/** Whose batch: an id is the sender's own, so two senders may use the same. */
export type BatchKey = { readonly sender: string; readonly batch: string };

type Row = {
  readonly batch: string;
  readonly intake: string;
  readonly file_name: string | null;
  readonly content_hash: string | null;
  readonly state: "open" | "done";
  readonly items_done: bigint;
  readonly fresh: bigint;
  readonly repeated: bigint;
  readonly unknown: bigint;
  readonly nobodys: bigint;
  readonly refused: bigint;
  readonly lines: readonly LineProblem[];
  readonly at: Temporal.Instant;
};

const tallyOf = (row: Row): Tally => ({
  fresh: Number(row.fresh),
  repeated: Number(row.repeated),
  unknown: Number(row.unknown),
  nobodys: Number(row.nobodys),
  refused: Number(row.refused),
  lines: [...row.lines],
});

export type KnownBatch = {
  readonly contentHash: string | undefined;
  readonly state: "open" | "done";
  readonly itemsDone: number;
  readonly tally: Tally;
  readonly report: BatchReport;
};

export async function loadBatch(tx: Tx, { sender, batch }: BatchKey): Promise<KnownBatch | undefined> {
  const { rows } = await sql<Row>`select * from activity_batch where sender = ${sender} and batch = ${batch}`.execute(
    tx,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const tally = tallyOf(row);
  return {
    contentHash: row.content_hash ?? undefined,
    state: row.state,
    itemsDone: Number(row.items_done),
    tally,
    report: reportOf(batch, tally),
  };
}

export type BatchToKeep = BatchKey & {
  readonly intake: string;
  readonly contentHash?: string | undefined;
  readonly fileName?: string | undefined;
  readonly state: "open" | "done";
  readonly itemsDone: number;
  readonly tally: Tally;
  readonly now: Temporal.Instant;
};

/** Keeps the report of a batch. False when the batch is known already: then nothing was kept. */
export async function addBatch(tx: Tx, one: BatchToKeep): Promise<boolean> {
  const { rows } = await sql<{
    one: number;
  }>`insert into activity_batch (sender, batch, intake, content_hash, file_name, state, items_done,
      fresh, repeated, unknown, nobodys, refused, lines, first_at, at)
    values (${one.sender}, ${one.batch}, ${one.intake}, ${one.contentHash ?? null}, ${one.fileName ?? null}, ${one.state}, ${one.itemsDone},
      ${one.tally.fresh}, ${one.tally.repeated}, ${one.tally.unknown}, ${one.tally.nobodys}, ${one.tally.refused},
      ${linesText(one.tally)}::jsonb, ${one.now}, ${one.now})
    on conflict do nothing returning 1 as one`.execute(tx);
  return rows.length > 0;
}

/** Moves a file on: what was counted so far, and how many of its items need not be read again. */
export async function moveBatch(tx: Tx, one: BatchToKeep): Promise<void> {
  await sql`insert into activity_batch (sender, batch, intake, file_name, state, items_done, fresh, repeated, unknown, nobodys, refused, lines,
      first_at, at)
    values (${one.sender}, ${one.batch}, ${one.intake}, ${one.fileName ?? null}, ${one.state}, ${one.itemsDone}, ${one.tally.fresh},
      ${one.tally.repeated}, ${one.tally.unknown}, ${one.tally.nobodys}, ${one.tally.refused}, ${linesText(one.tally)}::jsonb, ${one.now}, ${one.now})
    on conflict (sender, batch) do update set state = excluded.state, items_done = excluded.items_done, fresh = excluded.fresh,
      repeated = excluded.repeated, unknown = excluded.unknown, nobodys = excluded.nobodys, refused = excluded.refused,
      lines = excluded.lines, at = excluded.at`.execute(tx);
}

/** PostgreSQL's jsonb cannot hold U+0000 or half a surrogate pair, and parsers quote what they stumble over. */
const linesText = ({ lines }: Tally): string =>
  JSON.stringify(lines).replaceAll(/\\u(0000|d[89a-f][0-9a-f]{2})/gi, "\\ufffd");

/** The newest batches, for the page. */
export async function loadBatches(tx: Tx, limit: number): Promise<readonly BatchRow[]> {
  const { rows } =
    await sql<Row>`select *, '[]'::jsonb as lines from activity_batch order by at desc limit ${limit}`.execute(tx);
  return rows.map((row) => {
    const { lines: _, linesLeftOut: __, ...counts } = reportOf(row.batch, tallyOf(row));
    return { ...counts, intake: row.intake, fileName: row.file_name, state: row.state, at: row.at.toString() };
  });
}

/** Forgets batches whose sender will not repeat them any more. Returns how many. */
export async function forgetBatches(tx: Tx, before: Temporal.Instant): Promise<number> {
  const { numAffectedRows } = await sql`delete from activity_batch where at < ${before}`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
