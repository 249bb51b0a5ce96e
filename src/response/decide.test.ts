import assert from "node:assert/strict";
import { test } from "node:test";
import { money } from "../core/money.ts";
import type { EntitlementId } from "../core/ids.ts";
import { PROPOSAL_KINDS, type Wanted } from "./contract.ts";
import { APPROVER_ROLES, UNDONE_BY, whyNotAlert, whyNotEntitlement, whyNotSubscription } from "./decide.ts";
import { planOf, type PlanFacts } from "./decide-plan.ts";
import { leadingAmount } from "./decide-saving.ts";
import type { SubscriptionFacts } from "./facts.ts";
import { CUSTOMER, NOTICE, NOW, PLAN, PRODUCTION, SEATS, TEST } from "./testing.ts";

const TODAY = Temporal.PlainDate.from("2026-11-17");
const END = Temporal.PlainDate.from("2027-03-31");
const sek = (minor: bigint) => money(minor, "SEK");

const seats = (more: Partial<SubscriptionFacts> = {}): SubscriptionFacts => ({
  customerId: CUSTOMER,
  subscriptionId: SEATS,
  name: "Microsoft 365 E5",
  family: "new-commerce",
  status: "active",
  quantity: 86,
  autoRenew: true,
  commitmentEndDay: END,
  hasScheduledChanges: true,
  nextTerm: { kind: "known", amount: sek(114_240_000n) },
  month: { kind: "known", amount: sek(9_520_000n) },
  readAt: NOW,
  ...more,
});

const subscriptionCases = [
  // kind                     status       family          auto-renew  term ends     active Azure  why not
  ["suspend-subscription", "active", "new-commerce", true, "2027-03-31", 0, undefined],
  ["suspend-subscription", "active", "legacy-seat", true, "2027-03-31", 0, undefined],
  ["suspend-subscription", "suspended", "new-commerce", false, "2027-03-31", 0, "already-so"],
  ["suspend-subscription", "deleted", "new-commerce", false, "2027-03-31", 0, "wrong-status"],
  ["suspend-subscription", "expired", "new-commerce", false, "2026-01-31", 0, "wrong-status"],
  ["suspend-subscription", "frozen", "new-commerce", true, "2027-03-31", 0, "status-unknown"],
  ["suspend-subscription", "active", "azure-plan", false, undefined, 1, "azure-plan-has-active-subscriptions"],
  ["suspend-subscription", "active", "azure-plan", false, undefined, 0, undefined],
  ["reactivate-subscription", "suspended", "new-commerce", false, "2027-03-31", 0, undefined],
  ["reactivate-subscription", "active", "new-commerce", true, "2027-03-31", 0, "already-so"],
  ["reactivate-subscription", "disabled", "new-commerce", false, "2026-10-31", 0, "wrong-status"],
  ["reactivate-subscription", "suspended", "new-commerce", false, "2026-11-17", 0, "undo-too-late"],
  ["auto-renew-off", "active", "new-commerce", true, "2027-03-31", 0, undefined],
  ["auto-renew-off", "active", "new-commerce", true, "2026-11-18", 0, undefined],
  ["auto-renew-off", "active", "new-commerce", true, "2026-11-17", 0, "renews-today-or-past"],
  ["auto-renew-off", "active", "new-commerce", false, "2027-03-31", 0, "already-so"],
  ["auto-renew-off", "suspended", "new-commerce", false, "2027-03-31", 0, "wrong-status"],
  ["auto-renew-off", "active", "azure-plan", false, undefined, 0, "no-auto-renew-here"],
  ["auto-renew-on", "active", "new-commerce", false, "2027-03-31", 0, undefined],
  ["auto-renew-on", "active", "new-commerce", true, "2027-03-31", 0, "already-so"],
  ["auto-renew-on", "active", "legacy-seat", false, "2027-03-31", 0, "no-auto-renew-here"],
] as const;
for (const [kind, status, family, autoRenew, end, activeEntitlements, expected] of subscriptionCases)
  test(`${kind} of a ${status} ${family} subscription (renews: ${autoRenew}, ends ${end ?? "never"}, ${activeEntitlements} active): ${expected ?? "may be done"}`, () => {
    const commitmentEndDay = end === undefined ? undefined : Temporal.PlainDate.from(end);
    const reason = whyNotSubscription(
      kind,
      { status, family, autoRenew, commitmentEndDay },
      { today: TODAY, activeEntitlements },
    );
    assert.equal(reason?.code, expected);
  });

