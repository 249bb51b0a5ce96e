import assert from "node:assert/strict";
import { test } from "node:test";
import { ladderDay, ladderState, prepare } from "./decide-ladder.ts";
import { RETRY_AFTER_DAYS } from "./decide-tell.ts";
import { day, historyOf, invoiceOf, live, noticeOf, policyOf, preparedOf, step, tells } from "./testing.ts";
import { change, LADDER, LATE, open, POLICY, WHOLE } from "./testing-diary.ts";

/** Diaries: what happens on which day when the world does not behave. Approvals are given the same day. */

test("nothing is paid: each step once, in order", () => {
  const diary = open();
  live(diary, POLICY, { from: "2025-12-02", to: "2026-06-30" });
  assert.deepEqual(diary.lines, WHOLE);
});

test("the day run twice, and ten times: nothing more", () => {
  const diary = open();
  for (const on of ["2026-01-08", "2026-01-15", "2026-01-31", "2026-02-10"])
    for (let run = 0; run < 10; run++) step(diary, ladderState(diary.history, POLICY, day(on)));
  assert.deepEqual(diary.lines, WHOLE);
});

test("a week asleep over the second step: it is sent when the desk wakes, the rest keeps its distance", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-12" });
  live(diary, POLICY, { from: "2026-01-20", to: "2026-03-31" });
  assert.deepEqual(diary.lines, [
    "2026-01-08 tell r1",
    "2026-01-20 tell r2",
    "2026-01-20 do freeze-purchases",
    "2026-01-31 tell final",
    "2026-02-10 do suspend-seats",
  ]);
});

test("asleep until day 60: purchases freeze at once, letters one by one, access only after each had its time", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-03-02", to: "2026-04-30" });
  assert.deepEqual(diary.lines, [
    "2026-03-02 tell r1",
    "2026-03-02 do freeze-purchases",
    "2026-03-09 tell r2",
    "2026-03-16 tell final",
    "2026-03-26 do suspend-seats",
  ]);
});

test("a crash between sending and recording: the letter is on its way, not sent a second time; recorded late, its time runs from then", () => {
  const diary = open();
  const { sentOn: _, ...queued } = noticeOf("r1", "2026-01-08", ["A"]);
  change(diary, { notices: [queued] });
  live(diary, POLICY, { from: "2026-01-08", to: "2026-01-20" });
  assert.deepEqual(diary.lines, ["2026-01-15 do freeze-purchases"]);
  change(diary, { notices: [{ ...queued, sentOn: day("2026-01-21") }] });
  live(diary, POLICY, { from: "2026-01-21", to: "2026-02-28" });
  assert.deepEqual(diary.lines.slice(1), [
    "2026-01-28 tell r2",
    "2026-02-04 tell final",
    "2026-02-14 do suspend-seats",
  ]);
});

test("summer time: the day of the customer, not of the server; every day comes once", () => {
  const account = historyOf({});
  const auckland = historyOf({ account: { timeZone: "Pacific/Auckland" } });
  const at = (text: string) => Temporal.Instant.from(text);
  // Stockholm goes to summer time on 2026-03-29 at 02:00 (01:00 UTC) and back on 2026-10-25 at 03:00.
  const seen = ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"]
    .map((text) => ladderDay(account, POLICY, at(text)).toString()); // prettier-ignore
  assert.deepEqual(seen, ["2026-03-28", "2026-03-29", "2026-03-29", "2026-03-30", "2026-10-25", "2026-10-26"]);
  assert.equal(ladderDay(auckland, POLICY, at("2026-01-07T12:00:00Z")).toString(), "2026-01-08");
  // An hourly run over the night of the change tells once.
  const diary = open({ invoices: [{ ...LATE, due: "2026-03-22" }] });
  for (let hour = 0; hour < 72; hour++) {
    const now = at("2026-03-27T22:00:00Z").add({ hours: hour });
    step(diary, ladderState(diary.history, POLICY, ladderDay(diary.history, POLICY, now)), "tell");
  }
  assert.deepEqual(diary.lines, ["2026-03-29 tell r1"]);
});

test("a server's clock that goes back a day: the same day again tells nothing again", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-08", to: "2026-01-16" });
  live(diary, POLICY, { from: "2026-01-15", to: "2026-01-16" });
  assert.deepEqual(diary.lines, WHOLE.slice(0, 3));
});

test("the due date is put off after the first reminder: the step goes back, what was told stays told", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-15" });
  const moved = {
    dueDay: day("2026-02-01"),
    dueChanges: [{ changedOn: day("2026-01-16"), before: day("2026-01-01") }],
  };
  change(diary, { invoices: [{ ...invoiceOf(LATE), ...moved }] });
  live(diary, POLICY, { from: "2026-01-16", to: "2026-03-31" });
  assert.deepEqual(diary.lines.slice(3), [
    "2026-01-16 lift freeze-purchases (below)",
    "2026-02-15 do freeze-purchases",
    "2026-03-03 tell final",
    "2026-03-13 do suspend-seats",
  ]);
  assert.equal(
    ladderState(diary.history, POLICY, day("2026-01-15")).step,
    "r2",
    "a past day is judged by what stood then",
  );
});

