import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Actor } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { receivablesRoutes } from "./http.ts";
import { ledgerId } from "./read-facts.ts";
import { testDeps } from "./testing.ts";
import { addInvoices, LEDGER_CUSTOMER as TENANT } from "./testing-ledger.ts";

/** The ledger's routes: what they answer keeps to its form, what they take is checked, and each asks for its permission. */

const store = await testStore();
const deps = testDeps(store, { customers: [{ id: TENANT, name: "Solvik Energi AB" }] });
const routes = receivablesRoutes(deps);
const karin = { kind: "person", id: "karin", name: "Karin" } as const satisfies Actor;
const elin = { kind: "person", id: "elin", name: "Elin" } as const satisfies Actor;
const STRANGER = ledgerId("ledger|name:okand ab");

/** Members that the tests look at; each answer was held to its own form before. */
type Answer = {
  readonly id: string;
  readonly total: number;
  readonly rows: readonly unknown[];
  readonly nextCursor: string | null;
  readonly movements: readonly { readonly id: string }[];
  readonly seen: string | null;
  readonly isLedgerOnly: boolean;
  readonly waits: boolean;
  readonly undoneBy: string | null;
};
type Asked = { readonly params?: object; readonly query?: object; readonly body?: object; readonly actor?: Actor };
async function ask(method: string, path: string, { params = {}, query = {}, body, actor = karin }: Asked = {}) {
  const one = routes.find((route) => route.path === path && route.method === method);
  assert.ok(one?.kind === "json", `${method} ${path}`);
  const parsed = {
    params: one.params?.parse(params) ?? {},
    query: one.query?.parse(query) ?? {},
    body: body === undefined ? undefined : one.body?.parse(body),
  };
  const answer = await store.inTransaction((tx) =>
    one.handle({ tx, now: deps.clock.now(), person: undefined, actor, ...parsed } as never),
  );
  if (answer.ok) one.response.parse(answer.value);
  return answer as { ok: true; value: Answer } | { ok: false; error: { code: string } };
}
const value = async (...of: Parameters<typeof ask>) => {
  const answer = await ask(...of);
  assert.ok(answer.ok, answer.ok ? "" : answer.error.code);
  return answer.value;
};

const [invoice = ""] = await addInvoices(store.db, [{ number: "I1", amount: 300_000n, issued: "2026-05-01" }]);
const [strange = ""] = await addInvoices(store.db, [
  { number: "S1", amount: 500n, issued: "2026-05-01", customerId: STRANGER },
]);
await sql`insert into ledger_customer (customer_id, system, name) values (${STRANGER}, 'ledger', 'Okänd AB')`.execute(
  store.db,
);
await sql`insert into deposit_entry (entry_id, customer_id, system, number, kind, currency, amount_minor, day)
  values (1, ${TENANT}, 'ledger', 'D1', 'paid-in', 'SEK', 9000, '2026-05-02')`.execute(store.db);
const sek = (minor: string) => ({ minor, currency: "SEK" });
const reason = "agreed with the customer";
const statement = (customerId: CustomerId, query: object = {}) =>
  value("GET", "/api/customers/:customerId/statement", { params: { customerId }, query });

test("every route that changes the ledger asks for receivables.allocate, every reading one for receivables.read", () => {
  const changing = [
    "/api/payments",
    "/api/write-offs",
    "/api/deposit-draws",
    "/api/ledger-changes",
    "/api/customer-merges",
    "/api/payer-links",
  ];
  const mine = routes.filter(
    ({ path }) => changing.some((begin) => path.startsWith(begin)) || /\/(payer|merge|statement)$/.test(path),
  );
  assert.ok(mine.length >= 11);
  for (const { method, path, permission } of mine)
    assert.equal(permission, method === "GET" ? "receivables.read" : "receivables.allocate", `${method} ${path}`);
});

test("overview, customers and statement answer as of any day, by any filter, page by page", async () => {
  for (const by of ["due", "issue"]) await value("GET", "/api/receivables/overview", { query: { by } });
  for (const only of ["overdue", "over90", "disputed", "unapplied", "claims"])
    await value("GET", "/api/receivables/customers", { query: { only, per: "account", sort: "name" } });
  const early = await value("GET", "/api/receivables/customers", { query: { asOf: "2026-04-30" } });
  assert.equal(early.total, 0);
  const first = await value("GET", "/api/receivables/customers", { query: { limit: "1" } });
  assert.deepEqual([first.rows.length, first.nextCursor, first.total], [1, "1", 2]);
  const bad = await ask("GET", "/api/receivables/customers", { query: { cursor: "x" } });
  assert.equal(bad.ok ? "" : bad.error.code, "cursor-unknown");
  const shown = await statement(TENANT);
  assert.deepEqual([shown.movements.length, shown.seen, shown.isLedgerOnly], [1, null, false]);
});

test("a write-off over the limit waits for another person; a draw is done, and undone, once", async () => {
  const asked = await value("POST", "/api/write-offs", { body: { invoiceId: invoice, amount: sek("200000"), reason } });
  assert.equal(asked.waits, true);
  const waiting = await value("GET", "/api/ledger-changes");
  assert.equal(waiting.rows.length, 1);
  const decide = (actor: Actor) =>
    ask("POST", "/api/ledger-changes/:changeId/decision", {
      params: { changeId: asked.id },
      body: { approve: false },
      actor,
    });
  const own = await decide(karin);
  assert.equal(own.ok ? "" : own.error.code, "second-person");
  assert.equal((await decide(elin)).ok, true);
  const drawn = await value("POST", "/api/deposit-draws", {
    body: { invoiceId: invoice, amount: sek("9000"), reason },
  });
  const undo = () =>
    ask("POST", "/api/ledger-changes/:changeId/undo", { params: { changeId: drawn.id }, body: { reason } });
  assert.equal((await undo()).ok, true);
  const twice = await undo();
  assert.equal(twice.ok ? "" : twice.error.code, "not-done");
  await assert.rejects(
    ask("POST", "/api/deposit-draws", { body: { invoiceId: invoice, amount: sek("1"), reason: "x" } }),
    "a reason of one letter",
  );
});

test("a ledger-only customer goes over to a tenant by what the page had read, and back", async () => {
  const before = await statement(STRANGER);
  assert.equal(before.isLedgerOnly, true);
  const merge = (seen: string) =>
    ask("POST", "/api/customers/:customerId/merge", {
      params: { customerId: STRANGER },
      body: { into: TENANT, seen, reason },
    });
  const old = await merge("1.2.3");
  assert.equal(old.ok ? "" : old.error.code, "changed-since");
  const done = await merge(before.seen ?? "");
  assert.ok(done.ok);
  assert.equal(
    (await statement(TENANT)).movements.some((row) => row.id === strange),
    true,
  );
  const undone = await value("POST", "/api/customer-merges/:mergeId/undo", {
    params: { mergeId: done.value.id },
    body: { reason },
  });
  assert.deepEqual([undone.undoneBy, (await statement(STRANGER)).movements.length], ["Karin", 1]);
});
