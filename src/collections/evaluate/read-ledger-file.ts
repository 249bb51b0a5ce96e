import type { AccountHistory } from "../contract-history.ts";
import { type AllocateMoney, gather, type Gathered, gathered, historyFrom } from "./decide-ledger-build.ts";
import { type LedgerRow, readRow, type RowFault } from "./decide-ledger-row.ts";

/** The CSV reader of `receivables`, handed in. */
export type CsvReader = (delimiter: string) => {
  push(text: string): readonly { readonly line: number; readonly cells: readonly string[]; readonly broken: boolean }[];
  end(): readonly { readonly line: number; readonly cells: readonly string[]; readonly broken: boolean }[];
};
/** A fault with its place: lines and columns count from 1. A column is the character in a JSON line, the cell in a CSV record. */
export type FileFault = RowFault & { readonly line: number; readonly column: number };
export type LedgerFile = {
  readonly rows: number;
  /** Accounts in the order of their ids. */
  readonly accounts: () => Iterable<AccountHistory>;
  readonly accountCount: number;
};

export const FILE_FAULTS_MAX = 20;
/** Other files than our own that can be read, column by column. Columns that are not named are left out. */
export const FORMATS = ["surety", "ibm", "highradius"] as const;
export type Format = (typeof FORMATS)[number];

export async function readLedgerFile(
  chunks: AsyncIterable<string>,
  deps: { readonly allocate: AllocateMoney; readonly csv: CsvReader; readonly format: Format },
): Promise<LedgerFile | readonly FileFault[]> {
  const faults: FileFault[] = [];
  const customers = new Map<string, Gathered>();
  let rows = 0;
  const take = (
    given: Readonly<Record<string, string>>,
    at: (field: string) => { line: number; column: number },
  ): void => {
    for (const one of deps.format === "surety" ? [given] : mapped(given, deps.format)) {
      const row = readRow(one);
      if (!isFaults(row)) {
        rows++;
        let own = customers.get(row.customer);
        if (own === undefined) customers.set(row.customer, (own = gathered()));
        gather(own, row);
        continue;
      }
      for (const fault of row) if (faults.length < FILE_FAULTS_MAX) faults.push({ ...fault, ...at(fault.field) });
    }
  };
  let reader: { push(text: string): void; end(): void } | undefined;
  for await (const chunk of chunks) {
    if (reader === undefined) {
      const start = chunk.replace(/^\uFEFF/, "").trimStart();
      if (start === "") continue;
      reader = start.startsWith("{")
        ? jsonLines(take, faults)
        : csvLines(take, { csv: deps.csv, faults, delimiter: delimiterOf(start) });
      reader.push(chunk.replace(/^\uFEFF/, ""));
    } else reader.push(chunk);
    if (faults.length >= FILE_FAULTS_MAX) return faults;
  }
  reader?.end();
  if (reader === undefined || (rows === 0 && faults.length === 0))
    return [{ line: 1, column: 1, field: "type", value: "", message: "the file has no rows" }];
  if (faults.length > 0) return faults;
  const members = accountsOf(customers);
  const ids = [...members.keys()].sort();
  return {
    rows,
    accountCount: ids.length,
    accounts: function* () {
      for (const id of ids) yield historyFrom(id, members.get(id) ?? new Map(), deps.allocate);
    },
  };
}
const isFaults = (row: LedgerRow | readonly RowFault[]): row is readonly RowFault[] => Array.isArray(row);

/** Customers under the account that pays for them. A payer pays for itself: chains are not followed. */
function accountsOf(customers: ReadonlyMap<string, Gathered>): ReadonlyMap<string, Map<string, Gathered>> {
  const accounts = new Map<string, Map<string, Gathered>>();
  for (const [id, rows] of customers) {
    const accountId = rows.customer?.payer ?? id;
    let members = accounts.get(accountId);
    if (members === undefined) accounts.set(accountId, (members = new Map()));
    members.set(id, rows);
  }
  return accounts;
}

type Take = (given: Readonly<Record<string, string>>, at: (field: string) => { line: number; column: number }) => void;