const entitlementCases = [
  ["cancel-entitlement", "active", "active", undefined],
  ["cancel-entitlement", "active", "suspended", undefined],
  ["cancel-entitlement", "inactive", "active", "already-so"],
  ["cancel-entitlement", "warned", "active", "status-unknown"],
  ["reactivate-entitlement", "inactive", "active", undefined],
  ["reactivate-entitlement", "inactive", "suspended", "plan-not-active"],
  ["reactivate-entitlement", "active", "active", "already-so"],
] as const;
for (const [kind, status, planStatus, expected] of entitlementCases)
  test(`${kind} of an ${status} Azure subscription under a plan that is ${planStatus}: ${expected ?? "may be done"}`, () =>
    assert.equal(whyNotEntitlement(kind, { status, planStatus })?.code, expected));

const alertCases = [
  ["active", "investigating", undefined],
  ["active", "resolved", undefined],
  ["investigating", "resolved", undefined],
  ["investigating", "investigating", "already-so"],
  ["resolved", "resolved", "alert-already-resolved"],
  ["resolved", "investigating", "alert-already-resolved"],
  ["closed", "resolved", "status-unknown"],
] as const;
for (const [status, answer, expected] of alertCases)
  test(`an alert that is ${status}, answered ${answer}: ${expected ?? "may be done"}`, () => {
    const wanted = answer === "resolved" ? ({ status: answer, reason: "fraud" } as const) : { status: answer };
    assert.equal(whyNotAlert(wanted, { status })?.code, expected);
  });

test("an Azure cancellation is never approved by the Billing admin, and nothing by an Auditor", () => {
  for (const kind of PROPOSAL_KINDS) assert.ok(!APPROVER_ROLES[kind].includes("auditor"), kind);
  assert.deepEqual(APPROVER_ROLES["cancel-entitlement"], ["global-admin", "admin-agent"]);
  assert.ok(APPROVER_ROLES["auto-renew-off"].includes("billing-admin"));
});

test("undoing an undo comes back to where it began", () => {
  for (const kind of PROPOSAL_KINDS) {
    const back = UNDONE_BY[kind];
    if (back !== undefined) assert.equal(UNDONE_BY[back], kind);
  }
});

const entitlement = (entitlementId: EntitlementId, name: string, status = "active") => ({
  customerId: CUSTOMER,
  planId: PLAN,
  planStatus: "active",
  entitlementId,
  name,
  status,
  readAt: NOW,
});
const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({
  subscriptions: [seats()],
  entitlements: [entitlement(PRODUCTION, "Produktion"), entitlement(TEST, "Test")],
  burn: new Map([[PRODUCTION, { kind: "known" as const, perHour: sek(864_000n), asOf: NOW }]]),
  alerts: [
    {
      noticeId: NOTICE,
      channel: "graph",
      externalId: "alert-1",
      customerId: CUSTOMER,
      entitlementId: PRODUCTION,
      name: "CryptoMining",
      status: "active",
      readAt: NOW,
    },
  ],
  recorded: undefined,
  ...more,
});
function planned(wanted: Wanted, more: Partial<PlanFacts> = {}) {
  const result = planOf(wanted, facts(more), TODAY);
  assert.ok(result.ok, result.ok ? "" : result.whyNot.code);
  return result.plan;
}

test("cancelling Azure saves the present rate for 24 hours and for 30 days, and counts what it does not know", () => {
  const { saving } = planned({
    kind: "cancel-entitlement",
    entitlementIds: [PRODUCTION, TEST],
    answerAlertsAsFraud: true,
  });
  assert.deepEqual(saving, {
    kind: "spend-stopped",
    day: sek(20_736_000n),
    month: sek(622_080_000n),
    asOf: NOW,
    unknownParts: 1,
  });
});

test("suspending new commerce saves nothing and says until when Microsoft bills on", () => {
  const { saving } = planned({ kind: "suspend-subscription", subscriptionId: SEATS });
  assert.deepEqual(saving, { kind: "nothing", why: "bills-to-term-end", until: END });
  assert.equal(leadingAmount(saving), undefined);
});

test("suspending a legacy seat subscription pauses its bill", () => {
  const { saving } = planned(
    { kind: "suspend-subscription", subscriptionId: SEATS },
    { subscriptions: [seats({ family: "legacy-seat" })] },
  );
  assert.deepEqual(saving, { kind: "billing-paused", month: sek(9_520_000n) });
});

test("switching auto-renew off avoids the whole next term, from the day after this one", () => {
  const { saving } = planned({ kind: "auto-renew-off", subscriptionId: SEATS });
  assert.deepEqual(saving, {
    kind: "term-avoided",
    amount: sek(114_240_000n),
    from: Temporal.PlainDate.from("2027-04-01"),
  });
});

