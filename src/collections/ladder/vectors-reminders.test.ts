import assert from "node:assert/strict";
import { test } from "node:test";
import { policySchema } from "../contract-policy.ts";
import { ladderState, type PreparedPolicy } from "./decide-ladder.ts";
import {
  day,
  type Diary,
  type HistoryInput,
  historyOf,
  invoiceOf,
  type InvoiceInput,
  live,
  noticeOf,
  preparedOf,
  step,
  tells,
} from "./testing.ts";

/** Carrying invoice (VECTORS B), campaigns by currency (C), reminder levels (D), credit control (E), dunning (F) and reminders (H) of other systems. */

const at = (history: HistoryInput, prepared: PreparedPolicy, on: string) =>
  ladderState(historyOf(history), prepared, day(on));
/** The days on which a desk that runs on `days` tells which step. */
function runs(history: HistoryInput, prepared: PreparedPolicy, days: readonly string[]): readonly string[] {
  const diary: Diary = { history: historyOf(history), lines: [] };
  for (const on of days) step(diary, ladderState(diary.history, prepared, day(on)), "tell");
  return diary.lines;
}

/* ---- B. carrying invoice ---- */

const UPFLOW = preparedOf(
  [7, 14, 30, 45, 62, 75].map((daysPastDue, n) => ({
    id: `r${n + 1}`,
    daysPastDue,
    tell: tells("reminder"),
    noticeDays: 7,
  })),
);
/** A 2 months, B 5 weeks, C 3 weeks, D 3 days overdue on 2026-05-01; the first four reminders went for A. */
const FOUR: readonly InvoiceInput[] = [
  { id: "A", amount: "100", due: "2026-03-01" },
  { id: "B", amount: "100", due: "2026-03-27" },
  { id: "C", amount: "100", due: "2026-04-10" },
  { id: "D", amount: "100", due: "2026-04-28" },
];
const SENT_FOR_A = [
  noticeOf("r1", "2026-03-08", ["A"]),
  noticeOf("r2", "2026-03-15", ["A"]),
  noticeOf("r3", "2026-03-31", ["A"]),
  noticeOf("r4", "2026-04-15", ["A"]),
];
const payOn = (on: string, ...ids: string[]) =>
  FOUR.map((one): InvoiceInput => (ids.includes(one.id) ? { ...one, applied: [[on, "100"]] } : one));

test("UP-01 B and C are paid: A carries on, the fifth reminder goes as planned", () => {
  const history = { invoices: payOn("2026-05-01", "B", "C"), notices: SENT_FOR_A };
  assert.equal(at(history, UPFLOW, "2026-05-01").carrying?.invoiceId, "A");
  assert.deepEqual(runs(history, UPFLOW, ["2026-05-01", "2026-05-02", "2026-05-03"]), ["2026-05-02 tell r5"]);
});
test("UP-03 A is paid: B carries on and enters at the step its age deserves, not at the first", () => {
  const history = { invoices: payOn("2026-05-01", "A"), notices: SENT_FOR_A };
  const state = at(history, UPFLOW, "2026-05-01");
  assert.deepEqual([state.carrying?.invoiceId, state.carrying?.daysPastDue, state.step], ["B", 35, "r3"]);
  assert.equal(state.tell?.stepId, "r3");
  assert.deepEqual(state.tell?.invoiceIds, ["B"]);
});

/* ---- C. campaigns by currency: one daily run; attempts at 1 day and 3 days after the last ---- */

const LAGO_MINIMUM = { EUR: "150", USD: "100" };
const LAGO = preparedOf([
  { id: "a1", daysPastDue: 1, minimumOverdue: LAGO_MINIMUM, tell: tells("reminder"), noticeDays: 3 },
  { id: "a2", daysPastDue: 4, minimumOverdue: LAGO_MINIMUM, tell: tells("reminder") },
]);
const USD: InvoiceInput = { id: "usd", amount: "120", currency: "USD", due: "2025-01-02" };
const EUR: InvoiceInput = { id: "eur", amount: "149", currency: "EUR", due: "2025-01-02" };
const EUR_MORE: InvoiceInput = { id: "more", amount: "10", currency: "EUR", due: "2025-01-05" };

