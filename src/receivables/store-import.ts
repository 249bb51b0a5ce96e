import { sql } from "kysely";
import { ADVISORY_LOCK } from "../store/lock-numbers.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type {
  ColumnWire,
  DateOrder,
  FileFormat,
  ImportKind,
  ImportMapping,
  ImportMode,
  ImportState,
  ImportTotals,
  ProblemGroup,
  RowProblem,
  TieWire,
} from "./contract-import.ts";
import type { NewLedgerCustomer } from "./decide-match.ts";

export type ImportRecord = {
  readonly import_no: number;
  readonly import_id: string;
  readonly kind: ImportKind;
  readonly file_name: string;
  readonly file_bytes: bigint;
  readonly sha256: string;
  readonly state: ImportState;
  readonly mode: ImportMode;
  readonly format: FileFormat;
  readonly columns: readonly ColumnWire[];
  readonly mapping: ImportMapping;
  readonly mapping_from: { readonly kind: "proposed" | "saved" | "person"; readonly name: string | null };
  readonly date_orders: readonly DateOrder[];
  readonly previewed: string | null;
  readonly totals: ImportTotals | null;
  readonly problems_total: number;
  readonly problem_groups: readonly ProblemGroup[] | null;
  readonly form: string | null;
  readonly tie: readonly TieWire[] | null;
  readonly rows_done: number;
  readonly rows_total: number | null;
  readonly lines_done: number;
  readonly same_as: string | null;
  readonly failure: { readonly code: string; readonly detail: string } | null;
  readonly created_by: string;
  readonly created_by_id: string;
  readonly created_at: Temporal.Instant;
  readonly started_at: Temporal.Instant | null;
  readonly finished_at: Temporal.Instant | null;
};

/**
 * Whoever changes the ledger calls this first. One at a time: two files of one system could otherwise both find an invoice missing.
 * The version rises with the change, so that figures that were computed before it are not shown after it.
 */
export async function lockLedger(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.ledger})`.execute(tx);
  await sql`update ledger_head set version = version + 1`.execute(tx);
}

/** Small enough that reading one piece never keeps the connection to PostgreSQL waiting long. */
const PIECE_BYTES = 131_072;

export type NewImport = Pick<
  ImportRecord,
  | "import_id"
  | "kind"
  | "file_name"
  | "sha256"
  | "format"
  | "columns"
  | "mapping"
  | "mapping_from"
  | "date_orders"
  | "form"
  | "same_as"
  | "created_by"
  | "created_by_id"
  | "created_at"
>;

/** Keeps a file with what was recognised in it. */
export async function insertImport(tx: Tx, made: NewImport, bytes: Uint8Array): Promise<void> {
  const { rows } = await sql<{ import_no: number }>`
    insert into import (import_id, kind, file_name, file_bytes, sha256, state, format, columns, mapping, mapping_from, date_orders, form, same_as, created_by, created_by_id, created_at)
    values (${made.import_id}, ${made.kind}, ${made.file_name}, ${bytes.length}, ${made.sha256}, 'draft', ${jsonb(made.format)}, ${jsonb(made.columns)}, ${jsonb(made.mapping)},
      ${jsonb(made.mapping_from)}, ${jsonb(made.date_orders)}, ${made.form}, ${made.same_as}, ${made.created_by}, ${made.created_by_id}, ${made.created_at}) returning import_no`.execute(
    tx,
  );
  const importNo = rows[0]?.import_no;
  for (let from = 0, piece = 0; from < bytes.length; from += PIECE_BYTES, piece++)
    await sql`insert into import_chunk (import_no, piece, bytes) values (${importNo}, ${piece}, ${Buffer.from(bytes.subarray(from, from + PIECE_BYTES))})`.execute(
      tx,
    );
}

/** The kept file, piece by piece; the next piece is fetched while one is worked on. */
export async function* importBytes(tx: Tx, importNo: number): AsyncGenerator<Uint8Array> {
  const fetch = async (piece: number): Promise<Uint8Array | undefined> => {
    const { rows } = await sql<{
      bytes: Buffer;
    }>`select bytes from import_chunk where import_no = ${importNo} and piece = ${piece}`.execute(tx);
    return rows[0]?.bytes;
  };
  let next = fetch(0);
  for (let piece = 1; ; piece++) {
    const bytes = await next;
    if (bytes === undefined) return;
    next = fetch(piece);
    // A reader that stops early must not leave a failure unseen.
    next.catch(() => {});
    yield bytes;
  }
}

export async function findImport(tx: Tx, importId: string, lock = false): Promise<ImportRecord | undefined> {
  const { rows } =
    await sql<ImportRecord>`select * from import where import_id = ${importId} ${lock ? sql`for update` : sql``}`.execute(
      tx,
    );
  return rows[0];
}

/** The newest finished import of exactly these bytes. */
export async function findSameFile(
  tx: Tx,
  sha256: string,
): Promise<{ readonly import_id: string; readonly finished_at: Temporal.Instant } | undefined> {
  const { rows } = await sql<{
    import_id: string;
    finished_at: Temporal.Instant;
  }>`select import_id, finished_at from import where sha256 = ${sha256} and state = 'done' order by import_no desc limit 1`.execute(
    tx,
  );
  return rows[0];
}

export async function listImports(
  tx: Tx,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<readonly ImportRecord[]> {
  const { rows } =
    await sql<ImportRecord>`select * from import where state <> 'discarded' and ${before === undefined ? sql`true` : sql`import_no < ${before}`} order by import_no desc limit ${limit}`.execute(
      tx,
    );
  return rows;
}
export async function countImports(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from import where state <> 'discarded'`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}

