import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../core/canonical.ts";
import type { CustomerId, EntitlementId, SubscriptionId } from "../core/ids.ts";
import { createActions } from "./actions.ts";
import { type PartnerCenterActions, PartnerCenterError } from "./contract.ts";
import { type Say, type Seen, startFixture, type Told } from "./testing.ts";

const customerId = "eebd1b55-5360-4438-a11d-5c06918c3014" as CustomerId;
const subscriptionId = "a4c1340d-6911-4758-bba3-0c4c6007d161" as SubscriptionId;
const entitlementId = "5b76b8c3-dd85-4096-bb2e-9804b1d7b383" as EntitlementId;
const key = { customerId, subscriptionId };
const call = {
  requestId: "11111111-2222-4333-8444-555555555555",
  correlationId: "66666666-7777-4888-9999-aaaaaaaaaaaa",
};
const path = `/v1/customers/${customerId}/subscriptions/${subscriptionId}`;

const subscription = (status: string, more: { readonly [name: string]: Json } = {}): { [name: string]: Json } => ({
  id: subscriptionId.toUpperCase(),
  OfferId: "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
  friendlyName: "Basic",
  quantity: "15",
  Status: status,
  autoRenewEnabled: true,
  scheduledNextTermInstructions: { product: { skuId: "0002" }, quantity: 3 },
  somethingNew: { kept: [1, 2] },
  attributes: { etag: "etag-1", objectType: "Subscription" },
  ...more,
});

async function doing(say: Say, work: (actions: PartnerCenterActions, seen: Seen[]) => Promise<void>): Promise<void> {
  const fixture = await startFixture(say);
  try {
    await work(createActions(fixture.client), fixture.seen);
  } finally {
    await fixture.close();
  }
}

/** Answers by method; the last answer of a list is repeated. */
function byMethod(told: Readonly<Record<string, readonly Told[]>>): Say {
  const used = new Map<string, number>();
  return ({ method }) => {
    const list = told[method] ?? [];
    const count = (used.get(method) ?? 0) + 1;
    used.set(method, count);
    return list[Math.min(count, list.length) - 1] ?? { status: 500 };
  };
}
const ok = (json: Json): Told => ({ status: 200, json });
const refused = (status: number, code: string): Told => ({
  status,
  json: { code, description: "no", data: [], source: "PartnerFD" },
});

test("suspending sends the complete fresh object with one member changed, under its ETag and the caller's request id", () =>
  doing(
    byMethod({ GET: [ok(subscription("active"))], PATCH: [ok(subscription("suspended"))] }),
    async (actions, seen) => {
      const answer = await actions.suspendSubscription(key, call);
      assert.ok(answer.ok && answer.value.kind === "done" && answer.value.value.status === "suspended");
      const [, patch] = seen;
      assert.equal(patch?.path, path);
      assert.equal(patch?.headers["if-match"], "etag-1");
      assert.equal(patch?.headers["ms-requestid"], call.requestId);
      assert.equal(patch?.headers["ms-correlationid"], call.correlationId);
      assert.deepEqual(JSON.parse(patch?.body ?? ""), subscription("suspended"));
    },
  ));

test("suspending what is suspended sends nothing: a repeat after a crash has no second effect", () =>
  doing(byMethod({ GET: [ok(subscription("Suspended"))] }), async (actions, seen) => {
    const answer = await actions.suspendSubscription(key, call);
    assert.ok(answer.ok && answer.value.kind === "unchanged");
    assert.deepEqual(
      seen.map((one) => one.method),
      ["GET"],
    );
  }));

test("202 means Microsoft works on it", () =>
  doing(
    byMethod({ GET: [ok(subscription("active"))], PATCH: [{ status: 202, headers: { Location: path } }] }),
    async (actions) => {
      const answer = await actions.suspendSubscription(key, call);
      assert.ok(answer.ok && answer.value.kind === "accepted" && answer.value.value.status === "active");
    },
  ));

