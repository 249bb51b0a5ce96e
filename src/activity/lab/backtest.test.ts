import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CustomerId } from "../../core/ids.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Result } from "../../core/result.ts";
import { instantInput } from "../../core/wire.ts";
import type { Actor } from "../../store/contract.ts";
import { testStore } from "../../store/testing.ts";
import type { KnownEvent } from "../contract-event.ts";
import { Evaluator } from "../watch/evaluator.ts";
import { activating, activeRules } from "./active.ts";
import { nameOf } from "./decide-backtest.ts";
import type { LabDeps } from "./deps.ts";
import { runBacktest } from "./run-backtest.ts";
import { backtest, startBacktest, stopBacktest } from "./service-backtest.ts";
import { seedRules } from "./service-deliver.ts";
import { findBacktest } from "./store-backtest.ts";
import { azureEvent, BURST_ID, burstText, storedOf, streamOf, testDeps } from "./testing.ts";

const store = await testStore();
const now = Temporal.Instant.from("2026-03-03T00:00:00Z");
const ada: Actor = { kind: "person", id: "ada", name: "Ada" };
const from = Temporal.Instant.from("2026-03-01T00:00:00Z");
const until = now;
const seeding = testDeps(store, []);
await store.inTransaction((tx) =>
  seedRules(tx, { files: seeding.ownFiles(), detectors: seeding.detectors, sweeps: [] }, now),
);
const active = await activeRules(store.db, activating({ detectors: seeding.detectors, sweeps: [] }));

const CUSTOMERS = ["aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"] as CustomerId[];
const OPERATIONS = [
  "microsoft.compute/virtualmachines/write",
  "microsoft.compute/disks/delete",
  "microsoft.authorization/elevateaccess/action",
];
const history = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 12 * 60 }),
      customer: fc.constantFrom(...CUSTOMERS),
      operation: fc.constantFrom(...OPERATIONS),
      outcome: fc.constantFrom("success" as const, "failure" as const),
    }),
    { minLength: 5, maxLength: 60 },
  )
  .map((all) =>
    all.map(({ minute, ...more }, at): KnownEvent =>
      azureEvent(`h${at}`, from.add({ minutes: minute }).toString(), more),
    ),
  );

const shuffledHistory = history.chain((events) =>
  fc
    .shuffledSubarray([...events], { minLength: events.length, maxLength: events.length })
    .map((shuffled) => ({ events, shuffled })),
);

/** What the live watch would say: events as they come, in batches. */
function live(events: readonly KnownEvent[], deps: LabDeps): ReadonlySet<string> {
  const evaluator = new Evaluator({
    rules: active,
    view: deps.view,
    logSourcesOf: deps.logSourcesOf,
    portfolio: () => undefined,
  });
  const hits = new Set<string>();
  for (let at = 0; at < events.length; at += 7) {
    const { hits: found, retracted } = evaluator.take(events.slice(at, at + 7).map(storedOf));
    for (const hit of found) hits.add(nameOf(hit));
    for (const gone of retracted) hits.delete(nameOf(gone));
  }
  return hits;
}

test("a backtest says what the live watch said of the same events, in whatever order they came", async () => {
  let hitsSeen = 0;
  await fc.assert(
    fc.asyncProperty(shuffledHistory, async ({ events, shuffled }) => {
      const deps = testDeps(store, events, { stream: streamOf(events, 11) });
      const result = await runBacktest(store.db, deps, {
        from,
        until,
        tried: { rules: active },
        current: undefined,
        onPiece: async () => true,
      });
      assert.ok(result);
      const told = live(shuffled, deps);
      hitsSeen += told.size;
      assert.equal(result.tried.hits, told.size);
      assert.equal(result.tried.findings, new Set([...told].map((name) => name.split("\u0000")[0])).size);
      assert.equal(
        result.tried.perDay.reduce((sum, n) => sum + n, 0),
        told.size,
      );
    }),
    { numRuns: 60 },
  );
  assert.ok(hitsSeen > 100, `${hitsSeen} hits seen`);
});

const burst = (day: string, hours: readonly number[], customer = CUSTOMERS[0]) =>
  hours.map((hour, at) =>
    azureEvent(`b${day}${hour}${at}${customer}`, `2026-03-${day}T10:${String(hour).padStart(2, "0")}:00Z`, {
      customer,
    }),
  );
const events = [
  // Three within the hour; five of another customer; before the range two that only warm up.
  ...burst("01", [1, 2, 3]),
  ...burst("02", [1, 2, 3, 4, 5], CUSTOMERS[1]),
  azureEvent("w1", "2026-02-28T23:50:00Z"),
  azureEvent("w2", "2026-02-28T23:55:00Z"),
  azureEvent("w3", "2026-03-01T00:05:00Z"),
];
const ask = (more: object) => ({ from, until, ...more });
const start = async (deps: LabDeps, more: object) => {
  const begun = await store.inTransaction((tx) => startBacktest(tx, deps, { ask: ask(more), actor: ada, now }));
  assert.ok(begun.ok, JSON.stringify(begun));
  return begun.value;
};

