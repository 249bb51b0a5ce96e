import type { Json } from "../../core/canonical.ts";
import { INTAKE_LIMITS, LINE_PROBLEMS, type LineProblem, type LineProblemCode } from "./contract.ts";

/** A piece of a body that should be one record: its place and its text. */
export type Piece =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly problem: LineProblemCode };

export type ReadRecord =
  | { readonly line: number; readonly records: readonly Json[] }
  | { readonly line: number; readonly problem: LineProblem };

export const lineProblem = (line: number, code: LineProblemCode, message?: string): LineProblem => ({
  line,
  code,
  message: message ?? MESSAGES[code],
  fix: LINE_PROBLEMS[code],
});
const MESSAGES: Readonly<Record<LineProblemCode, string>> = {
  "not-json": "this is not JSON",
  "not-an-object": "this is JSON, but not an object",
  "too-long": "the record is longer than can be taken",
  "too-deep": "the record is nested deeper than can be taken",
  "too-many": "there are more records than can be taken at once",
  "cut-off": "the record has no end",
  "not-utf8": "the text is not UTF-8",
  "csv-row": "the row does not fit the heading",
};

/** Reads one piece. A list on a line stands for its elements: some forwarders write one list of records a line. */
export function readPiece(piece: Piece): ReadRecord {
  const { line } = piece;
  if ("problem" in piece) return { line, problem: lineProblem(line, piece.problem) };
  let value: Json;
  try {
    value = JSON.parse(piece.text) as Json;
  } catch (error) {
    return { line, problem: lineProblem(line, "not-json", shortMessage(error)) };
  }
  const records: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value];
  for (const record of records) {
    if (record === null || typeof record !== "object" || Array.isArray(record))
      return { line, problem: lineProblem(line, "not-an-object") };
    if (isDeeperThan(record, INTAKE_LIMITS.depthMax)) return { line, problem: lineProblem(line, "too-deep") };
  }
  return { line, records };
}

const MESSAGE_CHARS_MAX = 160;
/** The parser's own words without the record's: they may hold what the sender would not want in a log. */
const shortMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : "this is not JSON")
    .replace(/,? "[\s\S]*?" is not valid JSON/, "")
    .slice(0, MESSAGE_CHARS_MAX);

/** Whether objects and lists stand deeper inside each other than `max`. Stops at the first that does. */
export function isDeeperThan(value: Json, max: number): boolean {
  if (value === null || typeof value !== "object") return false;
  if (max === 0) return true;
  if (Array.isArray(value)) {
    for (const member of value as readonly Json[])
      if (member !== null && typeof member === "object" && isDeeperThan(member, max - 1)) return true;
    return false;
  }
  for (const member of Object.values(value as Readonly<Record<string, Json>>))
    if (member !== null && typeof member === "object" && isDeeperThan(member, max - 1)) return true;
  return false;
}
