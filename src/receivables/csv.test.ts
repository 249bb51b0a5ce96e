import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { csvReader } from "./csv.ts";

const readAll = (text: string, delimiter = ",", lineEnd: "\n" | "\r" = "\n") => {
  const reader = csvReader(delimiter, lineEnd);
  return [...reader.push(text), ...reader.end()];
};
const cells = (text: string, delimiter?: string) => readAll(text, delimiter).map((record) => record.cells);

const tables: readonly (readonly [string, string, readonly (readonly string[])[]])[] = [
  [
    "plain lines",
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "no line end at the end",
    "a,b\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "Windows line ends",
    "a,b\r\n1,2\r\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "mixed line ends",
    "a,b\r\n1,2\n3,4\r\n",
    [
      ["a", "b"],
      ["1", "2"],
      ["3", "4"],
    ],
  ],
  ["quoted separators and doubled quotes", 'a,"x, ""y"""\n', [["a", 'x, "y"']]],
  [
    "a line break inside quotes",
    'a,"x\ny",c\n1,2,3\n',
    [
      ["a", "x\ny", "c"],
      ["1", "2", "3"],
    ],
  ],
  ["a quote inside an unquoted value stands for itself", '19" screen,2\n', [['19" screen', "2"]]],
  [
    "blank lines are left out",
    "a,b\n\n  \n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a short line stays short and takes nothing from the next",
    "a,b,c\n1,2\n3,4,5\n",
    [
      ["a", "b", "c"],
      ["1", "2"],
      ["3", "4", "5"],
    ],
  ],
  [
    "quoted last value before a Windows line end",
    'a,"b"\r\nc,d\r\n',
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "empty values",
    ",,\n,\n",
    [
      ["", "", ""],
      ["", ""],
    ],
  ],
];
for (const [says, text, expected] of tables) test(`csv: ${says}`, () => assert.deepEqual(cells(text), expected));

test("csv: old Mac line ends", () =>
  assert.deepEqual(
    readAll("a;b\r1;2\r", ";", "\r").map((r) => r.cells),
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ));

test("csv: lines are counted over blank lines and breaks inside values", () => {
  assert.deepEqual(
    readAll('a,b\n\n"x\ny",2\n3,4\n').map(({ line }) => line),
    [1, 3, 5],
  );
});

test("csv: a lost closing quote damages its own line only", () => {
  const text = `a,b\n1,"x\n${"2,3\n".repeat(400)}`;
  const records = readAll(text);
  assert.equal(records.filter(({ broken }) => broken).length, 1);
  assert.deepEqual(records[1], { line: 2, cells: ["1", '"x'], broken: true });
  assert.equal(records.length, 402);
});

const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
const table = fc.array(
  fc.array(fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", " ", "ö"), maxLength: 6 }), {
    minLength: 2,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 12 },
);

test("csv: what is written quoted is read back", () => {
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows.map((row) => row.map(quote).join(",")).join("\n");
      assert.deepEqual(cells(text), rows);
    }),
  );
});

test("csv: where the text is cut into pieces changes nothing", () => {
  fc.assert(
    fc.property(table, fc.array(fc.nat(80), { maxLength: 6 }), (rows, cuts) => {
      const text = rows
        .map((row) => row.map((value, i) => (i % 2 === 0 ? quote(value) : value.replaceAll(/["\n,]/g, "x"))).join(","))
        .join("\r\n");
      const reader = csvReader(",");
      const records = [];
      let from = 0;
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        records.push(...reader.push(text.slice(from, cut)));
        from = Math.max(from, Math.min(cut, text.length));
      }
      records.push(...reader.push(text.slice(from)), ...reader.end());
      assert.deepEqual(records, readAll(text));
    }),
  );
});
