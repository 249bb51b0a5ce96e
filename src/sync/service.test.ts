import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { parseDecimal } from "../core/decimal.ts";
import type { AuditRecord, SecurityAlert } from "../partner-center/contract.ts";
import { testStore } from "../store/testing.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { Feed, FeedJson } from "./contract.ts";
import type { SyncDeps } from "./run.ts";
import { askForRun, feedFreshness, missingCustomers, runFeedJob, syncAll, syncFeed } from "./service.ts";
import {
  type Clockwork,
  customer,
  customerNo,
  depsOf,
  keepingSinks,
  newWorld,
  planNo,
  usage,
  type World,
} from "./testing.ts";

const store = await testStore();
const sinks = await keepingSinks(store);
const START = Temporal.Instant.from("2026-11-22T02:00:00Z");

let world: World;
let time: Clockwork;
let enqueued: string[];
let deps: SyncDeps;
const enqueue: Enqueue = async (_tx, job) => void enqueued.push(job);

beforeEach(async () => {
  await sql`truncate sync_feed, sync_feed_customer, sync_customer, sync_invoice, audit_record, webhook_inbox, test_fact`.execute(
    store.db,
  );
  world = newWorld(10);
  time = { now: START };
  enqueued = [];
  deps = depsOf(store, { world, sinks, time, enqueue });
});

const later = (hours: number): void => void (time.now = time.now.add({ minutes: Math.round(hours * 60) }));
const fresh = async (feed: Feed): Promise<FeedJson> => {
  const found = (await feedFreshness(store.db, time.now)).find((row) => row.feed === feed);
  return found ?? assert.fail();
};
const run = async (...feeds: Feed[]): Promise<readonly string[]> =>
  (await syncAll(deps, feeds)).map((outcome) => outcome.kind);
const newEvents = async (): Promise<readonly string[]> =>
  (
    await sql<{ type: string }>`select type from event where type like 'sync.%' order by seq`.execute(store.db)
  ).rows.map((row) => row.type);

test("a feed that never ran says so", async () => {
  assert.deepEqual(
    (await feedFreshness(store.db, time.now)).map((row) => row.state),
    Array(9).fill("never"),
  );
});

test("feeds that go customer by customer wait for the list of customers", async () => {
  assert.deepEqual(await run("subscriptions", "budgets"), ["waits-for-customers", "waits-for-customers"]);
  await runFeedJob(deps, "customers");
  assert.deepEqual(enqueued, ["sync.subscriptions"]);
  await runFeedJob(deps, "subscriptions");
  assert.deepEqual(enqueued, ["sync.subscriptions", "sync.budgets"]);
  await runFeedJob(deps, "budgets");
  assert.equal(enqueued.length, 2);
});

test("everything once, then everything again: the same facts, and it says how fresh they are", async () => {
  assert.ok((await syncAll(deps)).every((outcome) => outcome.kind === "complete"));
  const rows = await feedFreshness(store.db, time.now);
  assert.deepEqual(
    rows.map((row) => row.state),
    Array(9).fill("on-time"),
  );
  const subscriptions = await fresh("subscriptions");
  assert.deepEqual([subscriptions.customersReached, subscriptions.customersTotal], [10, 10]);
  assert.equal((await fresh("usage")).newestFactAt, "2026-11-21T17:00:00Z");
  later(1);
  await syncAll(deps);
  const kept = await sinks.kept();
  assert.equal(new Set(kept).size, 10 + 10 + 10 + 10 + 10, "customers, subscriptions, usage twice, budgets");
  assert.equal(kept.filter((fact) => fact.startsWith("usage")).length, 20, "unchanged usage is not handed over again");
});

test("single reads add what the list leaves out, are kept, and are not repeated every hour", async () => {
  await run("customers");
  assert.ok((await sinks.kept()).every((fact) => fact.includes("@example.com")));
  later(1);
  await run("customers");
  assert.equal(world.asked.filter((what) => what.startsWith("customer ")).length, 10);
  assert.ok((await sinks.kept()).every((fact) => fact.includes("@example.com")));
  later(24 * 8);
  await run("customers");
  assert.equal(world.asked.filter((what) => what.startsWith("customer ")).length, 20);
});

