import { z } from "zod";
import { currencyInput, dayJson, instantJson, moneyInput, moneyJson } from "../core/wire.ts";

/** Imports on the wire: how a file is read, what it adds up to, what became of each row. */

export const IMPORT_KINDS = ["invoices", "payments", "deposits"] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What a column can mean, in the order in which the mapping table shows them. */
export const IMPORT_FIELDS = {
  invoices: [
    "invoiceNumber",
    "customerNumber",
    "customerName",
    "tenantId",
    "domain",
    "issueDate",
    "dueDate",
    "amount",
    "openAmount",
    "paidAmount",
    "currency",
    "documentType",
    "settledDate",
    "daysLate",
    "disputed",
    "disputedDate",
    "held",
    "sold",
    "remindedLevel",
    "remindedDate",
    "paymentReference",
    "reference",
    "creditedAmount",
    "status",
    "cancelled",
    "draft",
    "entryNumber",
  ],
  payments: [
    "paymentNumber",
    "customerNumber",
    "customerName",
    "tenantId",
    "domain",
    "valueDate",
    "amount",
    "currency",
    "invoiceNumber",
    "documentType",
    "reference",
  ],
  deposits: [
    "entryNumber",
    "customerNumber",
    "customerName",
    "tenantId",
    "domain",
    "valueDate",
    "amount",
    "currency",
    "documentType",
    "reference",
  ],
} as const satisfies Record<ImportKind, readonly string[]>;
export type ImportField = (typeof IMPORT_FIELDS)[ImportKind][number];
export const ALL_FIELDS = [...new Set(Object.values(IMPORT_FIELDS).flat())] as [ImportField, ...ImportField[]];

/** Fields without which a kind cannot be read; each inner list needs one of its members. */
export const NEEDED_FIELDS = {
  invoices: [
    ["invoiceNumber"],
    ["customerNumber", "customerName", "tenantId", "domain"],
    ["issueDate", "dueDate"],
    ["amount", "openAmount"],
  ],
  payments: [["customerNumber", "customerName", "tenantId", "domain"], ["valueDate"], ["amount"]],
  deposits: [["customerNumber", "customerName", "tenantId", "domain"], ["valueDate"], ["amount"]],
} as const satisfies Record<ImportKind, readonly (readonly ImportField[])[]>;

export const DATE_FIELDS: readonly ImportField[] = [
  "issueDate",
  "dueDate",
  "settledDate",
  "disputedDate",
  "remindedDate",
  "valueDate",
];
export const AMOUNT_FIELDS: readonly ImportField[] = ["amount", "openAmount", "paidAmount", "creditedAmount"];

/** Order of the parts of a date: `ymd` 2012-01-03 or 20120103, `dmy` 3.1.2012, `mdy` 1/3/2012. */
export const DATE_ORDERS = ["ymd", "dmy", "mdy"] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

