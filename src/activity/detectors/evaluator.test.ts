/** The live evaluator comes to what the examples say: one event after another, in any order, told twice, and forgetting what is old. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KnownEvent } from "../contract-event.ts";
import { Evaluator } from "../watch/evaluator.ts";
import { rulesOf, TEXTS, testLogSources, testView } from "../watch/testing.ts";
import { DAY_MS } from "./decide-window.ts";
import { DETECTORS } from "./detectors.ts";

const all = DETECTORS.flatMap((detector) => detector.examples.map((example) => ({ detector, example })));
const rules = rulesOf([TEXTS.elevate], { detectors: DETECTORS });

type Run = { readonly example: (typeof all)[number]["example"]; readonly latenessMs: number };
const evaluator = ({ example, latenessMs }: Run) =>
  new Evaluator({
    rules,
    view: testView,
    logSourcesOf: testLogSources,
    portfolio: (customer) => (example.portfolio?.customer === customer ? example.portfolio : undefined),
    limits: { latenessMs },
  });
/** What stands at the end: hit → its level and facts. */
function standing(of: Evaluator, batches: readonly (readonly KnownEvent[])[]): ReadonlyMap<string, string> {
  const hits = new Map<string, string>();
  for (const batch of batches) {
    const { hits: found, retracted } = of.take(batch);
    for (const hit of found)
      hits.set(`${hit.fingerprint} ${hit.completedBy}`, `${hit.level} ${JSON.stringify(hit.facts)}`);
    // Far more often than it would by itself.
    of.forget();
    for (const gone of retracted) hits.delete(`${gone.fingerprint} ${gone.completedBy}`);
  }
  return hits;
}
const sorted = (hits: ReadonlyMap<string, string>) => [...hits].sort(([a], [b]) => (a < b ? -1 : 1));
const inTime = (events: readonly KnownEvent[]) =>
  [...events].sort((a, b) => Temporal.Instant.compare(a.at, b.at) || (a.id < b.id ? -1 : 1));
const OWN = new Set(DETECTORS.map(({ id }) => id));
const isOwn = ([name]: readonly [string, string]) => OWN.has(name.split(":")[1] ?? "");

test("event by event, in the order of time, with what is old forgotten", () => {
  for (const { detector, example } of all) {
    const whole = standing(evaluator({ example, latenessMs: 400 * DAY_MS }), [example.events]);
    const live = evaluator({ example, latenessMs: DAY_MS });
    const hits = standing(
      live,
      inTime(example.events).map((event) => [event]),
    );
    assert.deepEqual(sorted(hits).filter(isOwn), sorted(whole).filter(isOwn), `${detector.id}: ${example.name}`);
  }
});

test("in any order, in any batches and told twice", () => {
  const runs = fc.constantFrom(...all).chain(({ example }) =>
    fc.record({
      example: fc.constant(example),
      mixed: fc.shuffledSubarray([...example.events, ...example.events], { minLength: example.events.length * 2 }),
      size: fc.integer({ min: 1, max: 40 }),
    }),
  );
  fc.assert(
    fc.property(runs, ({ example, mixed, size }) => {
      const patient = { example, latenessMs: 400 * DAY_MS };
      const batches = Array.from({ length: Math.ceil(mixed.length / size) }, (_, n) =>
        mixed.slice(n * size, (n + 1) * size),
      );
      const expected = standing(evaluator(patient), [example.events]);
      assert.deepEqual(sorted(standing(evaluator(patient), batches)).filter(isOwn), sorted(expected).filter(isOwn));
    }),
    { numRuns: 120 },
  );
});
