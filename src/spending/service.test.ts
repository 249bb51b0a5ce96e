import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import type { NewFinding } from "../cases/contract.ts";
import { money, moneyToText } from "../core/money.ts";
import { type Actor, SURETY, type Tx } from "../store/contract.ts";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { BUDGET_STATES } from "./contract.ts";
import { pushBudget, requeueStuck, setBudget } from "./service-budget.ts";
import { lookAtSpend } from "./service-look.ts";
import { saveBudgets, saveUsage } from "./service-usage.ts";
import { burnRateOf } from "./service-burn.ts";
import { listSpend, spendOf, spendSummary, unbilledSince, unbilledUsage } from "./service.ts";
import { aRecord, aResource, budgetOf, customerIdOf, fakePartnerCenter, noUsage } from "./testing.ts";

const store = await testStore();
const day = (text: string) => Temporal.PlainDate.from(text);
const at = (text: string) => Temporal.Instant.from(text);
const karin: Actor = { kind: "person", id: "p1", name: "Karin Holm" };
let now = at("2026-11-17T08:00:00Z");
const clock = { now: () => now };
let ids = 0;
const newId = () => `22222222-0000-4000-8000-${(++ids).toString(16).padStart(12, "0")}`;
const queued: string[] = [];
const reported: NewFinding[] = [];
const resolved: string[] = [];
const partnerCenter = fakePartnerCenter();
const deps = {
  store,
  clock,
  newId,
  setBudget: partnerCenter.setBudget,
  isCustomer: async () => true,
  enqueue: async (_tx: Tx, job: string) => void queued.push(job),
  reportFinding: async (_tx: Tx, finding: NewFinding) => {
    reported.push(finding);
    return { findingId: "f" as never, caseId: "c" as never, isNew: true };
  },
  resolveFinding: async (_tx: Tx, { fingerprint }: { fingerprint: string }) => void resolved.push(fingerprint),
  saveBudgetUse: async () => {},
};
const save = (records: readonly ReturnType<typeof aRecord>[], readAt = "2026-11-17T07:00:00Z") =>
  store.inTransaction((tx) => saveUsage(tx, { ...noUsage, customers: records }, at(readAt)));
const noLines = async () => undefined;

beforeEach(async () => {
  await sql`truncate usage_day, usage_resource, spend_state, budget, budget_history, partner_budget, spend_finding`.execute(
    store.db,
  );
  queued.length = reported.length = resolved.length = 0;
  partnerCenter.budgets.clear();
  partnerCenter.state.effects = partnerCenter.calls.length = 0;
  now = at("2026-11-17T08:00:00Z");
});
/** November's figures of customer `n`: `cost` a day, at 05:00, up to the 16th. */
async function november(n: number, cost: number): Promise<void> {
  for (let date = 2; date <= 16; date++) {
    const through = `2026-11-${String(date).padStart(2, "0")}T05:00:00Z`;
    await save([aRecord(n, `${cost * (date - 1)}.005`, through)], through);
  }
}

test("figures are kept once, exact, and an older one changes nothing", async () => {
  await november(1, 100);
  await save([aRecord(1, "1500.005", "2026-11-16T05:00:00Z"), aRecord(1, "900", "2026-11-10T05:00:00Z")]);
  const { rows } = await sql<{
    n: number;
    total: string;
    costs: string;
  }>`select count(*)::int as n, max(month_to_date)::text as total, sum(cost)::text as costs from usage_day`.execute(
    store.db,
  );
  assert.deepEqual(rows[0], { n: 15, total: "1500.005", costs: "1500.005" });
  const before = await readEvents(store.db, { typePrefix: "spending.", limit: 1_000 });
  await save([aRecord(1, "1500.005", "2026-11-16T05:00:00Z")]);
  assert.equal((await readEvents(store.db, { typePrefix: "spending.", limit: 1_000 })).length, before.length);
});

test("a first figure that was last month's total moves to last month when the next one begins anew", async () => {
  await save([aRecord(1, "2900", "2026-11-01T05:00:00Z")]);
  await save([aRecord(1, "3000", "2026-11-01T23:00:00Z")]);
  await save([aRecord(1, "120", "2026-11-03T05:00:00Z")]);
  const { rows } = await sql<{ line: string }>`select day || ' ' || cost as line from usage_day order by day`.execute(
    store.db,
  );
  assert.deepEqual(
    rows.map((row) => row.line),
    ["2026-10-31 3000", "2026-11-03 120"],
  );
  const found = await spendOf(store.db, customerIdOf(1), now);
  assert.deepEqual([found.used?.minor, found.lastMonth?.total.minor], ["12000", "300000"]);
});

