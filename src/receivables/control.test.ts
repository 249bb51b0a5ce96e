import assert from "node:assert/strict";
import { test } from "node:test";
import { testStore } from "../store/testing.ts";
import { commitImport, previewImport, receiveFile } from "./service-import.ts";
import { csv, testDeps } from "./testing.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const store = await testStore();
const deps = testDeps(store, { customers: [{ id: SOLVIK, name: "Solvik Energi AB" }] });
const by = { actor: deps.actor, now: deps.clock.now(), deps };
const HEAD = ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount", "Currency"];

test("a control total that was typed refuses a file that does not tie to the ledger", async () => {
  const bytes = csv(
    HEAD,
    ["K1", SOLVIK, "2026-01-01", "2026-01-31", "1000.00", "SEK"],
    ["K2", SOLVIK, "2026-01-01", "2026-01-31", "234.56", "SEK"],
  );
  const received = await store.inTransaction((tx) => receiveFile(tx, { fileName: "k.csv", bytes }, by));
  assert.ok(received.ok);
  const { import_id: id, mapping } = received.value;
  const body = { mapping: { ...mapping, system: "control" }, ...by };
  assert.ok((await store.inTransaction((tx) => previewImport(tx, id, body))).ok);
  const commit = (...typed: readonly (readonly [bigint, string])[]) =>
    store.inTransaction((tx) =>
      commitImport(tx, id, {
        ...by,
        mode: "all-or-nothing",
        controlTotals: typed.map(([minor, currency]) => ({ minor, currency })),
      }),
    );
  const off = await commit([123_457n, "SEK"]);
  assert.ok(!off.ok);
  assert.deepEqual(
    [off.error.code, off.error.facts],
    ["control-total-differs", { currency: "SEK", file: "1234.56", ledger: "1234.57", difference: "-0.01" }],
  );
  const other = await commit([123_456n, "SEK"], [1n, "EUR"]);
  assert.equal(!other.ok && other.error.facts?.["currency"], "EUR");
  assert.ok((await commit([123_456n, "SEK"])).ok);
});
