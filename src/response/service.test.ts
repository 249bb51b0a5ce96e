import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { verifyChain } from "../store/audit.ts";
import { readEvents } from "../store/events.ts";
import type { Tx } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import type { Person } from "../access/contract.ts";
import type { ProposalJson, Wanted } from "./contract.ts";
import { optionsOf } from "./options.ts";
import { proposalDetail, proposalPage, proposalsOf, waitingProposals } from "./read.ts";
import { workDue } from "./run.ts";
import { approve, lapse, propose, proposeAlertAnswer, reject, runAgain, withdraw } from "./service.ts";
import {
  actorOf,
  CUSTOMER,
  ELIN,
  fakeMicrosoft,
  type FakeMicrosoft,
  KARIN,
  NOTICE,
  person,
  PLAN,
  PRODUCTION,
  SEATS,
  TEST,
  type TestDesk,
  testDesk,
} from "./testing.ts";
import { proposeUndo } from "./undo.ts";

const store = await testStore();
let microsoft: FakeMicrosoft;
let desk: TestDesk;
beforeEach(async () => {
  await sql`truncate response_attempt, response_action, response_approval, response_proposal`.execute(store.db);
  microsoft = fakeMicrosoft();
  desk = testDesk(store, microsoft);
});

const SUSPEND: Wanted = { kind: "suspend-subscription", subscriptionId: SEATS };
const CANCEL: Wanted = { kind: "cancel-entitlement", entitlementIds: [PRODUCTION, TEST], answerAlertsAsFraud: true };
const inTx = <T>(work: (tx: Tx) => Promise<T>) => store.inTransaction(work);

async function proposed(wanted: Wanted, by: Person = ELIN): Promise<string> {
  const made = await inTx((tx) =>
    propose(tx, desk.deps, {
      customerId: CUSTOMER,
      wanted,
      reason: "nobody orders A100s at night",
      by: actorOf(by),
      person: by,
      now: desk.clock.now(),
    }),
  );
  assert.ok(made.ok, made.ok ? "" : made.error.code);
  return made.value.proposalId;
}
const decision = (id: string, by: Person) => ({
  id,
  person: by,
  actor: actorOf(by),
  note: "agreed by phone",
  now: desk.clock.now(),
});
const approved = (id: string, by: Person = KARIN) => inTx((tx) => approve(tx, desk.deps, decision(id, by)));
async function done(wanted: Wanted): Promise<string> {
  const id = await proposed(wanted);
  assert.ok((await approved(id)).ok);
  await workUntilQuiet();
  return id;
}
/** Lets time pass as the queue would, settling what takes Microsoft time. */
async function workUntilQuiet(): Promise<void> {
  for (let round = 0; round < 6; round++) {
    await workDue(desk.deps);
    microsoft.settle();
    desk.clock.advance("PT5M");
  }
}
async function read(id: string, by: Person = KARIN): Promise<ProposalJson> {
  const found = await proposalDetail(store.db, desk.deps, { id, person: by, now: desk.clock.now() });
  assert.ok(found.ok);
  return found.value;
}
const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? undefined : result.error?.code);

test("a suspension: proposed, approved by another, sent, verified, and undone with auto-renew and scheduled changes back", async () => {
  const id = await done(SUSPEND);
  const after = await read(id);
  assert.equal(after.state, "verified");
  assert.equal(microsoft.subscriptions.get(SEATS)?.status, "suspended");
  assert.equal(microsoft.subscriptions.get(SEATS)?.autoRenew, false);
  assert.deepEqual(after.steps[0]?.before, {
    status: "active",
    autoRenew: "on",
    quantity: 86,
    scheduled: "some",
    etag: "e1",
  });
  assert.equal(after.steps[0]?.after?.["etag"], "e2");

  const undo = await inTx((tx) => proposeUndo(tx, desk.deps, decision(id, ELIN)));
  assert.ok(undo.ok, undo.ok ? "" : undo.error.code);
  assert.equal(code(await inTx((tx) => proposeUndo(tx, desk.deps, decision(id, ELIN)))), "undo-already-proposed");
  assert.ok((await approved(undo.value.proposalId)).ok);
  await workUntilQuiet();
  const seats = microsoft.subscriptions.get(SEATS);
  assert.deepEqual(
    [seats?.status, seats?.autoRenew, seats?.scheduledNextTermInstructions],
    ["active", true, { quantity: 60 }],
  );
  assert.equal((await read(id)).undoneBy, undo.value.proposalId);
  assert.deepEqual(microsoft.effects, [`suspend ${SEATS}`, `reactivate ${SEATS}`, `auto-renew-true ${SEATS}`]);
});

