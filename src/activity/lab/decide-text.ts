import type { RuleNotes } from "../contract-hit.ts";
import { cardOfNotes, readNotes } from "../rules/decide-notes.ts";
import type { CorrelationRule, DetectionRule, Node, SigmaDocument } from "../sigma/contract.ts";
import { loadSigma } from "../sigma/load.ts";
import { type RuleSet, ruleSetOf } from "../sigma/rule-set.ts";
import { itemsOf, memberOf, readYaml, resolved, type YamlDocument } from "../sigma/yaml.ts";
import type { RuleCard, RuleFault } from "./contract.ts";

/** Longest text of one rule with its base rules and examples. */
export const RULE_TEXT_MAX = 200_000;
const ID = /^[a-z0-9][a-z0-9._:-]{0,99}$/;

/** A text as one rule. */
export type RuleRead = {
  readonly id: string;
  readonly card: RuleCard;
  readonly notes: RuleNotes;
  readonly documents: readonly SigmaDocument[];
  readonly set: RuleSet;
};
type Alerting = DetectionRule | CorrelationRule;

/** Reads a text as one rule: one alerting document with all it refers to. What stands in the way is told with its place. */
export function readRule(
  text: string,
  file?: string,
): { readonly rule: RuleRead | undefined; readonly faults: readonly RuleFault[] } {
  const { documents, faults } = loadSigma(text, { file });
  const set = ruleSetOf(documents);
  const wrong: RuleFault[] = [...faults, ...set.faults];
  const outer = outermost(documents, set);
  const [face, second] = outer;
  if (face === undefined) {
    if (wrong.length === 0) wrong.push(faultAt(1, "missing", "there is no rule in this text"));
    return { rule: undefined, faults: wrong };
  }
  if (second !== undefined)
    wrong.push({
      ...faultAt(
        second.head.line,
        "several-rules",
        `"${face.head.title}" and "${second.head.title}" do not belong together: one alerting document a text`,
      ),
      rule: second.head.title,
    });
  const id = face.head.id?.toLowerCase();
  if (id === undefined || !ID.test(id))
    wrong.push({
      ...faultAt(face.head.line, "no-id", "the alerting document needs an id (a UUID)"),
      rule: face.head.title,
    });
  const notes = readNotes(face.head.custom["surety"]);
  for (const { path, message } of notes.faults)
    wrong.push({
      file,
      ...placeOf(text, face.head.line, ["surety", ...path]),
      rule: face.head.title,
      code: "bad-notes",
      message: `${["surety", ...path].join(".")}: ${message}`,
    });
  if (wrong.length > 0 || id === undefined) return { rule: undefined, faults: wrong };
  const card = cardOf(face, set, notes.notes);
  return { rule: { id, card, notes: notes.notes, documents, set: onlyFace(set, face) }, faults: [] };
}

/** A text speaks in the voice of its alerting document alone: base rules that alert too (`generate`) are rules of their own. */
const onlyFace = (set: RuleSet, face: Alerting): RuleSet => ({
  ...set,
  alerting: set.rules.map(() => face.kind === "rule"),
  alertingCorrelations: set.correlations.map(({ correlation }) => correlation === face),
});

/** Documents that no other one refers to, in the order of the text. */
function outermost(documents: readonly SigmaDocument[], { correlations }: RuleSet): readonly Alerting[] {
  const inner = new Set(correlations.flatMap(({ correlation }) => correlation.rules));
  return documents.filter(
    (one): one is Alerting =>
      one.kind !== "filter" && ![one.head.id, one.head.name].some((name) => name !== undefined && inner.has(name)),
  );
}

const faultAt = (line: number, code: RuleFault["code"], message: string): RuleFault => ({
  file: undefined,
  line,
  column: 1,
  rule: undefined,
  code,
  message,
});

/** Place of the deepest node on the way that is there, in the document that begins at a line. */
function placeOf(text: string, line: number, path: readonly (string | number)[]) {
  const document = readYaml(text, undefined).documents.find((one) => one.placeOf(one.root).line === line);
  if (document === undefined) return { line, column: 1 };
  let at: unknown = document.root;
  for (const step of path) {
    const next = stepInto(at, step, document);
    if (next === undefined || next === null) break;
    at = next;
  }
  return document.placeOf(at);
}
const stepInto = (node: unknown, step: string | number, document: YamlDocument): unknown =>
  resolved(typeof step === "number" ? itemsOf(node)[step] : memberOf(node, step), document);

function cardOf(face: Alerting, set: RuleSet, notes: RuleNotes): RuleCard {
  const { head } = face;
  const { id: _id, ...card } = cardOfNotes(face, notes);
  return {
    ...card,
    fold: notes.fold ?? [],
    description: head.description ?? "",
    author: head.author ?? "",
    date: head.modified ?? head.date ?? "",
    status: head.status ?? "",
    license: head.license ?? "",
    references: head.references.slice(0, LISTED_MAX),
    related: head.related.slice(0, LISTED_MAX),
    fields: fieldsOf(set),
    logsources: sourcesOf(set),
    correlation:
      face.kind === "correlation" ? { type: face.type, timespanMs: face.timespanMs, groupBy: face.groupBy } : null,
    examples: notes.examples?.length ?? 0,
  };
}
const LISTED_MAX = 50;

function fieldsOf({ rules, correlations }: RuleSet): readonly string[] {
  const fields = new Set<string>();
  const walk = (node: Node): void => {
    if (node.kind === "test") {
      if (node.predicate.field !== "") fields.add(node.predicate.field);
      return;
    }
    for (const one of node.kind === "not" ? [node.of] : node.of) walk(one);
  };
  for (const { node } of rules) walk(node);
  for (const { correlation } of correlations) {
    for (const name of correlation.groupBy) {
      const aliased = [...(correlation.aliases.get(name)?.values() ?? [])];
      for (const field of aliased.length > 0 ? aliased : [name]) fields.add(field);
    }
    for (const field of correlation.fields) fields.add(field);
  }
  return [...fields].sort();
}

function sourcesOf({ rules }: RuleSet): RuleCard["logsources"] {
  const byKey = new Map(
    rules.map(({ logsource: { category, product, service } }) => [
      `${category}|${product}|${service}`,
      { category, product, service },
    ]),
  );
  return [...byKey.values()];
}
