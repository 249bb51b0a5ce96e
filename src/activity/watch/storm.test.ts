import assert from "node:assert/strict";
import { test } from "node:test";
import { testStore } from "../../store/testing.ts";
import type { KnownEvent } from "../contract-event.ts";
import { Runner } from "./runner.ts";
import { event, GRANIT, HAVSO, rulesOf, START, TEXTS } from "./testing.ts";
import { watchDesk } from "./testing-desk.ts";

const store = await testStore();
const desk = watchDesk(store, rulesOf([TEXTS.elevate]));
const { state, watch } = desk;
const EVENTS = 20_000;
const BATCH = 2_000;

const by = (id: string) => ({ actor: { id, kind: "user" as const } });
const at = (n: number, more: Partial<KnownEvent> = {}): KnownEvent =>
  event("elevate", n / 1_000, { id: `s${n}-${more.customer ?? ""}`, ...more });
test("twenty thousand hits of one rule are told a few times, and told right in the end", async (t) => {
  const all = Array.from({ length: EVENTS }, (_none, n) => at(n));
  for (let from = 0; from < EVENTS; from += 5_000) await desk.send(all.slice(from, from + 5_000));
  const began = performance.now();
  assert.equal(await watch.tick(), EVENTS);
  t.diagnostic(
    `${EVENTS} hits of one finding in ${EVENTS / BATCH} batches: ${state.reports} reports, ${Math.round(performance.now() - began)} ms`,
  );
  const [finding, ...others] = await desk.findings();
  assert.deepEqual([others.length, finding?.facts["hits"], finding?.evidence], [0, EVENTS, 20]);
  // The first hit at once, the rest when nothing waits any more.
  assert.equal(state.reports, 2);
});

test("what waits to be told outlives the process, and so do the events that waited", async () => {
  await desk.empty();
  const one = (n: number) => at(n, { customer: HAVSO, ...by("kim") });
  const held = new Runner(desk.deps);
  await desk.send([one(30_001)]);
  await held.round();
  await desk.send([one(30_002), one(30_003)]);
  await held.round();
  const [before] = await desk.findings();
  assert.deepEqual([before?.facts["hits"], before?.evidence], [1, 1]);
  await desk.another().tick();
  const [after] = await desk.findings();
  assert.deepEqual([after?.facts["hits"], after?.evidence], [3, 3]);
});

test("a finding that got worse, whose priority changed or whose case was closed is told at once; others wait half a minute", async () => {
  await desk.empty();
  const held = new Runner(desk.deps);
  const reported = async (n: number) => {
    const before = state.reports;
    await desk.send([at(n, { customer: GRANIT })]);
    while ((await held.round()) > 0);
    return state.reports - before;
  };
  assert.equal(await reported(50_001), 1, "it is new");
  assert.equal(await reported(50_002), 0, "told a moment ago");
  state.price = { minor: 90_000_000n, currency: "SEK" };
  assert.equal(await reported(50_003), 1, "its priority changed");
  assert.equal(await reported(50_004), 0);
  state.now = state.now.add({ seconds: 31 });
  assert.equal(await reported(50_005), 1, "half a minute went by");
  const [finding] = await desk.findings();
  assert.equal(finding?.facts["hits"], 5);
  await desk.close(finding?.case_id ?? "", START.add({ minutes: 55 }));
  assert.equal(await reported(58_000), 1, "its case was closed");
  assert.equal((await desk.findings()).length, 2);
  assert.equal(await reported(58_001), 0);
  const louder = TEXTS.elevate.replace("level: medium", "level: high");
  state.rules = { ...rulesOf([louder]), revision: state.rules.revision + 1n };
  assert.equal(await reported(58_002), 1, "it got worse");
  assert.equal((await desk.findings()).at(-1)?.severity, 3);
});

test("news that waits is told when nothing else does, or together with the next batch once half a minute went by", async () => {
  await desk.empty();
  const held = new Runner(desk.deps);
  const send = async (n: number, who: string) => {
    await desk.send([at(n, { customer: HAVSO, ...by(who) })]);
    while ((await held.round()) > 0);
  };
  await send(40_001, "ann");
  await send(40_002, "ann");
  assert.equal(await held.tellWaiting({ all: false }), 0, "not within two seconds");
  state.now = state.now.add({ seconds: 3 });
  assert.equal(await held.tellWaiting({ all: false }), 1);
  assert.equal(await held.tellWaiting({ all: false }), 0, "nothing is left");
  await send(40_003, "ann");
  state.now = state.now.add({ seconds: 31 });
  await send(40_004, "bo");
  assert.deepEqual(
    (await desk.findings()).map(({ facts }) => [facts["actor"], facts["hits"]]),
    [
      ["ann", 3],
      ["bo", 1],
    ],
  );
});
