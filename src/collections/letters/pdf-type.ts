import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import PdfKit from "pdfkit";
import { clean } from "./decide-draw.ts";
import { type FontSubset, writeFromOutlines } from "./pdf-glyphs.ts";

/** Setting type: fonts that cover Latin, Greek and Cyrillic, lines of mixed fonts, and what cannot be printed. */

const FOLDER = join(
  dirname(createRequire(import.meta.url).resolve("@fontsource-variable/inter/package.json")),
  "files",
);
/** Tried in this order for every character. */
const FONTS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese"] as const;
type FontName = (typeof FONTS)[number];
/** Stands for a character that no font has. */
const BOX = "?";
/** Spaces and hyphens that look like plain ones. */
const ALIKE: Readonly<Record<string, string>> = {
  "\u00a0": " ",
  "\u202f": " ",
  "\u2009": " ",
  "\u2011": "-",
  "\u2212": "-",
};

export type Pdf = InstanceType<typeof PdfKit>;
type HasGlyph = {
  readonly hasGlyphForCodePoint: (code: number) => boolean;
  readonly characterSet: readonly number[];
  readonly glyphForCodePoint: (code: number) => unknown;
};
type WithFont = { readonly _font: { readonly font: HasGlyph; readonly subset: FontSubset } };

export type Run = { readonly font: FontName; readonly text: string };
export type Line = { readonly runs: readonly Run[]; readonly width: number };
export type Typesetter = {
  readonly doc: Pdf;
  /** Breaks text into lines of at most `width`; a word that is wider is broken inside. */
  readonly lines: (text: string, size: number, width: number) => readonly Line[];
  readonly draw: (
    line: Line,
    at: {
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly isBold?: boolean;
      readonly colour?: string;
    },
  ) => void;
  /** Characters that were asked for and that no font has. */
  readonly unprintable: ReadonlySet<string>;
};

/** A document and its hand for setting type. A4, or US Letter. */
export function openTypesetter(
  size: "A4" | "LETTER",
  info: { readonly title: string; readonly language: string },
): Typesetter {
  const doc = new PdfKit({
    size,
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    lang: info.language,
    displayTitle: true,
    info: { Title: info.title, Creator: "Surety", Producer: "Surety" },
  });
  const has = new Map<FontName, HasGlyph>();
  for (const name of FONTS) {
    doc.registerFont(name, join(FOLDER, `inter-${name}-wght-normal.woff2`));
    doc.font(name);
    const { font, subset } = (doc as unknown as WithFont)._font;
    has.set(name, font);
    writeFromOutlines(subset);
    // A glyph remembers for which character it was first asked. One first met as a part of another, the a of å, would remember none
    // and could not be copied or read aloud; so each is asked for by itself before anything is set.
    for (const code of font.characterSet) font.glyphForCodePoint(code);
  }
  const unprintable = new Set<string>();
  const known = new Map<string, FontName | undefined>();
  const fontOf = (letter: string): FontName | undefined => {
    if (!known.has(letter)) {
      const code = letter.codePointAt(0) ?? 0;
      known.set(
        letter,
        FONTS.find((name) => has.get(name)?.hasGlyphForCodePoint(code)),
      );
    }
    return known.get(letter);
  };
  const widths = new Map<string, number>();
  const widthOf = (run: Run, points: number): number => {
    const key = `${run.font} ${run.text}`;
    const known = widths.get(key);
    if (known !== undefined) return known * points;
    const one = doc.font(run.font).fontSize(100).widthOfString(run.text) / 100;
    if (widths.size < 5_000) widths.set(key, one);
    return one * points;
  };
  const runsOf = (text: string): readonly Run[] => runs(text, fontOf, unprintable);
  const measure = (text: string, points: number): number =>
    runsOf(text).reduce((all, run) => all + widthOf(run, points), 0);
  return {
    doc,
    unprintable,
    lines: (text, points, width) =>
      wrap(clean(text), width, (part) => measure(part, points)).map((line) => ({
        runs: runsOf(line),
        width: measure(line, points),
      })),
    draw: (line, { x, y, size: points, isBold = false, colour = "#1c2430" }) => {
      let at = x;
      doc
        .fillColor(colour)
        .strokeColor(colour)
        .lineWidth(points * 0.035);
      for (const run of line.runs) {
        doc.font(run.font).fontSize(points).text(run.text, at, y, { lineBreak: false, fill: true, stroke: isBold });
        at += widthOf(run, points);
      }
    },
  };
}

function runs(
  text: string,
  fontOf: (letter: string) => FontName | undefined,
  unprintable: Set<string>,
): readonly Run[] {
  const made: { font: FontName; text: string }[] = [];
  for (const given of text.normalize("NFC")) {
    const letter = ALIKE[given] ?? given;
    const found = fontOf(letter);
    if (found === undefined && !/\p{M}|\u200d|\ufe0f/u.test(letter)) unprintable.add(letter);
    if (found === undefined && /\p{M}|\u200d|\ufe0f/u.test(letter)) continue;
    const font = found ?? "latin";
    const last = made[made.length - 1];
    if (last?.font === font) last.text += found === undefined ? BOX : letter;
    else made.push({ font, text: found === undefined ? BOX : letter });
  }
  return made;
}

function wrap(text: string, width: number, measure: (part: string) => number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (measure(line) > width && [...line].length > 1) {
      const cut = fitting(line, width, measure);
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  return [...lines, line];
}

/** How much of a word fits, at least one character. */
function fitting(word: string, width: number, measure: (part: string) => number): number {
  let cut = 0;
  for (const letter of word) {
    if (cut > 0 && measure(word.slice(0, cut + letter.length)) > width) break;
    cut += letter.length;
  }
  return cut;
}
