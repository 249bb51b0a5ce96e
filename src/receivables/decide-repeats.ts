import type { RowProblem } from "./contract-import.ts";
import type { Fact } from "./decide-cells.ts";

/** What a row is after those before it: itself, or nothing and why. */
export type Once = { readonly fact: Fact | undefined; readonly problem: RowProblem | undefined };

/**
 * Rows of one file that stand twice. The same invoice with the same content is one (exports with a line per article repeat it);
 * with other content it is refused. Money without an id may well come twice on a day: the second gets a number of its own.
 */
export function repeats(column: string | null): (fact: Fact) => Once {
  // Line and content of each row in one number, so that two million rows stay small: line × 2^32 + hash of the content.
  const seen = new Map<string, number>();
  const made = new Map<string, number>();
  return (fact) => {
    if (fact.kind !== "invoice" && fact.isMade) {
      const key = `${fact.customerId}|${fact.number}`;
      const count = (made.get(key) ?? 0) + 1;
      made.set(key, count);
      return { fact: count === 1 ? fact : { ...fact, number: `${fact.number} #${count}` }, problem: undefined };
    }
    const key =
      fact.kind === "invoice" ? fact.number + fact.customerId : `${fact.kind}${fact.number}${fact.customerId}`;
    const content = contentHash(fact);
    const packed = seen.get(key);
    if (packed === undefined) {
      seen.set(key, fact.line * HASHES + content);
      return { fact, problem: undefined };
    }
    const first = { line: Math.floor(packed / HASHES), content: packed % HASHES };
    const base = { line: fact.line, column, value: fact.number };
    if (first.content === content)
      return {
        fact: undefined,
        problem: { ...base, code: "repeated", fix: `the same as line ${first.line}: counted once`, severity: "noted" },
      };
    return {
      fact: undefined,
      problem: {
        ...base,
        code: "number-twice",
        fix: `line ${first.line} has this number with other content: which one is right?`,
        severity: "refused",
      },
    };
  };
}

const HASHES = 2 ** 32;

/** FNV-1a of what a row says, 32 bits: two rows of one number that differ meet by chance once in four thousand million times. */
export function contentHash(fact: Fact): number {
  let hash = 0x811c9dc5;
  const mix = (text: string): void => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  };
  mix(fact.currency);
  mix(fact.amountMinor.toString());
  if (fact.kind === "invoice") {
    mix(fact.issueDate);
    mix(fact.dueDate);
    if (fact.paidMinor !== null) mix(`${fact.paidMinor} ${fact.paidOn}`);
    if (fact.disputed !== null) mix(fact.disputed ? "disputed" : "not disputed");
    if (fact.marks !== null) mix(`${fact.marks.sold} ${fact.marks.held} ${fact.marks.reminded?.level}`);
  } else mix(fact.kind === "payment" ? fact.valueDate : fact.day);
  return hash >>> 0;
}
