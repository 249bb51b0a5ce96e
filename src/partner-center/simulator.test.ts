import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, test } from "node:test";
import { startSimulator } from "../../simulator/server.ts";
import type { Currency } from "../core/currency.ts";
import { createActions } from "./actions.ts";
import type {
  AzureEntitlement,
  PartnerCenterProblem,
  PartnerCenterReader,
  SecurityAlert,
  Subscription,
} from "./contract.ts";
import { PartnerCenterError } from "./contract.ts";
import { everything } from "./paging.ts";
import { createReader } from "./reader.ts";
import { clientOf } from "./testing.ts";

/** The real client against the real simulator: what it serves must read with the same parsers as Microsoft's samples. */

const simulator = await startSimulator({ seed: 7, pageRowsMax: 7, throttlePerMinute: 0 });
after(() => simulator.close());
const { control } = simulator;
const desk = {
  url: simulator.url,
  credentials: control.credentials,
  now: () => control.now(),
  advance: control.advance,
};
const client = clientOf(desk);
const left: PartnerCenterProblem[] = [];
const reader = createReader(client, { correlationId: randomUUID(), onUnreadable: (problem) => left.push(problem) });
const actions = createActions(client);
const newCall = () => ({ requestId: randomUUID(), correlationId: randomUUID() });
const today = () => Temporal.Instant.from(control.now()).toZonedDateTimeISO("UTC").toPlainDate();
afterEach(() => control.clearFaults());

const customers = await everything(reader.customers());

/** The first customer and subscription that `wanted` holds for. */
async function findSubscription(wanted: (one: Subscription) => boolean) {
  for (const { id } of customers) {
    const found = (await reader.subscriptions(id)).find(wanted);
    if (found !== undefined) return { customerId: id, subscriptionId: found.id, subscription: found };
  }
  return assert.fail("the world has no such subscription");
}
async function findEntitlement() {
  for (const { id } of customers) {
    for (const plan of (await reader.subscriptions(id)).filter((one) => one.family === "azure-plan")) {
      const active = (await reader.entitlements(id, plan.id)).find((one) => one.status === "active");
      if (active !== undefined) return { customerId: id, planId: plan.id, entitlementId: active.id };
    }
  }
  return assert.fail("the world has no active Azure subscription");
}

type Read = (reader: PartnerCenterReader) => Promise<unknown>;
const azure = await findEntitlement();
const READS: Readonly<Record<string, Read>> = {
  customers: (r) => everything(r.customers()),
  customer: (r) => r.customer(azure.customerId),
  resellers: (r) => r.indirectResellers(),
  "validation status": (r) => r.validationStatus(azure.customerId),
  subscriptions: (r) => r.subscriptions(azure.customerId),
  subscription: (r) => r.subscription({ customerId: azure.customerId, subscriptionId: azure.planId }),
  entitlements: (r) => r.entitlements(azure.customerId, azure.planId),
  entitlement: (r) => r.entitlement(azure),
  "usage of all customers": (r) => r.customerUsage(),
  "usage by subscription": (r) => r.subscriptionUsage(azure.customerId),
  "usage by resource": (r) => r.resourceUsage(azure.customerId, azure.planId),
  budget: (r) => r.budget(azure.customerId),
  "audit records of 30 days": (r) => everything(r.auditRecords(today().subtract({ days: 29 }), today())),
  "alerts at Graph": (r) => r.alerts("graph"),
  "alerts at v1": (r) => r.alerts("fraud-events"),
  "one alert at Graph": async (r) => r.alert("graph", (await r.alerts("graph"))[0]?.externalId ?? ""),
  "one alert at v1": async (r) => r.alert("fraud-events", (await r.alerts("fraud-events"))[0]?.externalId ?? ""),
  invoices: (r) => r.invoices(),
  "invoice lines": async (r) => everything(r.billingLines((await r.invoices())[0]?.id ?? "")),
  "unbilled lines": async (r) =>
    everything(r.unbilledLines(((await r.invoices())[0]?.total.currency ?? "SEK") as Currency)),
  "delegated administration": (r) => r.gdap(),
  score: (r) => r.securityScore(),
  "webhook events": (r) => r.webhookEventNames(),
  "webhook registration": async (r) => [await r.webhookRegistration()],
  mfa: async (r) => [await r.mfaCompliant()],
};

const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, member: unknown) =>
      key === "raw" || key === "details" || key === "before" || key === "after"
        ? undefined
        : typeof member === "bigint"
          ? String(member)
          : member,
    ),
  );

for (const [what, read] of Object.entries(READS)) {
  test(`${what}: the simulator's answer reads, whole`, async () => {
    left.length = 0;
    const got = await read(reader);
    assert.deepEqual(left, []);
    if (Array.isArray(got)) assert.ok(got.length > 0, "there is something to read");
  });
  test(`${what}: odd casing and numbers as text read the same`, async () => {
    const plain = comparable(await read(reader));
    for (const kind of ["casing", "strings"] as const) {
      control.addFault({ kind, path: "^/(v1|webhooks|beta|v1.0)/" });
      assert.deepEqual(comparable(await read(reader)), plain, kind);
      control.clearFaults();
    }
  });
  test(`${what}: words that no list knows pass through`, async () => {
    control.addFault({ kind: "unknown-words", path: "^/(v1|webhooks|beta|v1.0)/" });
    await read(reader);
    assert.deepEqual(left, []);
  });
}

test("the same alert carries the same key by both channels", async () => {
  const keys = async (channel: "graph" | "fraud-events") =>
    new Set((await reader.alerts(channel)).map((one) => one.correlationKey));
  const [graph, v1] = [await keys("graph"), await keys("fraud-events")];
  assert.ok(v1.size > 0);
  assert.deepEqual(
    [...v1].filter((key) => !graph.has(key)),
    [],
  );
});

