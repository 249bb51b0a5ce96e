import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { saveAlerts } from "../notices/alerts.ts";
import { noticesOf } from "../notices/lists.ts";
import { recordAnswer } from "../notices/service.ts";
import type { CaseId, CustomerId, NoticeId, ProposalId } from "../core/ids.ts";
import type { ProposalRowJson } from "../response/contract.ts";
import { verifyChain } from "../store/audit.ts";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import type { NewFinding } from "./contract.ts";
import { caseDetail } from "./detail.ts";
import { countsFor, customersToWatch, listCases } from "./rows.ts";
import { addDocument, assignCase, closeCase, noteOnCase, recordRefund, reopenCase, tickStep } from "./service.ts";
import { caseById, findingsOf } from "./store.ts";
import { alert, desk, ELIN, finding, GRANIT, HAVSO, KARIN, NOW, running, sek } from "./testing.ts";

const store = await testStore();
const { findings, cases: deps, notices, answers, openNoticeCounts } = desk();
const report = (more: Partial<NewFinding> = {}) =>
  store.inTransaction((tx) => findings.reportFinding(tx, finding(more)));
const detail = async (caseId: string) => {
  const found = await caseDetail(deps, store.db, { caseId, person: ELIN, now: NOW });
  assert.ok(found);
  return found;
};
const by = (caseId: CaseId, who = ELIN) => ({ caseId, person: who, now: NOW });
const code = (result: { ok: true } | { ok: false; error: { code: string } }) => (result.ok ? "ok" : result.error.code);
let customers = 0;
const newCustomer = () => `00000000-0000-4000-8000-${String(++customers).padStart(12, "0")}` as CustomerId;

test("twenty reports at once for one customer and family: one case, twenty findings", async () => {
  const customerId = newCustomer();
  const reported = await Promise.all(
    Array.from({ length: 20 }, (_, i) => report({ customerId, fingerprint: `parallel:${i}` })),
  );
  assert.equal(new Set(reported.map((one) => one.caseId)).size, 1);
  assert.equal(new Set(reported.map((one) => one.findingId)).size, 20);
  const found = await detail(reported[0]?.caseId ?? "");
  assert.deepEqual([found.openFindings, found.findings.length], [20, 20]);
  const opened = await readEvents(store.db, { caseId: found.id, typePrefix: "cases.opened", limit: 10 });
  assert.equal(opened.length, 1);
});

test("twenty reports at once of one finding: one finding, one link of evidence", async () => {
  const customerId = newCustomer();
  const reported = await Promise.all(
    Array.from({ length: 20 }, () => report({ customerId, fingerprint: `same:${customerId}` })),
  );
  assert.equal(reported.filter((one) => one.isNew).length, 1);
  const found = await detail(reported[0]?.caseId ?? "");
  assert.deepEqual([found.findings.length, found.evidence.length], [1, 1]);
});

test("reports for many customers in any order never wait for each other in a circle", async () => {
  const ids = Array.from({ length: 8 }, newCustomer);
  const batch = (list: readonly CustomerId[], tag: string) =>
    store.inTransaction(async (tx) => {
      for (const customerId of list)
        await findings.reportFinding(tx, finding({ customerId, fingerprint: `${tag}:${customerId}` }));
    });
  await Promise.all([batch(ids, "a"), batch(ids.toReversed(), "b"), batch(ids, "c"), batch(ids.toReversed(), "d")]);
  const page = await listCases(deps, store.db, {
    filter: "open",
    sort: "age",
    personId: ELIN.id,
    now: NOW,
    limit: 200,
  });
  assert.ok(page.ok);
  assert.equal(page.value.rows.filter((row) => ids.includes(row.customerId as CustomerId)).length, 8);
});

test("findings about one subscription look at the same money: the largest counts, once", async () => {
  const customerId = newCustomer();
  const at = (fingerprint: string, subscriptionId: string | undefined, minor: bigint) =>
    report({ customerId, fingerprint, ...(subscriptionId && { subscriptionId }), moneyAtRisk: sek(minor) });
  const { caseId } = await at("s1", "sub-a", 100n);
  await at("s2", "sub-a", 250n);
  await at("s3", "sub-b", 40n);
  await at("s4", undefined, 7n);
  assert.equal((await detail(caseId)).moneyAtRisk.amount?.minor, "297");
});

test("of findings as bad as each other a critical one gives the title", async () => {
  const customerId = newCustomer();
  await report({ customerId, fingerprint: "t1", severity: "high", kind: "notices.alert" });
  const { caseId } = await report({
    customerId,
    fingerprint: "t2",
    severity: "high",
    kind: "activity.rule",
    facts: { level: "critical" },
  });
  assert.equal((await detail(caseId)).title.kind, "activity.rule");
});

