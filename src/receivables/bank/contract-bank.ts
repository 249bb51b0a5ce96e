import { z } from "zod";
import { customerIdInput, dayJson, instantJson, moneyJson } from "../../core/wire.ts";
import type { Tx } from "../../store/contract.ts";
import { BANK_FORMATS, NOTE_CODES } from "./contract-statement.ts";

/** What pages and other slices see of money from banks. */

/** `partly`: statements that do not tie were left out; `checked`: an SIE file, compared and not taken in. */
export const BANK_FILE_STATES = ["draft", "partly", "committed", "refused", "checked", "discarded"] as const;
export type BankFileState = (typeof BANK_FILE_STATES)[number];

/**
 * recorded: in the ledger as a customer's money. waiting: nobody known, a person says. outgoing: not from a customer by its
 * sign. set-aside: a person said it is not from a customer. known: the same money as another entry. shown: never money
 * (intraday, pending, test).
 */
export const ENTRY_STATES = ["recorded", "waiting", "outgoing", "set-aside", "known", "shown"] as const;
export type EntryState = (typeof ENTRY_STATES)[number];
export const MATCHED_BY = ["reference", "text", "payer-account", "payer-org", "name", "reversal", "person"] as const;
export type EntryMatchedBy = (typeof MATCHED_BY)[number];

export const bankNoteJson = z.object({
  code: z.enum(NOTE_CODES),
  line: z.number().int().nullable(),
  read: z.string(),
  difference: moneyJson.nullable(),
});
export const bankFaultJson = z.object({
  code: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  path: z.string().nullable(),
  read: z.string(),
  message: z.string(),
  fix: z.string(),
});
export type BankFaultWire = z.infer<typeof bankFaultJson>;

export const bankStatementJson = z.object({
  place: z.number().int(),
  format: z.enum(BANK_FORMATS),
  account: z.string(),
  accountName: z.string().nullable(),
  statementId: z.string().nullable(),
  currency: z.string(),
  from: dayJson.nullable(),
  to: dayJson.nullable(),
  opening: moneyJson.nullable(),
  closing: moneyJson.nullable(),
  in: moneyJson,
  out: moneyJson,
  entries: z.number().int(),
  /** `shown` is never taken in. `differs` is taken in only if a person says so. */
  tie: z.enum(["ties", "differs", "unknown", "shown"]),
  difference: moneyJson.nullable(),
  taken: z.boolean(),
  notes: z.array(bankNoteJson),
});
export type BankStatementWire = z.infer<typeof bankStatementJson>;

export const bankEntryJson = z.object({
  /** Null in a preview. */
  id: z.string().nullable(),
  bankFileId: z.string(),
  fileName: z.string(),
  account: z.string(),
  format: z.enum(BANK_FORMATS),
  statement: z.number().int(),
  place: z.number().int(),
  line: z.number().int(),
  bookedOn: dayJson,
  valueOn: dayJson.nullable(),
  amount: moneyJson,
  status: z.enum(["booked", "pending", "info"]),
  isReversal: z.boolean(),
  sourceId: z.string().nullable(),
  references: z.array(z.object({ kind: z.string(), value: z.string(), amount: moneyJson.nullable() })),
  text: z.string(),
  payer: z.object({ name: z.string().nullable(), account: z.string().nullable(), orgNumber: z.string().nullable() }),
  state: z.enum(ENTRY_STATES),
  matchedBy: z.enum(MATCHED_BY).nullable(),
  matchedWhat: z.string().nullable(),
  customers: z.array(z.object({ id: z.string(), name: z.string(), amount: moneyJson })),
  /** Why it waits: customers between whom nothing decides. */
  between: z.array(z.object({ id: z.string(), name: z.string() })),
  /** The entry that is the same money: where it stands. */
  equals: z.object({ fileName: z.string(), line: z.number().int(), bookedOn: dayJson, format: z.string() }).nullable(),
  /** An end-of-day statement confirmed it. */
  confirmed: z.boolean(),
  decidedBy: z.string().nullable(),
  decidedAt: instantJson.nullable(),
  reason: z.string().nullable(),
  notes: z.array(bankNoteJson),
});
export type BankEntryWire = z.infer<typeof bankEntryJson>;

