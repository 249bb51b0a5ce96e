import { createHash } from "node:crypto";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { AllCustomerIds, CustomersByIds } from "../customers/contract.ts";
import { isLedgerOnly } from "./contract.ts";
import { IMPORT_ROWS_MAX, PROBLEMS_KEPT_MAX, type RowProblem } from "./contract-import.ts";
import { customerMatcher, type Matcher } from "./decide-match.ts";
import { type Fact } from "./decide-cells.ts";
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
  const keeper = totalsKeeper();
  const kept: RowProblem[] = [];
  let problemsTotal = 0;
  const report = (problems: readonly RowProblem[]): void => {
    if (problems.length === 0) return;
    keeper.note(problems);
    problemsTotal += problems.length;
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
    const once = repeats(record.mapping.columns.invoiceNumber ?? null);
    let rows = 0;
    for await (const fileRows of readRows(bytes, record.format, names)) {
      const facts: Fact[] = [];
      for (const { line, cells, broken } of fileRows) {
        const { fact, problems } = broken ? brokenRow(line, cells) : read(line, cells);
        const twice = fact === undefined ? undefined : once(fact);
        if (problems.length > 0 || twice?.problem) report(twice?.problem ? [...problems, twice.problem] : problems);
        if (twice?.fact === undefined) continue;
        keeper.add(twice.fact);
        facts.push(twice.fact);
      }
      rows += fileRows.length;
      if (rows > IMPORT_ROWS_MAX)
        throw new TooManyRows(`more than ${IMPORT_ROWS_MAX.toLocaleString("en")} rows: split the file`);
      if (fileRows.length > 0) yield { facts, lastLine: fileRows.at(-1)?.line ?? 0 };
    }
  }
  return { batches, matcher, keeper, report, problems: () => kept, problemsTotal: () => problemsTotal };
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

type Once = { readonly fact: Fact | undefined; readonly problem: RowProblem | undefined };

/**
 * Rows of one file that stand twice. The same invoice with the same content is one (exports with a line per article repeat it);
 * with other content it is refused. Money without an id may well come twice on a day: the second gets a number of its own.
 */
function repeats(column: string | null): (fact: Fact) => Once {
  // Line and content of each row in one number, so that two million rows stay small: line × 2^32 + hash of the content.
  const seen = new Map<string, number>();
  const made = new Map<string, number>();
  return (fact) => {
    if (fact.kind !== "invoice" && fact.isMade) {
      const key = `${fact.customerId}|${fact.number}`;
      const count = (made.get(key) ?? 0) + 1;
      made.set(key, count);
      return { fact: count === 1 ? fact : { ...fact, number: `${fact.number} #${count}` }, problem: undefined };
    }
    const key =
      fact.kind === "invoice" ? fact.number + fact.customerId : `${fact.kind}${fact.number}${fact.customerId}`;
    const content = contentHash(fact);
    const packed = seen.get(key);
    if (packed === undefined) {
      seen.set(key, fact.line * HASHES + content);
      return { fact, problem: undefined };
    }
    const first = { line: Math.floor(packed / HASHES), content: packed % HASHES };
    const base = { line: fact.line, column, value: fact.number };
    if (first.content === content)
      return {
        fact: undefined,
        problem: { ...base, code: "repeated", fix: `the same as line ${first.line}: counted once`, severity: "noted" },
      };
    return {
      fact: undefined,
      problem: {
        ...base,
        code: "number-twice",
        fix: `line ${first.line} has this number with other content: which one is right?`,
        severity: "refused",
      },
    };
  };
}

const HASHES = 2 ** 32;

/** FNV-1a of what a row says, 32 bits: two rows of one number that differ meet by chance once in four thousand million times. */
function contentHash(fact: Fact): number {
  let hash = 0x811c9dc5;
  const mix = (text: string): void => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  };
  mix(fact.currency);
  mix(fact.amountMinor.toString());
  if (fact.kind === "invoice") {
    mix(fact.issueDate);
    mix(fact.dueDate);
    if (fact.paidMinor !== null) mix(`${fact.paidMinor} ${fact.paidOn}`);
    if (fact.disputed !== null) mix(fact.disputed ? "disputed" : "not disputed");
  } else mix(fact.kind === "payment" ? fact.valueDate : fact.day);
  return hash >>> 0;
}