export type ImportChange = Partial<
  Pick<
    ImportRecord,
    | "kind"
    | "state"
    | "mode"
    | "format"
    | "columns"
    | "mapping"
    | "mapping_from"
    | "date_orders"
    | "previewed"
    | "totals"
    | "problems_total"
    | "problem_groups"
    | "tie"
    | "rows_done"
    | "rows_total"
    | "lines_done"
    | "failure"
    | "started_at"
    | "finished_at"
  >
>;
const JSON_COLUMNS = new Set([
  "format",
  "columns",
  "mapping",
  "mapping_from",
  "date_orders",
  "totals",
  "failure",
  "problem_groups",
  "tie",
]);
export async function updateImport(tx: Tx, importNo: number, change: ImportChange): Promise<void> {
  const sets = Object.entries(change).map(
    ([name, value]) => sql`${sql.ref(name)} = ${JSON_COLUMNS.has(name) && value !== null ? jsonb(value) : value}`,
  );
  await sql`update import set ${sql.join(sets)} where import_no = ${importNo}`.execute(tx);
}

export async function dropImportBytes(tx: Tx, importNo: number): Promise<void> {
  await sql`delete from import_chunk where import_no = ${importNo}`.execute(tx);
}

/** Files that nobody decided about for a while; their bytes are dropped and the draft with them. */
export async function discardOldDrafts(tx: Tx, before: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{
    import_no: number;
  }>`update import set state = 'discarded', finished_at = now() where state in ('draft', 'refused', 'failed') and created_at < ${before}
      and exists (select 1 from import_chunk c where c.import_no = import.import_no) returning import_no`.execute(tx);
  await sql`delete from import_chunk where import_no = any(${rows.map((row) => row.import_no)})`.execute(tx);
  return rows.length;
}

export async function replaceProblems(tx: Tx, importNo: number, problems: readonly RowProblem[]): Promise<void> {
  await sql`delete from import_row where import_no = ${importNo}`.execute(tx);
  await addProblems(tx, importNo, problems);
}
export async function addProblems(tx: Tx, importNo: number, problems: readonly RowProblem[]): Promise<void> {
  if (problems.length === 0) return;
  const places = new Map<number, number>();
  const rows = problems.map(({ line, column, value, code, fix, severity }) => {
    const place = places.get(line) ?? 0;
    places.set(line, place + 1);
    // PostgreSQL keeps no zero characters in text.
    return {
      line,
      place,
      severity,
      column_name: column,
      value: value.replaceAll("\u0000", "").slice(0, 200),
      code,
      fix,
    };
  });
  await sql`insert into import_row (import_no, line, place, severity, column_name, value, code, fix)
    select ${importNo}, line, place, severity, column_name, value, code, fix
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(line integer, place smallint, severity text, column_name text, value text, code text, fix text) on conflict do nothing`.execute(
    tx,
  );
}

export type ReportRow = {
  readonly line: number;
  readonly place: number;
  readonly severity: "refused" | "noted" | "changed";
  readonly column_name: string | null;
  readonly value: string;
  readonly code: string;
  readonly fix: string;
  readonly before: unknown;
  readonly after: unknown;
};
/** The report of an import by line: refused and noted rows, and what was changed. */
export async function loadReport(
  tx: Tx,
  importNo: number,
  page: { readonly after?: { readonly line: number; readonly place: number } | undefined; readonly limit: number },
): Promise<readonly ReportRow[]> {
  const { rows } = await sql<ReportRow>`
    select * from (
      select line, place::integer as place, severity, column_name, value, code, fix, null::jsonb as before, null::jsonb as after from import_row where import_no = ${importNo}
      union all select r.line, 1000, 'changed', null, i.number, 'changed', '', r.before, r.after from invoice_revision r join invoice i using (invoice_id) where r.import_no = ${importNo}) report
    where ${page.after === undefined ? sql`true` : sql`(line, place) > (${page.after.line}::integer, ${page.after.place}::integer)`} order by line, place limit ${page.limit}`.execute(
    tx,
  );
  return rows;
}

