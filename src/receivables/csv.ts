/** One record of a delimited file. `line` is where it begins, 1 is the first line of the file. */
export type CsvRecord = {
  readonly line: number;
  readonly cells: readonly string[];
  /** A quote was opened and never closed: the cells are a guess. */
  readonly broken: boolean;
};

export type CsvReader = {
  /** Takes the next piece of text, cut anywhere, and gives the records that are complete. */
  push(text: string): CsvRecord[];
  /** Gives what is left when the file ends. */
  end(): CsvRecord[];
};

/** A quoted cell that runs over more lines or characters than this has lost its closing quote. */
const RECORD_LINES_MAX = 200;
const RECORD_CHARS_MAX = 200_000;

type Scan = { readonly cells: string[]; readonly next: number; readonly lines: number } | "incomplete" | "broken";

/**
 * Reads delimited text (RFC 4180 and what people make of it) piece by piece. Lines without quotes, which are nearly all,
 * cost one `split`. A lost closing quote damages its own line only. Blank lines are left out but counted.
 * @param lineEnd "\r" for files of old Macs; "\n" also takes "\r\n"
 */
export function csvReader(delimiter: string, lineEnd: "\n" | "\r" = "\n"): CsvReader {
  let rest = "";
  let line = 1;

  const strip = (text: string): string => (lineEnd === "\n" && text.endsWith("\r") ? text.slice(0, -1) : text);
  const literal = (text: string, broken: boolean): CsvRecord => ({ line, cells: strip(text).split(delimiter), broken });

  function read(text: string, atEnd: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let at = 0;
    let quote = text.indexOf('"');
    while (at < text.length) {
      let stop = text.indexOf(lineEnd, at);
      if (stop < 0) {
        if (!atEnd) break;
        stop = text.length;
      }
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
      if (quote < 0 || quote >= stop) {
        if (!isBlank(text, at, stop)) records.push(literal(text.slice(at, stop), false));
        line += 1;
        at = stop + 1;
        continue;
      }
      const scan = scanQuoted(text, { at, delimiter, lineEnd, atEnd });
      if (scan === "incomplete") break;
      if (scan === "broken") {
        records.push(literal(text.slice(at, stop), true));
        line += 1;
        at = stop + 1;
      } else {
        records.push({ line, cells: scan.cells, broken: false });
        line += scan.lines;
        at = scan.next;
      }
    }
    rest = text.slice(at);
    return records;
  }

  return { push: (text) => read(rest === "" ? text : rest + text, false), end: () => read(rest, true) };
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 13) return false;
  }
  return true;
}

type Place = { readonly at: number; readonly delimiter: string; readonly lineEnd: string; readonly atEnd: boolean };

/** One record that has a quote somewhere on its first line. A quote inside an unquoted cell stands for itself. */
function scanQuoted(text: string, { at, delimiter, lineEnd, atEnd }: Place): Scan {
  const cells: string[] = [];
  let lines = 1;
  let from = at;
  for (;;) {
    let cell: string;
    if (text.charAt(from) === '"') {
      const close = closingQuote(text, from + 1);
      if (close < 0 || close - at > RECORD_CHARS_MAX)
        return atEnd || text.length - at > RECORD_CHARS_MAX ? "broken" : "incomplete";
      if (close === text.length - 1 && !atEnd) return "incomplete";
      const inside = text.slice(from + 1, close);
      if (inside.includes(lineEnd)) lines += inside.split(lineEnd).length - 1;
      if (lines > RECORD_LINES_MAX) return "broken";
      cell = inside.replaceAll('""', '"');
      from = close + 1;
    } else cell = "";
    const end = cellEnd(text, { at: from, delimiter, lineEnd, atEnd });
    if (end < 0) return "incomplete";
    const tail = text.slice(from, end);
    const isLast = end >= text.length || text.charAt(end) === lineEnd;
    cells.push(cell + (isLast && lineEnd === "\n" && tail.endsWith("\r") ? tail.slice(0, -1) : tail));
    if (isLast) return { cells, next: end + 1, lines };
    from = end + 1;
  }
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charAt(at + 1) === '"') at = text.indexOf('"', at + 2);
  return at;
}

/** Where an unquoted cell ends; -1 when more text is needed to tell. */
function cellEnd(text: string, { at, delimiter, lineEnd, atEnd }: Place): number {
  for (let place = at; place < text.length; place++) {
    const char = text.charAt(place);
    if (char === delimiter || char === lineEnd) return place;
  }
  return atEnd ? text.length : -1;
}
