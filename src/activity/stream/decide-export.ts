import type { EventRowWire } from "./contract.ts";

/** Columns of an export as CSV. The record itself is in the NDJSON form only. */
const COLUMNS: readonly (readonly [string, (row: EventRowWire) => string | null | undefined])[] = [
  ["time", (row) => row.at],
  ["received", (row) => row.receivedAt],
  ["source", (row) => row.source],
  ["customer", (row) => row.customer?.name],
  ["customer id", (row) => row.customer?.id],
  ["tenant", (row) => row.tenant],
  ["subscription", (row) => row.subscription],
  ["operation", (row) => row.operation],
  ["outcome", (row) => row.outcome],
  ["actor", (row) => row.actor?.name ?? row.actor?.id],
  ["actor id", (row) => row.actor?.id],
  ["ip", (row) => row.ip],
  ["country", (row) => row.country],
  ["resource", (row) => row.resource?.id],
  ["resource type", (row) => row.resource?.type],
  ["region", (row) => row.resource?.region],
  ["intake", (row) => row.intake],
  ["id", (row) => row.id],
];

// A cell that begins so is a formula to a spreadsheet, and these texts come from whoever wrote the log.
const FORMULA = /^[=+\-@\t\r]/;
const cell = (text: string | null | undefined): string => {
  const safe = FORMULA.test(text ?? "") ? `'${text}` : (text ?? "");
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const eventsCsv = {
  /** With the mark by which spreadsheets know UTF-8. */
  head: `\uFEFF${COLUMNS.map(([name]) => name).join(",")}\r\n`,
  row: (row: EventRowWire): string => `${COLUMNS.map(([, of]) => cell(of(row))).join(",")}\r\n`,
  /** Said in the file itself, since a file outlives the page it came from. */
  end: (why: string): string => `${cell(`not complete: ${why}`)}\r\n`,
};
