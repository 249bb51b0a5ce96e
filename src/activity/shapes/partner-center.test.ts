import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAuditRecord } from "../../partner-center/parse-audit.ts";
import { partnerCenterEvent } from "./decide-partner.ts";
import { isRec } from "./decide-read.ts";
import { normalise } from "./normalise.ts";
import { samples, SKIP_SAMPLES } from "./testing.ts";

const made = [
  {
    operationDate: "2026-05-01T10:00:00.1234567Z",
    operationType: "Update_Subscription",
    operationStatus: "progress",
    resourceType: "Subscription",
    customerId: "AAAAAAAA-0000-4000-8000-000000000001",
    userPrincipalName: "Ann@Reseller.example",
    resourceOldValue: '{"a":1}',
    resourceNewValue: "not json",
    customizedData: [{ key: "SubscriptionId", value: null }],
  },
  {
    operationDate: "2026-05-01T10:00:00",
    operationType: "create_order",
    resourceType: "order",
    applicationId: "an app",
    resourceNewValue: '{"b":[1,2],"a":{"z":1,"y":2.5}}',
    customizedData: [],
  },
];

test("a record read by the sync and the same record pushed as it is are one event", () => {
  for (const raw of made) {
    const [event] = normalise(raw, { receivedAt: Temporal.Instant.fromEpochMilliseconds(0) });
    assert.deepEqual(event, partnerCenterEvent(parseAuditRecord(raw)));
  }
});

test("and so are Microsoft's own examples", { skip: SKIP_SAMPLES }, () => {
  const records = samples("partner_center_docs_samples.jsonl").filter(
    ({ raw }) => isRec(raw) && raw["operationType"] !== undefined,
  );
  assert.equal(records.length, 2);
  for (const { raw } of records) {
    const [event] = normalise(raw, { receivedAt: Temporal.Instant.fromEpochMilliseconds(0) });
    assert.deepEqual(event, partnerCenterEvent(parseAuditRecord(raw)));
  }
});
