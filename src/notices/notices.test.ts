import assert from "node:assert/strict";
import { test } from "node:test";
import { desk, alert, AZURE, ELIN, GRANIT, HAVSO, KARIN, NOW, running } from "../cases/testing.ts";
import { openCaseOf } from "../cases/store.ts";
import type { CustomerId, NoticeId, ProposalId } from "../core/ids.ts";
import type { SecurityAlert } from "../partner-center/contract.ts";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { reweigh, saveAlertHint, saveAlerts } from "./alerts.ts";
import { answerAverage, listNotices, noticesOf, openNotices } from "./lists.ts";
import { claimNotice, escalate, noticeDetail, noticeToAnswer, recordAnswer, releaseNotice } from "./service.ts";

const LATE = "7c9e6679-7425-40de-944b-e07fc1f90ae7" as CustomerId;
/** A year on: nothing of the other tests is in its window. */
const LATER = NOW.add({ hours: 24 * 365 });
const store = await testStore();
const { notices: deps, answers } = desk();
const save = (alerts: readonly SecurityAlert[], at = NOW) =>
  store.inTransaction((tx) => saveAlerts(deps, tx, { alerts, at }));
const eventTypes = async () => (await readEvents(store.db, { limit: 1_000 })).map((event) => event.type).toReversed();
/** Each test uses a detection of its own, so that nothing correlates across tests. */
let day = 0;
const fresh = (more: Partial<SecurityAlert> = {}) => {
  day += 1;
  return alert({ externalId: `graph-${day}`, detectedAt: NOW.subtract({ hours: 24 * 40 - day }), ...more });
};
const v1 = (of: SecurityAlert, more: Partial<SecurityAlert> = {}) =>
  alert({ ...of, channel: "fraud-events", externalId: `${AZURE}_${of.externalId}`, ...more });
const noticeOf = async (one: SecurityAlert) => {
  const rows = await noticesOf(deps, store.db, { customerId: one.customerId, now: NOW });
  const found = rows.filter((row) => row.detectedAt === one.detectedAt.toString());
  assert.equal(found.length, 1, "exactly one notice");
  const [row] = found;
  assert.ok(row);
  return row;
};

test("a new alert: one notice, its case with evidence, its clock, and both events", async () => {
  answers.running = running(864_000n);
  const one = alert({ externalId: "first" });
  await save([one]);
  const row = await noticeOf(one);
  assert.deepEqual(
    [row.number, row.state, row.customerName, row.clock?.leftMinutes, row.clock?.toward, row.caseNumber, row.channels],
    ["N-0001", "open", "Havsö Logistik AB", 32, "aim", "CASE-0001", ["graph"]],
  );
  assert.deepEqual(row.running, {
    known: true,
    perHour: { minor: "864000", currency: "SEK" },
    asOf: null,
    basis: "day",
  });
  const of = await openCaseOf(store.db, HAVSO, "misuse");
  assert.deepEqual([of?.money_minor, of?.severity, of?.title_kind], [864_000n * 24n, 3, "notices.alert"]);
  assert.deepEqual(await eventTypes(), ["cases.opened", "notices.received"]);
  assert.equal(
    (await readEvents(store.db, { caseId: of?.case_id, limit: 10 })).length,
    2,
    "the case's timeline holds both",
  );
});

test("the same list again writes nothing", async () => {
  const before = (await eventTypes()).length;
  await save([alert({ externalId: "first" })], NOW.add({ minutes: 5 }));
  assert.equal((await eventTypes()).length, before);
});

test("v1, Graph and webhook of one alert are one notice, whichever comes first", async () => {
  const orders = [
    ["graph", "v1", "webhook"],
    ["v1", "graph", "webhook"],
    ["webhook", "graph", "v1"],
    ["webhook", "v1", "graph"],
    ["graph", "webhook", "v1"],
  ] as const;
  for (const order of orders) {
    const graph = fresh();
    const at = graph.detectedAt.add({ minutes: 3 });
    for (const step of order) {
      if (step === "graph") await save([graph], at);
      if (step === "v1")
        await save([v1(graph, { detectedAt: graph.detectedAt.add({ seconds: 40 }), kind: "unknown" })], at);
      if (step === "webhook")
        await store.inTransaction((tx) =>
          saveAlertHint()(
            tx,
            {
              dedupKey: `hook-${graph.externalId}`,
              entitlementId: AZURE,
              raw: { EventName: "azure-fraud-event-detected" },
            },
            graph.detectedAt.add({ minutes: 1 }),
          ),
        );
    }
    const row = await noticeOf(graph);
    assert.deepEqual([...row.channels].toSorted(), ["fraud-events", "graph", "webhook"], order.join(" → "));
    assert.equal(row.kind, "CryptoMining");
    const detail = await noticeDetail(deps, store.db, { noticeId: row.id, now: NOW });
    assert.equal(detail?.sources.length, 3);
    assert.ok(detail?.sources.every((source) => source.rawSha256.length === 64));
  }
});

