import { isMap, isScalar } from "yaml";
import {
  CORRELATION_TYPES,
  type CorrelationRule,
  type CorrelationType,
  type Operator,
  type RuleHead,
  type SeenNode,
  type Threshold,
} from "./contract.ts";
import { type ConditionNode, isFault, parseCondition } from "./decide-condition.ts";
import type { Tell } from "./load-detection.ts";
import { memberOf, membersOf, textOf, textsOf } from "./yaml.ts";

const OPERATORS = ["gt", "gte", "lt", "lte", "eq", "neq"] as const;
const KEYS = ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"];
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  // Months and years have the mean length that pySigma gives them.
  M: 2_629_746_000,
  y: 31_556_952_000,
};
const TEMPORAL: readonly CorrelationType[] = ["temporal", "temporal_ordered"];
const RULES_MAX = 100;

/** A correlation rule as written; what its rules are is resolved when the set is put together. Source: specification, correlation rules. */
export function readCorrelation(node: unknown, head: RuleHead, tell: Tell): CorrelationRule | undefined {
  let isGood = true;
  const refuse: Tell = (at, code, message) => {
    isGood = false;
    tell(at ?? node, code, message);
  };
  if (!isMap(node)) {
    refuse(node, "missing", "a correlation is a map with type, rules and timespan");
    return undefined;
  }
  for (const { key, keyNode } of membersOf(node))
    if (!KEYS.includes(key)) refuse(keyNode, "unknown-key", `"${key}" is no key of a correlation`);
  const type = textOf(memberOf(node, "type"));
  if (type === undefined || !(CORRELATION_TYPES as readonly string[]).includes(type)) {
    refuse(memberOf(node, "type"), "bad-value", `type is one of ${CORRELATION_TYPES.join(", ")}`);
    return undefined;
  }
  const rules = listOf(memberOf(node, "rules"));
  if (rules === undefined || rules.length === 0)
    refuse(memberOf(node, "rules"), "missing", "a correlation names its rules");
  else if (rules.length > RULES_MAX) refuse(memberOf(node, "rules"), "too-big", `at most ${RULES_MAX} rules`);
  const groupBy = memberOf(node, "group-by") === undefined ? [] : listOf(memberOf(node, "group-by"));
  if (groupBy === undefined) refuse(memberOf(node, "group-by"), "bad-value", "group-by is a list of fields");
  const timespanMs = timespanOf(memberOf(node, "timespan"), refuse);
  const condition = conditionOf(memberOf(node, "condition"), {
    type: type as CorrelationType,
    rules: rules ?? [],
    node,
    refuse,
  });
  const aliases = aliasesOf(memberOf(node, "aliases"), refuse);
  if (!isGood || rules === undefined || groupBy === undefined || timespanMs === undefined) return undefined;
  return {
    kind: "correlation",
    head,
    type: type as CorrelationType,
    rules,
    groupBy,
    timespanMs,
    ...condition,
    aliases,
    isGenerating: textOf(memberOf(node, "generate")) === "true",
  };
}

const listOf = (node: unknown): readonly string[] | undefined =>
  node === undefined || node === null ? undefined : textsOf(node);

/** `90s`, `15m`, `1h`, `7d`, and `w`, `M`, `y` besides. */
function timespanOf(node: unknown, refuse: Tell): number | undefined {
  const text = textOf(node);
  const found = /^(\d{1,9})([smhdwMy])$/.exec(text ?? "");
  const ms = found === null ? undefined : Number(found[1]) * (UNIT_MS[found[2] ?? ""] ?? Number.NaN);
  if (ms === undefined || !(ms > 0)) {
    refuse(node, text === undefined ? "missing" : "bad-value", "timespan is a number and s, m, h or d, such as 15m");
    return undefined;
  }
  return ms;
}

