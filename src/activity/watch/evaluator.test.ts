import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KnownEvent } from "../contract-event.ts";
import type { ActiveRules } from "../lab/contract.ts";
import type { EvaluatorInput } from "./contract.ts";
import { Evaluator } from "./evaluator.ts";
import {
  AZURE,
  event,
  firstUse,
  GRANIT,
  HAVSO,
  RULE,
  rulesOf,
  START,
  testLogSources,
  testView,
  TEXTS,
} from "./testing.ts";

const LIMITS = { latenessMs: 10 * 86_400_000 };
const ALL = rulesOf(Object.values(TEXTS), { detectors: [firstUse] });
const evaluator = (rules: ActiveRules, more: Partial<EvaluatorInput> = {}) =>
  new Evaluator({ rules, view: testView, logSourcesOf: testLogSources, ...more });
const patient = () => evaluator(ALL, { limits: LIMITS });

/** Hits that stand after all batches, as text. */
function standing(of: Evaluator, batches: readonly (readonly KnownEvent[])[], hits = new Set<string>()) {
  for (const batch of batches) {
    const { hits: found, retracted } = of.take(batch);
    for (const hit of found) hits.add(`${hit.fingerprint} ${hit.completedBy}`);
    for (const gone of retracted) hits.delete(`${gone.fingerprint} ${gone.completedBy}`);
  }
  return hits;
}
const sorted = (hits: ReadonlySet<string>) => [...hits].sort();

const drawn = fc.array(
  fc.record({
    operation: fc.constantFrom("elevate", "owner", "create", "ticket", "other"),
    // Near enough to meet in windows, and some days apart.
    minute: fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 4_000 })),
    actor: fc.constantFrom("mallory", "bob"),
    customer: fc.constantFrom(HAVSO, GRANIT),
  }),
  { maxLength: 40 },
);
const eventsOf = (given: readonly { operation: string; minute: number; actor: string; customer: typeof HAVSO }[]) =>
  given.map((one, at) =>
    event(one.operation, one.minute, { id: `d${at}`, customer: one.customer, actor: { id: one.actor, kind: "user" } }),
  );

test("the same events in any order, in any batches, repeated and with a restart in between come to the same hits", () => {
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.nat({ max: 1_000 })), (given, draws) => {
      const events = eventsOf(given);
      const inTime = [...events].sort((a, b) => Temporal.Instant.compare(a.at, b.at));
      const expected = standing(patient(), [inTime]);
      const next = () => draws.next().value ?? 0;
      const shuffled = [...events, ...events.slice(0, 7)]
        .map((one) => ({ one, key: next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ one }) => one);
      const batches: KnownEvent[][] = [];
      for (let at = 0; at < shuffled.length;) {
        const size = 1 + (next() % 6);
        batches.push(shuffled.slice(at, at + size));
        at += size;
      }
      const crash = batches.length === 0 ? 0 : next() % batches.length;
      const before = standing(patient(), batches.slice(0, crash));
      // After a restart what was read is read again in the order of event time, and not reported.
      const second = patient();
      const read = batches.slice(0, crash).flat();
      for (const one of [...read].sort((a, b) => Temporal.Instant.compare(a.at, b.at))) second.take([one]);
      assert.deepEqual(sorted(standing(second, batches.slice(crash), before)), sorted(expected));
      // The same from a checkpoint.
      const third = patient();
      const until = standing(third, batches.slice(0, crash));
      const fourth = patient();
      assert.deepEqual(fourth.restore(structuredClone(third.kept())), []);
      assert.deepEqual(sorted(standing(fourth, batches.slice(crash), until)), sorted(expected));
    }),
    { numRuns: 150 },
  );
});

test("a hit says who, where and how often, and names its events", () => {
  const { hits } = evaluator(rulesOf([TEXTS.burst])).take([
    event("create", 1),
    event("create", 2),
    event("create", 5, { id: "last" }),
  ]);
  assert.equal(hits.length, 1);
  const [hit] = hits;
  assert.equal(hit?.fingerprint, `activity:${RULE.burst}:${HAVSO}:${AZURE}:${HAVSO}|${AZURE}:2026-11-17`);
  assert.equal(hit?.customer, HAVSO);
  assert.equal(hit?.subscription, AZURE);
  assert.equal(hit?.level, "high");
  assert.equal(hit?.facts["count"], 3);
  assert.equal(hit?.facts["actor"], "mallory@example.com");
  assert.deepEqual(hit?.events.at(-1), { source: "azure-activity", id: "last" });
  assert.equal(hit?.rule.contain, "cancel-azure-subscription");
});

