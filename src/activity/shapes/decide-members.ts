import type { Json } from "../../core/canonical.ts";
import { embedded, isRec, parsedText, type Rec } from "./decide-read.ts";

/** Envelopes in envelopes: a message of an Event Hub in an array of messages in an object. */
const ENVELOPES_MAX = 4;
/** An envelope says little itself; an object with more members is a record that happens to hold others. */
const ENVELOPE_KEYS_MAX = 4;

/**
 * The records that an answer, a message or a file holds: arrays, `{records: […]}` of diagnostic settings, `{value: […]}` of Graph and ARM,
 * tables of a Log Analytics query, and any of these as JSON text. What is none of these is itself a record.
 */
export function membersOf(raw: Json): readonly Json[] {
  const found: Json[] = [];
  collect(raw, found, 0);
  return found;
}

function collect(raw: Json, found: Json[], depth: number): void {
  const members = depth < ENVELOPES_MAX ? inside(raw) : undefined;
  if (members === undefined) found.push(raw);
  else for (const member of members) collect(member, found, depth + 1);
}

/** Members of an envelope; undefined when it is a record. */
function inside(raw: Json): readonly Json[] | undefined {
  if (typeof raw === "string") {
    const parsed = parsedText(raw);
    return parsed === undefined ? undefined : [parsed];
  }
  if (Array.isArray(raw)) return raw;
  if (!isRec(raw)) return undefined;
  if (Array.isArray(raw["records"]) && Object.keys(raw).length <= ENVELOPE_KEYS_MAX) return raw["records"];
  if (Array.isArray(raw["value"]) && Object.keys(raw).every(isPaging)) return raw["value"];
  if (Array.isArray(raw["tables"])) return raw["tables"];
  if (Array.isArray(raw["columns"]) && Array.isArray(raw["rows"])) return rowsOf(raw["columns"], raw["rows"]);
  // A message of an Event Hub as its client libraries write it.
  const body = raw["body"];
  return body !== undefined && (raw["enqueuedTimeUtc"] !== undefined || raw["sequenceNumber"] !== undefined)
    ? [embedded(body) ?? null]
    : undefined;
}
const isPaging = (key: string): boolean =>
  key === "value" ||
  key === "nextLink" ||
  key === "count" ||
  key === "totalCount" ||
  key.startsWith("@odata.") ||
  key.startsWith("odata.") ||
  key === "$skipToken";

/** Rows of a query as objects; columns are names or `{name, type}`. */
function rowsOf(columns: readonly Json[], rows: readonly Json[]): readonly Json[] {
  const names = columns.map((column) =>
    isRec(column) ? String(column["name"] ?? column["ColumnName"] ?? "") : String(column),
  );
  return rows.map((row): Json => {
    if (!Array.isArray(row)) return row;
    const of: Record<string, Json> = {};
    names.forEach((name, at) => {
      if (name !== "" && name !== "__proto__") of[name] = row[at] ?? null;
    });
    return of as Rec;
  });
}
