import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonPlace, jsonReader, UnreadableJson } from "./read-json.ts";

const cutAnywhere = (text: string, cuts: readonly number[]): readonly string[] => {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
};
const value = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 2 }));
const objects = fc.array(fc.dictionary(fc.string({ maxLength: 5 }), value, { maxKeys: 4 }), {
  minLength: 1,
  maxLength: 6,
});

for (const [form, write] of [
  ["a list", (rows: unknown[]) => JSON.stringify(rows)],
  [
    "a member's list",
    (rows: unknown[]) => JSON.stringify({ page: { a: [1] }, "x]}": "{[", Invoices: rows, after: [[2]] }),
  ],
  ["lines", (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n")],
] as const)
  test(`objects of ${form} are the same however the file is cut`, () =>
    fc.assert(
      fc.property(objects, fc.array(fc.nat(), { maxLength: 5 }), (rows, cuts) => {
        const text = write(rows);
        const place =
          form === "a list"
            ? ({ kind: "json", member: null } as const)
            : form === "lines"
              ? ({ kind: "ndjson", member: null } as const)
              : ({ kind: "json", member: "Invoices" } as const);
        const reader = jsonReader(place);
        const read = [...cutAnywhere(text, cuts).flatMap((piece) => reader.push(piece)), ...reader.end()];
        assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(rows)));
      }),
    ));

test("the list is found, also when the file is longer than what is looked at", () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ DocumentNumber: i }));
  const text = JSON.stringify({ Meta: [{ a: 1 }], Invoices: rows });
  assert.deepEqual(jsonPlace(text, true), { ok: true, value: { kind: "json", member: "Invoices" } });
  assert.deepEqual(jsonPlace(text.slice(0, 400), false), { ok: true, value: { kind: "json", member: "Invoices" } });
});

for (const [says, text, why] of [
  ["breaks off", '[{"a":1},', /ends in the middle/],
  ["has words outside", '{"a":1} hello', /outside of every object/],
  ["closes too much", "[]]", /never opened/],
  ["holds a list of lists", "[[1]]", /is a list/],
  ["is no JSON inside", "[{a:1}]", /entry 1 is not JSON/],
] as const)
  test(`a file that ${says} is refused`, () => {
    const reader = jsonReader({ kind: text.startsWith("[") ? "json" : "ndjson", member: null });
    assert.throws(
      () => [reader.push(text), reader.end()],
      (error: unknown) => error instanceof UnreadableJson && why.test(error.message),
    );
  });
