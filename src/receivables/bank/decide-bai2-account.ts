import {
  type BankEntry,
  type BankFault,
  type BankNote,
  type BankParty,
  type BankReference,
  type BankStatement,
  clipReference,
  clipText,
} from "./contract-statement.ts";
import { balanceNotes, tieOf, wholeMinor } from "./decide-amount.ts";
import { type BaiRecord, fieldsOf, fundsFields } from "./decide-bai2-record.ts";
import { swiftDay } from "./decide-mt940-entry.ts";

export type GroupFacts = {
  readonly asOf: Temporal.PlainDate;
  readonly madeAt: string;
  readonly currency: string;
  readonly faults: BankFault[];
};
export type Account = { readonly statement: BankStatement; readonly controlMinor: bigint; readonly lines: number };

const OPENING_LEDGER = "010";
const CLOSING_LEDGER = "015";
const TOTAL_CREDITS = "100";
const TOTAL_DEBITS = "400";

/** Reads an account (03 … 49). Undefined when a record in it cannot be read; the faults say which. */
export function accountOf(records: readonly BaiRecord[], facts: GroupFacts): Account | undefined {
  const start = records[0];
  const before = facts.faults.length;
  if (start === undefined) return undefined;
  const fields = fieldsOf(start);
  const account = (fields[1] ?? "").slice(0, 64);
  const currency = (fields[2] ?? "").toUpperCase() || facts.currency;
  if (account === "") facts.faults.push(unreadable(start, "account-missing", "record 03 names no account"));
  const sums = summariesOf(start, fields, facts);
  const entries: BankEntry[] = [];
  let detailMinor = 0n;
  for (const record of records) {
    if (record.code !== "16") continue;
    const entry = entryOf(record, { ...facts, currency, place: entries.length + 1 });
    if (entry === undefined) continue;
    detailMinor += entry.amountMinor < 0n ? -entry.amountMinor : entry.amountMinor;
    entries.push(entry);
  }
  if (facts.faults.length > before) return undefined;
  const minorOf = (type: string): bigint | undefined => sums.find((one) => one.type === type)?.minor;
  const balances = { currency, openingMinor: minorOf(OPENING_LEDGER), closingMinor: minorOf(CLOSING_LEDGER) };
  const tie = tieOf({ ...balances, entries });
  const notes = [
    ...balanceNotes(tie, { currency, line: start.line }),
    ...summaryNotes(entries, { line: start.line, credits: minorOf(TOTAL_CREDITS), debits: minorOf(TOTAL_DEBITS) }),
    ...(entries.length === 0 ? [{ code: "without-entries" as const, line: start.line, read: "" }] : []),
  ];
  return {
    controlMinor: sums.reduce((sum, one) => sum + one.minor, detailMinor),
    lines: records.reduce((sum, one) => sum + one.lines, 0),
    statement: {
      format: "bai2",
      line: start.line,
      account,
      accountName: undefined,
      statementId: facts.asOf.toString(),
      madeAt: facts.madeAt,
      ...balances,
      tie,
      use: "money",
      entries,
      notes,
    },
  };
}

const unreadable = (record: BaiRecord, code: string, message: string): BankFault => ({
  code,
  line: record.line,
  path: record.code,
  read: record.text.slice(0, 80),
  message,
  fix: "fetch the file from the bank again",
});

type Summary = { readonly type: string; readonly minor: bigint };
/** Balances and totals behind the account number: type code, amount, item count, funds type. Types without an amount are empty. */
function summariesOf(record: BaiRecord, fields: readonly string[], { faults }: GroupFacts): readonly Summary[] {
  const found: Summary[] = [];
  let at = 3;
  while (at < fields.length) {
    const type = fields[at] ?? "";
    const amount = fields[at + 1] ?? "";
    const taken = fundsFields(fields, at + 3);
    if (taken === undefined) {
      faults.push(unreadable(record, "funds-type-unreadable", `the distribution of type ${type} cannot be read`));
      return found;
    }
    if (type !== "" && amount !== "") {
      const minor = wholeMinor(amount);
      if (minor.ok) found.push({ type, minor: minor.value });
      else faults.push(unreadable(record, "amount-unreadable", minor.error));
    }
    at += 4 + taken;
  }
  return found;
}