test("without a price the saving is unknown, never zero", () => {
  const subscriptions = [seats({ nextTerm: { kind: "unknown", why: "no-price" } })];
  assert.deepEqual(planned({ kind: "auto-renew-off", subscriptionId: SEATS }, { subscriptions }).saving, {
    kind: "unknown",
    why: "no-price",
  });
  const burn = new Map();
  assert.deepEqual(
    planned({ kind: "cancel-entitlement", entitlementIds: [TEST], answerAlertsAsFraud: false }, { burn }).saving,
    { kind: "unknown", why: "no-usage-yet" },
  );
});

test("each kind names what cannot be undone", () => {
  const lasting = (wanted: Wanted) =>
    planned(wanted)
      .effects.filter((effect) => effect.lasting)
      .map((effect) => effect.kind);
  assert.deepEqual(lasting({ kind: "cancel-entitlement", entitlementIds: [PRODUCTION], answerAlertsAsFraud: true }), [
    "public-ips-lost",
    "data-deleted-later",
    "answer-is-final",
  ]);
  assert.deepEqual(lasting({ kind: "cancel-entitlement", entitlementIds: [PRODUCTION], answerAlertsAsFraud: false }), [
    "public-ips-lost",
    "data-deleted-later",
  ]);
  assert.deepEqual(lasting({ kind: "auto-renew-off", subscriptionId: SEATS }), [
    "price-lock-lost",
    "deleted-after-term",
  ]);
  assert.deepEqual(lasting({ kind: "suspend-subscription", subscriptionId: SEATS }), ["deleted-after-term"]);
});

test("a suspension tells that auto-renew and scheduled changes go, and that the undo brings both back", () => {
  const { effects, undo } = planned({ kind: "suspend-subscription", subscriptionId: SEATS });
  const kinds = effects.map((effect) => effect.kind);
  assert.ok(kinds.includes("auto-renew-goes-off") && kinds.includes("scheduled-changes-dropped"));
  assert.ok(undo.kind === "possible");
  assert.deepEqual(undo.restores, ["users-blocked", "auto-renew-goes-off", "scheduled-changes-dropped"]);
  assert.equal(undo.untilDay?.toString(), "2027-03-30");
});

test("a reactivation after our suspension restores auto-renew and the scheduled changes in a second step", () => {
  const suspended = { subscriptions: [seats({ status: "suspended", autoRenew: false })] };
  const plan = planned(
    { kind: "reactivate-subscription", subscriptionId: SEATS },
    { ...suspended, recorded: { autoRenew: true, scheduled: { quantity: 60 } } },
  );
  assert.deepEqual(
    plan.steps.map(({ step, dependsOn }) => [step.kind, dependsOn]),
    [
      ["reactivate-subscription", []],
      ["set-auto-renew", [0]],
    ],
  );
  const second = plan.steps[1]?.step;
  assert.ok(second?.kind === "set-auto-renew" && second.autoRenew);
  assert.deepEqual(second.scheduled, { quantity: 60 });
  assert.equal(
    planned({ kind: "reactivate-subscription", subscriptionId: SEATS }, suspended).steps.length,
    1,
    "nothing recorded, nothing restored",
  );
});

test("alerts are answered as Fraud only after their own Azure subscription is seen to be cancelled", () => {
  const plan = planned({ kind: "cancel-entitlement", entitlementIds: [TEST, PRODUCTION], answerAlertsAsFraud: true });
  assert.deepEqual(
    plan.steps.map(({ step, dependsOn }) => [step.kind, dependsOn]),
    [
      ["cancel-entitlement", []],
      ["cancel-entitlement", []],
      ["answer-alert", [1]],
    ],
  );
});

test("an answered alert has no way back", () => {
  const { undo } = planned({
    kind: "answer-alert",
    noticeIds: [NOTICE],
    answer: { status: "resolved", reason: "legitimate" },
  });
  assert.deepEqual(undo, { kind: "none", why: "alert-answers-are-final" });
});

test("asking for nothing, too much or something unknown is refused", () => {
  const refused = (wanted: Wanted) => {
    const result = planOf(wanted, facts(), TODAY);
    return result.ok ? undefined : result.whyNot.code;
  };
  const unknown = "00000000-0000-4000-8000-0000000000ff" as EntitlementId;
  const many = Array.from({ length: 51 }, (_, at) => `${at}` as EntitlementId);
  assert.equal(
    refused({ kind: "cancel-entitlement", entitlementIds: [], answerAlertsAsFraud: false }),
    "nothing-chosen",
  );
  assert.equal(
    refused({ kind: "cancel-entitlement", entitlementIds: many, answerAlertsAsFraud: false }),
    "too-many-targets",
  );
  assert.equal(
    refused({ kind: "cancel-entitlement", entitlementIds: [unknown], answerAlertsAsFraud: false }),
    "target-unknown",
  );
});