test("a stale ETag is answered with a fresh read, and only so often", async () => {
  const changed = subscription("active", { attributes: { etag: "etag-2" }, quantity: 20 });
  await doing(
    byMethod({
      GET: [ok(subscription("active")), ok(changed)],
      PATCH: [refused(400, "2055"), ok(subscription("suspended"))],
    }),
    async (actions, seen) => {
      assert.ok((await actions.suspendSubscription(key, call)).ok);
      assert.deepEqual(
        seen.map((one) => one.method),
        ["GET", "PATCH", "GET", "PATCH"],
      );
      assert.equal(seen[3]?.headers["if-match"], "etag-2");
      assert.equal((JSON.parse(seen[3]?.body ?? "") as { quantity: number }).quantity, 20);
      assert.notEqual(seen[3]?.headers["ms-requestid"], call.requestId);
    },
  );
  await doing(byMethod({ GET: [ok(subscription("active"))], PATCH: [refused(412, "412")] }), async (actions, seen) => {
    const answer = await actions.suspendSubscription(key, call);
    assert.ok(!answer.ok && answer.error.kind === "stale-etag");
    assert.equal(seen.filter((one) => one.method === "PATCH").length, 3);
  });
});

for (const [status, code, kind] of [
  [409, "900278", "pending-operation"],
  [403, "900115", "not-allowed-now"],
  [403, "900308", "forbidden-role"],
] as const)
  test(`Microsoft's refusal ${code} comes back as a value (${kind})`, () =>
    doing(byMethod({ GET: [ok(subscription("active"))], PATCH: [refused(status, code)] }), async (actions) => {
      const answer = await actions.suspendSubscription(key, call);
      assert.ok(!answer.ok);
      assert.equal(answer.error.kind, kind);
      assert.equal(answer.error.requestId, call.requestId);
      assert.equal(answer.error.outcomeUnknown, false);
    }));

test("an outage during a write is thrown with its outcome unknown", () =>
  doing(byMethod({ GET: [ok(subscription("active"))], PATCH: ["reset"] }), async (actions) => {
    await assert.rejects(
      actions.suspendSubscription(key, call),
      (error) => error instanceof PartnerCenterError && error.problem.outcomeUnknown,
    );
  }));

test("auto-renew is set, and scheduled changes are put back when given", () =>
  doing(
    byMethod({
      GET: [ok(subscription("active", { autoRenewEnabled: false, scheduledNextTermInstructions: null }))],
      PATCH: [ok(subscription("active"))],
    }),
    async (actions, seen) => {
      const instructions = { product: { skuId: "0002" }, quantity: 3 };
      const answer = await actions.setAutoRenew(
        { ...key, autoRenew: true, scheduledNextTermInstructions: instructions },
        call,
      );
      assert.ok(answer.ok && answer.value.value.autoRenew);
      const sent = JSON.parse(seen[1]?.body ?? "") as {
        autoRenewEnabled: boolean;
        scheduledNextTermInstructions: Json;
      };
      assert.equal(sent.autoRenewEnabled, true);
      assert.deepEqual(sent.scheduledNextTermInstructions, instructions);
    },
  ));

const entitlement = (status: string): Json => ({ id: entitlementId, friendlyName: " x", status, subscriptionId });

for (const [says, told, kind] of [
  ["200 with the entitlement still active", ok(entitlement("active")), "accepted"],
  ["202 and no body", { status: 202 }, "accepted"],
  ["200 with the entitlement inactive", ok(entitlement("inactive")), "done"],
] as const)
  test(`cancelling an Azure subscription: ${says} is ${kind}`, () =>
    doing(byMethod({ GET: [ok(entitlement("active"))], POST: [told] }), async (actions, seen) => {
      const answer = await actions.cancelEntitlement({ customerId, planId: subscriptionId, entitlementId }, call);
      assert.ok(answer.ok);
      assert.equal(answer.value.kind, kind);
      assert.equal(seen[1]?.path, `${path}/azureEntitlements/${entitlementId}/cancel`);
      assert.deepEqual(JSON.parse(seen[1]?.body ?? ""), { cancellationReason: "compromise" });
      assert.match(seen[1]?.headers.authorization ?? "", /user-/);
    }));

test("a budget is set exactly, removed with null, and left alone when it is so already", async () => {
  const told = { GET: [ok({ amount: 100 })], PATCH: [ok({ amount: 1234.56 })] };
  await doing(byMethod(told), async (actions, seen) => {
    const answer = await actions.setBudget({ customerId, amount: { units: 123_456n, scale: 2 } }, call);
    assert.ok(answer.ok && answer.value.value.amount?.units === 123_456n);
    assert.match(seen[1]?.body ?? "", /"Amount":1234\.56,/);
    await actions.setBudget({ customerId, amount: undefined }, call);
    assert.match(seen[3]?.body ?? "", /"Amount":null/);
    const same = await actions.setBudget({ customerId, amount: { units: 100n, scale: 0 } }, call);
    assert.ok(same.ok && same.value.kind === "unchanged");
    assert.equal(seen.length, 5);
    const round = await actions.setBudget({ customerId, amount: { units: 1_600_000n, scale: 2 } }, call);
    assert.ok(round.ok);
    assert.match(seen[6]?.body ?? "", /"Amount":16000,/);
  });
});

