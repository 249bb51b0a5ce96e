import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SigmaEvent } from "./contract.ts";
import { loadSigma } from "./load.ts";
import { Matcher } from "./matcher.ts";
import { ruleSetOf } from "./rule-set.ts";
import { runVectors, vectorsFile } from "./vectors.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/detection");
const skip = existsSync(FOLDER) ? false : "the public vectors and rules are not beside this checkout";
const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
const lines = <T>(name: string): readonly T[] =>
  read(name)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
const anything = new Map(
  [
    "Important_AppIds",
    "Known_Location",
    "KNOWN_LOCATION",
    "UnLegitCountries",
    "UnApprovedIp",
    "UnApprovedDevice",
    "HomeTenantID",
    "ApprovedUserUpn",
    "Approved_Inviters",
  ].map((name) => [name, ["a value"]] as const),
);

test("every public vector comes out as it says, the disputed ones as README.md decides", { skip }, () => {
  const run = runVectors(vectorsFile.parse(JSON.parse(read("conformance/vectors.json"))));
  assert.deepEqual(run.failures, []);
  assert.equal(run.passed, 212);
});

test("SigmaHQ's own regression events: each rule matches, exactly as often as it declares", { skip }, () => {
  type Case = {
    readonly title: string;
    readonly rule: string;
    readonly events: readonly SigmaEvent[];
    readonly match_count: number | null;
    readonly declared: boolean;
  };
  let declared = 0;
  for (const one of lines<Case>("conformance/sigmahq_regression.jsonl")) {
    const { documents, faults } = loadSigma(one.rule);
    assert.deepEqual(faults, [], one.title);
    const matcher = new Matcher(ruleSetOf(documents));
    const count = one.events.filter((event) => matcher.match(event, undefined).length > 0).length;
    assert.ok(count > 0, one.title);
    if (one.match_count === null) continue;
    assert.equal(count, one.match_count, one.title);
    declared++;
  }
  assert.equal(declared, 115);
});

test(
  "SigmaHQ's cloud rules load whole once their placeholders have values, and are refused by name before",
  { skip },
  () => {
    const rules = lines<{ readonly rule: string }>("conformance/sigmahq_cloud_rules.jsonl");
    const loaded = rules.flatMap(({ rule }) => loadSigma(rule, { placeholders: anything }).documents);
    assert.equal(loaded.length, 152);
    const faults = rules.flatMap(({ rule }) => loadSigma(rule).faults);
    assert.deepEqual([...new Set(faults.map(({ code }) => code))], ["unresolved-placeholder"]);
  },
);

test("with the index and without it the same rules match, over every rule and every event", { skip }, () => {
  const rules = ["sigmahq_cloud_rules", "sigmahq_regression"].flatMap((name) =>
    lines<{ readonly rule: string }>(`conformance/${name}.jsonl`).flatMap(
      ({ rule }) => loadSigma(rule, { placeholders: anything }).documents,
    ),
  );
  const matcher = new Matcher(ruleSetOf(rules));
  const events = [
    ...lines<{ readonly events: readonly SigmaEvent[] }>("conformance/sigmahq_regression.jsonl").flatMap(
      ({ events: some }) => some,
    ),
    ...lines<SigmaEvent>("data/misc_fixtures.jsonl"),
    ...lines<SigmaEvent>("data/azure_activity_msticnb.jsonl"),
    ...lines<SigmaEvent>("data/det_eng_samples_labelled.jsonl"),
    ...lines<SigmaEvent>("data/stratus_attack_samples.jsonl"),
  ];
  let matches = 0;
  for (const event of events) {
    const found = matcher.match(event, undefined);
    matches += found.length;
    assert.deepEqual(found, matcher.matchNaively(event, undefined));
  }
  assert.ok(matches >= 135);
});