type ConditionReading = {
  readonly type: CorrelationType;
  readonly rules: readonly string[];
  readonly node: unknown;
  readonly refuse: Tell;
};
type Condition = Pick<CorrelationRule, "thresholds" | "seen" | "fields" | "percentile">;
const MEDIAN = 50;

function conditionOf(given: unknown, { type, rules, node, refuse }: ConditionReading): Condition {
  const isTemporal = TEMPORAL.includes(type);
  const none = { fields: [], seen: undefined, percentile: MEDIAN };
  if (given === undefined || given === null) {
    if (!isTemporal) refuse(node, "missing", `${type} needs a condition`);
    // All of the rules, in whatever order.
    return { ...none, thresholds: [{ by: "gte", value: rules.length }] };
  }
  if (isScalar(given)) {
    const text = textOf(given) ?? "";
    if (!isTemporal) refuse(given, "bad-value", "a condition in words is for temporal types only");
    return {
      ...none,
      thresholds: [],
      seen: seenOf(text, rules, (message) => refuse(given, "condition-syntax", message)),
    };
  }
  const thresholds = thresholdsOf(given, refuse);
  if (thresholds.length === 0) refuse(given, "missing", `a condition compares: ${OPERATORS.join(", ")}`);
  const fields = listOf(memberOf(given, "field")) ?? [];
  if (type.startsWith("value_") && fields.length === 0) refuse(given, "missing", `${type} needs a field`);
  const percentile = Number(textOf(memberOf(given, "percentile")) ?? MEDIAN);
  if (!(percentile >= 0 && percentile <= 100))
    refuse(memberOf(given, "percentile"), "bad-value", "percentile is a number from 0 to 100");
  return { thresholds, seen: undefined, fields, percentile: type === "value_median" ? MEDIAN : percentile };
}

function thresholdsOf(node: unknown, refuse: Tell): readonly Threshold[] {
  const thresholds: Threshold[] = [];
  for (const { key, keyNode, value } of membersOf(node)) {
    if (key === "field" || key === "percentile") continue;
    if (!(OPERATORS as readonly string[]).includes(key)) {
      refuse(keyNode, "unknown-key", `"${key}" is none of field, percentile, ${OPERATORS.join(", ")}`);
      continue;
    }
    const number = isScalar(value) && typeof value.value === "number" ? value.value : Number.NaN;
    if (Number.isNaN(number)) refuse(value ?? keyNode, "bad-value", `${key} needs a number`);
    else thresholds.push({ by: key as Operator, value: number });
  }
  return thresholds;
}

function seenOf(text: string, rules: readonly string[], refuse: (message: string) => void): SeenNode | undefined {
  const parsed = parseCondition(text);
  if (isFault(parsed)) {
    refuse(parsed.message);
    return undefined;
  }
  const read = (node: ConditionNode): SeenNode => {
    switch (node.kind) {
      case "not":
        return { kind: "not", of: read(node.of) };
      case "and":
      case "or":
        return { kind: node.kind, of: node.of.map(read) };
      case "selector":
        refuse('"of" is not for the rules of a correlation');
        return { kind: "seen", rule: -1 };
      case "name": {
        const rule = rules.indexOf(node.name);
        if (rule < 0) refuse(`"${node.name}" is none of its rules`);
        return { kind: "seen", rule };
      }
    }
  };
  return read(parsed);
}

function aliasesOf(node: unknown, refuse: Tell): CorrelationRule["aliases"] {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  if (node === undefined || node === null) return aliases;
  for (const { key, value, keyNode } of membersOf(node)) {
    const fields = new Map<string, string>();
    for (const member of membersOf(value)) {
      const field = textOf(member.value);
      if (field === undefined) refuse(member.keyNode, "bad-value", `alias ${key}: ${member.key} needs a field`);
      else fields.set(member.key, field);
    }
    if (fields.size === 0) refuse(keyNode, "bad-value", `alias ${key} is a map from rules to fields`);
    aliases.set(key, fields);
  }
  return aliases;
}
