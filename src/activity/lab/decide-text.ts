import { isMap, LineCounter, parseAllDocuments } from "yaml";
import type { CorrelationRule, DetectionRule, Node, SigmaDocument } from "../sigma/contract.ts";
import { loadSigma } from "../sigma/load.ts";
import { type RuleSet, ruleSetOf } from "../sigma/rule-set.ts";
import type { RuleNotes } from "../contract-hit.ts";
import { type RuleCard, type RuleFault, RUNBOOK_OF_FOREIGN } from "./contract.ts";
import { readNotes } from "./decide-notes.ts";

/** Longest text of one rule with its base rules and examples. */
export const RULE_TEXT_MAX = 200_000;
/** What a rule without a level is taken for. */
const LEVEL_OF_SILENT = "medium";
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
  const told = new Told(text, face.head.line);
  const notes = readNotes(told.raw["surety"]);
  if ("faults" in notes)
    for (const { path, message } of notes.faults)
      wrong.push({
        file,
        ...told.placeOf(["surety", ...path]),
        rule: face.head.title,
        code: "bad-notes",
        message: `surety.${path.join(".")}: ${message}`,
      });
  if (wrong.length > 0 || id === undefined || "faults" in notes) return { rule: undefined, faults: wrong };
  return {
    rule: { id, card: cardOf(face, set, { raw: told.raw, notes: notes.notes }), notes: notes.notes, documents, set },
    faults: [],
  };
}

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

/** The document that begins at a line, as it stands there. */
class Told {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly placeOf: (path: readonly PropertyKey[]) => { readonly line: number; readonly column: number };
  constructor(text: string, line: number) {
    const counter = new LineCounter();
    const parsed = parseAllDocuments(text, {
      lineCounter: counter,
      schema: "core",
      version: "1.2",
      prettyErrors: false,
    });
    const document = Array.isArray(parsed)
      ? parsed.find(({ contents }) => counter.linePos(contents?.range?.[0] ?? 0).line === line)
      : undefined;
    this.raw = isMap(document?.contents) ? (document.toJS() as Record<string, unknown>) : {};
    this.placeOf = (path) => {
      for (let depth = path.length; depth > 0; depth--) {
        const node = document?.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
        const at = node?.range?.[0];
        if (at === undefined) continue;
        const place = counter.linePos(at);
        return { line: place.line, column: place.col };
      }
      return { line, column: 1 };
    };
  }
}

type Said = { readonly raw: Readonly<Record<string, unknown>>; readonly notes: RuleNotes };

function cardOf(face: Alerting, set: RuleSet, { raw, notes }: Said): RuleCard {
  const { head } = face;
  return {
    title: head.title,
    titleSv: notes.titleSv ?? head.title,
    level: head.level ?? LEVEL_OF_SILENT,
    family: notes.family ?? "misuse",
    abuse: notes.abuse ?? [],
    why: notes.why ?? "",
    sources: notes.sources ?? [],
    falsePositives: head.falsePositives,
    runbook: notes.runbook ?? RUNBOOK_OF_FOREIGN,
    attack: attackOf(head.tags),
    covers: notes.covers ?? "",
    contain: notes.contain ?? "none",
    fold: notes.fold ?? [],
    description: head.description ?? "",
    author: head.author ?? "",
    date: textAt(raw, "date"),
    status: head.status ?? "",
    license: textAt(raw, "license"),
    references: listAt(raw, "references"),
    related: relatedOf(raw["related"]),
    fields: fieldsOf(set),
    logsources: sourcesOf(set),
    correlation:
      face.kind === "correlation" ? { type: face.type, timespanMs: face.timespanMs, groupBy: face.groupBy } : null,
    examples: notes.examples?.length ?? 0,
  };
}

/** `attack.t1496.001` → `T1496.001`; tactics are left out. */
const attackOf = (tags: readonly string[]): readonly string[] =>
  tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []);
const textAt = (raw: Said["raw"], key: string): string => {
  const value = raw[key];
  return typeof value === "string" || typeof value === "number" ? String(value).slice(0, 300) : "";
};
const listAt = (raw: Said["raw"], key: string): readonly string[] => {
  const value = raw[key];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string").slice(0, 50) : [];
};
const relatedOf = (given: unknown): RuleCard["related"] =>
  Array.isArray(given)
    ? given.slice(0, 50).flatMap((one: unknown) => {
        const { id, type } = (one ?? {}) as { id?: unknown; type?: unknown };
        return typeof id === "string" ? [{ id, type: typeof type === "string" ? type : "similar" }] : [];
      })
    : [];

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
