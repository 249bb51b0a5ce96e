import { isCurrency } from "../../core/currency.ts";
import type { NewId } from "../../core/ids.ts";
import { moneyToJson } from "../../core/money.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { OpenReceivables } from "../contract.ts";
import type { RecordMoney } from "../contract-ledger.ts";
import type { DirectoryDeps } from "../read-facts.ts";
import { loadLedgerCustomers } from "../store.ts";
import { lockLedger } from "../store-import.ts";
import type { BankCommit, BankFreshnessOf, LedgerCheckWire } from "./contract-bank.ts";
import {
  BANK_BYTES_MAX,
  type BankFile,
  type BankStatement,
  FAULTS_SHOWN_MAX,
  type LedgerCheck,
} from "./contract-statement.ts";
import { namesOf, type Names, planFile, type PlannedEntry, sha256 } from "./plan-bank.ts";
import { readBankFile } from "./read-bank-file.ts";
import {
  discardFile,
  fileBytes,
  type FileRecord,
  findFile,
  findFileByHash,
  finishFile,
  insertFile,
  keepStatement,
  loadAccounts,
  type StatementRecord,
  statementsOf,
} from "./store-bank.ts";
import { takeEntries } from "./take-bank.ts";

export type BankDeps = DirectoryDeps & {
  readonly newId: NewId;
  readonly recordMoney: RecordMoney;
  readonly openReceivables: OpenReceivables;
  /** The calendar day at the desk. */
  readonly deskDay: (tx: Tx, now: Temporal.Instant) => Promise<Temporal.PlainDate>;
};
export type By = { readonly actor: Actor; readonly now: Temporal.Instant };

type Upload = { readonly fileName: string; readonly bytes: Uint8Array };
/**
 * Keeps a bank's file and says what it is. The same bytes are the same file, whoever brings them. A file that cannot be read is
 * kept as refused, with its faults, and without its bytes.
 */
export async function receiveBankFile(
  tx: Tx,
  { fileName, bytes }: Upload,
  by: By & { readonly deps: BankDeps },
): Promise<Result<FileRecord, Refusal>> {
  const { deps, actor, now } = by;
  if (bytes.length > BANK_BYTES_MAX)
    return no("too-large", "file-too-large", `the file has ${bytes.length} bytes; at most ${BANK_BYTES_MAX} are taken`);
  const hash = sha256(bytes);
  const known = await findFileByHash(tx, hash);
  if (known !== undefined && ["draft", "partly", "committed"].includes(known.state)) return ok(known);
  const read = readBankFile(bytes);
  const check = read.ok ? read.value.ledgerCheck : undefined;
  const state = !read.ok ? "refused" : check === undefined ? "draft" : "checked";
  const record = {
    bank_file_id: known?.bank_file_id ?? deps.newId(),
    file_name: fileName,
    file_bytes: BigInt(bytes.length),
    sha256: hash,
    format: read.ok ? read.value.format : null,
    version: read.ok ? (read.value.version?.slice(0, 40) ?? null) : null,
    encoding: read.ok ? read.value.encoding : null,
    state,
    faults: read.ok ? null : read.error.slice(0, FAULTS_SHOWN_MAX),
    ledger_check: check === undefined ? null : await compareLedger(tx, check, by),
    created_by: actor.name,
    created_by_id: actor.id,
    created_at: now,
    bytes: state === "draft" ? bytes : null,
  } as const;
  await insertFile(tx, record);
  const kept = await findFileByHash(tx, hash);
  if (kept === undefined) throw new Error("a bank file that was just kept is gone");
  await appendEvents(tx, [
    {
      type: state === "refused" ? "receivables.bank-file-refused" : "receivables.bank-file-received",
      actor,
      at: now,
      subject: { kind: "bank-file", id: kept.bank_file_id },
      data: {
        fileName,
        sha256: hash,
        bytes: bytes.length,
        format: record.format,
        ...(!read.ok && { fault: read.error[0]?.code, line: read.error[0]?.line ?? null }),
      },
    },
  ]);
  return ok(kept);
}

