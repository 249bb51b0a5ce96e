import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { seededRng } from "../core/rng.ts";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import type { ImportMode } from "./contract-import.ts";
import { runImport } from "./run-import.ts";
import { commitImport, previewImport, receiveFile } from "./service-import.ts";
import { findImport } from "./store-import.ts";
import { csv, testDeps } from "./testing.ts";

const store = await testStore();
const ids = Array.from({ length: 20 }, (_, i) => `3d5e9f0a-1111-4222-8333-4444555566${String(10 + i)}`);
const deps = testDeps(store, { customers: ids.map((id) => ({ id, name: id })) });
const ROWS = 12_000;
const PAID_EVERY = 4;

/** A ledger of which every fourth invoice is paid, so that invoices, payments and allocations are all written. */
function ledger(system: string): Uint8Array {
  const row = (i: number) => [
    `${system}-${i}`,
    ids[i % ids.length] ?? "",
    "2026-01-01",
    "2026-01-31",
    `${1 + (i % 900)}.00`,
    "SEK",
    i % PAID_EVERY === 0 ? "2026-02-10" : "",
  ];
  return csv(
    ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount", "Currency", "Settled date"],
    ...Array.from({ length: ROWS }, (_, i) => row(i)),
  );
}

async function queue(system: string, mode: ImportMode): Promise<string> {
  const by = { actor: deps.actor, now: deps.clock.now(), deps };
  const received = await store.inTransaction((tx) =>
    receiveFile(tx, { fileName: `${system}.csv`, bytes: ledger(system) }, by),
  );
  assert.ok(received.ok);
  const importId = received.value.import_id;
  const mapping = { ...received.value.mapping, system };
  assert.ok((await store.inTransaction((tx) => previewImport(tx, importId, { ...by, mapping }))).ok);
  assert.ok((await store.inTransaction((tx) => commitImport(tx, importId, { ...by, mode }))).ok);
  return importId;
}

type Counts = {
  readonly invoices: number;
  readonly payments: number;
  readonly allocations: number;
  readonly broken: number;
};
async function counts(system: string): Promise<Counts> {
  const { rows } = await sql<{ invoices: bigint; payments: bigint; allocations: bigint; broken: bigint }>`select
      (select count(*) from invoice where system = ${system}) as invoices, (select count(*) from payment where system = ${system}) as payments,
      (select count(*) from allocation join payment using (payment_id) where system = ${system}) as allocations,
      (select count(*) from invoice i where system = ${system} and paid_minor <> coalesce((select sum(amount_minor) from allocation a where a.invoice_id = i.invoice_id), 0)) as broken`.execute(
    store.db,
  );
  const row = rows[0];
  assert.ok(row);
  return {
    invoices: Number(row.invoices),
    payments: Number(row.payments),
    allocations: Number(row.allocations),
    broken: Number(row.broken),
  };
}
const PAID = ROWS / PAID_EVERY;
const WHOLE: Counts = { invoices: ROWS, payments: PAID, allocations: PAID, broken: 0 };
const NOTHING: Counts = { invoices: 0, payments: 0, allocations: 0, broken: 0 };

/** Runs the import in a process of its own and kills it after a while. Gives whether it was done before that. */
async function runAndKill(importId: string, afterMs: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [`${import.meta.dirname}/testing-run-import.ts`, JSON.stringify(store.connection), importId, JSON.stringify(ids)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  await Promise.race([ended, delay(afterMs)]);
  child.kill("SIGKILL");
  await ended;
}

for (const mode of ["all-or-nothing", "resumable"] as const)
  test(`kill -9 in the middle of an import, ${mode}: nothing half-saved, and a second run ends it`, async () => {
    const rng = seededRng(mode.length);
    let killedOnTheWay = 0;
    for (let round = 0; round < 4; round++) {
      const system = `${mode.slice(0, 3)}${round}`;
      const importId = await queue(system, mode);
      await runAndKill(importId, rng.int(20, 320));
      // PostgreSQL notices the lost connection by itself; until then the transaction it held is not over.
      await delay(150);
      const found = await findImport(store.db, importId);
      const seen = await counts(system);
      assert.equal(seen.broken, 0);
      if (found?.state === "done") assert.deepEqual(seen, WHOLE);
      else if (mode === "all-or-nothing") assert.deepEqual(seen, NOTHING);
      if (found?.state !== "done") killedOnTheWay += 1;
      const ended = await runImport(importId, deps);
      assert.deepEqual([ended?.state, ended?.totals?.rowsGood, await counts(system)], ["done", ROWS, WHOLE]);
      const events = await readEvents(store.db, { subject: { kind: "import", id: importId }, limit: 20 });
      assert.equal(events.filter(({ type }) => type === "receivables.import-finished").length, 1);
    }
    assert.ok(killedOnTheWay > 0, "at least one was killed before its end");
  });