export const ENCODINGS = ["utf-8", "windows-1252", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const IMPORT_MODES = ["all-or-nothing", "resumable"] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

/** What to do with a row whose customer nobody knows. */
export const UNKNOWN_CUSTOMERS = ["refuse", "create"] as const;
/**
 * `named-only` leaves money without a named invoice unapplied; `named-then-oldest` gives it to the oldest due invoice;
 * `none` leaves all of it as the file has it: an open-items file lists as open what its ledger has not set against anything.
 */
export const ALLOCATION_RULES = ["none", "named-only", "named-then-oldest"] as const;
export type AllocationRule = Exclude<(typeof ALLOCATION_RULES)[number], "none">;
/** How rows stand: one each; several lines an invoice whose totals repeat; or under group headings with sub-totals. */
export const LAYOUTS = ["row", "lines", "groups"] as const;
/** Open invoices of the system that a later file does not list: `keep` leaves them open, `settled` takes them as paid. */
export const MISSING_RULES = ["keep", "settled"] as const;

export const numberStyleInput = z.strictObject({
  decimal: z.enum([".", ","]),
  group: z.enum([".", ",", " ", "'", ""]),
});

/** How a file is read. Everything a person can choose on the import page. */
export const importMappingInput = z.strictObject({
  /** Field → name of its column. */
  columns: z.partialRecord(z.enum(ALL_FIELDS), z.string().max(200)),
  /** Order of dates; null asks the person, since the rows allow more than one reading. */
  dateOrder: z.enum(DATE_ORDERS).nullable(),
  numberStyle: numberStyleInput,
  /** For rows whose file has no currency column or an empty cell. */
  currency: currencyInput.nullable(),
  /** The accounting system, part of every row's identity: the same number from another system is another invoice. */
  system: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .regex(/^[a-z0-9][a-z0-9._-]*$/, "must be lower-case letters, digits, '.', '-' or '_'"),
  unknownCustomers: z.enum(UNKNOWN_CUSTOMERS),
  /** Days between issue and due date, when the file has only one of them. */
  termsDays: z.number().int().min(0).max(365).nullable(),
  /** Day for amounts paid whose file does not say when (open balance column); null = the day of the import. */
  balanceDay: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-03-31")
    .nullable(),
  allocation: z.enum(ALLOCATION_RULES),
  layout: z.enum(LAYOUTS).default("row"),
  missing: z.enum(MISSING_RULES).default("keep"),
});
export type ImportMapping = z.output<typeof importMappingInput>;

/** What was recognised in the file itself. */
export const fileFormatJson = z.object({
  kind: z.enum(["csv", "json", "ndjson"]),
  encoding: z.enum(ENCODINGS),
  hasByteOrderMark: z.boolean(),
  /** One character; null for JSON. */
  delimiter: z.string().nullable(),
  /** Line of the header, 1 is the first; null when there is none. */
  headerLine: z.number().int().nullable(),
  /** Of JSON whose list stands in a member, e.g. `Invoices`: its name. */
  member: z.string().nullable().optional(),
});
export type FileFormat = z.infer<typeof fileFormatJson>;

export const columnJson = z.object({
  name: z.string(),
  samples: z.array(z.string()),
  emptyInSample: z.number().int(),
  /** Field this column probably is; null when its name says nothing. */
  proposed: z.enum(ALL_FIELDS).nullable(),
});
export type ColumnWire = z.infer<typeof columnJson>;

/** A row that cannot go in, or goes in with a remark. Pages word it by `code` and `facts`. */
export const rowProblemJson = z.object({
  line: z.number().int(),
  column: z.string().nullable(),
  value: z.string(),
  code: z.string(),
  /** What would be accepted, in English; pages use their own words by code. */
  fix: z.string(),
  severity: z.enum(["refused", "noted"]),
});
export type RowProblem = z.infer<typeof rowProblemJson>;

/** Rows with the same problem, counted over the whole file, with the first of them. */
export const problemGroupJson = z.object({
  code: z.string(),
  severity: z.enum(["refused", "noted"]),
  column: z.string().nullable(),
  fix: z.string(),
  count: z.number().int(),
  first: z.array(z.object({ line: z.number().int(), value: z.string() })),
});
export type ProblemGroup = z.infer<typeof problemGroupJson>;

/** What is open by the file (invoices less credits and receipts in it) beside what is open in the ledger of its system. */
export const tieJson = z.object({ currency: z.string(), file: moneyJson, ledger: moneyJson, ties: z.boolean() });
export type TieWire = z.infer<typeof tieJson>;

export const currencyTotalJson = z.object({
  currency: z.string(),
  rows: z.number().int(),
  amount: moneyJson,
  paid: moneyJson,
  open: moneyJson,
});

export type CurrencyTotal = z.infer<typeof currencyTotalJson>;

/** Control totals: what a person compares with the ledger before saying yes. */
export const importTotalsJson = z.object({
  rows: z.number().int(),
  rowsGood: z.number().int(),
  rowsRefused: z.number().int(),
  rowsNoted: z.number().int(),
  currencies: z.array(currencyTotalJson),
  customers: z.object({ matched: z.number().int(), ledgerOnly: z.number().int(), unknown: z.number().int() }),
  firstDay: dayJson.nullable(),
  lastDay: dayJson.nullable(),
  /** Against what is stored already; null until it was looked up (preview and commit do). */
  effect: z.object({ new: z.number().int(), changed: z.number().int(), same: z.number().int() }).nullable(),
});
export type ImportTotals = z.infer<typeof importTotalsJson>;

export const IMPORT_STATES = ["draft", "queued", "running", "done", "refused", "failed", "discarded"] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const importJson = z.object({
  id: z.string(),
  kind: z.enum(IMPORT_KINDS),
  fileName: z.string(),
  fileBytes: z.number().int(),
  sha256: z.string(),
  state: z.enum(IMPORT_STATES),
  format: fileFormatJson,
  columns: z.array(columnJson),
  mapping: importMappingInput,
  /** Where the mapping came from: proposed by names, or a saved one recognised by the same header. */
  mappingFrom: z.object({ kind: z.enum(["proposed", "saved", "person"]), name: z.string().nullable() }),
  /** Readings of the dates that all sampled rows allow; more than one means the person must say. */
  dateOrdersPossible: z.array(z.enum(DATE_ORDERS)),
  mode: z.enum(IMPORT_MODES),
  totals: importTotalsJson.nullable(),
  problems: z.array(rowProblemJson),
  problemsTotal: z.number().int(),
  /** The same problems grouped, most frequent refusals first; null for imports from before they were counted. */
  problemGroups: z.array(problemGroupJson).nullable(),
  /** The accounting system's export that the file was recognised as, e.g. "xero-sales". */
  form: z.string().nullable(),
  /** After an import of open items: whether file and ledger agree; null when the file lists no open amounts. */
  tie: z.array(tieJson).nullable(),
  progress: z.object({ rowsDone: z.number().int(), rowsTotal: z.number().int().nullable() }),
  /** An earlier finished import of exactly these bytes. */
  sameFileAs: z.object({ id: z.string(), finishedAt: instantJson }).nullable(),
  /** Why it failed or was refused, in English, with a code. */
  failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
  createdBy: z.string(),
  createdAt: instantJson,
  finishedAt: instantJson.nullable(),
  milliseconds: z.number().int().nullable(),
});
export type ImportWire = z.infer<typeof importJson>;

/** One line of the list of past imports. */
export const importRowJson = importJson.pick({
  id: true,
  kind: true,
  fileName: true,
  fileBytes: true,
  sha256: true,
  state: true,
  mode: true,
  totals: true,
  createdBy: true,
  createdAt: true,
  finishedAt: true,
  progress: true,
});
export type ImportRowWire = z.infer<typeof importRowJson>;

export const savedMappingJson = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(IMPORT_KINDS),
  mapping: importMappingInput,
  columns: z.array(z.string()),
  usedCount: z.number().int(),
  usedAt: instantJson.nullable(),
  createdBy: z.string(),
});
export type SavedMappingWire = z.infer<typeof savedMappingJson>;

