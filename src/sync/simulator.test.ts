import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";
import { sql } from "kysely";
import { startSimulator } from "../../simulator/server.ts";
import { seededRng } from "../core/rng.ts";
import { createActions } from "../partner-center/actions.ts";
import { createReader } from "../partner-center/reader.ts";
import { simulatorCloud } from "../partner-center/settings.ts";
import { clientOf } from "../partner-center/testing.ts";
import { createWebhookReceiver } from "../partner-center/webhook.ts";
import { testStore } from "../store/testing.ts";
import type { Enqueue } from "../worker/contract.ts";
import { FEEDS } from "./contract.ts";
import { handleDelivery, receiveDelivery } from "./inbox.ts";
import type { SyncDeps } from "./run.ts";
import { feedFreshness, missingCustomers, syncAll, syncFeed } from "./service.ts";
import { depsOf, keepingSinks, newWorld } from "./testing.ts";

/** Sync against the running simulator and a real PostgreSQL. */

const simulator = await startSimulator({
  seed: 11,
  pageRowsMax: 9,
  throttlePerMinute: 0,
  webhookDelaySeconds: [1, 2],
});
const { control } = simulator;
const desk = {
  url: simulator.url,
  credentials: control.credentials,
  now: () => control.now(),
  advance: control.advance,
};
const store = await testStore();
const sinks = await keepingSinks(store);
const client = clientOf(desk);
let enqueued: [string, unknown][] = [];
const enqueue: Enqueue = async (_tx, job, data) => void enqueued.push([job, data]);
const deps: SyncDeps = {
  ...depsOf(store, { world: newWorld(0), sinks, time: { now: Temporal.Instant.from(control.now()) }, enqueue }),
  clock: { now: () => Temporal.Instant.from(control.now()) },
  newId: () => randomUUID(),
  connect: (options) => createReader(client, options),
};
after(() => simulator.close());
beforeEach(async () => {
  await sql`truncate sync_feed, sync_feed_customer, sync_customer, sync_invoice, audit_record, webhook_inbox, test_fact`.execute(
    store.db,
  );
  enqueued = [];
});
afterEach(() => control.clearFaults());

const facts = async (): Promise<readonly string[]> => [...new Set(await sinks.kept())].toSorted();
const complete = (outcomes: readonly { readonly kind: string }[]): void =>
  assert.deepEqual(
    outcomes.map((one) => one.kind),
    FEEDS.map(() => "complete"),
  );

test("everything is read, twice the same, in time, nobody missing", async () => {
  complete(await syncAll(deps));
  const first = await facts();
  for (const kind of [
    "customer",
    "subscriptions",
    "usage",
    "budget",
    "alert graph",
    "alert fraud-events",
    "audit",
    "price",
    "gdap",
  ]) {
    assert.ok(
      first.some((fact) => fact.startsWith(`${kind} `)),
      kind,
    );
  }
  const rows = await feedFreshness(store.db, deps.clock.now());
  assert.ok(
    rows.every((row) => row.state === "on-time" && row.error === null),
    JSON.stringify(rows),
  );
  assert.ok(rows.every((row) => row.customersReached === row.customersTotal));
  complete(await syncAll(deps));
  assert.deepEqual(
    (await facts()).filter((fact) => !first.includes(fact) && !fact.startsWith("usage")),
    [],
  );
  const { rows: doubled } = await sql`select id from audit_record group by id having count(*) > 1`.execute(store.db);
  assert.equal(doubled.length, 0);
});

test("a storm of throttling slows the desk down and loses nothing", async () => {
  complete(await syncAll(deps));
  const calm = await facts();
  await sql`truncate sync_feed, sync_feed_customer, sync_customer, sync_invoice, audit_record, test_fact`.execute(
    store.db,
  );
  control.addFault({ kind: "throttle", probability: 0.3, seconds: 20 });
  complete(await syncAll(deps));
  control.clearFaults();
  await syncFeed(deps, "customers");
  const stormy = new Set(await facts());
  // Time went on while waiting, so there may be more than before, never less.
  assert.deepEqual(
    calm.filter((fact) => !stormy.has(fact)),
    [],
  );
});

test("answers in odd casing, numbers as text and unknown words stop no feed", async () => {
  for (const kind of ["casing", "strings", "unknown-words"] as const) {
    control.clearFaults();
    control.addFault({ kind, path: "^/(v1|webhooks|beta|v1.0)/" });
    complete(await syncAll(deps));
    assert.ok(
      (await feedFreshness(store.db, deps.clock.now())).every((row) => row.error === null),
      kind,
    );
  }
});