test("cancelling two Azure subscriptions answers their alert as Fraud once the cancellation is seen", async () => {
  const id = await proposed(CANCEL);
  await approved(id);
  await workDue(desk.deps);
  assert.equal((await read(id)).state, "sent");
  assert.deepEqual(microsoft.effects.toSorted(), [`cancel ${PRODUCTION}`, `cancel ${TEST}`]);
  await workUntilQuiet();
  assert.equal((await read(id)).state, "verified");
  assert.equal(microsoft.effects.at(-1), "answer-fraud alert-1");
  assert.deepEqual(
    desk.answered.map(({ noticeId, reason, actor }) => [noticeId, reason, actor.name]),
    [[NOTICE, "fraud", "Elin"]],
  );
});

test("a double click on approve counts once; the proposer and the same person twice are refused", async () => {
  desk.setting = { "suspend-subscription": 2 };
  const id = await proposed(SUSPEND);
  const both = await Promise.all([approved(id), approved(id)]);
  assert.deepEqual(both.map(code).toSorted(), ["you-approved-already", undefined].toSorted());
  assert.equal(code(await approved(id, ELIN)), "you-proposed-it");
  assert.equal((await read(id)).state, "proposed");
  assert.ok((await approved(id, person("Jonas"))).ok);
  await workUntilQuiet();
  assert.equal(microsoft.effects.length, 1);
});

test("the same thing cannot be asked for twice, not even at the same moment", async () => {
  const ask = {
    customerId: CUSTOMER,
    wanted: SUSPEND,
    reason: "not paid",
    by: actorOf(ELIN),
    person: ELIN,
    now: desk.clock.now(),
  };
  const both = await Promise.allSettled(
    [1, 2].map(() =>
      inTx(async (tx) => {
        const made = await propose(tx, desk.deps, ask);
        if (!made.ok) throw new Error(made.error.code);
      }),
    ),
  );
  assert.deepEqual(both.map((one) => one.status).toSorted(), ["fulfilled", "rejected"]);
  const refused = await inTx((tx) => propose(tx, desk.deps, ask));
  assert.equal(code(refused), "already-proposed");
});

test("what was so already is found, not done: nothing is sent and nothing can be undone", async () => {
  const id = await proposed(SUSPEND);
  const seats = microsoft.subscriptions.get(SEATS);
  assert.ok(seats);
  microsoft.subscriptions.set(SEATS, { ...seats, status: "suspended" });
  await approved(id);
  await workUntilQuiet();
  const after = await read(id);
  assert.deepEqual([after.state, after.steps[0]?.foundSo, microsoft.calls.length], ["verified", true, 0]);
  assert.equal(after.moves["undo"]?.code, "nothing-was-done");
});

test("a call that took effect but was not heard is not sent a second time", async () => {
  microsoft.faults.push("apply-then-fail");
  const id = await done(SUSPEND);
  assert.equal((await read(id)).state, "verified");
  assert.deepEqual(microsoft.effects, [`suspend ${SEATS}`]);
  assert.equal(microsoft.calls.length, 1);
  const types = (await readEvents(store.db, { subject: { kind: "proposal", id }, limit: 20 }))
    .map((event) => event.type)
    .toReversed();
  assert.deepEqual(types, [
    "response.proposal-made",
    "response.proposal-approved",
    "response.action-sent",
    "response.action-verified",
    "response.proposal-verified",
  ]);
});

test("a cancellation that may have been heard is repeated with the same request id: one effect", async () => {
  microsoft.faults.push("apply-then-fail", "fail");
  const id = await done({ kind: "cancel-entitlement", entitlementIds: [PRODUCTION], answerAlertsAsFraud: false });
  assert.equal((await read(id)).state, "verified");
  assert.equal(microsoft.effects.length, 1);
  assert.equal(new Set(microsoft.calls.map((call) => call.requestId)).size, 1);
});

