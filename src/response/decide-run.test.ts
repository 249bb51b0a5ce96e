import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeMicrosoft, NOW, PLAN, PRODUCTION, SEATS } from "./testing.ts";
import type { PartnerCenterProblem } from "../partner-center/contract.ts";
import type { StepState } from "./contract.ts";
import {
  backOffSeconds,
  decideAfterProblem,
  decideNext,
  decideSend,
  decideVerify,
  stateFromSteps,
  TRIES_MAX,
} from "./decide-run.ts";
import type { Step } from "./decide-plan.ts";
import { basisOfSubscription } from "./decide-plan.ts";

const SUSPEND: Step = { kind: "suspend-subscription", subscriptionId: SEATS, name: "E5", quantity: 86 };
const CANCEL: Step = { kind: "cancel-entitlement", planId: PLAN, entitlementId: PRODUCTION, name: "Produktion" };
const microsoft = fakeMicrosoft();
const seats = microsoft.subscriptions.get(SEATS);
assert.ok(seats);
const basis = basisOfSubscription(seats);

const sendCases = [
  // shown status   may have been sent   basis      what now
  ["active", false, basis, "send"],
  ["active", true, basis, "send"],
  ["suspended", false, basis, "effect-seen, found so"],
  ["suspended", true, basis, "effect-seen, ours"],
  ["deleted", false, basis, "refuse wrong-status"],
  ["active", false, "active|10|renews|2027-03-31", "refuse facts-changed"],
  ["active", true, "active|10|renews|2027-03-31", "send"],
] as const;
for (const [status, maySent, on, expected] of sendCases)
  test(`before suspending: shown ${status}, ${maySent ? "perhaps" : "not"} sent before, decided on ${on === basis ? "the same" : "other"} facts: ${expected}`, () => {
    const decision = decideSend(SUSPEND, { kind: "subscription", value: { ...seats, status } }, { maySent, basis: on });
    const text =
      decision.kind === "effect-seen"
        ? `effect-seen, ${decision.foundSo ? "found so" : "ours"}`
        : decision.kind === "refuse"
          ? `refuse ${decision.whyNot.code}`
          : "send";
    assert.equal(text, expected);
  });

const troubleCases = [
  // problem                 tries       may have been sent   then
  ["outage", 1, false, "again in 2 s"],
  ["outage", 3, true, "again in 8 s"],
  ["outage", TRIES_MAX, true, "unverified"],
  ["outage", TRIES_MAX, false, "failed"],
  ["throttled", 1, false, "again in 30 s"],
  ["unreadable-answer", 2, true, "again in 4 s"],
  ["stale-etag", 1, false, "again in 0 s"],
  ["stale-etag", 5, false, "failed"],
  ["pending-operation", 1, false, "again in 86400 s"],
  ["pending-operation", 2, true, "treat-as-sent"],
  ["not-allowed-now", 1, false, "failed"],
  ["not-allowed-now", 2, true, "treat-as-sent"],
  ["mfa-needed", 1, false, "failed"],
  ["mfa-needed", 2, true, "unverified"],
  ["forbidden-role", 1, false, "failed"],
  ["not-found", 1, false, "failed"],
] as const;
for (const [kind, tries, maySent, expected] of troubleCases)
  test(`${kind} at try ${tries}, ${maySent ? "perhaps" : "not"} sent: ${expected}`, () => {
    const problem: Pick<PartnerCenterProblem, "kind" | "retryAfterSeconds"> =
      kind === "throttled" ? { kind, retryAfterSeconds: 30 } : { kind };
    const next = decideAfterProblem(problem, { tries, maySent });
    assert.equal(
      next.kind === "again" ? `again in ${next.afterSeconds} s` : next.kind === "end" ? next.as : next.kind,
      expected,
    );
  });

test("waiting doubles and stays below twenty minutes", () => {
  assert.deepEqual([1, 2, 3, 10, 11, 14].map(backOffSeconds), [2, 4, 8, 1024, 1200, 1200]);
});

const verifyCases = [
  ["inactive", 10, "verified"],
  ["active", 10, "look-again"],
  ["active", 44, "look-again"],
  ["active", 45, "unverified"],
  ["inactive", 120, "verified"],
] as const;
for (const [status, minutes, expected] of verifyCases)
  test(`${minutes} minutes after a cancellation was sent Partner Center shows ${status}: ${expected}`, () => {
    const value = { id: PRODUCTION, planId: PLAN, name: "Produktion", status, raw: null };
    const decision = decideVerify(
      CANCEL,
      { kind: "entitlement", value },
      { sentAt: NOW, checks: 3, now: NOW.add({ minutes }) },
    );
    assert.equal(decision.kind, expected);
  });

const stateCases: ReadonlyArray<readonly [readonly StepState[], string]> = [
  [["waiting"], "running"],
  [["sending", "sent"], "running"],
  [["sent", "waiting"], "sent"],
  [["verified", "sent"], "sent"],
  [["verified", "waiting"], "running"],
  [["verified", "verified"], "verified"],
  [["verified", "failed"], "failed"],
  [["unverified", "skipped"], "unverified"],
  [["failed", "skipped"], "failed"],
  [["failed", "sent"], "sent"],
];
for (const [steps, expected] of stateCases)
  test(`a proposal with steps ${steps.join(", ")} is ${expected}`, () => assert.equal(stateFromSteps(steps), expected));

test("a step starts when those before it are verified, and is skipped when one of them is not", () => {
  const step = (position: number, state: StepState, dependsOn: readonly number[]) => ({
    position,
    state,
    dependsOn,
    isReady: false,
  });
  assert.deepEqual(decideNext([step(0, "verified", []), step(1, "waiting", [0]), step(2, "waiting", [1])]), {
    start: [1],
    skip: [],
  });
  assert.deepEqual(decideNext([step(0, "failed", []), step(1, "waiting", [0]), step(2, "waiting", [1])]), {
    start: [],
    skip: [1, 2],
  });
  assert.deepEqual(decideNext([step(0, "sent", []), step(1, "waiting", [0])]), { start: [], skip: [] });
});
