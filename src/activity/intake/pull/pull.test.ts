import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, test } from "node:test";
import { startSimulator } from "../../../../simulator/server.ts";
import type { CustomerId } from "../../../core/ids.ts";
import { clientOf } from "../../../partner-center/testing.ts";
import { csvReader } from "../../../receivables/csv.ts";
import { bulkTransactions } from "../../../store/bulk.ts";
import { testStore } from "../../../store/testing.ts";
import { normalise } from "../../shapes/normalise.ts";
import { createStream } from "../../stream/stream.ts";
import { readings, recordReading } from "../../stream/store-feeds.ts";
import { PULL_FEEDS, type PullFeed } from "../contract-pull.ts";
import { ownersBook } from "../owners.ts";
import { readAll } from "../testing.ts";
import type { PullDeps } from "./deps.ts";
import { pullRound } from "./run.ts";
import { countPulls, troubledPulls } from "./store-pull.ts";

/** The real readers and client against the running simulator, on a real database. */

const simulator = await startSimulator({
  seed: 11,
  pageRowsMax: 20,
  throttlePerMinute: 0,
  now: "2026-11-17T07:42:00Z",
});
after(() => simulator.close());
const { control } = simulator;
const store = await testStore();
const clock = { now: () => Temporal.Instant.from(control.now()) };
const client = clientOf({
  url: simulator.url,
  credentials: control.credentials,
  now: control.now,
  advance: control.advance,
});
const stream = createStream({ store, bulk: bulkTransactions(store.pool), normalise });
const lever = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${simulator.url}/sim/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return (await answer.json()) as Record<string, unknown>;
};
const idOf = async (key: string): Promise<{ id: CustomerId; subscriptions: string[] }> => {
  const state = (await lever("GET", `state?customer=${key}`)) as {
    customers: { id: CustomerId }[];
    entitlements: { id: string }[];
  };
  return { id: state.customers[0]?.id as CustomerId, subscriptions: state.entitlements.map(({ id }) => id) };
};
const havso = await idOf("havso");
const other = await idOf("klovern");
for (const customer of ["havso", "klovern"]) await lever("POST", "activity", { customer, access: "ok" });

let feeds: readonly PullFeed[] = PULL_FEEDS;
let targets: readonly { customer: CustomerId; subscriptions: readonly string[] }[] = [
  { customer: havso.id, subscriptions: havso.subscriptions },
];
let calls = 0;
const deps: PullDeps = {
  store,
  clock,
  stream,
  normalise,
  csv: csvReader,
  newId: randomUUID,
  owners: ownersBook({
    clock,
    customersByTenant: async (_tx, ids) => new Map(ids.map((id) => [id, id as CustomerId])),
    customersBySubscription: async () => new Map(),
  }),
  askTenant: ({ service, ...call }) => {
    calls += 1;
    return client.send({ ...call, audience: service, auth: "user" });
  },
  pullFeeds: async () => feeds,
  pullTargets: async () => targets,
  recordReading,
  customerNames: async () => new Map(),
  log: () => {},
};
const events = async () => (await readAll(stream)).map(({ event, intake }) => ({ ...event, intake }));
const due = () => control.advance("PT16M");
afterEach(() => control.clearFaults());

test("a takeover is found by pull, each record once, whatever feeds and parts it is spread over", async () => {
  await lever("POST", "events/takeover", { customer: "havso" });
  await pullRound(deps);
  const all = await events();
  const sources = new Map(
    Map.groupBy(all, ({ source }) => source)
      .entries()
      .map(([source, of]) => [source, of.length]),
  );
  assert.ok(
    (sources.get("azure-activity") ?? 0) > 40 &&
      (sources.get("entra-sign-in") ?? 0) > 0 &&
      (sources.get("entra-risk") ?? 0) === 1,
    JSON.stringify([...sources]),
  );
  assert.equal(sources.get("unknown"), undefined);
  assert.ok(all.every(({ customer, intake }) => customer === havso.id && /^pull:[a-z.-]+:[0-9a-f-]{36}$/.test(intake)));
  assert.ok(
    all.some(({ operation }) => operation === "microsoft.authorization/elevateaccess/action"),
    "the tenant's own log is read too",
  );
  const machines = all.filter(({ operation }) => operation === "microsoft.compute/virtualmachines/write");
  assert.ok(new Set(machines.map(({ resource }) => resource?.id)).size >= 12);
  const before = all.length;
  await due();
  await pullRound(deps);
  const again = await events();
  assert.equal(new Set(again.map(({ source, id }) => `${source}|${id}`)).size, again.length);
  assert.ok(again.length >= before);
});

test("what arrives late is found by the next rounds", async () => {
  await lever("POST", "events/spray", { customer: "havso", late: 3_600 });
  await pullRound(deps);
  const tries = async () =>
    (await events()).filter(
      ({ source, actor }) => source === "entra-sign-in" && actor?.id !== undefined && /user\d/.test(actor.name ?? ""),
    ).length;
  assert.equal(await tries(), 0);
  await control.advance("PT70M");
  await pullRound(deps);
  assert.ok((await tries()) > 20);
});

