import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import { testStore } from "../../store/testing.ts";
import type { FeedState } from "./contract.ts";
import { customerState, deskFeedState, lookAtFeed } from "./decide-coverage.ts";
import { coverageOf, coverageRows, coverageSummary, followStream } from "./service-coverage.ts";
import { customersSeen, recordReading } from "./store-feeds.ts";
import { newRecord, type TestRecord, testStream } from "./testing.ts";

const store = await testStore();
const stream = testStream(store);
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}` as CustomerId;
const NAMES = new Map([1, 2, 3, 4].map((n) => [id(n), { name: `Customer ${n}` }]));
const deps = { store, customersByIds: async () => NAMES, allCustomerIds: async () => [...NAMES.keys()] };
const put = (records: readonly TestRecord[], intake: string) =>
  stream.append(
    records.map((record) => newRecord(record, NOW)),
    { intake, now: NOW },
  );
const hourly = (
  customer: string | undefined,
  { from, until, tag }: { from: number; until: number; tag: string },
): TestRecord[] =>
  Array.from({ length: until - from }, (_, n) => ({
    id: `${tag}${from + n}`,
    at: NOW.subtract({ hours: 240 - (from + n) }).toString(),
    ...(customer === undefined ? {} : { customer }),
  }));

const every = (step: number, count: number, start = 1_000) => Array.from({ length: count }, (_, n) => start + n * step);
const LOOKS = [
  ["an hourly feed that spoke last hour", every(1, 100), 1_100, "on-time", 0],
  ["an hourly feed that is silent since ten hours", every(1, 100), 1_110, "late", 1],
  ["an hourly feed that is silent since two days", every(1, 100), 1_150, "stopped", 1],
  ["a daily feed that is silent since a day", every(24, 14), 1_000 + 13 * 24 + 24, "on-time", 0],
  ["a daily feed that is silent since three days", every(24, 14), 1_000 + 13 * 24 + 72, "late", 1],
  ["a feed that spoke three times", [1_000, 1_001, 1_002], 1_010, "unknown", 0],
  ["nothing in two weeks", [], 1_000, "stopped", 0],
] as const;
for (const [what, hours, now, state, gaps] of LOOKS)
  test(`${what}: ${state}, ${gaps} gaps`, () => {
    const look = lookAtFeed(hours, now);
    assert.deepEqual([look.state, look.gaps.length], [state, gaps]);
  });

test("a stop in an hourly feed is a gap with its hours", () => {
  const { gaps, state } = lookAtFeed([...every(1, 150), ...every(1, 50, 1_180)], 1_230);
  assert.deepEqual([state, gaps], ["on-time", [{ fromHour: 1_150, untilHour: 1_180 }]]);
});

test("a customer stands as the worst of its live feeds", () => {
  const feed = (name: string, state: FeedState, source = "entra-audit") => ({ source, feed: name, state });
  assert.equal(customerState([]), "never");
  assert.equal(customerState([feed("sync:partner-center", "on-time", "partner-center")]), "never");
  assert.equal(customerState([feed("file", "unknown")]), "unknown");
  assert.equal(customerState([feed("push:a", "on-time"), feed("push:b", "late"), feed("file", "stopped")]), "late");
});

test("what one reader brings for all stands as the reader does", () => {
  const state = (hours: number) => deskFeedState(NOW.subtract({ hours }), NOW);
  assert.deepEqual([state(1), state(47), state(60), state(100)], ["on-time", "on-time", "late", "stopped"]);
});

test("the ledger of feeds follows the stream, and says who has none first", async () => {
  await put(hourly(id(1), { from: 0, until: 240, tag: "a" }), "push:collector");
  await put(hourly(id(2), { from: 0, until: 150, tag: "b" }), "push:collector");
  await put(hourly(undefined, { from: 0, until: 3, tag: "c" }), "file:old.jsonl");
  await followStream(deps, NOW);
  await put(hourly(id(1), { from: 238, until: 240, tag: "a" }), "push:collector"); // repeats count for nothing
  await followStream(deps, NOW);
  const rows = await coverageRows(store.db, deps, { now: NOW });
  assert.deepEqual(
    rows.map(({ customer, state }) => `${customer?.name}: ${state}`),
    ["Customer 3: never", "Customer 4: never", "Customer 2: stopped", "Customer 1: on-time"],
  );
  const [feed] = rows.at(-1)?.feeds ?? [];
  assert.deepEqual([feed?.feed, feed?.events, feed?.source], ["push:collector", "240", "azure-activity"]);
  assert.equal(feed?.lastAt, NOW.subtract({ hours: 1 }).toString());
  // Ten days were caught up on at once; the newest of them was an hour old.
  assert.equal(feed?.lagSeconds, 3_600);
  const summary = await coverageSummary(store.db, deps, NOW);
  assert.deepEqual([summary.ownerless, summary.byState.never, summary.customers], ["3", 2, 4]);
});

test("who was seen: not whom only Partner Center tells of, nor who fell silent", async () => {
  const before = await customersSeen(store.db, NOW);
  await put([{ id: "seen-1", at: NOW.toString(), customer: id(4) }], "sync:partner-center");
  await followStream(deps, NOW);
  assert.equal(await customersSeen(store.db, NOW), before);
  await put([{ id: "seen-2", at: NOW.toString(), customer: id(4) }], "push:k");
  await followStream(deps, NOW);
  assert.equal(await customersSeen(store.db, NOW), before + 1);
  assert.equal(await customersSeen(store.db, NOW.add({ hours: 24 * 5 })), 0);
});

test("a pull that read the last hours is on time although there was nothing, and says what it did not read", async () => {
  await put([{ id: "p1", at: "2026-11-15T00:00:00Z", customer: id(3) }], `pull:graph.sign-ins:${id(3)}`);
  await followStream(deps, NOW);
  const read = (from: string, until: string) =>
    store.inTransaction((tx) =>
      recordReading(tx, {
        feed: "pull:graph.sign-ins",
        tenant: id(3),
        from: Temporal.Instant.from(from),
        until: Temporal.Instant.from(until),
        now: NOW,
      }),
    );
  await read("2026-11-15T00:00:00Z", "2026-11-18T00:00:00Z");
  await read("2026-11-18T06:00:00Z", "2026-11-22T12:00:00Z");
  await read("2026-11-17T00:00:00Z", "2026-11-18T02:00:00Z");
  const row = await coverageOf(store.db, deps, { customerId: id(3), now: NOW });
  assert.equal(row.state, "on-time");
  assert.deepEqual(row.feeds[0]?.gaps, [
    { from: "2026-11-18T02:00:00Z", until: "2026-11-18T06:00:00Z", kind: "unread" },
  ]);
  // Nobody pulled for two days: nobody knows.
  const later = await coverageOf(store.db, deps, { customerId: id(3), now: NOW.add({ hours: 48 }) });
  assert.equal(later.state, "stopped");
});
