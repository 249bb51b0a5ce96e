import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRng } from "../../core/rng.ts";
import type { KnownEvent } from "../contract-event.ts";
import { DETECTORS } from "../detectors/detectors.ts";
import { mergeRuleSets } from "../lab/decide-merge.ts";
import { splitRules } from "../lab/decide-split.ts";
import { readRule } from "../lab/decide-text.ts";
import { ownRules } from "../rules/own-rules.ts";
import { logSourcesOf } from "../shapes/decide-sources.ts";
import { sigmaView } from "../shapes/decide-view.ts";
import { Evaluator } from "./evaluator.ts";

const read = splitRules(ownRules().texts).texts.flatMap(({ text }) => readRule(text).rule ?? []);
const [first] = read;
const rules = {
  rules: read.map(({ id, card, documents }) => ({ id, version: 1, state: "on" as const, card, documents })),
  detectors: DETECTORS.flatMap((detector) =>
    first === undefined ? [] : [{ id: detector.id, version: 1, state: "on" as const, card: first.card, detector }],
  ),
  ...mergeRuleSets(read.map(({ set }) => set)),
};
/** The examples of all detectors as one stream; each example's events keep their own ids. */
const stream: readonly KnownEvent[] = DETECTORS.flatMap(({ id, examples }) =>
  examples.flatMap(({ events }, at) => events.map((one) => ({ ...one, id: `${id}-${at}-${one.id}` }))),
).sort((a, b) => Temporal.Instant.compare(a.at, b.at));
const facts = new Map(
  DETECTORS.flatMap(({ examples }) => examples.flatMap(({ portfolio }) => portfolio ?? [])).map((one) => [
    one.customer,
    one,
  ]),
);

const evaluator = () =>
  new Evaluator({
    rules,
    view: sigmaView,
    logSourcesOf,
    portfolio: (customer) => facts.get(customer),
    // The examples lie years apart; nothing of them may be late.
    limits: { latenessMs: 20 * 366 * 86_400_000 },
  });

function standing(batches: readonly (readonly KnownEvent[])[], of = evaluator()): readonly string[] {
  const hits = new Map<string, string>();
  for (const batch of batches) {
    const { hits: found, retracted } = of.take(batch);
    for (const hit of found) hits.set(`${hit.fingerprint} ${hit.completedBy}`, hit.fingerprint);
    for (const gone of retracted) hits.delete(`${gone.fingerprint} ${gone.completedBy}`);
  }
  return [...new Set(hits.values())].sort();
}

test("our own rules and detectors over all their examples: any order and any batches come to the same findings", () => {
  const expected = standing([stream]);
  assert.ok(expected.length > DETECTORS.length, `${expected.length} findings`);
  const of = evaluator();
  of.take(stream);
  assert.deepEqual(
    [...of.counters.rules].filter(([, { failed }]) => failed > 0),
    [],
  );
  for (let seed = 1; seed <= 2; seed++) {
    const rng = seededRng(seed);
    const shuffled = stream
      .map((one) => ({ one, key: rng.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ one }) => one);
    const batches: KnownEvent[][] = [];
    for (let at = 0; at < shuffled.length;) {
      const size = 1 + Math.floor(rng.next() * 200);
      batches.push(shuffled.slice(at, at + size));
      at += size;
    }
    assert.deepEqual(standing(batches), expected);
  }
});