test("a user token without MFA is shown before Microsoft refuses it", async () => {
  const connect: SyncDeps["connect"] = (options) => ({ ...deps.connect(options), mfaCompliant: async () => false });
  assert.equal((await syncFeed({ ...deps, connect }, "customers")).kind, "complete");
  const row = await fresh("customers");
  assert.deepEqual([row.state, row.error?.kind, row.error?.advice], ["on-time", "mfa-needed", "consent-again"]);
});

test("a customer that left is not asked for any more", async () => {
  await run("customers", "subscriptions");
  world.customers = world.customers.slice(1);
  later(5);
  await run("customers", "subscriptions");
  const { customersTotal } = await fresh("subscriptions");
  assert.equal(customersTotal, 9);
});

test("three customers that refuse do not stop the others, are listed with what to do, and come back", async () => {
  for (const n of [2, 5, 9]) world.refuse.set(`subscriptions ${customerNo(n)}`, "forbidden-role");
  assert.deepEqual(await run("customers", "subscriptions"), ["complete", "complete"]);
  const row = await fresh("subscriptions");
  assert.deepEqual([row.state, row.customersReached, row.customersTotal], ["on-time", 7, 10]);
  const missing = await missingCustomers(store.db, "subscriptions");
  assert.deepEqual(
    missing.map((one) => [one.name, one.error?.advice, one.lastReadAt]),
    [
      ["Customer 2", "grant-role", null],
      ["Customer 5", "grant-role", null],
      ["Customer 9", "grant-role", null],
    ],
  );
  assert.equal((await sinks.kept()).filter((fact) => fact.startsWith("subscriptions")).length, 7);
  world.refuse.clear();
  later(4);
  await run("subscriptions");
  assert.equal((await missingCustomers(store.db, "subscriptions")).length, 0);
  assert.equal((await fresh("subscriptions")).customersReached, 10);
});

for (const crashAt of [1, 4, 10])
  test(`a run that dies at customer ${crashAt} goes on where it stopped: every fact once, none lost`, async () => {
    await run("customers");
    let saved = 0;
    const dying = {
      ...sinks,
      saveSubscriptions: async (...args: Parameters<typeof sinks.saveSubscriptions>) => {
        await sinks.saveSubscriptions(...args);
        if ((saved += 1) === crashAt) throw new Error("the process dies here");
      },
    };
    await assert.rejects(syncFeed({ ...deps, sinks: dying }, "subscriptions"), /dies here/);
    later(0.1);
    assert.deepEqual(await run("subscriptions"), ["complete"]);
    const kept = (await sinks.kept()).filter((fact) => fact.startsWith("subscriptions")).toSorted();
    assert.deepEqual(
      kept,
      Array.from({ length: 10 }, (_, n) => `subscriptions ${customerNo(n + 1)}`),
    );
    const row = await fresh("subscriptions");
    assert.deepEqual([row.startedAt, row.customersReached, row.factsRead], [START.toString(), 10, 10]);
  });

test("a run that died too long ago begins anew", async () => {
  await run("customers");
  const dying = { ...sinks, saveSubscriptions: async () => Promise.reject(new Error("dies")) };
  await assert.rejects(syncFeed({ ...deps, sinks: dying }, "subscriptions"));
  later(13);
  await run("subscriptions");
  assert.equal((await fresh("subscriptions")).startedAt, time.now.toString());
});

test("trouble with our own sign-in stops at once, is told once, and so is its end", async () => {
  await run("customers");
  const before = (await newEvents()).length;
  world.refuse.set("subscriptions", "mfa-needed");
  assert.deepEqual(await run("subscriptions", "subscriptions"), ["failed", "failed"]);
  assert.ok(world.asked.filter((what) => what.startsWith("subscriptions")).length <= 8, "not every customer is tried");
  const row = await fresh("subscriptions");
  assert.deepEqual([row.state, row.error?.kind, row.error?.advice], ["failed", "mfa-needed", "consent-again"]);
  world.refuse.clear();
  await run("subscriptions");
  assert.equal((await fresh("subscriptions")).state, "on-time");
  assert.deepEqual((await newEvents()).slice(before), ["sync.feed-failed", "sync.feed-recovered"]);
});