test("families apart, severity and title of the worst, money of the open ones, unknown counted and never zero", async () => {
  const customerId = newCustomer();
  const a = await report({ customerId, fingerprint: "w1", moneyAtRisk: sek(100n) });
  const b = await report({
    customerId,
    fingerprint: "w2",
    severity: "high",
    kind: "spending.no-budget",
    moneyAtRisk: sek(50n),
  });
  await report({ customerId, fingerprint: "w3" });
  await report({ customerId, fingerprint: "w4", moneyAtRisk: { minor: 7n, currency: "EUR" } });
  const other = await report({ customerId, fingerprint: "w5", family: "payment", kind: "receivables.late" });
  assert.notEqual(other.caseId, a.caseId);
  const found = await detail(a.caseId);
  assert.deepEqual([found.severity, found.title.kind, found.openFindings], ["high", "spending.no-budget", 4]);
  assert.deepEqual(found.moneyAtRisk, { amount: { minor: "150", currency: "SEK" }, unknownParts: 2 });
  assert.equal((await detail(other.caseId)).moneyAtRisk.amount, null);
  assert.equal((await detail(other.caseId)).moneyAtRisk.unknownParts, 1);
  await store.inTransaction((tx) => findings.resolveFinding(tx, { fingerprint: "w2", at: NOW, why: "budget set" }));
  await store.inTransaction((tx) => findings.resolveFinding(tx, { fingerprint: "w2", at: NOW, why: "again" }));
  await store.inTransaction((tx) => findings.resolveFinding(tx, { fingerprint: "nobody", at: NOW, why: "unknown" }));
  const after = await detail(b.caseId);
  assert.deepEqual(
    [after.severity, after.moneyAtRisk.amount?.minor, after.findings.find((f) => f.resolvedAt)?.resolvedWhy],
    ["medium", "100", "budget set"],
  );
});

test("an unchanged finding writes nothing; a worse one changes the case; a resolved one that returns is open again", async () => {
  const customerId = newCustomer();
  const events = async (caseId: string) =>
    (await readEvents(store.db, { caseId, limit: 100 })).map((event) => event.type).toReversed();
  const { caseId } = await report({ customerId, fingerprint: "again" });
  await report({ customerId, fingerprint: "again", observedAt: NOW.add({ minutes: 30 }) });
  assert.equal((await findingsOf(store.db, caseId))[0]?.times_seen, 1);
  await report({ customerId, fingerprint: "again", observedAt: NOW.add({ hours: 7 }) });
  assert.equal((await findingsOf(store.db, caseId))[0]?.times_seen, 2);
  await report({ customerId, fingerprint: "again", severity: "high" });
  await store.inTransaction((tx) => findings.resolveFinding(tx, { fingerprint: "again", at: NOW, why: "gone" }));
  await report({ customerId, fingerprint: "again", severity: "high" });
  assert.deepEqual(await events(caseId), [
    "cases.opened",
    "cases.finding-changed",
    "cases.finding-resolved",
    "cases.finding-back",
  ]);
});

test("who has it: claim, take over with asking, hand over, and nobody who may only read", async () => {
  const { caseId } = await report({ customerId: newCustomer(), fingerprint: "who" });
  const assign = (who: typeof ELIN, personId: string, takeOver = false) =>
    store.inTransaction((tx) => assignCase(deps, tx, { ...by(caseId, who), personId, takeOver }));
  assert.equal(code(await assign(ELIN, ELIN.id)), "ok");
  assert.equal((await caseById(store.db, caseId))?.state, "investigating");
  assert.equal(code(await assign(KARIN, KARIN.id)), "case-assigned");
  assert.equal(code(await assign(KARIN, KARIN.id, true)), "ok");
  assert.equal(code(await assign(KARIN, ELIN.id)), "ok", "hand over one's own");
  assert.equal(code(await assign(ELIN, "id-ada")), "person-may-not-work");
  assert.equal(code(await assign(ELIN, "id-nobody")), "person-unknown");
  const lists = await listCases(deps, store.db, {
    filter: "mine",
    sort: "clock",
    personId: ELIN.id,
    now: NOW,
    limit: 50,
  });
  assert.ok(lists.ok && lists.value.rows.some((row) => row.id === caseId));
});

