import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvidenceJson } from "../../src/cases/contract.ts";
import { foldChain } from "./chain.ts";

let made = 0;
const fact = (operation: string | undefined, more: Partial<EvidenceJson> = {}): EvidenceJson => ({
  id: `e${++made}`,
  findingId: "f1",
  at: "2026-11-22T02:10:00Z",
  kind: "activity.event",
  facts: operation === undefined ? {} : { operation, actor: "svc@lumo.example" },
  source: "Azure Activity Log",
  recordId: `r${made}`,
  rawSha256: null,
  ...more,
});
const shown = (evidence: readonly EvidenceJson[]) => foldChain(evidence).map(({ more }) => 1 + more.length);

test("twenty machines by one hand are one line with nineteen behind it", () =>
  assert.deepEqual(shown([fact("elevate"), ...Array.from({ length: 20 }, () => fact("vm/write"))]), [1, 20]));
test("two alike stand as they are", () => assert.deepEqual(shown([fact("vm/write"), fact("vm/write")]), [1, 1]));
test("another hand breaks the row", () => {
  const other = { facts: { operation: "vm/write", actor: "somebody@else.example" } };
  assert.deepEqual(
    shown([fact("vm/write"), fact("vm/write"), fact("vm/write", other), fact("vm/write")]),
    [1, 1, 1, 1],
  );
});
test("a record that two findings rest on is told once", () =>
  assert.deepEqual(
    shown([fact("elevate", { recordId: "same" }), fact("elevate", { recordId: "same", findingId: "f2" })]),
    [1],
  ));
test("facts without an operation, and records without an id, are each their own", () =>
  assert.deepEqual(
    shown([fact(undefined), fact(undefined), fact(undefined, { recordId: null }), fact(undefined, { recordId: null })]),
    [1, 1, 1, 1],
  ));
