import { ok, refuse, type Result } from "../../core/result.ts";
import {
  type BankEntry,
  type BankFault,
  type BankFile,
  type BankNote,
  type BankStatement,
  ENTRIES_MAX,
  STATEMENTS_MAX,
} from "./contract-statement.ts";
import { balanceNotes, minorOf, tieOf } from "./decide-amount.ts";
import { movementOf, type Movement } from "./decide-mt940-entry.ts";

/** A field `:61:…` with the lines that belong to it. */
type Field = { readonly tag: string; readonly line: number; readonly value: string };

/** Reads MT940 in the dialects banks write: with or without SWIFT's envelope, several statements, `:86:` with or without subfields. */
export function readMt940(text: string, encoding: string): Result<BankFile, readonly BankFault[]> {
  const messages = messagesOf(fieldsOf(text));
  const faults: BankFault[] = [];
  if (messages.length === 0)
    return refuse([
      {
        code: "no-statement",
        line: 1,
        read: text.trim().slice(0, 40),
        message: "no statement begins in the file (field :20:)",
        fix: "ask the bank for statements in MT940, or better camt.053",
      },
    ]);
  const entries = messages.reduce((sum, one) => sum + one.filter(({ tag }) => tag === "61").length, 0);
  if (messages.length > STATEMENTS_MAX || entries > ENTRIES_MAX)
    return refuse([
      {
        code: "too-many-entries",
        line: undefined,
        read: `${messages.length} statements, ${entries} entries`,
        message: `at most ${STATEMENTS_MAX} statements and ${ENTRIES_MAX} entries are taken at once`,
        fix: "ask the bank for a shorter period",
      },
    ]);
  const statements = messages.map((fields) => statementOf(fields, faults));
  return faults.length > 0 ? refuse(faults) : ok({ format: "mt940", version: undefined, encoding, statements });
}

/** Everything below the blank but tab: some banks frame messages with SOH and ETX. */
const withoutControls = (text: string): string => text.replaceAll(/[^\t\P{Cc}]/gu, "");
const FIELDS_MAX = ENTRIES_MAX * 4;

function fieldsOf(text: string): readonly Field[] {
  const fields: { tag: string; line: number; value: string }[] = [];
  let isOpen = false;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = withoutControls(raw);
    const start = /^:(\d{2}[A-Z]?):(.*)$/s.exec(line);
    if (start !== null && fields.length < FIELDS_MAX) {
      fields.push({ tag: start[1] ?? "", line: index + 1, value: start[2] ?? "" });
      isOpen = true;
    } else if (/^-(\}|XXX)?\s*$/.test(line)) isOpen = false;
    else if (isOpen && line !== "") {
      const last = fields.at(-1);
      if (last !== undefined) last.value += `\n${line}`;
    }
  }
  return fields;
}

function messagesOf(fields: readonly Field[]): readonly (readonly Field[])[] {
  const messages: Field[][] = [];
  for (const field of fields) {
    if (field.tag === "20") messages.push([field]);
    else messages.at(-1)?.push(field);
  }
  return messages;
}

type Balance = { readonly minor: bigint; readonly currency: string };

function statementOf(fields: readonly Field[], faults: BankFault[]): BankStatement {
  const of = (...tags: readonly string[]): Field | undefined => fields.find(({ tag }) => tags.includes(tag));
  const start = fields[0];
  const line = start?.line ?? 1;
  const account = of("25", "25P")?.value.split("\n")[0]?.replaceAll(/\s/g, "").slice(0, 64) ?? "";
  const opening = balanceOf(of("60F", "60M"), { line, faults, what: "opening balance (:60F:)" });
  const closing = balanceOf(of("62F", "62M"), { line, faults, what: "closing balance (:62F:)" });
  if (account === "")
    faults.push({
      code: "account-missing",
      line,
      path: ":25:",
      read: "",
      message: "the statement does not say which account it is of",
      fix: "fetch the file from the bank again",
    });
  const currency = opening?.currency ?? closing?.currency ?? "";
  if (opening !== undefined && closing !== undefined && opening.currency !== closing.currency)
    faults.push({
      code: "currency-differs",
      line: of("62F", "62M")?.line,
      path: ":62F:",
      read: closing.currency,
      message: `the statement opens in ${opening.currency} and closes in ${closing.currency}`,
      fix: "fetch the file from the bank again",
    });
  const entries = entriesOf(fields, currency, faults);
  const balances = { currency, openingMinor: opening?.minor, closingMinor: closing?.minor };
  const tie = tieOf({ ...balances, entries });
  const notes: BankNote[] = balanceNotes(tie, { currency, line });
  if (entries.length === 0) notes.push({ code: "without-entries", line, read: "" });
  return {
    format: "mt940",
    line,
    account,
    accountName: undefined,
    statementId: [start?.value.trim(), of("28C", "28")?.value.trim()].filter(Boolean).join(" · ").slice(0, 140),
    madeAt: undefined,
    ...balances,
    tie,
    use: "money",
    entries,
    notes,
  };
}

type BalanceAsk = { readonly line: number; readonly faults: BankFault[]; readonly what: string };
function balanceOf(field: Field | undefined, { line, faults, what }: BalanceAsk): Balance | undefined {
  const found = /^([CD])(\d{6})([A-Z]{3})(\d[\d,]*)/.exec(field?.value.trim() ?? "");
  const minor = found === null ? undefined : minorOf(found[4] ?? "", found[3] ?? "", ",");
  if (found === null || minor === undefined || !minor.ok) {
    faults.push({
      code: "balance-unreadable",
      line: field?.line ?? line,
      path: field === undefined ? undefined : `:${field.tag}:`,
      read: field?.value.slice(0, 60) ?? "",
      message: minor !== undefined && !minor.ok ? minor.error : `the statement has no ${what} that can be read`,
      fix: "the file was cut or changed on its way: fetch it from the bank again",
    });
    return undefined;
  }
  return { minor: found[1] === "D" ? -minor.value : minor.value, currency: found[3] ?? "" };
}

function entriesOf(fields: readonly Field[], currency: string, faults: BankFault[]): readonly BankEntry[] {
  const entries: BankEntry[] = [];
  for (const [index, field] of fields.entries()) {
    if (field.tag !== "61") continue;
    const next = fields[index + 1];
    const told = next?.tag === "86" ? next.value : "";
    const movement = movementOf(field.value, { currency, told });
    if (!movement.ok) {
      faults.push({
        code: "entry-unreadable",
        line: field.line,
        path: ":61:",
        read: field.value.slice(0, 80),
        message: movement.error,
        fix: "the file was cut or changed on its way: fetch it from the bank again",
      });
      continue;
    }
    entries.push(entryOf(movement.value, { line: field.line, place: entries.length + 1, currency }));
  }
  return entries;
}

type Place = { readonly line: number; readonly place: number; readonly currency: string };
function entryOf({ dayRead, ...movement }: Movement, { line, place, currency }: Place): BankEntry {
  const notes: BankNote[] = [];
  if (dayRead !== undefined) notes.push({ code: "day-moved", line, read: dayRead });
  if (movement.amountMinor === 0n) notes.push({ code: "zero-amount", line, read: "0" });
  return { ...movement, line, place, path: ":61:", currency, batch: undefined, notes };
}
