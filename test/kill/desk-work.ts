/** What people do at the desk itself: notes, files, taking cases, and ledger files. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { CaseJson, CaseRowJson } from "../../src/cases/contract.ts";
import type { ImportWire } from "../../src/receivables/contract-import.ts";
import { onceText } from "./decisions.ts";
import { fraudNotice } from "./fraud.ts";
import type { Lane } from "./lane.ts";
import type { Name } from "./people.ts";
import { until } from "./program.ts";

const ELIN: Name = "Elin Sandström";
const KARIN: Name = "Karin Holm";
const THINK_MS_MAX = 250;
const ROWS = 240;

/** Takes every free case, and writes notes and keeps files with all of them until the lane is over. */
export async function workOnCases(lane: Lane): Promise<void> {
  const { people, rng } = lane;
  const taken = await fraudNotice(lane);
  const { rows } = await people.get<{ rows: readonly CaseRowJson[] }>(ELIN, "/api/cases?limit=100");
  const cases = rows.filter((one) => one.id !== taken.caseId);
  const free = cases.filter((one) => one.assignee === null);
  const kept = new Map<string, string[]>();
  while (!lane.isOver()) {
    const one = rng.pick(cases);
    const next = free[0];
    const what = rng.int(0, 5);
    if (what === 0 && next !== undefined) await take(lane, next.id).then(() => free.shift());
    else if (what <= 3) await note(lane, one.id);
    else {
      const name = await keepFile(lane, one.id);
      kept.set(one.id, [...(kept.get(one.id) ?? []), name]);
    }
    await pause(rng.int(0, THINK_MS_MAX));
  }
  for (const [id, names] of kept) {
    const { documents } = await people.get<CaseJson>(ELIN, `/api/cases/${id}`);
    assert.deepEqual(documents.map((document) => document.name).toSorted(), names.toSorted(), "each file once");
  }
}

const take = ({ people }: Lane, id: string) =>
  people.write({
    who: ELIN,
    path: `/api/cases/${id}/assign`,
    body: {},
    isIt: ({ type, subject, actor }) =>
      type === "cases.assigned" && subject.id === id && actor.id === people.idOf(ELIN),
  });

function note({ people }: Lane, id: string): Promise<unknown> {
  const text = onceText("Asked their administrator");
  return people.write({
    who: ELIN,
    path: `/api/cases/${id}/notes`,
    body: { text },
    isIt: ({ type, data }) => type === "cases.noted" && data?.["text"] === text,
  });
}

async function keepFile({ people }: Lane, id: string): Promise<string> {
  const name = `${onceText("Sign-in log")}.txt`;
  await people.write({
    who: ELIN,
    path: `/api/cases/${id}/documents?name=${encodeURIComponent(name)}&mediaType=text/plain`,
    body: new TextEncoder().encode(name),
    isIt: ({ type, data }) => type === "cases.document-added" && data?.["name"] === name,
  });
  return name;
}

/** Takes ledger files in, one after the other, until the lane is over. */
export async function importFiles(lane: Lane): Promise<void> {
  const { subscriptions } = await lane.microsoft.state();
  const customers = [...new Set(subscriptions.map((one) => one.customerId))];
  for (let nth = 0; !lane.isOver(); nth++) {
    await importOne(lane, lane.rng.pick(customers), nth % 2 === 0 ? "all-or-nothing" : "resumable");
    await pause(lane.rng.int(0, THINK_MS_MAX));
  }
}

async function importOne(lane: Lane, customerId: string, mode: ImportWire["mode"]): Promise<void> {
  const { people } = lane;
  const name = `${onceText("Ledger")}.csv`;
  const before = await invoices(lane, customerId);
  const received = await people.write<ImportWire>({
    who: KARIN,
    path: `/api/imports?fileName=${encodeURIComponent(name)}&kind=invoices`,
    body: ledger(name, customerId),
    isIt: ({ type, data }) => type === "receivables.import-received" && data?.["fileName"] === name,
  });
  const { id } = received;
  const mapping = { ...received.mapping, system: `kill-${id.slice(0, 8)}` };
  await people.write({ who: KARIN, path: `/api/imports/${id}/preview`, body: { mapping } });
  await people.write({
    who: KARIN,
    path: `/api/imports/${id}/commit`,
    body: { mode },
    isIt: ({ type, subject }) => type === "receivables.import-committed" && subject.id === id,
  });
  const done = await until(`import ${id} to be done`, async () => {
    const seen = await invoices(lane, customerId);
    const shown = await people.get<ImportWire>(KARIN, `/api/imports/${id}`);
    if (shown.state === "done") return shown;
    assert.ok(["queued", "running"].includes(shown.state), JSON.stringify(shown));
    if (mode === "all-or-nothing") assert.equal(seen, before, "nothing half-saved while it is under way");
    return undefined;
  });
  assert.deepEqual([done.totals?.rowsGood, done.totals?.rowsRefused], [ROWS, 0]);
  assert.equal(await invoices(lane, customerId), before + ROWS, "each invoice once");
  lane.imported.push(id);
}

async function invoices({ people }: Lane, customerId: string): Promise<number> {
  const path = `/api/customers/${customerId}/invoices?state=all&limit=1`;
  return (await people.get<{ total: number }>(KARIN, path)).total;
}

function ledger(name: string, customerId: string): Uint8Array {
  const head = "Invoice number,Tenant id,Invoice date,Due date,Amount,Currency";
  const rows = Array.from(
    { length: ROWS },
    (_, at) => `${name}-${at},${customerId},2026-01-01,2026-01-31,${1 + at}.00,SEK`,
  );
  return new TextEncoder().encode([head, ...rows].join("\n"));
}