test("a payment is found later and back-dated: from the day it is known the ledger has it, and nothing more is told", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-02-10" });
  change(diary, { invoices: [invoiceOf({ ...LATE, applied: [["2026-01-05", "1000"]] })] });
  live(diary, POLICY, { from: "2026-02-11", to: "2026-03-31" });
  assert.deepEqual(diary.lines.slice(WHOLE.length), [
    "2026-02-11 lift freeze-purchases (paid)",
    "2026-02-11 lift suspend-seats (paid)",
  ]);
});

test("the final notice bounces: the clock stops, it is sent again, and its time runs from then", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-02-01" });
  const [r1, r2, final] = diary.history.notices;
  assert.ok(r1 !== undefined && r2 !== undefined && final !== undefined);
  change(diary, { notices: [r1, r2, { ...final, failedOn: day("2026-02-02") }] });
  const after = ladderState(diary.history, POLICY, day("2026-02-10"));
  assert.deepEqual(after.effects.find(({ kind }) => kind === "suspend-seats")?.waiting, [
    { kind: "notice-not-sent", stepId: "final" },
    { kind: "approval", need: 1 },
  ]);
  live(diary, POLICY, { from: "2026-02-02", to: "2026-03-31" });
  assert.deepEqual(diary.lines.slice(4), ["2026-02-02 tell final", "2026-02-12 do suspend-seats"]);
});

test("an earlier notice bounces after a later one was sent: it must still be sent before access is touched", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-16" });
  change(diary, {
    notices: diary.history.notices.map((one) => (one.stepId === "r1" ? { ...one, failedOn: day("2026-01-17") } : one)),
  });
  live(diary, POLICY, { from: "2026-01-17", to: "2026-03-31" });
  assert.deepEqual(diary.lines.slice(3), [
    "2026-01-17 tell r1",
    "2026-01-31 tell final",
    "2026-02-10 do suspend-seats",
  ]);
});

test("a letter that failed the day it was decided waits before it is tried again", () => {
  const failed = noticeOf("r1", "2026-01-08", ["A"], { sentOn: undefined, failedOn: day("2026-01-08") });
  const history = historyOf({ invoices: [LATE], notices: [failed] });
  for (const [on, tells] of [
    ["2026-01-08", false],
    ["2026-01-09", false],
    ["2026-01-10", true],
  ] as const)
    // prettier-ignore
    assert.equal(ladderState(history, POLICY, day(on)).tell !== undefined, tells, on);
  assert.equal(RETRY_AFTER_DAYS, 2);
});

test("no address: nothing is told, nothing on access happens, and it says why", () => {
  const diary = open({ invoices: [LATE], account: { reachable: ["call"] } });
  live(diary, POLICY, { from: "2026-01-01", to: "2026-06-30" });
  assert.deepEqual(diary.lines, ["2026-01-15 do freeze-purchases"]);
  assert.deepEqual(ladderState(diary.history, POLICY, day("2026-06-30")).tellWaits, {
    stepId: "r1",
    why: "no-address",
    until: undefined,
  });
});

test("imported at reminder level 2: the ladder starts at the third letter", () => {
  const reminded = { reminded: { level: 2, on: day("2026-01-16") } };
  const diary = open({ invoices: [{ ...LATE, more: reminded }] });
  live(diary, POLICY, { from: "2026-01-20", to: "2026-03-31" });
  assert.deepEqual(diary.lines, [
    "2026-01-20 do freeze-purchases",
    "2026-01-31 tell final",
    "2026-02-10 do suspend-seats",
  ]);
});
test("imported, sold to a factor: not ours to ask for", () => {
  const diary = open({ invoices: [{ ...LATE, more: { soldFrom: day("2025-12-20") } }] });
  live(diary, POLICY, { from: "2026-01-01", to: "2026-06-30" });
  assert.deepEqual(diary.lines, []);
});

