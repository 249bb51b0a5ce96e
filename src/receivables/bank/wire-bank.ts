import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { isLedgerOnly } from "../contract.ts";
import { loadLedgerCustomers } from "../store.ts";
import type {
  BankAccountWire,
  BankEntryWire,
  BankFaultWire,
  BankFileRowWire,
  BankFileWire,
  BankStatementWire,
  BankSumWire,
} from "./contract-bank.ts";
import type { BankFault } from "./contract-statement.ts";
import { isStored, type PlannedEntry } from "./plan-bank.ts";
import type { BankDeps, Draft } from "./service-bank.ts";
import type { AccountRow, FileRecord, StatementRecord } from "./store-bank.ts";
import { type EntryWithFile, findEntry, type StateSum } from "./store-bank-entry.ts";

export const fileRowWire = (one: FileRecord): BankFileRowWire => ({
  id: one.bank_file_id,
  fileName: one.file_name,
  bytes: one.file_bytes.toString(),
  sha256: one.sha256,
  format: one.format,
  version: one.version,
  state: one.state,
  createdAt: one.created_at.toString(),
  createdBy: one.created_by,
  committedAt: one.committed_at?.toString() ?? null,
  committedBy: one.committed_by,
});

export const faultWire = (one: BankFault): BankFaultWire => ({
  code: one.code,
  line: one.line ?? null,
  column: one.column ?? null,
  path: one.path ?? null,
  read: one.read,
  message: one.message,
  fix: one.fix,
});

type FileParts = { readonly statements: readonly StatementRecord[]; readonly sums: readonly BankSumWire[] };
export const fileWire = (one: FileRecord, { statements, sums }: FileParts): BankFileWire => ({
  ...fileRowWire(one),
  encoding: one.encoding,
  faults: (one.faults ?? []).map(faultWire),
  statements: statements.map(statementWire),
  sums: [...sums],
  ledgerCheck: one.ledger_check,
});

type WiredNote = StatementRecord["notes"][number];
const noteWire = (currency: string) => (note: WiredNote) => ({
  code: note.code,
  line: note.line ?? null,
  read: note.read,
  difference: note.differenceMinor === undefined ? null : { minor: note.differenceMinor, currency },
});

function statementWire(one: StatementRecord): BankStatementWire {
  const { currency } = one;
  const of = (minor: bigint | null) => (minor === null ? null : { minor: minor.toString(), currency });
  const tie =
    one.use === "shown"
      ? "shown"
      : one.difference_minor === null
        ? "unknown"
        : one.difference_minor === 0n
          ? "ties"
          : "differs";
  return {
    place: one.place,
    format: one.format,
    account: one.account,
    accountName: one.account_name,
    statementId: one.statement_id,
    currency,
    from: one.from_day?.toString() ?? null,
    to: one.to_day?.toString() ?? null,
    opening: of(one.opening_minor),
    closing: of(one.closing_minor),
    in: { minor: one.in_minor.toString(), currency },
    out: { minor: one.out_minor.toString(), currency },
    entries: one.entries,
    tie,
    difference: tie === "differs" ? of(one.difference_minor) : null,
    taken: one.taken,
    notes: one.notes.map(noteWire(currency)),
  };
}

/** Sums of a plan, as `sumStates` gives them of what is stored. */
export function planSums(plan: readonly PlannedEntry[]): readonly BankSumWire[] {
  const groups = Map.groupBy(plan, ({ state, by, entry }) => `${state}|${by ?? ""}|${entry.currency}`);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, of]) => {
      const first = of[0];
      if (first === undefined) return [];
      const minor = of.reduce((sum, { entry }) => sum + entry.amountMinor, 0n);
      return [
        {
          state: first.state,
          by: first.by ?? null,
          entries: of.length,
          amount: { minor: minor.toString(), currency: first.entry.currency },
        },
      ];
    });
}
export const sumWire = (one: StateSum): BankSumWire => ({
  state: one.state,
  by: one.by,
  entries: Number(one.entries),
  amount: { minor: one.minor.toString(), currency: one.currency },
});

type NameOf = (id: CustomerId) => string;
/** Names of customers, of Partner Center and of the ledger alone; an id that is gone stays an id. */
export async function customerNames(
  tx: Tx,
  ids: readonly CustomerId[],
  deps: Pick<BankDeps, "customersByIds">,
): Promise<NameOf> {
  const unique = [...new Set(ids)];
  const known = await deps.customersByIds(
    tx,
    unique.filter((id) => !isLedgerOnly(id)),
  );
  const own = unique.some(isLedgerOnly) ? await loadLedgerCustomers(tx, unique.filter(isLedgerOnly)) : [];
  const names = new Map(own.map((one) => [one.customerId, one.name]));
  return (id) => known.get(id)?.name ?? names.get(id) ?? id;
}