/** The ledger's own total on the day of the file's balance, less money that no invoice took. */
async function compareLedger(
  tx: Tx,
  check: LedgerCheck,
  by: By & { readonly deps: BankDeps },
): Promise<LedgerCheckWire> {
  const asOf = check.to ?? (await by.deps.deskDay(tx, by.now));
  const currency = isCurrency(check.currency) ? check.currency : "SEK";
  const open = await by.deps.openReceivables(tx, asOf);
  const ledger = open
    .filter((one) => one.currency === currency)
    .reduce((sum, one) => sum + one.outstandingMinor - one.unappliedMinor, 0n);
  const of = (minor: bigint | undefined) => (minor === undefined ? null : moneyToJson({ minor, currency }));
  return {
    account: check.account,
    company: check.company,
    opening: of(check.openingMinor),
    moved: moneyToJson({ minor: check.movedMinor, currency }),
    closing: of(check.closingMinor),
    from: check.from?.toString() ?? null,
    to: check.to?.toString() ?? null,
    vouchers: check.vouchers,
    unbalanced: check.unbalanced.map(({ line, text, differenceMinor }) => ({
      line,
      text,
      difference: moneyToJson({ minor: differenceMinor, currency }),
    })),
    asOf: asOf.toString(),
    ledger: moneyToJson({ minor: ledger, currency }),
    difference: of(check.closingMinor === undefined ? undefined : check.closingMinor - ledger),
  };
}

export type Draft = {
  readonly file: BankFile;
  readonly statements: readonly StatementRecord[];
  readonly plan: readonly PlannedEntry[];
};
/** Reads a draft again and says what committing would do, as things are now. */
export async function previewBankFile(tx: Tx, record: FileRecord, deps: BankDeps): Promise<Draft | undefined> {
  const file = await readKept(tx, record);
  if (file === undefined) return undefined;
  const taken = new Set(
    (await statementsOf(tx, record.bank_file_id)).filter((one) => one.taken).map(({ place }) => place),
  );
  const places = new Set(file.statements.map((_, index) => index + 1).filter((place) => !taken.has(place)));
  return {
    file,
    statements: file.statements.map((one, index) =>
      statementRecord(one, { place: index + 1, taken: taken.has(index + 1) }),
    ),
    plan: await planFile(tx, file, { places, names: await namesFor(tx, deps) }),
  };
}

async function readKept(tx: Tx, record: FileRecord): Promise<BankFile | undefined> {
  const bytes = await fileBytes(tx, record.bank_file_id);
  if (bytes === undefined) return undefined;
  const read = readBankFile(bytes);
  if (!read.ok) throw new Error(`bank file ${record.bank_file_id} was read once and cannot be read again`);
  return read.value;
}
/** Names of all customers: of Partner Center, and of the ledger alone. */
export async function namesFor(tx: Tx, deps: DirectoryDeps): Promise<Names> {
  const known = await deps.customersByIds(tx, await deps.allCustomerIds(tx));
  const own = await loadLedgerCustomers(tx);
  return namesOf([
    ...known.values(),
    ...own.filter(({ customerId }) => !known.has(customerId)).map(({ customerId, name }) => ({ id: customerId, name })),
  ]);
}

/** A statement whose balances contradict its entries: something is missing in it, so a person says whether it goes in. */
export const differs = (one: BankStatement): boolean => one.tie.kind === "differs" && one.use === "money";

export function statementRecord(
  one: BankStatement,
  { place, taken }: { readonly place: number; readonly taken: boolean },
): StatementRecord {
  const booked = one.entries.filter(({ status, currency }) => status === "booked" && currency === one.currency);
  const side = (isIn: boolean): bigint =>
    booked.reduce((sum, { amountMinor }) => (amountMinor > 0n === isIn ? sum + amountMinor : sum), 0n);
  const days = one.entries.map(({ bookedOn }) => bookedOn).sort(Temporal.PlainDate.compare);
  return {
    place,
    format: one.format,
    account: one.account,
    account_name: one.accountName?.slice(0, 300) ?? null,
    paid_into: one.paidInto ?? null,
    currency: one.currency.slice(0, 3).padEnd(3, "?"),
    statement_id: one.statementId?.slice(0, 140) ?? null,
    opening_minor: one.openingMinor ?? null,
    closing_minor: one.closingMinor ?? null,
    difference_minor: one.tie.kind === "ties" ? 0n : one.tie.kind === "differs" ? one.tie.differenceMinor : null,
    use: isCurrency(one.currency) ? one.use : "shown",
    taken,
    entries: one.entries.length,
    in_minor: side(true),
    out_minor: side(false),
    from_day: days[0] ?? null,
    to_day: days.at(-1) ?? null,
    notes: one.notes.map(({ differenceMinor, ...note }) => ({
      ...note,
      ...(differenceMinor !== undefined && { differenceMinor: differenceMinor.toString() }),
    })),
  };
}

