import { dayIn, ocrReference } from "./decide-figures.ts";
import type { Block, LetterDocument } from "./decide-model.ts";
import { LETTER_WORDS } from "./decide-words.ts";
import { type Line, openTypesetter, type Typesetter } from "./pdf-type.ts";

/** Letters on paper: A4, or Letter for the United States; the address stands in the window of the country's envelope. */

const MM = 72 / 25.4;
const MARGIN = 20 * MM;
const BOTTOM = 24 * MM;
const SIZE = { text: 10, small: 8, heading: 13, table: 9 } as const;
const LEADING = 1.42;
const GREY = "#5a6472";
/** Where the window lies, from the left and top edge. Sweden's C5 and E65 have it on the right, the others on the left. */
const WINDOW = {
  SE: { x: 105 * MM, y: 42 * MM },
  EU: { x: 20 * MM, y: 46 * MM },
  UK: { x: 20 * MM, y: 42 * MM },
  US: { x: 22 * MM, y: 50 * MM },
} as const;
const WINDOW_WIDTH = 82 * MM;
const WINDOW_LINES = 7;
const BODY_FROM = 88 * MM;

type Sheet = {
  readonly type: Typesetter;
  readonly letter: LetterDocument;
  readonly width: number;
  readonly bottom: number;
  y: number;
};

export type DrawnPdf = { readonly bytes: Uint8Array; readonly unprintable: readonly string[]; readonly pages: number };

/** One PDF of one or many letters; page numbers begin anew with each. */
export async function drawPdf(letters: readonly LetterDocument[]): Promise<Uint8Array> {
  return (await drawPdfWith(letters)).bytes;
}

export async function drawPdfWith(letters: readonly LetterDocument[]): Promise<DrawnPdf> {
  const [first] = letters;
  const type = openTypesetter(first?.place === "US" ? "LETTER" : "A4", {
    title: first?.subject ?? "",
    language: first?.language ?? "en",
  });
  const { doc } = type;
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    doc.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    doc.on("end", () => resolve());
    doc.on("error", reject);
  });
  let from = 0;
  for (const letter of letters) {
    drawLetter(type, letter);
    const pages = doc.bufferedPageRange().count;
    for (let page = from; page < pages; page++) {
      doc.switchToPage(page);
      footer(type, letter, LETTER_WORDS[letter.language].page(page - from + 1, pages - from));
    }
    from = pages;
  }
  doc.end();
  await ended;
  return { bytes: new Uint8Array(Buffer.concat(chunks)), unprintable: [...type.unprintable], pages: from };
}

const pageSize = (letter: LetterDocument) => (letter.place === "US" ? "LETTER" : "A4");

function newPage(sheet: Pick<Sheet, "type" | "letter">): void {
  sheet.type.doc.addPage({ size: pageSize(sheet.letter), margin: 0 });
}

function drawLetter(type: Typesetter, letter: LetterDocument): void {
  newPage({ type, letter });
  const { page } = type.doc;
  const sheet: Sheet = { type, letter, width: page.width - 2 * MARGIN, bottom: page.height - BOTTOM, y: MARGIN };
  const { facts } = letter;
  const words = LETTER_WORDS[letter.language];
  one(sheet, facts.creditor.name, { x: MARGIN, y: MARGIN, size: SIZE.heading, isBold: true, width: sheet.width });
  const number = facts.number === "" ? "" : `${words.letterNumber} ${facts.number} · `;
  one(sheet, `${number}${dayIn(letter, facts.day)}`, {
    x: MARGIN,
    y: MARGIN + 18,
    size: SIZE.small,
    width: sheet.width,
    colour: GREY,
  });
  const place = WINDOW[letter.place];
  const address = [facts.customer.name, ...facts.customer.addressLines];
  const lines = address.flatMap((line) => type.lines(line, SIZE.text, WINDOW_WIDTH)).slice(0, WINDOW_LINES);
  lines.forEach((line, at) => type.draw(line, { x: place.x, y: place.y + at * SIZE.text * LEADING, size: SIZE.text }));
  sheet.y = BODY_FROM;
  for (const block of letter.blocks) drawBlock(sheet, block);
  ocrLine(sheet);
}