/** Sum of credits (100) and debits (400) against the entries; a report may hold sums only, so it is a remark. */
function summaryNotes(
  entries: readonly BankEntry[],
  told: { readonly line: number; readonly credits: bigint | undefined; readonly debits: bigint | undefined },
): BankNote[] {
  const side = (isIn: boolean): bigint =>
    entries.reduce((sum, one) => (one.amountMinor > 0n === isIn ? sum + (isIn ? 1n : -1n) * one.amountMinor : sum), 0n);
  return [
    { code: TOTAL_CREDITS, told: told.credits, held: side(true) },
    { code: TOTAL_DEBITS, told: told.debits, held: side(false) },
  ].flatMap((one): BankNote[] =>
    one.told === undefined || one.told === one.held
      ? []
      : [{ code: "summary-differs", line: told.line, read: one.code, differenceMinor: one.told - one.held }],
  );
}

type EntryFacts = GroupFacts & { readonly currency: string; readonly place: number };
/** Type codes 100 to 399 are credits, 400 to 699 debits; what others mean is the bank's own. */
const signOf = (type: string): 1n | -1n | undefined =>
  /^[123]\d\d$/.test(type) ? 1n : /^[456]\d\d$/.test(type) ? -1n : undefined;
/** Credits and debits that take back an earlier one: returned items and reversals, by BAI's type codes. */
const RETURNS = new Set([
  "252",
  "255",
  "257",
  "258",
  "263",
  "266",
  "408",
  "440",
  "541",
  "542",
  "551",
  "552",
  "553",
  "554",
  "555",
  "556",
  "557",
  "558",
  "559",
  "563",
  "564",
  "566",
  "567",
]);

function entryOf(record: BaiRecord, facts: EntryFacts): BankEntry | undefined {
  const [head = "", ...continued] = record.text.split("\n");
  const fields = head.split(",");
  const type = fields[1]?.trim() ?? "";
  const sign = signOf(type);
  const minor = wholeMinor(fields[2]?.trim() || "0");
  const trimmed = fields.map((field) => field.trim());
  const taken = fundsFields(trimmed, 3);
  if (!minor.ok || minor.value < 0n || taken === undefined || sign === undefined) {
    const why =
      sign === undefined ? `type ${type} is neither a credit nor a debit` : "the entry's amount cannot be read";
    facts.faults.push(unreadable(record, sign === undefined ? "sign-unknown" : "amount-unreadable", why));
    return undefined;
  }
  const valued = trimmed[3] === "V" ? swiftDay(trimmed[4] ?? "") : undefined;
  const after = 4 + taken;
  const facing = continuedFacts(continued);
  const customerReference = clipReference(trimmed[after + 1] ?? "");
  const text = [fields.slice(after + 2).join(","), ...continued].map((one) => one.trim()).filter((one) => one !== "");
  const chosen = facing.get("EREF") ?? customerReference;
  const references: BankReference[] = chosen === "" ? [] : [{ kind: "end-to-end", value: clipReference(chosen) }];
  return {
    line: record.line,
    place: facts.place,
    path: "16",
    bookedOn: facts.asOf,
    valueOn: valued?.day,
    amountMinor: sign * minor.value,
    currency: facts.currency,
    status: "booked",
    isReversal: RETURNS.has(type),
    sourceId: clipReference(trimmed[after] ?? "") || undefined,
    detailId: undefined,
    references,
    text: clipText(text.join(" ")),
    counterparty: partyOf(facing, sign === 1n),
    batch: undefined,
    notes: minor.value === 0n ? [{ code: "zero-amount", line: record.line, read: "0" }] : [],
  };
}

/** Code words of continuations, `DBNM: SAMPLE INC`. */
function continuedFacts(lines: readonly string[]): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const line of lines) {
    const found = /^([A-Z]{4}):\s*(.*)$/.exec(line.trim());
    if (found !== null && (found[2] ?? "") !== "") facts.set(found[1] ?? "", found[2] ?? "");
  }
  return facts;
}

const partyOf = (facts: ReadonlyMap<string, string>, isIn: boolean): BankParty => ({
  name: clipText(facts.get(isIn ? "DBNM" : "CRNM") ?? "") || undefined,
  account: (facts.get(isIn ? "DACT" : "CACT") ?? "").replaceAll(/\s/g, "").slice(0, 64) || undefined,
  orgNumber: undefined,
});
