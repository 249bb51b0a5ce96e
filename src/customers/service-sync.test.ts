import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { readEventsAfter } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { committedTerms, saveSubscriptions } from "./service-holdings.ts";
import { saveCustomers, saveGdap, saveLedgerCustomers, savePrices, saveResellers } from "./service-sync.ts";
import { customerOf, entitlementsOf, searchCustomers, subscriptionOf, subscriptionsOf } from "./service.ts";
import { aCustomer, aLine, aRelationship, aSubscription, customerIdOf, subscriptionIdOf } from "./testing.ts";
import type { Tx } from "../store/contract.ts";
import { moneyToText } from "../core/money.ts";
import type { EntitlementId } from "../core/ids.ts";

const store = await testStore();
const at = (minute: number) => Temporal.Instant.from("2026-11-17T07:00:00Z").add({ minutes: minute });
const day = (text: string) => Temporal.PlainDate.from(text);

/** Runs `work` and gives the types of the events it wrote. */
async function eventsOf(work: (tx: Tx) => Promise<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ seq: bigint }>`select seq from event_head`.execute(store.db);
  await store.inTransaction(work);
  return (await readEventsAfter(store.db, rows[0]?.seq ?? 0n, 1_000)).map((event) => event.type);
}

test("customers: a diary of six lists", async () => {
  const three = [aCustomer(1), aCustomer(2), aCustomer(3)];
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, three, at(0))), [
    "customers.joined",
    "customers.joined",
    "customers.joined",
  ]);
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, three, at(10))), [], "the same list again says nothing");
  const renamed = [aCustomer(1), aCustomer(2, { name: "Ny Två AB" }), aCustomer(3)];
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, renamed, at(20))), ["customers.changed"]);
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, renamed.slice(0, 2), at(30))), ["customers.left"]);
  assert.equal((await customerOf(store.db, customerIdOf(3)))?.detachedAt?.toString(), at(30).toString());
  assert.deepEqual(
    await eventsOf((tx) => saveCustomers(tx, three, at(25))),
    [],
    "a list older than the kept one is ignored",
  );
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, renamed, at(40))), ["customers.returned"]);
  assert.equal((await customerOf(store.db, customerIdOf(3)))?.detachedAt, undefined);
});

test("customers: what a list leaves out stays known", async () => {
  const full = aCustomer(1, {
    email: "a@b.se",
    address: { country: "se", city: "Luleå", lines: [] },
    customDomains: ["b.se"],
  });
  await store.inTransaction((tx) =>
    saveCustomers(tx, [full, aCustomer(2, { name: "Ny Två AB" }), aCustomer(3)], at(50)),
  );
  assert.deepEqual(
    await eventsOf((tx) =>
      saveCustomers(tx, [aCustomer(1), aCustomer(2, { name: "Ny Två AB" }), aCustomer(3)], at(60)),
    ),
    [],
  );
  assert.equal((await customerOf(store.db, customerIdOf(1)))?.country, "SE");
});

test("customers: a first load of many is one event, and ledger customers do not leave with Microsoft's list", async () => {
  const base = [aCustomer(1), aCustomer(2, { name: "Ny Två AB" }), aCustomer(3)];
  const ledger = { customerId: "9a9a9a9a-0000-8000-8000-000000000001" as never, name: "Only In The Ledger Ltd" };
  assert.deepEqual(await eventsOf((tx) => saveLedgerCustomers(tx, [ledger], at(61))), ["customers.joined"]);
  assert.deepEqual(await eventsOf((tx) => saveLedgerCustomers(tx, [ledger], at(62))), []);
  const many = Array.from({ length: 200 }, (_, n) => aCustomer(100 + n));
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, [...base, ...many], at(70))), ["customers.many-joined"]);
  assert.deepEqual(await eventsOf((tx) => saveCustomers(tx, base, at(80))), ["customers.many-left"]);
  assert.equal((await customerOf(store.db, ledger.customerId))?.detachedAt, undefined);
});

test("resellers: found by id or by MPN id", async () => {
  const resellers = [{ id: "r1", name: "Fjord IT", mpnId: "4649221", state: "Active", raw: null }];
  assert.deepEqual(await eventsOf((tx) => saveResellers(tx, resellers, at(81))), ["customers.reseller-joined"]);
  assert.deepEqual(await eventsOf((tx) => saveResellers(tx, resellers, at(82))), []);
  await store.inTransaction((tx) =>
    saveCustomers(
      tx,
      [aCustomer(1, { associatedPartnerId: "4649221" }), aCustomer(2, { name: "Ny Två AB" }), aCustomer(3)],
      at(90),
    ),
  );
  const customer = await customerOf(store.db, customerIdOf(1));
  assert.deepEqual([customer?.resellerId, customer?.resellerName], ["r1", "Fjord IT"]);
});

test("search ignores case and accents, and wants every word", async () => {
  const names = async (text: string) => (await searchCustomers(store.db, text, 10)).map((one) => one.name);
  assert.deepEqual(await names("ny TVA"), ["Ny Två AB"]);
  assert.deepEqual(await names("ny solvik"), []);
  assert.deepEqual(await names("  "), []);
  assert.deepEqual(await names("100%"), []);
  assert.deepEqual(await names(customerIdOf(3)), ["Customer 3 AB"]);
});

