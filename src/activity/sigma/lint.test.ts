import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "./lint.ts";

/** A rule without anything to say about it; `with` replaces lines, which begin with the same key. */
function ruleWith(lines: readonly string[], detection = "  sel: { field: value }\n  condition: sel"): string {
  const head = new Map(
    [
      "title: Something happened",
      "id: 5b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b",
      "status: test",
      "description: what it sees",
      "references: [https://example.com/a]",
      "author: somebody",
      "date: 2026-03-31",
      "tags: [attack.t1078.004, attack.initial-access]",
      "logsource: { product: azure, service: activitylogs }",
      "falsepositives: [Unknown]",
      "level: medium",
    ].map((line) => [line.split(":")[0] ?? "", line] as const),
  );
  for (const line of lines) head.set(line.split(":")[0] ?? "", line);
  return `${[...head.values()].filter((line) => !line.endsWith(": -")).join("\n")}\ndetection:\n${detection}\n`;
}
const codes = (text: string): readonly string[] =>
  lintFiles([{ file: "x.yml", text }]).map(({ severity, code }) => `${severity} ${code}`);

test("a good rule has nothing to be said of it", () => assert.deepEqual(codes(ruleWith([])), []));

const HEADS: readonly (readonly [line: string, found: string])[] = [
  [`title: ${"x".repeat(257)}`, "error bad-value"],
  ["title: Ends with a stop.", "warning title-form"],
  ["id: 5b0f2a9e", "error id-no-uuid"],
  ["id: 572b12d4-9062-11ed-a1eb-0242ac120002", "warning id-not-version-4"],
  ["id: -", "warning id-missing"],
  ["status: good", "error status-unknown"],
  ["date: 2026/03/31", "error date-form"],
  ["date: 2026-02-30", "error date-form"],
  ["modified: 2026-03-30", "warning modified-before-date"],
  ["level: severe", "error bad-value"],
  ["level: -", "warning level-missing"],
  ["description: -", "warning description-missing"],
  ["falsepositives: -", "warning falsepositives-missing"],
  ["falsepositives: Unknown", "error not-a-list"],
  ["falsepositive: [Unknown]", "warning key-misspelt"],
  ["tags: [attack.initial_access]", "warning tag-underscore"],
  ["tags: [attack.t12]", "warning tag-unknown"],
  ["tags: [mitre.t1078]", "warning tag-namespace"],
  ["tags: [T1078]", "warning tag-form"],
  ["tags: [attack.t1078, attack.t1078]", "warning tag-double"],
  ["references: [example.com]", "warning reference-form"],
  ["related: [{ id: x, type: similar }]", "error related-form"],
  ["related: [{ id: 5b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2c, type: cousin }]", "error related-type"],
  ["logsource: { product: Azure }", "warning logsource-case"],
  ["logsource: { produkt: azure, service: x }", "warning logsource-key"],
  ["logsource: { definition: any }", "warning logsource-empty"],
];
for (const [line, found] of HEADS)
  test(`${line.slice(0, 60)}: ${found}`, () =>
    assert.ok(codes(ruleWith([line])).includes(found), codes(ruleWith([line])).join()));

const DETECTIONS: readonly (readonly [detection: string, found: string | undefined])[] = [
  ["  sel: { a: 1 }\n  other: { b: 1 }\n  condition: sel", "warning selection-unused"],
  ["  sel: { a: 1 }\n  condition: other", "error undefined-identifier"],
  ["  sel: { a: 1 }\n  condition: not sel", "warning only-not"],
  ["  sel: { a: 1 }\n  condition: not not sel", "warning not-not"],
  ["  sel: { a: 1 }\n  condition: 1 of sel", "warning selector-of-one"],
  ["  sel: { a: 1 }\n  condition: 1 of sel*", undefined],
  ["  sel: { a: 1 }\n  condition: sel | count() > 5", "error aggregation-v1"],
  ["  sel: { a: [x] }\n  condition: sel", "warning list-of-one"],
  ["  sel: { 'a|all': x }\n  condition: sel", "error modifier-misused"],
  ["  sel: { 'a|all': [x, y] }\n  condition: sel", "warning all-of-equals"],
  ["  sel: { 'a|contains|all': [x, y] }\n  condition: sel", undefined],
  ["  sel: { 'a|like': x }\n  condition: sel", "error unknown-modifier"],
  ["  sel: { 'a|neq': x }\n  condition: sel", "warning neq-absent"],
  ["  sel: { 'a|base64offset': xyz }\n  condition: sel", "warning base64offset-whole"],
  ["  sel: { 'a|contains|contains': x }\n  condition: sel", "warning modifier-double"],
  ["  sel: { a: [x, X] }\n  condition: sel", "warning value-double"],
  ["  sel: { 'a|cased': [x, X] }\n  condition: sel", undefined],
  ["  sel: { 'a|re': '(?!x)y.z' }\n  condition: sel", "warning regex-look-around"],
  ["  sel: { 'a|re': 'abc' }\n  condition: sel", "warning regex-plain"],
  ["  sel: { 'a|re': '.*abc\\d' }\n  condition: sel", "warning regex-edges"],
  ["  sel: { 'a|re': 'a[' }\n  condition: sel", "error bad-regex"],
  ["  sel: { a: '*x*' }\n  condition: sel", "warning star-at-edge"],
  ["  sel: { a: 'x**y' }\n  condition: sel", "warning star-double"],
  [String.raw`  sel: { a: 'C:\Users\*' }${"\n"}  condition: sel`, "warning escaped-wildcard"],
  [String.raw`  sel: { a: '\*' }${"\n"}  condition: sel`, undefined],
  [String.raw`  sel: { a: "C:\bin" }${"\n"}  condition: sel`, "warning control-character"],
  ["  sel: { a: ' x' }\n  condition: sel", "warning value-blank"],
  ["  sel: [ab]\n  condition: sel", "warning keyword-short"],
  ["  sel: ['user: root']\n  condition: sel", "warning keyword-field"],
  ["  sel: ['*whoami*']\n  condition: sel", "warning keyword-star"],
  ["  sel: ['whoami']\n  condition: sel", undefined],
];
for (const [detection, found] of DETECTIONS)
  test(`${JSON.stringify(detection)}: ${found ?? "nothing"}`, () => {
    const all = codes(ruleWith([], detection));
    if (found === undefined) assert.deepEqual(all, []);
    else assert.ok(all.includes(found), all.join());
  });