test("LA-01 EUR 149 is below its threshold, USD 120 above: the first attempt is for USD", () => {
  const state = at({ invoices: [EUR, USD] }, LAGO, "2025-01-03");
  assert.equal(state.tell?.stepId, "a1");
  assert.equal(state.steps.find(({ stepId }) => stepId === "a1")?.currency, "USD");
});
test("LA-02, LA-03 two days later nothing; the third day one letter for both currencies", () => {
  const lines = runs({ invoices: [EUR, USD, EUR_MORE] }, LAGO, ["2025-01-03", "2025-01-05", "2025-01-06"]);
  // Theirs sends two requests on 01-06 (USD attempt 2, EUR attempt 1); ours is one letter an account that lists both.
  assert.deepEqual(lines, ["2025-01-03 tell a1", "2025-01-06 tell a2"]);
  const told = [noticeOf("a1", "2025-01-03", ["usd", "eur"])];
  const tell = at({ invoices: [EUR, USD, EUR_MORE], notices: told }, LAGO, "2025-01-06").tell;
  assert.deepEqual([tell?.invoiceIds, tell?.listedIds], [["eur", "usd"], ["more"]]);
});
const LATE_EUR: InvoiceInput = { id: "eur", amount: "149", currency: "EUR", issued: "2025-01-01", due: "2025-01-03" };
test("LA-05 overdue since yesterday, 149 below 150: no request", () => {
  const state = at({ invoices: [LATE_EUR] }, LAGO, "2025-01-04");
  assert.equal(state.currencies[0]?.overdueMinor, 14900n);
  assert.equal(state.tell, undefined);
});
test("LA-06 6 more lift it over the threshold: requests on 01-07 and 01-10 only", () => {
  const invoices = [LATE_EUR, { id: "six", amount: "6", currency: "EUR", due: "2025-01-06" }];
  const days = ["2025-01-07", "2025-01-08", "2025-01-09", "2025-01-10", "2025-01-13"];
  assert.deepEqual(runs({ invoices }, LAGO, days), ["2025-01-07 tell a1", "2025-01-10 tell a2"]);
  assert.equal(at({ invoices }, LAGO, "2025-01-07").currencies[0]?.netOverdueMinor, 15500n);
});
test("LA-08 excluded, another currency only, or every attempt made: nothing", () => {
  const steps = LAGO.version.policy.steps;
  const excluded = preparedOf(steps, {
    exemptions: [{ when: "invoices > 0", from: ["letters"], because: { en: "x" } }],
  });
  assert.equal(at({ invoices: [USD] }, excluded, "2025-01-10").tell, undefined);
  // Theirs: a currency without a threshold is not dunned. Ours: it has no minimum, so a policy that means it says so.
  const euroOnly = preparedOf(steps.map((one) => ({ ...one, when: 'currency == "EUR"' })));
  assert.equal(at({ invoices: [USD] }, euroOnly, "2025-01-10").tell, undefined);
  const notices = [noticeOf("a1", "2025-01-03", ["usd"]), noticeOf("a2", "2025-01-06", ["usd"])];
  assert.equal(at({ invoices: [USD], notices }, LAGO, "2025-01-20").tell, undefined);
});
test("LA-10 [D] 160 of which 100 is paid, threshold 150: ours asks for nothing, since 60 is what is left", () => {
  const invoices: InvoiceInput[] = [
    { id: "eur", amount: "160", currency: "EUR", due: "2025-01-02", applied: [["2025-01-02", "100"]] },
  ];
  assert.equal(at({ invoices }, LAGO, "2025-01-10").tell, undefined); // theirs: a request, for 60
});

/* ---- D. reminder levels: due when the date is strictly after due date and grace ---- */

const grace = (graceDays: number, more: object = {}) =>
  preparedOf([{ id: "r1", daysPastDue: 1, tell: tells("reminder"), charges: ["reminder-fee"], ...more }], {
    graceDays,
  });
for (const [on, expected] of [
  ["2026-01-10", false],
  ["2026-01-11", false],
  ["2026-01-12", true],
] as const)
  test(`BC-01 due 01-01, grace 10: on ${on} ${expected ? "reminded" : "not"}`, () =>
    assert.equal(
      at({ invoices: [{ id: "A", amount: "100", due: "2026-01-01" }] }, grace(10), on).tell !== undefined,
      expected,
    ));
