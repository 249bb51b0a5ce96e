import { moneyFromJson, moneyToText } from "../core/money.ts";
import type { MoneyWire } from "../core/wire.ts";
import type { AgedRowWire } from "./contract-statement.ts";

/** A cell of CSV. A value that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const amount = (of: MoneyWire): string => moneyToText(moneyFromJson(of));

const COLUMNS: readonly (readonly [name: string, of: (row: AgedRowWire) => string])[] = [
  ["customer", (row) => row.name],
  ["customer id", (row) => row.customerId],
  ["currency", (row) => row.currency],
  ["outstanding", (row) => amount(row.outstanding)],
  ["not due", (row) => amount(row.buckets.notDue)],
  ["1-30", (row) => amount(row.buckets.d1to30)],
  ["31-60", (row) => amount(row.buckets.d31to60)],
  ["61-90", (row) => amount(row.buckets.d61to90)],
  ["91-120", (row) => amount(row.buckets.d91to120)],
  ["over 120", (row) => amount(row.buckets.over120)],
  ["unapplied", (row) => amount(row.unapplied)],
  ["claims", (row) => amount(row.claims)],
  ["disputed", (row) => amount(row.disputed)],
  ["deposits", (row) => amount(row.deposits)],
  ["open invoices", (row) => String(row.openInvoices)],
  ["oldest due", (row) => row.oldestDueDate ?? ""],
  ["paid by", (row) => row.payer?.name ?? ""],
];

/** Ageing as CSV, with the mark by which spreadsheets know UTF-8. */
export const agedCsv = {
  head: `\uFEFF${COLUMNS.map(([name]) => name).join(",")}\n`,
  row: (row: AgedRowWire): string => `${COLUMNS.map(([, of]) => cell(of(row))).join(",")}\n`,
};
