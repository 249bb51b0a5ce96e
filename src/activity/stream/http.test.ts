import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import type { Actor } from "../../store/contract.ts";
import { testStore } from "../../store/testing.ts";
import type { CoverageRow, HistogramWire, RetentionWire, SavedSearch, SearchWire } from "./contract.ts";
import { followStream } from "./service-coverage.ts";
import { streamSlice } from "./slice.ts";
import { newRecord, testNormalise, testStream } from "./testing.ts";

/** The routes of search, coverage and keeping: answers keep to their form, input is checked, each asks for its permission. */

const store = await testStore();
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const ACME = "00000000-0000-4000-8000-000000000001" as CustomerId;
const slice = streamSlice({
  store,
  clock: { now: () => NOW },
  newId: randomUUID,
  normalise: testNormalise,
  customersByIds: async () => new Map([[ACME, { name: "Acme" }]]),
  allCustomerIds: async () => [ACME],
  hitsOf: async () => new Map(),
});
type Who = { readonly id: string; readonly name: string };
const KARIN: Who = { id: "karin", name: "Karin" };
const ELIN: Who = { id: "elin", name: "Elin" };
type Asked = { readonly params?: object; readonly query?: object; readonly body?: object; readonly who?: Who };

async function ask(method: string, path: string, { params = {}, query = {}, body, who = KARIN }: Asked = {}) {
  const one = slice.routes.find((route) => route.path === path && route.method === method);
  assert.ok(one?.kind === "json", `${method} ${path}`);
  const parsed = {
    params: one.params?.parse(params) ?? {},
    query: one.query?.parse(query) ?? {},
    body: body === undefined ? undefined : one.body?.parse(body),
  };
  const actor: Actor = { kind: "person", ...who };
  const answer = await store.inTransaction((tx) =>
    one.handle({ tx, now: NOW, person: { ...who, role: "global-admin" }, actor, ...parsed } as never),
  );
  if (answer.ok) one.response.parse(answer.value);
  return answer;
}
async function value<T>(...of: Parameters<typeof ask>): Promise<T> {
  const answer = await ask(...of);
  assert.ok(answer.ok, answer.ok ? "" : answer.error.code);
  return answer.value as T;
}
const code = async (...of: Parameters<typeof ask>): Promise<string> => {
  const answer = await ask(...of);
  return answer.ok ? "fine" : answer.error.code;
};

await testStream(store).append(
  [
    newRecord({ id: "one", at: "2026-11-22T10:00:00Z", customer: ACME, source: "entra-audit" }, NOW),
    newRecord({ id: "a/b c?|&", at: "2026-11-22T11:00:00Z" }, NOW),
  ],
  { intake: "push:test", now: NOW },
);
await followStream({ store }, NOW);

test("reading asks for activity.read, and only what changes keeping for activity.keep", () => {
  for (const route of slice.routes) {
    const isKeeping = /retention|holds/.test(route.path) && route.method !== "GET";
    assert.equal(route.permission, isKeeping ? "activity.keep" : "activity.read", `${route.method} ${route.path}`);
  }
});

test("search, histogram and one event answer in their forms", async () => {
  const found = await value<SearchWire>("GET", "/api/activity/events", { query: { limit: "1" } });
  assert.deepEqual([found.rows[0]?.id, found.rows[0]?.customer, found.searchedBack], ["a/b c?|&", null, null]);
  const rest = await value<SearchWire>("GET", "/api/activity/events", { query: { cursor: found.nextCursor ?? "" } });
  assert.deepEqual([rest.rows.map(({ id }) => id), rest.nextCursor], [["one"], null]);
  assert.equal((await value<HistogramWire>("GET", "/api/activity/events/histogram")).total, 2);
  await value("GET", "/api/activity/event", { query: { source: "azure-activity", id: "a/b c?|&" } });
  assert.equal(await code("GET", "/api/activity/event", { query: { source: "defender", id: "one" } }), "event-unknown");
  assert.equal(await code("GET", "/api/activity/events", { query: { cursor: "nonsense" } }), "cursor-unknown");
});

test("a saved search is its owner's: others see it when it is shared, and cannot remove it", async () => {
  const path = "/api/activity/searches";
  const body = { name: "Roles", filters: { operation: "role" }, last: "7d", shared: false };
  const mine = await value<SavedSearch>("POST", path, { body });
  const list = async (who: Who) => (await value<{ rows: SavedSearch[] }>("GET", path, { who })).rows;
  assert.deepEqual(
    (await list(KARIN)).map(({ name, mine: own }) => [name, own]),
    [["Roles", true]],
  );
  assert.deepEqual(await list(ELIN), []);
  const again = await value<SavedSearch>("POST", path, { body: { ...body, name: "roles", shared: true } });
  assert.equal(again.id, mine.id);
  assert.deepEqual(
    (await list(ELIN)).map(({ name, mine: own }) => [name, own]),
    [["roles", false]],
  );
  const remove = { params: { id: mine.id } };
  assert.equal(await code("DELETE", `${path}/:id`, { ...remove, who: ELIN }), "search-unknown");
  assert.equal(await code("DELETE", `${path}/:id`, remove), "fine");
  assert.deepEqual(await list(KARIN), []);
});

test("coverage and keeping answer in their forms", async () => {
  const rows = await value<{ rows: CoverageRow[]; total: number }>("GET", "/api/activity/coverage");
  assert.deepEqual([rows.total, rows.rows[0]?.customer?.name, rows.rows[0]?.state], [1, "Acme", "unknown"]);
  await value("GET", "/api/activity/coverage/summary");
  await value("GET", "/api/customers/:customerId/activity-coverage", { params: { customerId: ACME } });
  const kept = await value<RetentionWire>("PUT", "/api/activity/retention/:class", {
    params: { class: "mailbox" },
    body: { days: 60, why: "less is enough" },
  });
  assert.equal(kept.classes.find((one) => one.class === "mailbox")?.days, 60);
  const body = { customerId: ACME, reason: "lawsuit" };
  const hold = await value<{ id: string }>("POST", "/api/activity/holds", { body });
  assert.equal(await code("POST", "/api/activity/holds", { body }), "held-already");
  const lift = { params: { id: hold.id }, body: { why: "settled" } };
  assert.equal(await code("POST", "/api/activity/holds/:id/lift", lift), "fine");
  assert.equal(await code("POST", "/api/activity/holds/:id/lift", lift), "hold-not-in-force");
  const stranger = { customerId: "00000000-0000-4000-8000-00000000000f", reason: "lawsuit" };
  assert.equal(await code("POST", "/api/activity/holds", { body: stranger }), "customer-unknown");
});

const BAD: readonly (readonly [string, object])[] = [
  ["/api/activity/events", { limit: "0" }],
  ["/api/activity/events", { outcome: "maybe" }],
  ["/api/activity/event", { source: "azure", id: "x" }],
  ["/api/activity/coverage", { state: "fine" }],
];
for (const [path, query] of BAD)
  test(`${path} refuses ${JSON.stringify(query)}`, async () => {
    await assert.rejects(ask("GET", path, { query }));
  });
