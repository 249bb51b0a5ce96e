import { ok, refuse, type Result } from "../../core/result.ts";
import { type BankFault, type BankFile, type BankStatement, ENTRIES_MAX } from "./contract-statement.ts";
import { wholeMinor } from "./decide-amount.ts";
import { accountOf, type Account, type GroupFacts } from "./decide-bai2-account.ts";
import { baiRecords, type BaiRecord, fieldsOf } from "./decide-bai2-record.ts";
import { swiftDay } from "./decide-mt940-entry.ts";

type Faults = BankFault[];
const AGAIN = "the file was cut or changed: nothing was taken; fetch it from the bank again";

/** Reads BAI2 (records 01 to 99). Control totals and record counts of accounts (49), groups (98) and file (99) must agree. */
export function readBai2(text: string, encoding: string): Result<BankFile, readonly BankFault[]> {
  const { records, lines } = baiRecords(text);
  const faults: Faults = [];
  const first = records[0];
  if (first?.code !== "01")
    faults.push(fault(first, "fragment-no-start", `it begins with record ${first?.code}, not 01`));
  if (records.at(-1)?.code !== "99")
    faults.push(fault(records.at(-1), "fragment-no-end", "the end record 99 is missing"));
  if (lines > ENTRIES_MAX * 10)
    faults.push(fault(undefined, "too-many-entries", `the file has ${lines} lines; ask for a shorter period`));
  if (faults.length > 0) return refuse(faults);
  const body = records.slice(1, -1);
  const groups = groupsOf(body, faults);
  const read = faults.length === 0 ? groups.map((group) => groupOf(group, faults)) : [];
  const end = records.at(-1);
  if (faults.length === 0 && end !== undefined) {
    const control = {
      minor: read.reduce((sum, one) => sum + one.controlMinor, 0n),
      parts: read.length,
      records: lines,
    };
    faults.push(...controlFaults(end, control, "groups"));
  }
  if (faults.length > 0) return refuse(faults);
  const statements = read.flatMap((one) => one.statements);
  return ok({ format: "bai2", version: first === undefined ? undefined : fieldsOf(first)[8], encoding, statements });
}

const fault = (record: BaiRecord | undefined, code: string, message: string): BankFault => ({
  code,
  line: record?.line,
  path: record?.code,
  read: record?.text.slice(0, 60) ?? "",
  message,
  fix: AGAIN,
});

type Group = { readonly start: BaiRecord; readonly end: BaiRecord; readonly inside: readonly BaiRecord[] };

function groupsOf(records: readonly BaiRecord[], faults: Faults): readonly Group[] {
  const groups: Group[] = [];
  let open: { start: BaiRecord; inside: BaiRecord[] } | undefined;
  for (const record of records) {
    if (record.code === "02") {
      if (open !== undefined) faults.push(fault(open.start, "group-unclosed", "the group has no end record 98"));
      open = { start: record, inside: [] };
    } else if (open === undefined) {
      faults.push(fault(record, "record-outside-group", `record ${record.code} stands outside a group (02 … 98)`));
      return groups;
    } else if (record.code === "98") {
      groups.push({ ...open, end: record });
      open = undefined;
    } else open.inside.push(record);
  }
  if (open !== undefined) faults.push(fault(open.start, "group-unclosed", "the group has no end record 98"));
  return groups;
}

type GroupRead = { readonly controlMinor: bigint; readonly statements: readonly BankStatement[] };
const NOTHING: GroupRead = { controlMinor: 0n, statements: [] };

function groupOf({ start, end, inside }: Group, faults: Faults): GroupRead {
  const [, , , status = "", date = "", time = "", currency = "", modifier = ""] = fieldsOf(start);
  const asOf = swiftDay(date);
  if (asOf === undefined || asOf.isMoved) {
    faults.push(fault(start, "day-unreadable", `"${date}" is not a day such as 260331`));
    return NOTHING;
  }
  const facts: GroupFacts = { asOf: asOf.day, madeAt: `${date} ${time}`.trim(), currency: currency || "USD", faults };
  const accounts: Account[] = [];
  let open: BaiRecord[] = [];
  for (const record of inside) {
    if (record.code !== "03" && open.length === 0) {
      faults.push(fault(record, "record-outside-account", `record ${record.code} stands outside an account (03 … 49)`));
      return NOTHING;
    }
    if (record.code === "03" && open.length > 0)
      faults.push(fault(open[0], "account-unclosed", "the account has no end record 49"));
    if (record.code === "03") open = [];
    open.push(record);
    if (record.code !== "49") continue;
    const account = accountOf(open, facts);
    if (account !== undefined) {
      accounts.push(account);
      faults.push(
        ...controlFaults(record, { minor: account.controlMinor, records: account.lines }, account.statement.account),
      );
    }
    open = [];
  }
  if (open.length > 0) faults.push(fault(open[0], "account-unclosed", "the account has no end record 49"));
  const control = {
    minor: accounts.reduce((sum, one) => sum + one.controlMinor, 0n),
    parts: accounts.length,
    records: accounts.reduce((sum, one) => sum + one.lines, start.lines + end.lines),
  };
  if (faults.length === 0) faults.push(...controlFaults(end, control, "accounts"));
  return {
    controlMinor: control.minor,
    statements: accounts.map(({ statement }) => told(statement, { status, modifier, line: start.line })),
  };
}

type Status = { readonly status: string; readonly modifier: string; readonly line: number };
/** A deletion (2) or test (4) is never money; nor is an interim report of the same day (3): its entries come again as final. */
function told(statement: BankStatement, { status, modifier, line }: Status): BankStatement {
  if (status === "2" || status === "4")
    return {
      ...statement,
      use: "shown",
      notes: [...statement.notes, { code: status === "2" ? "deleted-group" : "test-file", line, read: status }],
    };
  if (modifier !== "3") return statement;
  return { ...statement, use: "shown", notes: [...statement.notes, { code: "intraday", line, read: modifier }] };
}

type Control = { readonly minor: bigint; readonly records: number; readonly parts?: number };
/** Compares an end record with what it closes: control total, number of parts, number of records. */
function controlFaults(end: BaiRecord, held: Control, what: string): BankFault[] {
  const fields = fieldsOf(end);
  const total = wholeMinor(fields[1] ?? "");
  const found: BankFault[] = [];
  const whose = end.code === "49" ? `account ${what}` : end.code === "98" ? "the group" : "the file";
  if (!total.ok || total.value !== held.minor)
    found.push(
      fault(
        end,
        "control-total-differs",
        `the amounts of ${whose} sum to ${held.minor} minor units, record ${end.code} says ${total.ok ? `${total.value}: ${total.value - held.minor} apart` : `"${fields[1] ?? ""}"`}`,
      ),
    );
  if (held.parts !== undefined && Number(fields[2]) !== held.parts)
    found.push(
      fault(end, "control-count-differs", `record ${end.code} counts ${fields[2]} ${what}, there are ${held.parts}`),
    );
  const records = fields[held.parts === undefined ? 2 : 3];
  if (Number(records) !== held.records)
    found.push(
      fault(end, "control-count-differs", `record ${end.code} counts ${records} records, there are ${held.records}`),
    );
  return found;
}
