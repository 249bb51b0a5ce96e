import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { may, type Person } from "../access/contract.ts";
import type { Route } from "../http/contract.ts";
import { testStore } from "../store/testing.ts";
import type { OptionsJson, ProposalJson } from "./contract.ts";
import { responseRoutes } from "./http.ts";
import { workDue } from "./run.ts";
import { actorOf, CUSTOMER, ELIN, fakeMicrosoft, KARIN, person, PRODUCTION, SEATS, testDesk } from "./testing.ts";

/** Every route with parsed input, and every answer against its own schema. */

const store = await testStore();
let desk = testDesk(store, fakeMicrosoft());
type JsonRoute = Extract<Route, { kind: "json" }>;
let routes: readonly JsonRoute[] = [];
beforeEach(async () => {
  await sql`truncate response_attempt, response_action, response_approval, response_proposal`.execute(store.db);
  desk = testDesk(store, fakeMicrosoft({ cancelTakesTime: false }));
  routes = responseRoutes(desk.deps).filter((one) => one.kind === "json");
});

type Ask = { readonly params?: object; readonly query?: object; readonly body?: object };

async function ask<T = ProposalJson>(
  who: Person,
  what: string,
  { params = {}, query = {}, body = {} }: Ask = {},
): Promise<T> {
  const [method, path] = what.split(" ");
  const found = routes.find((one) => one.method === method && one.path === path);
  assert.ok(found, what);
  assert.ok(found.permission !== "public" && may(who.role, found.permission), `${who.role} may ${what}`);
  const input = {
    params: found.params?.parse(params),
    query: found.query?.parse(query),
    body: found.body?.parse(body),
  };
  const answer = await store.inTransaction((tx) =>
    found.handle({ ...input, tx, person: who, actor: actorOf(who), now: desk.clock.now(), requestId: "test" } as never),
  );
  if (!answer.ok) throw new Error(answer.error.code);
  return found.response.parse(answer.value) as T;
}

const SUSPEND = {
  customerId: CUSTOMER,
  wanted: { kind: "suspend-subscription", subscriptionId: SEATS.toUpperCase() },
  reason: "not paid",
};
const of = (one: { readonly id: string }) => ({ params: { proposalId: one.id } });

test("options, proposal, dry run, approval, result and undo, each in its wire form", async () => {
  const options = await ask<OptionsJson>(ELIN, "GET /api/customers/:customerId/options", {
    params: { customerId: CUSTOMER },
  });
  assert.ok(options.options.length > 3);
  const made = await ask(ELIN, "POST /api/proposals", { body: SUSPEND });
  assert.deepEqual(
    [made.state, made.moves["approve"]?.code, made.moves["withdraw"]],
    ["proposed", "you-proposed-it", null],
  );
  const dry = await ask<{ calls: { method: string; would: string }[] }>(
    KARIN,
    "POST /api/proposals/:proposalId/dry-run",
    of(made),
  );
  assert.deepEqual(
    dry.calls.map((call) => [call.method, call.would]),
    [["PATCH", "send"]],
  );
  const approved = await ask(KARIN, "POST /api/proposals/:proposalId/approve", {
    ...of(made),
    body: { note: "checked" },
  });
  assert.equal(approved.state, "approved");
  await workDue(desk.deps);
  const done = await ask(ELIN, "GET /api/proposals/:proposalId", of(made));
  assert.deepEqual([done.state, done.moves["undo"], done.dryRun?.calls.length], ["verified", null, 1]);
  const undo = await ask(ELIN, "POST /api/proposals/:proposalId/undo", { ...of(made), body: { reason: "paid" } });
  assert.deepEqual([undo.kind, undo.undoOf], ["reactivate-subscription", made.id]);
  const list = await ask<{ rows: ProposalJson[]; mine: number }>(KARIN, "GET /api/proposals", {
    query: { view: "open" },
  });
  assert.deepEqual([list.rows.map((row) => row.id), list.mine], [[undo.id], 1]);
});

test("reject, withdraw and run again", async () => {
  const first = await ask(ELIN, "POST /api/proposals", { body: SUSPEND });
  const rejected = await ask(KARIN, "POST /api/proposals/:proposalId/reject", {
    ...of(first),
    body: { reason: "they paid today" },
  });
  assert.deepEqual(
    [rejected.state, rejected.stateReason, rejected.stateBy?.name],
    ["rejected", "they paid today", "Karin"],
  );
  const second = await ask(ELIN, "POST /api/proposals", { body: SUSPEND });
  assert.equal((await ask(ELIN, "POST /api/proposals/:proposalId/withdraw", of(second))).state, "withdrawn");
  const third = await ask(ELIN, "POST /api/proposals", { body: SUSPEND });
  await assert.rejects(ask(KARIN, "POST /api/proposals/:proposalId/run-again", of(third)), /not-failed/);
});

test("a Billing admin may ask for a cancellation but not approve it", async () => {
  const bo = person("Bo", "billing-admin");
  const wanted = { kind: "cancel-entitlement", entitlementIds: [PRODUCTION], answerAlertsAsFraud: true };
  const made = await ask(bo, "POST /api/proposals", { body: { customerId: CUSTOMER, wanted, reason: "spend jumped" } });
  const other = await ask(person("Ada", "billing-admin"), "GET /api/proposals/:proposalId", of(made));
  assert.deepEqual([other.waitingForMe, other.moves["approve"]?.code], [false, "role-may-not-approve"]);
});

test("bad input is refused before anything is read", () => {
  const body = routes.find((one) => one.method === "POST" && one.path === "/api/proposals")?.body;
  assert.ok(body);
  const bad = [
    { ...SUSPEND, reason: "no" },
    { ...SUSPEND, extra: 1 },
    { ...SUSPEND, customerId: "havso" },
    { ...SUSPEND, wanted: { kind: "delete-everything" } },
    { ...SUSPEND, wanted: { kind: "cancel-entitlement", entitlementIds: [], answerAlertsAsFraud: true } },
  ];
  for (const one of bad) assert.ok(!body.safeParse(one).success, JSON.stringify(one));
});
