import type { SigmaDocument, SigmaFault } from "../sigma/contract.ts";
import { loadSigma } from "../sigma/load.ts";

export type RuleFile = { readonly file: string; readonly text: string };
/** A text that stands alone: an alerting document after everything it refers to. */
export type SplitText = { readonly file: string; readonly text: string };

type Piece = { readonly file: string; readonly text: string; readonly document: SigmaDocument; readonly at: number };

/**
 * Takes files of many documents apart into texts of one rule each. A correlation carries its base rules with it, wherever they stood;
 * a base rule that only correlations name gets no text of its own; a filter goes with every rule it names. What cannot be read is a fault
 * of its file; a correlation whose rules are nowhere is given as it is, so that reading it says so.
 */
export function splitRules(files: readonly RuleFile[]): {
  readonly texts: readonly SplitText[];
  readonly faults: readonly SigmaFault[];
} {
  const faults: SigmaFault[] = [];
  const pieces: Piece[] = [];
  for (const { file, text } of files)
    for (const slice of slicesOf(text)) {
      const loaded = loadSigma(slice.text, { file });
      faults.push(...loaded.faults.map((one) => ({ ...one, line: one.line + slice.line })));
      for (const document of loaded.documents) pieces.push({ file, text: slice.text, document, at: pieces.length });
    }
  const byName = new Map<string, Piece>();
  for (const piece of pieces)
    if (piece.document.kind !== "filter")
      for (const name of namesOf(piece)) if (!byName.has(name)) byName.set(name, piece);
  const filters = pieces.filter(({ document }) => document.kind === "filter");
  const inner = new Set(
    pieces.flatMap(({ document }) =>
      document.kind === "correlation" ? document.rules.map((name) => byName.get(name)) : [],
    ),
  );
  const texts = pieces
    .filter((piece) => piece.document.kind !== "filter" && !inner.has(piece))
    .map((face) => ({
      file: face.file,
      text: joined([...closure(face, byName), ...filtersOf(face, { filters, byName })]),
    }));
  return { texts, faults };
}

/** A line `---` parts documents, wherever it stands: YAML leaves no other reading of it. */
function slicesOf(text: string): readonly { readonly text: string; readonly line: number }[] {
  const slices: { text: string; line: number }[] = [];
  let lines: string[] = [];
  let from = 0;
  const close = (next: number) => {
    const whole = lines.join("\n");
    if (/^[^#\s]/m.test(whole)) slices.push({ text: `${whole.replace(/\s+$/, "")}\n`, line: from });
    lines = [];
    from = next;
  };
  text.split(/\r?\n/).forEach((line, at) => {
    if (/^---(\s|$)/.test(line)) close(at + 1);
    else lines.push(line);
  });
  close(0);
  return slices;
}

const namesOf = ({ document: { head } }: Piece): readonly string[] =>
  [head.id, head.name].filter((one) => one !== undefined);

/** What a document needs, base rules first, itself last. */
function closure(face: Piece, byName: ReadonlyMap<string, Piece>): readonly Piece[] {
  const found = new Set<Piece>();
  const walk = (piece: Piece): void => {
    if (found.has(piece)) return;
    found.add(piece);
    if (piece.document.kind === "correlation")
      for (const name of piece.document.rules) {
        const base = byName.get(name);
        if (base !== undefined) walk(base);
      }
  };
  walk(face);
  return [...[...found].filter((piece) => piece !== face).sort((a, b) => a.at - b.at), face];
}

function filtersOf(
  face: Piece,
  { filters, byName }: { readonly filters: readonly Piece[]; readonly byName: ReadonlyMap<string, Piece> },
): readonly Piece[] {
  const names = new Set(closure(face, byName).flatMap(namesOf));
  return filters.filter(
    ({ document }) =>
      document.kind === "filter" && document.rules !== "any" && document.rules.every((name) => names.has(name)),
  );
}

const joined = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("---\n");
