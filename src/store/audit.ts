import { sql } from "kysely";
import type { Tx } from "./contract.ts";
import { chainHash } from "./events.ts";

/** One row of the chain, in the database and in an export file alike. */
export type ChainRow = {
  readonly seq: string;
  readonly body: string;
  readonly prevHash: string;
  readonly hash: string;
};

/** What a walk along the chain found. `brokenSeq` is the first row that does not fit. */
export type ChainReport =
  | { readonly ok: true; readonly rows: number; readonly lastHash: string }
  | { readonly ok: false; readonly rows: number; readonly brokenSeq: string; readonly why: string };

const ROWS_A_READ = 5_000;
const START = { seq: 0n, hash: "0".repeat(64) };

/** Checks rows one by one; a walker, so that the database, an export and a stream are verified by the same code. */
export function chainWalker(start: { readonly seq: bigint; readonly hash: string } = START) {
  let { seq, hash } = start;
  let rows = 0;
  return {
    /** The reason this row breaks the chain, or undefined. */
    step(row: ChainRow): string | undefined {
      if (BigInt(row.seq) !== seq + 1n) return `row ${seq + 1n} is missing`;
      if (row.prevHash !== hash) return "its previous hash is not the hash of the row before";
      if (row.hash !== chainHash(hash, row.body)) return "its text was changed after it was written";
      if ((JSON.parse(row.body) as { seq: string }).seq !== row.seq)
        return "its number was changed after it was written";
      seq += 1n;
      hash = row.hash;
      rows += 1;
      return undefined;
    },
    end: () => ({ seq, hash, rows }),
  };
}

type StoredRow = ChainRow & { readonly columns_fit: boolean };

/**
 * Recomputes the chain from the database and compares its end with the kept head. Whole unless told a row from which it
 * was found good before; `rows` counts the rows walked now.
 */
export async function verifyChain(tx: Tx, start?: Parameters<typeof chainWalker>[0]): Promise<ChainReport> {
  const walker = chainWalker(start);
  for (;;) {
    const { seq, rows: seen } = walker.end();
    const rows = await readChain(tx, seq);
    for (const row of rows) {
      const why = walker.step(row) ?? (row.columns_fit ? undefined : "its columns do not say what its text says");
      if (why !== undefined) return { ok: false, rows: walker.end().rows, brokenSeq: row.seq, why };
    }
    if (rows.length < ROWS_A_READ) return await compareHead(tx, walker.end());
    if (walker.end().rows === seen) throw new Error("invariant broken: the walk along the chain does not move");
  }
}

async function readChain(tx: Tx, afterSeq: bigint): Promise<readonly StoredRow[]> {
  const { rows } = await sql<StoredRow>`select seq::text as seq, body, prev_hash as "prevHash", hash,
      (type = body::json->>'type' and at = (body::json->>'at')::timestamptz and actor_id = body::json->'actor'->>'id'
        and subject_kind = body::json->'subject'->>'kind' and subject_id = body::json->'subject'->>'id'
        and customer_id is not distinct from body::json->>'customerId' and case_id is not distinct from body::json->>'caseId') as columns_fit
    from event where seq > ${afterSeq} order by event.seq limit ${ROWS_A_READ}`.execute(tx);
  return rows;
}

async function compareHead(tx: Tx, end: { seq: bigint; hash: string; rows: number }): Promise<ChainReport> {
  const { rows } = await sql<{ seq: bigint; hash: string }>`select seq, hash from event_head`.execute(tx);
  const head = rows[0];
  // Events written while we walked lie beyond what we read; they are checked by the next walk.
  if (head !== undefined && head.seq < end.seq) return { ok: true, rows: end.rows, lastHash: end.hash };
  if (head?.seq === end.seq && head.hash === end.hash) return { ok: true, rows: end.rows, lastHash: end.hash };
  const written = await readChain(tx, end.seq);
  if (written.length > 0) return { ok: true, rows: end.rows, lastHash: end.hash };
  return {
    ok: false,
    rows: end.rows,
    brokenSeq: (end.seq + 1n).toString(),
    why: "the log ends before its recorded end: rows were cut off",
  };
}

/** The chain as JSON lines, oldest first, for an export that anyone can verify without this desk. */
export async function* exportChain(tx: Tx): AsyncGenerator<string> {
  let after = 0n;
  for (;;) {
    const rows = await readChain(tx, after);
    for (const { seq, body, prevHash, hash } of rows) yield `${JSON.stringify({ seq, body, prevHash, hash })}\n`;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_A_READ) return;
    after = BigInt(last.seq);
  }
}

/** Verifies an exported file line by line, offline. */
export async function verifyExport(lines: AsyncIterable<string>): Promise<ChainReport> {
  const walker = chainWalker();
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const expected = (walker.end().seq + 1n).toString();
    let why: string | undefined;
    try {
      why = walker.step(JSON.parse(line) as ChainRow);
    } catch {
      why = "its line is not readable";
    }
    if (why !== undefined) return { ok: false, rows: walker.end().rows, brokenSeq: expected, why };
  }
  const { rows, hash } = walker.end();
  return { ok: true, rows, lastHash: hash };
}
