import { z } from "zod";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { pageOf, pageQuery } from "../core/wire.ts";
import { downloadRoute, route, type Route } from "../http/contract.ts";
import type { Tx } from "../store/contract.ts";
import { importReportRowJson } from "./contract-import.ts";
import { findImport, loadReport, type ReportRow } from "./store-import.ts";

const params = z.strictObject({ importId: z.uuid() });
const REPORT_PAGE = 1_000;

/** The per-row report of an import: by page, and as a file to mend the source with. */
export const importReportRoutes = (): Route[] => [
  route({
    method: "GET",
    path: "/api/imports/:importId/rows",
    permission: "receivables.read",
    summary: "Rows of an import that were refused, noted or changed, by line",
    params,
    query: z.strictObject(pageQuery),
    response: pageOf(importReportRowJson),
    handle: async ({ tx, params: { importId }, query }) => {
      const found = await findImport(tx, importId);
      if (found === undefined) return no("not-found", "import-unknown", "there is no such import");
      const after = /^(\d{1,9})\.(\d{1,5})$/.exec(query.cursor ?? "");
      if (query.cursor !== undefined && after === null)
        return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      const rows = await loadReport(tx, found.import_no, {
        after: after === null ? undefined : { line: Number(after[1]), place: Number(after[2]) },
        limit: query.limit + 1,
      });
      const shown = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? shown.at(-1) : undefined;
      return ok({
        rows: shown.map(reportWire),
        nextCursor: last === undefined ? null : `${last.line}.${last.place}`,
        total: found.problems_total + (found.totals?.effect?.changed ?? 0),
      });
    },
  }),
  downloadRoute({
    method: "GET",
    path: "/api/imports/:importId/report.csv",
    permission: "receivables.read",
    summary: "The per-row report as CSV",
    params,
    handle: async ({ tx, params: { importId } }) => {
      const found = await findImport(tx, importId);
      if (found === undefined) return no("not-found", "import-unknown", "there is no such import");
      return ok({
        contentType: "text/csv; charset=utf-8",
        fileName: `report of ${found.file_name.replace(/\.\w+$/, "")}.csv`,
        chunks: reportCsv(tx, found.import_no),
      });
    },
  }),
];

const reportWire = ({
  line,
  severity,
  column_name,
  value,
  code,
  fix,
  before,
  after,
}: ReportRow): z.input<typeof importReportRowJson> => ({
  line,
  severity,
  column: column_name,
  value,
  code,
  fix,
  before: before ?? null,
  after: after ?? null,
});

async function* reportCsv(tx: Tx, importNo: number): AsyncGenerator<string> {
  yield "\uFEFFline,severity,column,value,code,fix\n";
  let after: { line: number; place: number } | undefined;
  for (;;) {
    const rows = await loadReport(tx, importNo, { after, limit: REPORT_PAGE });
    yield rows
      .map(
        (row) =>
          [String(row.line), row.severity, row.column_name ?? "", row.value, row.code, row.fix].map(cell).join(",") +
          "\n",
      )
      .join("");
    const last = rows.at(-1);
    if (last === undefined || rows.length < REPORT_PAGE) return;
    after = { line: last.line, place: last.place };
  }
}

/** A value that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