const graphAlert = (status: string, reason: string | null): Json => ({
  id: "alert-1",
  status,
  resolvedReason: reason,
  customerTenantId: customerId,
  subscriptionId: entitlementId,
  alertType: "cryptoMining",
  detectedDateTime: "2026-11-22T01:00:00Z",
});

test("an alert is answered at Graph", () =>
  doing(
    byMethod({ GET: [ok(graphAlert("active", null))], PATCH: [ok(graphAlert("resolved", "fraud"))] }),
    async (actions, seen) => {
      const answer = await actions.updateAlert(
        { channel: "graph", externalId: "alert-1", status: "resolved", reason: "fraud" },
        call,
      );
      assert.ok(
        answer.ok && answer.value.value.resolvedReason === "fraud" && answer.value.value.kind === "CryptoMining",
      );
      assert.equal(seen[1]?.path, "/beta/security/partner/securityAlerts/alert-1");
      assert.equal(seen[1]?.headers["client-request-id"], call.requestId);
    },
  ));

test("an alert is answered at v1 for its own event only", () => {
  const eventId = `${entitlementId}_2edeb5b1-766f-4209-9271-3ddf27755afa`;
  const event = (status: string): Json => ({
    eventId,
    eventStatus: status,
    eventTime: "2026-11-22T01:00:00",
    customerTenantId: customerId,
    subscriptionId: entitlementId,
    resolvedReason: "None",
  });
  return doing(
    byMethod({ GET: [ok([event("Active")]), ok([])], POST: [ok([event("Resolved")])] }),
    async (actions, seen) => {
      const answer = await actions.updateAlert(
        { channel: "fraud-events", externalId: eventId, status: "resolved", reason: "legitimate" },
        call,
      );
      assert.ok(answer.ok && answer.value.value.status === "resolved");
      const post = seen.at(-1);
      assert.equal(post?.path, `/v1/fraudEvents/subscription/${entitlementId}/status`);
      assert.equal(post?.headers["x-neweventsmodel"], "true");
      assert.deepEqual(JSON.parse(post?.body ?? ""), {
        EventIds: [eventId],
        EventStatus: "Resolved",
        ResolvedReason: "Legitimate",
      });
    },
  );
});

const registering = (registration: Told): Say => {
  const offered = ["subscription-updated", "test-created", "azure-fraud-event-detected"];
  return (seen) => {
    if (seen.method !== "GET") return ok(JSON.parse(seen.body) as Json);
    return seen.path.endsWith("/events") ? ok(offered) : registration;
  };
};
const wanted = {
  url: "https://desk.example/hook",
  events: ["azure-fraud-event-detected", "not-offered-yet"],
  replaceForeign: false,
};

test("webhooks: a first registration is made, a foreign one is not taken over unasked, our own is only added to", async () => {
  await doing(registering(refused(404, "404")), async (actions, seen) => {
    const answer = await actions.registerWebhook(wanted, call);
    assert.ok(answer.ok);
    assert.equal(seen.at(-1)?.method, "POST");
    assert.deepEqual(answer.value.value.events, ["azure-fraud-event-detected"]);
  });
  const foreign = ok({ WebhookUrl: "https://other.example/hook", WebhookEvents: ["test-created"] });
  await doing(registering(foreign), async (actions, seen) => {
    const answer = await actions.registerWebhook(wanted, call);
    assert.ok(!answer.ok && answer.error.kind === "not-allowed-now");
    assert.ok(seen.every((one) => one.method === "GET"));
    const taken = await actions.registerWebhook({ ...wanted, replaceForeign: true }, call);
    assert.ok(taken.ok && seen.at(-1)?.method === "PUT");
    assert.deepEqual(taken.value.value.events, ["test-created", "azure-fraud-event-detected"]);
  });
  const own = ok({ WebhookUrl: wanted.url, WebhookEvents: ["azure-fraud-event-detected"] });
  await doing(registering(own), async (actions) => {
    const answer = await actions.registerWebhook(wanted, call);
    assert.ok(answer.ok && answer.value.kind === "unchanged");
  });
});