test("three customers that refuse are named, the others are read, and they come back", async () => {
  await syncFeed(deps, "customers");
  const { rows } = await sql<{
    customer_id: string;
  }>`select customer_id from sync_customer order by name limit 3`.execute(store.db);
  for (const { customer_id: customer } of rows) {
    control.addFault({ kind: "refuse", code: "900308", status: 403, customer, path: "/subscriptions$" });
  }
  assert.equal((await syncFeed(deps, "subscriptions")).kind, "complete");
  const missing = await missingCustomers(store.db, "subscriptions");
  assert.deepEqual(missing.map((one) => one.customerId).toSorted(), rows.map((row) => row.customer_id).toSorted());
  assert.ok(missing.every((one) => one.error?.code === "900308" && one.error.correlationId.length === 36));
  const row = (await feedFreshness(store.db, deps.clock.now())).find((one) => one.feed === "subscriptions");
  assert.equal((row?.customersTotal ?? 0) - (row?.customersReached ?? 0), 3);
  control.clearFaults();
  await syncFeed(deps, "subscriptions");
  assert.deepEqual(await missingCustomers(store.db, "subscriptions"), []);
});

test("without MFA the feed stops, says what to do, and asks Microsoft no more", async () => {
  await syncFeed(deps, "customers");
  control.addFault({ kind: "no-mfa", path: "usagerecords" });
  const before = control.requests().length;
  const outcome = await syncFeed(deps, "usage");
  assert.ok(outcome.kind === "failed" && outcome.problem.kind === "mfa-needed");
  assert.equal(control.requests().length - before, 1);
});

/** A process that reads everything, killed after a while; gives its output when it got to its end. */
async function childRun(killAfterMs: number | undefined): Promise<string | undefined> {
  const told = {
    connection: store.connection,
    url: simulator.url,
    credentials: control.credentials,
    now: control.now(),
    feeds: FEEDS,
  };
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "testing-child.ts"), JSON.stringify(told)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    if (output === "" && killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.once("exit", done));
  return code === 0 ? output : undefined;
}

test(
  "killed again and again, the desk ends up knowing exactly what it would have known",
  { timeout: 240_000 },
  async () => {
    assert.ok((await childRun(undefined))?.includes("complete"));
    const calm = await facts();
    await sql`truncate sync_feed, sync_feed_customer, sync_customer, sync_invoice, audit_record, test_fact`.execute(
      store.db,
    );
    const rng = seededRng(20_261_122);
    for (let round = 0; round < 6; round++) await childRun(rng.int(20, 900));
    const last = await childRun(undefined);
    assert.deepEqual(
      (JSON.parse(last?.split("\n")[1] ?? "[]") as { kind: string }[]).map((one) => one.kind),
      FEEDS.map(() => "complete"),
    );
    assert.deepEqual(await facts(), calm);
    const audits = (await sinks.kept()).filter((fact) => fact.startsWith("audit"));
    assert.equal(new Set(audits).size, audits.length, "a new audit record is handed over once");
  },
);

