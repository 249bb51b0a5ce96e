import type { Node, Pattern, Predicate, SigmaEvent } from "./contract.ts";
import { holds, type Looked, valueHolds } from "./decide-compare.ts";
import { lookUp, textsOfEvent } from "./fields.ts";

/** Why a comparison did not hold. `case`: it would in another case; `value`: something else stands there. */
export type WhyNot = "absent" | "value" | "case" | "present" | "turned-round";

/** A condition with what each of its nodes came to for one event. */
export type Explained = {
  readonly kind: Node["kind"];
  /** Name of the selection, where the node is one. */
  readonly label: string | undefined;
  readonly holds: boolean;
  readonly of: readonly Explained[];
  /** Of a comparison: the field, what was asked and what the event has. */
  readonly test:
    | {
        readonly field: string;
        readonly wanted: string;
        readonly found: readonly string[];
        readonly whyNot: WhyNot | undefined;
      }
    | undefined;
};

/** Values of a field shown at most, and characters of one. */
const SHOWN_MAX = 20;
const LENGTH_MAX = 300;

/** Every node of a rule's condition with its answer for one event: why it fired, or why not. */
export function explainMatch(node: Node, event: SigmaEvent): Explained {
  if (node.kind === "test") return explainTest(node.predicate, event, node.label);
  const of = (node.kind === "not" ? [node.of] : node.of).map((one) => explainMatch(one, event));
  const answers = of.map((one) => one.holds);
  const isTrue =
    node.kind === "not" ? !answers[0] : node.kind === "and" ? answers.every(Boolean) : answers.some(Boolean);
  return { kind: node.kind, label: node.label, holds: isTrue, of, test: undefined };
}

function explainTest(predicate: Predicate, event: SigmaEvent, label: string | undefined): Explained {
  const at = predicate.field === "" ? everything(event) : looked(event, predicate.field);
  const other = (field: string): Looked => looked(event, field);
  const isTrue = holds(predicate, at, other);
  return {
    kind: "test",
    label,
    holds: isTrue,
    of: [],
    test: {
      field: predicate.field,
      wanted: wantedText(predicate),
      found: at.texts.slice(0, SHOWN_MAX).map((text) => text.slice(0, LENGTH_MAX)),
      whyNot: isTrue ? undefined : whyNot(predicate, at, other),
    },
  };
}

const everything = (event: SigmaEvent): Looked => {
  const texts = textsOfEvent(event);
  return { isPresent: true, leaves: texts, texts, folded: texts.map((text) => text.toLowerCase()) };
};
function looked(event: SigmaEvent, field: string): Looked {
  const found = lookUp(event, field, field.split("."));
  const texts = found.leaves.map(String);
  return { ...found, texts, folded: texts.map((text) => text.toLowerCase()) };
}

function whyNot(predicate: Predicate, at: Looked, other: (field: string) => Looked): WhyNot {
  if (predicate.test.kind === "exists") return predicate.test.wanted ? "absent" : "present";
  if (predicate.isNegated) return "turned-round";
  if (!at.isPresent) return "absent";
  const folded: Looked = { ...at, texts: at.folded };
  const isCaseOnly = predicate.test.values.some(
    (value) =>
      value.kind === "text" &&
      value.pattern.isCased &&
      valueHolds({ kind: "text", pattern: uncased(value.pattern) }, folded, other),
  );
  return isCaseOnly ? "case" : "value";
}

function uncased(pattern: Pattern): Pattern {
  if (pattern.kind === "glob")
    return {
      ...pattern,
      isCased: false,
      parts: pattern.parts.map((part) => (typeof part === "string" ? part.toLowerCase() : part)),
    };
  return pattern.kind === "any"
    ? { ...pattern, isCased: false }
    : { ...pattern, isCased: false, text: pattern.text.toLowerCase() };
}

/** What was asked, in the words of the rule: `startswith "abc"`, `> 5`, `in 192.0.2.0/24`. */
export function wantedText({ test, isAll, isNegated }: Predicate): string {
  if (test.kind === "exists") return test.wanted ? "is there" : "is not there";
  const texts = test.values.slice(0, SHOWN_MAX).map((value) => {
    switch (value.kind) {
      case "null":
        return "null";
      case "number":
        return value.text;
      case "boolean":
        return String(value.value);
      case "text":
        return patternText(value.pattern);
      case "compare":
        return `${value.part === undefined ? "" : `${value.part} `}${value.by} ${value.value}`;
      case "regex":
        return `/${value.source}/`;
      case "cidr":
        return "in a network";
      case "field":
        return `${value.at === "whole" ? "same as" : value.at} ${value.field}`;
    }
  });
  return `${isNegated ? "not " : ""}${texts.join(isAll ? " and " : " or ")}`.slice(0, LENGTH_MAX);
}

function patternText(pattern: Pattern): string {
  if (pattern.kind === "any") return "anything";
  if (pattern.kind === "glob")
    return `like ${pattern.parts.map((part) => (typeof part === "string" ? part : part.wild)).join("")}`;
  return pattern.kind === "equals" ? `"${pattern.text}"` : `${pattern.kind} "${pattern.text}"`;
}