test("a webhook delivered ten times is kept once; one without its alert waits and is counted", async () => {
  for (let i = 0; i < 10; i++)
    await store.inTransaction((tx) =>
      saveAlertHint()(tx, { dedupKey: "hook-again", entitlementId: undefined, raw: {} }, NOW),
    );
  const page = await listNotices(deps, store.db, { filter: "open", personId: ELIN.id, now: NOW, limit: 1 });
  assert.equal(page.ok && page.value.hintsWaiting, 1);
});

test("two mining alerts in one subscription twenty minutes apart stay two, on both channels", async () => {
  const a = fresh();
  const b = alert({ ...a, externalId: "graph-b", detectedAt: a.detectedAt.add({ minutes: 20 }) });
  await save([a, b]);
  await save([v1(b), v1(a)]);
  assert.deepEqual([(await noticeOf(a)).channels.length, (await noticeOf(b)).channels.length], [2, 2]);
});

test("resolved in Microsoft's portal: answered elsewhere, by whom, and the case's clock stops", async () => {
  const one = fresh({ customerId: GRANIT });
  await save([one], one.detectedAt.add({ minutes: 2 }));
  assert.ok((await openCaseOf(store.db, GRANIT, "misuse"))?.clock_from);
  const resolvedAt = one.detectedAt.add({ minutes: 90 });
  await save([
    alert({
      ...one,
      status: "resolved",
      resolvedReason: "legitimate",
      resolvedAt,
      resolvedBy: "samantha@partner.example",
    }),
  ]);
  const row = await noticeOf(one);
  assert.deepEqual(row.answer, {
    reason: "legitimate",
    at: resolvedAt.toString(),
    by: "samantha@partner.example",
    where: "elsewhere",
    afterMinutes: 90,
    proposalId: null,
  });
  const of = await openCaseOf(store.db, GRANIT, "misuse");
  assert.deepEqual([of?.clock_from, of?.open_findings], [null, 0]);
  assert.deepEqual((await eventTypes()).slice(-2), ["cases.finding-resolved", "notices.answered"]);
  // v1 lags behind with the old status: nothing changes.
  await save([v1(one)]);
  assert.equal((await noticeOf(one)).state, "answered");
  // Microsoft opens it again: open, a new finding, and the event says so.
  await save([alert({ ...one, status: "active", lastSeenAt: NOW })], NOW.add({ minutes: 1 }));
  assert.equal((await noticeOf(one)).state, "open");
  assert.ok((await eventTypes()).includes("notices.reopened"));
  assert.ok((await openCaseOf(store.db, GRANIT, "misuse"))?.clock_from);
});

test("answered through the desk: by our people, once, and Microsoft's copy agrees without a second event", async () => {
  const one = fresh();
  await save([one]);
  const noticeId = (await noticeOf(one)).id as NoticeId;
  const wanted = await noticeToAnswer(store.db, noticeId);
  assert.deepEqual([wanted?.state, wanted?.sources], ["open", [{ channel: "graph", externalId: one.externalId }]]);
  const answer = {
    noticeId,
    reason: "fraud",
    actor: { kind: "person", id: ELIN.id, name: ELIN.name },
    at: NOW.add({ minutes: 2 }),
    proposalId: "p-1" as ProposalId,
  } as const;
  for (let i = 0; i < 3; i++) await store.inTransaction((tx) => recordAnswer(deps)(tx, answer));
  const count = (await eventTypes()).filter((type) => type === "notices.answered").length;
  await save(
    [
      alert({
        ...one,
        status: "resolved",
        resolvedReason: "fraud",
        resolvedAt: NOW.add({ minutes: 1 }),
        resolvedBy: "app",
      }),
    ],
    NOW.add({ minutes: 4 }),
  );
  const row = await noticeOf(one);
  assert.deepEqual([row.answer?.where, row.answer?.by, row.answer?.proposalId], ["desk", "Elin", "p-1"]);
  assert.equal((await eventTypes()).filter((type) => type === "notices.answered").length, count);
});