test("repeats, no order, empty pages, throttling and outages lose nothing and double nothing", async () => {
  for (const trick of ["repeat", "unordered", "empty-page"]) await lever("POST", "activity", { trick });
  control.addFault({ kind: "throttle", path: "auditLogs|management/values", count: 3, seconds: 20 });
  control.addFault({ kind: "server-error", path: "activity/feed", count: 2 });
  const told = await lever("POST", "events/spam", { customer: "havso" });
  await due();
  await pullRound(deps);
  await due();
  await pullRound(deps);
  const all = await events();
  assert.equal(new Set(all.map(({ source, id }) => `${source}|${id}`)).size, all.length);
  assert.equal(all.filter(({ operation }) => operation === "send").length, 240);
  assert.ok(
    all.some(({ alert }) => alert?.title === "User restricted from sending email"),
    JSON.stringify(told),
  );
  await lever("DELETE", "activity");
  for (const customer of ["havso", "klovern"]) await lever("POST", "activity", { customer, access: "ok" });
});

test("a reading that is cut short between pages is repeated and keeps each record once", async () => {
  await lever("POST", "events/spray", { customer: "havso" });
  await due();
  let left = 2;
  const dying: PullDeps = {
    ...deps,
    askTenant: (call) => (left-- > 0 ? deps.askTenant(call) : Promise.reject(new Error("killed"))),
  };
  feeds = ["graph.sign-ins"];
  await assert.rejects(pullRound(dying));
  await pullRound(deps);
  const all = await events();
  assert.equal(new Set(all.map(({ source, id }) => `${source}|${id}`)).size, all.length);
  assert.ok(all.filter(({ source }) => source === "entra-sign-in").length > 40);
});

test("a customer that cannot be read says why; the others go on; our own trouble stops the round", async () => {
  feeds = ["graph.sign-ins", "graph.directory-audits", "azure.activity", "office.audit"];
  targets = [
    { customer: other.id, subscriptions: ["00000000-0000-4000-8000-00000000dead"] },
    { customer: havso.id, subscriptions: havso.subscriptions },
  ];
  await lever("POST", "activity", { customer: "klovern", access: "no-licence" });
  await control.advance("PT1H");
  await pullRound(deps);
  const states = async () =>
    new Map((await troubledPulls(store.db, PULL_FEEDS, 50)).map((one) => [`${one.feed} ${one.part}`, one.state]));
  const found = await states();
  assert.equal(found.get("graph.sign-ins "), "no-licence");
  assert.equal(found.get("azure.activity 00000000-0000-4000-8000-00000000dead"), "gone");
  assert.equal(found.size, 2, "audits and mail of the same customer are read");
  const counts = await countPulls(store.db);
  const byState = (wanted: string) =>
    counts
      .filter(({ feed }) => feed === wanted)
      .map(({ state, count }) => `${state} ${count}`)
      .toSorted();
  assert.deepEqual(byState("graph.sign-ins"), ["no-licence 1", "on-time 1"]);
  assert.deepEqual(byState("azure.activity"), ["gone 1", "on-time 1"], "customers are counted, not their parts");
  for (const [access, state] of [
    ["no-consent", "no-consent"],
    ["gone", "no-access"],
    ["audit-off", "audit-off"],
  ] as const) {
    await lever("POST", "activity", { customer: "klovern", access });
    // Tokens that were given before are good for an hour.
    await control.advance("PT7H");
    await pullRound(deps);
    const feed = state === "audit-off" ? "office.audit Audit.Exchange" : "graph.directory-audits ";
    assert.equal((await states()).get(feed), state);
  }
  await lever("POST", "activity", { customer: "klovern", access: "ok" });
  await control.advance("PT7H");
  await pullRound(deps);
  assert.equal((await states()).get("graph.directory-audits "), undefined, "mended by itself");
  await lever("POST", "tokens/revoke", {});
  await control.advance("PT2H");
  const before = calls;
  const troubledBefore = (await states()).size;
  await pullRound(deps);
  assert.ok(calls - before <= 8, `${calls - before} calls with a dead sign-in`);
  assert.equal((await states()).size, troubledBefore, "no customer is blamed for it");
});

test("the coverage ledger has what was read, without a hole", async () => {
  const rows = await readings(store.db, { since: clock.now().subtract({ hours: 240 }), tenants: [havso.id] });
  const signIns = rows.find(({ feed }) => feed === "pull:graph.sign-ins");
  assert.ok(signIns !== undefined);
  assert.deepEqual(signIns.unread, []);
  const azure = await readings(store.db, { since: clock.now().subtract({ hours: 240 }), tenants: [other.id] });
  assert.equal(
    azure.find(({ feed }) => feed === "pull:azure.activity"),
    undefined,
    "a feed is as far as its slowest part",
  );
});

test("with no feed chosen nothing is asked", async () => {
  feeds = [];
  const before = calls;
  assert.deepEqual(await pullRound(deps), { pulls: 0, records: 0 });
  assert.equal(calls, before);
});
