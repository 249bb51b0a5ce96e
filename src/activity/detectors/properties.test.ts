/** What holds of every detector on any stream: order and repeats change nothing, old events may be forgotten, nothing throws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { DetectorContext, Hit } from "../contract-detector.ts";
import { ACTOR_KINDS, type KnownEvent, OUTCOMES, SOURCES } from "../contract-event.ts";
import { standardSettings } from "./decide-card.ts";
import { dayOf } from "./decide-window.ts";
import { DETECTORS } from "./detectors.ts";
import { CUSTOMER, happened, OTHER_CUSTOMER, portfolio, START, SUBSCRIPTION } from "./example.ts";
import { detectorsByOperation, hitsIn } from "./run.ts";

const operations = [...new Set(DETECTORS.flatMap((one) => one.wants ?? []))];
const THIRD = "c0ffee00-0000-4000-8000-000000000003" as CustomerId;
const contextOf =
  (detector: (typeof DETECTORS)[number], facts?: DetectorContext["portfolio"]) => (): DetectorContext => ({
    settings: standardSettings(detector.settings),
    portfolio: facts,
  });
const all = DETECTORS.flatMap((detector) => detector.examples.map((example) => ({ detector, example })));

const words = fc.constantFrom("", "Owner", "true", "Free", "12", "#EXT#@x.com", "a@b.co.uk", "/", SUBSCRIPTION, "[x]");
const body: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.constant(null),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("properties", "lineItems", "quantity", "customizedData", "key", "value", "scope", "__proto__"),
      tie("any"),
      { maxKeys: 4 },
    ),
  ),
})).any;
const thing = fc.record({ id: fc.oneof(words, fc.string()) }, { requiredKeys: ["id"] });
const noise: fc.Arbitrary<KnownEvent> = fc
  .record({
    source: fc.constantFrom(...SOURCES),
    minutes: fc.integer({ min: -60 * 24 * 70, max: 60 * 24 * 70 }),
    operation: fc.oneof(fc.constantFrom(...operations), fc.string(), fc.constantFrom("__proto__", "constructor")),
    outcome: fc.constantFrom(...OUTCOMES),
    customer: fc.constantFrom<(CustomerId | undefined)[]>(CUSTOMER, OTHER_CUSTOMER, undefined),
    actor: fc.option(fc.record({ id: words, name: words, kind: fc.constantFrom(...ACTOR_KINDS) }), { nil: undefined }),
    resource: fc.option(thing, { nil: undefined }),
    target: fc.option(thing, { nil: undefined }),
    ip: fc.option(words, { nil: undefined }),
    country: fc.option(fc.constantFrom("SE", "NG"), { nil: undefined }),
    alert: fc.option(fc.record({ title: fc.constantFrom("DDoS", "malware", ""), severity: words }), { nil: undefined }),
    changes: fc.option(fc.array(fc.record({ name: fc.constantFrom("quantity", "AssignedLicense"), after: words })), {
      nil: undefined,
    }),
    request: fc.option(body, { nil: undefined }),
    raw: body,
    id: fc.string(),
  })
  .map(({ source, minutes, ...told }) => happened(source, minutes, told));

const story = fc.constantFrom(...all);
const plain = (hits: ReadonlyMap<string, readonly Hit[]>) => JSON.stringify([...hits]);

test("the same events in any order, and repeated, come to the same hits", () => {
  const streams = fc.tuple(story, story, fc.array(noise, { maxLength: 12 })).chain(([one, other, more]) => {
    const events = [...one.example.events, ...other.example.events, ...more];
    return fc.record({
      one: fc.constant(one),
      events: fc.constant(events),
      mixed: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
    });
  });
  fc.assert(
    fc.property(streams, ({ one: { detector, example }, events, mixed }) => {
      // Of two events with one source and id the first is kept: the noise must not make such pairs.
      const ids = new Map(events.map((event) => [`${event.source}|${event.id}`, event]));
      const once = (stream: readonly KnownEvent[]) =>
        stream.filter((event) => ids.get(`${event.source}|${event.id}`) === event);
      const context = contextOf(detector, example.portfolio);
      assert.equal(plain(hitsIn(detector, once(mixed), context)), plain(hitsIn(detector, once(events), context)));
    }),
    { numRuns: 300 },
  );
});

test("noise of other customers takes nothing away from an example", () => {
  for (const { detector, example } of all) {
    const context = contextOf(detector, example.portfolio);
    const others = DETECTORS.flatMap(({ examples }) => examples[0]?.events ?? [])
      .filter((event) => event.customer === CUSTOMER)
      .map((event) => ({
        ...event,
        id: `noise:${event.id}`,
        customer: THIRD,
        actor: undefined,
        ip: undefined,
      }));
    const alone = hitsIn(detector, example.events, context);
    const among = hitsIn(detector, [...others, ...example.events], context);
    for (const [group, hits] of alone)
      if (!group.startsWith("-")) assert.deepEqual(among.get(group), hits, `${detector.id}: ${example.name}`);
  }
});

test("what is older than the span may be forgotten", () => {
  for (const { detector, example } of all) {
    const context = contextOf(detector, example.portfolio);
    for (const [group, hits] of hitsIn(detector, example.events, context))
      for (const hit of hits) {
        const recent = example.events.filter((event) => event.at.epochMilliseconds > hit.at - detector.spanMs);
        const still = hitsIn(detector, recent, context).get(group) ?? [];
        const same = still.find((one) => one.key === hit.key && dayOf(one.at) === dayOf(hit.at));
        assert.deepEqual(same?.facts, hit.facts, `${detector.id}: ${example.name}`);
      }
  }
});

test("no detector throws on any event, and facts are texts and numbers", () => {
  const facts = fc.constantFrom(undefined, portfolio(), portfolio({ subscriptionSince: new Map() }));
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 30 }), facts, (events, known) => {
      for (const detector of DETECTORS)
        for (const hits of hitsIn(detector, events, contextOf(detector, known)).values())
          for (const { facts: told, at } of hits) {
            assert.ok(Number.isFinite(at));
            for (const [name, value] of Object.entries(told))
              assert.ok(
                typeof value === "string" || Number.isFinite(value),
                `${detector.id} ${name}: ${String(value)}`,
              );
          }
    }),
    { numRuns: 200 },
  );
});

test("what is kept is wanted, begins with its customer and carries only plain facts", () => {
  const wanted = detectorsByOperation(DETECTORS);
  const check = (event: KnownEvent) => {
    for (const detector of DETECTORS) {
      const kept = detector.sources.includes(event.source) ? detector.keep(event) : [];
      if (kept.length > 0) assert.ok(wanted(event).includes(detector), `${detector.id} wants ${event.operation}`);
      for (const { group, kept: one } of kept) {
        const [owner] = group.split("|");
        assert.ok(owner === "-" || owner === event.customer, `${detector.id}: ${group}`);
        assert.equal(one.source, event.source);
        assert.equal(JSON.stringify(JSON.parse(JSON.stringify(one))), JSON.stringify(one));
      }
    }
  };
  for (const { example } of all) example.events.forEach(check);
  fc.assert(fc.property(noise, check), { numRuns: 500 });
});

test("every example's events come from sources that its detector names", () => {
  for (const { detector, example } of all)
    for (const { source, at } of example.events) {
      assert.ok(detector.sources.includes(source), `${detector.id}: ${example.name}: ${source}`);
      assert.ok(at.epochMilliseconds >= START.epochMilliseconds);
    }
});

test("settings out of bounds fall back to the starting value", () => {
  for (const { detector, example } of all) {
    const wild = Object.fromEntries(detector.settings.map(({ name, max }) => [name, max + 1]));
    const [one, other] = [wild, standardSettings(detector.settings)].map((settings) =>
      plain(hitsIn(detector, example.events, () => ({ settings, portfolio: example.portfolio }))),
    );
    assert.equal(one, other, detector.id);
  }
});

test("settings at their bounds do not throw and find a bounded number", () => {
  for (const { detector, example } of all)
    for (const edge of ["min", "max"] as const) {
      const settings = Object.fromEntries(detector.settings.map((one) => [one.name, one[edge]]));
      const hits = hitsIn(detector, example.events, () => ({ settings, portfolio: example.portfolio }));
      assert.ok([...hits.values()].flat().length <= example.events.length * 4, detector.id);
    }
});