/**
 * Takes a previewed file in: statements, entries and money in this one transaction. Whoever commits at the same time waits for
 * the ledger's lock and then finds the money known. A statement that does not tie goes in only if a person says so.
 */
export async function commitBankFile(
  tx: Tx,
  bankFileId: string,
  { actor, now, deps, differing, byName }: BankCommit & By & { readonly deps: BankDeps },
): Promise<Result<FileRecord, Refusal>> {
  await lockLedger(tx);
  const record = await findFile(tx, bankFileId, true);
  if (record === undefined) return unknownFile();
  if (record.state === "committed") return ok(record);
  const draft =
    record.state === "draft" || record.state === "partly" ? await previewBankFile(tx, record, deps) : undefined;
  if (draft === undefined)
    return no("conflict", "bank-file-not-open", `the file is ${record.state}: there is nothing to take in`, {
      facts: { state: record.state },
    });
  const off = draft.file.statements.filter((one, index) => differs(one) && draft.statements[index]?.taken === false);
  if (off.length > 0 && differing === undefined)
    return no(
      "conflict",
      "balance-differs",
      `${off.length} statements do not add up: say whether to take them in all the same or to leave them`,
      { facts: { statements: off.length } },
    );
  const isLeft = (statement: BankStatement): boolean => differs(statement) && differing === "leave";
  for (const [index, one] of draft.file.statements.entries())
    if (draft.statements[index]?.taken === false)
      await keepStatement(tx, bankFileId, statementRecord(one, { place: index + 1, taken: !isLeft(one) }));
  const plan = draft.plan.filter(({ statement }) => !isLeft(statement)).map((one) => heldByName(one, byName));
  const done = await takeEntries(tx, plan, { bankFileId, actor, now, deps });
  if (!done.ok) return done;
  await finishFile(tx, bankFileId, { isWhole: !draft.file.statements.some(isLeft), by: actor.name, at: now });
  await appendEvents(tx, [
    {
      type: "receivables.bank-file-committed",
      actor,
      at: now,
      subject: { kind: "bank-file", id: bankFileId },
      data: {
        fileName: record.file_name,
        sha256: record.sha256,
        format: record.format,
        states: Object.fromEntries(
          Map.groupBy(plan, ({ state }) => state)
            .entries()
            .map(([state, of]) => [state, of.length]),
        ),
        ...(off.length > 0 && { differing, statements: off.length }),
      },
    },
  ]);
  const committed = await findFile(tx, bankFileId);
  return committed === undefined ? unknownFile() : ok(committed);
}

const unknownFile = (): Result<never, Refusal> => no("not-found", "bank-file-unknown", "there is no such bank file");
const heldByName = (one: PlannedEntry, byName: BankCommit["byName"]): PlannedEntry =>
  byName === "wait" && one.by === "name"
    ? {
        ...one,
        state: "waiting",
        by: undefined,
        what: undefined,
        between: one.parts.map(({ customerId }) => customerId),
        parts: [],
      }
    : one;

/** Throws a draft away; what was taken in stays. */
export async function discardBankFile(
  tx: Tx,
  bankFileId: string,
  { actor, now }: By,
): Promise<Result<FileRecord, Refusal>> {
  const record = await findFile(tx, bankFileId, true);
  if (record === undefined) return unknownFile();
  if (record.state === "committed" || record.state === "partly")
    return no("conflict", "bank-file-taken", "its money is in the ledger: correct single entries instead");
  await discardFile(tx, bankFileId);
  await appendEvents(tx, [
    {
      type: "receivables.bank-file-discarded",
      actor,
      at: now,
      subject: { kind: "bank-file", id: bankFileId },
      data: { fileName: record.file_name, sha256: record.sha256 },
    },
  ]);
  return ok({ ...record, state: "discarded" });
}

/** Own accounts and how fresh what we know of each is. */
export const bankFreshness: BankFreshnessOf = async (tx) =>
  (await loadAccounts(tx)).map((one) => ({
    account: one.account,
    currency: one.currency,
    name: one.name ?? undefined,
    format: one.format,
    coversTo: one.to_day ?? undefined,
    fileName: one.file_name,
    takenAt: one.committed_at,
  }));
