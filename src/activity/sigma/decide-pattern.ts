import type { GlobPart, Pattern } from "./contract.ts";

type Piece = string | { readonly wild: "*" | "?" };

/**
 * Reads a Sigma text from left to right: `*` any run, `?` one character; a backslash takes the meaning of a following `*`, `?` or `\` and is
 * itself before anything else. Source: specification, "String Wildcard" and "Escape Character".
 */
export function readWildcards(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let run = "";
  const end = (): void => {
    if (run !== "") pieces.push(run);
    run = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === "\\" && (next === "*" || next === "?" || next === "\\")) {
      run += next;
      at++;
    } else if (char === "*" || char === "?") {
      end();
      pieces.push({ wild: char });
    } else run += char;
  }
  end();
  return pieces;
}

const STAR: Piece = { wild: "*" };
const isStar = (piece: Piece | undefined): boolean => typeof piece === "object" && piece.wild === "*";

/** The pieces with `*` added before, behind or on both sides, unless they are there. */
export function widen(pieces: readonly Piece[], how: "contains" | "startswith" | "endswith"): readonly Piece[] {
  const before = how !== "startswith" && !isStar(pieces[0]) ? [STAR] : [];
  const behind = how !== "endswith" && (!isStar(pieces.at(-1)) || pieces.length + before.length === 0) ? [STAR] : [];
  const wide = [...before, ...pieces, ...behind];
  // `contains: ''` is any present text: one star says it.
  return wide.length === 2 && isStar(wide[0]) && isStar(wide[1]) ? [STAR] : wide;
}

/** The cheapest comparison for the pieces. Text that is not `isCased` is compared in lower case. */
export function compilePattern(pieces: readonly Piece[], isCased: boolean): Pattern {
  const fold = (text: string): string => (isCased ? text : text.toLowerCase());
  const parts: GlobPart[] = [];
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      if (!(isStar(piece) && isStar(parts.at(-1)))) parts.push(piece);
    } else parts.push(fold(piece));
  }
  const [first, second, third] = parts;
  if (parts.length === 0) return { kind: "equals", text: "", isCased };
  if (parts.length === 1) {
    if (typeof first === "string") return { kind: "equals", text: first, isCased };
    if (isStar(first)) return { kind: "any", isCased };
  }
  if (parts.length === 2 && typeof first === "string" && isStar(second))
    return { kind: "startswith", text: first, isCased };
  if (parts.length === 2 && isStar(first) && typeof second === "string")
    return { kind: "endswith", text: second, isCased };
  if (parts.length === 3 && isStar(first) && typeof second === "string" && isStar(third))
    return { kind: "contains", text: second, isCased };
  return { kind: "glob", parts, isCased, source: JSON.stringify(parts) };
}

/** Whether a text fits. `text` and `folded` are the same value as it is and in lower case. */
export function fits(pattern: Pattern, text: string, folded: string): boolean {
  const value = pattern.isCased ? text : folded;
  switch (pattern.kind) {
    case "equals":
      return value === pattern.text;
    case "contains":
      return value.includes(pattern.text);
    case "startswith":
      return value.startsWith(pattern.text);
    case "endswith":
      return value.endsWith(pattern.text);
    case "any":
      return true;
    case "glob":
      return fitsGlob(pattern.parts, value);
  }
}

/**
 * Greedy matching with one point to go back to: the last star. Never worse than length of text × length of pattern, whatever the pattern.
 */
function fitsGlob(parts: readonly GlobPart[], text: string): boolean {
  let at = 0;
  let part = 0;
  let starPart = -1;
  let starAt = 0;
  for (;;) {
    const now = parts[part];
    if (now === undefined && at === text.length) return true;
    if (now !== undefined && typeof now === "object" && now.wild === "*") {
      starPart = part++;
      starAt = at;
      if (part === parts.length) return true;
      continue;
    }
    const step = now === undefined ? 0 : lengthAt(now, text, at);
    if (step > 0) {
      at += step;
      part++;
      continue;
    }
    if (starPart < 0 || starAt >= text.length) return false;
    starAt += charLength(text, starAt);
    at = starAt;
    part = starPart + 1;
  }
}

const charLength = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** How much of the text one part takes at a place; 0 = it does not fit. */
function lengthAt(part: GlobPart, text: string, at: number): number {
  if (typeof part === "string") return text.startsWith(part, at) ? part.length : 0;
  return at < text.length ? charLength(text, at) : 0;
}
