import assert from "node:assert/strict";
import { test } from "node:test";
import type { Person } from "../../access/contract.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import type { SuppressCondition } from "./contract-suppress.ts";
import { hitDays, hitsOf, hitTotals, readHealth, readHits, readSettings, readSuppressions, tuningNow } from "./read.ts";
import { addFilter, changeSetting, liftFilter, liftSuppression, suppress } from "./service-tuning.ts";
import { event, firstUse, GRANIT, HAVSO, RULE, rulesOf, START, TEXTS } from "./testing.ts";
import { watchDesk } from "./testing-desk.ts";

const store = await testStore();
const desk = watchDesk(store, rulesOf([TEXTS.elevate], { detectors: [firstUse] }));
const { state, watch, deps } = desk;
const elin: Person = { id: "elin", name: "Elin", email: "elin@partner.example", role: "admin-agent", twoFactor: true };
const by = () => ({ person: elin, actor: { kind: "person", id: "elin", name: "Elin" } as const, now: state.now });
const end = () => state.now.add({ hours: 24 * 30 });
const reason = "The build machine does this every night.";
const make = (conditions: readonly SuppressCondition[], more: { ruleId?: string; expiresAt?: Temporal.Instant } = {}) =>
  store.inTransaction((tx) =>
    suppress(deps, tx, { conditions: [...conditions], reason, ticket: "T-1", expiresAt: end(), ...more, ...by() }),
  );
const code = (result: { ok: true } | { ok: false; error: { code: string } }) => (result.ok ? "ok" : result.error.code);
const from = (ip: string, minute: number) => event("elevate", minute, { ip, actor: { id: `who-${ip}`, kind: "user" } });
const told = async () => (await desk.findings()).map(({ facts }) => facts["actor"]).sort();
const elevations = async () => (await desk.hits()).filter(({ rule_id: rule }) => rule === RULE.elevate);

test("a suppression names values, a known rule and an end within a year", async () => {
  const ip: SuppressCondition = { field: "ip", match: "is", value: "203.0.113.9" };
  assert.equal(code(await make([], { ruleId: RULE.elevate })), "suppression-nothing-named");
  assert.equal(code(await make([{ field: "customer", match: "is", value: HAVSO }])), "suppression-whole-customer");
  assert.equal(code(await make([ip], { ruleId: "no-such-rule" })), "rule-unknown");
  assert.equal(code(await make([ip], { expiresAt: state.now })), "expiry-past");
  assert.equal(code(await make([ip], { expiresAt: state.now.add({ hours: 24 * 400 }) })), "expiry-far");
});

test("suppressed hits are kept and counted, not told; lifting lets new ones through", async () => {
  const made = await make([{ field: "ip", match: "in-network", value: "203.0.113.0/28" }], { ruleId: RULE.elevate });
  assert.ok(made.ok);
  await desk.send([from("203.0.113.7", 1), from("203.0.113.9", 2), from("198.51.100.1", 3)]);
  await watch.tick();
  assert.deepEqual((await elevations()).map(({ suppressed_by: one }) => one === null).sort(), [false, false, true]);
  assert.ok(!(await told()).includes("who-203.0.113.7"));
  const { suppressions } = await readSuppressions(deps, store.db, state.now);
  assert.deepEqual(
    suppressions.map(({ hits, state: is, rule }) => [hits, is, rule?.title]),
    [["2", "in-force", "Access raised"]],
  );
  const listed = await readHits(deps, store.db, { state: "suppressed", limit: 10 });
  assert.ok(listed.ok);
  assert.deepEqual(
    listed.value.rows.map((row) => row.suppressedBy),
    [made.value.id, made.value.id],
  );
  const lifted = await store.inTransaction((tx) =>
    liftSuppression(tx, { id: made.value.id, why: "It is gone.", ...by() }),
  );
  assert.ok(lifted.ok);
  await desk.send([from("203.0.113.7", 4)]);
  await watch.tick();
  assert.ok((await desk.findings()).some(({ facts }) => facts["actor"] === "who-203.0.113.7" && facts["hits"] === 1));
  const again = await store.inTransaction((tx) =>
    liftSuppression(tx, { id: made.value.id, why: "Once more.", ...by() }),
  );
  assert.equal(code(again), "suppression-unknown");
  const events = await readEvents(store.db, { typePrefix: "activity.", limit: 10 });
  assert.deepEqual(
    events.map(({ type, why }) => [type, why]),
    [
      ["activity.suppression-lifted", "It is gone."],
      ["activity.suppressed", reason],
    ],
  );
});

test("a suppression ends by itself", async () => {
  assert.ok(
    (await make([{ field: "ip", match: "is", value: "192.0.2.5" }], { expiresAt: state.now.add({ hours: 1 }) })).ok,
  );
  await desk.send([from("192.0.2.5", 10)]);
  await watch.tick();
  const quiet = (await elevations()).filter(({ suppressed_by: one }) => one !== null).length;
  state.now = state.now.add({ hours: 2 });
  await desk.send([from("192.0.2.5", 11)]);
  await watch.tick();
  assert.equal((await elevations()).filter(({ suppressed_by: one }) => one !== null).length, quiet);
});

