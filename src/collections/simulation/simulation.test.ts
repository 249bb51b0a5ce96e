import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountHistory } from "../contract-history.ts";
import { dayNumber } from "../ladder/decide-days.ts";
import { day, historyOf, type InvoiceInput, noticeOf, preparedOf, tells } from "../ladder/testing.ts";
import { DEFAULT_MODEL } from "./contract-model.ts";
import { accountWire } from "./decide-result.ts";
import { emptyTotals, type Setup, simulateAccount } from "./decide-simulate.ts";
import { runSimulation } from "./run-simulation.ts";

const STEPS = [
  { id: "r1", daysPastDue: 7, tell: tells("reminder"), noticeDays: 7 },
  { id: "r2", daysPastDue: 14, tell: tells("reminder"), noticeDays: 7, effects: ["freeze-purchases"] },
  { id: "final", daysPastDue: 30, tell: tells("suspension-notice"), noticeDays: 7 },
  { id: "suspend", daysPastDue: 40, effects: ["suspend-seats"], approve: "one" },
] as const;
const FIRM = preparedOf(STEPS);
const MILD = preparedOf(STEPS.slice(0, 3));
const setupOf = (more: Partial<Setup> = {}): Setup => ({
  policy: FIRM,
  against: MILD,
  from: day("2026-01-01"),
  to: day("2026-12-31"),
  model: DEFAULT_MODEL,
  ...more,
});
const account = (
  invoices: readonly InvoiceInput[],
  more: Partial<Omit<AccountHistory, "invoices" | "account">> = {},
): AccountHistory =>
  historyOf({
    invoices: [
      { id: "old", amount: "1", issued: "2025-10-01", due: "2025-10-31", applied: [["2025-10-31", "1"]] },
      ...invoices,
    ],
    ...more,
  });
const LATE: InvoiceInput = {
  id: "A",
  amount: "1000",
  issued: "2026-01-02",
  due: "2026-02-01",
  applied: [["2026-03-15", "1000"]],
};
const one = (history: AccountHistory, setup = setupOf()) =>
  accountWire(simulateAccount(history, setup, emptyTotals(setup)));

test("who would have been told, frozen and suspended, and when", () => {
  const { base, draft } = one(account([{ ...LATE, applied: [] }]));
  assert.deepEqual([base.toldOn, base.letters, base.frozenOn, base.suspendedOn], ["2026-02-08", 3, "2026-02-15", null]);
  assert.deepEqual(
    [draft.toldOn, draft.letters, draft.frozenOn, draft.suspendedOn],
    ["2026-02-08", 3, "2026-02-15", "2026-03-13"],
  );
  assert.deepEqual(draft.overdueEnd, [{ minor: "100000", currency: "SEK" }]);
});

test("suspended two days before the money came: treated wrongly, by what was in fact paid", () => {
  const { draft, base, truth } = one(account([LATE]), setupOf({ model: { ...DEFAULT_MODEL, suspendDays: 0 } }));
  assert.deepEqual([draft.suspendedOn, draft.wrong, draft.wrongDays, base.wrong], ["2026-03-13", "paid-soon", 2, null]);
  assert.equal(truth.paidOn, "2026-03-15");
  const later = one(account([{ ...LATE, applied: [["2026-03-20", "1000"]] }]));
  assert.equal(later.draft.wrong, null);
});
for (const [kind, wrong] of [
  ["dispute", "disputed"],
  ["hacked", "hacked"],
  ["legal", null],
] as const)
  // prettier-ignore
  test(`${kind} found the day after the suspension: ${wrong ?? "not wrong"}`, () => {
    const holds = [{ holdId: "h", kind, invoiceId: kind === "dispute" ? "A" : undefined, from: day("2026-03-14") }];
    assert.equal(one(account([{ ...LATE, applied: [] }], { holds })).draft.wrong, wrong);
  });

test("a policy against itself changes nothing, whatever is assumed of contacts", async () => {
  const histories = [
    account([LATE]),
    account([
      {
        ...LATE,
        id: "B",
        applied: [
          ["2026-02-20", "400"],
          ["2026-05-01", "600"],
        ],
      },
    ]),
  ];
  const setup = setupOf({
    against: FIRM,
    model: { ...DEFAULT_MODEL, letterDays: 30, freezeDays: 30, suspendDays: 30 },
  });
  const result = await runSimulation({ accounts: histories, setup, onBatch: () => true });
  assert.ok(typeof result !== "string");
  assert.equal(result.customers.different, 0);
  for (const { observedBps, draftBps, lowBps, highBps } of result.currencies[0]?.curve ?? [])
    assert.ok(observedBps === draftBps && lowBps === draftBps && highBps === draftBps);
});

