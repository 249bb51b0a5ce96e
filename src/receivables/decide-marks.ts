import { clip, type Context, dayIn, type Marks, type Row } from "./decide-cells.ts";
import { yesOrNo } from "./decide-words.ts";

/** What an invoice has beside its money, as it is stored. Days are ISO text. */
export type StoredMarks = {
  readonly soldFrom: string | null;
  readonly soldUntil: string | null;
  readonly heldFrom: string | null;
  readonly heldUntil: string | null;
  readonly heldReason: string | null;
  readonly remindedLevel: number | null;
  readonly remindedOn: string | null;
};
export const NO_MARKS: StoredMarks = {
  soldFrom: null,
  soldUntil: null,
  heldFrom: null,
  heldUntil: null,
  heldReason: null,
  remindedLevel: null,
  remindedOn: null,
};
const LEVEL_MAX = 99;
const REASON_CHARS_MAX = 200;

/** What a row says of selling, holding and reminding; null when the file has no such column, undefined when a cell is unreadable. */
export function marksOf(row: Row, { mapping, day, today }: Context): Marks | null | undefined {
  const { sold, held, remindedLevel, remindedDate } = mapping.columns;
  if (sold === undefined && held === undefined && remindedLevel === undefined && remindedDate === undefined)
    return null;
  const isSold = sold === undefined || row.cell("sold") === "" ? null : yesOrNo(row.cell("sold"));
  if (isSold === undefined) return void row.problem("sold", "not-yes-or-no", "yes or no");
  const reminded = remindedOf(row, day);
  if (reminded === undefined) return undefined;
  return { asOf: mapping.balanceDay ?? today, sold: isSold, held: heldOf(row, held !== undefined), reminded };
}

/** Business Central keeps initials in "On Hold": whatever is not a no holds. An empty cell of a file that has the column is a no. */
function heldOf(row: Row, hasColumn: boolean): Marks["held"] {
  if (!hasColumn) return null;
  const text = row.cell("held");
  if (text === "" || yesOrNo(text) === false) return false;
  return text.slice(0, REASON_CHARS_MAX);
}

function remindedOf(row: Row, day: Context["day"]): Marks["reminded"] | undefined {
  const text = row.cell("remindedLevel");
  const on = dayIn(row, "remindedDate", day);
  if (row.cell("remindedDate") !== "" && on === undefined) return undefined;
  if (text !== "" && !/^\d{1,2}([.,]0+)?$/.test(text))
    return void row.problem(
      "remindedLevel",
      "level-not-a-number",
      "how many reminders were sent: a whole number up to 99",
    );
  const level = text === "" ? (on === undefined ? 0 : 1) : Math.min(LEVEL_MAX, Number.parseInt(text, 10));
  return level === 0 ? null : { level, on: on ?? null };
}

/**
 * What is stored after a file said something. Each change has its day: of a new invoice a sale counts from its issue, since a
 * serviced invoice was never ours to dun; else from the day of the file. A reminder that was sent cannot be unsent.
 */
export function mergeMarks(marks: Marks | null, stored: StoredMarks | undefined, issueDate: string): StoredMarks {
  const before = stored ?? NO_MARKS;
  if (marks === null) return before;
  return {
    ...before,
    ...soldAfter(marks, before, stored === undefined ? issueDate : marks.asOf),
    ...heldAfter(marks, before),
    ...remindedAfter(marks, before),
  };
}

type Part = Partial<StoredMarks>;
const notBefore = (day: string, from: string | null): string => (from !== null && day < from ? from : day);

function soldAfter({ sold, asOf }: Marks, before: StoredMarks, from: string): Part {
  const isSold = before.soldFrom !== null && before.soldUntil === null;
  if (sold === null || sold === isSold) return {};
  return sold ? { soldFrom: from, soldUntil: null } : { soldUntil: notBefore(asOf, before.soldFrom) };
}

function heldAfter({ held, asOf }: Marks, before: StoredMarks): Part {
  const isHeld = before.heldFrom !== null && before.heldUntil === null;
  if (held === null) return {};
  if (held === false) return isHeld ? { heldUntil: notBefore(asOf, before.heldFrom) } : {};
  return isHeld ? { heldReason: held } : { heldFrom: asOf, heldUntil: null, heldReason: held };
}

function remindedAfter({ reminded, asOf }: Marks, before: StoredMarks): Part {
  if (reminded === null) return {};
  if (reminded.level === before.remindedLevel && (reminded.on === null || reminded.on === before.remindedOn)) return {};
  return { remindedLevel: reminded.level, remindedOn: reminded.on ?? asOf };
}

/** An OCR, KID or RF reference as it is looked up: without blanks. */
export const paymentReferenceOf = (row: Row): string | null =>
  clip(row.cell("paymentReference").replaceAll(/\s+/g, ""), REFERENCE_MAX);
const REFERENCE_MAX = 60;
