import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createZstdDecompress } from "node:zlib";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Actor } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { ActivityEvent } from "../contract-event.ts";
import { type BatchReport, INTAKE_LIMITS } from "./contract.ts";
import { countRecords, newTally, reportOf, type Tally } from "./decide-count.ts";
import type { Piece } from "./decide-records.ts";
import type { IntakeDeps } from "./deps.ts";
import { packingOf } from "./packing.ts";
import { csvSplitter, isCsv } from "./pieces.ts";
import { eventsOf, ownRecords, takenEvents } from "./service-push.ts";
import { recordSplitter, type Splitter } from "./splitter.ts";
import { type BatchToKeep, loadBatch, moveBatch } from "./store.ts";

/** Lines, or elements of a list, that are kept in one transaction together with how far the file was read. */
const ITEMS_AT_ONCE = 5_000;
/** The same by their size: lines may be envelopes of megabytes. */
const CHARACTERS_AT_ONCE = 16_000_000;
const SENDER = "command-line";

export type FileProgress = {
  readonly bytesRead: number;
  /** Undefined for standard input. */
  readonly bytesTotal: number | undefined;
  readonly records: number;
  readonly refused: number;
};
export type FileAsk = {
  /** Path of the file, `-` for standard input. */
  readonly path: string;
  readonly customer?: CustomerId | undefined;
  readonly actor: Actor;
  readonly stdin?: Readable | undefined;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
};
export type FileReport = BatchReport & {
  /** What the report says happened before: the file was read to its end at an earlier time. */
  readonly isRepeat: boolean;
  /** Items that an earlier reading, cut short, had kept already. */
  readonly resumedAt: number;
};

/**
 * Takes a file in, piece by piece. Each piece is kept together with the place in the file, so a reading that is cut short goes on there; what
 * was kept twice all the same is known by its id.
 */
export async function importActivityFile(deps: IntakeDeps, ask: FileAsk): Promise<Result<FileReport, Refusal>> {
  const name = ask.path === "-" ? "stdin" : basename(ask.path);
  const opened = await openFile(deps, ask, name);
  if (!opened.ok) return opened;
  const { batch, bytes, bytesTotal } = opened.value;
  const known = await loadBatch(deps.store.db, { sender: SENDER, batch });
  if (known?.state === "done") return ok({ ...known.report, isRepeat: true, resumedAt: known.itemsDone });
  const reading: Reading = {
    deps,
    ask,
    name,
    batch,
    tally: known?.tally ?? newTally(),
    skip: known?.itemsDone ?? 0,
    bytesRead: 0,
    bytesTotal,
  };
  try {
    await read(reading, bytes);
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (!isFileTrouble(code)) throw error;
    return no("invalid", "file-broken", `${name} cannot be read to its end (${code}): what was read is kept`, {
      facts: { name },
    });
  }
  return ok({ ...reportOf(batch, reading.tally), isRepeat: false, resumedAt: known?.itemsDone ?? 0 });
}

const isFileTrouble = (code: string | undefined): boolean =>
  /^(Z_|ERR_|ZSTD|EIO|EISDIR|EACCES|ENOENT)/.test(code ?? "");

type Opened = { readonly batch: string; readonly bytes: Readable; readonly bytesTotal: number | undefined };
/** A file is known by its beginning, its size and its name; another customer makes it another reading. */
const HEAD_BYTES = 65_536;

async function openFile(deps: IntakeDeps, ask: FileAsk, name: string): Promise<Result<Opened, Refusal>> {
  if (ask.path === "-")
    return ok({
      batch: `stdin:${deps.clock.now().toString()}:${process.pid}`,
      bytes: ask.stdin ?? process.stdin,
      bytesTotal: undefined,
    });
  try {
    const { size } = await stat(ask.path);
    const file = await open(ask.path);
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    await file.close();
    const sign = createHash("sha256")
      .update(head.subarray(0, bytesRead))
      .update(`${size}|${name}|${ask.customer ?? ""}`)
      .digest("hex");
    return ok({ batch: `file:${sign}`, bytes: createReadStream(ask.path), bytesTotal: size });
  } catch (error) {
    const { code = "unreadable" } = error as { readonly code?: string };
    return no("invalid", "file-unreadable", `${ask.path} cannot be read: ${code}`, { facts: { path: ask.path } });
  }
}