test("subscriptions: a diary of one customer", async () => {
  const save = (
    minute: number,
    subscriptions: readonly ReturnType<typeof aSubscription>[],
    entitlements: readonly never[] = [],
  ) =>
    eventsOf((tx) => saveSubscriptions(tx, { customerId: customerIdOf(1), subscriptions, entitlements }, at(minute)));
  assert.deepEqual(
    await save(100, [aSubscription(1), aSubscription(2, { family: "azure-plan", commitmentEndDay: undefined })]),
    ["customers.subscriptions-first-read"],
  );
  assert.deepEqual(
    await save(110, [aSubscription(1), aSubscription(2, { family: "azure-plan", commitmentEndDay: undefined })]),
    [],
    "unchanged says nothing",
  );
  const plan = aSubscription(2, { family: "azure-plan", commitmentEndDay: undefined });
  const suspended = aSubscription(1, { status: "suspended", autoRenew: false, etag: "new" });
  assert.deepEqual(await save(120, [suspended, plan]), ["customers.subscription-changed"]);
  assert.deepEqual(await save(105, [aSubscription(1), plan]), [], "an answer older than the kept one is ignored");
  assert.equal((await subscriptionOf(store.db, subscriptionIdOf(1)))?.status, "suspended");
  assert.equal((await subscriptionOf(store.db, subscriptionIdOf(1)))?.etag, "new");
  assert.deepEqual(await save(130, [suspended]), ["customers.subscription-gone"]);
  assert.equal((await subscriptionsOf(store.db, customerIdOf(1))).length, 1);
  assert.deepEqual(await save(140, [suspended, plan]), ["customers.subscription-returned"]);
  const entitlement = {
    id: "e1" as EntitlementId,
    planId: subscriptionIdOf(2),
    name: "Drift",
    status: "active",
    raw: null,
  } as never;
  assert.deepEqual(await save(150, [suspended, plan], [entitlement]), ["customers.entitlement-added"]);
  assert.deepEqual(await save(160, [suspended, plan], [entitlement]), []);
  assert.equal((await entitlementsOf(store.db, customerIdOf(1)))[0]?.name, "Drift");
});

test("the committed term is told as it was known on a past day, suspended or not", async () => {
  const told = async (asOf: string) =>
    (await committedTerms(store.db, day(asOf), [customerIdOf(1)])).map(({ committed }) =>
      committed.kind === "committed"
        ? `${committed.instalments} x ${moneyToText(committed.instalment)}`
        : committed.why,
    );
  assert.deepEqual(await told("2026-11-17"), ["price-unknown"]);
  assert.deepEqual(await eventsOf((tx) => savePrices(tx, [aLine(1, 1), aLine(1, 2)], at(170))), [
    "customers.prices-read",
  ]);
  assert.deepEqual(
    await eventsOf((tx) => savePrices(tx, [aLine(1, 1), aLine(1, 2)], at(180))),
    [],
    "a line may come again",
  );
  assert.deepEqual(
    await told("2026-11-17"),
    ["2 x 1000.00"],
    "charged on 20 November and 20 December; suspended all the same",
  );
  assert.deepEqual(await told("2026-11-20"), ["1 x 1000.00"]);
  assert.deepEqual(await told("2026-06-01"), ["7 x 1000.00"], "since its term began the facts are known");
  assert.deepEqual(await told("2026-01-19"), ["not-known-then"], "before that nobody told us");
  assert.deepEqual(await told("2024-01-01"), [], "it did not exist");
  const more = aSubscription(1, { status: "suspended", autoRenew: false, etag: "newer", quantity: 20 });
  await store.inTransaction((tx) =>
    saveSubscriptions(
      tx,
      { customerId: customerIdOf(1), subscriptions: [more], entitlements: [] },
      Temporal.Instant.from("2026-11-18T07:00:00Z"),
    ),
  );
  assert.deepEqual(await told("2026-11-18"), ["2 x 2000.00"]);
  assert.deepEqual(await told("2026-11-17"), ["2 x 1000.00"], "yesterday is told as it was");
});

test("prices: a refund line is no price, and the price of a day is the newest that had begun", async () => {
  await store.inTransaction((tx) =>
    savePrices(
      tx,
      [
        aLine(1, 1, { price: "7.00", chargeType: "cancelImmediate", chargeStart: day("2026-11-01") }),
        aLine(1, 1, { price: "110.00", chargeStart: day("2026-11-25") }),
      ],
      at(200),
    ),
  );
  const unit = async (asOf: string) =>
    (await committedTerms(store.db, day(asOf), [customerIdOf(1)]))[0]?.unitPrice?.unitPrice;
  assert.equal(await unit("2026-11-18"), "100");
  assert.equal(await unit("2026-11-26"), "110");
  assert.equal(await unit("2026-06-01"), "100", "before the first known price, the oldest known stands");
});

test("GDAP: the first reading is one event, later ones tell whose coverage changed", async () => {
  assert.deepEqual(await eventsOf((tx) => saveGdap(tx, [aRelationship(1, 1)], at(210))), ["customers.gdap-first-read"]);
  assert.deepEqual(await eventsOf((tx) => saveGdap(tx, [aRelationship(1, 1)], at(220))), []);
  assert.deepEqual(await eventsOf((tx) => saveGdap(tx, [aRelationship(1, 1), aRelationship(2, 2)], at(230))), [
    "customers.gdap-changed",
  ]);
  assert.deepEqual(await eventsOf((tx) => saveGdap(tx, [aRelationship(2, 2)], at(240))), ["customers.gdap-changed"]);
});

test("two lists at once do not double a customer", async () => {
  const list = [aCustomer(1), aCustomer(2, { name: "Ny Två AB" }), aCustomer(3), aCustomer(900)];
  await Promise.all([0, 1, 2, 3].map((n) => store.inTransaction((tx) => saveCustomers(tx, list, at(300 + n)))));
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from event where type = 'customers.joined' and customer_id = ${customerIdOf(900)}`.execute(
    store.db,
  );
  assert.equal(rows[0]?.n, 1);
});
