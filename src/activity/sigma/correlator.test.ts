import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SigmaEvent } from "./contract.ts";
import { Correlator } from "./correlator.ts";
import { loadSigma } from "./load.ts";
import { Matcher } from "./matcher.ts";
import { ruleSetOf } from "./rule-set.ts";

const base = (name: string) => `
title: ${name}
name: ${name}
logsource: { product: test }
detection:
  selection: { kind: ${name} }
  condition: selection
---`;
const correlation = (lines: string) => `
title: under test
name: under_test
correlation:
  group-by: [user]
${lines}
`;
const BASES = ["a", "b", "c"].map(base).join("");

type Given = {
  readonly time: number;
  readonly kind: string;
  readonly user: string;
  readonly value: number;
  readonly id: string;
};
const given = fc.array(
  fc.record({
    time: fc.integer({ min: 0, max: 30 }),
    kind: fc.constantFrom("a", "b", "c"),
    user: fc.constantFrom("x", "y"),
    value: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 25 },
);

/** Window ends that were fulfilled, whoever's event it was: what must not depend on the order of arrival. */
function endsOf(rules: string, events: readonly Given[]): readonly string[] {
  const set = ruleSetOf(loadSigma(BASES + rules).documents);
  assert.equal(set.faults.length, 0);
  const matcher = new Matcher(set);
  const correlator = new Correlator(set);
  const ends = new Set<string>();
  for (const [ref, one] of events.entries()) {
    const event: SigmaEvent = { ...one };
    const firings = correlator.take(matcher.match(event, undefined), {
      event,
      time: one.time * 1_000,
      ref,
      id: one.id,
    });
    for (const firing of firings) ends.add(`${firing.correlation} ${firing.group.join()} ${firing.time}`);
    for (const gone of correlator.retractions()) ends.delete(`${gone.correlation} ${gone.group.join()} ${gone.time}`);
  }
  return [...ends].sort();
}

const KINDS: readonly (readonly [name: string, rules: string])[] = [
  ["event_count", correlation("  type: event_count\n  rules: [a]\n  timespan: 10s\n  condition: { gte: 3 }")],
  [
    "value_count",
    correlation("  type: value_count\n  rules: [a, b]\n  timespan: 10s\n  condition: { field: value, gte: 3 }"),
  ],
  ["value_sum", correlation("  type: value_sum\n  rules: [a]\n  timespan: 10s\n  condition: { field: value, gt: 4 }")],
  ["temporal", correlation("  type: temporal\n  rules: [a, b, c]\n  timespan: 10s")],
  ["temporal_ordered", correlation("  type: temporal_ordered\n  rules: [a, b, c]\n  timespan: 10s")],
  [
    "a count that can be passed",
    correlation("  type: event_count\n  rules: [a]\n  timespan: 10s\n  condition: { eq: 2 }"),
  ],
  ["one without another", correlation("  type: temporal\n  rules: [a, b]\n  timespan: 10s\n  condition: a and not b")],
  [
    "a chain on a count that can be passed",
    `${correlation("  type: event_count\n  rules: [a]\n  timespan: 10s\n  condition: { lte: 2 }").replaceAll("under", "inner")}---${correlation("  type: temporal\n  rules: [inner_test, b]\n  timespan: 10s\n  condition: inner_test and not b")}`,
  ],
  [
    "a chain",
    `${correlation("  type: event_count\n  rules: [a]\n  timespan: 10s\n  condition: { gte: 2 }").replaceAll("under", "inner")}---${correlation("  type: temporal_ordered\n  rules: [inner_test, b]\n  timespan: 10s")}`,
  ],
];
for (const [name, rules] of KINDS)
  test(`${name}: the same events in any order and with repeats come to the same`, () => {
    fc.assert(
      fc.property(given, fc.infiniteStream(fc.nat()), (drawn, draws) => {
        const events: Given[] = drawn.map((one, at) => ({ ...one, id: `e${at}` }));
        const inTime = [...events].sort((p, q) => p.time - q.time);
        const shuffled = [...events, ...events.slice(0, 5)]
          .map((one) => ({ one, key: draws.next().value ?? 0 }))
          .sort((p, q) => p.key - q.key)
          .map(({ one }) => one);
        assert.deepEqual(endsOf(rules, shuffled), endsOf(rules, inTime));
      }),
    );
  });

test("a window is open at its old end: an event exactly one timespan old is out", () => {
  const rules = KINDS[0]?.[1] ?? "";
  const at = (time: number): Given => ({ time, kind: "a", user: "x", value: 0, id: `t${time}` });
  assert.deepEqual(endsOf(rules, [at(0), at(5), at(10)]), []);
  assert.deepEqual(endsOf(rules, [at(0), at(5), at(9)]), ["0 x 9000"]);
});

test("an event without a value to group by joins no group and is counted", () => {
  const set = ruleSetOf(loadSigma(BASES + (KINDS[0]?.[1] ?? "")).documents);
  const correlator = new Correlator(set);
  for (const ref of [1, 2, 3])
    assert.deepEqual(correlator.take([0], { event: { kind: "a", user: null }, time: ref, ref, id: undefined }), []);
  assert.equal(correlator.counters.ungrouped, 3);
});

test("what a correlation keeps can be put back, and old groups are forgotten", () => {
  const set = ruleSetOf(loadSigma(BASES + (KINDS[0]?.[1] ?? "")).documents);
  const limits = { groupsMax: 10, entriesMax: 10, latenessMs: 1_000 };
  const at = (time: number) => ({ event: { kind: "a", user: "x" }, time, ref: time, id: `e${time}` });
  const first = new Correlator(set, limits);
  first.take([0], at(1_000));
  first.take([0], at(2_000));
  const second = new Correlator(set, limits);
  second.restore(0, structuredClone(first.keptOf(0)));
  assert.deepEqual(second.take([0], at(2_000)), []);
  assert.equal(second.take([0], at(3_000)).length, 1);
  first.forget(12_500);
  assert.equal(first.groups, 1);
  first.forget(13_000);
  assert.equal(first.groups, 0);
});

test("what is kept has a limit, and what was dropped is counted", () => {
  const set = ruleSetOf(loadSigma(BASES + (KINDS[0]?.[1] ?? "")).documents);
  const correlator = new Correlator(set, { groupsMax: 2, entriesMax: 5, latenessMs: 1_000 });
  for (let ref = 0; ref < 100; ref++)
    correlator.take([0], { event: { kind: "a", user: `u${ref % 4}` }, time: ref, ref, id: undefined });
  assert.ok(correlator.counters.evicted > 0);
});
