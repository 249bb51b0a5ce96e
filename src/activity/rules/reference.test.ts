import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { detectorsDocument } from "./reference.ts";

const FILE = new URL("../../../docs/reference/detectors.md", import.meta.url);

test("docs/reference/detectors.md is what the rules and detectors say (UPDATE=1 rewrites it)", () => {
  const document = detectorsDocument();
  if (process.env["UPDATE"] === "1") writeFileSync(FILE, document);
  assert.equal(readFileSync(FILE, "utf8"), document);
});
