import { dayIn } from "./decide-figures.ts";
import type { Block, LetterDocument } from "./decide-model.ts";
import { LETTER_WORDS } from "./decide-words.ts";

/** Draws a letter as HTML for mail (inline styles, tables that say what they are) and as plain text. Every word is escaped. */

const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
/** Characters that would turn the direction of what follows, and controls; a name must not rewrite a letter. */
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu;
export const clean = (text: string): string => text.replaceAll(/[\t\n]/g, " ").replaceAll(UNSAFE, "");

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escape = (text: string): string => clean(text).replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
/** Right-to-left words are set apart, so that figures beside them keep their places. */
const html = (text: string): string => (RTL.test(text) ? `<bdi>${escape(text)}</bdi>` : escape(text));

const FONT = "font-family:Inter,'Segoe UI',Helvetica,Arial,sans-serif";
const CELL = "padding:6px 8px 6px 0;border-bottom:1px solid #d8dce2;vertical-align:top;overflow-wrap:anywhere";

export function drawHtml({ subject, blocks, language, facts }: LetterDocument): string {
  const words = LETTER_WORDS[language];
  const head = `${words.letterNumber} ${html(facts.number)} · ${html(dayIn(facts, facts.day))}`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><title>${escape(subject)}</title></head>
<body style="margin:0;background:#ffffff;color:#1c2430;${FONT};font-size:15px;line-height:1.5">
<div style="max-width:640px;margin:0 auto;padding:24px 16px">
<p style="margin:0 0 4px;font-weight:600">${html(facts.creditor.name)}</p>
<p style="margin:0 0 20px;color:#5a6472;font-size:13px">${head}</p>
${blocks.map(htmlBlock).join("\n")}
</div></body></html>
`;
}

function htmlBlock(block: Block): string {
  if (block.kind === "heading")
    return `<h2 style="margin:24px 0 8px;font-size:18px;line-height:1.3">${html(block.text)}</h2>`;
  if (block.kind === "text") return `<p style="margin:0 0 14px">${html(block.text)}</p>`;
  if (block.kind === "list")
    return `<ul style="margin:0 0 14px;padding-left:20px">${block.items.map((item) => `<li>${html(item)}</li>`).join("")}</ul>`;
  if (block.kind === "facts")
    return `<table style="border-collapse:collapse;width:100%;margin:0 0 18px;font-size:14px"><caption style="text-align:left;font-weight:600;padding:6px 0">${html(block.title)}</caption><tbody>${block.rows
      .map(
        ([label, value]) =>
          `<tr><th scope="row" style="${CELL};text-align:left;font-weight:400;color:#5a6472;width:45%">${html(label)}</th><td style="${CELL};padding-right:0;text-align:right${label === block.strong ? ";font-weight:600" : ""}">${html(value)}</td></tr>`,
      )
      .join("")}</tbody></table>`;
  return htmlTable(block);
}

function htmlTable({ title, columns, rows, foot, note }: Extract<Block, { kind: "table" }>): string {
  const align = (at: number) =>
    columns[at]?.isRight === true ? "text-align:right;white-space:nowrap" : "text-align:left";
  const cells = (row: readonly string[], style: string) =>
    row.map((cell, at) => `<td style="${CELL};${align(at)}${style}">${html(cell)}</td>`).join("");
  return `<table style="border-collapse:collapse;width:100%;margin:0 0 ${note === undefined ? 18 : 6}px;font-size:14px"><caption style="text-align:left;font-weight:600;padding:6px 0">${html(title)}</caption>
<thead><tr>${columns.map((column, at) => `<th scope="col" style="${CELL};${align(at)};font-weight:600">${html(column.title)}</th>`).join("")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row, "")}</tr>`).join("")}</tbody>
<tfoot>${foot.map((row) => `<tr>${cells(row, ";font-weight:600")}</tr>`).join("")}</tfoot></table>${note === undefined ? "" : `<p style="margin:0 0 18px;color:#5a6472;font-size:13px">${html(note)}</p>`}`;
}

const WIDTH = 76;

/** Isolates of Unicode around right-to-left words, so that a mail reader keeps the line in order. */
const plain = (text: string): string => (RTL.test(text) ? `\u2068${clean(text)}\u2069` : clean(text));

export function drawText({ blocks, language, facts }: LetterDocument): string {
  const words = LETTER_WORDS[language];
  const head = [plain(facts.creditor.name), `${words.letterNumber} ${plain(facts.number)}, ${dayIn(facts, facts.day)}`];
  return `${[...(facts.number === "" ? [] : [head.join("\n")]), ...blocks.map(textBlock)].join("\n\n").replaceAll("\u00a0", " ")}\n`;
}

/** What is read on a telephone or sent as a text message: no head, no tables. */
export const drawLine = ({ blocks }: LetterDocument): string =>
  blocks
    .flatMap((block) => (block.kind === "text" || block.kind === "heading" ? [clean(block.text)] : []))
    .join(" ")
    .replaceAll(/\s+/g, " ")
    .trim();

function textBlock(block: Block): string {
  if (block.kind === "heading") return `${plain(block.text)}\n${"-".repeat(Math.min(WIDTH, [...block.text].length))}`;
  if (block.kind === "text") return wrap(plain(block.text), "");
  if (block.kind === "list") return block.items.map((item) => wrap(`- ${plain(item)}`, "  ")).join("\n");
  if (block.kind === "facts")
    return [
      plain(block.title),
      ...block.rows.map(([label, value]) => `  ${label === "" ? "" : `${label}: `}${plain(value)}`),
    ].join("\n");
  const row = (cells: readonly string[]) =>
    `  ${cells
      .map(plain)
      .filter((cell) => cell !== "")
      .join(" | ")}`;
  return [
    plain(block.title),
    row(block.columns.map((column) => column.title)),
    ...block.rows.map(row),
    ...block.foot.map(row),
    ...(block.note === undefined ? [] : [wrap(plain(block.note), "")]),
  ].join("\n");
}

function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