test("a draft beside the version in use: what is newly hit and what no longer, by customer and day", async () => {
  const deps = testDeps(store, events);
  const id = await start(deps, { text: burstText(5) });
  await backtest(id, deps);
  const row = await findBacktest(store.db, id);
  assert.equal(row?.state, "done");
  const { result } = row;
  assert.ok(result);
  assert.deepEqual([row.version, row.against], [null, 1]);
  assert.deepEqual([result.tried.customers, result.current?.customers], [1, 2]);
  assert.deepEqual([result.newly.count, result.noLonger.count], [0, 1]);
  assert.equal(result.noLonger.samples[0]?.customer?.id, CUSTOMERS[0]);
  // The window that ends five minutes into the range has two events from before it.
  assert.deepEqual(result.current?.perDay, [2, 3]);
  assert.equal(result.events, 9);
  assert.deepEqual(result.tried.money, [{ minor: "10000", currency: "SEK" }]);
  assert.deepEqual(
    result.limits.map(({ kind }) => kind),
    ["hits-not-truth", "tuning-of-today"],
  );
});

test("other numbers of a detector are tried beside those in use", async () => {
  const deletions = ["10:00", "10:10", "10:20"].map((time, at) =>
    azureEvent(`d${at}`, `2026-03-01T${time}:00Z`, { operation: "microsoft.compute/disks/delete" }),
  );
  const deps = testDeps(store, deletions);
  const id = await start(deps, { ruleId: "two-deletions", settings: { count: 4 } });
  await backtest(id, deps);
  const result = (await findBacktest(store.db, id))?.result;
  assert.deepEqual([result?.tried.hits, result?.noLonger.count], [0, 1]);
});

test("what suppressions and filters keep quiet is kept quiet here too, and counted", async () => {
  const quiet = testDeps(store, events, {
    tuning: async () => ({
      settings: () => ({}),
      filters: [],
      mutedBy: (hit) => (hit.customer === CUSTOMERS[1] ? "s1" : undefined),
    }),
  });
  const id = await start(quiet, { ruleId: BURST_ID });
  await backtest(id, quiet);
  const result = (await findBacktest(store.db, id))?.result;
  assert.deepEqual([result?.tried.customers, result?.tried.muted], [1, 3]);
});

test("killed in the middle it is begun anew and comes to the same", async () => {
  const whole = testDeps(store, events, { stream: streamOf(events, 2) });
  const broken = testDeps(store, events, {
    stream: streamOf(events, 2),
    onPiece: async (n) => {
      if (n > 4) throw new Error("killed");
    },
  });
  const id = await start(whole, { ruleId: BURST_ID });
  await assert.rejects(backtest(id, broken), /killed/);
  assert.equal((await findBacktest(store.db, id))?.state, "running");
  await backtest(id, whole);
  const again = await findBacktest(store.db, id);
  assert.deepEqual([again?.state, again?.attempt, again?.result?.events], ["done", 2, 9]);
  const straight = await start(whole, { ruleId: BURST_ID });
  await backtest(straight, whole);
  const other = await findBacktest(store.db, straight);
  assert.deepEqual({ ...again?.result, seconds: 0 }, { ...other?.result, seconds: 0 });
  // Its job once more does nothing.
  await backtest(id, whole);
  assert.equal((await findBacktest(store.db, id))?.attempt, 2);
});

test("one that takes too long ends with what it saw, and says how far it came", async () => {
  const deps = testDeps(store, events, { stream: streamOf(events, 4) });
  const onPiece = async () => true;
  const result = await runBacktest(store.db, deps, {
    from,
    until,
    tried: { rules: active },
    current: undefined,
    msMax: -1,
    onPiece,
  });
  assert.ok(result);
  assert.ok(result.events < 9);
  assert.deepEqual(result.limits.find(({ kind }) => kind === "time-cut")?.facts, { last: result.lastAt });
});

test("stopped while it runs, it ends there", async () => {
  const deps = testDeps(store, events, {
    stream: streamOf(events, 2),
    onPiece: async (n) => {
      if (n > 2) await store.inTransaction((tx) => stopBacktest(tx, { id, actor: ada, now }));
    },
  });
  const id = await start(deps, { ruleId: BURST_ID });
  await backtest(id, deps);
  const row = await findBacktest(store.db, id);
  assert.deepEqual([row?.state, row?.result], ["stopped", null]);
});

test("a span that is too long, an unknown rule and a faulty text are refused", async () => {
  const deps = testDeps(store, events);
  const table: readonly (readonly [object, string])[] = [
    [{ ruleId: BURST_ID, from: instantInput.parse("2020-01-01T00:00:00Z") }, "backtest-span"],
    [{ ruleId: "nobody" }, "rule-unknown"],
    [{ text: "title: x" }, "rule-faulty"],
    [{ ruleId: BURST_ID, version: 99 }, "rule-version-unknown"],
  ];
  for (const [more, code] of table) {
    const refused = await store.inTransaction((tx): Promise<Result<string, Refusal>> =>
      startBacktest(tx, deps, { ask: ask(more), actor: ada, now }),
    );
    assert.ok(!refused.ok && refused.error.code === code, code);
  }
});