test("spend of a customer: used, burn, forecast and its reasons", async () => {
  await november(1, 100);
  const found = await spendOf(store.db, customerIdOf(1), now);
  assert.deepEqual(
    [found.state, found.used?.minor, found.month, found.days.length, found.budget],
    ["known", "150001", "2026-11", 15, null],
  );
  assert.equal(found.forecast?.day, "2026-11-30");
  assert.equal(found.burnPerHour?.minor, "417");
  const none = await spendOf(store.db, customerIdOf(2), now);
  assert.deepEqual([none.state, none.used, none.noForecast], ["none", null, "no-data"]);
  await sql`truncate usage_day`.execute(store.db);
  assert.deepEqual((await spendOf(store.db, customerIdOf(2), now)).reason, "never-read");
  await save([aRecord(3, "10", "2026-11-16T05:00:00Z", { currency: null })]);
  assert.deepEqual((await spendOf(store.db, customerIdOf(3), now)).reason, "currency-unknown");
});

test("burn: by the two newest figures; of one Azure subscription; unknown without data", async () => {
  const [vm] = ["e1e1e1e1-0000-4000-8000-000000000001"];
  assert.deepEqual(await burnRateOf(store.db, customerIdOf(1)), { kind: "unknown", reason: "no-data" });
  await save([aRecord(1, "360", "2026-11-16T00:00:00Z")]);
  const first = await burnRateOf(store.db, customerIdOf(1));
  assert.ok(first.kind === "known" && first.basis === "month" && moneyToText(first.perHour) === "1.00");
  await store.inTransaction((tx) =>
    saveUsage(tx, { ...noUsage, resources: [aResource(1, vm!, "100", "2026-11-15T05:00:00Z")] }, now),
  );
  await store.inTransaction((tx) =>
    saveUsage(tx, { ...noUsage, resources: [aResource(1, vm!, "340", "2026-11-16T05:00:00Z")] }, now),
  );
  const second = await burnRateOf(store.db, customerIdOf(1), vm);
  assert.ok(second.kind === "known" && second.basis === "reading" && moneyToText(second.perHour) === "10.00");
  assert.equal((await burnRateOf(store.db, customerIdOf(1), "other")).kind, "unknown");
});

test("unbilled usage as of past days, by calendar or by what lines say is billed", async () => {
  await save([
    aRecord(1, "3000", "2026-10-31T05:00:00Z"),
    aRecord(2, "50", "2026-11-10T05:00:00Z", { currency: "EUR" }),
  ]);
  await november(1, 100);
  await save([aRecord(3, "10", "2026-11-16T05:00:00Z", { currency: null })]);
  const told = async (asOf: string, billedThrough: string | undefined) =>
    (
      await unbilledUsage(store.db, {
        asOf: day(asOf),
        billedThrough: async () => (billedThrough === undefined ? undefined : day(billedThrough)),
      })
    ).map((one) => (one.amount ? moneyToText(one.amount) : one.reason));
  assert.deepEqual(await told("2026-11-17", undefined), ["1500.01", "50.00", "currency-unknown"]);
  assert.deepEqual(await told("2026-11-05", undefined), ["400.01"], "as it was known then");
  assert.deepEqual(await told("2026-11-05", "2026-09-30"), ["3400.01"], "October is not on an invoice yet");
  assert.deepEqual(await told("2026-10-31", undefined), ["3000.00"]);
  const one = await unbilledUsage(store.db, {
    asOf: day("2026-11-17"),
    customerIds: [customerIdOf(2)],
    billedThrough: noLines,
  });
  assert.equal(one.length, 1);
});

const sinces = [
  ["2026-11-17", undefined, "2026-11-01 calendar"],
  ["2026-11-17", "2026-10-31", "2026-11-01 lines"],
  ["2026-11-05", "2026-09-30", "2026-10-01 lines"],
  ["2026-11-05", "2026-01-31", "2026-11-01 calendar"],
  ["2026-09-05", "2026-10-31", "2026-09-01 calendar"],
] as const;
for (const [asOf, billed, expected] of sinces)
  test(`as of ${asOf}, billed through ${billed ?? "unknown"}: unbilled since ${expected}`, () => {
    const found = unbilledSince(day(asOf), billed === undefined ? undefined : day(billed));
    assert.equal(`${found.from.toString()} ${found.basis}`, expected);
  });

