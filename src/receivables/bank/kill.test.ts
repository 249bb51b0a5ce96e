import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { CustomerId } from "../../core/ids.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { commitBankFile, receiveBankFile } from "./service-bank.ts";
import { findFile } from "./store-bank.ts";
import { listEntries, sumStates } from "./store-bank-entry.ts";
import { bankDesk, camt } from "./testing-bank.ts";

const CUSTOMERS = Array.from({ length: 20 }, (_, i) => ({
  id: `3d5e9f0a-1111-4222-8333-4444555566${10 + i}`,
  name: `Customer ${10 + i}`,
}));
const ENTRIES = 4_000;
const KILLS = [0, 40, 120, 250, 400, 600];
const store = await testStore();
const { deps, invoices } = bankDesk(store, CUSTOMERS);
const by = { actor: deps.actor, now: deps.clock.now() };
const customerOf = (i: number): string => CUSTOMERS[i % CUSTOMERS.length]?.id ?? "";

async function openMinor(): Promise<bigint> {
  const rows = await deps.openReceivables(
    store.db,
    Temporal.PlainDate.from("2026-12-31"),
    CUSTOMERS.map(({ id }) => id as CustomerId),
  );
  return rows.reduce((sum, one) => sum + one.outstandingMinor - one.unappliedMinor, 0n);
}

/** Commits in a process of its own and kills it after a while; true when it had ended before. */
async function killedAfter(bankFileId: string, milliseconds: number): Promise<boolean> {
  const program = `${import.meta.dirname}/testing-run-bank.ts`;
  const child = spawn(process.execPath, [
    program,
    JSON.stringify(store.connection),
    bankFileId,
    JSON.stringify(CUSTOMERS),
  ]);
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  await delay(milliseconds);
  child.kill("SIGKILL");
  const [code] = (await ended) as [number | null];
  return code === 0;
}

test("a commit killed at any moment leaves nothing, and the next one takes everything once", async () => {
  await invoices(
    Array.from({ length: ENTRIES }, (_, i) => [`K${10_000 + i}`, customerOf(i), "2026-02-28", "10.00", "SEK"] as const),
  );
  const file = camt(
    "053",
    Array.from({ length: ENTRIES }, (_, i) => ({
      amount: "10.00",
      id: `N${i}`,
      details: [{ reference: `K${10_000 + i}` }],
    })),
  );
  const received = await store.inTransaction((tx) =>
    receiveBankFile(tx, { fileName: "k.xml", bytes: file }, { ...by, deps }),
  );
  assert.ok(received.ok);
  const id = received.value.bank_file_id;
  const before = await openMinor();
  for (const milliseconds of KILLS) {
    if (await killedAfter(id, milliseconds)) break;
    const left = await findFile(store.db, id);
    if (left?.state === "committed") break;
    assert.deepEqual([left?.state, (await listEntries(store.db, { bankFileId: id, limit: 1 })).length], ["draft", 0]);
    assert.equal(await openMinor(), before);
  }
  const done = await store.inTransaction((tx) => commitBankFile(tx, id, { byName: "take", ...by, deps }));
  assert.ok(done.ok);
  assert.equal(await openMinor(), before - BigInt(ENTRIES) * 1_000n);
  assert.deepEqual(
    (await sumStates(store.db, id)).map(({ state, entries, minor }) => [state, entries, minor]),
    [["recorded", BigInt(ENTRIES), BigInt(ENTRIES) * 1_000n]],
  );
  const committed = (await readEvents(store.db, { limit: 1_000 })).filter(
    ({ type }) => type === "receivables.bank-file-committed",
  );
  assert.equal(committed.length, 1);
});
