import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { startSimulator } from "../../simulator/server.ts";
import type { CustomerId } from "../core/ids.ts";
import { testStore } from "../store/testing.ts";
import type { ProposalJson, Wanted } from "./contract.ts";
import type { ResponseDeps } from "./deps.ts";
import { dryRun } from "./dry-run.ts";
import type { AnsweredAlert } from "./facts.ts";
import { proposalDetail } from "./read.ts";
import { workDue } from "./run.ts";
import { approve, propose } from "./service.ts";
import { actorOf, ELIN, KARIN } from "./testing.ts";
import { connectTo, factsFromReader } from "./testing-simulator.ts";
import { proposeUndo } from "./undo.ts";

/** The whole way against the simulated Partner Center, through the real client. */

const store = await testStore();
const simulator = await startSimulator({ now: "2026-11-17T02:30:00Z", throttlePerMinute: 0 });
after(() => simulator.close());
const { control } = simulator;
const clock = { now: () => Temporal.Instant.from(control.now()) };
const microsoft = await connectTo({ url: simulator.url, ...control.credentials }, { store, clock, newId: randomUUID });
const answered: AnsweredAlert[] = [];
const facts = factsFromReader(microsoft.reader, { answered, approvers: [ELIN, KARIN], clock });
const deps: ResponseDeps = {
  store,
  clock,
  newId: randomUUID,
  enqueue: async () => {},
  facts,
  partnerCenter: () => microsoft,
};

type Held = {
  readonly id: string;
  readonly customerId: string;
  readonly customer: string;
  readonly product: string;
  readonly status: string;
};
const world = control.state() as {
  subscriptions: (Held & { autoRenewEnabled: boolean; lastDay: string | null })[];
  entitlements: (Held & { name: string })[];
};
const seatsOf = (nth: number) => {
  const found = world.subscriptions.filter(
    (one) => one.product === "seat" && one.status === "active" && one.autoRenewEnabled,
  )[nth];
  assert.ok(found, "the world has an active seat subscription that renews");
  return found;
};
const azure = world.entitlements.filter((one) => one.customer === "havso");

async function proposed(customerId: string, wanted: Wanted): Promise<string> {
  const made = await store.inTransaction((tx) =>
    propose(tx, deps, {
      customerId: customerId as CustomerId,
      wanted,
      reason: "as agreed",
      by: actorOf(ELIN),
      person: ELIN,
      now: clock.now(),
    }),
  );
  assert.ok(made.ok, made.ok ? "" : `${made.error.code}`);
  return made.value.proposalId;
}
const yes = (id: string) =>
  store.inTransaction((tx) => approve(tx, deps, { id, person: KARIN, actor: actorOf(KARIN), now: clock.now() }));
async function read(id: string): Promise<ProposalJson> {
  const found = await proposalDetail(store.db, deps, { id, person: KARIN, now: clock.now() });
  assert.ok(found.ok);
  return found.value;
}
async function workFor(minutes: number): Promise<void> {
  for (let passed = 0; passed <= minutes; passed++) {
    await workDue(deps);
    await control.advance("PT1M");
  }
}
const effects = () => control.requests().filter((one) => one.effect);

