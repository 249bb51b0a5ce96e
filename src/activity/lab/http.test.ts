import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "../../http/contract.ts";
import { actorOf, type Person } from "../../access/contract.ts";
import { testStore } from "../../store/testing.ts";
import type { ExamplesWire, RulesWire, RuleWire, SavedWire } from "./contract-wire.ts";
import { labRoutes } from "./http.ts";
import { seedRules } from "./service-deliver.ts";
import { azureEvent, BURST_ID, burstText, ELEVATE_ID, elevateText, testDeps } from "./testing.ts";

const store = await testStore();
const now = Temporal.Instant.from("2026-03-03T00:00:00Z");
const ada: Person = { id: "ada", name: "Ada", email: "ada@example.com", role: "admin-agent", twoFactor: true };
const lastAt = Temporal.Instant.from("2026-03-02T10:00:00Z");
const deps = testDeps(store, [azureEvent("v1", "2026-03-01T10:00:00Z")], {
  hitTotals: async () => new Map([[BURST_ID, { week: 3, month: 5, shadow: 1, customers: 2, lastAt }]]),
  hitDays: async () => [{ day: Temporal.PlainDate.from("2026-03-02"), hits: 3, shadow: 1 }],
  unseenFields: async () => new Map([[ELEVATE_ID, ["outcome"]]]),
});
await store.inTransaction((tx) =>
  seedRules(tx, { files: deps.ownFiles(), detectors: deps.detectors, sweeps: [] }, now),
);
const routes = labRoutes(deps);

/** Calls a route as the server would, and holds its answer against what it says it answers. */
async function call(name: string, given: { params?: object; body?: object } = {}) {
  const found = routes.find((route): route is Route & { kind: "json" } => `${route.method} ${route.path}` === name);
  assert.ok(found, name);
  const answer = await store.inTransaction((tx) =>
    found.handle({
      params: found.params?.parse(given.params) as never,
      query: undefined,
      body: found.body?.parse(given.body) as never,
      tx,
      person: ada,
      actor: actorOf(ada),
      now,
      requestId: "test",
      headers: {},
      ip: "127.0.0.1",
      setHeader: () => {},
    }),
  );
  return answer.ok ? { value: found.response.parse(answer.value) } : { code: answer.error.code };
}

test("the list says what each rule is, where it stands and what it hit", async () => {
  const { rows } = (await call("GET /api/activity/rules")).value as RulesWire;
  assert.equal(rows.length, 3);
  const burst = rows.find(({ ruleId }) => ruleId === BURST_ID);
  assert.deepEqual([burst?.hits.week, burst?.hits.lastAt, burst?.unseenFields], [3, "2026-03-02T10:00:00Z", null]);
  assert.deepEqual(rows.find(({ ruleId }) => ruleId === ELEVATE_ID)?.unseenFields, ["outcome"]);
});

test("a rule is read, changed, and shows that it differs from what ships", async () => {
  const before = (await call("GET /api/activity/rules/:ruleId", { params: { ruleId: BURST_ID } })).value as RuleWire;
  assert.deepEqual([before.differs, before.days.length, before.card.correlation?.type], [false, 1, "event_count"]);
  const body = { text: burstText(9), why: "too loud here", state: "shadow", ruleId: BURST_ID, basedOn: 1 };
  const saved = (await call("POST /api/activity/rules", { body })).value as SavedWire;
  assert.deepEqual(saved, { ruleId: BURST_ID, version: 2, state: "shadow" });
  const after = (await call("GET /api/activity/rules/:ruleId", { params: { ruleId: BURST_ID } })).value as RuleWire;
  assert.deepEqual(
    [after.differs, after.state, after.stateWhy, after.versions.length],
    [true, "shadow", "too loud here", 2],
  );
  assert.deepEqual(
    after.versions.map(({ isUpstream }) => isUpstream),
    [false, true],
  );
});

test("examples are noted with the version that was saved", async () => {
  const text = elevateText(`  examples:
    - name: wrongly said to hit
      hits: true
      events: [{ operation: another }]
`);
  const saved = await call("POST /api/activity/rules", { body: { text, why: "an example", state: "draft" } });
  assert.ok(saved.value);
  const rule = (await call("GET /api/activity/rules/:ruleId", { params: { ruleId: ELEVATE_ID } })).value as RuleWire;
  assert.deepEqual(rule.versions[0]?.tests, { passed: 0, failed: 1 });
  const examples = await call("GET /api/activity/rules/:ruleId/examples", { params: { ruleId: "two-deletions" } });
  assert.deepEqual(
    (examples.value as ExamplesWire).rows.map(({ isRight }) => isRight),
    [true, true],
  );
});

test("what is not there is said by name", async () => {
  const table: readonly (readonly [string, object, string])[] = [
    ["GET /api/activity/rules/:ruleId", { params: { ruleId: "nobody" } }, "rule-unknown"],
    [
      "GET /api/activity/rules/:ruleId/versions/:version",
      { params: { ruleId: BURST_ID, version: 99 } },
      "rule-version-unknown",
    ],
    ["GET /api/activity/runbooks/:name", { params: { name: "../../../package" } }, "runbook-unknown"],
    ["GET /api/activity/backtests/:backtestId", { params: { backtestId: crypto.randomUUID() } }, "backtest-unknown"],
    [
      "POST /api/activity/rules/:ruleId/switch",
      { params: { ruleId: BURST_ID }, body: { state: "off", why: "" } },
      "why-missing",
    ],
    [
      "POST /api/activity/rules/explain",
      { body: { ruleId: BURST_ID, event: { source: "defender", id: "x" } } },
      "event-unknown",
    ],
  ];
  for (const [name, given, code] of table) assert.equal((await call(name, given)).code, code, name);
});

test("a runbook of the guide is read", async () => {
  const read = await call("GET /api/activity/runbooks/:name", { params: { name: "spending" } });
  assert.match((read.value as { text: string }).text, /^# /);
});
