import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { NewFinding } from "../cases/contract.ts";
import type { CaseId, CustomerId, FindingId } from "../core/ids.ts";
import { STRIPE_LOG } from "../receivables/contract-stripe.ts";
import { SURETY } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import type { CollectionsDeps } from "./deps.ts";
import { followForCollections } from "./service-follow.ts";
import { historyOf } from "./service-history.ts";
import { failuresOf } from "./store-failures.ts";
import { lettersOf, testDesk } from "./testing-desk.ts";

/** What collections does with payments that failed or were taken back, and with invoices that the books hold. */

const store = await testStore();
const desk = testDesk(store, { from: "2026-03-02T08:00:00Z" });

function following() {
  const reported: NewFinding[] = [];
  const resolved: string[] = [];
  const deps: CollectionsDeps = {
    ...desk.deps,
    reportFinding: async (_tx, finding) => {
      reported.push(finding);
      return { findingId: "f" as FindingId, caseId: "c" as CaseId, isNew: true };
    },
    resolveFinding: async (_tx, { fingerprint }) => void resolved.push(fingerprint),
  };
  return { reported, resolved, deps, follow: () => followForCollections(deps) };
}
const tell = (customerId: CustomerId, type: `${string}.${string}`, id: string, data: object) =>
  store.inTransaction((tx) =>
    appendEvents(tx, [
      { type, actor: SURETY, at: desk.deps.clock.now(), customerId, subject: { kind: "stripe", id }, data },
    ]),
  );
let made = 0;
const account = () =>
  desk.newAccount([{ number: `F-${(made += 1)}`, amount: 100n, issued: "2026-02-01", due: "2026-04-01" }]);
const tasks = async (id: CustomerId): Promise<readonly Record<string, string>[]> => {
  const { rows } = await sql<{ facts: Record<string, string> }>`
    select facts from collections_task where account_id = ${id} and kind = 'call'`.execute(store.db);
  return rows.map((row) => row.facts);
};

test("a disputed payment is a finding with the money at stake, and gone when the bank finds for us", async () => {
  const { reported, resolved, follow } = following();
  const id = await account();
  const data = { status: "needs_response", reason: "fraudulent", amount: { minor: "125000", currency: "SEK" } };
  await tell(id, STRIPE_LOG.disputeOpened, "dp_1", data);
  await follow();
  assert.deepEqual(
    reported.map((one) => [one.kind, one.family, one.severity, one.moneyAtRisk, one.customerId]),
    [["collections.payment-disputed", "payment", "high", { minor: 125_000n, currency: "SEK" }, id]],
  );
  await tell(id, STRIPE_LOG.disputeClosed, "dp_1", { ...data, isWon: false });
  await follow();
  assert.deepEqual(resolved, [], "lost: a person still has something to do");
  await tell(id, STRIPE_LOG.disputeClosed, "dp_1", { ...data, isWon: true });
  await follow();
  assert.deepEqual(resolved, [reported[0]?.fingerprint]);
  assert.equal(reported.length, 1, "events are followed once");
});

test("a card that can never pay is one call, however often it is tried; a failure to retry is none", async () => {
  const { follow, deps } = following();
  const id = await account();
  const failed = { code: "card_declined", declineCode: "insufficient_funds", answer: "retry", amount: null };
  await tell(id, STRIPE_LOG.paymentFailed, "pi_1", failed);
  await follow();
  assert.deepEqual(await tasks(id), []);
  const dead = { ...failed, declineCode: "stolen_card", answer: "new-instrument", invoiceNumber: "F-9" };
  for (let attempt = 0; attempt < 3; attempt++) await tell(id, STRIPE_LOG.paymentFailed, "pi_2", dead);
  await follow();
  assert.deepEqual(await tasks(id), [
    { because: "new-instrument", code: "stolen_card", invoiceNumber: "F-9", payment: "pi_2" },
  ]);
  // Conditions may ask for the last failure.
  assert.deepEqual(
    (await failuresOf(store.db, [id])).map((one) => one.code),
    ["stolen_card"],
  );
  const standingOf: CollectionsDeps["standingOf"] = async () => new Map([[id, { lastFailure: "stolen_card" }]]);
  const day = Temporal.PlainDate.from("2026-03-02");
  const { history } = await historyOf(store.db, { ...deps, standingOf }, { accountId: id, day });
  assert.equal(history.account.lastFailure, "stolen_card");
});

test("a lost card is a finding, worse when none is left, and gone when another comes", async () => {
  const { reported, resolved, follow } = following();
  const id = await account();
  await tell(id, STRIPE_LOG.instrumentLost, "pm_1", { why: "expired", kind: "card", last4: "4242", left: 1 });
  await tell(id, STRIPE_LOG.instrumentLost, "pm_2", { why: "detached", kind: "card", last4: "1881", left: 0 });
  await follow();
  assert.deepEqual(
    reported.map((one) => one.severity),
    ["low", "medium"],
  );
  await tell(id, STRIPE_LOG.instrumentAdded, "pm_3", { kind: "card" });
  await follow();
  assert.deepEqual(resolved, [reported[1]?.fingerprint]);
});

test("an invoice on hold in the books rests: no letter about it until the hold ends", async () => {
  const id = await desk.newAccount([{ number: "H-1", amount: 900_00n, issued: "2026-03-01", due: "2026-04-01" }]);
  await sql`update invoice set held_from = '2026-04-01', held_reason = 'Waiting' where customer_id = ${id}`.execute(
    store.db,
  );
  for (let day = Temporal.PlainDate.from("2026-04-02"); day.toString() < "2026-04-20"; day = day.add({ days: 1 }))
    await desk.day(day.toString());
  assert.deepEqual(await lettersOf(store, id), []);
  await sql`update invoice set held_until = '2026-04-20' where customer_id = ${id}`.execute(store.db);
  await desk.day("2026-04-20");
  await desk.day("2026-04-21");
  assert.ok((await lettersOf(store, id)).length > 0, "it is ours to ask for again");
});
