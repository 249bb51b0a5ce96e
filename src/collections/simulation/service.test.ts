import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import type { AccountLedger } from "../../receivables/contract-ledger.ts";
import { testStore } from "../../store/testing.ts";
import { packText } from "../policy/packs.ts";
import { createDraft, sha256Of } from "../policy/service.ts";
import { seenOf } from "../policy/store.ts";
import { DEFAULT_MODEL } from "./contract-model.ts";
import { markSeen, simulate, type SimulationDeps, startSimulation, stopSimulation } from "./service.ts";
import { accountsOf, countAccounts, findSimulation } from "./store.ts";

const store = await testStore();
after(() => store.close());
const now = Temporal.Instant.from("2026-11-01T08:00:00Z");
const by = {
  actor: { kind: "person", id: "karin", name: "Karin" },
  person: { id: "karin", name: "Karin" },
  now,
} as const;
const day = (text: string) => Temporal.PlainDate.from(text);
const ACCOUNTS = 450;
async function* ledger(): AsyncGenerator<AccountLedger> {
  for (let n = 0; n < ACCOUNTS; n++) {
    const accountId = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as CustomerId;
    const item = {
      customerId: accountId,
      kind: "invoice",
      ofInvoiceId: undefined,
      currency: "SEK",
      amountMinor: 500_000n,
      dueChanges: [],
      disputedFrom: undefined,
      disputedUntil: undefined,
      isDisputed: false,
      soldFrom: undefined,
      reminded: undefined,
    } as const;
    const paidOn = day("2026-03-01").add({ days: n % 80 });
    const items = [
      {
        ...item,
        invoiceId: `${n}`,
        number: `${n}`,
        issueDay: day("2026-01-30"),
        dueDay: day("2026-03-01"),
        applied: [{ day: paidOn, amountMinor: 500_000n }],
      },
    ];
    yield { accountId, customerIds: [accountId], items, money: [] };
  }
}
const deps: SimulationDeps = {
  store,
  clock: { now: () => now },
  newId: randomUUID,
  enqueue: async () => {},
  readLedger: () => ledger(),
  firstInvoiceDays: async () => new Map(),
  customersByIds: async () => new Map(),
  noticesOf: async () => new Map(),
  contactsOf: async () => new Map(),
  zone: "Europe/Stockholm",
};
const text = packText("se");
const policy = await store.inTransaction(async (tx) => {
  const made = await createDraft(tx, { text, policyId: "sweden", ...by });
  assert.ok(made.ok, JSON.stringify(made));
  return made.value;
});
const start = (more: object = {}) =>
  store.inTransaction(async (tx) => {
    const ask = { policy, from: day("2026-02-01"), to: day("2026-10-31"), model: DEFAULT_MODEL, ...more };
    return startSimulation(tx, deps, { ask, by });
  });
async function started(): Promise<string> {
  const made = await start();
  assert.ok(made.ok);
  return made.value;
}

test("runs over the ledger, keeps every customer, and is noted as looked at under the hash of the text", async () => {
  const id = await started();
  await simulate(id, deps);
  const row = await findSimulation(store.db, id);
  assert.deepEqual([row?.state, row?.accounts_done, row?.result?.accounts], ["done", ACCOUNTS, ACCOUNTS]);
  assert.equal(await countAccounts(store.db, id, "all"), ACCOUNTS);
  const told = await countAccounts(store.db, id, "told");
  assert.ok(told > 100 && told === row?.result?.customers.told.draft);
  const first = await accountsOf(store.db, id, { list: "told", after: undefined, limit: 10 });
  const second = await accountsOf(store.db, id, {
    list: "told",
    after: { weight: first[9]?.weight ?? 0, accountId: first[9]?.account_id ?? "" },
    limit: 10,
  });
  assert.equal(new Set([...first, ...second].map(({ account_id }) => account_id)).size, 20);
  for (let twice = 0; twice < 2; twice++) assert.ok((await store.inTransaction((tx) => markSeen(tx, { id, by }))).ok);
  const seen = await seenOf(store.db, [sha256Of(text)]);
  assert.deepEqual(
    seen.map(({ simulation_id, person_id }) => [simulation_id, person_id]),
    [[id, "karin"]],
  );
});

test("killed in the middle and begun anew: the same result, no customer twice; the first start writes nothing more", async () => {
  const id = await started();
  let left: Promise<void> | undefined;
  let batches = 0;
  const killed = simulate(id, {
    ...deps,
    onBatch: async () => {
      // While the first start is between two batches, the queue starts it again.
      if (++batches === 1) await (left = simulate(id, deps));
    },
  });
  await killed;
  await left;
  const row = await findSimulation(store.db, id);
  assert.deepEqual([row?.state, row?.attempt, row?.accounts_done], ["done", 2, ACCOUNTS]);
  assert.equal(await countAccounts(store.db, id, "all"), ACCOUNTS);
  await simulate(id, deps);
  assert.equal((await findSimulation(store.db, id))?.attempt, 2, "one that is done is not begun again");
});

test("stopped by a person: it ends there", async () => {
  const id = await started();
  await simulate(id, {
    ...deps,
    onBatch: async (done) => {
      if (done <= 200)
        assert.ok((await store.inTransaction((tx) => stopSimulation(tx, { id, actor: by.actor, now }))).ok);
    },
  });
  const row = await findSimulation(store.db, id);
  assert.deepEqual([row?.state, row?.result], ["stopped", null]);
  const seen = await store.inTransaction((tx) => markSeen(tx, { id, by }));
  assert.ok(!seen.ok && seen.error.code === "simulation-not-done");
});

test("refused: under 90 days, a version that is not there; failed: an empty ledger", async () => {
  const short = await start({ from: day("2026-09-01") });
  assert.ok(!short.ok && short.error.code === "simulation-span");
  const gone = await start({ against: { policyId: "gone", version: 1 } });
  assert.ok(!gone.ok && gone.error.code === "policy-unknown");
  const id = await started();
  await simulate(id, { ...deps, readLedger: async function* () {} });
  assert.equal((await findSimulation(store.db, id))?.fault, "no-accounts");
});
