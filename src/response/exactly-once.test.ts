import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { sql } from "kysely";
import { verifyChain } from "../store/audit.ts";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import type { Wanted } from "./contract.ts";
import type { Point } from "./deps.ts";
import { proposalDetail } from "./read.ts";
import { workDue } from "./run.ts";
import { approve, propose } from "./service.ts";
import {
  actorOf,
  CUSTOMER,
  ELIN,
  fakeMicrosoft,
  type Fault,
  KARIN,
  person,
  PRODUCTION,
  SEATS,
  TEST,
  testDesk,
} from "./testing.ts";

/** However approvals, clicks, workers, crashes and troubles fall together: every step has one effect, one record, one event of each kind. */

const store = await testStore();
const LEASE_SECONDS = 0.05;
const POINTS: readonly Point[] = ["claimed", "read", "prepared", "answered", "recorded"];
const FAULTS: readonly Fault[] = ["apply-then-fail", "fail", "throttled", "stale-etag"];
class Crash extends Error {}

type Move =
  | { readonly kind: "approve"; readonly who: number }
  | { readonly kind: "double-click"; readonly who: number }
  | { readonly kind: "work" }
  | { readonly kind: "two-workers" }
  | { readonly kind: "crash"; readonly at: Point }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "settle" }
  | { readonly kind: "wait"; readonly minutes: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant("approve" as const), who: fc.nat(2) }),
  fc.record({ kind: fc.constant("double-click" as const), who: fc.nat(2) }),
  fc.constant({ kind: "work" as const }),
  fc.constant({ kind: "two-workers" as const }),
  fc.record({ kind: fc.constant("crash" as const), at: fc.constantFrom(...POINTS) }),
  fc.record({ kind: fc.constant("fault" as const), fault: fc.constantFrom(...FAULTS) }),
  fc.constant({ kind: "settle" as const }),
  fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 3 }) }),
);
const WANTED: readonly Wanted[] = [
  { kind: "suspend-subscription", subscriptionId: SEATS },
  { kind: "auto-renew-off", subscriptionId: SEATS },
  { kind: "cancel-entitlement", entitlementIds: [PRODUCTION, TEST], answerAlertsAsFraud: true },
];
const PEOPLE = [ELIN, KARIN, person("Jonas")];

async function play(wanted: Wanted, moves: readonly Move[]) {
  const microsoft = fakeMicrosoft();
  let crashAt: Point | undefined;
  const onPoint = (point: Point) => {
    if (point !== crashAt) return;
    crashAt = undefined;
    throw new Crash(point);
  };
  const desk = testDesk(store, microsoft, { leaseSeconds: LEASE_SECONDS, onPoint });
  const made = await store.inTransaction((tx) =>
    propose(tx, desk.deps, {
      customerId: CUSTOMER,
      wanted,
      reason: "mining since 01:34",
      by: actorOf(ELIN),
      person: ELIN,
      now: desk.clock.now(),
    }),
  );
  assert.ok(made.ok);
  const id = made.value.proposalId;
  const click = (who: number) => {
    const by = PEOPLE[who] ?? KARIN;
    return store.inTransaction((tx) =>
      approve(tx, desk.deps, { id, person: by, actor: actorOf(by), now: desk.clock.now() }),
    );
  };
  const work = async () => {
    await workDue(desk.deps).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
  };
  for (const one of moves) {
    if (one.kind === "approve") await click(one.who);
    if (one.kind === "double-click") await Promise.all([click(one.who), click(one.who)]);
    if (one.kind === "work") await work();
    if (one.kind === "two-workers") await Promise.all([work(), work()]);
    if (one.kind === "crash") {
      crashAt = one.at;
      await work();
      crashAt = undefined;
    }
    if (one.kind === "fault") microsoft.faults.push(one.fault);
    if (one.kind === "settle") microsoft.settle();
    if (one.kind === "wait") desk.clock.advance(`PT${one.minutes}M`);
  }
  microsoft.faults.length = 0;
  await click(1);
  for (let round = 0; round < 5; round++) {
    await sleep(LEASE_SECONDS * 1_000 + 10);
    await work();
    microsoft.settle();
    desk.clock.advance("PT5M");
  }
  const after = await proposalDetail(store.db, desk.deps, { id, person: KARIN, now: desk.clock.now() });
  assert.ok(after.ok);
  const events = await readEvents(store.db, { subject: { kind: "proposal", id }, limit: 200 });
  return {
    after: after.value,
    microsoft,
    events: events.map((event) => ({ type: event.type, position: (event.data as { position?: number }).position })),
  };
}

test("random interleavings of clicks, workers, crashes and troubles give one effect and one record each", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...WANTED), fc.array(move, { maxLength: 14 }), async (wanted, moves) => {
      await sql`truncate response_attempt, response_action, response_approval, response_proposal`.execute(store.db);
      const { after, microsoft, events } = await play(wanted, moves);
      assert.equal(after.state, "verified");
      assert.equal(microsoft.effects.length, after.steps.length, "one effect for each step");
      assert.equal(new Set(microsoft.effects).size, microsoft.effects.length, "no effect twice");
      assert.equal(new Set(after.approvedBy.map((one) => one.id)).size, after.approvedBy.length);
      const count = (type: string, position?: number) =>
        events.filter((event) => event.type === type && (position === undefined || event.position === position)).length;
      for (const { position, requestId } of after.steps) {
        assert.equal(count("response.action-sent", position), 1);
        assert.equal(count("response.action-verified", position), 1);
        const target = microsoft.calls.filter((call) => call.requestId === requestId);
        assert.ok(target.length >= 1, "every call of a step carries its one request id");
      }
      assert.equal(new Set(microsoft.calls.map((call) => call.requestId)).size, after.steps.length);
      assert.deepEqual(
        ["response.proposal-made", "response.proposal-approved", "response.proposal-verified"].map((type) =>
          count(type),
        ),
        [1, 1, 1],
      );
    }),
    { numRuns: Number(process.env["SURETY_PROPERTY_RUNS"] ?? 40), seed: 20_261_117 },
  );
  const report = await verifyChain(store.db);
  assert.ok(report.ok);
});