function jsonLines(take: Take, faults: FileFault[]) {
  let rest = "";
  let line = 0;
  const one = (text: string): void => {
    line++;
    if (text.trim() === "") return;
    const here = line;
    const given = parsed(text);
    if (typeof given === "string") {
      const column = Number(/position (\d+)/.exec(given)?.[1] ?? 0) + 1;
      faults.push({ line: here, column, field: "line", value: text.slice(0, 80), message: given });
      return;
    }
    take(given, (field) => ({ line: here, column: Math.max(0, text.indexOf(`"${field}"`)) + 1 }));
  };
  return {
    push(text: string): void {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const part of lines) {
        if (faults.length >= FILE_FAULTS_MAX) return;
        one(part);
      }
    },
    end: () => one(rest),
  };
}
/** A number is taken as it is written, so that `100.10` keeps every digit. */
const asWritten = (_name: string, value: unknown, { source }: { readonly source?: string } = {}): unknown =>
  typeof value === "number" && source !== undefined ? source : value;

/** One JSON object as text members; a message when it is none. Lists become what a CSV cell would hold. */
function parsed(text: string): Readonly<Record<string, string>> | string {
  let value: unknown;
  try {
    value = JSON.parse(text, asWritten);
  } catch (error) {
    return (error as Error).message;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "a line is one JSON object";
  const members: Record<string, string> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === null) continue;
    if (Array.isArray(member)) members[name] = member.join(";");
    else if (typeof member === "string") members[name] = member;
    else return `"${name}" must be text or a list of texts`;
  }
  return members;
}

const delimiterOf = (start: string): string => {
  const head = start.split("\n")[0] ?? "";
  return [",", ";", "\t"].reduce((best, one) => (head.split(one).length > head.split(best).length ? one : best));
};

function csvLines(
  take: Take,
  { csv, faults, delimiter }: { readonly csv: CsvReader; readonly faults: FileFault[]; readonly delimiter: string },
) {
  const reader = csv(delimiter);
  let header: readonly string[] | undefined;
  const all = (records: ReturnType<typeof reader.push>): void => {
    for (const { line, cells, broken } of records) {
      if (faults.length >= FILE_FAULTS_MAX) return;
      if (header === undefined) {
        header = cells.map((cell) => cell.trim());
        continue;
      }
      if (broken || cells.length > header.length) {
        const message = broken
          ? "a quote is opened and never closed"
          : `${cells.length} cells under ${header.length} columns`;
        faults.push({ line, column: 1, field: "line", value: cells.join(delimiter).slice(0, 80), message });
        continue;
      }
      const names = header;
      const given: Record<string, string> = {};
      for (const [n, name] of names.entries()) {
        const cell = cells[n]?.trim() ?? "";
        if (cell !== "") given[name] = cell;
      }
      take(given, (field) => ({ line, column: Math.max(0, names.indexOf(field)) + 1 }));
    }
  };
  return { push: (text: string) => all(reader.push(text)), end: () => all(reader.end()) };
}

/* ---- files of others ---- */

/** The public sample sets, one invoice a row. A disputed invoice is held from its issue until it was settled: no day is given for the dispute. */
function mapped(
  given: Readonly<Record<string, string>>,
  format: Exclude<Format, "surety">,
): readonly Readonly<Record<string, string>>[] {
  const value = (name: string) => given[name] ?? "";
  if (format === "highradius")
    // No issue date is given: 30 days before the due date, or the day it was paid if that is earlier.
    return [
      {
        type: "invoice",
        customer: value("customer_id"),
        invoice: value("row"),
        amount: value("amount"),
        currency: "USD",
        issued: earlier(thirtyBefore(value("due_date")), value("clear_date")),
        due: value("due_date"),
        paid: value("clear_date"),
      },
    ];
  const issued = isoOf(value("InvoiceDate"));
  const paid = isoOf(value("SettledDate"));
  const invoice = {
    type: "invoice",
    customer: value("customerID"),
    invoice: value("invoiceNumber"),
    amount: value("InvoiceAmount"),
    currency: "USD",
    issued,
    due: isoOf(value("DueDate")),
    ...(paid === "" ? {} : { paid }),
  };
  if (value("Disputed") !== "Yes") return [invoice];
  const hold = {
    type: "hold",
    customer: invoice.customer,
    kind: "dispute",
    invoice: invoice.invoice,
    from: issued,
    ...(paid === "" ? {} : { until: paid }),
  };
  return [invoice, hold];
}
const earlier = (a: string, b: string): string => (b !== "" && b < a ? b : a);
function thirtyBefore(day: string): string {
  try {
    return Temporal.PlainDate.from(day).subtract({ days: 30 }).toString();
  } catch {
    return day;
  }
}
/** `1/3/2012` is 3 January. */
function isoOf(monthDayYear: string): string {
  const [month = "", day = "", year = ""] = monthDayYear.split("/");
  return year === "" ? monthDayYear : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