const base = ruleWith(["name: base"]);
const correlation = (lines: string): string =>
  `${base}---\ntitle: Many\nid: 6b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b\ndescription: x\nlevel: high\nfalsepositives: [Unknown]\ncorrelation:\n${lines}`;
const CORRELATIONS: readonly (readonly [lines: string, found: string | undefined])[] = [
  ["  type: event_count\n  rules: [base]\n  group-by: [a]\n  timespan: 1h\n  condition: { gte: 3 }", undefined],
  ["  type: event_count\n  rules: [base]\n  timespan: 1h\n  condition: { gte: 3 }", "warning no-group-by"],
  [
    "  type: event_count\n  rules: [base]\n  group-by: [a]\n  timespan: 90d\n  condition: { gte: 3 }",
    "warning long-timespan",
  ],
  [
    "  type: event_count\n  rules: [base]\n  group-by: [a]\n  timespan: 1h\n  condition: { lte: 3 }",
    "warning true-of-one",
  ],
  [
    "  type: event_count\n  rules: [base]\n  group-by: [a]\n  timespan: 1h\n  condition: { gt: 3, lt: 3 }",
    "error never-true",
  ],
  [
    "  type: event_count\n  rules: [bass]\n  group-by: [a]\n  timespan: 1h\n  condition: { gte: 3 }",
    "error unknown-rule",
  ],
  ["  type: temporal\n  rules: [base]\n  group-by: [a]\n  timespan: 1h", "warning temporal-of-one"],
  [
    "  type: event_count\n  rules: [base]\n  group-by: [a]\n  aliases: { b: { base: c } }\n  timespan: 1h\n  condition: { gte: 3 }",
    "warning alias-unused",
  ],
  [
    "  type: event_count\n  rules: [base]\n  group-by: [b]\n  aliases: { b: { bass: c } }\n  timespan: 1h\n  condition: { gte: 3 }",
    "error alias-rule",
  ],
];
for (const [lines, found] of CORRELATIONS)
  test(`${JSON.stringify(lines)}: ${found ?? "nothing"}`, () => {
    const all = codes(correlation(lines));
    if (found === undefined) assert.deepEqual(all, []);
    else assert.ok(all.includes(found), all.join());
  });

test("a filter that keeps what it names is pointed out", () => {
  const filter = (condition: string): string =>
    `title: not them\nlogsource: { product: azure }\nfilter:\n  rules: any\n  sel: { a: 1 }\n  condition: ${condition}\n`;
  assert.deepEqual(codes(filter("sel")), ["warning filter-polarity"]);
  assert.deepEqual(codes(filter("not sel")), []);
});

test("the same id, name or title in two files is told with both places", () => {
  const found = lintFiles([
    { file: "a.yml", text: base },
    { file: "b.yml", text: base },
  ]);
  assert.deepEqual(
    found.map(({ file, line, severity, code }) => `${file}:${line} ${severity} ${code}`),
    ["b.yml:1 error double-id", "b.yml:1 error double-name", "b.yml:1 warning double-title"],
  );
  assert.match(found[0]?.message ?? "", /a\.yml:1/);
});

test("a field that no event has is told, with the one that is meant", () => {
  const text = ruleWith(
    ["logsource: { product: surety }"],
    "  sel: { 'actor.kinds': user, operation: x }\n  condition: sel",
  );
  const names = ["actor.kind", "actor.id", "operation"];
  const [only, ...rest] = lintFiles([{ file: "x.yml", text }], {
    fieldsOf: ({ product }) => (product === "surety" ? { has: (field) => names.includes(field), names } : undefined),
  });
  assert.deepEqual(rest, []);
  assert.deepEqual([only?.severity, only?.code, only?.line, only?.column], ["warning", "field-unknown", 13, 10]);
  assert.match(only?.fix ?? "", /actor\.kind /);
});
