import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isScalar, isSeq } from "yaml";
import type { DetectionCard } from "../contract-detector.ts";
import type { RuleNotes } from "../contract-hit.ts";
import type { SigmaDocument, SigmaFault } from "../sigma/contract.ts";
import { faultText, loadSigma } from "../sigma/load.ts";
import { ruleSetOf } from "../sigma/rule-set.ts";
import { memberOf, readYaml, resolved, textOf, type YamlDocument } from "../sigma/yaml.ts";
import { cardOfNotes, readNotes } from "./decide-notes.ts";

/** One file of rules: a topic, with the base rules that its correlations need. */
export type RuleText = {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly SigmaDocument[];
  /** Notes of each document that has an id, by it. */
  readonly notes: ReadonlyMap<string, RuleNotes>;
};

/** Our own rules, all of them, as they were shipped. */
export type OwnRules = {
  readonly documents: readonly SigmaDocument[];
  /** Of the rules that alert; base rules that only serve a correlation have none. */
  readonly cards: readonly DetectionCard[];
  readonly texts: readonly RuleText[];
  /** By the rule's id. */
  readonly notes: ReadonlyMap<string, RuleNotes>;
};

let kept: OwnRules | undefined;

/** The rules beside this file, read once. A fault in them is a bug of the product and throws. */
export function ownRules(): OwnRules {
  kept ??= readFolder(import.meta.dirname);
  return kept;
}

function readFolder(folder: string): OwnRules {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .sort();
  const read = names.map((file) => readRules(readFileSync(join(folder, file), "utf8"), file));
  const faults = read.flatMap((one) => one.faults);
  const documents = read.flatMap(({ text }) => text.documents);
  const set = ruleSetOf(documents);
  const wrong = [...faults, ...set.faults];
  if (wrong.length > 0)
    throw new Error(`invariant broken: our own rules have faults\n${wrong.map(faultText).join("\n")}`);
  const notes = new Map(read.flatMap(({ text }) => [...text.notes]));
  return {
    documents,
    cards: documents
      .filter((document) => isAlerting(document, set))
      .map((document) => cardOfNotes(document, notes.get(document.head.id ?? "") ?? {})),
    texts: read.map(({ text }) => text),
    notes,
  };
}

/** Whether a document of a set speaks on its own: base rules of a correlation, and filters, do not. */
function isAlerting(document: SigmaDocument, set: ReturnType<typeof ruleSetOf>): boolean {
  const same = ({ head }: { readonly head: SigmaDocument["head"] }): boolean => head.id === document.head.id;
  if (document.kind === "filter") return false;
  return document.kind === "rule"
    ? (set.alerting[set.rules.findIndex(same)] ?? false)
    : (set.alertingCorrelations[set.correlations.findIndex(({ correlation }) => same(correlation))] ?? false);
}

/** Rules of one YAML text with their notes, and every fault of either with its place. */
export function readRules(
  text: string,
  file: string,
): { readonly text: RuleText; readonly faults: readonly SigmaFault[] } {
  const { documents, faults } = loadSigma(text, { file });
  const notes = new Map<string, RuleNotes>();
  const wrong: SigmaFault[] = [...faults];
  for (const document of readYaml(text, file).documents) {
    const read = readNotes(valueOf(memberOf(document.root, "surety"), document));
    const id = textOf(memberOf(document.root, "id"));
    if (id !== undefined) notes.set(id, read.notes);
    for (const { path, message } of read.faults)
      wrong.push({
        file,
        ...placeOf(document, ["surety", ...path]),
        rule: textOf(memberOf(document.root, "title")),
        code: "bad-value",
        message: `${["surety", ...path].join(".")}: ${message}`,
      });
  }
  return { text: { file, text, documents, notes }, faults: wrong };
}

/** A node as plain values, aliases followed. */
function valueOf(node: unknown, document: YamlDocument): unknown {
  const real = resolved(node, document);
  if (isScalar(real)) return real.value;
  if (isSeq(real)) return real.items.map((item) => valueOf(item, document));
  if (!isMap(real)) return undefined;
  return Object.fromEntries(
    real.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : "", valueOf(value, document)]),
  );
}

/** Place of the deepest node on the way that is there. */
function placeOf(document: YamlDocument, path: readonly (string | number)[]): { line: number; column: number } {
  let at: unknown = document.root;
  for (const step of path) {
    const next: unknown = isSeq(at) ? at.items[Number(step)] : memberOf(at, String(step));
    if (next === undefined || next === null) break;
    at = resolved(next, document);
  }
  return document.placeOf(at);
}