const agree = (n: number, kronor: number) =>
  store.inTransaction((tx) =>
    setBudget(
      tx,
      {
        customerId: customerIdOf(n),
        amount: money(BigInt(kronor) * 100n, "SEK"),
        agreedWith: "Anna Solvik",
        agreedOn: day("2026-11-17"),
        why: "Normal month",
        actor: karin,
        now,
      },
      deps,
    ),
  );
const stateOf = async (n: number) => (await spendOf(store.db, customerIdOf(n), now)).budget?.state;

test("findings: reported once, told again when they grow, taken back when their cause is gone", async () => {
  await november(1, 100);
  assert.equal(await lookAtSpend(deps), 1);
  assert.deepEqual(
    reported.map((one) => one.kind),
    ["spending.no-budget"],
  );
  assert.equal(await lookAtSpend(deps), 0, "nothing new, nothing to look at");
  await agree(1, 1_800);
  await lookAtSpend(deps);
  assert.deepEqual(
    reported.map((one) => one.kind),
    ["spending.no-budget", "spending.near-budget"],
  );
  assert.deepEqual(resolved, [`spending.no-budget:${customerIdOf(1)}:2026-11`]);
  await save([aRecord(1, "1501", "2026-11-16T09:00:00Z")]);
  await lookAtSpend(deps);
  assert.equal(reported.length, 2, "a krona more is not told again");
  await save([aRecord(1, "4000", "2026-11-17T05:00:00Z")]);
  await lookAtSpend(deps);
  assert.equal(reported.at(-1)?.kind, "spending.over-budget");
  assert.equal(resolved.at(-1), `spending.near-budget:${customerIdOf(1)}:2026-11`);
});

test("a budget raised at Microsoft just before it is spent is a finding", async () => {
  await november(1, 100);
  await store.inTransaction((tx) => saveBudgets(tx, [budgetOf(1, "1000")], at("2026-11-16T06:00:00Z")));
  await store.inTransaction((tx) => saveBudgets(tx, [budgetOf(1, "9000")], at("2026-11-17T06:00:00Z")));
  await lookAtSpend(deps);
  assert.deepEqual(
    reported.map((one) => one.kind),
    ["spending.budget-raised"],
  );
});

test("a budget goes to Partner Center once, however often its job runs", async () => {
  const agreed = await agree(1, 720);
  assert.equal(agreed.ok && agreed.value.state, "agreed");
  assert.deepEqual(queued, ["spending.push-budget"]);
  await pushBudget(deps, customerIdOf(1));
  await pushBudget(deps, customerIdOf(1));
  assert.equal(await stateOf(1), "in-partner-center");
  assert.deepEqual([partnerCenter.state.effects, partnerCenter.calls.length], [1, 1]);
});

test("a crash after the call was sent: the repeated call carries the same key and has no second effect", async () => {
  await agree(1, 720);
  partnerCenter.state.next = "lost-answer";
  await assert.rejects(pushBudget(deps, customerIdOf(1)), /outage/);
  assert.equal(await stateOf(1), "pushing");
  await pushBudget(deps, customerIdOf(1));
  assert.deepEqual(
    [await stateOf(1), partnerCenter.state.effects, new Set(partnerCenter.calls.map((call) => call.requestId)).size],
    ["in-partner-center", 1, 1],
  );
});

test("a process that died while sending holds its place for two minutes, then another takes over", async () => {
  await agree(1, 720);
  const died = { ...deps, setBudget: () => new Promise<never>(() => {}) };
  void pushBudget(died, customerIdOf(1));
  await new Promise((done) => setTimeout(done, 50));
  await pushBudget(deps, customerIdOf(1));
  assert.equal(partnerCenter.calls.length, 0, "the lease holds");
  assert.equal(queued.length, 2, "and the try is queued for later");
  now = now.add({ seconds: 121 });
  await pushBudget(deps, customerIdOf(1));
  assert.equal(await stateOf(1), "in-partner-center");
});

test("Microsoft's refusal is kept with its reason; agreeing anew tries again", async () => {
  await agree(1, 720);
  partnerCenter.state.next = "refuse";
  await pushBudget(deps, customerIdOf(1));
  const failed = (await spendOf(store.db, customerIdOf(1), now)).budget;
  assert.deepEqual(
    [failed?.state, failed?.failure?.kind, failed?.failure?.code],
    ["failed", "forbidden-role", "900308"],
  );
  now = now.add({ minutes: 1 });
  await agree(1, 720);
  await pushBudget(deps, customerIdOf(1));
  assert.equal(await stateOf(1), "in-partner-center");
  assert.equal((await spendOf(store.db, customerIdOf(1), now)).budgetHistory.length, 2);
});