test("notes, files with their hash, and playbook steps", async () => {
  const { caseId } = await report({ customerId: newCustomer(), fingerprint: "parts", family: "misuse" });
  assert.equal(
    code(await store.inTransaction((tx) => noteOnCase(tx, { ...by(caseId), text: "No answer, voicemail left." }))),
    "ok",
  );
  const content = Buffer.from("who asked whom, when");
  const file = { name: "call å.txt", mediaType: "text/plain", stepId: "confirm.ask-customer", content };
  const added = await store.inTransaction((tx) => addDocument(tx, { ...by(caseId), file }));
  const again = await store.inTransaction((tx) =>
    addDocument(tx, { ...by(caseId, KARIN), file: { ...file, name: "same.txt" } }),
  );
  assert.ok(added.ok && again.ok);
  assert.equal(added.value.sha256, createHash("sha256").update(content).digest("hex"));
  assert.deepEqual([again.value.name, again.value.added_by], ["call å.txt", "Elin"], "the same bytes are one file");
  assert.equal(
    code(
      await store.inTransaction((tx) =>
        addDocument(tx, { ...by(caseId), file: { ...file, content: new Uint8Array() } }),
      ),
    ),
    "file-empty",
  );
  assert.equal(
    code(await store.inTransaction((tx) => addDocument(tx, { ...by(caseId), file: { ...file, stepId: "nope" } }))),
    "step-unknown",
  );
  const tick = (stepId: string, state: "done" | "not-needed" | "todo", note?: string) =>
    store.inTransaction((tx) => tickStep(tx, { ...by(caseId), stepId, state, note }));
  assert.equal(code(await tick("confirm.spend", "done", "41 times the usual hour")), "ok");
  assert.equal(code(await tick("confirm.spend", "done", "41 times the usual hour")), "ok");
  assert.equal(code(await tick("secure.gdap", "not-needed")), "step-needs-reason");
  assert.equal(code(await tick("secure.unknown", "done")), "step-unknown");
  const found = await detail(caseId);
  const step = found.playbook?.stages[0]?.steps.find((one) => one.id === "confirm.spend");
  assert.deepEqual([step?.state, step?.by, step?.note], ["done", "Elin", "41 times the usual hour"]);
  assert.deepEqual(found.timeline.map((row) => row.type).toReversed(), [
    "cases.opened",
    "cases.noted",
    "cases.document-added",
    "cases.step-marked",
  ]);
  assert.equal(found.documents.length, 1);
});

test("a mining night: the page in one answer, closing refused with its reasons, answered, closed, looked at again", async () => {
  answers.running = running(864_000n);
  await store.inTransaction((tx) => saveAlerts(notices, tx, { alerts: [alert()], at: NOW.subtract({ minutes: 26 }) }));
  const [notice] = await noticesOf(notices, store.db, { customerId: HAVSO, now: NOW });
  const caseId = notice?.caseId as CaseId;
  answers.proposals = [
    { id: "p", number: 981, kind: "cancel-entitlement", state: "proposed", undoneBy: null } as ProposalRowJson,
  ];
  const found = await detail(caseId);
  assert.deepEqual(
    [found.clock?.leftMinutes, found.notices.length, found.refund?.state, found.running.known],
    [32, 1, "open", true],
  );
  assert.equal(found.cost?.spentMinor, String((864_000n * 64n) / 60n), "64 minutes since the first use");
  assert.equal(found.playbook?.stages[1]?.steps[0]?.state, "doing", "a proposal to cancel is on its way");
  assert.deepEqual(
    found.blockers.map((one) => `${one.code} ${one.ref}`),
    ["proposal-live P-0981", `notice-open ${notice?.number}`],
  );
  assert.equal(found.stepsIfFraud.length, 5);

  const close = (outcome: "fraud" | "resolved", note = "Stolen admin token; both subscriptions cancelled.") =>
    store.inTransaction((tx) => closeCase(deps, tx, { ...by(caseId), outcome, note }));
  const refused = await close("fraud", "no");
  assert.deepEqual(refused.ok ? [] : refused.error.fields?.map((field) => field.field), [
    "proposal-live",
    "notice-open",
    ...Array<string>(5).fill("step-open"),
    "note-missing",
  ]);
  assert.equal((await caseById(store.db, caseId))?.state, "open", "a refusal changes nothing");

  await store.inTransaction((tx) => assignCase(deps, tx, { ...by(caseId), personId: ELIN.id, takeOver: false }));
  const [claimed] = await noticesOf(notices, store.db, { customerId: HAVSO, now: NOW });
  assert.equal(claimed?.claimedBy?.name, "Elin", "its notices go with the case");
  answers.proposals = [
    { id: "p", number: 981, kind: "cancel-entitlement", state: "verified", undoneBy: null } as ProposalRowJson,
  ];
  await store.inTransaction((tx) =>
    recordAnswer(notices)(tx, {
      noticeId: notice?.id as NoticeId,
      reason: "fraud",
      actor: { kind: "person", id: ELIN.id, name: "Elin" },
      at: NOW,
      proposalId: "p" as ProposalId,
    }),
  );
  for (const step of (await detail(caseId)).stepsIfFraud)
    assert.equal(
      code(await store.inTransaction((tx) => tickStep(tx, { ...by(caseId), stepId: step.id ?? "", state: "done" }))),
      "ok",
    );
  assert.equal(code(await close("resolved")), "case-cannot-close", "not an outcome of misuse");
  assert.equal(code(await close("fraud")), "ok");
  const closed = await detail(caseId);
  assert.deepEqual(
    [closed.state, closed.outcome, closed.clock, closed.cost, closed.refund?.lastDay],
    ["closed", "fraud", null, null, "2027-01-16"],
  );
  assert.equal(closed.playbook?.stages[1]?.steps[0]?.state, "done");
  assert.equal(code(await close("fraud")), "case-closed");

  const refund = (of: CaseId) =>
    store.inTransaction((tx) =>
      recordRefund(tx, { ...by(of), ticket: "2611170040001", filedOn: Temporal.PlainDate.from("2026-11-18") }),
    );
  assert.equal(code(await refund(caseId)), "ok");
  const again = await store.inTransaction((tx) =>
    reopenCase(deps, tx, { ...by(caseId), why: "A second foothold was found." }),
  );
  assert.ok(again.ok);
  const next = await detail(again.value.case_id);
  assert.deepEqual(
    [next.state, next.previous?.number, next.title.kind, next.refund?.state],
    ["open", closed.number, "cases.reopened", "used"],
  );
  assert.equal((await detail(caseId)).followedBy?.number, next.number);
  assert.equal(code(await refund(again.value.case_id as CaseId)), "refund-used");
  assert.equal(
    code(await store.inTransaction((tx) => reopenCase(deps, tx, { ...by(caseId), why: "twice" }))),
    "case-followed",
  );
});

