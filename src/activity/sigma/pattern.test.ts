import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compilePattern, fits, readWildcards, widen } from "./decide-pattern.ts";

const isFit = (pattern: string, text: string, isCased = false): boolean =>
  fits(compilePattern(readWildcards(pattern), isCased), text, text.toLowerCase());

const TABLE: readonly (readonly [pattern: string, text: string, fits: boolean])[] = [
  ["plain", "PLAIN", true],
  ["plain", "plainx", false],
  ["a*c", "abbc", true],
  ["a*c", "ac", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a?c", "a😀c", true],
  ["*b*d*", "abcde", true],
  ["*b*d*", "adcbe", false],
  ["a*", "a\nb", true],
  [String.raw`a\*`, "a*", true],
  [String.raw`a\*`, "ab", false],
  [String.raw`a\\*`, String.raw`a\bc`, true],
  [String.raw`a\\\*`, String.raw`a\*`, true],
  [String.raw`a\b`, String.raw`a\b`, true],
  [String.raw`a\\b`, String.raw`a\b`, true],
  [String.raw`a\ `.trim(), String.raw`a\ `.trim(), true],
  ["*", "", true],
  ["?", "", false],
  ["", "", true],
  ["", "x", false],
];
for (const [pattern, text, wanted] of TABLE)
  test(`${JSON.stringify(pattern)} ${wanted ? "fits" : "does not fit"} ${JSON.stringify(text)}`, () =>
    assert.equal(isFit(pattern, text), wanted));

test("cased compares letter by letter", () => {
  assert.equal(isFit("Ab*", "AbC", true), true);
  assert.equal(isFit("Ab*", "abc", true), false);
});

test("contains, startswith and endswith add a star only where none is", () => {
  const kindOf = (text: string, how: "contains" | "startswith" | "endswith") =>
    compilePattern(widen(readWildcards(text), how), false).kind;
  assert.equal(kindOf("x", "contains"), "contains");
  assert.equal(kindOf("*x*", "contains"), "contains");
  assert.equal(kindOf("x", "startswith"), "startswith");
  assert.equal(kindOf("x", "endswith"), "endswith");
  assert.equal(kindOf("", "contains"), "any");
});

test("a pattern says what a regular expression with the same meaning says", () => {
  const piece = fc.constantFrom("a", "b", "*", "?", "ab");
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 }),
      (pieces, text) => {
        const pattern = pieces.join("");
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
        assert.equal(isFit(pattern, text), expression.test(text));
      },
    ),
  );
});

test("a pattern of many stars against a long text ends", () => {
  const text = "a".repeat(20_000);
  assert.equal(isFit(`${"*a".repeat(50)}*b`, text), false);
});
