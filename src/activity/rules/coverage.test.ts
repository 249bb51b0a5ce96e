import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { SKIP_SAMPLES as skip } from "../shapes/testing.ts";
import { attackRows, benignRows, coverageDocument, pantherRows } from "./coverage.ts";
import { FALSE_ALARMS, MISSES, PANTHER } from "./coverage-reasons.ts";
import { ownRules } from "./own-rules.ts";

const FILE = new URL("../../../docs/reference/detection-coverage.md", import.meta.url);
/** A floor, so that what is found once stays found. */
const FOUND_MIN = { panther: 77, attacks: 52 };

test("labelled tests of another product: what does not come out as labelled has its reason", { skip }, () => {
  const rows = pantherRows();
  for (const { about, wrong, why } of rows) {
    assert.ok(PANTHER[about] !== undefined, `${about} is not judged`);
    assert.ok(wrong === 0 || why !== "", `${about}: ${wrong} come out otherwise, without a reason`);
    assert.ok(wrong > 0 || why === "" || PANTHER[about].ours.length === 0, `${about}: its reason is not needed`);
  }
  const found = rows.reduce((sum, { hits }) => sum + Number(/^\d+/.exec(hits)?.[0]), 0);
  assert.ok(found >= FOUND_MIN.panther, `${found} found`);
});

test("simulated attacks: each is found, or says why not", { skip }, () => {
  const rows = attackRows();
  for (const { about, wrong, why } of rows)
    assert.ok(wrong === 0 || why !== "", `${about}: not found, without a reason`);
  const missed = new Set(rows.filter(({ wrong }) => wrong > 0).map(({ about }) => about));
  for (const about of Object.keys(MISSES)) assert.ok(missed.has(about), `${about}: its reason is not needed`);
  const found = rows.filter(({ wrong }) => wrong === 0).length;
  assert.ok(found >= FOUND_MIN.attacks, `${found} found`);
});

test("benign records: every alarm has its reason", { skip }, () => {
  for (const { about, wrong, told } of benignRows()) {
    assert.equal(wrong, 0, `${about}: ${told.join("; ")}`);
    assert.equal(told.length, Object.keys(FALSE_ALARMS[about] ?? {}).length, about);
  }
});

test("rules that the reasons name are there", () => {
  const names = new Set(ownRules().documents.map(({ head }) => head.name));
  for (const [about, { ours }] of Object.entries(PANTHER))
    for (const name of ours) assert.ok(names.has(name), `${about}: ${name}`);
});

test("docs/reference/detection-coverage.md is what the samples say (UPDATE=1 rewrites it)", { skip }, () => {
  const document = coverageDocument();
  if (process.env["UPDATE"] === "1") writeFileSync(FILE, document);
  assert.equal(readFileSync(FILE, "utf8"), document);
});