const refusals = [
  ["mfa-needed", "failed", "consent-again"],
  ["forbidden-role", "failed", "grant-role"],
] as const;
for (const [fault, state, advice] of refusals)
  test(`${fault} ends the action and says what to do; a person may let it run again`, async () => {
    microsoft.faults.push(fault);
    const id = await done(SUSPEND);
    const after = await read(id);
    assert.deepEqual([after.state, after.steps[0]?.problem?.advice], [state, advice]);
    const before = after.steps[0]?.requestId;
    assert.ok((await inTx((tx) => runAgain(tx, desk.deps, decision(id, KARIN)))).ok);
    await workUntilQuiet();
    const again = await read(id);
    assert.equal(again.state, "verified");
    assert.notEqual(again.steps[0]?.requestId, before);
    assert.equal(again.steps[0]?.attempts.length, 2);
  });

test("a stale ETag is read and decided again at once", async () => {
  microsoft.faults.push("stale-etag", "stale-etag");
  const id = await done(SUSPEND);
  assert.equal((await read(id)).state, "verified");
  assert.equal(microsoft.effects.length, 1);
});

test("a pending operation is waited for as long as Microsoft asks", async () => {
  microsoft.faults.push("pending-operation");
  const id = await done(SUSPEND);
  assert.equal((await read(id)).state, "running");
  assert.equal(microsoft.effects.length, 0);
  desk.clock.advance("PT24H");
  await workUntilQuiet();
  assert.equal((await read(id)).state, "verified");
});

test("a subscription that changed between approval and call is not touched", async () => {
  const id = await proposed(SUSPEND);
  await approved(id);
  const seats = microsoft.subscriptions.get(SEATS);
  assert.ok(seats);
  microsoft.subscriptions.set(SEATS, { ...seats, quantity: 10 });
  await workUntilQuiet();
  const after = await read(id);
  assert.deepEqual([after.state, after.steps[0]?.whyNot?.code, microsoft.calls.length], ["failed", "facts-changed", 0]);
});

test("an effect that never shows ends as unverified, for a person to look at", async () => {
  const id = await proposed({ kind: "cancel-entitlement", entitlementIds: [PRODUCTION], answerAlertsAsFraud: true });
  microsoft.faults.push("accept-forever");
  await approved(id);
  for (let minute = 0; minute < 50; minute += 5) {
    await workDue(desk.deps);
    desk.clock.advance("PT5M");
  }
  const after = await read(id);
  assert.deepEqual([after.state, after.steps.map((step) => step.state)], ["unverified", ["unverified", "skipped"]]);
  assert.equal(
    microsoft.alerts.get("alert-1")?.status,
    "active",
    "an alert is not answered on a cancellation nobody saw",
  );
});

test("nobody approves what changed since it was proposed; it lapses", async () => {
  const id = await proposed(SUSPEND);
  const before = desk.facts.subscriptionsOf;
  desk.facts.subscriptionsOf = async (tx, customer) =>
    (await before(tx, customer)).map((one) => ({ ...one, quantity: 3 }));
  assert.equal(code(await approved(id)), "facts-changed");
  await lapse(desk.deps);
  const after = await read(id);
  assert.deepEqual([after.state, after.stateReason], ["expired", "facts-changed"]);
});

test("what nobody decides lapses by time, and makes room to be proposed again", async () => {
  const id = await proposed(SUSPEND);
  desk.clock.advance("PT73H");
  await lapse(desk.deps);
  assert.equal((await read(id)).stateReason, "time");
  await proposed(SUSPEND);
});

test("rejected and withdrawn proposals end without a call", async () => {
  const first = await proposed(SUSPEND);
  assert.ok((await inTx((tx) => reject(tx, decision(first, KARIN)))).ok);
  const second = await proposed(SUSPEND);
  assert.equal(
    code(await inTx((tx) => withdraw(tx, decision(second, person("Bo", "billing-admin"))))),
    "not-yours-to-withdraw",
  );
  assert.ok((await inTx((tx) => withdraw(tx, decision(second, ELIN)))).ok);
  assert.equal(code(await approved(second)), "not-waiting-for-approval");
  await workUntilQuiet();
  assert.equal(microsoft.calls.length, 0);
});

