import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { FIELDS } from "../contract-fields.ts";
import { ecsOf, fieldText } from "./decide-fields.ts";
import { fieldsDocument } from "./fields-doc.ts";
import { normalise } from "./normalise.ts";
import { shareOfFields } from "./testing-ecs.ts";
import { SAMPLE_FILES, samples, SKIP_SAMPLES } from "./testing.ts";

const FILE = new URL("../../../docs/reference/activity-fields.md", import.meta.url);
const shares = SKIP_SAMPLES ? new Map() : shareOfFields();

/** Shares of the expected ECS fields that must be filled with the same value, in percent. Nothing may lower them. */
const FLOORS: Readonly<Record<string, number>> = {
  "azure-activity-logs": 55,
  "azure-ad": 42,
  "azure-key-vault": 32,
  "microsoft-365-defender": 32,
  "microsoft-entraid-graphapi": 82,
};
for (const [intake, floor] of Object.entries(FLOORS))
  test(
    `${intake}: at least ${floor} % of the fields that another normaliser fills`,
    { skip: SKIP_SAMPLES },
    (context) => {
      const share = shares.get(intake);
      assert.ok(share !== undefined);
      context.diagnostic(
        `${share.same} of ${share.expected}, has a place for ${share.placed}; a rule sees ${share.seen} of ${share.values} values`,
      );
      assert.ok((share.same / share.expected) * 100 >= floor, `${share.same} of ${share.expected}`);
    },
  );

test("every field of the catalogue is filled by some sample", { skip: SKIP_SAMPLES }, () => {
  const filled = new Set<string>();
  for (const { raw } of SAMPLE_FILES.flatMap((name) => samples(name)))
    for (const event of normalise(raw, { receivedAt: Temporal.Instant.fromEpochMilliseconds(0) })) {
      for (const { name } of FIELDS) if (!filled.has(name) && fieldText(event, name) !== undefined) filled.add(name);
      if (event.request !== undefined) filled.add("request.…");
      for (const change of event.changes ?? []) for (const key of Object.keys(change)) filled.add(`changes.${key}`);
      assert.ok(Object.keys(ecsOf(event)).length > 3);
    }
  // Whose it is, only the desk knows; no public sample has a virtual machine with its body.
  const never = FIELDS.map(({ name }) => name).filter((name) => !filled.has(name));
  assert.deepEqual(never, ["customer", "resource.sku", "resource.capacity"]);
});

test("docs/reference/activity-fields.md is what the source says (UPDATE=1 rewrites it)", { skip: SKIP_SAMPLES }, () => {
  if (process.env["UPDATE"]) writeFileSync(FILE, fieldsDocument(shares));
  else assert.equal(readFileSync(FILE, "utf8"), fieldsDocument(shares));
});