test("a judged finding comes back only when it is worse, as a new case that links to the old", async () => {
  const customerId = newCustomer();
  answers.proposals = [];
  const { caseId } = await report({ customerId, fingerprint: "judged" });
  const closed = await store.inTransaction((tx) =>
    closeCase(deps, tx, { ...by(caseId), outcome: "accepted-loss", note: "Agreed with the customer." }),
  );
  assert.equal(code(closed), "ok");
  const same = await report({ customerId, fingerprint: "judged", observedAt: NOW.add({ hours: 8 }) });
  assert.deepEqual([same.caseId, same.isNew], [caseId, false]);
  const worse = await report({
    customerId,
    fingerprint: "judged",
    severity: "high",
    observedAt: NOW.add({ hours: 9 }),
  });
  assert.ok(worse.isNew && worse.caseId !== caseId);
  assert.equal((await detail(worse.caseId)).previous?.id, caseId);
});

test("lists: every sort pages through all without loss, filters, counts, and who to watch", async () => {
  for (const sort of ["clock", "money", "age"] as const) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listCases(deps, store.db, {
        filter: "all",
        sort,
        personId: ELIN.id,
        now: NOW,
        limit: 3,
        cursor,
      });
      assert.ok(page.ok);
      seen.push(...page.value.rows.map((row) => row.id));
      cursor = page.value.nextCursor ?? undefined;
      if (cursor === undefined) assert.equal(seen.length, page.value.total, sort);
    } while (cursor !== undefined && seen.length < 500);
    assert.equal(new Set(seen).size, seen.length, `no row twice by ${sort}`);
  }
  const high = await listCases(deps, store.db, {
    filter: "open",
    sort: "clock",
    severityMin: 3,
    family: "misuse",
    personId: ELIN.id,
    now: NOW,
    limit: 50,
  });
  assert.ok(high.ok && high.value.rows.every((row) => row.severity === "high" && row.family === "misuse"));
  const counts = await countsFor({ openNoticeCounts }, store.db, [HAVSO, GRANIT]);
  assert.deepEqual([...counts.entries()], [[HAVSO, { openNotices: 0, openCases: 1, worst: "high" }]]);
  assert.ok((await customersToWatch(store.db)).includes(HAVSO));
  const open = await listCases(deps, store.db, {
    filter: "open",
    sort: "clock",
    personId: ELIN.id,
    now: NOW,
    limit: 200,
  });
  assert.ok(open.ok);
  const ids = open.value.rows.map((row) => row.id);
  assert.deepEqual(
    (await detail(ids[1] ?? "")).neighbours,
    { before: ids[0], after: ids[2] },
    "J and K follow the queue",
  );
});

test("after all of this the audit chain is whole", async () => {
  assert.equal((await verifyChain(store.db)).ok, true);
});
