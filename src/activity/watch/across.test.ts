import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import { seededRng } from "../../core/rng.ts";
import type { KnownEvent } from "../contract-event.ts";
import { mergeRuleSets } from "../lab/decide-merge.ts";
import { splitRules } from "../lab/decide-split.ts";
import { readRule } from "../lab/decide-text.ts";
import { ownRules } from "../rules/own-rules.ts";
import { decideAcross } from "./decide-across.ts";
import { Evaluator } from "./evaluator.ts";
import { event, GRANIT, HAVSO, rulesOf, testLogSources, testView } from "./testing.ts";

const ID = "00000000-0000-4000-8000-0000000000aa";
const counted = (correlation: string, notes = ""): string => `title: touch
name: touch
logsource: { product: surety }
detection:
  selection: { operation: touch }
  condition: selection
---
title: Counted
id: ${ID}
level: high
correlation:
${correlation
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
surety:
  family: misuse
  runbook: activity-test
${notes}`;
const THREE = "type: event_count\nrules: [touch]\ngroup-by: [actor.id]\ntimespan: 1h\ncondition: { gte: 3 }";
const TENANTS =
  "type: value_count\nrules: [touch]\ngroup-by: [actor.id]\ntimespan: 1h\ncondition: { field: customer, gte: 2 }";
const evaluator = (text: string) =>
  new Evaluator({
    rules: rulesOf([text]),
    view: testView,
    logSourcesOf: testLogSources,
    limits: { latenessMs: 10 * 86_400_000 },
  });
const touch = (minute: number, customer: CustomerId | undefined, id?: string) =>
  event("touch", minute, { customer, ...(id !== undefined && { id }) });

test("a rule that groups by an actor alone never mixes customers, nor the same moment of two", () => {
  const of = evaluator(counted(THREE));
  assert.deepEqual(of.take([touch(1, HAVSO), touch(2, HAVSO), touch(3, GRANIT), touch(4, GRANIT)]).hits, []);
  const { hits } = of.take([touch(5, HAVSO), touch(5, GRANIT)]);
  assert.deepEqual(
    hits.map(({ customer, facts }) => [customer, facts["count"]]),
    [
      [HAVSO, 3],
      [GRANIT, 3],
    ],
  );
  assert.equal(new Set(hits.map(({ fingerprint }) => fingerprint)).size, 2);
});

test("one that counts customers by who acts gives every customer it touched its own hit, with its own events, once a day", () => {
  const of = evaluator(counted(TENANTS));
  assert.deepEqual(of.take([touch(0, undefined, "ours"), touch(1, HAVSO, "a"), touch(2, HAVSO, "b")]).hits, []);
  const seen = new Map<string, readonly string[]>();
  for (const taken of [touch(3, GRANIT, "c"), touch(4, GRANIT, "d")])
    for (const hit of of.take([taken]).hits) {
      assert.equal(hit.facts["customers"], 2);
      seen.set(
        `${hit.customer} ${hit.fingerprint} ${hit.completedBy}`,
        hit.events.map(({ id }) => id),
      );
    }
  assert.deepEqual(
    [...seen.values()],
    [
      ["ours", "a", "b"],
      ["ours", "c", "d"],
    ],
  );
});

test("a rule may say that it looks across customers; what it took for true is taken back from every one", () => {
  const notBut = `title: ticket
name: ticket
logsource: { product: surety }
detection:
  selection: { operation: ticket }
  condition: selection
---
${counted("type: temporal\nrules: [touch, ticket]\ngroup-by: [actor.id]\ntimespan: 1h\ncondition: touch and not ticket", "  across: customers\n")}`;
  const of = evaluator(notBut);
  const { hits } = of.take([touch(30, HAVSO, "a"), touch(30, GRANIT, "b")]);
  assert.deepEqual(hits.map(({ customer }) => customer).sort(), [HAVSO, GRANIT].sort());
  const { retracted } = of.take([event("ticket", 20, { customer: HAVSO })]);
  assert.deepEqual(
    retracted.map(({ fingerprint }) => fingerprint).sort(),
    hits.map(({ fingerprint }) => fingerprint).sort(),
  );
});

test("of our own rules those that count customers look across, and the chain on one of them", () => {
  const { correlations } = mergeRuleSets(
    splitRules(ownRules().texts).texts.flatMap(({ text }) => readRule(text).rule?.set ?? []),
  ).set;
  const across = decideAcross(correlations);
  const names = new Set(
    correlations.flatMap(({ correlation }, at) => (across[at] === true ? correlation.head.name : [])),
  );
  assert.deepEqual([...names].sort(), [
    "credential_then_customers",
    "customers_in_series",
    "many_customers_touched",
    "trials_in_series",
  ]);
});

test("a batch is looked at in the order of event time: newest first costs as much as oldest first, and finds the same", (t) => {
  const given = Array.from({ length: 6_000 }, (_none, at) => touch(at / 150, HAVSO, `n${at}`));
  const rng = seededRng(3);
  const shuffled = given.toSorted(() => rng.next() - 0.5);
  const took: string[] = [];
  const found = [given, given.toReversed(), shuffled].map((batch) => {
    const began = performance.now();
    const { hits } = evaluator(counted(THREE)).take(batch);
    took.push(`${Math.round(performance.now() - began)}`);
    return hits.map(({ fingerprint, completedBy }) => `${fingerprint} ${completedBy}`);
  });
  t.diagnostic(
    `6,000 events of one group, milliseconds: in order ${took[0]}, newest first ${took[1]}, shuffled ${took[2]}`,
  );
  // Not only the same hits: in the same order, since they were fed in the same order.
  assert.deepEqual(found[1], found[0]);
  assert.deepEqual(found[2], found[0]);
});

test("events of one moment keep the order in which they came", () => {
  const seen: string[] = [];
  const of = new Evaluator({
    rules: rulesOf([counted(THREE)]),
    view: (one) => {
      seen.push(one.id);
      return testView(one);
    },
    logSourcesOf: testLogSources,
  });
  const batch: readonly KnownEvent[] = [
    touch(5, HAVSO, "x"),
    touch(1, HAVSO, "y"),
    touch(5, HAVSO, "z"),
    touch(1, HAVSO, "w"),
  ];
  of.take(batch);
  assert.deepEqual(seen, ["y", "w", "x", "z"]);
});
