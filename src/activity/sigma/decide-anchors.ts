import type { Node, Pattern, Predicate, ValueTest } from "./contract.ts";

/**
 * What an event must have for a rule to be able to match: one of these fields, with one of these values or texts in it where some are named. A
 * rule is only evaluated for events that have one of its anchors. Every anchor is a necessary condition: leaving a rule out never changes what
 * matches.
 */
export type Anchor =
  | { readonly field: string; readonly kind: "value"; /** Lower case. */ readonly text: string }
  /** The text stands somewhere in the value. */
  | { readonly field: string; readonly kind: "needle"; /** Lower case. */ readonly text: string }
  /** The field is there. */
  | { readonly field: string; readonly kind: "presence" };

/**
 * How little it tells that a field has a value. What many rules ask for is common; and a field of which the rules name only few different values
 * (an outcome, a source) has only few.
 */
export type Popularity = (field: string, value: string) => number;

/** A text that is looked for may not be shorter: shorter ones are in everything. */
const NEEDLE_MIN = 3;
const NEEDLE_COST = 3;
const PRESENCE_COST = 1_000;

/** The anchors of a condition; undefined = it can match an event that has none of its fields (`not`, `null`, keywords). */
export function anchorsOf(node: Node, popularity: Popularity): readonly Anchor[] | undefined {
  switch (node.kind) {
    case "not":
      return undefined;
    case "test":
      return anchorsOfTest(node.predicate);
    case "or": {
      const all: Anchor[] = [];
      for (const one of node.of) {
        const anchors = anchorsOf(one, popularity);
        if (anchors === undefined) return undefined;
        all.push(...anchors);
      }
      return all;
    }
    case "and": {
      let best: readonly Anchor[] | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const one of node.of) {
        const anchors = anchorsOf(one, popularity);
        const cost = anchors === undefined ? Number.POSITIVE_INFINITY : costOf(anchors, popularity);
        if (cost < least) [best, least] = [anchors, cost];
      }
      return best;
    }
  }
}

const costOf = (anchors: readonly Anchor[], popularity: Popularity): number =>
  anchors.reduce((sum, anchor) => {
    if (anchor.kind === "value") return sum + popularity(anchor.field, anchor.text);
    return sum + (anchor.kind === "presence" ? PRESENCE_COST : NEEDLE_COST);
  }, 0);

function anchorsOfTest({ field, test, isNegated, isAll }: Predicate): readonly Anchor[] | undefined {
  if (field === "" || isNegated) return undefined;
  const presence: Anchor = { field, kind: "presence" };
  if (test.kind === "exists") return test.wanted ? [presence] : undefined;
  if (test.values.some((value) => value.kind === "null")) return undefined;
  const named = test.values.map((value) => anchorOfValue(field, value));
  const known = named.filter((anchor) => anchor !== undefined);
  // With `all` each value is necessary: the most telling one is enough.
  if (isAll) {
    const value = known.find(({ kind }) => kind === "value");
    return [value ?? known.reduce((best, one) => (lengthOf(one) > lengthOf(best) ? one : best), presence)];
  }
  return known.length === named.length ? known : [presence];
}
const lengthOf = (anchor: Anchor): number => (anchor.kind === "presence" ? 0 : anchor.text.length);

function anchorOfValue(field: string, value: ValueTest): Anchor | undefined {
  if (value.kind === "number") return { field, kind: "value", text: value.text.toLowerCase() };
  if (value.kind === "boolean") return { field, kind: "value", text: String(value.value) };
  if (value.kind !== "text") return undefined;
  const { pattern } = value;
  if (pattern.kind === "equals") return { field, kind: "value", text: pattern.text.toLowerCase() };
  const text = longestText(pattern).toLowerCase();
  // What the last letter of a word is in lower case depends on the word for one letter, and a piece of a word does not tell.
  return text.length < NEEDLE_MIN || /[σς]/.test(text) ? undefined : { field, kind: "needle", text };
}

function longestText(pattern: Pattern): string {
  if (pattern.kind === "any") return "";
  if (pattern.kind !== "glob") return pattern.text;
  return pattern.parts.reduce<string>(
    (longest, part) => (typeof part === "string" && part.length > longest.length ? part : longest),
    "",
  );
}

/** A field with so many different values in the rules tells as much as its values' numbers say. */
const FEW_VALUES = 20;

/** What the rules themselves tell of how common values are. */
export function popularityOf(nodes: Iterable<Node>): Popularity {
  const counts = new Map<string, Map<string, number>>();
  const visit = (node: Node): void => {
    if (node.kind === "not") visit(node.of);
    else if (node.kind !== "test") node.of.forEach(visit);
    else if (node.predicate.test.kind === "values")
      for (const value of node.predicate.test.values) {
        const anchor = anchorOfValue(node.predicate.field, value);
        if (anchor?.kind !== "value") continue;
        const values = counts.get(anchor.field) ?? new Map<string, number>();
        values.set(anchor.text, (values.get(anchor.text) ?? 0) + 1);
        counts.set(anchor.field, values);
      }
  };
  for (const node of nodes) visit(node);
  return (field, value) => {
    const values = counts.get(field);
    return (values?.get(value) ?? 1) * (1 + FEW_VALUES / (values?.size ?? 1));
  };
}
