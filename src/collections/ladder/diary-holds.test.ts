import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryHold, HistoryPromise } from "../contract-history.ts";
import { ladderState } from "./decide-ladder.ts";
import { day, historyOf, invoiceOf, live, minor } from "./testing.ts";
import { change, LATE, open, POLICY, WHOLE } from "./testing-diary.ts";

/** Diaries of holds, disputes and promises. */

const hold = (kind: HistoryHold["kind"], from: string, until: string | undefined, invoiceId?: string): HistoryHold => ({
  holdId: kind,
  kind,
  from: day(from),
  until: until === undefined ? undefined : day(until),
  invoiceId,
});
for (const kind of ["hacked", "fraud-case", "legal", "insolvency", "manual"] as const)
  test(`${kind} from day 10 to 20: no letter, nothing new; after it the ladder goes on where the debt's age puts it`, () => {
    const diary = open({ invoices: [LATE], holds: [hold(kind, "2026-01-11", "2026-01-21")] });
    live(diary, POLICY, { from: "2026-01-01", to: "2026-02-28" });
    assert.deepEqual(diary.lines, [
      "2026-01-08 tell r1",
      "2026-01-21 tell r2",
      "2026-01-21 do freeze-purchases",
      "2026-01-31 tell final",
      "2026-02-10 do suspend-seats",
    ]);
  });

test("a dispute rests its invoice only: no letter names it, the others go on; nothing else late means clear", () => {
  const second = { id: "B", amount: "500", issued: "2025-12-10", due: "2026-01-09" };
  const dispute = hold("dispute", "2026-01-05", undefined, "A");
  const diary = open({ invoices: [LATE, second], holds: [dispute] });
  live(diary, POLICY, { from: "2026-01-01", to: "2026-01-31" });
  assert.deepEqual(diary.lines, ["2026-01-16 tell r1", "2026-01-23 tell r2", "2026-01-23 do freeze-purchases"]);
  assert.ok(diary.history.notices.every(({ invoiceIds }) => !invoiceIds.includes("A")));
  assert.equal(
    ladderState(historyOf({ invoices: [LATE], holds: [dispute] }), POLICY, day("2026-03-01")).step,
    undefined,
  );
});

test("suspended, then disputed: access is proposed back", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-02-10" });
  change(diary, { holds: [hold("dispute", "2026-02-11", undefined, "A")] });
  live(diary, POLICY, { from: "2026-02-11", to: "2026-02-12" });
  assert.deepEqual(diary.lines.slice(WHOLE.length), [
    "2026-02-11 lift freeze-purchases (held)",
    "2026-02-11 lift suspend-seats (held)",
  ]);
});

const promise = (madeOn: string, dueOn: string, amount = "1000"): HistoryPromise => ({
  promiseId: "p",
  currency: "SEK",
  amountMinor: minor(amount),
  madeOn: day(madeOn),
  dueOn: day(dueOn),
  invoiceIds: [],
});
test("a promise is kept: rests until then, clear after", () => {
  const diary = open({
    invoices: [{ ...LATE, applied: [["2026-01-22", "1000"]] }],
    promises: [promise("2026-01-10", "2026-01-22")],
  });
  live(diary, POLICY, { from: "2026-01-01", to: "2026-03-31" });
  assert.deepEqual(diary.lines, ["2026-01-08 tell r1"]);
});
test("a promise is broken: after its two days of grace the ladder goes on where the debt's age puts it", () => {
  const diary = open({ invoices: [LATE], promises: [promise("2026-01-10", "2026-01-22")] });
  live(diary, POLICY, { from: "2026-01-01", to: "2026-02-28" });
  assert.deepEqual(diary.lines, [
    "2026-01-08 tell r1",
    "2026-01-25 tell r2",
    "2026-01-25 do freeze-purchases",
    "2026-02-01 tell final",
    "2026-02-11 do suspend-seats",
  ]);
});
test("a promise made after the suspension takes nothing back before the money comes", () => {
  const diary = open();
  live(diary, POLICY, { from: "2026-01-01", to: "2026-02-10" });
  change(diary, { promises: [promise("2026-02-11", "2026-02-20")] });
  live(diary, POLICY, { from: "2026-02-11", to: "2026-02-19" });
  assert.deepEqual(diary.lines, WHOLE);
  change(diary, { invoices: [invoiceOf({ ...LATE, applied: [["2026-02-20", "1000"]] })] });
  live(diary, POLICY, { from: "2026-02-20", to: "2026-02-20" });
  assert.deepEqual(diary.lines.slice(WHOLE.length), [
    "2026-02-20 lift freeze-purchases (paid)",
    "2026-02-20 lift suspend-seats (paid)",
  ]);
});
