import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../core/canonical.ts";
import { isDeeperThan, readPiece } from "./decide-records.ts";
import { recordSplitter } from "./splitter.ts";

/** What a body holds, cut into pieces of these sizes on its way. */
function read(body: string | Uint8Array, sizes: readonly number[] = [1 << 20], lineBytesMax?: number) {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const splitter = recordSplitter(lineBytesMax);
  const pieces = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    pieces.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  pieces.push(...splitter.end());
  return pieces.map((piece) => {
    const done = readPiece(piece);
    return "problem" in done ? `${done.line}:${done.problem.code}` : `${done.line}=${JSON.stringify(done.records)}`;
  });
}

const BODIES: ReadonlyArray<readonly [says: string, body: string, pieces: readonly string[]]> = [
  ["nothing", "", []],
  ["blank lines", "\n \r\n", []],
  ["one object", '{"a":1}', ['1=[{"a":1}]']],
  ["one object with a byte order mark", '\ufeff{"a":1}\n', ['1=[{"a":1}]']],
  ["two lines", '{"a":1}\n{"a":2}', ['1=[{"a":1}]', '2=[{"a":2}]']],
  ["lines of Windows with a blank one", '{"a":1}\r\n\r\n{"a":2}\r\n', ['1=[{"a":1}]', '3=[{"a":2}]']],
  ["a bad line between good ones", '{"a":1}\n{"a":\n{"a":3}', ['1=[{"a":1}]', "2:not-json", '3=[{"a":3}]']],
  ["a bad first line", '{"a":\n{"a":2}\n', ["1:not-json", '2=[{"a":2}]']],
  [
    "what is no object",
    '1\nnull\n"x"\n{"a":4}',
    ["1:not-an-object", "2:not-an-object", "3:not-an-object", '4=[{"a":4}]'],
  ],
  ["a list", '[{"a":1},{"a":2}]', ['1=[{"a":1}]', '2=[{"a":2}]']],
  [
    "a list over many lines",
    '[\n  {"a": "]},{"},\n  {"b": ["\\"", {}]}\n]\n',
    ['1=[{"a":"]},{"}]', '2=[{"b":["\\"",{}]}]'],
  ],
  ["an empty list", "[]", []],
  ["a list with a broken element", '[{"a":1},{"a":x},{"a":3}]', ['1=[{"a":1}]', "2:not-json", '3=[{"a":3}]']],
  ["a list that is cut off", '[{"a":1},{"a":', ['1=[{"a":1}]', "2:cut-off"]],
  ["lines that are lists", '[{"a":1},{"a":2}]\n[{"a":3}]', ['1=[{"a":1},{"a":2}]', '2=[{"a":3}]']],
  ["an envelope", '{"records":[{"a":1},{"a":2}]}', ['1=[{"a":1}]', '2=[{"a":2}]']],
  ["a page of Graph", '{"@odata.context":"x#y","@odata.count":2,"value":[{"a":1}],"more":1}', ['1=[{"a":1}]']],
  ["an envelope over lines", '{\n "records": [\n {"a":1},\n {"a":2} ]\n}', ['1=[{"a":1}]', '2=[{"a":2}]']],
  ["envelopes line by line", '{"records":[1]}\n{"records":[2]}', ['1=[{"records":[1]}]', '2=[{"records":[2]}]']],
  ["one object over lines", '{\n  "a": 1,\n  "b": {}\n}\n', ['1=[{"a":1,"b":{}}]']],
  ["a value that only looks like an envelope's", '{"a":{"records":[1]}}', ['1=[{"a":{"records":[1]}}]']],
];
for (const [says, body, pieces] of BODIES)
  test(`${says} is read in one go and byte by byte`, () => {
    assert.deepEqual(read(body), pieces);
    assert.deepEqual(read(body, [1]), pieces);
  });

test("a record longer than the limit costs itself, in lines, in lists and when it comes in pieces", () => {
  const long = `{"a":"${"x".repeat(300)}"}`;
  for (const sizes of [[1 << 20], [7], [1]]) {
    assert.deepEqual(read(`{"a":1}\n${long}\n{"a":3}`, sizes, 100), ['1=[{"a":1}]', "2:too-long", '3=[{"a":3}]']);
    assert.deepEqual(read(`${long}\n{"a":3}`, sizes, 100), ["1:too-long", '2=[{"a":3}]']);
    assert.deepEqual(read(`[{"a":1},${long},{"a":3}]`, sizes, 100), ['1=[{"a":1}]', "2:too-long", '3=[{"a":3}]']);
    assert.deepEqual(read(`[${long.replace("x", '\\"]},')},{"a":3}]`, sizes, 100), ["1:too-long", '2=[{"a":3}]']);
  }
});

test("bytes that are no UTF-8 are told and not guessed; U+FFFD itself is text", () => {
  const bad = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n{"a":"\ufffd"}')]);
  assert.deepEqual(read(bad), ["1:not-utf8", '2=[{"a":"\ufffd"}]']);
});

test("a record nested too deep is refused, also one of a hundred thousand levels", () => {
  const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  assert.deepEqual(
    read(`${nested(64)}\n${nested(65)}`).map((one) => one.slice(0, 10)),
    ['1=[{"a":{"', "2:too-deep"],
  );
  assert.deepEqual(read(`${nested(100_000)}\n{"a":1}`), ["1:too-deep", '2=[{"a":1}]']);
  assert.equal(isDeeperThan([[[]]], 3), false);
  assert.equal(isDeeperThan([[[]]], 2), true);
});

test("a parser's message does not carry the record's own text", () => {
  const done = readPiece({ line: 1, text: '{"password": hunter2' });
  assert.ok("problem" in done && !done.problem.message.includes("hunter2"), JSON.stringify(done));
});

const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>), {
  minLength: 1,
  maxLength: 12,
});
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
test("whatever the records and however they are cut, lists, envelopes and lines give them back in order", () => {
  fc.assert(
    fc.property(records, sizes, fc.boolean(), (given, cuts, isWide) => {
      const indent = isWide ? 2 : undefined;
      const expected = given.map((one) => JSON.stringify([JSON.parse(JSON.stringify(one))]));
      const bodies = [
        JSON.stringify(given, null, indent),
        JSON.stringify({ records: given }, null, indent),
        given.map((one) => JSON.stringify(one)).join("\n"),
      ];
      for (const [i, body] of bodies.entries()) {
        const found = read(body, cuts).map((one) => one.slice(one.indexOf("=") + 1));
        // A single line that is an envelope by itself is one: nobody can tell it from a record that looks so.
        if (i === 2 && given.length === 1 && /"(records|value)":\[/.test(body)) continue;
        assert.deepEqual(found, expected, body);
      }
    }),
    { numRuns: 300 },
  );
});
