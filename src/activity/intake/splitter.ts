import { INTAKE_LIMITS } from "./contract.ts";
import type { Piece } from "./decide-records.ts";

/**
 * Cuts a body into the texts of its records without parsing them, so that one broken record costs only itself. Takes the body in pieces cut
 * anywhere. Forms: one JSON object a line (NDJSON), a JSON list, an envelope `{"records":[…]}` or `{…,"value":[…]}`, one object over
 * several lines.
 */
export type Splitter = {
  push(bytes: Uint8Array): readonly Piece[];
  end(): readonly Piece[];
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const BOM = [0xef, 0xbb, 0xbf];

/** What stands before the list of an envelope: members with plain text, then the list's own name. */
const ENVELOPE =
  /^\{(?:\s*"[^"\\]{1,200}"\s*:\s*(?:"[^"\\]{0,2000}"|[\w.+-]{1,40})\s*,)*\s*"(?:records|value)"\s*:\s*\[/;
/** An envelope shows itself within this many bytes. */
const HEAD_BYTES = 8_192;

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

export function recordSplitter(lineBytesMax: number = INTAKE_LIMITS.lineBytesMax): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  let inner: Splitter | undefined;
  return {
    push(bytes) {
      if (inner !== undefined) return inner.push(bytes);
      rest = join(rest, bytes);
      const chosen = choose(rest, { lineBytesMax, atEnd: false });
      if (chosen === undefined) return [];
      inner = chosen.splitter;
      return inner.push(rest.subarray(chosen.from));
    },
    end() {
      if (inner !== undefined) return inner.end();
      const chosen = choose(rest, { lineBytesMax, atEnd: true });
      if (chosen === undefined) return [];
      return [...chosen.splitter.push(rest.subarray(chosen.from)), ...chosen.splitter.end()];
    },
  };
}

const join = (rest: Buffer, bytes: Uint8Array): Buffer => {
  const more = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return rest.length === 0 ? more : Buffer.concat([rest, more]);
};

type Choosing = { readonly lineBytesMax: number; readonly atEnd: boolean };

/** Which form it is: lines when the first line is whole JSON by itself, else by the first sign. Undefined: more is needed to tell. */
function choose(head: Buffer, { lineBytesMax, atEnd }: Choosing): { splitter: Splitter; from: number } | undefined {
  let from = BOM.every((byte, i) => head[i] === byte) ? BOM.length : 0;
  while (from < head.length && isBlank(head[from] ?? 0)) from += 1;
  if (from >= head.length) return undefined;
  const newline = head.indexOf(NEWLINE, from);
  const stop = newline < 0 ? head.length : newline;
  const isAlone = head.subarray(stop).every(isBlank);
  if (isAlone && !atEnd && head.length - from <= lineBytesMax) return undefined;
  const skipped = countLines(head, 0, from);
  const lines = { splitter: lineSplitter(lineBytesMax, skipped), from };
  const sign = head[from];
  if (sign !== OPEN_LIST && sign !== OPEN_OBJECT) return lines;
  if (!isAlone && isJson(head.subarray(from, stop))) return lines;
  if (sign === OPEN_LIST) return { splitter: listSplitter(lineBytesMax), from: from + 1 };
  const envelope = ENVELOPE.exec(head.toString("latin1", from, Math.min(head.length, from + HEAD_BYTES)));
  if (envelope !== null) return { splitter: listSplitter(lineBytesMax), from: from + envelope[0].length };
  if (!atEnd && head.length - from < HEAD_BYTES) return undefined;
  return !isAlone && isWholeObject(head, from, lineBytesMax)
    ? { splitter: wholeSplitter(lineBytesMax, skipped + 1), from }
    : lines;
}

/** An object over several lines opens with `{` alone on its line, or all that came so far is one object. */
const isWholeObject = (head: Buffer, from: number, lineBytesMax: number): boolean =>
  /^\{\s*\r?\n\s*["}]/.test(head.toString("latin1", from, from + HEAD_BYTES)) ||
  (head.length <= lineBytesMax && isJson(head.subarray(from)));

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

function countLines(bytes: Buffer, from: number, until: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0 && at < until; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** Text of a record; bytes that are no UTF-8 are told, not guessed. */
function piece(line: number, bytes: Buffer, lineBytesMax: number): Piece {
  if (bytes.length > lineBytesMax) return { line, problem: "too-long" };
  const text = bytes.toString("utf8");
  if (text.includes("\ufffd") && !Buffer.from(text, "utf8").equals(bytes)) return { line, problem: "not-utf8" };
  return { line, text };
}

function lineSplitter(lineBytesMax: number, skipped: number): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  let line = skipped + 1;
  /** A line that is already too long is not kept: only its end is waited for. */
  let isDrowning = false;
  const one = (bytes: Buffer): Piece | undefined => {
    if (isDrowning) return { line, problem: "too-long" };
    const end = bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
    return end.every(isBlank) ? undefined : piece(line, end, lineBytesMax);
  };
  return {
    push(bytes) {
      const pieces: Piece[] = [];
      const all = join(rest, bytes);
      let at = 0;
      for (let stop = all.indexOf(NEWLINE); stop >= 0; stop = all.indexOf(NEWLINE, at)) {
        const found = one(all.subarray(at, stop));
        if (found !== undefined) pieces.push(found);
        isDrowning = false;
        line += 1;
        at = stop + 1;
      }
      rest = all.subarray(at);
      if (rest.length > lineBytesMax) isDrowning = true;
      if (isDrowning) rest = Buffer.alloc(0);
      return pieces;
    },
    end() {
      const found = isDrowning || rest.length > 0 ? one(rest) : undefined;
      rest = Buffer.alloc(0);
      isDrowning = false;
      return found === undefined ? [] : [found];
    },
  };
}

/** One JSON value over several lines. */
function wholeSplitter(lineBytesMax: number, line: number): Splitter {
  let chunks: Buffer[] = [];
  let size = 0;
  return {
    push(bytes) {
      size += bytes.byteLength;
      if (size <= lineBytesMax) chunks.push(Buffer.from(bytes));
      else chunks = [];
      return [];
    },
    end: () => [size > lineBytesMax ? { line, problem: "too-long" } : piece(line, Buffer.concat(chunks), lineBytesMax)],
  };
}

/** Elements of a list, from behind its `[`. What follows the list is left out: the rest of the envelope. */
function listSplitter(lineBytesMax: number): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  let place = 1;
  let isOver = false;
  const scan: Scan = { at: 0, depth: 0, inText: false, isDrowning: false };
  const take = (bytes: Buffer, pieces: Piece[]): void => {
    if (scan.isDrowning) pieces.push({ line: place++, problem: "too-long" });
    else if (!bytes.every(isBlank)) pieces.push(piece(place++, bytes, lineBytesMax));
    scan.isDrowning = false;
  };
  return {
    push(bytes) {
      if (isOver) return [];
      const pieces: Piece[] = [];
      const all = join(rest, bytes);
      let start = 0;
      for (;;) {
        const stop = nextEnd(all, scan);
        if (stop < 0) break;
        take(all.subarray(start, stop), pieces);
        start = stop + 1;
        scan.at = start;
        if (all[stop] === CLOSE_LIST) {
          isOver = true;
          break;
        }
      }
      if (all.length - start > lineBytesMax) scan.isDrowning = true;
      // A record that is too long is not kept: only its end is looked for.
      const keptFrom = scan.isDrowning ? scan.at : start;
      rest = all.subarray(keptFrom);
      scan.at -= keptFrom;
      return pieces;
    },
    end() {
      if (isOver || (!scan.isDrowning && rest.every(isBlank))) return [];
      const problem = scan.isDrowning ? "too-long" : "cut-off";
      isOver = true;
      return [{ line: place, problem }];
    },
  };
}

type Scan = { at: number; depth: number; inText: boolean; isDrowning: boolean };

/** Place of the comma or bracket that ends the element under way; -1 when it is not in these bytes. Leaves off where they end. */
function nextEnd(bytes: Buffer, scan: Scan): number {
  let { at, depth, inText } = scan;
  const { length } = bytes;
  for (; at < length; at++) {
    const byte = bytes[at];
    if (inText) {
      at = endOfText(bytes, at);
      if (at < 0) {
        // Backslashes at the very end may escape what comes next: they are looked at again with it.
        let end = length;
        while (end > 0 && bytes[end - 1] === BACKSLASH) end -= 1;
        Object.assign(scan, { at: end, depth, inText: true });
        return -1;
      }
      inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
      Object.assign(scan, { at, depth: 0, inText: false });
      return at;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth = Math.max(0, depth - 1);
  }
  Object.assign(scan, { at, depth, inText });
  return -1;
}

/** Place of the quote that ends the text; -1 when it is not there. */
function endOfText(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (at - 1 - backslashes >= from && bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}
