import type { SigmaDocument, SigmaFault } from "../sigma/contract.ts";
import { loadSigma } from "../sigma/load.ts";

export type RuleFile = { readonly file: string; readonly text: string };
/** A text that stands alone: an alerting document after everything it refers to. */
export type SplitText = { readonly file: string; readonly text: string };

type Piece = { readonly file: string; readonly document: SigmaDocument; readonly at: number };

/**
 * Takes files of many documents apart into texts of one rule each. A correlation carries its base rules with it, wherever they stood;
 * a base rule that alerts besides (`generate`, or nobody names it) has a
 * text of its own, others have none; a filter goes with every rule it names. What cannot be read is a fault
 * of its file; a correlation whose rules are nowhere is given as it is, so that reading it says so.
 */
export function splitRules(files: readonly RuleFile[]): {
  readonly texts: readonly SplitText[];
  readonly faults: readonly SigmaFault[];
} {
  const faults: SigmaFault[] = [];
  const pieces: Piece[] = [];
  for (const { file, text } of files) {
    const loaded = loadSigma(text, { file });
    faults.push(...loaded.faults);
    for (const document of loaded.documents) pieces.push({ file, document, at: pieces.length });
  }
  const byName = new Map<string, Piece>();
  for (const piece of pieces)
    if (piece.document.kind !== "filter")
      for (const name of namesOf(piece)) if (!byName.has(name)) byName.set(name, piece);
  const filters = pieces.filter(({ document }) => document.kind === "filter");
  const named = (isGenerating: boolean) =>
    new Set(
      pieces.flatMap(({ document }) =>
        document.kind === "correlation" && document.isGenerating === isGenerating
          ? document.rules.map((name) => byName.get(name))
          : [],
      ),
    );
  const [silent, loud] = [named(false), named(true)];
  const texts = pieces
    .filter((piece) => piece.document.kind !== "filter" && (!silent.has(piece) || loud.has(piece)))
    .map((face) => ({
      file: face.file,
      text: joined([...filtersOf(face, { filters, byName }), ...closure(face, byName)], face),
    }));
  return { texts, faults };
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

/** Base rules come without their own notes: examples are long, and the text speaks in the voice of its last document. */
const joined = (pieces: readonly Piece[], face: Piece): string =>
  pieces
    .map((piece) => {
      const text = piece === face ? piece.document.head.text : withoutNotes(piece.document.head.text);
      return `${text.trim()}\n`;
    })
    .join("---\n");
const withoutNotes = (text: string): string => text.replace(/^surety:.*\n?(?:^(?:[ \t].*)?\n?)*/m, "");
