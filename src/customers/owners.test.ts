import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntitlementId } from "../core/ids.ts";
import { testStore } from "../store/testing.ts";
import { saveSubscriptions } from "./service-holdings.ts";
import { saveCustomers } from "./service-sync.ts";
import { azureSubscriptionsOf, customersBySubscription, customersByTenant } from "./store-owners.ts";
import { aCustomer, customerIdOf, guidOf, subscriptionIdOf } from "./testing.ts";

const store = await testStore();
const at = Temporal.Instant.from("2026-11-17T07:42:00Z");

test("an event's tenant or Azure subscription leads to its customer; a stranger's to nobody", async () => {
  const id = guidOf(500, "s") as EntitlementId;
  await store.inTransaction(async (tx) => {
    await saveCustomers(tx, [aCustomer(1), aCustomer(2)], at);
    const entitlements = [{ id, planId: subscriptionIdOf(1), name: "Azure", status: "active", raw: {} } as const];
    await saveSubscriptions(tx, { customerId: customerIdOf(1), subscriptions: [], entitlements }, at);
  });
  const byTenant = await customersByTenant(store.db, [customerIdOf(2), customerIdOf(9)]);
  assert.deepEqual([...byTenant], [[customerIdOf(2), customerIdOf(2)]]);
  const bySubscription = await customersBySubscription(store.db, [id, guidOf(501, "s")]);
  assert.deepEqual([...bySubscription], [[id, customerIdOf(1)]]);
  assert.deepEqual(
    [...(await azureSubscriptionsOf(store.db, [customerIdOf(1), customerIdOf(2)]))],
    [[customerIdOf(1), [id]]],
  );
});