test("passing troubles are sat out: throttling, outages, broken answers", async () => {
  for (const kind of ["throttle", "server-error", "reset", "truncate", "html", "empty"] as const) {
    control.addFault({ kind, path: "^/v1/customers", count: 2 });
    assert.equal((await everything(reader.customers())).length, customers.length, kind);
  }
});

for (const [code, status, kind] of [
  ["900308", 403, "forbidden-role"],
  ["20002", 403, "detached-customer"],
  ["900421", 401, "mfa-needed"],
  ["900420", 401, "auth-config"],
] as const)
  test(`a refusal ${code} is ${kind} at once`, async () => {
    control.addFault({ kind: "refuse", status, code, path: "/subscriptions$" });
    await assert.rejects(
      reader.subscriptions(azure.customerId),
      (error) =>
        error instanceof PartnerCenterError && error.problem.kind === kind && error.problem.correlationId.length === 36,
    );
  });

test("a token that ran out is renewed without anybody noticing", async () => {
  await control.advance("PT2H");
  assert.ok((await reader.customerUsage()).length > 0);
});

const effects = (requestId: string) =>
  control.requests().filter((one) => one.effect && one.requestId === requestId).length;

test("suspend, repeat, reactivate, and put auto-renew back: the whole way and its undo", async () => {
  const seats = await findSubscription(
    (one) => one.family === "new-commerce" && one.status === "active" && one.autoRenew,
  );
  const first = newCall();
  const suspended = await actions.suspendSubscription(seats, first);
  assert.ok(suspended.ok && suspended.value.kind !== "unchanged");
  assert.equal(effects(first.requestId), 1);
  const now = await reader.subscription(seats);
  assert.deepEqual([now.status, now.autoRenew], ["suspended", false]);
  const again = await actions.suspendSubscription(seats, first);
  assert.ok(again.ok && again.value.kind === "unchanged");
  assert.equal(effects(first.requestId), 1);
  assert.ok((await actions.reactivateSubscription(seats, newCall())).ok);
  const instructions = seats.subscription.scheduledNextTermInstructions;
  const restore = {
    ...seats,
    autoRenew: true,
    ...(instructions === undefined ? {} : { scheduledNextTermInstructions: instructions }),
  };
  assert.ok((await actions.setAutoRenew(restore, newCall())).ok);
  const after = await reader.subscription(seats);
  assert.deepEqual([after.status, after.autoRenew], ["active", true]);
});

for (const kind of ["lost-answer", "stale-etag", "accepted"] as const)
  test(`one wish has one effect under "${kind}"`, async () => {
    const seats = await findSubscription((one) => one.family === "new-commerce" && one.status === "active");
    control.addFault({ kind, method: "PATCH", count: 1 });
    const wish = newCall();
    const answer = await actions.suspendSubscription(seats, wish);
    assert.ok(answer.ok, JSON.stringify(answer));
    if (kind === "accepted") assert.equal(answer.value.kind, "accepted");
    await control.advance("PT5M");
    assert.equal((await reader.subscription(seats)).status, "suspended");
    const made = control.requests().filter((one) => one.effect && one.correlationId === wish.correlationId);
    assert.equal(made.length, 1);
  });

test("an Azure subscription is cancelled, reads inactive after its minutes, and can be brought back", async () => {
  const wish = newCall();
  const cancelled = await actions.cancelEntitlement(azure, wish);
  assert.ok(cancelled.ok && cancelled.value.kind === "accepted", JSON.stringify(cancelled));
  await control.advance("PT15M");
  const status = async (): Promise<AzureEntitlement["status"]> => (await reader.entitlement(azure)).status;
  assert.equal(await status(), "inactive");
  assert.equal(effects(wish.requestId), 1);
  assert.ok((await actions.reactivateEntitlement(azure, newCall())).ok);
  await control.advance("PT15M");
  assert.equal(await status(), "active");
});

test("a plan with active Azure subscriptions cannot be suspended, and the refusal says so", async () => {
  const answer = await actions.suspendSubscription(
    { customerId: azure.customerId, subscriptionId: azure.planId },
    newCall(),
  );
  assert.ok(!answer.ok && answer.error.code === "900115" && answer.error.kind === "not-allowed-now");
});

test("a budget is set and read back to the last digit, and removed", async () => {
  const amount = { units: 1_234_567n, scale: 2 };
  assert.ok((await actions.setBudget({ customerId: azure.customerId, amount }, newCall())).ok);
  assert.deepEqual((await reader.budget(azure.customerId)).amount, amount);
  assert.ok((await actions.setBudget({ customerId: azure.customerId }, newCall())).ok);
  assert.equal((await reader.budget(azure.customerId)).amount, undefined);
});

for (const channel of ["graph", "fraud-events"] as const)
  test(`an alert is answered by ${channel} and reads answered by both`, async () => {
    const open = (await reader.alerts(channel)).find((one) => one.status === "active");
    assert.ok(open, "the world has an open alert");
    const answer = await actions.updateAlert(
      { channel, externalId: open.externalId, status: "resolved", reason: "fraud" },
      newCall(),
    );
    assert.ok(answer.ok && answer.value.value.status === "resolved", JSON.stringify(answer));
    for (const other of ["graph", "fraud-events"] as const) {
      const same: SecurityAlert | undefined = (await reader.alerts(other)).find(
        (one) => one.correlationKey === open.correlationKey,
      );
      assert.deepEqual([same?.status, same?.resolvedReason], ["resolved", "fraud"], other);
    }
  });
