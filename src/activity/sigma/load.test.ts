import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSigma } from "./load.ts";
import { Matcher } from "./matcher.ts";
import { ruleSetOf } from "./rule-set.ts";

const HEAD = "title: t\nlogsource: { product: p }\n";
/** The text, and the place and kind of its first fault. */
const FAULTS: readonly (readonly [text: string, fault: string])[] = [
  ["title: t\n\tlevel: high\n", "2:1 yaml"],
  ["title: t\nlevel: }\n", "2:8 yaml"],
  ["title: t\ntitle: u\n", "2:1 yaml"],
  ["- a\n- b\n", "1:1 no-rule"],
  ["logsource: { product: p }\n", "1:1 missing"],
  ["title: t\nlogsource: { product: p }\n", "1:1 missing"],
  ["title: t\ndetection:\n  s: { a: 1 }\n  condition: s\n", "1:1 missing"],
  ["title: t\nlevel: bad\nlogsource: { product: p }\ndetection:\n  s: { a: 1 }\n  condition: s\n", "2:8 bad-value"],
  [`${HEAD}detection: text\n`, "3:12 missing"],
  [`${HEAD}detection:\n  condition: s\n`, "4:3 missing"],
  [`${HEAD}detection:\n  s: { a: 1 }\n`, "4:3 missing"],
  [`${HEAD}detection:\n  s: { a: 1 }\n  condition: x\n`, "5:14 undefined-identifier"],
  [`${HEAD}detection:\n  s: { a: 1 }\n  condition: s and\n`, "5:14 condition-syntax"],
  [`${HEAD}detection:\n  s: { a: 1 }\n  condition: 1 of x*\n`, "5:14 selector-empty"],
  [`${HEAD}detection:\n  s: { a: 1 }\n  condition: s | count() > 1\n`, "5:14 aggregation-v1"],
  [`${HEAD}detection:\n  s: { a: 1 }\n  timeframe: 5m\n  condition: s\n`, "5:14 aggregation-v1"],
  [`${HEAD}detection:\n  s:\n    a: 1\n    b|nope: 2\n  condition: s\n`, "6:5 unknown-modifier"],
  [`${HEAD}detection:\n  s:\n    a|all: x\n  condition: s\n`, "5:5 modifier-misused"],
  [`${HEAD}detection:\n  s:\n    a|re: '('\n  condition: s\n`, "5:5 bad-regex"],
  [`${HEAD}detection:\n  s:\n    a|cidr: 10.0.0.1/8\n  condition: s\n`, "5:5 bad-cidr"],
  [`${HEAD}detection:\n  s:\n    a|expand: '%x%'\n  condition: s\n`, "5:5 unresolved-placeholder"],
  [`${HEAD}detection:\n  s:\n    a|windash: '${"-a ".repeat(9)}'\n  condition: s\n`, "5:5 too-many-alternatives"],
  [`${HEAD}detection:\n  s:\n    a: []\n  condition: s\n`, "5:5 bad-value"],
  [`${HEAD}detection:\n  s: {}\n  condition: s\n`, "4:6 bad-value"],
  [`${HEAD}detection:\n  s:\n    a: { b: 1 }\n  condition: s\n`, "5:8 bad-value"],
  ["title: t\ncorrelation:\n  type: nope\n  rules: [a]\n  timespan: 1m\n", "3:9 bad-value"],
  ["title: t\ncorrelation:\n  type: temporal\n  rules: [a]\n  timespan: soon\n", "5:13 bad-value"],
  ["title: t\ncorrelation:\n  type: temporal\n  rules: [a]\n  timespan: 1m\n  extra: 1\n", "6:3 unknown-key"],
  [
    "title: t\ncorrelation:\n  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition: { gte: many }\n",
    "6:21 bad-value",
  ],
  ["# first\ntitle: ok\n---\ntitle: t\n\nlogsource: text\ndetection: {}\n", "2:1 missing"],
];
for (const [text, fault] of FAULTS)
  test(`${JSON.stringify(text.slice(-60))}: ${fault}`, () => {
    const [first] = loadSigma(text, { file: "f.yml" }).faults;
    assert.ok(first);
    assert.equal(`${first.line}:${first.column} ${first.code}`, fault);
    assert.equal(first.file, "f.yml");
  });

