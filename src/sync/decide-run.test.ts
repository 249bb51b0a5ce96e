import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PROBLEM_ADVICE, type PartnerCenterProblemKind } from "../partner-center/contract.ts";
import {
  AUDIT_DAYS_BACK,
  auditDays,
  decideAfterMiss,
  decideFreshness,
  decideReaction,
  type FeedState,
  mayResume,
  nextRunAt,
} from "./decide-run.ts";
import { problem } from "./testing.ts";

const at = (text: string): Temporal.Instant => Temporal.Instant.from(`2026-11-22T${text}:00Z`);
const state = (more: Partial<FeedState>): FeedState => ({
  isOpen: false,
  startedAt: undefined,
  finishedAt: undefined,
  failedAt: undefined,
  ...more,
});

const FRESH: readonly (readonly [string, FeedState | undefined, string])[] = [
  ["no row", undefined, "never"],
  ["begun, never finished", state({ isOpen: true, startedAt: at("11:58") }), "never"],
  ["finished ten minutes ago", state({ finishedAt: at("11:50") }), "on-time"],
  ["finished twenty minutes ago", state({ finishedAt: at("11:40") }), "late"],
  ["failed before it ever finished", state({ failedAt: at("11:59") }), "failed"],
  ["finished long ago, failed since", state({ finishedAt: at("01:00"), failedAt: at("11:59") }), "failed"],
];
for (const [says, given, expected] of FRESH)
  test(`alerts, ${says}: ${expected}`, () => assert.equal(decideFreshness("alerts", given, at("12:00")), expected));

const RESUME: readonly (readonly [string, FeedState | undefined, boolean])[] = [
  ["nothing ran", undefined, false],
  ["the last run was complete", state({ startedAt: at("11:59") }), false],
  ["a run was cut short a minute ago", state({ isOpen: true, startedAt: at("11:59") }), true],
  ["a run was cut short too long ago", state({ isOpen: true, startedAt: at("11:00") }), false],
  ["a run began in the future", state({ isOpen: true, startedAt: at("13:00") }), false],
];
for (const [says, given, expected] of RESUME)
  test(`${says}: ${expected ? "go on" : "begin"}`, () =>
    assert.equal(mayResume("alerts", given, at("12:00")), expected));

test("the next run is due its cadence after the last began", () =>
  assert.equal(nextRunAt("alerts", state({ startedAt: at("12:00") }))?.toString(), at("12:05").toString()));

const MISSES: readonly (readonly [PartnerCenterProblemKind, number, "next-customer" | "stop-run"])[] = [
  ["forbidden-role", 1, "next-customer"],
  ["forbidden-role", 25, "stop-run"],
  ["detached-customer", 3, "next-customer"],
  ["not-found", 1, "next-customer"],
  ["unreadable-answer", 1, "next-customer"],
  ["outage", 4, "next-customer"],
  ["outage", 5, "stop-run"],
  ["throttled", 5, "stop-run"],
  ["mfa-needed", 1, "stop-run"],
  ["auth-config", 1, "stop-run"],
  ["needs-user-token", 1, "stop-run"],
  ["agreement-unsigned", 1, "stop-run"],
];
for (const [kind, inARow, expected] of MISSES)
  test(`${kind}, ${inARow} in a row: ${expected}`, () =>
    assert.equal(decideAfterMiss(problem(kind).problem, inARow), expected));

test("every kind of problem has an answer", () => {
  for (const kind of Object.keys(PROBLEM_ADVICE) as PartnerCenterProblemKind[])
    assert.ok(decideAfterMiss(problem(kind).problem, 1));
});

test("days of the log are without gaps, end today, and never reach back further than Microsoft allows", () => {
  const today = Temporal.PlainDate.from("2026-11-22");
  fc.assert(
    fc.property(fc.option(fc.integer({ min: -400, max: 30 }), { nil: undefined }), (offset) => {
      const last = offset === undefined ? undefined : today.add({ days: offset });
      const days = auditDays(last, today);
      assert.equal(days.at(-1)?.toString(), today.toString());
      assert.ok(days.length <= AUDIT_DAYS_BACK + 1);
      for (const [n, day] of days.entries())
        if (n > 0) assert.equal(days[n - 1]?.add({ days: 1 }).toString(), day.toString());
      if (last !== undefined && offset !== undefined && offset < 0 && offset > -80)
        assert.ok(days.some((day) => day.equals(last)));
    }),
  );
});

const customerId = "4b2a6e33-8791-4386-bd2b-0d55baf25039";
const EVENTS: readonly (readonly [string, string | undefined, string])[] = [
  ["azure-fraud-event-detected", "https://api.partnercenter.microsoft.com/v1/fraudEvents?SubscriptionId=x", "alerts"],
  ["usagerecords-thresholdExceeded", undefined, "usage"],
  ["invoice-ready", undefined, "prices"],
  ["reseller-relationship-accepted-by-customer", undefined, "customers, subscriptions"],
  ["indirect-reseller-relationship-accepted-by-customer", undefined, "customers, subscriptions"],
  ["create-transfer", undefined, "customers, subscriptions"],
  ["granular-admin-relationship-terminated", undefined, "gdap"],
  ["dap-admin-relationship-terminated-by-microsoft", undefined, "gdap, customers"],
  ["subscription-updated", "/v1/nothing", "subscriptions"],
  ["new-commerce-migration-failed", undefined, "subscriptions"],
];
for (const [name, uri, feeds] of EVENTS)
  test(`${name} runs ${feeds}`, () => {
    const reaction = decideReaction(name, uri);
    assert.equal(reaction.kind === "run" ? reaction.feeds.join(", ") : reaction.kind, feeds);
  });
test("a changed subscription is read for its customer alone", () => {
  const uri = `https://api.partnercenter.microsoft.com/webhooks/v1/customers/${customerId.toUpperCase()}/subscriptions/924671ba-eab9-45d7-95ed-dbd9477f182b`;
  assert.deepEqual(decideReaction("subscription-updated", uri), { kind: "read-subscriptions", customerId });
});
for (const name of ["test-created", "referral-created", "something-new-in-2027"])
  test(`${name} asks for nothing`, () => assert.deepEqual(decideReaction(name, undefined), { kind: "none" }));