test("a newer agreement while the older one is being sent wins", async () => {
  await agree(1, 720);
  const slow = {
    ...deps,
    setBudget: async (...call: Parameters<typeof deps.setBudget>) => {
      now = now.add({ minutes: 1 });
      await agree(1, 900);
      return await deps.setBudget(...call);
    },
  };
  await pushBudget(slow, customerIdOf(1));
  assert.equal(await stateOf(1), "agreed", "the old answer says nothing about the new budget");
  await pushBudget(deps, customerIdOf(1));
  assert.deepEqual(
    [await stateOf(1), partnerCenter.budgets.get(customerIdOf(1))?.amount?.units],
    ["in-partner-center", 900n],
  );
});

test("reading back: confirmed, changed elsewhere, put right", async () => {
  await agree(1, 720);
  partnerCenter.state.next = "accepted";
  await pushBudget(deps, customerIdOf(1));
  assert.equal(await stateOf(1), "pushing");
  const read = async (amount: string | undefined, minutes: number) => {
    await store.inTransaction((tx) => saveBudgets(tx, [budgetOf(1, amount)], now.add({ minutes })));
    return await stateOf(1);
  };
  assert.equal(await read("720", 1), "in-partner-center");
  assert.equal(await read("720", 2), "in-partner-center");
  assert.equal(await read("999", 3), "differs");
  assert.equal(await read(undefined, 4), "differs");
  assert.equal(await read("720.00", 5), "in-partner-center");
  const events = await readEvents(store.db, { customerId: customerIdOf(1), typePrefix: "spending.budget-", limit: 5 });
  assert.equal(events[0]?.type, "spending.budget-confirmed");
});

test("a budget in another currency than the usage, or of nothing, is refused", async () => {
  await november(1, 100);
  await lookAtSpend(deps);
  const ask = {
    customerId: customerIdOf(1),
    agreedWith: "Anna",
    agreedOn: day("2026-11-17"),
    why: "Normal month",
    actor: SURETY,
    now,
  };
  const eur = await store.inTransaction((tx) => setBudget(tx, { ...ask, amount: money(1n, "EUR") }, deps));
  assert.deepEqual(!eur.ok && [eur.error.code, eur.error.facts?.["currency"]], ["budget-currency", "SEK"]);
  const zero = await store.inTransaction((tx) => setBudget(tx, { ...ask, amount: money(0n, "SEK") }, deps));
  assert.equal(!zero.ok && zero.error.code, "budget-not-positive");
});

test("a budget whose job was lost is queued again", async () => {
  await agree(1, 720);
  queued.length = 0;
  assert.equal(await store.inTransaction((tx) => requeueStuck(tx, deps)), 0);
  now = now.add({ minutes: 16 });
  assert.equal(await store.inTransaction((tx) => requeueStuck(tx, deps)), 1);
  assert.deepEqual(queued, ["spending.push-budget"]);
});

test("the list: every customer once, in every order, and the summary adds up", async () => {
  const records = Array.from({ length: 230 }, (_, n) =>
    aRecord(n + 1, `${(n * 37) % 101}`, "2026-11-16T05:00:00Z", { budget: n % 3 === 0 ? "100" : undefined! }),
  );
  await save(records);
  await lookAtSpend(deps);
  for (const sort of ["used", "budget-use", "forecast-use", "trend", "name"] as const)
    for (const direction of ["asc", "desc"] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listSpend(store.db, { sort, direction, cursor, limit: 50 });
        assert.ok(page.ok && page.value.total === 230);
        seen.push(...page.value.rows.map((row) => row.customerId));
        cursor = page.value.nextCursor ?? undefined;
      } while (cursor !== undefined);
      assert.equal(new Set(seen).size, 230, `${sort} ${direction}`);
      assert.equal(seen.length, 230);
    }
  const summary = await spendSummary(store.db, now);
  const used = records.reduce((total, one) => total + one.cost.value.units, 0n) * 100n;
  assert.deepEqual([summary.currencies[0]?.used.minor, summary.currencies[0]?.customers], [used.toString(), 230]);
  assert.equal(
    Object.values(summary.counts).reduce((a, b) => a + b, 0),
    230,
  );
});

test("every state of a budget is one the database accepts", async () => {
  await agree(1, 720);
  for (const state of BUDGET_STATES)
    await sql`update budget set state = ${state}, failure = ${state === "failed" ? "{}" : null}::jsonb`.execute(
      store.db,
    );
});
