import type { ImportField, ImportKind, ImportMapping, RowProblem } from "./contract-import.ts";
import type { DayOf, Fact, MatchCustomer, Row } from "./decide-cells.ts";
import { parseFileDate } from "./decide-dates.ts";
import { readInvoice } from "./decide-invoice-row.ts";
import { readDeposit, readPayment } from "./decide-money-row.ts";

export type Reading = { readonly fact: Fact | undefined; readonly problems: readonly RowProblem[] };
export type RowReader = (line: number, cells: readonly string[]) => Reading;

export type RowReaderOptions = {
  readonly kind: ImportKind;
  /** Column names in file order. */
  readonly columns: readonly string[];
  readonly mapping: ImportMapping;
  readonly match: MatchCustomer;
  /** Day of the import, for paid amounts without a day. */
  readonly today: string;
};

export const TOTAL_ROW =
  /^(grand ?total|total|summa|sum|gesamt(summe)?|summe|totaal|i alt|yhteens[äa]|subtotal|delsumma)\b/i;

/** Makes the function that turns a row of cells into a fact, or into the reasons why it cannot go in. */
export function rowReader({ kind, columns, mapping, match, today }: RowReaderOptions): RowReader {
  const at: { [field in ImportField]?: number } = {};
  for (const [field, name] of Object.entries(mapping.columns)) at[field as ImportField] = columns.indexOf(name);
  const days = new Map<string, string | null>();
  const day: DayOf = (text) => {
    const known = days.get(text);
    if (known !== undefined) return known ?? undefined;
    const iso = parseFileDate(text, mapping.dateOrder ?? "ymd");
    if (days.size < DAYS_CACHED_MAX) days.set(text, iso ?? null);
    return iso;
  };
  // One row object serves all rows: a million of them a file would keep the garbage collector busier than the reading.
  let cells: readonly string[] = [];
  let problems: RowProblem[] = [];
  const row: Mutable<Row> = {
    line: 0,
    cell: (field) => {
      const place = at[field];
      return place === undefined ? "" : trimmed(cells[place]);
    },
    problem: (field, code, fix, severity = "refused") => {
      const column = mapping.columns[field] ?? null;
      problems.push({ line: row.line, column, value: row.cell(field).slice(0, 200), code, fix, severity });
    },
  };
  const context = { mapping, match, day, today };
  const read = kind === "invoices" ? readInvoice : kind === "payments" ? readPayment : readDeposit;
  return (line, given) => {
    if (given.length !== columns.length && !onlyEmptyBeyond(given, columns.length))
      return totalOrRagged(line, given, columns.length);
    cells = given;
    row.line = line;
    if (problems.length > 0) problems = [];
    if (isTotalRow(row, cells)) return { fact: undefined, problems: [remark(line, cells[0] ?? "", "total-row")] };
    const fact = read(row, context);
    if (problems.length === 0) return { fact, problems: NO_PROBLEMS };
    return { fact: problems.some((one) => one.severity === "refused") ? undefined : fact, problems };
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
const NO_PROBLEMS: readonly RowProblem[] = [];

/** Most cells have nothing to trim, and asking their ends is cheaper than trimming. */
function trimmed(text: string | undefined): string {
  if (text === undefined || text === "") return "";
  return text.charCodeAt(0) > 32 &&
    text.charCodeAt(text.length - 1) > 32 &&
    text.charCodeAt(0) < 128 &&
    text.charCodeAt(text.length - 1) < 128
    ? text
    : text.trim();
}

const DAYS_CACHED_MAX = 20_000;

const onlyEmptyBeyond = (cells: readonly string[], count: number): boolean =>
  cells.length > count && cells.slice(count).every((cell) => cell.trim() === "");
const remark = (line: number, value: string, code: string): RowProblem => ({
  line,
  column: null,
  value: value.slice(0, 200),
  code,
  fix: "left out: it is not a row of its own",
  severity: "noted",
});

function totalOrRagged(line: number, cells: readonly string[], expected: number): Reading {
  if (TOTAL_ROW.test(cells[0]?.trim() ?? ""))
    return { fact: undefined, problems: [remark(line, cells[0] ?? "", "total-row")] };
  const fix = `the header has ${expected} columns, this line has ${cells.length}: look for a line break or an unquoted separator inside a value`;
  return {
    fact: undefined,
    problems: [
      { line, column: null, value: cells.join(" ").slice(0, 200), code: "columns-differ", fix, severity: "refused" },
    ],
  };
}

/** A sum line at the foot of a report: says so in its first filled cell and has no number and day of its own. */
function isTotalRow({ cell }: Row, cells: readonly string[]): boolean {
  if (cell("dueDate") !== "" || cell("issueDate") !== "" || cell("valueDate") !== "") return false;
  return TOTAL_ROW.test(cells.find((one) => one.trim() !== "")?.trim() ?? "");
}
