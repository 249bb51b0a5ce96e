import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { logSourcesOf } from "../shapes/decide-sources.ts";
import { sigmaView } from "../shapes/decide-view.ts";
import { normalise } from "../shapes/normalise.ts";
import type { SigmaEvent } from "./contract.ts";
import { loadSigma } from "./load.ts";
import { type EventSource, Matcher } from "./matcher.ts";
import { loadRules } from "./read-files.ts";
import { ruleSetOf } from "./rule-set.ts";
import { runVectors, vectorsFile } from "./vectors.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/detection");
const RECEIVED = Temporal.Instant.from("2026-01-01T00:00:00Z");
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

test("with the index and without it the same rules match, over every rule and every record", { skip }, () => {
  const upstream = ["sigmahq_cloud_rules", "sigmahq_regression"].flatMap((name) =>
    lines<{ readonly rule: string }>(`conformance/${name}.jsonl`).flatMap(
      ({ rule }) => loadSigma(rule, { placeholders: anything }).documents,
    ),
  );
  const own = loadRules(join(import.meta.dirname, "../rules"), new Map());
  assert.deepEqual(own.faults, []);
  const set = ruleSetOf([...upstream, ...own.documents]);
  const matcher = new Matcher(set);
  const matched = new Set<number>();
  const both = (event: SigmaEvent, source: EventSource): void => {
    const found = matcher.match(event, source);
    for (const at of found) matched.add(at);
    assert.deepEqual(found, matcher.matchNaively(event, source));
  };
  for (const { events } of lines<{ readonly events: readonly SigmaEvent[] }>("conformance/sigmahq_regression.jsonl"))
    for (const event of events) both(event, undefined);
  const files = readdirSync(join(FOLDER, "data")).filter((name) => name.endsWith(".jsonl"));
  assert.equal(files.length, 16);
  let records = 0;
  for (const file of files)
    for (const line of lines<SigmaEvent>(`data/${file}`)) {
      records++;
      both(line, undefined);
      const record = (line["event"] ?? line) as Json;
      for (const event of normalise(record, { receivedAt: RECEIVED })) both(sigmaView(event), logSourcesOf(event));
    }
  assert.equal(records, 10_761);
  // Every regression rule, and what of the others the samples show.
  assert.ok(matched.size >= 135 + 60, `${matched.size} of ${set.rules.length} rules matched`);
});