test("a chain names the events of every step", () => {
  const taken = [event("elevate", 1), event("owner", 2), event("create", 3)];
  const { hits } = evaluator(rulesOf([TEXTS.chain])).take(taken);
  const chain = hits.find(({ rule }) => rule.id === RULE.chain);
  assert.deepEqual(
    chain?.events.map(({ id }) => id),
    taken.map(({ id }) => id),
  );
  assert.equal(chain?.level, "critical");
});

test("a late event takes a hit away", () => {
  const of = evaluator(rulesOf([TEXTS.quiet]));
  const [hit] = of.take([event("elevate", 20)]).hits;
  assert.equal(hit?.rule.id, RULE.quiet);
  const { hits, retracted } = of.take([event("ticket", 10)]);
  assert.deepEqual(hits, []);
  assert.deepEqual(retracted, [{ fingerprint: hit?.fingerprint, completedBy: hit?.completedBy }]);
});

test("shadow is told with the hit", () => {
  const { hits } = evaluator(rulesOf([TEXTS.elevate], { shadow: [RULE.elevate] })).take([event("elevate", 1)]);
  assert.deepEqual(
    hits.map(({ isShadow }) => isShadow),
    [true],
  );
});

test("a customer's filter keeps its events from the rule it names, and from no other customer", () => {
  const document = `title: our own admin
logsource: {}
filter:
  rules: [${RULE.elevate}]
  selection: { actor.id: admin@havso.example }
  condition: not selection
`;
  const of = evaluator(rulesOf([TEXTS.elevate]), { filters: [{ id: "f1", customer: HAVSO, document }] });
  const by = (id: string) => ({ actor: { id, kind: "user" as const } });
  const { hits, filtered } = of.take([
    event("elevate", 1, by("admin@havso.example")),
    event("elevate", 2, by("mallory@example.com")),
    event("elevate", 3, { ...by("admin@havso.example"), customer: GRANIT }),
  ]);
  assert.deepEqual(
    hits.map(({ customer, group }) => [customer, group[0]]),
    [
      [HAVSO, "mallory@example.com"],
      [GRANIT, "admin@havso.example"],
    ],
  );
  assert.deepEqual([...filtered], [["f1", 1]]);
});

test("settings of a customer are used inside their bounds, the standard where none is set", () => {
  const seen: unknown[] = [];
  const spying = {
    ...firstUse,
    decide: (_group: string, _kept: unknown, context: unknown) => (seen.push(context), []),
  };
  for (const hours of [undefined, 5, 0, 99])
    evaluator(rulesOf([TEXTS.elevate], { detectors: [spying] }), {
      settings: (detector, customer) =>
        hours === undefined || detector !== firstUse.id || customer !== HAVSO ? {} : { quietHours: hours },
    }).take([event("x", 0)]);
  assert.deepEqual(
    seen.map((one) => (one as { settings: { quietHours: number } }).settings.quietHours),
    [2, 5, 1, 24],
  );
});

test("an event too old for its windows is given back, and one dated ahead counts as of when it came", () => {
  const of = evaluator(rulesOf([TEXTS.burst, TEXTS.elevate]), { clock: "received" });
  const stored = (one: KnownEvent, receivedMinute: number) => ({
    position: 1n,
    intake: "test",
    event: one,
    receivedAt: START.add({ minutes: receivedMinute }),
  });
  const old = event("elevate", 0);
  const taken = of.take([stored(old, 25 * 60)]);
  assert.deepEqual(taken.late, [old]);
  assert.equal(taken.hits.length, 1);
  const ahead = of.take([stored(event("elevate", 90 * 60), 26 * 60)]);
  assert.equal(ahead.hits[0]?.at, START.add({ hours: 26 }).epochMilliseconds);
  assert.equal(of.counters.ahead, 1);
  assert.equal(of.counters.late, 1);
});

test("what is kept has a limit and stays flat", () => {
  const of = evaluator(ALL, { limits: { groupsMax: 50, entriesMax: 20, latenessMs: 60_000 } });
  for (let at = 0; at < 20_000; at += 500)
    of.take(
      Array.from({ length: 500 }, (_, n) =>
        event(n % 3 === 0 ? "create" : "elevate", (at + n) / 10, { actor: { id: `a${n % 97}`, kind: "user" } }),
      ),
    );
  assert.ok(of.counters.groups <= 50 * 5, `${of.counters.groups} groups`);
  assert.ok(of.counters.entriesEvicted > 0);
  const { briefs } = of.kept();
  assert.ok(briefs.length < 12_000, `${briefs.length} events are remembered`);
});
