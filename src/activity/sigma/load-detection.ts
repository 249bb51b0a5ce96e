import { isMap, isScalar, isSeq } from "yaml";
import type { FaultCode, Node, Placeholders } from "./contract.ts";
import { isFault as isConditionFault, namesOf, parseCondition, type ConditionNode } from "./decide-condition.ts";
import { compileItem, isItemFault, type Scalar } from "./decide-modifiers.ts";
import { memberOf, membersOf, resolved, textsOf, type YamlDocument } from "./yaml.ts";

/** Tells of a fault at a node of the document. */
export type Tell = (node: unknown, code: FaultCode, message: string) => void;
type Reading = { readonly document: YamlDocument; readonly tell: Tell; readonly placeholders: Placeholders };

/** What is no selection in a `detection` or `filter`. */
const NOT_SELECTIONS = ["condition", "timeframe", "rules"];
const DEPTH_MAX = 20;

/** The selections and condition of a rule as one tree; undefined when something was wrong and told. */
export function readDetection(node: unknown, reading: Reading): Node | undefined {
  const { tell } = reading;
  if (!isMap(node)) {
    tell(node, "missing", "a detection is a map of selections with a condition");
    return undefined;
  }
  if (memberOf(node, "timeframe") !== undefined)
    tell(memberOf(node, "timeframe"), "aggregation-v1", "timeframe is Sigma 1: write a correlation rule with timespan");
  const selections = new Map<string, Node>();
  let isWhole = true;
  for (const { key, keyNode, value } of membersOf(node)) {
    if (NOT_SELECTIONS.includes(key)) continue;
    const read = readSelection(resolved(value, reading.document) ?? value, { ...reading, at: keyNode, depth: 0 });
    if (read === undefined) isWhole = false;
    else selections.set(key, { ...read, label: key });
  }
  if (selections.size === 0 && isWhole) {
    tell(node, "missing", "a detection needs at least one selection");
    return undefined;
  }
  const condition = memberOf(node, "condition");
  const texts = condition === undefined || condition === null ? undefined : textsOf(condition);
  if (texts === undefined || texts.length === 0) {
    tell(condition ?? node, "missing", "a detection needs a condition");
    return undefined;
  }
  if (!isWhole) return undefined;
  const nodes = texts.map((text) => readCondition(text, selections, (code, message) => tell(condition, code, message)));
  const good = nodes.filter((one) => one !== undefined);
  if (good.length < nodes.length) return undefined;
  return oneOf("or", good);
}

function readCondition(
  text: string,
  selections: ReadonlyMap<string, Node>,
  refuse: (code: FaultCode, message: string) => void,
): Node | undefined {
  const parsed = parseCondition(text);
  if (isConditionFault(parsed)) {
    refuse(parsed.code, `${parsed.message} (character ${parsed.at + 1})`);
    return undefined;
  }
  return putIn(parsed, selections, refuse);
}

function putIn(
  node: ConditionNode,
  selections: ReadonlyMap<string, Node>,
  refuse: (code: FaultCode, message: string) => void,
): Node | undefined {
  switch (node.kind) {
    case "not": {
      const of = putIn(node.of, selections, refuse);
      return of && { kind: "not", of };
    }
    case "and":
    case "or": {
      const of = node.of.map((one) => putIn(one, selections, refuse));
      const good = of.filter((one) => one !== undefined);
      return good.length === of.length ? oneOf(node.kind, good) : undefined;
    }
    case "name": {
      const selection = selections.get(node.name);
      if (selection === undefined) refuse("undefined-identifier", `there is no selection "${node.name}"`);
      return selection;
    }
    case "selector": {
      const names = namesOf(node.pattern, [...selections.keys()]);
      if (names.length === 0) refuse("selector-empty", `"${node.pattern}" names no selection`);
      const of = names.map((name) => selections.get(name)).filter((one) => one !== undefined);
      return of.length === 0 ? undefined : oneOf(node.every ? "and" : "or", of);
    }
  }
}

/** A list of one is what stands in it. */
function oneOf(kind: "and" | "or", of: readonly Node[]): Node {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

type At = Reading & { readonly at: unknown; readonly depth: number };

/** A map is AND, a list of maps OR, scalars are keywords. */
function readSelection(node: unknown, at: At): Node | undefined {
  const { tell, depth } = at;
  if (depth > DEPTH_MAX) {
    tell(node, "too-big", `selections nest at most ${DEPTH_MAX} deep`);
    return undefined;
  }
  if (isMap(node)) return readMap(node, at);
  if (isSeq(node)) return readList(node.items, node, at);
  const value = scalarOf(node);
  if (value === undefined || value === null) {
    tell(node ?? at.at, "bad-value", "a selection is a map, a list or a keyword");
    return undefined;
  }
  return itemNode("", [value], at);
}

function readList(items: readonly unknown[], node: unknown, at: At): Node | undefined {
  if (items.length === 0) {
    at.tell(node, "bad-value", "the list is empty");
    return undefined;
  }
  const real = items.map((item) => resolved(item, at.document));
  const keywords = real.map(scalarOf).filter((value) => value !== undefined);
  const deeper = real.filter((item) => scalarOf(item) === undefined);
  const of: (Node | undefined)[] = deeper.map((item) => readSelection(item, { ...at, depth: at.depth + 1 }));
  if (keywords.length > 0) of.push(itemNode("", keywords, at));
  const good = of.filter((one) => one !== undefined);
  return good.length === of.length ? oneOf("or", good) : undefined;
}

function readMap(node: unknown, at: At): Node | undefined {
  const members = membersOf(node);
  if (members.length === 0) {
    at.tell(node, "bad-value", "the selection is empty");
    return undefined;
  }
  const of = members.map(({ key, keyNode, value }) => {
    const real = resolved(value, at.document);
    const values = valuesOf(real, at.document);
    if (values === undefined) {
      at.tell(value ?? keyNode, "bad-value", `${key}: a value is a text, a number, a boolean, null, or a list of them`);
      return undefined;
    }
    return itemNode(key, values, { ...at, at: keyNode });
  });
  const good = of.filter((one) => one !== undefined);
  return good.length === of.length ? oneOf("and", good) : undefined;
}

function itemNode(key: string, values: readonly Scalar[], at: At): Node | undefined {
  const predicate = compileItem(key, values, at.placeholders);
  if (isItemFault(predicate)) {
    at.tell(at.at, predicate.code, predicate.message);
    return undefined;
  }
  return { kind: "test", predicate };
}

function valuesOf(node: unknown, document: YamlDocument): readonly Scalar[] | undefined {
  if (node === null || node === undefined) return [null];
  if (isSeq(node)) {
    const values = node.items.map((item) => scalarOf(resolved(item, document)));
    return values.every((value) => value !== undefined) ? values : undefined;
  }
  const value = scalarOf(node);
  return value === undefined ? undefined : [value];
}

/** A scalar as Sigma knows it; undefined for anything else. Texts that are no numbers stay as written. */
function scalarOf(node: unknown): Scalar | undefined {
  if (node === null) return null;
  if (!isScalar(node)) return undefined;
  const { value } = node;
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  return node.source ?? String(value);
}
