import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Change } from "./table.ts";

/** Where changes become durable: they are on disk when `append` returns, so an answer sent after it survives kill -9. */
export type Journal = {
  append(changes: readonly Change[]): void;
  close(): void;
};

export const forgetful: Journal = { append: () => {}, close: () => {} };

/** Changes appended before the journal is folded into a new snapshot at the next start. */
const FOLD_AFTER_BYTES = 4_000_000;

/**
 * Reads `file` (a snapshot) and `file.journal` (changes since), oldest first.
 * A torn last line is one that was never acknowledged; it is dropped.
 */
export function readChanges(file: string): Change[] {
  return [...linesOf(file), ...linesOf(`${file}.journal`)];
}

function linesOf(file: string): Change[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  const whole = lines.slice(0, -1);
  return whole.flatMap((line) => (line === "" ? [] : (JSON.parse(line) as Change[])));
}

/** Opens the journal for appending; folds it into the snapshot first when it has grown or when there is no snapshot. */
export function openJournal(file: string, snapshot: () => Iterable<Change>): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const path = `${file}.journal`;
  const size = existsSync(path) ? readFileSync(path).length : 0;
  if (!existsSync(file) || size > FOLD_AFTER_BYTES) {
    writeSnapshot(file, snapshot());
    if (existsSync(path)) truncateSync(path, 0);
  } else if (size > 0) cutTornLine(path);
  const handle = openSync(path, "a", 0o600);
  let open = true;
  return {
    append(changes) {
      if (changes.length === 0) return;
      if (!open) throw new Error("invariant broken: the journal is closed");
      writeSync(handle, `${JSON.stringify(changes)}\n`);
      fsyncSync(handle);
    },
    close() {
      if (open) closeSync(handle);
      open = false;
    },
  };
}

/** A line without its end would swallow the next one, so it goes before anything is appended. */
function cutTornLine(path: string): void {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
}

const LINE_ROWS = 500;

/** Whole or not at all: written beside, synced, then renamed over the old one. */
function writeSnapshot(file: string, changes: Iterable<Change>): void {
  const beside = `${file}.new`;
  const handle = openSync(beside, "w", 0o600);
  let batch: Change[] = [];
  const flush = (): void => {
    if (batch.length > 0) writeSync(handle, `${JSON.stringify(batch)}\n`);
    batch = [];
  };
  for (const change of changes) {
    batch.push(change);
    if (batch.length >= LINE_ROWS) flush();
  }
  flush();
  fsyncSync(handle);
  closeSync(handle);
  renameSync(beside, file);
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}
