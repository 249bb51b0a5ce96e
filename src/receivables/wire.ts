import type { Tx } from "../store/contract.ts";
import type { InvoiceRow } from "./store.ts";
import { BUCKETS, type AgeingRowWire, type InvoiceRowWire, type OpenReceivable } from "./contract.ts";
import { type ImportRowWire, type ImportWire, PROBLEMS_SHOWN_MAX, type SavedMappingWire } from "./contract-import.ts";
import { findImport, type ImportRecord, loadReport, type MappingRecord } from "./store-import.ts";
import { daysBetween } from "../core/time.ts";

const text = (instant: Temporal.Instant | null): string | null => instant?.toString() ?? null;

/** An import as the page shows it, with its first problems. */
export async function importWire(tx: Tx, record: ImportRecord): Promise<ImportWire> {
  const report = await loadReport(tx, record.import_no, { limit: PROBLEMS_SHOWN_MAX });
  const same = record.same_as === null ? undefined : await findImport(tx, record.same_as);
  const problems = report.flatMap(({ line, column_name, value, code, fix, severity }) =>
    severity === "changed" ? [] : [{ line, column: column_name, value, code, fix, severity }],
  );
  return {
    ...importRowWire(record),
    format: record.format,
    columns: [...record.columns],
    mapping: record.mapping,
    mappingFrom: record.mapping_from,
    dateOrdersPossible: [...record.date_orders],
    problems,
    problemsTotal: record.problems_total,
    problemGroups: record.problem_groups === null ? null : [...record.problem_groups],
    form: record.form,
    tie: record.tie === null ? null : [...record.tie],
    sameFileAs:
      same === undefined || same.finished_at === null
        ? null
        : { id: same.import_id, finishedAt: same.finished_at.toString() },
    failure: record.failure,
    milliseconds:
      record.started_at === null || record.finished_at === null
        ? null
        : Math.max(0, record.finished_at.epochMilliseconds - record.started_at.epochMilliseconds),
  };
}

export const importRowWire = (record: ImportRecord): ImportRowWire => ({
  id: record.import_id,
  kind: record.kind,
  fileName: record.file_name,
  fileBytes: Number(record.file_bytes),
  sha256: record.sha256,
  state: record.state,
  mode: record.mode,
  totals: record.totals,
  createdBy: record.created_by,
  createdAt: record.created_at.toString(),
  finishedAt: text(record.finished_at),
  progress: { rowsDone: record.rows_done, rowsTotal: record.rows_total },
});

export const mappingWire = (record: MappingRecord): SavedMappingWire => ({
  id: record.mapping_id,
  name: record.name,
  kind: record.kind,
  mapping: record.mapping,
  columns: [...record.columns],
  usedCount: record.used_count,
  usedAt: text(record.used_at),
  createdBy: record.created_by,
});

export function invoiceWire(row: InvoiceRow, asOf: Temporal.PlainDate): InvoiceRowWire {
  const { currency } = row;
  const daysPastDue = daysBetween(row.due_date, row.settled_on ?? asOf);
  return {
    id: row.invoice_id.toString(),
    number: row.number,
    system: row.system,
    customerId: row.customer_id,
    issueDate: row.issue_date.toString(),
    dueDate: row.due_date.toString(),
    amount: { minor: row.amount_minor.toString(), currency },
    open: { minor: row.open_minor.toString(), currency },
    state: row.settled_on !== null ? "paid" : daysPastDue > 0 ? "overdue" : "not-due",
    daysPastDue,
    settledOn: row.settled_on?.toString() ?? null,
    disputed: row.disputed,
    disputedFrom: row.disputed_from?.toString() ?? null,
    source: { importId: row.import_id, line: row.line, recordedAt: row.recorded_at.toString() },
  };
}

/** One currency's ageing; buckets sum to `outstanding` because it is made of them. */
export function ageingRow(open: Omit<OpenReceivable, "customerId" | "recordedAt">): AgeingRowWire {
  const json = (minor: bigint) => ({ minor: minor.toString(), currency: open.currency });
  return {
    currency: open.currency,
    buckets: Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, json(open.buckets[bucket])]),
    ) as AgeingRowWire["buckets"],
    outstanding: json(open.outstandingMinor),
    overdue: json(open.overdueMinor),
    disputed: json(open.disputedMinor),
    unapplied: json(open.unappliedMinor),
    deposits: json(open.depositsMinor),
    openInvoices: open.openInvoices,
    overdueInvoices: open.overdueInvoices,
    oldestDueDate: open.oldestDueDate?.toString() ?? null,
  };
}
