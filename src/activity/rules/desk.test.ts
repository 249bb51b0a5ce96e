import assert from "node:assert/strict";
import { test } from "node:test";
import { splitRules } from "../lab/decide-split.ts";
import { logSourcesOf } from "../shapes/decide-sources.ts";
import { sigmaView } from "../shapes/decide-view.ts";
import { Matcher } from "../sigma/matcher.ts";
import { ruleSetOf } from "../sigma/rule-set.ts";
import { Evaluator } from "../watch/evaluator.ts";
import { rulesOf } from "../watch/testing.ts";
import { ownRules } from "./own-rules.ts";
import { Bench, knownEvents } from "./testing.ts";

const { documents, cards, notes, texts } = ownRules();
const streams = cards.flatMap(({ id }) =>
  (notes.get(id)?.examples ?? []).map(({ name, events }) => ({ name, events })),
);

/** The first of each rule that hits: an evaluator of its own for each takes its time. */
const hitting = cards.flatMap(({ id }) => (notes.get(id)?.examples ?? []).filter(({ hits }) => hits).slice(0, 1));

test("the desk finds in examples what the engine alone finds", () => {
  const rules = rulesOf(splitRules(texts).texts.map(({ text }) => text));
  const bench = new Bench(documents);
  for (const { name, events } of hitting) {
    const evaluator = new Evaluator({ rules, view: sigmaView, logSourcesOf });
    const known = knownEvents(events).toSorted((a, b) => Temporal.Instant.compare(a.at, b.at));
    const found = new Set(evaluator.take(known).hits.map(({ rule }) => rule.id));
    assert.deepEqual([...found].sort(), [...bench.hits(events)].sort(), name);
  }
});

test("rules found by the index are those that are found by asking every rule", () => {
  const matcher = new Matcher(ruleSetOf(documents));
  let asked = 0;
  for (const { name, events } of streams)
    for (const event of knownEvents(events)) {
      const view = sigmaView(event);
      const sources = logSourcesOf(event);
      assert.deepEqual(matcher.match(view, sources), matcher.matchNaively(view, sources), name);
      asked++;
    }
  assert.ok(asked > 1_000, `${asked} events`);
});