/** Entries in one state and currency, e.g. recorded by reference. */
export const bankSumJson = z.object({
  state: z.enum(ENTRY_STATES),
  by: z.enum(MATCHED_BY).nullable(),
  entries: z.number().int(),
  amount: moneyJson,
});
export type BankSumWire = z.infer<typeof bankSumJson>;

/** The receivables account as the accounting system has it, against this ledger on the same day. */
export const ledgerCheckJson = z.object({
  account: z.string(),
  company: z.string(),
  opening: moneyJson.nullable(),
  moved: moneyJson,
  closing: moneyJson.nullable(),
  from: dayJson.nullable(),
  to: dayJson.nullable(),
  vouchers: z.number().int(),
  unbalanced: z.array(z.object({ line: z.number().int(), text: z.string(), difference: moneyJson })),
  /** What this ledger says is outstanding less unapplied at the end of `asOf`. */
  asOf: dayJson,
  ledger: moneyJson,
  /** closing - ledger; null when the file has no closing balance. */
  difference: moneyJson.nullable(),
});
export type LedgerCheckWire = z.infer<typeof ledgerCheckJson>;

export const bankFileRowJson = z.object({
  id: z.string(),
  fileName: z.string(),
  bytes: z.string(),
  sha256: z.string(),
  format: z.enum(BANK_FORMATS).nullable(),
  version: z.string().nullable(),
  state: z.enum(BANK_FILE_STATES),
  createdAt: instantJson,
  createdBy: z.string(),
  committedAt: instantJson.nullable(),
  committedBy: z.string().nullable(),
});
export type BankFileRowWire = z.infer<typeof bankFileRowJson>;
export const bankFileJson = bankFileRowJson.extend({
  encoding: z.string().nullable(),
  faults: z.array(bankFaultJson),
  statements: z.array(bankStatementJson),
  /** In a draft: what committing would do. */
  sums: z.array(bankSumJson),
  ledgerCheck: ledgerCheckJson.nullable(),
});
export type BankFileWire = z.infer<typeof bankFileJson>;

export const ENTRIES_PAGE_MAX = 200;
export const bankUploadQuery = z.strictObject({ fileName: z.string().trim().min(1).max(255) });
export const bankCommitBody = z.strictObject({
  /** What to do with statements whose balances do not add up; needed when there is one. */
  differing: z.enum(["take", "leave"]).optional(),
  /** Payments that only the payer's name matches: taken as matched, or left for a person. */
  byName: z.enum(["take", "wait"]).default("take"),
});
export type BankCommit = z.infer<typeof bankCommitBody>;
export const assignBody = z.strictObject({
  customerId: customerIdInput,
  /** Invoice numbers it pays, in this order; without any the oldest due is paid. */
  invoices: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
  /** Remember the payer's account and organisation number for this customer. */
  learn: z.boolean().default(true),
});
export const setAsideBody = z.strictObject({ reason: z.string().trim().min(3).max(500) });

export const suggestionJson = z.object({
  customerId: z.string(),
  name: z.string(),
  why: z.enum(["reference", "payer", "name", "amount"]),
  what: z.string(),
});
export type SuggestionWire = z.infer<typeof suggestionJson>;

/** One of our own accounts, and how fresh what we know of it is. */
export type BankFreshness = {
  readonly account: string;
  readonly currency: string;
  readonly name: string | undefined;
  readonly format: (typeof BANK_FORMATS)[number];
  /** Last day that a taken file covers. */
  readonly coversTo: Temporal.PlainDate | undefined;
  readonly fileName: string;
  readonly takenAt: Temporal.Instant;
};
/** Own bank accounts with the last file that was taken in of each: "payments to 16 Nov 05:40". */
export type BankFreshnessOf = (tx: Tx) => Promise<readonly BankFreshness[]>;

export const bankAccountJson = z.object({
  account: z.string(),
  currency: z.string(),
  name: z.string().nullable(),
  format: z.enum(BANK_FORMATS),
  coversTo: dayJson.nullable(),
  bankFileId: z.string(),
  fileName: z.string(),
  takenAt: instantJson,
});
export type BankAccountWire = z.infer<typeof bankAccountJson>;