type At = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly width: number;
  readonly isBold?: boolean;
  readonly colour?: string;
};
/** The first line of a text: what is longer is cut, because its place is fixed. */
function one(sheet: Sheet, text: string, at: At): void {
  const [line] = sheet.type.lines(text, at.size, at.width);
  if (line !== undefined) sheet.type.draw(line, at);
}

/** Makes room for `height`; a page break when there is none. Says whether it turned the page. */
function room(sheet: Sheet, height: number): boolean {
  if (sheet.y + height <= sheet.bottom) return false;
  newPage(sheet);
  sheet.y = MARGIN;
  return true;
}

function flow(
  sheet: Sheet,
  text: string,
  how: { readonly size: number; readonly indent?: number; readonly isBold?: boolean; readonly colour?: string },
): void {
  const indent = how.indent ?? 0;
  for (const line of sheet.type.lines(text, how.size, sheet.width - indent)) {
    room(sheet, how.size * LEADING);
    sheet.type.draw(line, { x: MARGIN + indent, y: sheet.y, ...how });
    sheet.y += how.size * LEADING;
  }
}

function drawBlock(sheet: Sheet, block: Block): void {
  if (block.kind === "heading") {
    // A heading stays with the first lines of what follows.
    room(sheet, SIZE.heading * LEADING * 3);
    sheet.y += 4;
    flow(sheet, block.text, { size: SIZE.heading, isBold: true });
    sheet.y += 4;
  } else if (block.kind === "text") {
    flow(sheet, block.text, { size: SIZE.text });
    sheet.y += 7;
  } else if (block.kind === "list") {
    for (const item of block.items) {
      room(sheet, SIZE.text * LEADING);
      one(sheet, "•", { x: MARGIN, y: sheet.y, size: SIZE.text, width: 12 });
      flow(sheet, item, { size: SIZE.text, indent: 12 });
    }
    sheet.y += 7;
  } else if (block.kind === "facts") {
    const rows = block.rows.map(([label, value]) => [label, value]);
    const columns = [
      { isRight: false, width: 5 },
      { isRight: false, width: 8 },
    ];
    table(sheet, { title: block.title, columns, head: undefined, rows, foot: [], strong: block.strong });
  } else {
    const head = block.columns.map((column) => column.title);
    table(sheet, { title: block.title, columns: block.columns, head, rows: block.rows, foot: block.foot });
    if (block.note !== undefined) {
      sheet.y -= 6;
      flow(sheet, block.note, { size: SIZE.small, colour: GREY });
      sheet.y += 8;
    }
  }
}

type Table = {
  readonly title: string;
  readonly columns: readonly { readonly isRight: boolean; readonly width: number }[];
  readonly head: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  readonly foot: readonly (readonly string[])[];
  /** First cell of a row that is set in bold. */
  readonly strong?: string | undefined;
};
const GAP = 8;
const ROW_PAD = 3;

function table(sheet: Sheet, { title, columns, head, rows, foot, strong }: Table): void {
  room(sheet, SIZE.table * LEADING * 5);
  flow(sheet, title, { size: SIZE.text, isBold: true });
  sheet.y += 2;
  const headRow = () => head && row(sheet, { columns, cells: head, isBold: true });
  headRow();
  for (const cells of rows) {
    if (room(sheet, heightOf(sheet, columns, cells))) headRow();
    row(sheet, { columns, cells, isBold: strong !== undefined && cells[0] === strong });
  }
  for (const cells of foot) {
    room(sheet, heightOf(sheet, columns, cells));
    row(sheet, { columns, cells, isBold: true });
  }
  sheet.y += 10;
}

