import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposalKind } from "./contract.ts";
import {
  approvalsNeeded,
  approvalsSetting,
  expiresAt,
  type KeptPlan,
  type Proposal,
  type ProposalState,
  whyNotApprove,
  whyNotReject,
  whyNotRunAgain,
  whyNotUndo,
  whyNotWithdraw,
} from "./decide-approval.ts";
import { actorOf, ELIN, KARIN, NOW, person } from "./testing.ts";

const BILLING = person("Bo", "billing-admin");
const AUDITOR = person("Rev", "auditor");
const proposed: ProposalState = { kind: "proposed", at: NOW };
const verified: ProposalState = { kind: "verified", at: NOW, approvedAt: NOW };
const plan: KeptPlan = {
  saving: { kind: "unknown", why: "no-price" },
  effects: [],
  answer: undefined,
  basis: {},
  takesMinutes: 1,
  undo: {
    kind: "possible",
    by: "reactivate-entitlement",
    untilDay: undefined,
    withinDays: 90,
    restores: [],
    keepsLost: [],
  },
};
const proposal = (more: Partial<Proposal> = {}) => ({
  kind: "cancel-entitlement" as ProposalKind,
  state: proposed,
  madeBy: actorOf(ELIN),
  approvals: [],
  expiresAt: NOW.add({ hours: 24 }),
  plan,
  undoneBy: undefined,
  ...more,
});
const yes = { personId: KARIN.id, name: KARIN.name, role: KARIN.role, at: NOW, note: undefined };

const approveCases = [
  ["another Admin agent", proposal(), person("Jonas"), 0, undefined],
  ["a Global admin", proposal(), KARIN, 0, undefined],
  ["the proposer", proposal(), ELIN, 0, "you-proposed-it"],
  ["the proposer although Global admin", proposal({ madeBy: actorOf(KARIN) }), KARIN, 0, "you-proposed-it"],
  ["a Billing admin", proposal(), BILLING, 0, "role-may-not-approve"],
  ["a Billing admin, auto-renew", proposal({ kind: "auto-renew-off" }), BILLING, 0, undefined],
  ["an Auditor", proposal({ kind: "auto-renew-off" }), AUDITOR, 0, "role-may-not-approve"],
  ["the same person twice", proposal({ approvals: [yes] }), KARIN, 0, "you-approved-already"],
  ["a day later", proposal(), KARIN, 24, "expired"],
  ["once it is decided", proposal({ state: verified }), KARIN, 0, "not-waiting-for-approval"],
] as const;
for (const [who, what, by, hours, expected] of approveCases)
  test(`approving: ${who}: ${expected ?? "may"}`, () =>
    assert.equal(whyNotApprove(what, by, NOW.add({ hours }))?.code, expected));

test("one who approved may still reject; the proposer withdraws instead", () => {
  assert.equal(whyNotReject(proposal({ approvals: [yes] }), KARIN), undefined);
  assert.equal(whyNotReject(proposal(), ELIN)?.code, "you-proposed-it");
  assert.equal(whyNotWithdraw(proposal(), ELIN), undefined);
  assert.equal(whyNotWithdraw(proposal(), KARIN), undefined, "a Global admin in their place");
  assert.equal(whyNotWithdraw(proposal(), BILLING)?.code, "not-yours-to-withdraw");
  assert.equal(whyNotWithdraw(proposal({ state: verified }), ELIN)?.code, "already-started");
});

test("a failed proposal may run again for a day after its approval", () => {
  const failed: ProposalState = { kind: "failed", at: NOW, approvedAt: NOW };
  assert.equal(whyNotRunAgain(proposal({ state: failed }), ELIN, NOW.add({ hours: 24 })), undefined);
  assert.equal(whyNotRunAgain(proposal({ state: failed }), ELIN, NOW.add({ hours: 25 }))?.code, "approval-too-old");
  assert.equal(whyNotRunAgain(proposal({ state: failed }), BILLING, NOW)?.code, "role-may-not-run");
  assert.equal(whyNotRunAgain(proposal({ state: verified }), ELIN, NOW)?.code, "not-failed");
});

const undoCases = [
  ["within 90 days", proposal({ state: verified }), { openUndo: false, steps: ["verified"], days: 90 }, undefined],
  ["after 90 days", proposal({ state: verified }), { openUndo: false, steps: ["verified"], days: 91 }, "undo-too-late"],
  ["before anything happened", proposal(), { openUndo: false, steps: ["planned"], days: 0 }, "not-verified-yet"],
  [
    "after a rejection",
    proposal({ state: { kind: "rejected", at: NOW, by: actorOf(KARIN), reason: "no" } }),
    { openUndo: false, steps: ["dropped"], days: 0 },
    "nothing-was-done",
  ],
  [
    "when one of two steps took effect",
    proposal({ state: { kind: "failed", at: NOW, approvedAt: NOW } }),
    { openUndo: false, steps: ["failed", "verified"], days: 0 },
    undefined,
  ],
  [
    "when no step took effect",
    proposal({ state: { kind: "failed", at: NOW, approvedAt: NOW } }),
    { openUndo: false, steps: ["failed"], days: 0 },
    "nothing-was-done",
  ],
  [
    "a second time",
    proposal({ state: verified }),
    { openUndo: true, steps: ["verified"], days: 0 },
    "undo-already-proposed",
  ],
  [
    "of an answered alert",
    proposal({ state: verified, plan: { ...plan, undo: { kind: "none", why: "alert-answers-are-final" } } }),
    { openUndo: false, steps: ["verified"], days: 0 },
    "no-way-back",
  ],
] as const;
for (const [what, one, { openUndo, steps, days }, expected] of undoCases)
  test(`undo ${what}: ${expected ?? "may be proposed"}`, () => {
    const today = NOW.toZonedDateTimeISO("UTC").toPlainDate().add({ days });
    assert.equal(whyNotUndo(one, { openUndo, steps, today })?.code, expected);
  });

const FRAUD = { status: "resolved", reason: "fraud" } as const;
const neededCases = [
  ["cancel-entitlement", undefined, {}, false, 1],
  ["cancel-entitlement", undefined, { "cancel-entitlement": 2 }, false, 2],
  ["answer-alert", { status: "investigating" }, { "answer-alert": 2 }, false, 0],
  ["answer-alert", FRAUD, {}, false, 1],
  ["answer-alert", FRAUD, {}, true, 0],
  ["answer-alert", { status: "resolved", reason: "legitimate" }, {}, true, 1],
] as const;
for (const [kind, answer, setting, covered, expected] of neededCases)
  test(`${kind} ${answer === undefined ? "" : "reason" in answer ? answer.reason : answer.status}${covered ? ", covered by a containment" : ""}: ${expected} other people`, () =>
    assert.equal(approvalsNeeded({ kind, answer }, { setting, covered }), expected));

test("a setting can ask for more people, never for none", () => {
  assert.ok(approvalsSetting.safeParse({ "suspend-subscription": 3 }).success);
  assert.ok(!approvalsSetting.safeParse({ "suspend-subscription": 0 }).success);
  assert.ok(!approvalsSetting.safeParse({ "delete-everything": 1 }).success);
});

test("a proposal about renewal lapses before the term ends", () => {
  const end = Temporal.PlainDate.from("2026-11-19");
  assert.equal(expiresAt("auto-renew-off", end, NOW).toString(), "2026-11-19T00:00:00Z");
  assert.equal(expiresAt("auto-renew-off", undefined, NOW).toString(), NOW.add({ hours: 168 }).toString());
  assert.equal(expiresAt("suspend-subscription", end, NOW).toString(), NOW.add({ hours: 72 }).toString());
});