test("BC-02 paid before the run: nothing", () => {
  const invoices: InvoiceInput[] = [{ id: "A", amount: "100", due: "2026-01-01", applied: [["2026-01-20", "100"]] }];
  assert.equal(at({ invoices }, grace(0), "2026-01-20").tell, undefined);
});
const A_AND_B: InvoiceInput[] = [
  { id: "A", amount: "100", due: "2026-01-01" },
  { id: "B", amount: "60", due: "2026-02-01" },
];
test("BC-04 grace 20: on 02-19 A is reminded of, B is not late", () => {
  const state = at({ invoices: A_AND_B }, grace(20), "2026-02-19");
  assert.deepEqual(state.tell?.invoiceIds.includes("A"), true);
  const [sek] = state.currencies;
  assert.deepEqual([sek?.overdueMinor, sek?.notDueMinor, sek?.invoices], [10000n, 6000n, 1]);
});
test("BC-05 due today: not late, and no reminder for it", () => {
  const state = at({ invoices: [{ id: "B", amount: "60", due: "2026-02-20" }] }, grace(0), "2026-02-20");
  assert.deepEqual([state.tell, state.currencies[0]?.notDueMinor], [undefined, 6000n]);
});
test("BC-06 money that is not applied is shown beside, and counts against what is late", () => {
  const money = [{ currency: "SEK", day: day("2026-02-01"), amountMinor: 3000n }];
  const [sek] = at({ invoices: A_AND_B, money }, grace(0), "2026-02-05").currencies;
  assert.deepEqual([sek?.creditsMinor, sek?.overdueMinor, sek?.netOverdueMinor], [3000n, 16000n, 13000n]);
});
const TWO: InvoiceInput[] = [
  { id: "I1", amount: "100", due: "2021-09-01" },
  { id: "I2", amount: "60", due: "2021-10-01" },
];
for (const [id, on, invoices, total] of [
  ["BC-08", "2021-10-11", ["I1"], 10000n],
  ["BC-09", "2021-10-12", ["I1", "I2"], 16000n],
] as const)
  test(`${id} grace 10, run ${on}: a fee for ${invoices.join(" and ")}, whose sum is the total`, () => {
    const state = at({ invoices: TWO }, grace(10), on);
    assert.deepEqual([state.tell?.invoiceIds, state.tell?.charges], [invoices, ["reminder-fee"]]);
    assert.equal(state.currencies[0]?.overdueMinor, total);
  });
test("BC-11 below the minimum: no reminder, in a foreign currency by its own minimum", () => {
  const prepared = grace(0, { minimumOverdue: { SEK: "200", EUR: "20" } });
  assert.equal(at({ invoices: A_AND_B }, prepared, "2026-03-01").tell, undefined);
  const euros = (amount: string) => ({ invoices: [{ id: "E", amount, currency: "EUR", due: "2026-01-01" }] });
  assert.equal(at(euros("19.99"), prepared, "2026-03-01").tell, undefined);
  assert.equal(at(euros("20"), prepared, "2026-03-01").tell?.stepId, "r1");
});
test("BC-12 the run twice, a crash between deciding and sending, sending twice: one reminder", () => {
  const given = { invoices: A_AND_B };
  assert.deepEqual(runs(given, grace(0), ["2026-02-10", "2026-02-10", "2026-02-10"]), ["2026-02-10 tell r1"]);
  const { sentOn: _, ...queued } = noticeOf("r1", "2026-02-10", ["A", "B"]);
  for (const on of ["2026-02-10", "2026-02-11", "2026-02-20"]) {
    const state = at({ ...given, notices: [queued] }, grace(0), on);
    assert.deepEqual([state.tell, state.tellWaits?.why], [undefined, "on-its-way"]);
  }
  const sentLate = { ...queued, sentOn: day("2026-02-11") };
  assert.equal(at({ ...given, notices: [sentLate] }, grace(0), "2026-02-12").tell, undefined);
});

/* ---- E. credit control ---- */

const LEVELS = preparedOf([
  { id: "l1", daysPastDue: 10, tell: tells("reminder"), noticeDays: 20 },
  { id: "l2", daysPastDue: 44, tell: tells("reminder"), noticeDays: 10 },
  { id: "l3", daysPastDue: 54, tell: tells("final-demand"), noticeDays: 5 },
]);
const YEAR_OLD: InvoiceInput = { id: "A", amount: "100", due: "2025-06-30" };
test("OC-01 twelve months old, one run: the first level, not three", () => {
  assert.deepEqual(runs({ invoices: [YEAR_OLD] }, LEVELS, ["2026-06-30"]), ["2026-06-30 tell l1"]);
});
test("OC-02, OC-10 [D] runs at -6 months, -2 months and today: three levels, because each was in fact sent", () => {
  // Theirs counts lines that were never sent (drafts), which are re-drafts of level 1.
  assert.deepEqual(runs({ invoices: [YEAR_OLD] }, LEVELS, ["2025-12-30", "2026-04-30", "2026-06-30"]), [
    "2025-12-30 tell l1",
    "2026-04-30 tell l2",
    "2026-06-30 tell l3",
  ]);
});
test("OC-04 a step that counts from the one before is refused: every step counts from the due date", () => {
  const { policy } = LEVELS.version;
  const steps = policy.steps.map((one, n) => (n === 0 ? { ...one, computation: "previous_date" } : one));
  assert.equal(policySchema.safeParse({ ...policy, steps }).success, false);
});
test("OC-05 due 2026-01-15: level 1 from 01-25, level 2 from 02-28", () => {
  const history = { invoices: [{ id: "A", amount: "100", due: "2026-01-15" }] };
  // Theirs moves day 30 (02-14) to the end of its month. Ours counts days: a policy that means the 28th writes 44.
  const seen = ["2026-01-24", "2026-01-25", "2026-02-27", "2026-02-28"].map((on) => at(history, LEVELS, on).step);
  assert.deepEqual(seen, [undefined, "l1", "l1", "l2"]);
});
test("OC-07 level 2 was written but never sent: level 3 never comes", () => {
  const { sentOn: _, ...draft } = noticeOf("l2", "2026-03-01", ["A"]);
  const notices = [noticeOf("l1", "2026-01-25", ["A"]), draft];
  for (const on of ["2026-03-12", "2026-04-30", "2026-12-31"]) {
    const state = at({ invoices: [{ id: "A", amount: "100", due: "2026-01-15" }], notices }, LEVELS, on);
    assert.deepEqual([state.step, state.tell], ["l3", undefined]);
  }
});

