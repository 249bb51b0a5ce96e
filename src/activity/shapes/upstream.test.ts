import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { upstreamRules } from "./testing-upstream.ts";
import { SKIP_SAMPLES } from "./testing.ts";
import { REASONS, upstreamDocument } from "./upstream-doc.ts";

/** Rules of SigmaHQ that must fire over the samples. A better mapping may raise it; nothing may lower it. */
const FIRED_MIN = 54;
const FILE = new URL("../../../docs/reference/upstream-rules.md", import.meta.url);
const rules = SKIP_SAMPLES ? [] : upstreamRules();

test(`at least ${FIRED_MIN} of the 142 cloud rules fire over the samples`, { skip: SKIP_SAMPLES }, (context) => {
  const fired = rules.filter(({ matches }) => matches > 0).length;
  context.diagnostic(`${fired} of ${rules.length} fire`);
  assert.equal(rules.length, 142);
  assert.ok(fired >= FIRED_MIN, `${fired} fire`);
});

test("reasons are given for silent rules only", { skip: SKIP_SAMPLES }, () => {
  const silent = new Set(rules.filter(({ matches }) => matches === 0).map(({ path }) => path));
  assert.deepEqual(
    Object.keys(REASONS).filter((path) => !silent.has(path)),
    [],
  );
});

test("docs/reference/upstream-rules.md is what the rules do (UPDATE=1 rewrites it)", { skip: SKIP_SAMPLES }, () => {
  if (process.env["UPDATE"]) writeFileSync(FILE, upstreamDocument(rules));
  else assert.equal(readFileSync(FILE, "utf8"), upstreamDocument(rules));
});