test("a new version of the policy in the middle: told steps stay told, a step slipped in before them is not told late", () => {
  const [r1, r2, final, suspend] = LADDER;
  const second = prepare({
    ...policyOf([r1, { ...r1, id: "nudge", daysPastDue: 10 }, r2, final, suspend]),
    version: 2,
  });
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-16" });
  live(diary, second, { from: "2026-01-17", to: "2026-03-31" });
  assert.deepEqual(diary.lines, WHOLE);
});
test("a new version with other names for its steps: as many letters as were sent count as told", () => {
  const renamed = LADDER.map((one) => ({ ...one, id: `new-${one.id}` }));
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-16" });
  live(diary, preparedOf(renamed), { from: "2026-01-17", to: "2026-03-31" });
  assert.deepEqual(diary.lines.slice(3), ["2026-01-31 tell new-final", "2026-02-10 do suspend-seats"]);
});
test("a new version that drops an effect: what it did is lifted", () => {
  const [r1, r2, final] = LADDER;
  const mild = preparedOf([r1, { ...r2, effects: [] }, final]);
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-16" });
  live(diary, mild, { from: "2026-01-17", to: "2026-01-17" });
  assert.deepEqual(diary.lines.slice(3), ["2026-01-17 lift freeze-purchases (policy)"]);
});

test("Swedish calendar: a due date on a Saturday moves to Monday, letters wait for business days, the freeze does not", () => {
  const swedish = preparedOf(LADDER, { calendar: { timeZone: "Europe/Stockholm", holidays: "SE" } });
  // Due Saturday 2025-12-27, so Monday 29th. Step 7 on Monday 5 January; 6 January is a holiday.
  const diary = open({ invoices: [{ ...LATE, due: "2025-12-27" }] });
  live(diary, swedish, { from: "2025-12-20", to: "2026-03-31" });
  assert.deepEqual(diary.lines, [
    "2026-01-05 tell r1",
    "2026-01-12 tell r2",
    "2026-01-12 do freeze-purchases",
    "2026-01-28 tell final",
    "2026-02-09 do suspend-seats", // day 40 is Saturday 7 February
  ]);
});

test("paid down below the minimum: the step goes back the same day, and forward when a payment is taken back", () => {
  const policy = preparedOf(LADDER, { tolerance: { SEK: "100" } });
  const diary = open({
    invoices: [
      {
        ...LATE,
        applied: [
          ["2026-01-20", "950"],
          ["2026-01-25", "-950"],
        ],
      },
    ],
  });
  live(diary, policy, { from: "2026-01-01", to: "2026-01-31" });
  assert.deepEqual(diary.lines, [
    ...WHOLE.slice(0, 3),
    "2026-01-20 lift freeze-purchases (below)",
    "2026-01-25 do freeze-purchases",
    "2026-01-31 tell final",
  ]);
});

test("public customers are exempt from suspension: told, frozen, never suspended", () => {
  const because = { en: "Public bodies pay late and always pay" };
  const policy = preparedOf(LADDER, {
    exemptions: [{ when: 'customer.class == "public"', from: ["suspend-seats"], because }],
  });
  const diary = open({ invoices: [LATE], account: { customerClass: "public" } });
  live(diary, policy, { from: "2026-01-01", to: "2026-06-30" });
  assert.deepEqual(diary.lines, WHOLE.slice(0, 4));
});

test("a suspension without any notice in the policy never acts", () => {
  const diary = open();
  live(diary, preparedOf([{ id: "suspend", daysPastDue: 40, effects: ["suspend-seats"] }]), {
    from: "2026-01-01",
    to: "2026-12-31",
  });
  assert.deepEqual(diary.lines, []);
});

test("a heads-up goes before the due date only, and not while something else is late", () => {
  const policy = preparedOf([{ id: "heads-up", daysPastDue: -5, tell: tells("heads-up") }, ...LADDER]);
  const next = { id: "B", amount: "500", issued: "2026-01-10", due: "2026-02-09" };
  const late = open({ invoices: [LATE, next] });
  live(late, policy, { from: "2025-12-02", to: "2026-02-10" });
  assert.deepEqual(late.lines, ["2025-12-27 tell heads-up", ...WHOLE]);
  const paid = open({ invoices: [{ ...LATE, applied: [["2025-12-30", "1000"]] }, next] });
  live(paid, policy, { from: "2025-12-02", to: "2026-02-10" });
  assert.deepEqual(paid.lines, ["2025-12-27 tell heads-up", "2026-02-04 tell heads-up"]);
  const started = open();
  live(started, policy, { from: "2026-01-03", to: "2026-01-09" });
  assert.deepEqual(started.lines, ["2026-01-08 tell r1"], "too late for a heads-up");
});

test("what comes next is said one step ahead", () => {
  const diary = open();
  const next = (on: string) => {
    const { next: one } = ladderState(diary.history, POLICY, day(on));
    return one === undefined ? "nothing" : `${one.day.toString()} ${one.what} ${one.stepId}`;
  };
  assert.equal(next("2026-01-01"), "2026-01-08 tell r1");
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-31" });
  assert.equal(next("2026-01-31"), "2026-02-10 effect suspend");
  live(diary, POLICY, { from: "2026-02-01", to: "2026-02-10" });
  assert.equal(next("2026-02-11"), "nothing");
});
