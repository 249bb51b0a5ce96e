import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf } from "./marks.ts";

test("a place becomes the word that stands there", () => {
  const text = "title: x\ncondition: selektion\n";
  const at = (line: number, column: number) => {
    const [mark] = marksOf(text, [{ line, column, code: "c", message: "m", rule: null }], []);
    return text.slice(mark?.from, mark?.to);
  };
  assert.deepEqual([at(2, 12), at(1, 1), at(1, 99), at(99, 1)], ["selektion", "title:", "", ""]);
});

test("what is told twice is marked once", () =>
  assert.equal(
    marksOf(
      "a",
      [{ line: 1, column: 1, code: "c", message: "m", rule: null }],
      [{ line: 1, column: 1, severity: "error", code: "c", message: "m", fix: "" }],
    ).length,
    1,
  ));