test("a customer's filter is one Sigma filter; it keeps its events away until it is lifted", async () => {
  const filter = (document: string) =>
    store.inTransaction((tx) =>
      addFilter(deps, tx, { customerId: GRANIT, document, reason, ticket: undefined, expiresAt: end(), ...by() }),
    );
  assert.equal(code(await filter("title: x")), "filter-faulty");
  assert.equal(code(await filter(TEXTS.elevate)), "filter-not-one");
  const document = `title: their own tool
logsource: {}
filter:
  rules: any
  selection: { operation: elevate }
  condition: not selection
`;
  const made = await filter(document);
  assert.ok(made.ok);
  const before = (await elevations()).length;
  await desk.send([event("elevate", 20, { customer: GRANIT })]);
  await watch.tick();
  assert.equal((await elevations()).length, before);
  const { filters } = await readSuppressions(deps, store.db, state.now);
  assert.deepEqual(
    filters.map(({ hits, title }) => [hits, title]),
    [["2", "their own tool"]],
  );
  assert.ok((await store.inTransaction((tx) => liftFilter(tx, { id: made.value.id, why: "Not needed.", ...by() }))).ok);
  await desk.send([event("elevate", 21, { customer: GRANIT })]);
  await watch.tick();
  assert.equal((await elevations()).length, before + 1);
});

test("numbers of a detector are set inside their bounds, for one customer or all, and put back", async () => {
  const set = (value: number | null, customerId: typeof HAVSO | null = null, name = "quietHours") =>
    store.inTransaction((tx) =>
      changeSetting(deps, tx, { detectorId: firstUse.id, customerId, name, value, reason, ...by() }),
    );
  assert.equal(code(await set(99)), "setting-out-of-bounds");
  assert.equal(code(await set(5, null, "nothing")), "setting-unknown");
  assert.ok((await set(5)).ok);
  assert.ok((await set(3, HAVSO)).ok);
  const { settings } = await tuningNow(store.db, state.now);
  assert.deepEqual(
    [settings(firstUse.id, HAVSO), settings(firstUse.id, GRANIT)],
    [{ quietHours: 3 }, { quietHours: 5 }],
  );
  const [detector] = (await readSettings(deps, store.db)).detectors;
  assert.deepEqual(
    detector?.settings.map(({ value, customers }) => [value, customers.map((one) => one.value)]),
    [[5, [3]]],
  );
  assert.ok((await set(null, HAVSO)).ok);
  assert.deepEqual((await tuningNow(store.db, state.now)).settings(firstUse.id, HAVSO), { quietHours: 5 });
  const [last] = await readEvents(store.db, { typePrefix: "activity.settings", limit: 1 });
  assert.deepEqual([last?.before, last?.after], [{ quietHours: 3 }, { quietHours: null }]);
});

test("a backtest mutes what the live watch would", async () => {
  assert.ok((await make([{ field: "actor.id", match: "starts-with", value: "svc-" }])).ok);
  const { mutedBy } = await tuningNow(store.db, state.now);
  const seen = { "actor.id": ["svc-1"], "actor.name": [], ip: [], "resource.id": [], "app.id": [] };
  const rule = {
    id: "x",
    title: "x",
    titleSv: "x",
    family: "misuse",
    runbook: "x",
    contain: "none",
    version: 1,
  } as const;
  const hit = {
    rule,
    level: "low",
    customer: HAVSO,
    subscription: undefined,
    group: [],
    at: 0,
    facts: {},
    events: [],
  } as const;
  const named = { ...hit, fingerprint: "f", completedBy: "c", isShadow: false };
  assert.notEqual(mutedBy({ ...named, seen }), undefined);
  assert.equal(mutedBy({ ...named, seen: { ...seen, "actor.id": ["svc-1", "eve"] } }), undefined);
});

test("lists: hits page by page, of an event, by rule and day", async () => {
  const ask = { limit: 2, rule: RULE.elevate } as const;
  const first = await readHits(deps, store.db, ask);
  assert.ok(first.ok);
  const next = await readHits(deps, store.db, { ...ask, cursor: first.value.nextCursor ?? "" });
  assert.ok(next.ok);
  const ids = [...first.value.rows, ...next.value.rows].map(({ id }) => id);
  assert.equal(new Set(ids).size, 4);
  assert.equal(code(await readHits(deps, store.db, { ...ask, cursor: "nonsense" })), "cursor-bad");
  const [name = ""] = first.value.rows[0]?.events ?? [];
  const [source, id = ""] = name.split("|");
  const found = await hitsOf(store.db, [{ source: source as "azure-activity", id }]);
  assert.ok(found.get(name)?.some(({ ruleId }) => ruleId === RULE.elevate));
  const totals = await hitTotals(store.db, { week: START.subtract({ hours: 1 }), month: START.subtract({ hours: 1 }) });
  assert.equal(totals.get(RULE.elevate)?.month, (await elevations()).length);
  const days = await hitDays(store.db, RULE.elevate, START.subtract({ hours: 24 }));
  assert.deepEqual(
    days.map(({ day, hits }) => [day.toString(), hits]),
    [["2026-11-17", (await elevations()).length]],
  );
});

test("health says where the watch stands, its lag and its counters", async () => {
  await watch.tick();
  const before = await readHealth(deps, store.db, state.now);
  assert.deepEqual([before.state, before.lagEvents, before.lagSeconds], ["running", "0", 0]);
  await desk.send([event("elevate", 40)]);
  const behind = await readHealth(deps, store.db, state.now.add({ seconds: 40 }));
  assert.deepEqual([behind.state, behind.lagEvents, behind.lagSeconds], ["waiting", "1", 40]);
  assert.ok((behind.process?.perRule[RULE.elevate]?.hits ?? 0) > 0);
});
