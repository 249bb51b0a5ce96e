import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";
import type { Place } from "./contract.ts";

export type Path = readonly (string | number)[];

/** `["steps", 2, "daysPastDue"]` as people read it: `steps[2].daysPastDue`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );

/** Finds places in the text of a parsed document. */
export class Places {
  private readonly document: Document.Parsed;
  private readonly counter: LineCounter;
  private readonly text: string;
  constructor(text: string, document: Document.Parsed, counter: LineCounter) {
    this.text = text;
    this.document = document;
    this.counter = counter;
  }

  /** A stretch of text by its offsets. */
  at(path: Path, from: number, to: number): Place {
    const start = Math.max(0, Math.min(from, this.text.length));
    const { line, col } = this.counter.linePos(start);
    return {
      path: pathText(path),
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      from: start,
      to: Math.max(start, Math.min(to, this.text.length)),
    };
  }

  /** The value at a path; where there is none, the nearest thing around it. */
  of(path: Path): Place {
    const node = this.nearest(path);
    return this.at(path, node?.range?.[0] ?? 0, node?.range?.[1] ?? Math.min(1, this.text.length));
  }

  /** The key of a member, e.g. one that may not be there. */
  keyOf(path: Path, key: string): Place {
    const parent = this.node(path);
    const pair = isMap(parent) ? pairOf(parent.items, key) : undefined;
    const range = pair !== undefined && isScalar(pair.key) ? pair.key.range : undefined;
    return range ? this.at([...path, key], range[0], range[1]) : this.of(path);
  }

  /** Inside a text value: offsets in the value as it reads, e.g. where an expression goes wrong. */
  within(path: Path, span: { readonly value: string; readonly from: number; readonly to: number }): Place {
    const node = this.nearest(path);
    const [start = 0, end = start] = node?.range ?? [];
    const written = this.text.slice(start, end);
    const whole = written.indexOf(span.value);
    if (whole >= 0) return this.at(path, start + whole + span.from, start + whole + span.to);
    // A folded or escaped text: the line of the value that holds the place is looked up instead.
    const lineFrom = span.value.lastIndexOf("\n", span.from - 1) + 1;
    const line = span.value.slice(lineFrom).split("\n")[0] ?? "";
    const found = line === "" ? -1 : written.indexOf(line);
    if (found < 0) return this.at(path, start, end);
    return this.at(
      path,
      start + found + span.from - lineFrom,
      start + found + Math.min(span.to - lineFrom, line.length),
    );
  }

  /** What is written at a path, cut. */
  valueAt(path: Path): string {
    const node = this.node(path);
    if (!node?.range) return "";
    const written = this.text.slice(node.range[0], node.range[1]).trim();
    return written.length > 80 ? `${written.slice(0, 79)}…` : written;
  }

  private node(path: Path): Node | undefined {
    let current: unknown = this.document.contents;
    for (const part of path) {
      if (isAlias(current)) current = current.resolve(this.document);
      if (isMap(current)) current = pairOf(current.items, String(part))?.value;
      else if (isSeq(current) && typeof part === "number") current = current.items[part];
      else return undefined;
    }
    return (current ?? undefined) as Node | undefined;
  }
  private nearest(path: Path): Node | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node = this.node(path.slice(0, length));
      if (node?.range) return node;
    }
    return undefined;
  }
}

const pairOf = (items: readonly Pair[], key: string): Pair | undefined =>
  items.find((pair) => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key)) === key);
