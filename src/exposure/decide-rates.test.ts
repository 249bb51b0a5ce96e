import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { money } from "../core/money.ts";
import { convertWith, parseRatesCsv, rateFinder } from "./decide-rates.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const rates = [
  { day: day("2026-11-16"), from: "EUR", to: "SEK", rate: "11", source: "ECB" },
  { day: day("2026-11-13"), from: "EUR", to: "USD", rate: "1.25", source: "ECB" },
  { day: day("2026-11-10"), from: "GBP", to: "JPY", rate: "190", source: "by hand" },
];
const find = rateFinder(rates);

for (const [from, to, text, onDay] of [
  ["EUR", "SEK", "11", "2026-11-16"],
  ["SEK", "EUR", "0.090909090909", "2026-11-16"],
  ["USD", "SEK", "8.8", "2026-11-13"],
  ["SEK", "USD", "0.113636363636", "2026-11-13"],
  ["USD", "JPY", undefined, undefined],
] as const)
  test(`1 ${from} is ${text ?? "unknown in"} ${to}`, () => {
    const rate = find(from, to);
    assert.deepEqual(
      [rate?.text.replace(/0+$/, "").replace(/\.$/, ""), rate?.day.toString()],
      [text?.replace(/0+$/, ""), onDay],
    );
  });

test("a missing rate gives no amount", () => assert.equal(convertWith(find, money(100n, "USD"), "JPY"), undefined));

test("the answer does not depend on the order of the table", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(rates, { minLength: 3 }), (shuffled) => {
      const other = rateFinder(shuffled);
      for (const [from, to] of [
        ["EUR", "SEK"],
        ["SEK", "USD"],
        ["USD", "SEK"],
        ["JPY", "GBP"],
      ] as const)
        assert.equal(other(from, to)?.text, find(from, to)?.text);
    }),
  );
});

test("reads rates from text with any of three separators and a header", () => {
  for (const text of [
    "day,from,to,rate\n2026-11-16,EUR,SEK,11.2345\n",
    "2026-11-16;eur;sek;11.2345",
    "\uFEFFDate\tFrom\tTo\tRate\r\n2026-11-16\tEUR\tSEK\t11.2345\r\n",
  ])
    assert.deepEqual(parseRatesCsv(text), {
      ok: true,
      value: [{ day: day("2026-11-16"), from: "EUR", to: "SEK", rate: "11.2345" }],
    });
});

for (const [text, line] of [
  ["2026-11-16,EUR,SEK", 1],
  ["day,from,to,rate\n2026-02-30,EUR,SEK,1", 2],
  ["2026-11-16,EUR,EUR,1", 1],
  ["2026-11-16,EUR,SEK,0", 1],
  ["2026-11-16,EUR,SEK,-1", 1],
  ["2026-11-16;EUR;SEK;11,2", 1],
  ["", 1],
] as const)
  test(`refuses "${text.replace("\n", "\\n")}" at line ${line}`, () => {
    const parsed = parseRatesCsv(text);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.line, line);
  });
