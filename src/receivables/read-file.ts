import { isUtf8 } from "node:buffer";
import { ok, refuse, type Result } from "../core/result.ts";
import type { Encoding, FileFormat } from "./contract-import.ts";
import { csvReader } from "./csv.ts";
import { looksLikeHeader } from "./decide-mapping.ts";
import { type JsonPlace, jsonPlace, jsonReader, jsonRow, UnreadableJson } from "./read-json.ts";

/** A row of the file: its line (of JSON: its place) and its cells in the order of the columns. */
export type FileRow = { readonly line: number; readonly cells: readonly string[]; readonly broken: boolean };
export type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a first look at a file tells. */
export type Inspection = {
  readonly format: FileFormat;
  readonly columns: readonly string[];
  readonly sample: readonly FileRow[];
};

const SAMPLE_BYTES = 1_048_576;
/** Rows looked at before a mapping is proposed: enough to meet a day above twelve in a real ledger. */
export const SAMPLE_ROWS = 5_000;
const HEADER_SEARCH_ROWS = 20;
const COLUMNS_MAX = 300;
const DELIMITERS = [";", "\t", ",", "|"] as const;

/** Recognises encoding, delimiter and header. Refuses what is no table at all, saying why. */
export function inspectFile(
  bytes: Uint8Array,
  hasHeader?: boolean,
): Result<Inspection, { code: string; detail: string }> {
  if (bytes.length === 0) return refuse({ code: "file-empty", detail: "the file is empty" });
  const kind = binaryKind(bytes);
  if (kind !== undefined)
    return refuse({ code: "file-binary", detail: `this is ${kind}: save it as CSV, JSON or NDJSON and try again` });
  const { encoding, skip } = detectEncoding(bytes);
  const text = cutToLine(
    new TextDecoder(encoding).decode(bytes.subarray(skip, skip + SAMPLE_BYTES)),
    bytes.length - skip <= SAMPLE_BYTES,
  );
  const base = { encoding, hasByteOrderMark: skip > 0 };
  const start = text.trimStart().charAt(0);
  if (start === "[" || start === "{") return inspectJson(bytes, base);
  return inspectCsv(text, base, hasHeader);
}

const MAGIC: readonly (readonly [string, string])[] = [
  ["504b0304", "an Excel or zip file"],
  ["d0cf11e0", "an old Excel file"],
  ["25504446", "a PDF"],
  ["1f8b", "a gzip file"],
  ["89504e47", "a picture"],
  ["ffd8ff", "a picture"],
];
function binaryKind(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 8)).toString("hex");
  return MAGIC.find(([magic]) => head.startsWith(magic))?.[1];
}

function detectEncoding(bytes: Uint8Array): { readonly encoding: Encoding; readonly skip: number } {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", skip: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: "utf-16le", skip: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", skip: 2 };
  const zeros = [0, 0];
  const looked = Math.min(bytes.length, 4_096);
  for (let at = 0; at < looked; at++) if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  if ((zeros[1] ?? 0) > looked / 5) return { encoding: "utf-16le", skip: 0 };
  if ((zeros[0] ?? 0) > looked / 5) return { encoding: "utf-16be", skip: 0 };
  return { encoding: isUtf8(bytes) ? "utf-8" : "windows-1252", skip: 0 };
}

/** A sample that was cut by size ends at its last whole line. */
function cutToLine(text: string, isWhole: boolean): string {
  if (isWhole) return text;
  const last = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r"));
  return last > 0 ? text.slice(0, last + 1) : text;
}

type Base = Pick<FileFormat, "encoding" | "hasByteOrderMark">;
const lineEndOf = (text: string): "\n" | "\r" => (text.includes("\n") || !text.includes("\r") ? "\n" : "\r");

function inspectCsv(
  text: string,
  base: Base,
  hasHeader?: boolean,
): Result<Inspection, { code: string; detail: string }> {
  const candidates = DELIMITERS.map((delimiter) => {
    const reader = csvReader(delimiter, lineEndOf(text));
    const records = [...reader.push(text), ...reader.end()].slice(0, SAMPLE_ROWS + HEADER_SEARCH_ROWS);
    const widths = new Map<number, number>();
    for (const { cells } of records) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
    const [width = 1, count = 0] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
    return { delimiter, records, width, share: records.length === 0 ? 0 : count / records.length };
  });
  const fit = candidates
    .filter(({ width }) => width >= 2)
    .sort((a, b) => Math.round(b.share * 20) - Math.round(a.share * 20) || b.width - a.width)[0];
  if (fit === undefined || fit.share < 0.5)
    return refuse({
      code: "file-not-a-table",
      detail:
        "no separator (comma, semicolon, tab or bar) cuts the lines into the same columns: is it a table with one invoice a line?",
    });
  if (fit.width > COLUMNS_MAX)
    return refuse({ code: "too-many-columns", detail: `${fit.width} columns; at most ${COLUMNS_MAX} are read` });
  const { records, delimiter, width } = fit;
  const head =
    hasHeader === false
      ? undefined
      : records
          .slice(0, HEADER_SEARCH_ROWS)
          .find((record) => record.cells.length === width && (hasHeader === true || looksLikeHeader(record.cells)));
  const format: FileFormat = { kind: "csv", ...base, delimiter, headerLine: head?.line ?? null };
  const columns = columnNames(head?.cells ?? Array.from({ length: width }, () => ""));
  return ok({ format, columns, sample: records.filter(({ line }) => line > (head?.line ?? 0)).slice(0, SAMPLE_ROWS) });
}

