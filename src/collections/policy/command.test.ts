import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { lintFile } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "surety-lint-"));
after(() => rmSync(folder, { recursive: true }));
const lint = (text: string, json = false, language: "en" | "sv" = "en") => {
  const file = join(folder, "policy.yaml");
  writeFileSync(file, text);
  const lines: string[] = [];
  return { exit: lintFile(file, { json, language }, { line: (line) => lines.push(line) }), lines };
};
const pack = fileURLToPath(new URL("packs/se.yaml", import.meta.url));

test("a clean policy gives nothing but the count, and 0", () => {
  const lines: string[] = [];
  assert.equal(lintFile(pack, { json: false, language: "en" }, { line: (line) => lines.push(line) }), 0);
  assert.deepEqual(lines, [`${pack}: 0 errors, 0 warnings`]);
});
test("a fault is told with file, line and column, and 1", () => {
  const { exit, lines } = lint("format: surety/collections-policy/1\nlaw: XX\n");
  assert.equal(exit, 1);
  assert.match(lines.join("\n"), /policy\.yaml:2:6: error choice law: /);
});
test("JSON is one value", () => {
  const { exit, lines } = lint("a: [", true);
  assert.equal(exit, 1);
  assert.equal(lines.length, 1);
  assert.equal((JSON.parse(lines[0] ?? "") as { ok: boolean }).ok, false);
});
