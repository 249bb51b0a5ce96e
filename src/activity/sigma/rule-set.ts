import type {
  CorrelationRule,
  DetectionRule,
  FilterRule,
  LogSource,
  Node,
  SigmaDocument,
  SigmaFault,
} from "./contract.ts";

/** A correlation with its rules found: places in `rules`, or in `correlations` for a chain. */
export type LinkedCorrelation = {
  readonly correlation: CorrelationRule;
  readonly of: readonly Link[];
};
export type Link = {
  readonly written: string;
  readonly rule: number | undefined;
  readonly correlation: number | undefined;
};

/** Rules, correlations in an order in which each comes after those it refers to, and what could not be put together. */
export type RuleSet = {
  readonly rules: readonly DetectionRule[];
  readonly correlations: readonly LinkedCorrelation[];
  /** Rules that alert on their own: those that no correlation refers to, or that one refers to and lets alert. */
  readonly alerting: readonly boolean[];
  readonly alertingCorrelations: readonly boolean[];
  readonly faults: readonly SigmaFault[];
};

/** Puts documents together: filters into their rules, references of correlations to what they mean. */
export function ruleSetOf(documents: readonly SigmaDocument[]): RuleSet {
  const filters = documents.filter((one) => one.kind === "filter");
  const rules = documents.filter((one) => one.kind === "rule").map((rule) => filtered(rule, filters));
  const { correlations, faults } = linked(
    rules,
    documents.filter((one) => one.kind === "correlation"),
  );
  const silent = new Set<number>();
  const loud = new Set<number>();
  const silentChains = new Set<number>();
  const loudChains = new Set<number>();
  for (const { correlation, of } of correlations)
    for (const { rule, correlation: chain } of of) {
      if (rule !== undefined) (correlation.isGenerating ? loud : silent).add(rule);
      if (chain !== undefined) (correlation.isGenerating ? loudChains : silentChains).add(chain);
    }
  return {
    rules,
    correlations,
    alerting: rules.map((_rule, at) => !silent.has(at) || loud.has(at)),
    alertingCorrelations: correlations.map((_one, at) => !silentChains.has(at) || loudChains.has(at)),
    faults: [...faults, ...filters.flatMap((filter) => unknownOfFilter(filter, rules))],
  };
}

const names = ({ head }: { readonly head: DetectionRule["head"] }): readonly string[] =>
  [head.id, head.name].filter((one) => one !== undefined);

const fault = (head: DetectionRule["head"], code: SigmaFault["code"], message: string): SigmaFault => ({
  file: head.file,
  line: head.line,
  column: 1,
  rule: head.title,
  code,
  message,
});

/** A key that the filter names must be the rule's own. */
const covers = (filter: LogSource, rule: LogSource): boolean =>
  (["category", "product", "service"] as const).every((key) => filter[key] === undefined || filter[key] === rule[key]);

/** Rule condition AND filter condition, as pySigma has it: an exclusion is written `not selection`. */
function filtered(rule: DetectionRule, filters: readonly FilterRule[]): DetectionRule {
  const nodes: Node[] = filters
    .filter(
      (filter) =>
        covers(filter.logsource, rule.logsource) &&
        (filter.rules === "any" || filter.rules.some((one) => names(rule).includes(one))),
    )
    .map((filter) => ({ ...filter.node, label: `filter ${filter.head.title}` }));
  return nodes.length === 0 ? rule : { ...rule, node: { kind: "and", of: [rule.node, ...nodes] } };
}

const unknownOfFilter = (filter: FilterRule, rules: readonly DetectionRule[]): readonly SigmaFault[] =>
  filter.rules === "any"
    ? []
    : filter.rules
        .filter((one) => !rules.some((rule) => names(rule).includes(one)))
        .map((one) => fault(filter.head, "unknown-rule", `"${one}" is no id or name of a rule here`));

function linked(
  rules: readonly DetectionRule[],
  given: readonly CorrelationRule[],
): { readonly correlations: readonly LinkedCorrelation[]; readonly faults: readonly SigmaFault[] } {
  const faults: SigmaFault[] = [];
  const ruleBy = new Map(rules.flatMap((rule, at) => names(rule).map((name) => [name, at] as const)));
  const givenBy = new Map(given.flatMap((one, at) => names(one).map((name) => [name, at] as const)));
  const placeOf = new Map<number, number>();
  const correlations: LinkedCorrelation[] = [];
  const state = new Map<number, "open" | "done" | "bad">();

  const place = (at: number): "done" | "bad" => {
    const known = state.get(at);
    const correlation = given[at];
    if (correlation === undefined) return "bad";
    if (known === "open") {
      faults.push(fault(correlation.head, "cycle", "the correlation refers to itself through others"));
      return "bad";
    }
    if (known !== undefined) return known;
    state.set(at, "open");
    const of: Link[] = [];
    let isGood = true;
    for (const written of correlation.rules) {
      const rule = ruleBy.get(written);
      const chained = rule === undefined ? givenBy.get(written) : undefined;
      if (rule === undefined && chained === undefined) {
        faults.push(fault(correlation.head, "unknown-rule", `"${written}" is no id or name of a rule here`));
        isGood = false;
      } else if (chained !== undefined && place(chained) === "bad") isGood = false;
      else of.push({ written, rule, correlation: chained === undefined ? undefined : placeOf.get(chained) });
    }
    state.set(at, isGood ? "done" : "bad");
    if (!isGood) return "bad";
    placeOf.set(at, correlations.length);
    correlations.push({ correlation, of });
    return "done";
  };
  for (const at of given.keys()) place(at);
  return { correlations, faults };
}
