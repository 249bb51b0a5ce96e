import type { Predicate, ValueTest } from "./contract.ts";
import { fits } from "./decide-pattern.ts";
import { timePart } from "./decide-time.ts";
import type { Found, Leaf } from "./fields.ts";

/** A field of an event with its values as text, in lower case, made once an event. */
export type Looked = Found & { readonly texts: readonly string[]; readonly folded: readonly string[] };

/** Another field of the same event, for `fieldref`. */
export type LookUp = (field: string) => Looked;

/** Whether a predicate holds for what an event has at its field. */
export function holds(predicate: Predicate, at: Looked, other: LookUp): boolean {
  const { test, isAll, isNegated } = predicate;
  if (test.kind === "exists") return at.isPresent === test.wanted;
  let answer = isAll;
  for (const value of test.values) {
    if (valueHolds(value, at, other) === isAll) continue;
    answer = !isAll;
    break;
  }
  return answer !== isNegated;
}

/** Whether any of the values at the field fits. A field that is absent fits only null. */
export function valueHolds(test: ValueTest, at: Looked, other: LookUp): boolean {
  if (test.kind === "null") return !at.isPresent || at.leaves.includes(null);
  const { leaves, texts, folded } = at;
  for (let place = 0; place < leaves.length; place++) {
    const leaf = leaves[place] as Leaf;
    if (leaf === null) continue;
    if (leafFits(test, { leaf, text: texts[place] ?? "", folded: folded[place] ?? "" }, other)) return true;
  }
  return false;
}

type OneLeaf = { readonly leaf: string | number | boolean; readonly text: string; readonly folded: string };

function leafFits(test: Exclude<ValueTest, { kind: "null" }>, { leaf, text, folded }: OneLeaf, other: LookUp): boolean {
  switch (test.kind) {
    case "text":
      return fits(test.pattern, text, folded);
    case "number":
      return typeof leaf === "number" ? leaf === test.value : text === test.text;
    case "boolean":
      return typeof leaf === "boolean" ? leaf === test.value : folded === String(test.value);
    case "regex":
      return test.isMatch(text);
    case "cidr":
      return test.contains(text);
    case "compare":
      return compares(test, leaf);
    case "field":
      return refers(test, text, other(test.field));
  }
}

function compares(test: Extract<ValueTest, { kind: "compare" }>, leaf: string | number | boolean): boolean {
  const number = test.part === undefined ? numberOf(leaf) : timePart(leaf, test.part);
  if (number === undefined || Number.isNaN(number)) return false;
  switch (test.by) {
    case "gt":
      return number > test.value;
    case "gte":
      return number >= test.value;
    case "lt":
      return number < test.value;
    case "lte":
      return number <= test.value;
    case "eq":
      return number === test.value;
  }
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
export const numberOf = (leaf: Leaf): number | undefined =>
  typeof leaf === "number" ? leaf : typeof leaf === "string" && NUMBER.test(leaf) ? Number(leaf) : undefined;

function refers({ at, isCased }: Extract<ValueTest, { kind: "field" }>, text: string, other: Looked): boolean {
  const value = isCased ? text : text.toLowerCase();
  for (let place = 0; place < other.leaves.length; place++) {
    if (other.leaves[place] === null) continue;
    const wanted = (isCased ? other.texts[place] : other.folded[place]) ?? "";
    const isFit =
      at === "whole"
        ? value === wanted
        : at === "contains"
          ? value.includes(wanted)
          : at === "startswith"
            ? value.startsWith(wanted)
            : value.endsWith(wanted);
    if (isFit) return true;
  }
  return false;
}