type Reading = {
  readonly deps: IntakeDeps;
  readonly ask: FileAsk;
  readonly name: string;
  readonly batch: string;
  readonly tally: Tally;
  /** Items that were kept before. */
  readonly skip: number;
  readonly bytesTotal: number | undefined;
  bytesRead: number;
};

async function read(reading: Reading, bytes: Readable): Promise<void> {
  const { deps, ask, name, tally } = reading;
  let items = 0;
  let waiting: Piece[] = [];
  let characters = 0;
  const keepWaiting = async (state: "open" | "done"): Promise<void> => {
    if (waiting.length === 0 && state === "open") return;
    await keep(reading, { pieces: waiting, itemsDone: items, state });
    waiting = [];
    characters = 0;
    const { bytesRead, bytesTotal } = reading;
    ask.onProgress?.({ bytesRead, bytesTotal, records: tally.fresh + tally.repeated, refused: tally.refused });
  };
  const take = async (pieces: readonly Piece[]): Promise<void> => {
    for (const piece of pieces) {
      items += 1;
      if (items <= reading.skip) continue;
      waiting.push(piece);
      if ("text" in piece) characters += piece.text.length;
      if (waiting.length >= ITEMS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) await keepWaiting("open");
    }
  };
  bytes.on("data", (chunk: Uint8Array) => void (reading.bytesRead += chunk.length));
  bytes.pause();
  const splitter: Splitter = isCsv({ fileName: name }) ? csvSplitter(deps.csv) : recordSplitter();
  for await (const chunk of unpacked(bytes, name)) await take(splitter.push(chunk));
  await take(splitter.end());
  await keepWaiting("done");
}

function unpacked(bytes: Readable, name: string): AsyncIterable<Uint8Array> {
  const packing = packingOf(name);
  if (packing === undefined) return bytes;
  const unpackers: Readonly<Record<string, () => Transform>> = {
    gzip: createGunzip,
    zstd: createZstdDecompress,
    br: createBrotliDecompress,
  };
  const unpacker = unpackers[packing]?.();
  if (unpacker === undefined) return bytes;
  bytes.on("error", (error) => unpacker.destroy(error));
  return bytes.pipe(unpacker);
}

type Kept = { readonly pieces: readonly Piece[]; readonly itemsDone: number; readonly state: "open" | "done" };

/** Keeps some items and the place behind them; in several transactions when envelopes hold more than the stream takes at once. */
async function keep({ deps, ask, name, batch, tally }: Reading, { pieces, itemsDone, state }: Kept): Promise<void> {
  const now = deps.clock.now();
  const hint = { customer: ask.customer };
  const intake = `file:${name}`.slice(0, 120);
  const events: ActivityEvent[] = [];
  for (const piece of pieces)
    for (const event of eventsOf(deps, piece, { batch: { now, hint }, tally })) events.push(event);
  const row = {
    sender: SENDER,
    batch,
    intake,
    fileName: name.slice(0, 200),
    state,
    itemsDone,
    tally,
    now,
  } satisfies BatchToKeep;
  const said = { sender: SENDER, batch, intake, actor: ask.actor, now };
  const before = { fresh: tally.fresh, repeated: tally.repeated };
  const done = async (tx: Parameters<typeof moveBatch>[0]): Promise<void> => {
    await moveBatch(tx, row);
    if (state === "done") await appendEvents(tx, takenEvents(said, tally));
  };
  if (events.length === 0) return deps.store.inTransaction(done);
  for (let from = 0; from < events.length; from += INTAKE_LIMITS.recordsMax) {
    const records = await ownRecords(deps, events.slice(from, from + INTAKE_LIMITS.recordsMax), hint);
    const isLast = from + INTAKE_LIMITS.recordsMax >= events.length;
    countRecords(tally, records);
    const appended = await deps.stream.append(records, {
      intake,
      now,
      alongside: async (tx, { fresh, repeated }) => {
        Object.assign(tally, { fresh: before.fresh + fresh, repeated: before.repeated + repeated });
        if (isLast) await done(tx);
      },
    });
    before.fresh += appended.fresh;
    before.repeated += appended.repeated;
  }
}
