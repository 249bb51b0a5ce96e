import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DetectionCard } from "../contract-detector.ts";
import type { RuleNotes } from "../contract-hit.ts";
import type { SigmaDocument, SigmaFault } from "../sigma/contract.ts";
import { faultText, loadSigma } from "../sigma/load.ts";
import { ruleSetOf } from "../sigma/rule-set.ts";
import { itemsOf, memberOf, readYaml, resolved } from "../sigma/yaml.ts";
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
    cards: documents.filter((document) => isAlerting(document, set)).map(cardOf),
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
  for (const { head } of documents) {
    const read = readNotes(head.custom["surety"]);
    if (head.id !== undefined) notes.set(head.id, read.notes);
    for (const { path, message } of read.faults) {
      const way = ["surety", ...path];
      const place = placeOf(text, head.line, way);
      wrong.push({ file, ...place, rule: head.title, code: "bad-value", message: `${way.join(".")}: ${message}` });
    }
  }
  return { text: { file, text, documents, notes }, faults: wrong };
}

/** Place of the deepest node on the way that is there, in the document that begins at a line. */
function placeOf(text: string, line: number, path: readonly (string | number)[]): { line: number; column: number } {
  const document = readYaml(text, undefined).documents.find((one) => one.placeOf(one.root).line === line);
  if (document === undefined) return { line, column: 1 };
  let at: unknown = document.root;
  for (const step of path) {
    const next = typeof step === "number" ? itemsOf(at)[step] : memberOf(at, step);
    if (next === undefined || next === null) break;
    at = resolved(next, document);
  }
  return document.placeOf(at);
}

/** The card of any rule, ours or foreign: what it does not say is assumed. */
export const cardOf = (document: SigmaDocument): DetectionCard =>
  cardOfNotes(document, readNotes(document.head.custom["surety"]).notes);
