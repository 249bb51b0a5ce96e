import assert from "node:assert/strict";
import { test } from "node:test";
import { testStore } from "../../store/testing.ts";
import type { KnownEvent } from "../contract-event.ts";
import { examplesOf } from "./examples.ts";
import { explainAsked } from "./service-explain.ts";
import { seedRules } from "./service-deliver.ts";
import {
  azureEvent,
  BURST_ID,
  burstText,
  CUSTOMER,
  ELEVATE_ID,
  elevateText,
  testDeps,
  testDetector,
} from "./testing.ts";
import { tryText } from "./try.ts";

const store = await testStore();
const now = Temporal.Instant.from("2026-03-03T00:00:00Z");
const elevate = (id: string, more: Partial<KnownEvent> = {}) =>
  azureEvent(id, "2026-03-01T09:00:00Z", { operation: "microsoft.authorization/elevateaccess/action", ...more });
const events: readonly KnownEvent[] = [
  elevate("e1"),
  elevate("e2", { outcome: "failure" }),
  azureEvent("v0", "2026-03-01T08:30:00Z"),
  azureEvent("v1", "2026-03-01T10:00:00Z"),
  azureEvent("v2", "2026-03-01T10:20:00Z"),
  azureEvent("v3", "2026-03-01T10:59:00Z"),
  azureEvent("w1", "2026-03-01T10:30:00Z", { subscription: undefined }),
  azureEvent("d1", "2026-03-01T11:00:00Z", { operation: "microsoft.compute/disks/delete" }),
  azureEvent("d2", "2026-03-01T11:30:00Z", { operation: "microsoft.compute/disks/delete" }),
];
const deps = testDeps(store, events);
await store.inTransaction((tx) =>
  seedRules(tx, { files: deps.ownFiles(), detectors: deps.detectors, sweeps: [] }, now),
);

async function explained(ruleId: string, id: string) {
  const asked = await explainAsked(store.db, deps, { ask: { ruleId, event: { source: "azure-activity", id } }, now });
  assert.ok(asked.ok);
  return asked.value;
}

test("each node of a condition says whether it held, and why not", async () => {
  const hit = await explained(ELEVATE_ID, "e1");
  assert.deepEqual([hit.fires, hit.rules[0]?.logsource.fits], [true, true]);
  const missed = await explained(ELEVATE_ID, "e2");
  assert.equal(missed.fires, false);
  const leaves = missed.rules[0]?.tree.of.map(({ holds, test }) => [test?.field, holds, test?.found, test?.whyNot]);
  assert.deepEqual(leaves, [
    ["operation", true, ["microsoft.authorization/elevateaccess/action"], null],
    ["outcome", false, ["failure"], "value"],
  ]);
});

test("of a correlation: what was in the window, what was missing, and who joined no group", async () => {
  const [first] = (await explained(BURST_ID, "v2")).correlations;
  assert.deepEqual(
    [first?.holds, first?.reachedBy, first?.window?.figure, first?.window?.thresholds],
    [false, ["vm_write"], 2, ["≥ 3"]],
  );
  const last = await explained(BURST_ID, "v3");
  assert.equal(last.fires, true);
  assert.deepEqual(
    last.correlations[0]?.window?.events.map(({ event }) => event.id),
    ["v1", "v2", "v3"],
  );
  assert.deepEqual(last.correlations[0]?.window?.seen, [{ rule: "vm_write", count: 3 }]);
  const alone = (await explained(BURST_ID, "w1")).correlations[0];
  assert.deepEqual([alone?.group, alone?.window], [[{ field: "subscription", value: null }], null]);
  const stranger = (await explained(BURST_ID, "e1")).correlations[0];
  assert.deepEqual([stranger?.reachedBy, stranger?.window], [[], null]);
});

