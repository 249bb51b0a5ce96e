import { ok, refuse, type Result } from "../../core/result.ts";
import { type BankFault, type BankFile, type BankStatement, ENTRIES_MAX } from "./contract-statement.ts";
import { type Deposit, depositsOf } from "./decide-bgmax-deposit.ts";
import { bgFault, type BgLine, columns } from "./decide-bgmax-line.ts";

const COLUMNS = 80;
const TAB_STOP = 8;
const CODES = new Set(["01", "05", "15", "20", "21", "22", "23", "25", "26", "27", "28", "29", "70"]);

/**
 * Reads BgMax (payments to a bankgiro): the whole file, whose deposits (TK15) and trailer (TK70) must agree with what is in
 * it. Layout from Bankgirot's example file and public parsers, see the folder's README.
 */
export function readBgMax(text: string, encoding: string): Result<BankFile, readonly BankFault[]> {
  const faults: BankFault[] = [];
  const lines = bgLines(text, faults);
  const start = lines[0];
  const end = lines.at(-1);
  if (faults.length === 0) faults.push(...frameFaults(start, end));
  if (lines.length > ENTRIES_MAX * 3)
    faults.push(
      bgFault(undefined, {
        code: "too-many-entries",
        read: `${lines.length} lines`,
        message: `at most ${ENTRIES_MAX} payments are taken at once`,
        fix: "ask Bankgirot for a file a day",
      }),
    );
  if (faults.length > 0 || start === undefined || end === undefined) return refuse(faults);
  const deposits = depositsOf(lines.slice(1, -1), faults);
  if (faults.length === 0) faults.push(...trailerFaults(end, deposits));
  if (faults.length > 0) return refuse(faults);
  const isTest = columns(start, 45, 45) === "T";
  return ok({
    format: "bgmax",
    version: columns(start, 23, 24).trim() || undefined,
    encoding,
    statements: deposits.map((one, index): BankStatement => statementOf(one, { start, index, isTest })),
  });
}

function bgLines(text: string, faults: BankFault[]): readonly BgLine[] {
  const lines: BgLine[] = [];
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (raw.trim() === "") continue;
    const expanded = expandTabs(raw).replace(/\s+$/, "");
    const line = {
      line: index + 1,
      code: expanded.slice(0, 2),
      text: expanded.padEnd(COLUMNS),
      hadTabs: raw.includes("\t"),
    };
    if (expanded.length > COLUMNS)
      faults.push(
        bgFault(line, {
          code: "line-too-long",
          column: COLUMNS + 1,
          read: expanded.slice(COLUMNS, COLUMNS + 40),
          message: `the line has ${expanded.length} columns; a BgMax line has ${COLUMNS}`,
          fix: "the file was changed on its way: fetch it from the bank again",
        }),
      );
    else if (!CODES.has(line.code))
      faults.push(
        bgFault(line, {
          code: "record-unknown",
          column: 1,
          read: line.code,
          message: `BgMax has no record ${line.code}`,
          fix: "the file was changed on its way: fetch it from the bank again",
        }),
      );
    lines.push(line);
  }
  return lines;
}

/** Editors put tabs for blanks; expanded at every eighth column a record has its columns again. */
function expandTabs(text: string): string {
  if (!text.includes("\t")) return text;
  let out = "";
  for (const letter of text) out += letter === "\t" ? " ".repeat(TAB_STOP - (out.length % TAB_STOP)) : letter;
  return out;
}

/** A file without its first or last record is a piece: what is missing cannot be known, so nothing of it is taken. */
function frameFaults(start: BgLine | undefined, end: BgLine | undefined): BankFault[] {
  const found: BankFault[] = [];
  if (start?.code !== "01")
    found.push(
      bgFault(start, {
        code: "fragment-no-start",
        column: 1,
        read: start?.text.trim().slice(0, 40) ?? "",
        message: `the file begins with record ${start?.code ?? "none"}, not with the start record 01: it is a piece of a file`,
        fix: "fetch the whole file from the bank again",
      }),
    );
  else if (columns(start, 3, 22).trim() !== "BGMAX")
    found.push(
      bgFault(start, {
        code: "not-bgmax",
        column: 3,
        read: columns(start, 3, 22).trim(),
        message: "the start record does not name BGMAX",
        fix: "order payments in the layout BgMax",
      }),
    );
  if (end?.code !== "70")
    found.push(
      bgFault(end, {
        code: "fragment-no-end",
        column: 1,
        read: end?.text.trim().slice(0, 40) ?? "",
        message: "the end record 70 is missing: the file was cut, and payments may be lost",
        fix: "fetch the whole file from the bank again",
      }),
    );
  return found;
}

/** TK70 counts payments, deductions, extra references and deposits; each must be what the file holds. */
function trailerFaults(end: BgLine, deposits: readonly Deposit[]): BankFault[] {
  const count = (of: (one: Deposit) => number): number => deposits.reduce((sum, one) => sum + of(one), 0);
  const rows = [
    { what: "payments (record 20)", from: 3, held: count((one) => one.payments) },
    { what: "deductions (record 21)", from: 11, held: count((one) => one.deductions) },
    { what: "extra references (records 22, 23)", from: 19, held: count((one) => one.extraReferences) },
    { what: "deposits (record 15)", from: 27, held: deposits.length },
  ];
  return rows.flatMap(({ what, from, held }) => {
    const told = columns(end, from, from + 7);
    if (/^\d{8}$/.test(told) && Number(told) === held) return [];
    return [
      bgFault(end, {
        code: "trailer-differs",
        column: from,
        read: told,
        message: `the end record counts ${/^\d{8}$/.test(told) ? Number(told) : `"${told}"`} ${what}, the file holds ${held}`,
        fix: "lines are missing or doubled: nothing was taken; fetch the file from the bank again",
      }),
    ];
  });
}

type About = { readonly start: BgLine; readonly index: number; readonly isTest: boolean };
function statementOf(deposit: Deposit, { start, index, isTest }: About): BankStatement {
  const tabbed = deposit.tabbedLine;
  return {
    format: "bgmax",
    line: deposit.line,
    account: deposit.receiver,
    accountName: undefined,
    paidInto: deposit.paidInto,
    currency: deposit.currency,
    statementId: `${deposit.paidOn.toString()}/${deposit.number}`,
    madeAt: columns(start, 25, 44).trim() || undefined,
    openingMinor: undefined,
    closingMinor: undefined,
    // A deposit has no balances: it ties when its payments sum to the total the bank paid in, else the file was refused.
    tie: { kind: "ties" },
    use: isTest ? "shown" : "money",
    entries: deposit.entries.map((one) => ({ ...one, batch: { id: String(index + 1), ...one.batch } })),
    notes: [
      ...(isTest ? [{ code: "test-file" as const, line: start.line, read: "T" }] : []),
      ...(tabbed === undefined ? [] : [{ code: "tabs-expanded" as const, line: tabbed, read: "" }]),
    ],
  };
}
