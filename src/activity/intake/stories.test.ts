/** The simulator's stories, as they would be sent and as they would be read, against all that is looked for: each is seen by two, a quiet day by nobody. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peopleOf } from "../../../simulator/activity/people.ts";
import type { ActivityRow } from "../../../simulator/activity/records.ts";
import { pulledJson, pushedJson } from "../../../simulator/activity/render.ts";
import { ACTIVITY_STORIES, tellStory } from "../../../simulator/activity/stories.ts";
import { iso } from "../../../simulator/kernel/clock.ts";
import { openSim } from "../../../simulator/kernel/sim.ts";
import { buildWorld } from "../../../simulator/world/build.ts";
import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { KnownEvent } from "../contract-event.ts";
import { standardSettings } from "../detectors/decide-card.ts";
import { DETECTORS } from "../detectors/detectors.ts";
import { hitsIn } from "../detectors/run.ts";
import { ownRules } from "../rules/own-rules.ts";
import { Bench } from "../rules/testing.ts";
import { normalise } from "../shapes/normalise.ts";

const { sim } = openSim({ state: undefined, log: () => {} });
buildWorld(sim, { now: "2026-11-17T09:42:00Z", seed: 3 });
after(() => sim.close());
const azure = sim.tables.entitlements.all()[0];
const customer =
  sim.tables.customers.get(azure?.customerId ?? "") ?? assert.fail("the world has no customer with Azure");
const { documents, cards } = ownRules();
const bench = new Bench(documents);
const levelOf = new Map(cards.map((card) => [card.id, card.level]));

function rowsOf(story: string): readonly ActivityRow[] {
  const before = sim.tables.activity.size;
  tellStory(story, { sim, customer, azure }, { minutes: 0, lateSeconds: 0 });
  return sim.tables.activity
    .all()
    .slice(before)
    .toSorted((a, b) => a.n - b.n);
}

/** What hits, by rule or detector. Alone, as on the first day of a desk: without history and without billing. */
function seen(records: readonly Json[]): readonly string[] {
  const receivedAt = sim.clock.now();
  const events: readonly KnownEvent[] = records
    .flatMap((raw) => normalise(raw, { receivedAt }))
    .map((event) => ({ tenant: customer.id, ...event, customer: customer.id as CustomerId }));
  const byDetector = DETECTORS.filter((detector) => {
    const context = { settings: standardSettings(detector.settings), portfolio: undefined };
    return [...hitsIn(detector, events, () => context).values()].flat().length > 0;
  }).map(({ id }) => id);
  return [...bench.hits(records), ...byDetector].toSorted();
}

for (const [story, { says }] of Object.entries(ACTIVITY_STORIES)) {
  const rows = rowsOf(story);
  const pushed = seen(rows.map((row) => pushedJson(row) as Json));
  const pulled = seen(rows.map((row) => pulledJson(row) as Json));
  if (story === "quiet")
    test("a quiet day is seen by nobody", () => {
      const loud = [...pushed, ...pulled].filter((id) => !["informational", "low"].includes(levelOf.get(id) ?? ""));
      assert.deepEqual(loud, []);
    });
  else
    test(`${story} is seen by two at least, pushed and pulled (${says.split(":")[0]})`, () => {
      assert.ok(pushed.length >= 2, `pushed: ${pushed.join(", ")}`);
      assert.ok(pulled.length >= 2, `pulled: ${pulled.join(", ")}`);
    });
  test(`${story} has no record in a shape nobody knows`, () => {
    for (const form of [pushedJson, pulledJson])
      for (const row of rows)
        for (const event of normalise(form(row) as Json, { receivedAt: sim.clock.now() })) {
          assert.notEqual(event.source, "unknown", JSON.stringify(event.raw));
          // The unified audit log tells whole seconds.
          assert.equal(iso(event.at).slice(0, 19), row.at.slice(0, 19));
        }
  });
  test(`${story} is the same events, pushed and pulled`, () => {
    const ids = (form: (row: ActivityRow) => unknown): string[] =>
      rows
        .flatMap((row) => normalise(form(row) as Json, { receivedAt: sim.clock.now() }))
        .map(({ source, id }) => `${source}|${id}`);
    assert.deepEqual(ids(pushedJson), ids(pulledJson), "a record by both ways is kept once");
  });
}

test("people in the logs are the customer's own", () => assert.ok(peopleOf(sim, customer).length > 1));
if (process.env["SHOW"])
  for (const story of Object.keys(ACTIVITY_STORIES))
    console.error(
      story,
      seen(rowsOf(story).map((row) => pushedJson(row) as Json)).map(
        (id) => cards.find((c) => c.id === id)?.title ?? id,
      ),
    );
