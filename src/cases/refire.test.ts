import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaseId, CustomerId } from "../core/ids.ts";
import { testStore } from "../store/testing.ts";
import type { NewFinding } from "./contract.ts";
import { priorityOf } from "./contract-priority.ts";
import { caseDetail } from "./detail.ts";
import { listCases } from "./rows.ts";
import { closeCase } from "./service.ts";
import { desk, ELIN, finding, NOW, sek } from "./testing.ts";

const store = await testStore();
const { findings, cases: deps } = desk();
let customers = 0;
const newCustomer = () => `00000000-0000-4000-9000-${String(++customers).padStart(12, "0")}` as CustomerId;
const report = (more: Partial<NewFinding>) =>
  store.inTransaction((tx) =>
    findings.reportFinding(tx, finding({ kind: "activity.rule", family: "misuse", ...more })),
  );
const close = (caseId: CaseId) =>
  store.inTransaction((tx) =>
    closeCase(deps, tx, {
      caseId,
      person: ELIN,
      now: NOW,
      outcome: "legitimate",
      note: "The customer did this on purpose.",
    }),
  );
const detail = async (caseId: string) => {
  const found = await caseDetail(deps, store.db, { caseId, person: ELIN, now: NOW });
  assert.ok(found);
  return found;
};
const later = NOW.add({ minutes: 5 });
const earlier = NOW.subtract({ minutes: 5 });

test("what goes on after its case was closed opens a new case linked to the old; what happened before is only counted", async () => {
  const customerId = newCustomer();
  const fingerprint = `refire:${customerId}`;
  const first = await report({ customerId, fingerprint, refire: { newestAt: earlier } });
  assert.ok((await close(first.caseId)).ok);
  const counted = await report({ customerId, fingerprint, refire: { newestAt: NOW } });
  assert.deepEqual([counted.caseId, counted.isNew], [first.caseId, false]);
  const again = await report({ customerId, fingerprint, refire: { newestAt: later } });
  assert.notEqual(again.caseId, first.caseId);
  assert.equal((await detail(again.caseId)).previous?.id, first.caseId);
  const third = await report({ customerId, fingerprint, refire: { newestAt: later } });
  assert.equal(third.caseId, again.caseId);
});

test("the next day's finding of the same kind links to the case of the last", async () => {
  const customerId = newCustomer();
  const first = await report({ customerId, fingerprint: `day1:${customerId}` });
  assert.ok((await close(first.caseId)).ok);
  const next = await report({
    customerId,
    fingerprint: `day2:${customerId}`,
    refire: { newestAt: later, follows: `day1:${customerId}` },
  });
  assert.equal((await detail(next.caseId)).previous?.id, first.caseId);
});

test("a case has the priority of its most urgent open finding, and lists go by it", async () => {
  const [low, urgent] = [newCustomer(), newCustomer()];
  const amount = sek(500_000_00n);
  await report({ customerId: low, fingerprint: `p:${low}`, severity: "low" });
  await report({ customerId: urgent, fingerprint: `p1:${urgent}`, severity: "low" });
  const priority = priorityOf({ level: "critical", amount, stake: "at-risk" });
  await report({ customerId: urgent, fingerprint: `p2:${urgent}`, severity: "high", priority });
  const ask = { filter: "open", sort: "priority", limit: 1, personId: ELIN.id, now: NOW } as const;
  const page = await listCases(deps, store.db, ask);
  assert.ok(page.ok);
  assert.equal(page.value.rows[0]?.customerId, urgent);
  assert.deepEqual(page.value.rows[0]?.priority, priority);
  const second = await listCases(deps, store.db, { ...ask, cursor: page.value.nextCursor ?? "" });
  assert.ok(second.ok);
  assert.ok((second.value.rows[0]?.priority?.score ?? 100) < priority.score);
});
