/** What every kind of bank file is read into. Amounts are minor units, signed as the account sees them: in positive, out negative. */
export const BANK_FORMATS = ["camt.052", "camt.053", "camt.054", "bgmax", "mt940", "bai2", "sie"] as const;
export type BankFormat = (typeof BANK_FORMATS)[number];

/** Named limits: a bank's file of a day is far below each. */
export const BANK_BYTES_MAX = 32 * 1024 * 1024;
export const ENTRIES_MAX = 100_000;
export const STATEMENTS_MAX = 2_000;
export const XML_DEPTH_MAX = 40;
export const FAULTS_SHOWN_MAX = 50;
export const TEXT_LENGTH_MAX = 500;
const REFERENCE_LENGTH_MAX = 140;
export const REFERENCES_MAX = 60;

/** Why a file is refused: where, what stands there, and what to do. */
export type BankFault = {
  readonly code: string;
  /** 1-based; undefined when the file as a whole is wrong. */
  readonly line: number | undefined;
  readonly column?: number | undefined;
  /** Path of the element in an XML file, e.g. `Stmt[1]/Ntry[3]/Amt`. */
  readonly path?: string | undefined;
  /** What was read there. */
  readonly read: string;
  readonly message: string;
  readonly fix: string;
};

export const NOTE_CODES = [
  "balance-differs",
  "balance-missing",
  "balance-other-currency",
  "summary-differs",
  "currency-unknown",
  "intraday",
  "test-file",
  "deleted-group",
  "details-differ",
  "details-other-currency",
  "day-missing",
  "day-moved",
  "tabs-expanded",
  "sign-unknown",
  "zero-amount",
  "without-entries",
] as const;
export type NoteCode = (typeof NOTE_CODES)[number];
/** A remark that does not stop the file. */
export type BankNote = {
  readonly code: NoteCode;
  readonly line: number | undefined;
  readonly read: string;
  /** Exactly how far off a sum is. */
  readonly differenceMinor?: bigint | undefined;
};

/**
 * Kinds of reference, best first: what a payer was asked to quote (`ocr`, `scor` = RF creditor reference, `isr` and `qrr` =
 * Swiss slips), an invoice number in its own field, and what the payer chose (`end-to-end`).
 */
export const REFERENCE_KINDS = ["scor", "qrr", "isr", "ocr", "structured", "invoice", "end-to-end"] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];
export type BankReference = {
  readonly kind: ReferenceKind;
  readonly value: string;
  /** The part of the amount that the file gives to this reference; undefined = not told. */
  readonly amountMinor?: bigint | undefined;
};

export type BankParty = {
  readonly name: string | undefined;
  readonly account: string | undefined;
  readonly orgNumber: string | undefined;
};

export type EntryStatus = "booked" | "pending" | "info";
/** The smallest piece of money to allocate: an entry, or one detail of an entry that is a batch. */
export type BankEntry = {
  /** 1-based within the statement. */
  readonly place: number;
  readonly line: number;
  readonly path?: string | undefined;
  readonly bookedOn: Temporal.PlainDate;
  readonly valueOn: Temporal.PlainDate | undefined;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly status: EntryStatus;
  /** It takes back an earlier entry of the opposite sign (RvslInd, RC/RD, TK21, a return). */
  readonly isReversal: boolean;
  /** The account servicer's id of the whole entry. */
  readonly sourceId: string | undefined;
  /** Ids of this detail: servicer, UETR, end-to-end. */
  readonly detailId: string | undefined;
  readonly references: readonly BankReference[];
  readonly text: string;
  readonly counterparty: BankParty;
  /** The entry it is a detail of: its place in the statement, how many details, and their sum. */
  readonly batch:
    | { readonly id: string; readonly place: number; readonly size: number; readonly totalMinor: bigint }
    | undefined;
  readonly notes: readonly BankNote[];
};

/** Whether opening + entries = closing. `unknown` where the file does not say both in one currency. */
export type Tie =
  | { readonly kind: "ties" }
  | { readonly kind: "differs"; readonly differenceMinor: bigint }
  | { readonly kind: "unknown" };

export type BankStatement = {
  readonly format: BankFormat;
  readonly line: number;
  /** Our account: IBAN or number without blanks. */
  readonly account: string;
  readonly accountName: string | undefined;
  /** The account that a deposit of a giro goes to, where the file names both. */
  readonly paidInto?: string | undefined;
  readonly currency: string;
  readonly statementId: string | undefined;
  readonly madeAt: string | undefined;
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  readonly tie: Tie;
  /** "shown" is never allocated: an intraday report, a test file. */
  readonly use: "money" | "shown";
  readonly entries: readonly BankEntry[];
  readonly notes: readonly BankNote[];
};

/** The receivables account of a ledger as an SIE file tells it; a check, never a source of open items. */
export type LedgerCheck = {
  readonly account: string;
  readonly company: string;
  readonly currency: string;
  readonly openingMinor: bigint | undefined;
  readonly movedMinor: bigint;
  readonly closingMinor: bigint | undefined;
  readonly from: Temporal.PlainDate | undefined;
  readonly to: Temporal.PlainDate | undefined;
  readonly vouchers: number;
  /** Vouchers whose lines do not sum to zero, and by how much. */
  readonly unbalanced: readonly { readonly line: number; readonly text: string; readonly differenceMinor: bigint }[];
};

export type BankFile = {
  readonly format: BankFormat;
  /** E.g. `001.08` of camt, `01` of BgMax, `4` of SIE. */
  readonly version: string | undefined;
  readonly encoding: string;
  readonly statements: readonly BankStatement[];
  readonly ledgerCheck?: LedgerCheck | undefined;
};

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
export const clipText = (text: string): string => clip(text.replaceAll(/\s+/g, " ").trim(), TEXT_LENGTH_MAX);
/** A reference as it is compared: no blanks around, one blank between, not longer than any format's. */
export const clipReference = (text: string): string =>
  text.replaceAll(/\s+/g, " ").trim().slice(0, REFERENCE_LENGTH_MAX);
