import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { factsDocument } from "./facts-doc.ts";

const FILE = new URL("../../../docs/reference/policy-facts.md", import.meta.url);

test("docs/reference/policy-facts.md is what the source says (UPDATE=1 rewrites it)", () => {
  if (process.env["UPDATE"]) writeFileSync(FILE, factsDocument());
  else assert.equal(readFileSync(FILE, "utf8"), factsDocument());
});