test("saying that one looks into an alert needs nobody else; Fraud does, unless the containment was approved", async () => {
  const looking = await proposed({ kind: "answer-alert", noticeIds: [NOTICE], answer: { status: "investigating" } });
  await workUntilQuiet();
  assert.equal((await read(looking)).state, "verified");
  await done({ kind: "cancel-entitlement", entitlementIds: [PRODUCTION], answerAlertsAsFraud: false });
  const made = await inTx((tx) =>
    proposeAlertAnswer(tx, desk.deps, {
      noticeId: NOTICE,
      reason: "fraud",
      why: "contained",
      actor: actorOf(ELIN),
      now: desk.clock.now(),
    }),
  );
  assert.ok(made.ok);
  await workUntilQuiet();
  const after = await read(made.value.proposalId);
  assert.deepEqual([after.state, after.approvals.need], ["verified", 0]);
  assert.equal(after.moves["undo"]?.code, "no-way-back");
});

test("while Partner Center is not connected the action fails with what to do", async () => {
  desk = testDesk(store, microsoft, { partnerCenter: () => undefined });
  const id = await done(SUSPEND);
  const after = await read(id);
  assert.deepEqual([after.state, after.steps[0]?.problem?.advice], ["failed", "fix-settings"]);
});

test("the list puts what waits for me first and pages by cursor", async () => {
  const mine = await proposed(SUSPEND, KARIN);
  const other = await proposed({ kind: "auto-renew-off", subscriptionId: SEATS }, ELIN);
  const ask = {
    view: undefined,
    customerId: undefined,
    caseId: undefined,
    person: ELIN,
    now: desk.clock.now(),
    limit: 1,
  } as const;
  const first = await proposalPage(store.db, { ...ask, cursor: undefined });
  assert.deepEqual([first.rows[0]?.id, first.total, first.mine], [mine, 2, 1]);
  const second = await proposalPage(store.db, { ...ask, cursor: first.nextCursor ?? undefined });
  assert.deepEqual(
    [second.rows[0]?.id, second.nextCursor, second.rows[0]?.whyNotMe?.code],
    [other, null, "you-proposed-it"],
  );
  assert.equal(
    (await proposalPage(store.db, { ...ask, view: "waiting", limit: 50, cursor: undefined })).rows.length,
    1,
  );
  assert.equal((await waitingProposals(store.db, ELIN, desk.clock.now())).mine, 1);
  assert.equal((await proposalsOf(store.db, { customerId: CUSTOMER, now: desk.clock.now() })).length, 2);
});

test("option cards are priced, the one that alerts name first, and what is under way is not offered again", async () => {
  const options = await optionsOf(store.db, desk.deps, { customerId: CUSTOMER, now: desk.clock.now() });
  assert.ok(options.ok);
  const [first] = options.value.options;
  assert.deepEqual(
    [first?.kind, first?.recommended, first?.openAlerts, first?.saving.amount?.minor],
    ["cancel-entitlement", true, 1, "20736000"],
  );
  const plan = options.value.options.find((one) => one.targets.some((target) => target.id === PLAN));
  assert.equal(plan?.whyNot?.code, "azure-plan-has-active-subscriptions");
  await proposed(CANCEL);
  const later = await optionsOf(store.db, desk.deps, { customerId: CUSTOMER, now: desk.clock.now() });
  assert.ok(later.ok);
  assert.ok(
    later.value.options
      .filter((one) => one.kind === "cancel-entitlement")
      .every((one) => one.whyNot?.code === "already-proposed"),
  );
});

test("what the desk saw at Microsoft counts more than an older sync", async () => {
  await done(SUSPEND);
  const options = await optionsOf(store.db, desk.deps, { customerId: CUSTOMER, now: desk.clock.now() });
  assert.ok(options.ok);
  assert.ok(options.value.options.some((one) => one.kind === "reactivate-subscription" && one.whyNot === null));
});

test("every event names its customer, and the chain holds", async () => {
  const id = await done(SUSPEND);
  const events = await readEvents(store.db, { subject: { kind: "proposal", id }, limit: 50 });
  assert.ok(events.length >= 5 && events.every((event) => event.customerId === CUSTOMER));
  const verdict = await verifyChain(store.db);
  assert.ok(verdict.ok);
});