test("of a temporal correlation: which rule was not seen", async () => {
  const text = `${burstText().split("---")[0]}---
title: elevated
name: elevated
logsource: { product: surety }
detection: { s: { operation: microsoft.authorization/elevateaccess/action }, condition: s }
---
title: Elevated, then a machine
id: 66666666-6666-4666-8666-666666666666
correlation: { type: temporal, rules: [elevated, vm_write], group-by: [customer], timespan: 30m }
`;
  const asked = await explainAsked(store.db, deps, {
    ask: { text, event: { source: "azure-activity", id: "v1" } },
    now,
  });
  assert.ok(asked.ok);
  assert.deepEqual(asked.value.correlations[0]?.window?.missing, ["elevated"]);
  assert.equal(asked.value.fires, false);
});

test("of a detector: what it kept, the group and what it decides", async () => {
  const last = await explained("two-deletions", "d2");
  assert.equal(last.fires, true);
  const [group] = last.detector?.groups ?? [];
  assert.deepEqual([group?.keptCount, group?.kept.at(-1)?.isThis, group?.hits[0]?.facts], [2, true, { count: 2 }]);
  assert.equal((await explained("two-deletions", "d1")).fires, false);
  assert.deepEqual((await explained("two-deletions", "v1")).detector?.groups, []);
});

test("a customer's own filter is named", async () => {
  const document = `title: Their administrator
logsource: { product: surety, service: azure-activity }
filter: { rules: [${ELEVATE_ID}], s: { actor.id: mallory@example.com }, condition: not s }
`;
  const filtering = testDeps(store, events, {
    tuning: async () => ({
      settings: () => ({}),
      filters: [{ id: "f1", customer: CUSTOMER, document }],
      mutedBy: () => undefined,
    }),
  });
  const asked = await explainAsked(store.db, filtering, {
    ask: { ruleId: ELEVATE_ID, event: { source: "azure-activity", id: "e1" } },
    now,
  });
  assert.ok(asked.ok);
  assert.deepEqual([asked.value.fires, asked.value.filteredBy], [false, "f1"]);
});

const tried = (text: string, more = {}) =>
  tryText(store.db, deps, { ask: { text, events: { hours: 72, limit: 10_000 } }, now, ...more });

test("a text is tried on stored events and says what made each match", async () => {
  const found = await tried(elevateText());
  assert.deepEqual([found.seen, found.hits, found.cut, found.faults], [9, 1, "none", []]);
  assert.deepEqual(
    found.matches[0]?.because.map(({ field, found: values }) => [field, values]),
    [
      ["operation", ["microsoft.authorization/elevateaccess/action"]],
      ["outcome", ["success"]],
    ],
  );
  const burst = await tried(burstText());
  assert.deepEqual([burst.hits, burst.matches[0]?.of], [1, 3]);
});

test("a text that cannot be read says where, and nothing is run", async () => {
  const found = await tried(elevateText().replace("condition: selection", "condition: selection and"));
  assert.equal(found.seen, 0);
  assert.deepEqual(
    found.faults.map(({ line, column, code }) => [line, column, code]),
    [[10, 14, "condition-syntax"]],
  );
});

test("a try is bounded by events, time and what is pasted", async () => {
  assert.equal(
    (await tryText(store.db, deps, { ask: { text: elevateText(), events: { hours: 72, limit: 3 } }, now })).seen,
    3,
  );
  assert.equal((await tried(elevateText(), { msMax: -1 })).cut, "time");
  const pasted = await tryText(store.db, deps, {
    ask: {
      text: elevateText(),
      events: { json: '{"operation":"microsoft.authorization/elevateaccess/action"}\nnonsense\n' },
    },
    now,
  });
  assert.deepEqual([pasted.seen, pasted.hits, pasted.unread], [1, 1, 1]);
});

test("examples are run, each from nothing", () => {
  const text = elevateText(`  examples:
    - name: taken
      hits: true
      events: [{ operation: microsoft.authorization/elevateaccess/action }]
    - name: wrongly said to hit
      hits: true
      events: [{ operation: another }]
`);
  assert.deepEqual(
    examplesOf(deps, { id: ELEVATE_ID, text, now }).map(({ isRight }) => isRight),
    [true, false],
  );
  assert.deepEqual(
    examplesOf(deps, { id: testDetector().id, text: null, now }).map(({ isRight }) => isRight),
    [true, true],
  );
});
