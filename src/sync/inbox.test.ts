import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { ok, refuse } from "../core/result.ts";
import type { WebhookEvent } from "../partner-center/contract.ts";
import { testStore } from "../store/testing.ts";
import type { Enqueue } from "../worker/contract.ts";
import { handleDelivery, handleWaiting, receiveDelivery } from "./inbox.ts";
import { syncJobs } from "./jobs.ts";
import type { SyncDeps } from "./run.ts";
import { customerNo, depsOf, keepingSinks, newWorld, type World } from "./testing.ts";

const store = await testStore();
const sinks = await keepingSinks(store);
const NOW = Temporal.Instant.from("2026-11-22T02:00:00Z");
const delivery = { headers: {}, rawBody: new Uint8Array() };

let world: World;
let enqueued: [string, unknown][];
let deps: SyncDeps;
const enqueue: Enqueue = async (_tx, job, data) => void enqueued.push([job, data]);

beforeEach(async () => {
  await sql`truncate webhook_inbox, sync_customer, test_fact`.execute(store.db);
  world = newWorld(3);
  enqueued = [];
  deps = depsOf(store, { world, sinks, time: { now: NOW }, enqueue });
});

const event = (name: string, more: Partial<WebhookEvent> = {}): WebhookEvent => ({
  name,
  dedupKey: `${name}|${more.resourceUri ?? ""}|${more.changedAt?.toString() ?? ""}`,
  raw: { name },
  ...more,
});
const post = (one: WebhookEvent, to: SyncDeps = deps) =>
  receiveDelivery({ ...to, verify: async () => ok(one) }, delivery);
const rows = async () =>
  (
    await sql<{
      id: bigint;
      deliveries: number;
      outcome: string | null;
    }>`select id, deliveries, outcome from webhook_inbox order by id`.execute(store.db)
  ).rows;
const ofCustomer = (n: number) =>
  event("subscription-updated", { resourceUri: `/webhooks/v1/customers/${customerNo(n)}/subscriptions/x` });

test("a refused delivery leaves nothing and is answered as the verifier says", async () => {
  for (const httpStatus of [400, 401, 413, 503]) {
    const answer = await receiveDelivery({ ...deps, verify: async () => refuse({ code: "no", httpStatus }) }, delivery);
    assert.equal(answer.status, httpStatus);
  }
  assert.deepEqual(await rows(), []);
});

test("many copies at once are one delivery, one job, one event, and all get 200", async () => {
  const before = (await sql<{ n: bigint }>`select count(*) as n from event`.execute(store.db)).rows[0]?.n ?? 0n;
  const answers = await Promise.all(Array.from({ length: 12 }, () => post(event("azure-fraud-event-detected"))));
  assert.ok(answers.every((answer) => answer.status === 200));
  assert.deepEqual(
    (await rows()).map((row) => row.deliveries),
    [12],
  );
  assert.equal(enqueued.length, 1);
  const after = (await sql<{ n: bigint }>`select count(*) as n from event`.execute(store.db)).rows[0]?.n ?? 0n;
  assert.equal(after - before, 1n);
});

test("without its job there is no delivery: both are kept or neither", async () => {
  const broken = { ...deps, enqueue: async () => Promise.reject(new Error("queue down")) };
  await assert.rejects(post(event("invoice-ready"), broken));
  assert.deepEqual(await rows(), []);
});

test("the job reads the one customer, hands over, and marks in one transaction", async () => {
  await post(ofCustomer(2));
  const job = syncJobs({ ...deps, isConnected: async () => true }).find((one) => one.name === "sync.webhook");
  await job?.handle(enqueued[0]?.[1] as never);
  assert.deepEqual(await sinks.kept(), [`subscriptions ${customerNo(2)}`]);
  assert.equal((await rows())[0]?.outcome, "read 1 subscriptions");
  await job?.handle(enqueued[0]?.[1] as never);
  assert.equal((await sinks.kept()).length, 1, "repeated jobs have no second effect");
});

test("an alert's webhook leaves a hint with the moment it came, and runs the alerts", async () => {
  const entitlement = "5F6E6521-6e5f-4b0b-80aa-bd44fad7a398";
  await post(
    event("azure-fraud-event-detected", {
      resourceUri: `/v1/fraudEvents?SubscriptionId=${entitlement}&EventStatus=Active`,
    }),
  );
  await handleDelivery(deps, (await rows())[0]?.id ?? 0n);
  assert.deepEqual(await sinks.kept(), [`hint ${entitlement.toLowerCase()} ${NOW.toString()}`]);
  assert.deepEqual(enqueued.at(-1), ["sync.alerts", null]);
});

test("two workers on one delivery hand it over once", async () => {
  await post(ofCustomer(1));
  const id = (await rows())[0]?.id ?? 0n;
  await Promise.all([handleDelivery(deps, id), handleDelivery(deps, id), handleDelivery(deps, id)]);
  assert.equal((await sinks.kept()).length, 1);
});

test("a customer that cannot be read leads to the list of customers; an outage waits", async () => {
  world.refuse
    .set(`subscriptions ${customerNo(1)}`, "detached-customer")
    .set(`subscriptions ${customerNo(2)}`, "outage");
  await post(ofCustomer(1));
  await post(ofCustomer(2));
  const [first, second] = await rows();
  await handleDelivery(deps, first?.id ?? 0n);
  await assert.rejects(handleDelivery(deps, second?.id ?? 0n), /outage/);
  assert.deepEqual(
    (await rows()).map((row) => row.outcome),
    ["could not read: detached-customer", null],
  );
  assert.ok(enqueued.some(([job]) => job === "sync.customers"));
});

test("the catch-up works off what is left and is not stopped by one that waits", async () => {
  world.refuse.set(`subscriptions ${customerNo(1)}`, "outage");
  await post(ofCustomer(1));
  await post(ofCustomer(3));
  await post(event("test-created"));
  await handleWaiting(deps);
  assert.deepEqual(
    (await rows()).map((row) => row.outcome),
    [null, "read 1 subscriptions", "nothing to do"],
  );
});
