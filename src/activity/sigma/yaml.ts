import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from "yaml";
import type { SigmaFault } from "./contract.ts";

/** Limits of what is read: characters of a file, documents in it, depth of nesting, aliases. */
export const FILE_LENGTH_MAX = 2_000_000;
export const DOCUMENTS_MAX = 10_000;
export const DEPTH_MAX = 60;
export const ALIASES_MAX = 100;

/** One YAML document with the place of every node. */
export type YamlDocument = {
  readonly root: Node | null;
  readonly file: string | undefined;
  /** Line and column of a node, from 1. */
  readonly placeOf: (node: unknown) => { readonly line: number; readonly column: number };
  /** The document as written and its last line. */
  readonly text: string;
  readonly lineEnd: number;
  /** A node as plain JSON. */
  readonly plainOf: (node: unknown) => unknown;
};

/**
 * The documents of a file. YAML 1.2 core: `yes` and `no` are texts, `0x17` is 23, dates are texts. A key twice in one map, an alias to
 * nowhere or anything too big is a fault with its place, and the document with it is left out.
 */
export function readYaml(
  text: string,
  file: string | undefined,
): { readonly documents: readonly YamlDocument[]; readonly faults: readonly SigmaFault[] } {
  const faults: SigmaFault[] = [];
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fault = (offset: number, code: "yaml" | "too-big", message: string): void =>
    void faults.push({ file, ...at(offset), rule: undefined, code, message });
  if (text.length > FILE_LENGTH_MAX) {
    fault(0, "too-big", `a file of rules has at most ${FILE_LENGTH_MAX} characters`);
    return { documents: [], faults };
  }
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    version: "1.2",
    schema: "core",
    merge: false,
  });
  if (!Array.isArray(parsed)) return { documents: [], faults };
  if (parsed.length > DOCUMENTS_MAX) {
    fault(0, "too-big", `a file holds at most ${DOCUMENTS_MAX} documents`);
    return { documents: [], faults };
  }
  const documents: YamlDocument[] = [];
  const spans = parsed.map(({ range }, place): readonly [from: number, until: number] => [
    parsed[place - 1]?.range[2] ?? 0,
    range[2],
  ]);
  for (const [place, document] of (parsed as readonly Document.Parsed[]).entries()) {
    const [error] = document.errors;
    if (error !== undefined) {
      fault(error.pos[0], "yaml", error.message);
      continue;
    }
    // Nothing between two separators, or after the last one, is no rule that was left out.
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) continue;
    const tooBig = sizeFault(document);
    if (tooBig !== undefined) {
      fault(tooBig.offset, "too-big", tooBig.message);
      continue;
    }
    const start = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;
    const [from, until] = spans[place] ?? [0, 0];
    const written = text.slice(from, until).replace(DOCUMENT_START, "").trim();
    documents.push({
      root: document.contents,
      file,
      placeOf: (node) => at(start(node)),
      text: written,
      lineEnd: at(from + text.slice(from, until).trimEnd().length).line,
      plainOf: (node) => (isNode(node) ? plain(node.toJS(document, { maxAliasCount: ALIASES_MAX })) : null),
    });
  }
  return { documents, faults };
}

/** The line that begins a document, with what is left of the one before it. */
const DOCUMENT_START = /^\s*---[^\n]*(\n|$)/;

/** What JSON can hold: numbers that are none become null, as JSON itself has it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

function sizeFault(document: Document.Parsed): { readonly offset: number; readonly message: string } | undefined {
  let aliases = 0;
  let found: { readonly offset: number; readonly message: string } | undefined;
  visit(document, {
    Alias: (_key, node) => {
      if (++aliases <= ALIASES_MAX) return undefined;
      found = { offset: node.range?.[0] ?? 0, message: `a document has at most ${ALIASES_MAX} aliases` };
      return visit.BREAK;
    },
    Collection: (_key, node, path) => {
      if (path.length <= DEPTH_MAX) return undefined;
      found = { offset: node.range?.[0] ?? 0, message: `a document nests at most ${DEPTH_MAX} deep` };
      return visit.BREAK;
    },
  });
  return found;
}

/** What stands at a key of a map; undefined where there is no such key. */
export function memberOf(node: unknown, key: string): Node | null | undefined {
  if (!isMap(node)) return undefined;
  for (const pair of node.items) if (keyText(pair.key) === key) return pair.value as Node | null;
  return undefined;
}

export type Member = { readonly key: string; readonly keyNode: unknown; readonly value: Node | null };

/** The members of a map in their order; nothing for what is no map. */
export const membersOf = (node: unknown): readonly Member[] =>
  isMap(node)
    ? node.items.map((pair) => ({ key: keyText(pair.key), keyNode: pair.key, value: pair.value as Node | null }))
    : [];

/** The members of a list; nothing for what is none. */
export const itemsOf = (node: unknown): readonly unknown[] => (isSeq(node) ? node.items : []);

const keyText = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key));

/** The text of a scalar; undefined for what is none. Numbers and dates keep the way they were written. */
export function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

/** A list's texts; one text alone counts as a list of one. undefined where something else stands. */
export function textsOf(node: unknown): readonly string[] | undefined {
  if (isSeq(node)) {
    const texts = node.items.map(textOf);
    return texts.every((text) => text !== undefined) ? texts : undefined;
  }
  const text = textOf(node);
  return text === undefined ? undefined : [text];
}

/** Follows an alias to what it stands for. */
export const resolved = (node: unknown, document: { readonly root: Node | null }): unknown =>
  isAlias(node) ? findAnchor(document.root, node.source) : node;

function findAnchor(root: Node | null, name: string): unknown {
  let found: unknown;
  if (root !== null)
    visit(root, {
      Node: (_key, node) => {
        if (!("anchor" in node) || node.anchor !== name) return undefined;
        found = node;
        return visit.BREAK;
      },
    });
  return found;
}