test("a poll that sees our answer before we noted it is put right afterwards", async () => {
  const one = fresh();
  await save([one]);
  await save([alert({ ...one, status: "resolved", resolvedReason: "fraud", resolvedAt: NOW, resolvedBy: "app" })]);
  const noticeId = (await noticeOf(one)).id as NoticeId;
  await store.inTransaction((tx) =>
    recordAnswer(deps)(tx, {
      noticeId,
      reason: "fraud",
      actor: { kind: "person", id: ELIN.id, name: ELIN.name },
      at: NOW,
      proposalId: "p-2" as ProposalId,
    }),
  );
  assert.equal((await noticeOf(one)).answer?.where, "desk");
  assert.equal((await eventTypes()).at(-1), "notices.answer-attributed");
});

test("test alerts are flagged, open no case and count nowhere; old resolved ones are history", async () => {
  const before = await answerAverage(store.db, NOW);
  const trial = fresh({ isTest: true });
  await save([trial]);
  assert.deepEqual(await answerAverage(store.db, NOW), before);
  const old = fresh({ status: "resolved", resolvedReason: "ignore", resolvedAt: NOW.subtract({ hours: 24 * 35 }) });
  await save([old]);
  assert.equal((await answerAverage(store.db, NOW)).averageMinutes, before.averageMinutes);
  assert.deepEqual(
    [(await noticeOf(trial)).isTest, (await noticeOf(trial)).caseId, (await noticeOf(old)).caseId],
    [true, null, null],
  );
  assert.ok(!(await openNotices(deps, store.db, NOW)).some((row) => row.isTest));
});

test("the average counts by periods of 24 hours back from now, from detection, never below zero", async () => {
  const resolved = (endedHoursAgo: number, tookHours: number) => {
    const resolvedAt = LATER.subtract({ minutes: Math.round(endedHoursAgo * 60) });
    return fresh({
      status: "resolved",
      resolvedReason: "ignore",
      resolvedAt,
      detectedAt: resolvedAt.subtract({ hours: tookHours }),
    });
  };
  assert.equal((await answerAverage(store.db, LATER)).averageMinutes, null, "nothing in the window is unknown");
  await save([resolved(1, 4), resolved(719, 2), resolved(720, 50), resolved(24 * 45, 7), resolved(-1, 9)], LATER);
  const average = await answerAverage(store.db, LATER);
  assert.deepEqual([average.answeredCount, average.averageMinutes], [2, 180]);
  assert.equal(average.history.at(0)?.averageMinutes, (2 + 50 + 7) * 20, "29 days ago two others counted too");
  const early = alert({
    externalId: "early",
    status: "resolved",
    resolvedAt: LATER.subtract({ hours: 3 }),
    detectedAt: LATER.subtract({ hours: 2 }),
  });
  await save([early], LATER);
  assert.equal((await answerAverage(store.db, LATER)).averageMinutes, 120, "answered before detection took no time");
});

test("an unknown alert type, severity and status go through as they are", async () => {
  const one = fresh({ kind: "Quota_AnomalousIncrease", severity: "catastrophic", status: "parked" });
  await save([one]);
  const row = await noticeOf(one);
  assert.deepEqual(
    [row.kind, row.severity, row.status, row.state],
    ["Quota_AnomalousIncrease", "catastrophic", "parked", "open"],
  );
});

