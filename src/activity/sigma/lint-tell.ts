import type { LogSource } from "./contract.ts";
import type { YamlDocument } from "./yaml.ts";

/** `error`: it cannot be loaded or breaks the specification. `warning`: it loads, and says something else than it seems or less than it should. */
export type LintFinding = {
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly rule: string | undefined;
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
};

/** Fields that events of a log source can have; undefined = not known for this log source. */
export type FieldsOf = (
  source: LogSource,
) => { readonly has: (field: string) => boolean; readonly names: readonly string[] } | undefined;
/** Tells of a finding at a node. */
export type LintTell = (node: unknown, finding: Pick<LintFinding, "severity" | "code" | "message" | "fix">) => void;
export type Linting = {
  readonly document: YamlDocument;
  readonly tell: LintTell;
  readonly fieldsOf: FieldsOf | undefined;
};

/** The word of `words` that is most like the given one; undefined when none is. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const word of words) {
    if (Math.abs(word.length - wanted.length) >= least) continue;
    const steps = distance(wanted, word.toLowerCase());
    if (steps < least) [best, least] = [word, steps];
  }
  return best;
}

/** Letters to change, add or leave out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_one, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
