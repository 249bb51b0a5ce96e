import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

/** Every vector of the reference library is named by a test of ours: a row that nobody tests is found here. */
const VECTORS = fileURLToPath(new URL("../../../../shared/collections/VECTORS.md", import.meta.url));
const SOURCE = fileURLToPath(new URL("../../..", import.meta.url));
const skip = existsSync(VECTORS) ? false : "the reference library is not beside the repository";

test("every id of VECTORS.md is named by a test", { skip }, () => {
  const ids = [...readFileSync(VECTORS, "utf8").matchAll(/^\| ([A-Z]{2}-\d{2}[a-z]?)\b/gm)].map(([, id]) => id ?? "");
  assert.ok(ids.length > 90, `${ids.length} ids were found`);
  const tests = globSync("src/**/*.test.ts", { cwd: SOURCE }).filter(
    (file) => !file.endsWith("vectors-covered.test.ts"),
  );
  const text = tests.map((file) => readFileSync(`${SOURCE}/${file}`, "utf8")).join("\n");
  const missing = ids.filter((id) => !new RegExp(`${id}(?![0-9a-z])`).test(text));
  assert.deepEqual(missing, []);
});