test("an outage stops the run after a few customers and asks the queue for a repeat", async () => {
  await run("customers");
  world.refuse.set("subscriptions", "outage");
  await assert.rejects(runFeedJob(deps, "subscriptions"), /outage/);
  assert.ok(world.asked.filter((what) => what.startsWith("subscriptions")).length < 10);
  world.refuse.set("subscriptions", "mfa-needed");
  await runFeedJob(deps, "subscriptions");
});

test("a feed is late when its time has passed, and failed wins over late", async () => {
  await run("alerts");
  later(0.2);
  assert.equal((await fresh("alerts")).state, "on-time");
  later(0.2);
  assert.equal((await fresh("alerts")).state, "late");
  world.refuse.set("alerts", "outage");
  await run("alerts");
  assert.equal((await fresh("alerts")).state, "failed");
});

test("only one process runs a feed at a time", async () => {
  await run("customers");
  const outcomes = await Promise.all([syncFeed(deps, "subscriptions"), syncFeed(deps, "subscriptions")]);
  assert.deepEqual(outcomes.map((outcome) => outcome.kind).toSorted(), ["complete", "running-elsewhere"]);
});

test("usage is read in detail only where it moved, and by resource only for watched customers", async () => {
  await run("usage");
  world.asked.length = 0;
  world.usage[3] = usage(4, 999);
  const watching = { ...deps, customersToWatch: async () => [customerNo(7)] };
  await syncFeed(watching, "usage");
  assert.deepEqual(world.asked.toSorted(), [
    "customerUsage",
    `resourceUsage ${customerNo(7)}`,
    `subscriptionUsage ${customerNo(4)}`,
    `subscriptionUsage ${customerNo(7)}`,
  ]);
  world.asked.length = 0;
  await syncFeed(watching, "usage");
  assert.deepEqual(world.asked, ["customerUsage"]);
});

test("usage that could not be read in detail is read again although it did not move", async () => {
  world.refuse.set(`subscriptionUsage ${customerNo(3)}`, "forbidden-role");
  await run("usage");
  world.refuse.clear();
  world.asked.length = 0;
  await run("usage");
  assert.deepEqual(world.asked, ["customerUsage", "subscriptionUsage " + customerNo(3)]);
});

const record = (id: string, at: string, status = "succeeded"): AuditRecord => ({
  id,
  at: Temporal.Instant.from(at),
  operation: "create_order",
  status,
  resourceType: "order",
  data: { note: "a\u0000b" },
  after: "half \ud83d pair",
  raw: { id },
});

test("the activity log is copied 90 days back at first, then from the day before the last", async () => {
  world.audit = [
    record("old", "2026-08-26T01:00:00Z"),
    record("new", "2026-11-21T23:00:00Z"),
    record("open", "2026-11-21T10:00:00Z", "progress"),
  ];
  await run("audit");
  const days = world.asked.filter((what) => what.startsWith("audit"));
  assert.deepEqual([days.length, days[0], days.at(-1)], [90, "audit 2026-08-25", "audit 2026-11-22"]);
  world.asked.length = 0;
  world.audit = [
    ...world.audit.slice(0, 2),
    record("open", "2026-11-21T10:00:00Z"),
    record("late", "2026-11-21T12:00:00Z"),
  ];
  later(1);
  await run("audit");
  assert.deepEqual(world.asked, ["audit 2026-11-21", "audit 2026-11-22"]);
  assert.deepEqual(
    (await sinks.kept()).filter((fact) => fact.startsWith("audit")),
    ["audit old", "audit new", "audit open", "audit late"],
  );
  const { rows } = await sql<{ id: string; status: string }>`select id, status from audit_record order by at`.execute(
    store.db,
  );
  assert.deepEqual(
    rows.map((row) => `${row.id} ${row.status}`),
    ["old succeeded", "open succeeded", "late succeeded", "new succeeded"],
  );
});

