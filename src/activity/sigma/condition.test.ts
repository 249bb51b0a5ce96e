import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConditionNode, isFault, namesOf, parseCondition } from "./decide-condition.ts";

/** A condition with brackets around everything. */
function written(node: ConditionNode): string {
  switch (node.kind) {
    case "name":
      return node.name;
    case "selector":
      return `${node.every ? "all" : "1"} of ${node.pattern}`;
    case "not":
      return `(not ${written(node.of)})`;
    case "and":
    case "or":
      return `(${node.of.map(written).join(` ${node.kind} `)})`;
  }
}
const read = (text: string): string => {
  const node = parseCondition(text);
  return isFault(node) ? `${node.code} at ${node.at}` : written(node);
};

const TABLE: readonly (readonly [condition: string, meaning: string])[] = [
  ["a", "a"],
  ["a or b and not c", "(a or (b and (not c)))"],
  ["not a and b", "((not a) and b)"],
  ["not (a or b)", "(not (a or b))"],
  ["not not a", "(not (not a))"],
  ["a AND b Or c", "((a and b) or c)"],
  ["1 of sel_*", "1 of sel_*"],
  ["any of them and not all of f*", "(1 of them and (not all of f*))"],
  ["of", "condition-syntax at 0"],
  ["a b", "condition-syntax at 2"],
  ["(a or b", "condition-syntax at 7"],
  ["a and", "condition-syntax at 5"],
  ["sel*", "condition-syntax at 0"],
  ["a | count() > 5", "aggregation-v1 at 2"],
  ["a & b", "condition-syntax at 2"],
  ["", "condition-syntax at 0"],
];
for (const [condition, meaning] of TABLE)
  test(`${JSON.stringify(condition)} is ${meaning}`, () => assert.equal(read(condition), meaning));

test("selectors leave out names that begin with an underscore, unless they begin with one", () => {
  const names = ["sel_a", "sel_b", "_sel_c", "other"];
  assert.deepEqual(namesOf("them", names), ["sel_a", "sel_b", "other"]);
  assert.deepEqual(namesOf("sel*", names), ["sel_a", "sel_b"]);
  assert.deepEqual(namesOf("_sel*", names), ["_sel_c"]);
  assert.deepEqual(namesOf("*_b", names), ["sel_b"]);
  assert.deepEqual(namesOf("*e*_*", names), ["sel_a", "sel_b"]);
});

test("a condition that nests without end is refused, not followed", () => {
  assert.equal(read("(".repeat(5_000)), "condition-syntax at 0");
  assert.match(read("not ".repeat(5_000)), /^condition-syntax/);
});
