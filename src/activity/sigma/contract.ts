/**
 * Sigma 2.1: rules over log events, as github.com/SigmaHQ/sigma-specification says. This folder needs nothing else of the product and no
 * database. Where the specification is silent or tools disagree, README.md says what was decided.
 */

/** An event as `JSON.parse` gives it. */
export type SigmaEvent = { readonly [field: string]: unknown };

export const LEVELS = ["informational", "low", "medium", "high", "critical"] as const;
export type Level = (typeof LEVELS)[number];

/** What a rule is for. A key that is absent fits everything. */
export type LogSource = {
  readonly category?: string | undefined;
  readonly product?: string | undefined;
  readonly service?: string | undefined;
};

/** What can be wrong with a document, with its place: lines and columns count from 1. */
export type SigmaFault = {
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  /** Title of the rule, where it has one. */
  readonly rule: string | undefined;
  readonly code: FaultCode;
  readonly message: string;
};
export const FAULT_CODES = [
  "yaml",
  "too-big",
  "no-rule",
  "missing",
  "bad-value",
  "unknown-modifier",
  "modifier-misused",
  "bad-regex",
  "bad-cidr",
  "unresolved-placeholder",
  "condition-syntax",
  "undefined-identifier",
  "selector-empty",
  "aggregation-v1",
  "unknown-rule",
  "unknown-key",
  "cycle",
  "too-many-alternatives",
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** What a rule says about itself, kept whatever it is evaluated to. */
export type RuleHead = {
  readonly title: string;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly level: Level | undefined;
  readonly status: string | undefined;
  readonly tags: readonly string[];
  readonly description: string | undefined;
  readonly author: string | undefined;
  /** Terms under which the rule was published: SigmaHQ's own are DRL-1.1, which asks that the author is shown. */
  readonly license: string | undefined;
  readonly falsePositives: readonly string[];
  readonly references: readonly string[];
  /** Fields that are worth showing beside a match. */
  readonly fields: readonly string[];
  /** As written, `2026-03-31`. */
  readonly date: string | undefined;
  readonly modified: string | undefined;
  readonly related: readonly RelatedRule[];
  /** Keys that Sigma does not know, as plain JSON. */
  readonly custom: Readonly<Record<string, unknown>>;
  /** Where it was read: file, first and last line. */
  readonly file: string | undefined;
  readonly line: number;
  readonly lineEnd: number;
  /** The document as it was written, with the comments before it: loaded alone it is the same rule. */
  readonly text: string;
};
/** `type` is one of derived, obsolete, merged, renamed, similar, or what else a rule says. */
export type RelatedRule = { readonly id: string; readonly type: string };

/** One comparison of one field, or of every value for keywords. Equal texts are one predicate, however many rules ask it. */
export type Predicate = {
  readonly key: string;
  /** Empty = keywords: every value of the event. */
  readonly field: string;
  readonly test: Test;
  /** `all`: every value must match; else any. */
  readonly isAll: boolean;
  /** `neq`: the answer of the whole item is turned round. */
  readonly isNegated: boolean;
};

/** How a value of an event is compared. */
export type Test =
  | { readonly kind: "exists"; readonly wanted: boolean }
  | { readonly kind: "values"; readonly values: readonly ValueTest[] };
export type ValueTest =
  | { readonly kind: "null" }
  | { readonly kind: "text"; readonly pattern: Pattern }
  | { readonly kind: "number"; readonly value: number; readonly text: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | {
      readonly kind: "compare";
      readonly by: "gt" | "gte" | "lt" | "lte" | "eq";
      readonly value: number;
      readonly part: TimePart | undefined;
    }
  | { readonly kind: "regex"; readonly source: string; readonly isMatch: (text: string) => boolean }
  | { readonly kind: "cidr"; readonly contains: (text: string) => boolean }
  | {
      readonly kind: "field";
      readonly field: string;
      readonly at: "whole" | "contains" | "startswith" | "endswith";
      readonly isCased: boolean;
    };

export const TIME_PARTS = ["minute", "hour", "day", "week", "month", "year"] as const;
export type TimePart = (typeof TIME_PARTS)[number];

/** A text with wildcards, compiled to the cheapest comparison that says the same. */
export type Pattern =
  | {
      readonly kind: "equals" | "contains" | "startswith" | "endswith";
      readonly text: string;
      readonly isCased: boolean;
    }
  | { readonly kind: "any"; readonly isCased: boolean }
  | { readonly kind: "glob"; readonly parts: readonly GlobPart[]; readonly isCased: boolean; readonly source: string };
export type GlobPart = string | { readonly wild: "*" | "?" };

/** A condition with its selections put in. */
export type Node =
  | { readonly kind: "and" | "or"; readonly of: readonly Node[]; readonly label?: string | undefined }
  | { readonly kind: "not"; readonly of: Node; readonly label?: string | undefined }
  | { readonly kind: "test"; readonly predicate: Predicate; readonly label?: string | undefined };

export type DetectionRule = {
  readonly kind: "rule";
  readonly head: RuleHead;
  readonly logsource: LogSource;
  readonly node: Node;
};

export const CORRELATION_TYPES = [
  "event_count",
  "value_count",
  "temporal",
  "temporal_ordered",
  "value_sum",
  "value_avg",
  "value_percentile",
  "value_median",
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];
export type Operator = "gt" | "gte" | "lt" | "lte" | "eq" | "neq";
export type Threshold = { readonly by: Operator; readonly value: number };
/** A condition in words over the rules that were seen: `a and not b`. */
export type SeenNode =
  | { readonly kind: "and" | "or"; readonly of: readonly SeenNode[] }
  | { readonly kind: "not"; readonly of: SeenNode }
  | { readonly kind: "seen"; readonly rule: number };

export type CorrelationRule = {
  readonly kind: "correlation";
  readonly head: RuleHead;
  readonly type: CorrelationType;
  /** Titles, ids or names as written; `RuleSet` resolves them. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /** Fields of value_*: several are counted as one tuple. */
  readonly fields: readonly string[];
  /** All must hold. For temporal types the number of different rules seen. */
  readonly thresholds: readonly Threshold[];
  readonly seen: SeenNode | undefined;
  readonly percentile: number;
  /** alias → rule as written → field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The base rules alert on their own as well. */
  readonly isGenerating: boolean;
};

export type FilterRule = {
  readonly kind: "filter";
  readonly head: RuleHead;
  readonly logsource: LogSource;
  readonly rules: readonly string[] | "any";
  readonly node: Node;
};
export type SigmaDocument = DetectionRule | CorrelationRule | FilterRule;

/** Values that stand for `%name%` with the modifier `expand`. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;
