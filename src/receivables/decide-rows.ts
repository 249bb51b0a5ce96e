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

const TOTAL_ROW = /^(grand ?total|total|summa|sum|gesamt(summe)?|summe|totaal|i alt|yhteens[äa]|subtotal|delsumma)\b/i;

/** Makes the function that turns a row of cells into a fact, or into the reasons why it cannot go in. */
export function rowReader({ kind, columns, mapping, match, today }: RowReaderOptions): RowReader {
  const at = new Map<ImportField, number>();
  for (const [field, name] of Object.entries(mapping.columns)) at.set(field as ImportField, columns.indexOf(name));
  const days = new Map<string, string | undefined>();
  const day: DayOf = (text) => {
    if (days.has(text)) return days.get(text);
    const iso = parseFileDate(text, mapping.dateOrder ?? "ymd");
    if (days.size < DAYS_CACHED_MAX) days.set(text, iso);
    return iso;
  };
  const read = kind === "invoices" ? readInvoice : kind === "payments" ? readPayment : readDeposit;
  return (line, cells) => {
    if (cells.length !== columns.length && !onlyEmptyBeyond(cells, columns.length))
      return totalOrRagged(line, cells, columns.length);
    const problems: RowProblem[] = [];
    const cell = (field: ImportField): string => cells[at.get(field) ?? -1]?.trim() ?? "";
    const problem: Row["problem"] = (field, code, fix, severity = "refused") =>
      void problems.push({
        line,
        column: mapping.columns[field] ?? null,
        value: cell(field).slice(0, 200),
        code,
        fix,
        severity,
      });
    const row: Row = { line, cell, problem };
    if (isTotalRow(row, cells)) return { fact: undefined, problems: [remark(line, cells[0] ?? "", "total-row")] };
    const fact = read(row, { mapping, match, day, today });
    return { fact: problems.some((one) => one.severity === "refused") ? undefined : fact, problems };
  };
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
  const first = cells.find((one) => one.trim() !== "")?.trim() ?? "";
  return TOTAL_ROW.test(first) && cell("dueDate") === "" && cell("issueDate") === "" && cell("valueDate") === "";
}