/** Every column has a name of its own: blanks become `Column 3`, repeats `Amount (2)`. */
function columnNames(cells: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = cell.trim().slice(0, 190) || `Column ${index + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function inspectJson(bytes: Uint8Array, base: Base): Result<Inspection, { code: string; detail: string }> {
  const decoder = new TextDecoder(base.encoding);
  const beginning = decoder.decode(bytes.subarray(0, SAMPLE_BYTES), { stream: bytes.length > SAMPLE_BYTES });
  const place = jsonPlace(beginning, bytes.length <= SAMPLE_BYTES);
  if (!place.ok) return refuse({ code: "file-not-json", detail: place.error });
  const first: ReadonlyMap<string, string>[] = [];
  try {
    // Read to its end, so that a file that breaks off is refused now and not in the middle of taking it in.
    for (const objects of jsonPieces(bytes, base.encoding, place.value))
      for (const one of objects) if (first.length < SAMPLE_ROWS) first.push(jsonRow(one));
  } catch (error) {
    if (error instanceof UnreadableJson) return refuse({ code: "file-not-json", detail: error.message });
    throw error;
  }
  const columns = [...new Set(first.flatMap((row) => [...row.keys()]))];
  if (columns.length < 2)
    return refuse({ code: "file-not-a-table", detail: "no list of objects was found in this JSON" });
  if (columns.length > COLUMNS_MAX)
    return refuse({ code: "too-many-columns", detail: `${columns.length} columns; at most ${COLUMNS_MAX} are read` });
  const { kind, member } = place.value;
  const format: FileFormat = { kind, ...base, delimiter: null, headerLine: null, member };
  const sample = first.map((row, index) => ({
    line: index + 1,
    cells: columns.map((name) => row.get(name) ?? ""),
    broken: false,
  }));
  return ok({ format, columns, sample });
}

const JSON_PIECE_BYTES = 262_144;
function* jsonPieces(bytes: Uint8Array, encoding: Encoding, place: JsonPlace): Generator<unknown[]> {
  const decoder = new TextDecoder(encoding);
  const reader = jsonReader(place);
  for (let from = 0; from < bytes.length; from += JSON_PIECE_BYTES)
    yield reader.push(decoder.decode(bytes.subarray(from, from + JSON_PIECE_BYTES), { stream: true }));
  yield reader.push(decoder.decode());
  yield reader.end();
}

/** All rows of a file in batches, as it was recognised. Memory stays at one piece of the file. */
export async function* readRows(
  bytes: Bytes,
  format: FileFormat,
  columns: readonly string[],
): AsyncGenerator<readonly FileRow[]> {
  if (format.kind !== "csv") return yield* readJsonRows(bytes, format, columns);
  const decoder = new TextDecoder(format.encoding);
  let reader: ReturnType<typeof csvReader> | undefined;
  const afterHeader = (rows: readonly FileRow[]): readonly FileRow[] => {
    const head = format.headerLine ?? 0;
    return (rows[0]?.line ?? head + 1) > head ? rows : rows.filter(({ line }) => line > head);
  };
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true });
    reader ??= csvReader(format.delimiter ?? ",", lineEndOf(text));
    yield afterHeader(reader.push(text));
  }
  if (reader !== undefined) yield afterHeader([...reader.push(decoder.decode()), ...reader.end()]);
}

async function* readJsonRows(
  bytes: Bytes,
  format: FileFormat,
  columns: readonly string[],
): AsyncGenerator<readonly FileRow[]> {
  const decoder = new TextDecoder(format.encoding);
  const reader = jsonReader({ kind: format.kind === "ndjson" ? "ndjson" : "json", member: format.member ?? null });
  let line = 0;
  const rows = (objects: readonly unknown[]): readonly FileRow[] =>
    objects.map((one) => {
      const row = jsonRow(one);
      line += 1;
      return { line, cells: columns.map((name) => row.get(name) ?? ""), broken: false };
    });
  for await (const piece of bytes) yield rows(reader.push(decoder.decode(piece, { stream: true })));
  yield rows([...reader.push(decoder.decode()), ...reader.end()]);
}
