import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { testStore } from "../store/testing.ts";
import type { Enqueue } from "../worker/contract.ts";
import { syncJobs } from "./jobs.ts";
import { feedFreshness, syncFeed } from "./service.ts";
import { depsOf, keepingSinks, newWorld } from "./testing.ts";

const store = await testStore();
const sinks = await keepingSinks(store);
const NOW = Temporal.Instant.from("2026-11-22T02:00:00Z");

let enqueued: string[];
const enqueue: Enqueue = async (_tx, job) => void enqueued.push(job);
const jobOf = (name: string, connected: boolean) => {
  const deps = depsOf(store, { world: newWorld(3), sinks, time: { now: NOW }, enqueue });
  const jobs = syncJobs({ ...deps, isConnected: async () => connected });
  return { deps, job: jobs.find((one) => one.name === name) ?? assert.fail(`no job ${name}`) };
};

beforeEach(async () => {
  enqueued = [];
  await sql`truncate sync_feed, sync_feed_customer, sync_customer, test_fact`.execute(store.db);
});

test("a desk that is not connected has feeds that never ran, not feeds that fail", async () => {
  for (const name of ["sync.customers", "sync.alerts", "sync.first"]) await jobOf(name, false).job.handle(null);
  const states = (await feedFreshness(store.db, NOW)).map(({ state, error }) => error ?? state);
  assert.deepEqual(states, Array(9).fill("never"));
  assert.deepEqual(enqueued, []);
});

test("once connected, everything that was never tried is read at once, and only that", async () => {
  const { deps, job } = jobOf("sync.first", true);
  await syncFeed(deps, "alerts");
  await job.handle(null);
  assert.deepEqual(
    enqueued,
    ["customers", "usage", "gdap", "prices", "audit", "webhooks"].map((feed) => `sync.${feed}`),
  );
});
