import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { BankFault, BankFormat, BankNote } from "./contract-statement.ts";
import type { BankFileState, LedgerCheckWire } from "./contract-bank.ts";

export type FileRecord = {
  readonly bank_file_id: string;
  readonly file_name: string;
  readonly file_bytes: bigint;
  readonly sha256: string;
  readonly format: BankFormat | null;
  readonly version: string | null;
  readonly encoding: string | null;
  readonly state: BankFileState;
  readonly faults: readonly BankFault[] | null;
  readonly ledger_check: LedgerCheckWire | null;
  readonly created_by: string;
  readonly created_by_id: string;
  readonly created_at: Temporal.Instant;
  readonly committed_by: string | null;
  readonly committed_at: Temporal.Instant | null;
};
const FILE_COLUMNS = sql`bank_file_id, file_name, file_bytes, sha256, format, version, encoding, state, faults, ledger_check, created_by, created_by_id, created_at, committed_by, committed_at`;

export async function findFile(tx: Tx, bankFileId: string, forUpdate = false): Promise<FileRecord | undefined> {
  const { rows } = await sql<FileRecord>`
    select ${FILE_COLUMNS} from bank_file where bank_file_id = ${bankFileId} ${forUpdate ? sql`for update` : sql``}`.execute(
    tx,
  );
  return rows[0];
}
export async function findFileByHash(tx: Tx, sha256: string): Promise<FileRecord | undefined> {
  const { rows } = await sql<FileRecord>`select ${FILE_COLUMNS} from bank_file where sha256 = ${sha256}`.execute(tx);
  return rows[0];
}
export type FilesAsk = { readonly before: string | undefined; readonly limit: number };
/** Newest first; discarded ones are left out. `before` is the cursor: moment and id of the last row shown. */
export async function listFiles(tx: Tx, { before, limit }: FilesAsk): Promise<readonly FileRecord[]> {
  const [at, id] = (before ?? "").split(" ");
  const { rows } = await sql<FileRecord>`
    select ${FILE_COLUMNS} from bank_file where state <> 'discarded'
      ${before === undefined ? sql`` : sql`and (created_at, bank_file_id) < (${at}::timestamptz, ${id})`}
    order by created_at desc, bank_file_id desc limit ${limit}`.execute(tx);
  return rows;
}
export async function countFiles(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from bank_file where state <> 'discarded'`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}

export type NewFile = Omit<FileRecord, "committed_by" | "committed_at"> & { readonly bytes: Uint8Array | null };
/** Keeps a file; false when the same bytes came in at the same moment and were first. A discarded one begins anew. */
export async function insertFile(tx: Tx, file: NewFile): Promise<boolean> {
  const { rows } = await sql`
    insert into bank_file (bank_file_id, file_name, file_bytes, sha256, format, version, encoding, state, bytes, faults, ledger_check, created_by, created_by_id, created_at)
    values (${file.bank_file_id}, ${file.file_name}, ${file.file_bytes}, ${file.sha256}, ${file.format}, ${file.version}, ${file.encoding}, ${file.state},
      ${file.bytes === null ? null : Buffer.from(file.bytes)}, ${file.faults === null ? null : jsonb(file.faults)}, ${file.ledger_check === null ? null : jsonb(file.ledger_check)},
      ${file.created_by}, ${file.created_by_id}, ${file.created_at})
    on conflict (sha256) do update set state = excluded.state, bytes = excluded.bytes, file_name = excluded.file_name, faults = excluded.faults,
      ledger_check = excluded.ledger_check, format = excluded.format, version = excluded.version, encoding = excluded.encoding, created_by = excluded.created_by,
      created_by_id = excluded.created_by_id, created_at = excluded.created_at
      where bank_file.state in ('discarded', 'refused', 'checked')
    returning bank_file_id`.execute(tx);
  return rows.length > 0;
}
export async function fileBytes(tx: Tx, bankFileId: string): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{
    bytes: Buffer | null;
  }>`select bytes from bank_file where bank_file_id = ${bankFileId}`.execute(tx);
  return rows[0]?.bytes ?? undefined;
}
export async function discardFile(tx: Tx, bankFileId: string): Promise<void> {
  await sql`update bank_file set state = 'discarded', bytes = null where bank_file_id = ${bankFileId}`.execute(tx);
}
type Done = { readonly isWhole: boolean; readonly by: string; readonly at: Temporal.Instant };
/** A file of which everything is taken needs its bytes no more. */
export async function finishFile(tx: Tx, bankFileId: string, { isWhole, by, at }: Done): Promise<void> {
  await sql`update bank_file set state = ${isWhole ? "committed" : "partly"}, bytes = case when ${isWhole} then null else bytes end,
      committed_by = ${by}, committed_at = ${at} where bank_file_id = ${bankFileId}`.execute(tx);
}
export async function discardOldDrafts(tx: Tx, before: Temporal.Instant): Promise<number> {
  const { rows } =
    await sql`update bank_file set state = 'discarded', bytes = null where state = 'draft' and created_at < ${before} returning 1`.execute(
      tx,
    );
  return rows.length;
}

export type StatementRecord = {
  readonly place: number;
  readonly format: BankFormat;
  readonly account: string;
  readonly account_name: string | null;
  readonly paid_into: string | null;
  readonly currency: string;
  readonly statement_id: string | null;
  readonly opening_minor: bigint | null;
  readonly closing_minor: bigint | null;
  readonly difference_minor: bigint | null;
  readonly use: "money" | "shown";
  readonly taken: boolean;
  readonly entries: number;
  readonly in_minor: bigint;
  readonly out_minor: bigint;
  readonly from_day: Temporal.PlainDate | null;
  readonly to_day: Temporal.PlainDate | null;
  readonly notes: readonly (Omit<BankNote, "differenceMinor"> & { readonly differenceMinor?: string })[];
};
export async function statementsOf(tx: Tx, bankFileId: string): Promise<readonly StatementRecord[]> {
  const { rows } = await sql<StatementRecord>`
    select place, format, account, account_name, paid_into, currency, statement_id, opening_minor, closing_minor, difference_minor, use, taken, entries, in_minor, out_minor, from_day, to_day, notes
    from bank_statement where bank_file_id = ${bankFileId} order by place`.execute(tx);
  return rows;
}
/** Keeps a statement; one that was left before may be taken now. */
export async function keepStatement(tx: Tx, bankFileId: string, one: StatementRecord): Promise<void> {
  await sql`insert into bank_statement (bank_file_id, place, format, account, account_name, paid_into, currency, statement_id, opening_minor, closing_minor, difference_minor, use, taken, entries, in_minor, out_minor, from_day, to_day, notes)
    values (${bankFileId}, ${one.place}, ${one.format}, ${one.account}, ${one.account_name}, ${one.paid_into}, ${one.currency}, ${one.statement_id}, ${one.opening_minor}, ${one.closing_minor},
      ${one.difference_minor}, ${one.use}, ${one.taken}, ${one.entries}, ${one.in_minor}, ${one.out_minor}, ${one.from_day?.toString() ?? null}, ${one.to_day?.toString() ?? null}, ${jsonb(one.notes)})
    on conflict (bank_file_id, place) do update set taken = excluded.taken`.execute(tx);
}

export type AccountRow = {
  readonly account: string;
  readonly currency: string;
  readonly name: string | null;
  readonly format: BankFormat;
  readonly to_day: Temporal.PlainDate | null;
  readonly bank_file_id: string;
  readonly file_name: string;
  readonly committed_at: Temporal.Instant;
};
/** Our own accounts as files told them, each with the last file that was taken in. */
export async function loadAccounts(tx: Tx): Promise<readonly AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select distinct on (s.account, s.currency) s.account, s.currency, s.account_name as name, s.format, s.to_day, f.bank_file_id, f.file_name, f.committed_at
    from bank_statement s join bank_file f using (bank_file_id)
    where s.taken and f.committed_at is not null
    order by s.account, s.currency, f.committed_at desc, s.place desc limit 500`.execute(tx);
  return rows;
}
