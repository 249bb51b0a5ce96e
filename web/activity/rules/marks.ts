import type { RuleFaultWire, TryWire } from "../../../src/activity/lab/contract-wire.ts";
import type { EditorMark } from "../../kit/YamlEditor.tsx";

export type Mark = EditorMark & { readonly line: number; readonly column: number; readonly code: string };

/** Faults and advice with their places as offsets into the text: to the end of the word, or of the line. */
export function marksOf(text: string, faults: readonly RuleFaultWire[], lint: TryWire["lint"]): readonly Mark[] {
  const lines = text.split("\n");
  const starts: number[] = [];
  let sum = 0;
  for (const line of lines) {
    starts.push(sum);
    sum += line.length + 1;
  }
  const placed = (line: number, column: number) => {
    const content = lines[line - 1] ?? "";
    const start = starts[line - 1] ?? text.length;
    const from = Math.min(start + column - 1, start + content.length);
    const word = /^\S+/.exec(content.slice(column - 1))?.[0].length ?? 0;
    return { from, to: word > 0 ? from + word : start + content.length };
  };
  const seen = new Set<string>();
  return [...faults.map((one) => ({ ...one, fix: undefined, severity: "error" as const })), ...lint].flatMap(
    ({ line, column, code, message, fix, severity }) => {
      const key = `${line}:${column}:${message}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ severity, text: message, fix: fix || undefined, line, column, code, ...placed(line, column) }];
    },
  );
}