/* ---- F. dunning ---- */

test("EN-07 [D] two invoices in one letter, only the second is paid: not resolved", () => {
  const invoices: InvoiceInput[] = [A_AND_B[0]!, { ...A_AND_B[1]!, applied: [["2026-03-01", "60"]] }];
  const state = at({ invoices, notices: [noticeOf("r1", "2026-02-10", ["A", "B"])] }, grace(0), "2026-03-01");
  assert.deepEqual([state.step, state.carrying?.invoiceId], ["r1", "A"]); // theirs, in older code: resolved, the last row won
});
test("EN-18 [D] due tomorrow, 100: not due 100, and the parts sum to what is open", () => {
  const [sek] = at(
    { invoices: [{ id: "A", amount: "100", issued: "2026-01-01", due: "2026-01-31" }] },
    grace(0),
    "2026-01-30",
  ).currencies;
  assert.deepEqual([sek?.notDueMinor, sek?.overdueMinor], [10000n, 0n]);
});

/* ---- H. reminders per invoice ---- */

const NINJA = preparedOf(
  [5, 10, 15, 29].map((daysPastDue, n) => ({
    id: `r${n + 1}`,
    daysPastDue,
    tell: tells("reminder"),
    noticeDays: 5,
    charges: n === 0 ? ["reminder-fee"] : [],
  })),
);
const MARCH: InvoiceInput = { id: "A", amount: "100", due: "2024-03-01" };
const marchDays = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `2024-03-${String(from + n).padStart(2, "0")}`);
const told = (...rows: [string, string][]) => rows.map(([on, id]) => `2024-03-${on} tell ${id}`);

test("IN-01 +5, +10, +15, then two weeks later", () => {
  const all = told(["06", "r1"], ["11", "r2"], ["16", "r3"], ["30", "r4"]);
  assert.deepEqual(runs({ invoices: [MARCH] }, NINJA, marchDays(1, 31)), all);
});
test("IN-04 [D] down on the day of the first reminder: sent the day after, once", () => {
  const days = marchDays(1, 16).filter((on) => on !== "2024-03-06");
  // theirs: reminder 1 is never sent
  assert.deepEqual(
    runs({ invoices: [MARCH] }, NINJA, days),
    told(["07", "r1"], ["12", "r2"], ["17", "r3"]).slice(0, 2),
  );
});
test("IN-05 [D] the run every hour of the fee day: one letter, one fee", () => {
  const hours = Array.from({ length: 24 }, () => "2024-03-06");
  assert.deepEqual(runs({ invoices: [MARCH] }, NINJA, hours), told(["06", "r1"])); // theirs: 24 fees
});
test("IN-06 [D] the due date moves a week: so does the reminder", () => {
  const moved = {
    ...MARCH,
    due: "2024-03-08",
    more: { dueChanges: [{ changedOn: day("2024-03-04"), before: day("2024-03-01") }] },
  };
  assert.deepEqual(runs({ invoices: [moved] }, NINJA, marchDays(1, 14)), told(["13", "r1"]));
});
test("IN-07 [D] the policy is switched on when the invoice is 6 days late: applied from today, at the first step", () => {
  const diary: Diary = { history: historyOf({}), lines: [] };
  diary.history = { ...diary.history, invoices: [invoiceOf(MARCH)] };
  live(diary, NINJA, { from: "2024-03-07", to: "2024-03-12" });
  assert.deepEqual(diary.lines, told(["07", "r1"], ["12", "r2"])); // theirs: not applied
});