test("a suspension and its undo leave the subscription renewing as before", async () => {
  const { id: subscriptionId, customerId } = seatsOf(0);
  const before = await microsoft.reader.subscription({
    customerId: customerId as CustomerId,
    subscriptionId: subscriptionId as never,
  });
  const count = effects().length;
  const id = await proposed(customerId, { kind: "suspend-subscription", subscriptionId: subscriptionId as never });
  const planned = await store.inTransaction((tx) => dryRun(tx, deps, { id, actor: actorOf(ELIN), now: clock.now() }));
  assert.ok(planned.ok);
  assert.equal(effects().length, count, "a dry run sends nothing");
  assert.ok((await yes(id)).ok);
  await workFor(2);
  const done = await read(id);
  assert.equal(done.state, "verified");
  assert.notEqual(done.steps[0]?.before?.["etag"], done.steps[0]?.after?.["etag"]);
  const sent = effects().slice(count);
  const call = planned.value.calls[0];
  assert.deepEqual(
    sent.map((one) => [one.method, one.path, one.requestId]),
    [[call?.method, call?.path, call?.headers["MS-RequestId"]]],
  );
  const undo = await store.inTransaction((tx) =>
    proposeUndo(tx, deps, { id, person: ELIN, actor: actorOf(ELIN), note: "paid", now: clock.now() }),
  );
  assert.ok(undo.ok, undo.ok ? "" : undo.error.code);
  assert.ok((await yes(undo.value.proposalId)).ok);
  await workFor(2);
  assert.equal((await read(undo.value.proposalId)).state, "verified");
  const now = await microsoft.reader.subscription({
    customerId: customerId as CustomerId,
    subscriptionId: subscriptionId as never,
  });
  assert.deepEqual(
    [now.status, now.autoRenew, now.scheduledNextTermInstructions],
    ["active", true, before.scheduledNextTermInstructions],
  );
});

test("cancelling every Azure subscription of the mined customer takes ten minutes, then its alert is Fraud at Microsoft", async () => {
  const customerId = azure[0]?.customerId ?? "";
  const count = effects().length;
  const id = await proposed(customerId, {
    kind: "cancel-entitlement",
    entitlementIds: azure.map((one) => one.id as never),
    answerAlertsAsFraud: true,
  });
  const planned = await store.inTransaction((tx) => dryRun(tx, deps, { id, actor: actorOf(ELIN), now: clock.now() }));
  assert.ok(planned.ok);
  await yes(id);
  await workFor(4);
  assert.equal((await read(id)).state, "sent");
  await workFor(12);
  const done = await read(id);
  assert.equal(done.state, "verified");
  assert.ok(done.steps.length > azure.length, "the alert is answered too");
  const mine = (await microsoft.reader.alerts("graph")).filter(
    (one) => one.customerId === customerId && one.entitlementId !== undefined,
  );
  assert.ok(mine.length > 0 && mine.every((one) => one.status === "resolved" && one.resolvedReason === "fraud"));
  assert.equal(answered.length, done.steps.length - azure.length);
  const sent = effects()
    .slice(count)
    .map((one) => `${one.method} ${one.path}`);
  assert.deepEqual(
    sent.toSorted(),
    planned.value.calls.map((one) => `${one.method} ${one.path}`).toSorted(),
    "exactly the calls of the dry run",
  );
});

const faults = [
  ["an answer that was lost after it took effect", { kind: "lost-answer" }],
  ["a broken connection", { kind: "reset" }],
  ["503", { kind: "server-error" }],
  ["429", { kind: "throttle", seconds: 1 }],
  ["half an answer", { kind: "truncate" }],
  ["a page from a gateway", { kind: "html" }],
] as const;
for (const [at, [what, fault]] of faults.entries())
  test(`${what} on the way still gives exactly one suspension`, async () => {
    const { id: subscriptionId, customerId } = seatsOf(at + 1);
    const id = await proposed(customerId, { kind: "suspend-subscription", subscriptionId: subscriptionId as never });
    await yes(id);
    control.addFault({ ...fault, method: "PATCH", path: subscriptionId, count: 6 });
    await workFor(3);
    control.clearFaults();
    await workFor(45);
    assert.equal((await read(id)).state, "verified");
    const mine = effects().filter((one) => one.path.includes(subscriptionId));
    assert.equal(mine.length, 1, JSON.stringify(mine.map((one) => [one.method, one.requestId, one.replay])));
  });

test("403 for a missing role fails with what to do, and nothing was changed", async () => {
  const { id: subscriptionId, customerId } = seatsOf(8);
  const id = await proposed(customerId, { kind: "suspend-subscription", subscriptionId: subscriptionId as never });
  await yes(id);
  control.addFault({ kind: "refuse", method: "PATCH", path: subscriptionId, count: 1 });
  await workFor(1);
  const after = await read(id);
  assert.deepEqual(
    [after.state, after.steps[0]?.problem?.advice, after.steps[0]?.problem?.code],
    ["failed", "grant-role", "900308"],
  );
});
