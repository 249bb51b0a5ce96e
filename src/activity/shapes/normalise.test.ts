import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { logSourcesOf } from "./decide-sources.ts";
import { sigmaView } from "./decide-view.ts";
import { normalise } from "./normalise.ts";
import { samples, SKIP_SAMPLES } from "./testing.ts";

const receivedAt = Temporal.Instant.from("2026-06-01T00:00:00Z");
const one = (raw: Json) => {
  const [event, ...more] = normalise(raw, { receivedAt });
  assert.ok(event !== undefined && more.length === 0);
  return event;
};

test("the sample stream repeats 44 % of its records: each happening has one id", { skip: SKIP_SAMPLES }, () => {
  const ids = new Set(samples("o365_ual_invictus.jsonl").map(({ raw }) => one(raw).id));
  assert.equal(ids.size, 5_373);
});

test("what no reader knows is kept raw, under a hash of its content that does not hang on the order of keys", () => {
  const event = one({ b: 1, a: [null, "x"] });
  assert.deepEqual(
    [event.source, event.shape, event.raw, event.at],
    ["unknown", "unknown", { b: 1, a: [null, "x"] }, receivedAt],
  );
  assert.equal(event.id, one({ a: [null, "x"], b: 1 }).id);
});

test("a created virtual machine, as an Event Hub brings it", () => {
  const event = one({
    time: "2026-05-01T10:00:00.1234567Z",
    resourceId:
      "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-CB9272F09590/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM1",
    operationName: "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE",
    category: "Administrative",
    resultType: "Accept",
    resultSignature: "Accepted.Created",
    callerIpAddress: "203.0.113.7:50123",
    correlationId: "c0rr",
    identity: { claims: { "http://schemas.microsoft.com/identity/claims/objectidentifier": "AB12", name: "Kim" } },
    properties: {
      statusCode: "Created",
      responseBody: JSON.stringify({
        location: "West Europe",
        properties: { hardwareProfile: { vmSize: "Standard_NC24ads_A100_v4" } },
      }),
    },
  });
  assert.equal(event.source, "azure-activity");
  assert.equal(event.operation, "microsoft.compute/virtualmachines/write");
  assert.equal(event.subscription, "0b1f6471-1bf0-4dda-aec3-cb9272f09590");
  assert.equal(event.ip, "203.0.113.7");
  assert.equal(event.at.toString(), "2026-05-01T10:00:00.123456Z");
  assert.deepEqual(
    [event.resource?.type, event.resource?.name, event.resource?.region, event.resource?.sku],
    ["microsoft.compute/virtualmachines", "vm1", "westeurope", "standard_nc24ads_a100_v4"],
  );
  assert.equal(event.actor?.id, "ab12");
  assert.deepEqual(logSourcesOf(event), [
    { product: "azure", service: "activitylogs" },
    { product: "surety", service: "azure-activity" },
  ]);
  const view = sigmaView(event) as { properties: { responseBody: readonly unknown[] }; operationName: string };
  assert.equal(view.operationName, "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE");
  assert.equal(view.properties.responseBody.length, 2);
});

test("an id that cannot be a key is hashed, an endless operation cut", () => {
  const record = { Operation: "x".repeat(9_000), CreationTime: "2026-05-01T10:00:00" };
  const [long, strange] = [one({ ...record, Id: "i".repeat(2_000) }), one({ ...record, Id: "a\u0000b" })];
  assert.deepEqual([long.id.length, strange.id.length, long.operation.length], [24, 24, 500]);
  assert.equal(one({ ...record, Id: "i".repeat(2_000) }).id, long.id);
  assert.notEqual(one({ ...record, Id: "i".repeat(2_001) }).id, long.id);
});

test("a record that happens to hold records is not taken apart", () => {
  assert.equal(one({ records: [1, 2], a: 1, b: 2, c: 3, d: 4 }).source, "unknown");
  assert.equal(normalise({ records: [{ a: 1 }, { a: 2 }], count: 2 }, { receivedAt }).length, 2);
  assert.deepEqual(normalise({ records: [] }, { receivedAt }), []);
});