test("the activity log goes on at the day it died on", async () => {
  world.refuse.set("audit 2026-10-01", "outage");
  await run("audit");
  world.refuse.clear();
  world.asked.length = 0;
  await run("audit");
  assert.equal(world.asked[0], "audit 2026-09-29");
});

const alert = (channel: "graph" | "fraud-events", externalId: string): SecurityAlert => ({
  externalId,
  channel,
  correlationKey: "key",
  kind: "CryptoMining",
  status: "active",
  customerId: customerNo(1),
  detectedAt: START,
  isTest: false,
  resources: [],
  log: [],
  details: {},
  raw: {},
});

test("alerts come by both channels; one may be silent, not both", async () => {
  world.alerts.set("graph", [alert("graph", "g")]).set("fraud-events", [alert("fraud-events", "v")]);
  assert.deepEqual(await run("alerts"), ["complete"]);
  assert.deepEqual(await sinks.kept(), ["alert graph g", "alert fraud-events v"]);
  world.refuse.set("alerts fraud-events", "not-found");
  assert.deepEqual(await run("alerts"), ["complete"]);
  assert.equal((await fresh("alerts")).error, null, "v1 may be switched off");
  world.refuse.clear();
  world.refuse.set("alerts graph", "outage");
  assert.deepEqual(await run("alerts"), ["complete"]);
  assert.equal((await fresh("alerts")).error?.kind, "outage", "without Graph the page says so");
  world.refuse.set("alerts", "outage");
  assert.deepEqual(await run("alerts"), ["failed"]);
});

test("an invoice is read once to its end, unbilled lines each time", async () => {
  const price = parseDecimal("16.90");
  assert.ok(price.ok);
  const line = (n: number) => ({
    customerId: customerNo(1),
    subscriptionId: planNo(n),
    currency: "SEK",
    unitPrice: price.value,
    quantity: { units: 5n, scale: 0 },
    raw: {},
  });
  world.invoices = [
    { id: "G1", at: START.subtract({ hours: 24 * 20 }), total: { value: price.value, currency: "SEK" }, raw: {} },
    { id: "G0", at: START.subtract({ hours: 24 * 500 }), total: { value: price.value, currency: "EUR" }, raw: {} },
  ];
  world.lines.set("G1", [line(1), line(2), line(3)]).set("unbilled", [line(4)]);
  await run("prices", "prices");
  assert.deepEqual(world.asked, ["lines G1", "unbilled SEK", "unbilled EUR", "unbilled SEK", "unbilled EUR"]);
  assert.equal((await sinks.kept()).length, 3 + 4);
});

test("a webhook address that is not ours is shown with the webhook feed", async () => {
  await syncFeed({ ...deps, webhookUrl: "https://desk.example/hook" }, "webhooks");
  assert.equal((await fresh("webhooks")).error, null);
  await syncFeed({ ...deps, webhookUrl: "https://new.example/hook" }, "webhooks");
  assert.equal((await fresh("webhooks")).error?.code, "webhook-foreign");
});

test("a person may ask for a run, but not again at once", async () => {
  assert.ok((await store.inTransaction((tx) => askForRun(deps, tx, { feed: "alerts", now: time.now }))).ok);
  assert.deepEqual(enqueued, ["sync.alerts"]);
  await run("alerts");
  const refused = await store.inTransaction((tx) =>
    askForRun(deps, tx, { feed: "alerts", now: time.now.add({ seconds: 5 }) }),
  );
  assert.ok(!refused.ok && refused.error.code === "feed-just-ran");
});

test("a newcomer is read soon, not at the next round", async () => {
  await syncAll(deps);
  world.customers.push(customer(11));
  enqueued.length = 0;
  await runFeedJob(deps, "customers");
  assert.deepEqual(enqueued, ["sync.subscriptions"]);
});