test("claim: mine; another's needs take-over; giving back is for who has it; answered ones cannot be claimed", async () => {
  const one = fresh();
  await save([one]);
  const noticeId = (await noticeOf(one)).id as NoticeId;
  const claim = (person: typeof ELIN, takeOver = false) =>
    store.inTransaction((tx) => claimNotice(deps, tx, { noticeId, person, takeOver, now: NOW }));
  assert.equal((await claim(ELIN)).ok, true);
  assert.equal((await claim(ELIN)).ok, true, "again changes nothing");
  const refused = await claim(KARIN);
  assert.deepEqual(refused.ok ? "" : [refused.error.code, refused.error.facts?.["by"]], ["notice-claimed", "Elin"]);
  assert.equal((await claim(KARIN, true)).ok, true);
  const notHers = await store.inTransaction((tx) => releaseNotice(tx, { noticeId, person: ELIN, now: NOW }));
  assert.equal(notHers.ok ? "" : notHers.error.code, "notice-not-yours");
  assert.equal((await store.inTransaction((tx) => releaseNotice(tx, { noticeId, person: KARIN, now: NOW }))).ok, true);
  assert.equal((await eventTypes()).filter((type) => type === "notices.claimed").length, 2);
  await save([alert({ ...one, status: "resolved", resolvedAt: NOW })]);
  const late = await claim(ELIN);
  assert.equal(late.ok ? "" : late.error.code, "notice-answered");
});

test("escalation: once at each boundary, the highest when the desk was away, never for tests or answered ones", async () => {
  const one = alert({ externalId: "escalate", kind: "VM_AnomalousDeployment", detectedAt: NOW });
  await save([one]);
  await store.inTransaction((tx) => escalate(tx, NOW)); // everything old is announced here
  const mine = async () => {
    const events = await readEvents(store.db, { typePrefix: "notices.escalated", limit: 1_000 });
    const { id } = await noticeOf(one);
    return events
      .filter((event) => event.subject.id === id)
      .map((event) => (event.data as { minutes: number }).minutes)
      .toReversed();
  };
  for (const minutes of [44, 45, 46, 719, 720, 1_320, 1_400])
    await store.inTransaction((tx) => escalate(tx, NOW.add({ minutes })));
  assert.deepEqual(await mine(), [45, 720, 1_320]);
});

test("money at risk follows the usage that arrives after the alert, without an event; an answered one is left alone", async () => {
  answers.running = { known: false, reason: "no-data" };
  const one = fresh({ customerId: LATE });
  await save([one]);
  assert.equal((await openCaseOf(store.db, LATE, "misuse"))?.money_minor, null);
  answers.running = running(5_000n);
  const before = (await eventTypes()).length;
  await reweigh(deps, store, NOW);
  assert.equal((await openCaseOf(store.db, LATE, "misuse"))?.money_minor, 120_000n);
  assert.equal((await eventTypes()).length, before);
  await save([alert({ ...one, status: "resolved", resolvedAt: NOW })]);
  await reweigh(deps, store, NOW);
  assert.equal((await openCaseOf(store.db, LATE, "misuse"))?.open_findings, 0);
});

test("the queue: next boundary first, pages do not lose or repeat a row, a cursor of another list is refused", async () => {
  const ask = { personId: ELIN.id, now: NOW, limit: 3 };
  const seen: string[] = [];
  const left: number[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await listNotices(deps, store.db, { ...ask, filter: "open", cursor });
    assert.ok(page.ok);
    seen.push(...page.value.rows.map((row) => row.id));
    left.push(...page.value.rows.map((row) => row.clock?.leftMinutes ?? Number.NaN));
    cursor = page.value.nextCursor ?? undefined;
    pages += 1;
    assert.equal(page.value.total, page.value.counts.open + page.value.counts.test);
  } while (cursor !== undefined && pages < 50);
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(
    left,
    [...left].sort((a, b) => a - b),
  );
  assert.ok(pages > 2);
  const first = await listNotices(deps, store.db, { ...ask, filter: "open" });
  assert.ok(first.ok && first.value.nextCursor !== null);
  const refused = await listNotices(deps, store.db, { ...ask, filter: "all", cursor: first.value.nextCursor });
  assert.equal(refused.ok ? "" : refused.error.code, "cursor-bad");
  for (const filter of ["mine", "overdue", "answered", "all"] as const)
    assert.ok((await listNotices(deps, store.db, { ...ask, filter, kind: "CRYPTOMINING", customerId: HAVSO })).ok);
});

test("both channels saved at the same moment still give one notice each", async () => {
  const many = Array.from({ length: 6 }, () => fresh({ customerId: GRANIT }));
  await Promise.all([save(many), save(many.map((one) => v1(one)))]);
  for (const one of many) assert.equal((await noticeOf(one)).channels.length, 2);
});