/** Query of `POST /api/imports`; the body is the file itself. */
export const uploadQuery = z.strictObject({
  fileName: z.string().trim().min(1).max(255),
  kind: z.enum(IMPORT_KINDS).optional(),
});
export const previewBody = z.strictObject({
  kind: z.enum(IMPORT_KINDS).optional(),
  mapping: importMappingInput,
  hasHeader: z.boolean().optional(),
});
export const commitBody = z.strictObject({
  mode: z.enum(IMPORT_MODES).default("all-or-nothing"),
  saveMappingAs: z.string().trim().min(1).max(80).optional(),
  /** What the ledger itself says is open, by currency: a file that comes to another sum is refused. */
  controlTotals: z.array(moneyInput).max(10).default([]),
});

/** Largest file one import takes. */
export const IMPORT_BYTES_MAX = 200 * 1024 * 1024;
/** Most rows one import takes; more is split into files. */
export const IMPORT_ROWS_MAX = 2_000_000;
/** Problems kept for the report of one import; the count goes on. */
export const PROBLEMS_KEPT_MAX = 10_000;
/** Problems sent with the import itself; the rest by page. */
export const PROBLEMS_SHOWN_MAX = 50;
/** Rows named in each group of problems, and groups kept. */
export const GROUP_ROWS_MAX = 8;
export const PROBLEM_GROUPS_MAX = 60;

/** A line of the per-row report; `changed` rows carry the values before and after. */
export const importReportRowJson = z.object({
  line: z.number().int(),
  severity: z.enum(["refused", "noted", "changed"]),
  column: z.string().nullable(),
  value: z.string(),
  code: z.string(),
  fix: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type ImportReportRow = z.infer<typeof importReportRowJson>;
