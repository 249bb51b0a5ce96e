import type { Piece } from "./decide-records.ts";
import type { CsvReader, CsvRow, IntakeDeps } from "./deps.ts";
import { recordSplitter, type Splitter } from "./splitter.ts";

type Body = {
  readonly bytes: Uint8Array;
  readonly fileName?: string | undefined;
  readonly contentType?: string | undefined;
};

/** Whether a file is delimited text, by its name or by what the sender calls it. */
export const isCsv = ({ fileName, contentType }: Pick<Body, "fileName" | "contentType">): boolean =>
  /\.csv(\.gz|\.zst|\.zstd|\.br)?$/i.test(fileName ?? "") || /^text\/csv\b/i.test(contentType ?? "");

/** Bytes given to the splitter at once: the pieces of a large body are not all held at the same time. */
const STEP_BYTES = 1024 * 1024;

/** The texts of a body's records, whatever its form. */
export function* piecesOf(deps: Pick<IntakeDeps, "csv">, body: Body): Generator<Piece> {
  const splitter = isCsv(body) ? csvSplitter(deps.csv) : recordSplitter();
  for (let at = 0; at < body.bytes.length; at += STEP_BYTES)
    yield* splitter.push(body.bytes.subarray(at, at + STEP_BYTES));
  yield* splitter.end();
}

/** PowerShell writes the type of its objects above the heading. */
const isPreamble = (row: CsvRow): boolean => row.cells[0]?.startsWith("#TYPE ") === true;

/**
 * Rows of an export as JSON objects under their heading, e.g. of `Search-UnifiedAuditLog | Export-Csv`, whose AuditData cell is the record.
 * The delimiter is the heading's most frequent of comma, semicolon and tab.
 */
export function csvSplitter(csv: (delimiter: string) => CsvReader): Splitter {
  const decoder = new TextDecoder("utf-8");
  let reader: CsvReader | undefined;
  let heading: readonly string[] | undefined;
  let waiting = "";

  function rows(text: string, atEnd: boolean): readonly CsvRow[] {
    if (reader === undefined) {
      waiting += text;
      const first = /^(?:#TYPE [^\n]*\n)?([^\n]+)\n/.exec(waiting)?.[1] ?? (atEnd ? waiting : undefined);
      if (first === undefined) return [];
      reader = csv(delimiterOf(first));
      return [...reader.push(waiting), ...(atEnd ? reader.end() : [])];
    }
    return [...reader.push(text), ...(atEnd ? reader.end() : [])];
  }

  function piece(row: CsvRow): Piece | undefined {
    if (heading === undefined) {
      if (!isPreamble(row)) heading = row.cells.map((cell) => cell.trim());
      return undefined;
    }
    if (row.broken || row.cells.length !== heading.length) return { line: row.line, problem: "csv-row" };
    const members = heading.map((name, i) => [name, row.cells[i] ?? ""] as const).filter(([name]) => name !== "");
    return { line: row.line, text: JSON.stringify(Object.fromEntries(members)) };
  }

  const read = (text: string, atEnd: boolean): readonly Piece[] =>
    rows(text, atEnd)
      .map(piece)
      .filter((one) => one !== undefined);
  return {
    push: (bytes) => read(decoder.decode(bytes, { stream: true }), false),
    end: () => read(decoder.decode(), true),
  };
}

const DELIMITERS = [",", ";", "\t"] as const;
const delimiterOf = (heading: string): string =>
  DELIMITERS.map((delimiter) => ({ delimiter, count: heading.split(delimiter).length })).reduce((best, one) =>
    one.count > best.count ? one : best,
  ).delimiter;