/** A receiver as the http shell makes it, registered at the simulator. */
async function listening(work: (url: string, statuses: number[]) => Promise<void>): Promise<void> {
  const root = Buffer.from(await (await fetch(`${simulator.url}/sim/root.cer`)).arrayBuffer());
  const verify = createWebhookReceiver({
    cloud: simulatorCloud(simulator.url),
    outside: { fetch, monotonicMs: () => performance.now() },
    extraRoots: [new X509Certificate(root)],
  });
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { status } = await receiveDelivery(
        { ...deps, verify },
        { headers: request.headers, rawBody: Buffer.concat(chunks) },
      );
      statuses.push(status);
      response.writeHead(status).end();
    })();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const events = [
    "azure-fraud-event-detected",
    "subscription-updated",
    "usagerecords-thresholdExceeded",
    "test-created",
  ];
  const call = { requestId: randomUUID(), correlationId: randomUUID() };
  const registered = await createActions(client).registerWebhook({ url, events, replaceForeign: true }, call);
  assert.ok(registered.ok, JSON.stringify(registered));
  try {
    await work(url, statuses);
  } finally {
    await control.settled();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

const raiseAlert = async (customer: string): Promise<void> => {
  control.raise("alert", { customer });
  await control.advance("PT3S");
  await control.settled();
};
const trick = (body: object): Promise<Response> =>
  fetch(`${simulator.url}/sim/webhooks`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
const inbox = async () =>
  (
    await sql<{
      id: bigint;
      name: string;
      deliveries: number;
      outcome: string | null;
    }>`select id, name, deliveries, outcome from webhook_inbox order by id`.execute(store.db)
  ).rows;

async function someAzureCustomer(): Promise<string> {
  await syncAll(deps, ["customers", "subscriptions"]);
  const { rows } = await sql<{
    customer_id: string;
  }>`select customer_id from sync_customer where has_azure order by name limit 1`.execute(store.db);
  return rows[0]?.customer_id ?? assert.fail();
}

test("a signed webhook is answered at once, kept once, and its work is on the queue", async () => {
  const customer = await someAzureCustomer();
  await listening(async (_url, statuses) => {
    enqueued = [];
    await raiseAlert(customer);
    assert.deepEqual(statuses, [200]);
    const [row] = await inbox();
    assert.equal(row?.name, "azure-fraud-event-detected");
    assert.deepEqual(enqueued, [["sync.webhook", { id: String(row?.id) }]]);
    await handleDelivery(deps, row?.id ?? 0n);
    assert.deepEqual(enqueued[1], ["sync.alerts", null]);
    assert.equal((await inbox())[0]?.outcome, "runs alerts");
    await handleDelivery(deps, row?.id ?? 0n);
    assert.equal(enqueued.length, 2, "a repeated job has no second effect");
  });
});

for (const kind of [
  "bad-signature",
  "foreign-root",
  "expired-certificate",
  "foreign-host",
  "no-signature",
  "changed-body",
] as const)
  test(`a webhook with ${kind} is refused and leaves nothing behind`, async () => {
    const customer = await someAzureCustomer();
    await listening(async (_url, statuses) => {
      await trick({ trick: kind, count: 1 });
      await raiseAlert(customer);
      assert.ok(statuses.length > 0 && statuses.every((status) => status === 401), String(statuses));
      assert.equal((await inbox()).length, 0);
      await trick({ trick: "lost", count: 0 }).then(() => fetch(`${simulator.url}/sim/webhooks`, { method: "DELETE" }));
    });
  });

test("a duplicate is answered alike and counted, not worked on twice", async () => {
  const customer = await someAzureCustomer();
  await listening(async (_url, statuses) => {
    enqueued = [];
    await trick({ trick: "duplicate", count: 1, seconds: 2 });
    await raiseAlert(customer);
    await control.advance("PT10S");
    assert.deepEqual(statuses, [200, 200]);
    assert.deepEqual(
      (await inbox()).map((row) => row.deliveries),
      [2],
    );
    assert.equal(enqueued.length, 1);
  });
});

test("a webhook that comes two days late is believed; one that never comes is made good by the poll", async () => {
  const customer = await someAzureCustomer();
  await listening(async (_url, statuses) => {
    await trick({ trick: "late", count: 1, seconds: 172_800 });
    await raiseAlert(customer);
    assert.deepEqual(statuses, []);
    await control.advance("PT48H1M");
    assert.ok(statuses.length > 0 && statuses.every((status) => status === 200));
    const before = (await facts()).length;
    await trick({ trick: "lost", count: 1 });
    const seen = statuses.length;
    await raiseAlert(customer);
    assert.equal(statuses.length, seen);
    await syncFeed(deps, "alerts");
    assert.ok((await facts()).length > before);
  });
});

test("a delivery whose job was lost is worked off by the catch-up, and a changed subscription is read at once", async () => {
  const customer = await someAzureCustomer();
  await listening(async () => {
    const reader = createReader(client, { correlationId: randomUUID(), onUnreadable: () => {} });
    const [first] = (await reader.subscriptions(customer as never)).filter(
      (one) => one.family === "new-commerce" && one.status === "active",
    );
    if (first === undefined) return;
    await createActions(client).setAutoRenew(
      { customerId: customer as never, subscriptionId: first.id, autoRenew: !first.autoRenew },
      { requestId: randomUUID(), correlationId: randomUUID() },
    );
    await control.advance("PT48H");
    const waiting = (await inbox()).filter((row) => row.name === "subscription-updated");
    assert.ok(waiting.length > 0);
    await sql`truncate test_fact`.execute(store.db);
    assert.equal((await syncFeed(deps, "webhooks")).kind, "complete");
    assert.ok((await inbox()).every((row) => row.outcome !== null));
    assert.ok((await facts()).includes(`subscriptions ${customer}`));
  });
});
