import assert from "node:assert/strict";
import { test } from "node:test";
import { testStore } from "../store/testing.ts";
import { ageingJson, customerReceivablesJson } from "./contract.ts";
import { importJson } from "./contract-import.ts";
import { receivablesRoutes } from "./http.ts";
import { importFile } from "./import-file.ts";
import { ageingOf, receivablesOf } from "./service.ts";
import { csv, testDeps } from "./testing.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const store = await testStore();
const deps = testDeps(store, { customers: [{ id: SOLVIK, name: "Solvik Energi AB" }] });
const rows = Array.from({ length: 7 }, (_, i) => [
  `F${i}`,
  SOLVIK,
  "2026-01-01",
  `2026-02-0${1 + (i % 3)}`,
  "1.00",
  "SEK",
]);
const head = ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount", "Currency"];
const imported = await importFile(
  { source: { bytes: csv(head, ...rows), fileName: "x.csv" }, actor: deps.actor },
  deps,
);
assert.ok(imported.ok);
const done = imported.value;

test("answers keep to their declared form", async () => {
  importJson.parse(done);
  const today = Temporal.PlainDate.from("2026-11-17");
  customerReceivablesJson.parse(await receivablesOf(store.db, SOLVIK as never, today));
  ageingJson.parse(await ageingOf(store.db, today));
  const call = { tx: store.db, now: deps.clock.now(), person: undefined, actor: deps.actor };
  for (const [path, params, query] of [
    ["/api/imports", {}, { limit: 2 }],
    ["/api/imports/:importId", { importId: done.id }, {}],
    ["/api/imports/:importId/rows", { importId: done.id }, { limit: 2 }],
    ["/api/import-mappings", {}, {}],
    ["/api/customers/:customerId/invoices", { customerId: SOLVIK }, { limit: 2, state: "all" }],
  ] as const) {
    const one = receivablesRoutes(deps).find((route) => route.path === path && route.method === "GET");
    assert.ok(one?.kind === "json");
    const answer = await one.handle({ ...call, params, query, body: undefined } as never);
    assert.ok(answer.ok, path);
    one.response.parse(answer.value);
  }
});

test("the invoices list goes on where its cursor says, and meets each invoice once", async () => {
  const list = receivablesRoutes(deps).find(({ path }) => path === "/api/customers/:customerId/invoices");
  assert.ok(list?.kind === "json");
  type Page = {
    readonly rows: readonly { readonly id: string }[];
    readonly nextCursor: string | null;
    readonly total: number;
  };
  const pageAt = async (cursor: string | undefined): Promise<Page> => {
    const query = { limit: 2, state: "all", cursor };
    const answer = await list.handle({
      tx: store.db,
      now: deps.clock.now(),
      params: { customerId: SOLVIK },
      query,
    } as never);
    assert.ok(answer.ok);
    return answer.value as Page;
  };
  const seen: string[] = [];
  let page = await pageAt(undefined);
  const { total } = page;
  for (; ; page = await pageAt(page.nextCursor ?? undefined)) {
    seen.push(...page.rows.map(({ id }) => id));
    if (page.nextCursor === null) break;
  }
  assert.deepEqual([seen.length, new Set(seen).size], [total, total]);
  assert.ok(total > 4);
});
