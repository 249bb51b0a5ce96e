/** A record with its continuations (88) put behind it. */
export type BaiRecord = {
  readonly code: string;
  /** Line of its first record. */
  readonly line: number;
  /** Physical records, continuations too: what the control counts count. */
  readonly lines: number;
  readonly text: string;
};

/** A stroke ends the fields of a line; without one the line ends a field as a comma would. */
const ended = (text: string): { readonly text: string; readonly isClosed: boolean } => {
  const trimmed = text.replace(/\s+$/, "");
  return trimmed.endsWith("/") ? { text: trimmed.slice(0, -1), isClosed: true } : { text: trimmed, isClosed: false };
};

/** Logical records of a file. Continuations of an entry's text keep their line, since banks put one fact on each. */
export function baiRecords(text: string): { readonly records: readonly BaiRecord[]; readonly lines: number } {
  const records: { code: string; line: number; lines: number; text: string }[] = [];
  let lines = 0;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (raw.trim() === "") continue;
    lines += 1;
    const line = ended(raw);
    const code = line.text.slice(0, 2);
    const last = records.at(-1);
    if (code !== "88" || last === undefined) records.push({ code, line: index + 1, lines: 1, text: line.text });
    else {
      last.lines += 1;
      last.text += last.code === "16" ? `\n${line.text.slice(3)}` : `,${line.text.slice(3)}`;
    }
  }
  return { records, lines };
}

export const fieldsOf = (record: BaiRecord): readonly string[] => record.text.split(",").map((field) => field.trim());

/**
 * How many fields the funds type takes after itself: none for 0, 1, 2 and Z; V = date and time; S = three amounts;
 * D = a count and that many pairs of days and amount. Undefined when the fields run out.
 */
export function fundsFields(fields: readonly string[], at: number): number | undefined {
  const type = fields[at] ?? "";
  if (type === "V") return 2;
  if (type === "S") return 3;
  if (type !== "D") return 0;
  const pairs = fields[at + 1] ?? "";
  return /^\d{1,3}$/.test(pairs) ? 1 + 2 * Number(pairs) : undefined;
}
