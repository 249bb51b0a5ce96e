import { mergedInto } from "./store-merge.ts";
import { createHash } from "node:crypto";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { AllCustomerIds, CustomersByIds } from "../customers/contract.ts";
import { isLedgerOnly } from "./contract.ts";
import { IMPORT_ROWS_MAX, PROBLEMS_KEPT_MAX, type ProblemGroup, type RowProblem } from "./contract-import.ts";
import { customerMatcher, type Matcher } from "./decide-match.ts";
import { type Fact } from "./decide-cells.ts";
import { type LaidOut, layoutReader } from "./decide-layout.ts";
import { problemGroups } from "./decide-problems.ts";
import { repeats } from "./decide-repeats.ts";
import { rowReader } from "./decide-rows.ts";
import { type TotalsKeeper, totalsKeeper } from "./decide-totals.ts";
import { type Bytes, readRows } from "./read-file.ts";
import { type ImportRecord, loadNumbers } from "./store-import.ts";

/** Some rows of a file, read. */
export type FactBatch = { readonly facts: readonly Fact[]; readonly lastLine: number };

/** One pass through a file: facts batch by batch, totals and problems kept as it goes. */
export type FilePass = {
  readonly batches: () => AsyncGenerator<FactBatch>;
  readonly matcher: Matcher;
  readonly keeper: TotalsKeeper;
  /** Also for what is found later, when rows meet what is stored. */
  readonly report: (problems: readonly RowProblem[]) => void;
  readonly problems: () => readonly RowProblem[];
  readonly problemsTotal: () => number;
  readonly groups: () => readonly ProblemGroup[];
};

/** Makes the id of a ledger-only customer: a version 8 GUID of the SHA-256 of its key, so the same file gives the same ids anywhere. */
export function ledgerId(key: string): CustomerId {
  const hex = createHash("sha256").update(`surety ledger customer ${key}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}` as CustomerId;
}

export type DirectoryDeps = { readonly allCustomerIds: AllCustomerIds; readonly customersByIds: CustomersByIds };

export async function matcherFor(tx: Tx, record: Pick<ImportRecord, "mapping">, deps: DirectoryDeps): Promise<Matcher> {
  const customers = await deps.customersByIds(tx, await deps.allCustomerIds(tx));
  return customerMatcher({
    directory: [...customers.values()],
    numbers: await loadNumbers(tx, record.mapping.system),
    mapping: record.mapping,
    ledgerId,
    isLedgerOnly,
    mergedInto: await mergedInto(tx),
  });
}

export type PassOptions = {
  readonly record: ImportRecord;
  readonly bytes: Bytes;
  readonly matcher: Matcher;
  readonly today: Temporal.PlainDate;
};

/** Reads a file by its mapping. Rows that stand twice are found here; whether a row is stored already is the caller's question. */
export function filePass({ record, bytes, matcher, today }: PassOptions): FilePass {
  const keeper = totalsKeeper(record.kind);
  const grouped = problemGroups();
  const kept: RowProblem[] = [];
  let problemsTotal = 0;
  const report = (problems: readonly RowProblem[]): void => {
    if (problems.length === 0) return;
    keeper.note(problems);
    problemsTotal += problems.length;
    for (const problem of problems) grouped.add(problem);
    if (kept.length < PROBLEMS_KEPT_MAX) kept.push(...problems.slice(0, PROBLEMS_KEPT_MAX - kept.length));
  };
  const names = record.columns.map(({ name }) => name);
  async function* batches(): AsyncGenerator<FactBatch> {
    const read = rowReader({
      kind: record.kind,
      columns: names,
      mapping: record.mapping,
      match: matcher.match,
      today: today.toString(),
    });
    const layout = layoutReader({ columns: names, mapping: record.mapping, read });
    const once = repeats(record.mapping.columns.invoiceNumber ?? null);
    let rows = 0;
    const take = (facts: Fact[], { fact, problems }: LaidOut): void => {
      const twice = fact === undefined ? undefined : once(fact);
      if (problems.length > 0 || twice?.problem) report(twice?.problem ? [...problems, twice.problem] : problems);
      if (twice?.fact === undefined) return;
      keeper.add(twice.fact);
      facts.push(twice.fact);
    };
    let lastLine = 0;
    for await (const fileRows of readRows(bytes, record.format, names)) {
      const facts: Fact[] = [];
      for (const { line, cells, broken } of fileRows) {
        if (broken) take(facts, brokenRow(line, cells));
        else if (layout === undefined) take(facts, read(line, cells));
        else for (const one of layout.read(line, cells)) take(facts, one);
      }
      rows += fileRows.length;
      if (rows > IMPORT_ROWS_MAX)
        throw new TooManyRows(`more than ${IMPORT_ROWS_MAX.toLocaleString("en")} rows: split the file`);
      lastLine = fileRows.at(-1)?.line ?? lastLine;
      // An invoice whose lines may go on in the next piece of the file is not behind us yet.
      if (fileRows.length > 0) yield { facts, lastLine: layout?.openFrom(lastLine) ?? lastLine };
    }
    const facts: Fact[] = [];
    for (const one of layout?.end() ?? []) take(facts, one);
    if (facts.length > 0) yield { facts, lastLine };
  }
  return {
    batches,
    matcher,
    keeper,
    report,
    problems: () => kept,
    problemsTotal: () => problemsTotal,
    groups: grouped.groups,
  };
}

/** A file that is too long to be read at once; the person splits it. */
export class TooManyRows extends Error {}

function brokenRow(
  line: number,
  cells: readonly string[],
): { readonly fact: undefined; readonly problems: readonly RowProblem[] } {
  const fix = "a quotation mark opens a value and is never closed: close it, or double it inside a value";
  return {
    fact: undefined,
    problems: [
      { line, column: null, value: cells.join(" ").slice(0, 200), code: "quote-open", fix, severity: "refused" },
    ],
  };
}
