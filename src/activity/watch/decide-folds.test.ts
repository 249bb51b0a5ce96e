import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import type { EvaluatedHit } from "./contract.ts";
import { decideFolds } from "./decide-folds.ts";

const NOW = Temporal.Instant.from("2026-11-22T02:10:00Z");
const hit = (count: number): EvaluatedHit => ({
  rule: {
    id: "fleet-burst",
    title: "A fleet",
    titleSv: "En flotta",
    family: "misuse",
    runbook: "coin-mining",
    contain: "none",
    version: 1,
  },
  level: "high",
  customer: "00000000-0000-4000-8000-000000000001" as CustomerId,
  subscription: "sub-1",
  group: [],
  at: NOW.epochMilliseconds,
  facts: { count },
  events: [],
  fingerprint: "activity:fleet-burst:c:sub-1::2026-11-22",
  completedBy: "|2026-11-22",
  isShadow: false,
});
const known = {
  fingerprint: hit(10).fingerprint,
  completed_by: hit(10).completedBy,
  is_retracted: false,
  suppressed_by: null,
  inhibited_by: null,
  level: 3,
  facts: { count: 10 },
};
const folded = (inhibitedBy: string | undefined, knownHits: (typeof known)[]) =>
  decideFolds({
    judged: [{ hit: hit(11), suppressedBy: undefined, inhibitedBy }],
    retracted: [],
    folds: new Map(),
    known: knownHits,
    now: NOW,
  });

const TABLE = [
  ["a new hit is told", undefined, [], 1, 0],
  ["a new one that a chain tells already goes to the chain", "chain", [], 0, 1],
  ["one that goes on is told anew", undefined, [known], 1, 0],
  ["one that goes on after a chain took its place does not come back", "chain", [known], 0, 0],
] as const;
for (const [what, inhibitedBy, knownHits, told, toChains] of TABLE)
  test(what, () => {
    const { toReport, toChains: chains } = folded(inhibitedBy, [...knownHits]);
    assert.deepEqual([toReport.size, chains.size], [told, toChains]);
  });
