import assert from "node:assert/strict";
import { test } from "node:test";
import { decideRefund } from "./decide-refund.ts";

const at = (text: string) => Temporal.Instant.from(text);
const request = (caseId: string) => ({
  caseId,
  ticket: "2611170040001",
  filedOn: Temporal.PlainDate.from("2026-11-18"),
});

const cases = [
  // first use, now, request in case, state, last day, days left
  ["2026-11-17T01:34:00Z", "2026-11-17T02:38:00Z", undefined, "open", "2027-01-16", 60],
  ["2026-11-16T23:59:59Z", "2026-11-17T02:38:00Z", undefined, "open", "2027-01-15", 59],
  ["2026-11-17T01:34:00Z", "2027-01-16T23:59:00Z", undefined, "open", "2027-01-16", 0],
  ["2026-11-17T01:34:00Z", "2027-01-17T00:00:00Z", undefined, "expired", "2027-01-16", -1],
  ["2026-11-17T01:34:00Z", "2026-12-01T00:00:00Z", "mine", "filed", "2027-01-16", 46],
  ["2026-11-17T01:34:00Z", "2026-12-01T00:00:00Z", "another", "used", "2027-01-16", 46],
  ["2024-01-01T00:00:00Z", "2024-02-29T12:00:00Z", undefined, "open", "2024-03-01", 1],
] as const;
for (const [firstUse, now, by, state, lastDay, daysLeft] of cases)
  test(`first use ${firstUse.slice(0, 10)}, asked on ${now.slice(0, 10)}${by === undefined ? "" : `, filed in ${by} case`}: ${state}`, () => {
    const refund = decideRefund({
      firstUseAt: at(firstUse),
      now: at(now),
      request: by === undefined ? undefined : request(by),
      caseId: "mine",
    });
    assert.deepEqual([refund?.state, refund?.lastDay, refund?.daysLeft], [state, lastDay, daysLeft]);
  });

test("an unknown first use gives no countdown, not a made-up one", () => {
  assert.equal(
    decideRefund({ firstUseAt: undefined, now: at("2026-11-17T00:00:00Z"), request: undefined, caseId: "mine" }),
    undefined,
  );
});
