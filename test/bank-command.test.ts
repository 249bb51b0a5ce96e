/** `surety receivables bank FILE --dry-run`: reads and ties out without any database, and says so by its exit code. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bgMax, camt } from "../src/receivables/bank/testing-bank.ts";

const folder = mkdtempSync(join(tmpdir(), "surety-bank-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function check(
  name: string,
  bytes: Uint8Array,
): { readonly code: number | null; readonly out: Record<string, unknown> } {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const program = join(import.meta.dirname, "..", "src", "main.ts");
  const ran = spawnSync(process.execPath, [program, "receivables", "bank", file, "--dry-run", "--json"], {
    env: { ...process.env, SURETY_DATA: folder },
    encoding: "utf8",
  });
  return { code: ran.status, out: JSON.parse(ran.stdout) as Record<string, unknown> };
}

test("a file that adds up ends with 0 and its totals", () => {
  const { code, out } = check("a.txt", bgMax([{ payments: [{ reference: "1", minor: 1_999n }, { minor: 1n }] }]));
  const [statement] = out["statements"] as { in: unknown; tie: string; entries: number }[];
  assert.deepEqual(
    [code, out["format"], statement?.in, statement?.tie, statement?.entries],
    [0, "bgmax", { minor: "2000", currency: "SEK" }, "ties", 2],
  );
});

test("a statement that does not add up ends with 1 and the exact difference", () => {
  const { code, out } = check("b.xml", camt("053", [{ amount: "1.00" }], { opening: "0.00", closing: "1.01" }));
  const [statement] = out["statements"] as { difference: unknown }[];
  assert.deepEqual([code, statement?.difference], [1, { minor: "1", currency: "SEK" }]);
});

test("a file that cannot be read ends with 1 and its faults", () => {
  const { code, out } = check("c.txt", new TextEncoder().encode("<html><title>404</title></html>"));
  const [fault] = out["faults"] as { code: string; line: number }[];
  assert.deepEqual([code, fault?.code, fault?.line], [1, "web-page", 1]);
});
