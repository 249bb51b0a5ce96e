import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../core/ids.ts";
import { money } from "../core/money.ts";
import { appendEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { MICROSOFT, SURETY } from "../store/contract.ts";
import { todayJson } from "./contract.ts";
import { readToday, type TodayParts } from "./service.ts";

const store = await testStore();
const now = Temporal.Instant.from("2026-11-17T08:42:00+01:00");
const havso = "11111111-1111-4111-8111-111111111111" as CustomerId;
const person = { id: "u1", name: "Karin Holm", email: "karin@x.test", role: "billing-admin", twoFactor: true } as const;

const nothing = new Map<never, never>();
/** A desk that has just been opened: nothing connected, nobody owes anything. */
const parts: TodayParts = {
  calendar: async () => ({
    zone: "Europe/Stockholm",
    weekdays: [1, 2, 3, 4, 5],
    holidays: new Set<string>(),
    opens: Temporal.PlainTime.from("08:00"),
    closes: Temporal.PlainTime.from("17:00"),
  }),
  openNotices: async () => [],
  answerAverage: async (_tx, at) => ({
    averageMinutes: 42,
    answeredCount: 1,
    answeredMinutes: 42,
    openStartedAt: [at.subtract({ minutes: 10 }).toString()],
    history: [],
    crossesLimitAt: null,
    aboveLimit: false,
    asOf: at.toString(),
  }),
  due: [async () => ({ kind: "renewals", count: 0, first: null })],
  waitingProposals: async () => ({ rows: [], total: 0, mine: 0 }),
  portfolioExposure: () => Promise.reject(new Error("the rates are being read")),
  customersByIds: async () => nothing,
  caseNumbers: async () => nothing,
  feedFreshness: async () => [
    {
      feed: "usage",
      state: "late",
      running: false,
      startedAt: null,
      finishedAt: null,
      newestFactAt: null,
      nextRunAt: null,
      customersReached: 1,
      customersTotal: 2,
      factsRead: 0,
      error: null,
    },
  ],
  missingByFeed: async () => new Map([["usage", [havso]]]),
  exposuresOf: async () => new Map([[havso, money(12_300n, "SEK")]]),
  ledgerState: async () => ({ recordedAt: null, customers: 0 }),
  budgetCoverage: async () => ({ withUsage: 0, withBudget: 0 }),
  logCoverage: async () => ({ customers: 0, seen: 0 }),
};
const read = async (change: Partial<TodayParts> = {}) => {
  const reported: string[] = [];
  const today = await readToday({ ...parts, ...change }, { tx: store.db, now, person }, (part) => reported.push(part));
  return { today: todayJson.parse(today), reported };
};

test("a part that fails is named and reported; the others stand", async () => {
  const { today, reported } = await read();
  assert.deepEqual([today.unavailable, reported, today.exposure], [["exposure"], ["exposure"], null]);
  assert.equal(today.average?.averageMinutes, 42);
  assert.deepEqual(
    today.due?.map((cell) => [cell.kind, cell.count]),
    [
      ["renewals", 0],
      ["approvals", 0],
    ],
  );
});

test("the average comes with its choices, and the line ahead begins now", async () => {
  const { today } = await read();
  assert.deepEqual(
    today.average?.forecast.choices.map((choice) => [choice.choice, choice.sumMinutes, choice.count]),
    [
      ["by", 42 + 28, 2],
      ["tonight", 42 + 508, 2],
      ["tomorrow", 42 + 1408, 2],
    ],
  );
  assert.deepEqual(today.average?.forecast.ahead[0], { at: now.toString(), sumMinutes: 52, count: 2 });
});

test("a feed shows the exposure of the customers it did not reach", async () => {
  const { today } = await read();
  assert.deepEqual(today.coverage?.feeds[0]?.unseen, { minor: "12300", currency: "SEK" });
  const unknown = await read({ exposuresOf: async () => nothing });
  assert.equal(unknown.today.coverage?.feeds[0]?.unseen, null, "unknown, not zero");
});

test("nothing happened in the night: no line", async () => {
  assert.equal((await read()).today.overnight, null);
});

test("a notice at night, contained 42 minutes later", async () => {
  const common = { subject: { kind: "notice", id: "n1" }, customerId: havso } as const;
  const came = Temporal.Instant.from("2026-11-17T02:10:00+01:00");
  await store.inTransaction((tx) =>
    appendEvents(tx, [
      { ...common, type: "notices.received", actor: MICROSOFT, at: came },
      {
        ...common,
        type: "response.proposal-verified",
        actor: SURETY,
        at: came.add({ minutes: 42 }),
        data: { kind: "cancel-entitlement", saving: { amount: { minor: "5040000", currency: "SEK" }, per: "day" } },
      },
      { ...common, type: "notices.received", actor: MICROSOFT, at: now.subtract({ minutes: 5 }) },
    ]),
  );
  const { overnight } = (await read()).today;
  assert.deepEqual([overnight?.received, overnight?.answered], [1, 0], "the one after opening is today's");
  assert.deepEqual(
    overnight?.contained.map(({ kind, minutes, saving }) => [kind, minutes, saving?.minor]),
    [["cancel-entitlement", 42, "5040000"]],
  );
});