export async function loadNumbers(tx: Tx, system: string): Promise<ReadonlyMap<string, CustomerId>> {
  const { rows } = await sql<{
    number: string;
    customer_id: string;
  }>`select number, customer_id from customer_key where system = ${system}`.execute(tx);
  return new Map(rows.map((row) => [row.number, row.customer_id as CustomerId]));
}

export async function keepCustomers(
  tx: Tx,
  system: string,
  kept: { readonly created: readonly NewLedgerCustomer[]; readonly learnt: ReadonlyMap<string, CustomerId> },
): Promise<void> {
  const created = kept.created.map(({ customerId, number, name, domain }) => ({
    customer_id: customerId,
    number: number?.slice(0, 100) ?? null,
    name,
    domain,
  }));
  await sql`insert into ledger_customer (customer_id, system, number, name, domain)
    select customer_id, ${system}, number, name, domain from jsonb_to_recordset(${JSON.stringify(created)}::jsonb) as c(customer_id text, number text, name text, domain text) on conflict do nothing`.execute(
    tx,
  );
  const learnt = [...kept.learnt].map(([number, customerId]) => ({ number, customer_id: customerId }));
  await sql`insert into customer_key (system, number, customer_id)
    select ${system}, number, customer_id from jsonb_to_recordset(${JSON.stringify(learnt)}::jsonb) as c(number text, customer_id text) on conflict do nothing`.execute(
    tx,
  );
}

/** Whether anything of this kind came from this system before; nothing needs to be looked up when not. */
export async function isKnownSystem(tx: Tx, system: string, kind: ImportKind): Promise<boolean> {
  const { rows } = await sql<{
    known: boolean;
  }>`select exists (select 1 from source_system where system = ${system} and (kind = ${kind} or ${kind} = 'payments' and kind = 'invoices' or ${kind} = 'invoices' and kind = 'payments')) as known`.execute(
    tx,
  );
  return rows[0]?.known ?? true;
}
export async function rememberSystem(tx: Tx, system: string, kind: ImportKind): Promise<void> {
  await sql`insert into source_system (system, kind) values (${system}, ${kind}) on conflict do nothing`.execute(tx);
}

export type MappingRecord = {
  readonly mapping_id: string;
  readonly name: string;
  readonly kind: ImportKind;
  readonly fingerprint: string;
  readonly columns: readonly string[];
  readonly mapping: ImportMapping;
  readonly used_count: number;
  readonly used_at: Temporal.Instant | null;
  readonly created_by: string;
  readonly created_at: Temporal.Instant;
};

export async function findMapping(tx: Tx, fingerprint: string): Promise<MappingRecord | undefined> {
  const { rows } =
    await sql<MappingRecord>`select * from column_mapping where fingerprint = ${fingerprint} order by used_at desc nulls last, created_at desc limit 1`.execute(
      tx,
    );
  return rows[0];
}
export async function listMappings(tx: Tx): Promise<readonly MappingRecord[]> {
  const { rows } = await sql<MappingRecord>`select * from column_mapping order by name limit 500`.execute(tx);
  return rows;
}
/** Keeps a mapping under a name; a name that exists is replaced. */
export async function keepMapping(tx: Tx, made: Omit<MappingRecord, "used_count" | "used_at">): Promise<void> {
  await sql`insert into column_mapping (mapping_id, name, kind, fingerprint, columns, mapping, used_count, used_at, created_by, created_at)
    values (${made.mapping_id}, ${made.name}, ${made.kind}, ${made.fingerprint}, ${jsonb(made.columns)}, ${jsonb(made.mapping)}, 1, ${made.created_at}, ${made.created_by}, ${made.created_at})
    on conflict (name) do update set kind = excluded.kind, fingerprint = excluded.fingerprint, columns = excluded.columns, mapping = excluded.mapping, used_count = column_mapping.used_count + 1, used_at = excluded.used_at`.execute(
    tx,
  );
}
export async function countMappingUse(tx: Tx, fingerprint: string, at: Temporal.Instant): Promise<void> {
  await sql`update column_mapping set used_count = used_count + 1, used_at = ${at} where fingerprint = ${fingerprint}`.execute(
    tx,
  );
}
export async function deleteMapping(tx: Tx, mappingId: string): Promise<string | undefined> {
  const { rows } = await sql<{
    name: string;
  }>`delete from column_mapping where mapping_id = ${mappingId} returning name`.execute(tx);
  return rows[0]?.name;
}

/** Imports that began long ago and have no end. */
export async function unfinishedImports(tx: Tx, before: Temporal.Instant): Promise<readonly string[]> {
  const { rows } = await sql<{
    import_id: string;
  }>`select import_id from import where state in ('queued', 'running') and coalesce(started_at, created_at) < ${before} order by import_no limit 20`.execute(
    tx,
  );
  return rows.map((row) => row.import_id);
}