function cellLines(
  sheet: Sheet,
  columns: Table["columns"],
  cells: readonly string[],
): readonly { readonly x: number; readonly width: number; readonly lines: readonly Line[] }[] {
  const all = columns.reduce((sum, column) => sum + column.width, 0);
  let x = MARGIN;
  return columns.map((column, at) => {
    const share = (sheet.width * column.width) / all;
    const cell = { x, width: share - GAP, lines: sheet.type.lines(cells[at] ?? "", SIZE.table, share - GAP) };
    x += share;
    return cell;
  });
}

function heightOf(sheet: Sheet, columns: Table["columns"], cells: readonly string[]): number {
  const most = Math.max(...cellLines(sheet, columns, cells).map(({ lines }) => lines.length));
  return most * SIZE.table * LEADING + 2 * ROW_PAD;
}

function row(
  sheet: Sheet,
  {
    columns,
    cells,
    isBold,
  }: { readonly columns: Table["columns"]; readonly cells: readonly string[]; readonly isBold: boolean },
): void {
  const height = heightOf(sheet, columns, cells);
  cellLines(sheet, columns, cells).forEach(({ x, width, lines }, at) =>
    lines.forEach((line, number) => {
      const left = columns[at]?.isRight === true ? x + width - line.width : x;
      sheet.type.draw(line, {
        x: left,
        y: sheet.y + ROW_PAD + number * SIZE.table * LEADING,
        size: SIZE.table,
        isBold,
      });
    }),
  );
  sheet.y += height;
  sheet.type.doc
    .moveTo(MARGIN, sheet.y)
    .lineTo(MARGIN + sheet.width, sheet.y)
    .lineWidth(0.5)
    .strokeColor("#d8dce2")
    .stroke();
}

/** The line a Swedish bank's reader takes: reference, amount with its check digit, account. Only for one invoice number that is an OCR number. */
function ocrLine(sheet: Sheet): void {
  const { facts, place } = sheet.letter;
  const [total] = facts.totals;
  const [item] = facts.items;
  if (place !== "SE" || facts.items.length !== 1 || facts.totals.length !== 1) return;
  if (total?.currency !== "SEK" || item === undefined || facts.creditor.bankgiro === undefined) return;
  const ocr = ocrReference(item.number);
  if (ocr === undefined || BigInt(total.toPayMinor) <= 0n) return;
  const minor = total.toPayMinor.padStart(3, "0");
  const text = `# ${ocr} # ${minor.slice(0, -2)} ${minor.slice(-2)} ${luhnDigit(minor)} > ${facts.creditor.bankgiro.replaceAll("-", "")}#41#`;
  room(sheet, SIZE.text * LEADING + 12);
  sheet.y += 8;
  one(sheet, text, { x: MARGIN, y: sheet.y, size: SIZE.text, width: sheet.width });
  sheet.y += SIZE.text * LEADING;
}

/** The digit that makes the Luhn sum of a number end in 0. */
export function luhnDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((all, letter, at) => {
    const digit = Number(letter) * (at % 2 === 0 ? 2 : 1);
    return all + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

function footer(type: Typesetter, letter: LetterDocument, page: string): void {
  const { height, width } = type.doc.page;
  const y = height - 16 * MM;
  const { creditor } = letter.facts;
  const parts = [creditor.name, creditor.registrationNumber, ...creditor.addressLines].filter(
    (part) => part !== undefined && part !== "",
  );
  const [line] = type.lines(parts.join(" · "), SIZE.small, width - 2 * MARGIN - 80);
  if (line !== undefined) type.draw(line, { x: MARGIN, y, size: SIZE.small, colour: GREY });
  const [number] = type.lines(page, SIZE.small, 100);
  if (number !== undefined) type.draw(number, { x: width - MARGIN - number.width, y, size: SIZE.small, colour: GREY });
}