test("a rule keeps all it says: its own text, the keys of others, what it is related to", () => {
  const text = `# of a file
title: one
id: 5b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b
related:
  - { id: 5b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2c, type: similar }
references: [https://example.com]
fields: [a, b]
date: 2026-03-01
modified: 2026-03-02
license: DRL-1.1
surety: { family: x, examples: [{ events: [{ a: 1 }] }] }
logsource: { product: p }
detection:
  s: { a: 1 }
  condition: s
`;
  const [one, two] = loadSigma(`${text}---\n${text.replace("one", "two")}`).documents;
  assert.ok(one && two);
  const { head } = one;
  assert.deepEqual(head.related, [{ id: "5b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2c", type: "similar" }]);
  assert.deepEqual([head.references, head.fields], [["https://example.com"], ["a", "b"]]);
  assert.deepEqual([head.date, head.modified, head.license], ["2026-03-01", "2026-03-02", "DRL-1.1"]);
  assert.deepEqual(head.custom, { surety: { family: "x", examples: [{ events: [{ a: 1 }] }] } });
  assert.equal(head.text, text.trim());
  assert.deepEqual([head.line, head.lineEnd, two.head.line, two.head.lineEnd], [2, 15, 18, 31]);
  assert.equal(two.head.text, text.replace("one", "two").trim());
});

/** What crashed evaluators before: odd types where texts are expected, and the reverse. */
const NASTY_RULES = [
  "s: [null]",
  "s: { '': x }",
  "s: { '|all': [a, b] }",
  "s: { 'a.': 1, '.': 2, '..': 3 }",
  "s: { 'a|contains': null }",
  "s: { 'a|contains': true, 'b|startswith': 0 }",
  "s: { a: .nan, b: .inf, c: -.inf }",
  "s: { a: 0x1F, b: 1e400, c: 99999999999999999999 }",
  "s: { 'a|re': '(a+)+$' }",
  "s: { 'a|re': '(?=(a+)+)b' }",
  "s: { 'a|base64offset|contains': '' }",
  "s: { 'a|wide|base64': '\\ud83d' }",
  "s: { __proto__: x, constructor: y, 'toString|exists': true }",
  "s: { 'a|fieldref': a, 'b|fieldref|contains': c.d }",
  "s: { 'a|gte': 1, 'a|minute': 5, 'a|week|lt': 60 }",
  "s: { 'a|cidr': '::/0' }",
  "s: { 'a|exists': true, 'a|neq': '' }",
  "s: { a: '\\', b: '\\\\*', c: '*?*?' }",
  "s: [[[[a: 1]]]]",
  "s: { a: &x [1, 2], b: *x }",
  "s: { a: *gone }",
  "s: ''",
];
const NASTY_EVENTS: readonly Record<string, unknown>[] = [
  {},
  { a: null, b: undefined, c: [] },
  { a: [], b: [[]], c: [[[1]]] },
  { a: {}, b: { b: {} }, "": "x" },
  { a: "a".repeat(50_000), b: "\u0000", c: "\ud800" },
  { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: -0 },
  { a: "2026-99-99T99:99", b: "::ffff:1.2.3.4", c: { d: [null, { d: 1 }] } },
  JSON.parse('{"__proto__": "x", "constructor": null, "toString": 1, "a.b": 1}') as Record<string, unknown>,
  { a: true, b: false, ".": 1, "a.": 2 },
];
test("odd rules and odd events: loading and matching never throw, with the index or without", () => {
  let loadedRules = 0;
  for (const lines of NASTY_RULES)
    for (const words of ["s", "not s", "1 of them"]) {
      const { documents, faults } = loadSigma(`${HEAD}detection:\n  ${lines}\n  condition: ${words}\n`);
      assert.ok(documents.length === 1 || faults.length > 0, lines);
      loadedRules += documents.length;
      const matcher = new Matcher(ruleSetOf(documents));
      for (const event of NASTY_EVENTS)
        assert.deepEqual(matcher.match(event, undefined), matcher.matchNaively(event, undefined), lines);
    }
  assert.ok(loadedRules >= 30, `${loadedRules} loaded`);
});

const HOSTILE = [
  "",
  "\u0000",
  "---\n---\n---",
  "a: &a [*a]",
  `${"[".repeat(500)}`,
  `a: ${"{b: ".repeat(200)}`,
  "? [complex, key]\n: value",
  "!!js/function 'x'",
  "title: !!binary aGk=\nlogsource: {}\ndetection: { s: { a: !!set {x} }, condition: s }",
  "title: {a: b}\ndetection: 5",
  "title: t\ncorrelation: { type: temporal, rules: t, timespan: 1m, group-by: { a: b } }",
  "title: t\nfilter: []\nlogsource: []",
  "&a [&b [*a, *b], *a]",
  `${"x: 1\n---\n".repeat(2_000)}`,
];
for (const text of HOSTILE)
  test(`hostile YAML ends in faults and not in a throw: ${JSON.stringify(text.slice(0, 40))}`, () => {
    const { documents, faults } = loadSigma(text);
    assert.ok(ruleSetOf(documents).rules.length === 0);
    assert.ok(Array.isArray(faults));
  });

test("separators with nothing between or behind them are no rules", () => {
  const rule = "title: t\nlogsource: {product: azure}\ndetection:\n  a: {b: 1}\n  condition: a\n";
  const { documents, faults } = loadSigma(`---\n${rule}---\n---\n# only a comment\n---\n${rule}---\n`);
  assert.deepEqual([documents.length, faults], [2, []]);
});