export async function entriesWire(tx: Tx, rows: readonly EntryWithFile[], deps: BankDeps): Promise<BankEntryWire[]> {
  const nameOf = await customerNames(
    tx,
    rows.flatMap(({ payments }) => payments.map(({ customerId }) => customerId)),
    deps,
  );
  const equals = new Map<bigint, EntryWithFile>();
  for (const { equals_id } of rows) {
    const found = equals_id === null || equals.has(equals_id) ? undefined : await findEntry(tx, equals_id);
    if (found !== undefined) equals.set(found.entry_id, found);
  }
  return rows.map((row) =>
    entryWire(row, { nameOf, equals: row.equals_id === null ? undefined : equals.get(row.equals_id) }),
  );
}

function entryWire(
  row: EntryWithFile,
  { nameOf, equals }: { readonly nameOf: NameOf; readonly equals: EntryWithFile | undefined },
): BankEntryWire {
  const { currency } = row;
  return {
    id: row.entry_id.toString(),
    bankFileId: row.bank_file_id,
    fileName: row.file_name,
    account: row.account,
    format: row.format as BankEntryWire["format"],
    statement: row.statement,
    place: row.place,
    line: row.line,
    bookedOn: row.booked_on.toString(),
    valueOn: row.value_on?.toString() ?? null,
    amount: { minor: row.amount_minor.toString(), currency },
    status: row.status,
    isReversal: row.is_reversal,
    sourceId: row.source_id,
    references: row.refs.map(({ kind, value, amountMinor }) => ({
      kind,
      value,
      amount: amountMinor === undefined ? null : { minor: amountMinor, currency },
    })),
    text: row.text,
    payer: { name: row.payer_name, account: row.payer_account, orgNumber: row.payer_org },
    state: row.state,
    matchedBy: row.matched_by,
    matchedWhat: row.matched_what,
    customers: row.payments.map(({ customerId, amountMinor }) => ({
      id: customerId,
      name: nameOf(customerId),
      amount: { minor: amountMinor, currency },
    })),
    between: [],
    equals:
      equals === undefined
        ? null
        : {
            fileName: equals.file_name,
            line: equals.line,
            bookedOn: equals.booked_on.toString(),
            format: equals.format,
          },
    confirmed: row.statement_id !== null,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toString() ?? null,
    reason: row.reason,
    notes: row.notes.map(noteWire(currency)),
  };
}

export async function plannedWire(
  tx: Tx,
  { record, plan }: Pick<Draft, "plan"> & { readonly record: FileRecord },
  deps: BankDeps,
): Promise<BankEntryWire[]> {
  const ids = plan.flatMap(({ parts, between }) => [...parts.map(({ customerId }) => customerId), ...between]);
  const nameOf = await customerNames(tx, ids, deps);
  return plan.map((one) => onePlanned(one, record, nameOf));
}

function onePlanned(one: PlannedEntry, record: FileRecord, nameOf: NameOf): BankEntryWire {
  const { entry, statement } = one;
  const { currency } = entry;
  const equals = one.equals;
  const of = (minor: bigint) => ({ minor: minor.toString(), currency });
  return {
    id: null,
    bankFileId: record.bank_file_id,
    fileName: record.file_name,
    account: statement.account,
    format: statement.format,
    statement: one.statementPlace,
    place: entry.place,
    line: entry.line,
    bookedOn: entry.bookedOn.toString(),
    valueOn: entry.valueOn?.toString() ?? null,
    amount: of(entry.amountMinor),
    status: entry.status,
    isReversal: entry.isReversal,
    sourceId: entry.sourceId ?? null,
    references: entry.references.map(({ kind, value, amountMinor }) => ({
      kind,
      value,
      amount: amountMinor === undefined ? null : of(amountMinor),
    })),
    text: entry.text,
    payer: {
      name: entry.counterparty.name ?? null,
      account: entry.counterparty.account ?? null,
      orgNumber: entry.counterparty.orgNumber ?? null,
    },
    state: one.state,
    matchedBy: one.by ?? null,
    matchedWhat: one.what ?? null,
    customers: one.parts.map(({ customerId, amountMinor }) => ({
      id: customerId,
      name: nameOf(customerId),
      amount: of(amountMinor),
    })),
    between: one.between.map((id) => ({ id, name: nameOf(id) })),
    equals:
      equals === undefined
        ? null
        : isStored(equals)
          ? {
              fileName: equals.file_name,
              line: equals.line,
              bookedOn: equals.booked_on.toString(),
              format: equals.format,
            }
          : {
              fileName: record.file_name,
              line: equals.entry.line,
              bookedOn: equals.entry.bookedOn.toString(),
              format: equals.statement.format,
            },
    confirmed: false,
    decidedBy: null,
    decidedAt: null,
    reason: null,
    notes: entry.notes.map(({ differenceMinor, ...note }) =>
      noteWire(currency)({
        ...note,
        ...(differenceMinor !== undefined && { differenceMinor: differenceMinor.toString() }),
      }),
    ),
  };
}

export const accountWire = (one: AccountRow): BankAccountWire => ({
  account: one.account,
  currency: one.currency,
  name: one.name,
  format: one.format,
  coversTo: one.to_day?.toString() ?? null,
  bankFileId: one.bank_file_id,
  fileName: one.file_name,
  takenAt: one.committed_at.toString(),
});
