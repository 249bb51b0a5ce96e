import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId, EntitlementId, NoticeId } from "../core/ids.ts";
import { type Candidate, type Copy, decideNoticeOf } from "./decide-correlate.ts";

const CUSTOMER = "1889e718-414b-4bad-8bbe-c1135bd39a41" as CustomerId;
const OTHER = "a248da34-6840-4c67-82d7-7f55ccd50d03" as CustomerId;
const AZURE = "5f6e6521-6e5f-4b0b-80aa-bd44fad7a398" as EntitlementId;
const detectedAt = Temporal.Instant.from("2026-11-17T01:10:00Z");

const copy = (more: Partial<Copy> = {}): Copy => ({
  channel: "fraud-events",
  customerId: CUSTOMER,
  entitlementId: AZURE,
  kind: "CryptoMining",
  detectedAt,
  ...more,
});
const candidate = (noticeId: string, more: Partial<Candidate> = {}): Candidate => ({
  noticeId: noticeId as NoticeId,
  customerId: CUSTOMER,
  entitlementId: AZURE,
  kind: "CryptoMining",
  detectedAt,
  channels: ["graph"],
  ...more,
});
const later = (minutes: number) => detectedAt.add({ minutes });

const cases: readonly (readonly [string, Copy, readonly Candidate[], string | undefined])[] = [
  ["the same event on the other channel", copy(), [candidate("n1")], "n1"],
  ["spelled in other case", copy({ kind: "cryptomining" }), [candidate("n1")], "n1"],
  ["v1 without the new model does not say the kind", copy({ kind: "unknown" }), [candidate("n1")], "n1"],
  [
    "Graph finds what v1 brought without a kind",
    copy({ channel: "graph" }),
    [candidate("n1", { kind: "unknown", channels: ["fraud-events"] })],
    "n1",
  ],
  ["two minutes apart", copy({ detectedAt: later(2) }), [candidate("n1")], "n1"],
  ["fifteen minutes apart", copy({ detectedAt: later(-15) }), [candidate("n1")], "n1"],
  ["sixteen minutes apart is another", copy({ detectedAt: later(16) }), [candidate("n1")], undefined],
  ["another kind", copy({ kind: "usageAnomalyDetection" }), [candidate("n1")], undefined],
  ["another Azure subscription", copy({ entitlementId: undefined }), [candidate("n1")], undefined],
  ["another customer", copy({ customerId: OTHER }), [candidate("n1")], undefined],
  ["two alerts of one channel are two", copy({ channel: "graph" }), [candidate("n1")], undefined],
  [
    "a notice that has both copies is full",
    copy(),
    [candidate("n1", { channels: ["graph", "fraud-events"] })],
    undefined,
  ],
  [
    "the nearest of two",
    copy({ detectedAt: later(9) }),
    [candidate("n1"), candidate("n2", { detectedAt: later(10) })],
    "n2",
  ],
  [
    "the same kind before an unknown one that is nearer",
    copy(),
    [candidate("n1", { kind: "unknown" }), candidate("n2", { detectedAt: later(3) })],
    "n2",
  ],
  ["nothing near", copy(), [], undefined],
];
for (const [says, incoming, near, expected] of cases)
  test(`one notice? ${says}: ${expected ?? "a new one"}`, () => {
    assert.equal(decideNoticeOf(incoming, near), expected);
  });