test("a firmer policy brings money forward by what is assumed, and never before the day after the contact", async () => {
  const setup = setupOf({ against: preparedOf([{ id: "none", daysPastDue: 700 }]) });
  const share = async (model: Setup["model"], days: number) => {
    const result = await runSimulation({
      accounts: [account([LATE])],
      setup: { ...setup, model },
      onBatch: () => true,
    });
    return typeof result === "string" ? undefined : result.currencies[0]?.curve.find((point) => point.days === days);
  };
  const none = { ...DEFAULT_MODEL, letterDays: 0, freezeDays: 0, suspendDays: 0 };
  // Paid on day 42. Letters on days 7, 14, 30 and a freeze on day 14, two days each, bring it to day 34; with half the effect to day 38.
  assert.deepEqual([(await share(none, 40))?.draftBps, (await share(none, 45))?.draftBps], [0, 10_000]);
  const given = await share({ ...none, letterDays: 2, freezeDays: 2 }, 35);
  assert.deepEqual([given?.observedBps, given?.draftBps, given?.lowBps], [0, 10_000, 0]);
  assert.equal(
    (await share({ ...DEFAULT_MODEL, letterDays: 60 }, 5))?.draftBps,
    0,
    "nobody pays before the letter came",
  );
});

test("what happened is told from the record, and is not known where nothing was recorded", async () => {
  const setup = setupOf({ against: undefined });
  const told = account([LATE], { notices: [noticeOf("x", "2026-02-20", ["A"])] });
  const known = await runSimulation({ accounts: [told], setup, onBatch: () => true });
  const unknown = await runSimulation({ accounts: [account([LATE])], setup, onBatch: () => true });
  assert.ok(typeof known !== "string" && typeof unknown !== "string");
  assert.deepEqual([known.letters.base, known.customers.told.base], [1, 1]);
  assert.deepEqual([unknown.letters.base, unknown.customers.told.base], [null, null]);
  assert.ok(unknown.trust.some(({ kind }) => kind === "no-notices"));
});

test("the decision of a day sees only what is dated up to it: later facts turned about change no earlier day", () => {
  const rows = (n: number): InvoiceInput[] =>
    Array.from({ length: 12 }, (_, k) => {
      const month = String(k + 1).padStart(2, "0");
      const late = (k * 7 + n) % 40;
      const due = `2026-${month}-15`;
      return {
        id: `I${k}`,
        amount: String(100 + ((k * 37 + n) % 90)),
        issued: `2026-${month}-01`,
        due,
        applied: [[day(due).add({ days: late }).toString(), "100"]],
      };
    });
  const cut = "2026-07-01";
  const setup = setupOf({ model: { ...DEFAULT_MODEL, letterDays: 0, callDays: 0, freezeDays: 0, suspendDays: 0 } });
  const contactsBefore = (history: AccountHistory) => {
    const { draft } = simulateAccount(history, setup, emptyTotals(setup));
    return draft.contacts
      .filter((contact) => contact.day < dayNumber(day(cut)))
      .map((contact) => [contact.day, [...(contact.invoices ?? [])]]);
  };
  for (let n = 0; n < 25; n++) {
    const history = account(rows(n));
    const isLater = (on: Temporal.PlainDate) => Temporal.PlainDate.compare(on, day(cut)) >= 0;
    const later = history.invoices.filter(({ issueDay }) => isLater(issueDay));
    const turned: AccountHistory = {
      ...history,
      invoices: [
        ...history.invoices
          .filter(({ issueDay }) => !isLater(issueDay))
          .map((invoice) => ({
            ...invoice,
            applied: invoice.applied.map((row) =>
              isLater(row.day) ? { ...row, day: row.day.add({ days: n * 11 }) } : row,
            ),
          })),
        ...later.map((invoice, k) => ({
          ...invoice,
          amountMinor: later[(k + 1 + n) % later.length]?.amountMinor ?? 1n,
          applied: [],
        })),
      ],
    };
    assert.deepEqual(contactsBefore(turned), contactsBefore(history));
  }
});

test("the same input in any order gives the same result; less than 90 days of history is refused", async () => {
  const histories = Array.from({ length: 450 }, (_, n) => ({
    ...account([
      {
        ...LATE,
        applied: [
          [
            day("2026-02-01")
              .add({ days: n % 60 })
              .toString(),
            "1000",
          ],
        ],
      },
    ]),
  })).map((history, n) => ({ ...history, account: { ...history.account, name: `C${n}` } }));
  const run = async (accounts: readonly AccountHistory[]) => {
    const result = await runSimulation({ accounts, setup: setupOf(), onBatch: () => true });
    return typeof result === "string" ? result : { ...result, seconds: 0 };
  };
  assert.deepEqual(await run(histories), await run(histories.toReversed()));
  const setup = setupOf({ from: day("2025-10-01"), to: day("2025-12-15") });
  assert.equal(await runSimulation({ accounts: histories, setup, onBatch: () => true }), "too-little-history");
  assert.equal(await runSimulation({ accounts: [], setup, onBatch: () => true }), "no-accounts");
  assert.equal(await runSimulation({ accounts: histories, setup: setupOf(), onBatch: () => false }), "stopped");
});
