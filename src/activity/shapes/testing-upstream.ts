/** Runs SigmaHQ's cloud rules over all public samples, as the product would see them. */
import { agrees, Matcher } from "../sigma/matcher.ts";
import type { DetectionRule, LogSource, Node, Predicate, SigmaEvent } from "../sigma/contract.ts";
import { lookUp } from "../sigma/fields.ts";
import { loadSigma } from "../sigma/load.ts";
import { ruleSetOf } from "../sigma/rule-set.ts";
import { logSourcesOf } from "./decide-sources.ts";
import { sigmaView } from "./decide-view.ts";
import { normalise } from "./normalise.ts";
import { SAMPLE_FILES, samples, sampleText } from "./testing.ts";

export type UpstreamRule = {
  /** `azure/audit_logs/azure_tap_added`. */
  readonly path: string;
  readonly title: string;
  readonly level: string;
  readonly logsource: LogSource;
  /** Records of the samples that it fires on. */
  readonly matches: number;
  /** The shapes of those records. */
  readonly shapes: readonly string[];
  /** Records of the samples that are of its log source. */
  readonly candidates: number;
  /** Its fields that none of those records has. */
  readonly unseen: readonly string[];
  /** What it asks for that none of them has, as `field: value`. */
  readonly unmet: readonly string[];
};

type Line = { readonly path: string; readonly title: string; readonly level: string; readonly rule: string };
type Rule = {
  readonly line: Line;
  readonly rule: DetectionRule;
  readonly fields: readonly string[];
  readonly asked: readonly Predicate[];
  readonly alone: Matcher;
  readonly met: Set<number>;
  readonly seen: Set<string>;
  readonly shapes: Set<string>;
  matches: number;
  candidates: number;
};

export function upstreamRules(): readonly UpstreamRule[] {
  const lines = sampleText("conformance/sigmahq_cloud_rules.jsonl")
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as Line)
    .filter(({ path }) => path.startsWith("rules/cloud/"));
  const documents = lines.map(({ rule }) => loadSigma(rule).documents[0]).filter((one) => one?.kind === "rule");
  const set = ruleSetOf(documents);
  const rules = set.rules.map((rule, at): Rule => {
    const line = lines[at];
    if (line === undefined || rule.head.title !== line.title) throw new Error("rules come in the order of their file");
    return {
      line,
      rule,
      ...partsOf(rule),
      seen: new Set(),
      shapes: new Set(),
      matches: 0,
      candidates: 0,
    };
  });
  const matcher = new Matcher(set);
  for (const { raw } of SAMPLE_FILES.flatMap((name) => samples(name)))
    for (const event of normalise(raw, { receivedAt: Temporal.Instant.fromEpochMilliseconds(0) })) {
      const view = sigmaView(event);
      const sources = logSourcesOf(event);
      const hits = new Set(sources.flatMap((source) => matcher.match(view, source)));
      for (const at of hits) {
        const rule = rules[at];
        if (rule !== undefined) rule.matches++;
        rule?.shapes.add(event.shape);
      }
      for (const rule of rules) look(rule, view, sources);
    }
  return rules.map(({ line, rule, fields, asked, met, seen, shapes, matches, candidates }) => ({
    path: line.path.replace(/^rules\/cloud\//, "").replace(/\.yml$/, ""),
    title: line.title,
    level: line.level,
    logsource: rule.logsource,
    matches,
    shapes: [...shapes].sort(),
    candidates,
    unseen: fields.filter((field) => !seen.has(field)),
    unmet: asked.flatMap((predicate, at) => (met.has(at) ? [] : [askedText(predicate)])),
  }));
}

/** What a rule asks for, each by itself: exclusions left out. */
function partsOf(rule: DetectionRule): Pick<Rule, "fields" | "asked" | "alone" | "met"> {
  const asked = predicatesOf(rule.node).filter(({ field }) => field !== "");
  const documents = asked.map((predicate, at): DetectionRule => {
    const title = String(at);
    return {
      ...rule,
      head: { ...rule.head, title, id: undefined, name: undefined },
      node: { kind: "test", predicate },
    };
  });
  return {
    fields: [...new Set(asked.map(({ field }) => field))],
    asked,
    alone: new Matcher(ruleSetOf(documents)),
    met: new Set(),
  };
}
function predicatesOf(node: Node): readonly Predicate[] {
  if (node.kind === "test") return [node.predicate];
  return node.kind === "not" ? [] : node.of.flatMap(predicatesOf);
}
function askedText({ field, test }: Predicate): string {
  if (test.kind === "exists") return `${field} to exist`;
  const texts = test.values.map((value) => {
    if (value.kind === "text")
      return "text" in value.pattern ? value.pattern.text : value.pattern.kind === "glob" ? value.pattern.source : "*";
    return value.kind === "number" || value.kind === "boolean" ? String(value.value) : value.kind;
  });
  return `${field}: ${texts[0] ?? ""}${texts.length > 1 ? ` … (${texts.length})` : ""}`;
}

function look(rule: Rule, view: SigmaEvent, sources: readonly LogSource[]): void {
  if (!sources.some((source) => agrees(rule.rule.logsource, source))) return;
  rule.candidates++;
  for (const field of rule.fields)
    if (!rule.seen.has(field) && lookUp(view, field, field.split(".")).isPresent) rule.seen.add(field);
  if (rule.met.size < rule.asked.length) for (const at of rule.alone.match(view, undefined)) rule.met.add(at);
}
