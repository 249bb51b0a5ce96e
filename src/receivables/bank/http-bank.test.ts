import assert from "node:assert/strict";
import { test } from "node:test";
import { testStore } from "../../store/testing.ts";
import { bankEntryJson } from "./contract-bank.ts";
import { bankRoutes } from "./http-bank.ts";
import { commitBankFile, receiveBankFile } from "./service-bank.ts";
import { listEntries } from "./store-bank-entry.ts";
import { bankDesk, camt } from "./testing-bank.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const store = await testStore();
const { deps } = bankDesk(store, [{ id: SOLVIK, name: "Solvik Energi AB" }]);
const by = { actor: deps.actor, now: deps.clock.now() };
type Page = { readonly rows: readonly unknown[]; readonly nextCursor: string | null };

async function upload(bytes: Uint8Array): Promise<string> {
  const made = await store.inTransaction((tx) => receiveBankFile(tx, { fileName: "b.xml", bytes }, { ...by, deps }));
  assert.ok(made.ok);
  return made.value.bank_file_id;
}
const named = { amount: "2.00", id: "H2", details: [{ name: "Solvik Energi AB" }] };
const waiting = Array.from({ length: 5 }, (_, index) => ({ amount: `${index + 1}.00`, id: `W${index}` }));
const taken = await upload(camt("053", [named, ...waiting]));
await store.inTransaction((tx) => commitBankFile(tx, taken, { byName: "take", ...by, deps }));

test("answers keep to their declared form", async () => {
  const call = { tx: store.db, now: by.now, actor: by.actor };
  const [file] = (await listEntries(store.db, { state: "recorded", limit: 1 })).map(({ bank_file_id }) => bank_file_id);
  const draft = await upload(camt("053", [{ amount: "9.00", id: "Q1" }], { id: "S13" }));
  for (const [path, params, query] of [
    ["/api/bank-files", {}, { limit: 2 }],
    ["/api/bank-files/:bankFileId", { bankFileId: file }, {}],
    ["/api/bank-files/:bankFileId", { bankFileId: draft }, {}],
    ["/api/bank-files/:bankFileId/entries", { bankFileId: file }, { limit: 2 }],
    ["/api/bank-files/:bankFileId/entries", { bankFileId: draft }, { limit: 2 }],
    ["/api/bank-entries", {}, { limit: 2 }],
    ["/api/bank-entries/waiting-sums", {}, {}],
    ["/api/bank-accounts", {}, {}],
  ] as const) {
    const one = bankRoutes(deps).find((route) => route.path === path && route.method === "GET");
    assert.ok(one?.kind === "json");
    const answer = await one.handle({ ...call, params, query, body: undefined } as never);
    assert.ok(answer.ok, path);
    one.response.parse(answer.value);
  }
  const list = bankRoutes(deps).find(({ path }) => path === "/api/bank-entries");
  assert.ok(list?.kind === "json");
  const pageAt = async (cursor: string | undefined): Promise<Page> => {
    const page = await list.handle({ ...call, params: {}, query: { limit: 2, cursor }, body: undefined } as never);
    assert.ok(page.ok);
    return page.value as Page;
  };
  const seen: string[] = [];
  for (let page = await pageAt(undefined); ; page = await pageAt(page.nextCursor ?? undefined)) {
    seen.push(...page.rows.map((row) => bankEntryJson.parse(row).id ?? ""));
    if (page.nextCursor === null) break;
  }
  assert.equal(new Set(seen).size, 5);
});
