/** Every example of every detector, and what must hold of all of them. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ABUSES, type Detector, type DetectorExample, type Hit } from "../contract-detector.ts";
import { SOURCES } from "../contract-event.ts";
import type { Level } from "../sigma/contract.ts";
import { standardSettings } from "./decide-card.ts";
import { atLeast, dayOf } from "./decide-window.ts";
import { DETECTORS, SWEEPS } from "./detectors.ts";
import { hitsIn } from "./run.ts";

const RUNBOOKS = join(import.meta.dirname, "../../../docs/guide/runbooks");
const hitsOf = (detector: Detector, example: DetectorExample): readonly Hit[] =>
  [
    ...hitsIn(detector, example.events, () => ({
      settings: standardSettings(detector.settings),
      portfolio: example.portfolio,
    })).values(),
  ].flat();
const strongest = (hits: readonly Hit[]): Level | undefined =>
  hits.reduce<Level | undefined>((level, hit) => (level ? atLeast(level, hit.level) : hit.level), undefined);

for (const detector of DETECTORS)
  for (const example of detector.examples)
    test(`${detector.id}: ${example.name}: ${example.hits ?? "nothing"}`, () => {
      const hits = hitsOf(detector, example);
      assert.equal(strongest(hits), example.hits, JSON.stringify(hits.map(({ facts }) => facts)));
      for (const hit of hits) {
        assert.ok(hit.events.length > 0, "a hit shows its events");
        assert.ok(hit.events.every((one, index) => index === 0 || (hit.events[index - 1]?.at ?? 0) <= one.at));
        assert.ok(Object.keys(hit.facts).length > 0, "a hit has facts");
      }
      const names = hits.map((hit) => [hit.key, dayOf(hit.at)].join("|"));
      assert.equal(new Set(names).size, names.length, "one hit per key and day");
    });

for (const sweep of SWEEPS)
  for (const example of sweep.examples)
    test(`${sweep.id}: ${example.name}: ${example.hits ?? "nothing"}`, () => {
      const hits = sweep.decide(example.portfolio, standardSettings(sweep.settings), example.now);
      assert.equal(strongest(hits), example.hits, JSON.stringify(hits.map(({ facts }) => facts)));
    });

test("cards are whole", () => {
  const all = [...DETECTORS, ...SWEEPS];
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length, "ids are unique");
  for (const card of all) {
    assert.match(card.id, /^[a-z][a-z-]{3,40}$/);
    for (const told of [card.title, card.titleSv, card.why, card.runbook, card.covers])
      assert.ok(told.length > 1, card.id);
    assert.ok(card.title !== card.titleSv, card.id);
    assert.ok(card.abuse.length > 0 && card.abuse.every((one) => ABUSES.includes(one)), card.id);
    assert.ok(
      card.sources.every((one) => SOURCES.includes(one)),
      card.id,
    );
    assert.ok(card.falsePositives.length > 0, card.id);
    assert.ok(
      card.attack.every((one) => /^T\d{4}(\.\d{3})?$/.test(one)),
      card.id,
    );
    const hitting = card.examples.filter(({ hits }) => hits !== undefined).length;
    assert.ok(hitting >= 2, `${card.id}: two examples that hit`);
    assert.ok(card.examples.length - hitting >= 2, `${card.id}: two that do not`);
    assert.equal(new Set(card.examples.map(({ name }) => name)).size, card.examples.length, card.id);
  }
});

test("every detector's runbook is written", () => {
  const missing = [...DETECTORS, ...SWEEPS].filter(({ runbook }) => !existsSync(join(RUNBOOKS, `${runbook}.md`)));
  assert.deepEqual(
    missing.map(({ id, runbook }) => `${id}: ${runbook}`),
    [],
  );
});

test("every kind of abuse is looked for, and most by more than one", () => {
  const counts = ABUSES.map((abuse) => [...DETECTORS, ...SWEEPS].filter((one) => one.abuse.includes(abuse)).length);
  assert.ok(Math.min(...counts) >= 1, String(counts));
});

test("settings start within their bounds", () => {
  for (const { id, settings } of [...DETECTORS, ...SWEEPS]) {
    assert.equal(new Set(settings.map(({ name }) => name)).size, settings.length, id);
    for (const { name, standard, min, max } of settings)
      assert.ok(min <= standard && standard <= max && min < max, `${id} ${name}`);
  }
});
