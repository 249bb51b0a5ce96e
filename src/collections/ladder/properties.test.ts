import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AccountHistory, HistoryHold, HistoryInvoice, HistoryNotice } from "../contract-history.ts";
import type { LadderState } from "../contract-ladder.ts";
import { NEEDS_NOTICE } from "../contract-policy.ts";
import { explainLadder, ladderState, type PreparedPolicy } from "./decide-ladder.ts";
import { day, type Diary, historyOf, invoiceOf, live, preparedOf, step, tells } from "./testing.ts";

/** What must hold for every account, policy and day. */

const RUNS = { numRuns: 300 };
const START = day("2026-01-01");
const DAYS = 120;
const dayAt = (n: number) => START.add({ days: n });
const anyDay = fc.integer({ min: 0, max: DAYS }).map(dayAt);

const EFFECTS = ["freeze-purchases", "auto-renew-off", "suspend-seats", "terminate"] as const;
const anyPolicy: fc.Arbitrary<PreparedPolicy> = fc
  .record({
    steps: fc.array(
      fc.record({
        gap: fc.integer({ min: 1, max: 20 }),
        tell: fc.boolean(),
        noticeDays: fc.integer({ min: 0, max: 14 }),
        effects: fc.subarray([...EFFECTS], { maxLength: 2 }),
        minimum: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
        invoices: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    graceDays: fc.integer({ min: 0, max: 6 }),
    tolerance: fc.integer({ min: 0, max: 200 }),
    calendar: fc.boolean(),
  })
  .map(({ steps, graceDays, tolerance, calendar }) => {
    let daysPastDue = 0;
    const made = steps.map(({ gap, tell, minimum, ...more }, n) => {
      daysPastDue += gap;
      return {
        id: `s${n}`,
        daysPastDue,
        tell: tell ? tells("reminder") : [],
        ...(minimum === undefined ? {} : { minimumOverdue: { SEK: String(minimum) } }),
        ...more,
      };
    });
    const zone = { timeZone: "Europe/Stockholm", holidays: "SE" };
    const off = calendar ? zone : { ...zone, dueDateOnDayOff: "stays", onBusinessDaysOnly: false };
    return preparedOf(made, { graceDays, tolerance: { SEK: String(tolerance) }, calendar: off });
  });

const anyInvoice = (n: number): fc.Arbitrary<HistoryInvoice> =>
  fc
    .record({
      due: fc.integer({ min: -30, max: 90 }),
      minor: fc.integer({ min: 1, max: 200_000 }),
      currency: fc.constantFrom("SEK", "SEK", "EUR"),
      paid: fc.array(fc.record({ on: fc.integer({ min: -20, max: DAYS }), share: fc.integer({ min: 1, max: 100 }) }), {
        maxLength: 2,
      }),
      moved: fc.option(fc.record({ on: fc.integer({ min: 0, max: 90 }), before: fc.integer({ min: -30, max: 60 }) }), {
        nil: undefined,
      }),
    })
    .map(({ due, minor, currency, paid, moved }) => {
      let left = BigInt(minor);
      const applied = paid.map(({ on, share }) => {
        const amountMinor = (left * BigInt(share)) / 100n;
        left -= amountMinor;
        return { day: dayAt(Math.max(on, due - 30)), amountMinor };
      });
      return {
        ...invoiceOf({ id: `I${n}`, amount: "0", due: dayAt(due).toString() }),
        amountMinor: BigInt(minor),
        currency,
        issueDay: dayAt(due - 30),
        applied,
        ...(moved === undefined ? {} : { dueChanges: [{ changedOn: dayAt(moved.on), before: dayAt(moved.before) }] }),
      };
    });
const anyInvoices = fc
  .integer({ min: 1, max: 5 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => anyInvoice(n))));
const anyHold: fc.Arbitrary<HistoryHold> = fc
  .record({
    kind: fc.constantFrom("hacked", "fraud-case", "manual", "dispute" as const),
    from: fc.integer({ min: 0, max: DAYS }),
    length: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  })
  .map(({ kind, from, length }) => ({
    holdId: `${kind}${from}`,
    kind,
    invoiceId: kind === "dispute" ? "I0" : undefined,
    from: dayAt(from),
    until: length === undefined ? undefined : dayAt(from + length),
  }));
const anyHistory: fc.Arbitrary<AccountHistory> = fc
  .record({
    invoices: anyInvoices,
    holds: fc.array(anyHold, { maxLength: 2 }),
    money: fc.array(fc.record({ day: anyDay, minor: fc.integer({ min: 1, max: 50_000 }) }), { maxLength: 2 }),
    promise: fc.option(fc.record({ on: fc.integer({ min: 0, max: 90 }), for: fc.integer({ min: 1, max: 20 }) }), {
      nil: undefined,
    }),
  })
  .map(({ invoices, holds, money, promise }) => ({
    ...historyOf({
      holds,
      money: money.map((one) => ({ day: one.day, currency: "SEK", amountMinor: BigInt(one.minor) })),
    }),
    invoices,
    promises:
      promise === undefined
        ? []
        : [
            {
              promiseId: "p",
              currency: "SEK",
              amountMinor: 10_000n,
              madeOn: dayAt(promise.on),
              dueOn: dayAt(promise.on + promise.for),
              invoiceIds: [],
            },
          ],
  }));

/** Lives through all days; the desk sleeps on some of them, and some letters bounce three days later. */
function lived(
  history: AccountHistory,
  prepared: PreparedPolicy,
  chance: { readonly asleep: readonly number[]; readonly bounces: readonly number[] },
): { readonly diary: Diary; readonly states: readonly LadderState[] } {
  const diary: Diary = { history, lines: [] };
  const states: LadderState[] = [];
  const asleep = new Set(chance.asleep);
  for (let n = 0; n <= DAYS; n++) {
    if (asleep.has(n)) continue;
    const state = ladderState(diary.history, prepared, dayAt(n));
    states.push(state);
    step(diary, state);
    if (state.tell === undefined || !chance.bounces.includes(diary.history.notices.length)) continue;
    const notices = diary.history.notices.map((one): HistoryNotice =>
      one.decidedOn.equals(state.day) ? { ...one, failedOn: state.day.add({ days: 3 }) } : one,
    );
    diary.history = { ...diary.history, notices };
  }
  return { diary, states };
}
const anyChance = fc.record({
  asleep: fc.array(fc.integer({ min: 0, max: DAYS }), { maxLength: 60 }),
  bounces: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
});

const counts = (notice: HistoryNotice, on: Temporal.PlainDate): boolean =>
  notice.sentOn !== undefined &&
  Temporal.PlainDate.compare(notice.sentOn, on) <= 0 &&
  (notice.failedOn === undefined || Temporal.PlainDate.compare(notice.failedOn, on) > 0);

test("never an effect on access before every earlier notice was sent and its period ran", () => {
  let acted = 0;
  fc.assert(
    fc.property(anyHistory, anyPolicy, anyChance, (history, prepared, chance) => {
      const { diary, states } = lived(history, prepared, chance);
      for (const effect of diary.history.effects) {
        if (!NEEDS_NOTICE.includes(effect.kind)) continue;
        acted++;
        const state = states.find(({ day: on }) => on.equals(effect.doneOn));
        assert.ok(state?.carrying !== undefined);
        const worst = prepared.byId.get(effect.stepId);
        const earlier = state.steps.filter(({ stepId, matches }) => {
          const one = prepared.byId.get(stepId);
          return matches && one !== undefined && worst !== undefined && one.tells && one.rank < worst.rank;
        });
        const sent = diary.history.notices.filter((one) => counts(one, effect.doneOn));
        assert.ok(sent.length > 0, "touched without any notice at all");
        for (const { stepId } of earlier) {
          const rank = prepared.byId.get(stepId)?.rank ?? 0;
          // By its own letter, or by a firmer one that listed the invoice; in both cases its whole period has run since.
          const days = prepared.byId.get(stepId)?.step.noticeDays ?? 0;
          const inTime = sent.filter(
            (one) => Temporal.PlainDate.compare((one.sentOn ?? START).add({ days }), effect.doneOn) <= 0,
          );
          assert.ok(
            inTime.some((one) => (prepared.byId.get(one.stepId)?.rank ?? 0) >= rank),
            `${effect.kind} on ${effect.doneOn.toString()} though ${stepId} was not told`,
          );
        }
      }
    }),
    RUNS,
  );
  assert.ok(acted > 20, `only ${acted} effects on access were seen`);
});

test("no letter and nothing new while hacked or a fraud case is open; no letter names a disputed invoice", () => {
  fc.assert(
    fc.property(anyHistory, anyPolicy, anyDay, (history, prepared, on) => {
      const state = ladderState(history, prepared, on);
      const rests = state.resting.some(({ why }) => why === "hacked" || why === "fraud-case" || why === "manual");
      if (rests) {
        assert.equal(state.tell, undefined);
        assert.ok(
          state.effects.every(({ isDone, waiting }) => isDone || waiting.some(({ kind }) => kind === "resting")),
        );
      }
      if (state.resting.some(({ why }) => why === "dispute"))
        assert.ok(
          !(state.tell?.invoiceIds.includes("I0") ?? false) && !(state.tell?.listedIds.includes("I0") ?? false),
        );
    }),
    { numRuns: 1000 },
  );
});

test("at most one notice a day; no step told twice for one invoice that carried it, unless it came back", () => {
  fc.assert(
    fc.property(anyHistory, anyPolicy, anyChance, (history, prepared, chance) => {
      const { diary, states } = lived(history, prepared, chance);
      const days = diary.history.notices.map(({ decidedOn }) => decidedOn.toString());
      assert.equal(new Set(days).size, days.length);
      const told = new Set<string>();
      for (const notice of diary.history.notices) {
        const state = states.find(({ day: on }) => on.equals(notice.decidedOn));
        if (notice.failedOn !== undefined || state?.carrying === undefined) continue;
        const key = `${notice.stepId} ${state.carrying.invoiceId}`;
        // With two currencies the carrying invoice of a step may be another one than the account's.
        if (state.currencies.length === 1) assert.ok(!told.has(key), `${key} told twice`);
        told.add(key);
      }
    }),
    RUNS,
  );
});

test("steps that were told keep the policy's gap or the notice's period", () => {
  fc.assert(
    fc.property(anyHistory, anyPolicy, anyChance, (history, prepared, chance) => {
      const { diary } = lived(history, prepared, { ...chance, bounces: [] });
      const { notices } = diary.history;
      for (const [n, notice] of notices.entries()) {
        const before = notices[n - 1];
        if (before?.sentOn === undefined || notice.sentOn === undefined) continue;
        const [a, b] = [prepared.byId.get(before.stepId)?.step, prepared.byId.get(notice.stepId)?.step];
        const gap = Math.max(1, Math.min((b?.daysPastDue ?? 0) - (a?.daysPastDue ?? 0), a?.noticeDays ?? 0));
        assert.ok(Temporal.PlainDate.compare(before.sentOn.add({ days: gap }), notice.sentOn) <= 0);
      }
    }),
    RUNS,
  );
});

const rankOf = (prepared: PreparedPolicy, state: LadderState): number =>
  state.step === undefined ? -1 : (prepared.byId.get(state.step)?.rank ?? -1);
test("paying more never gives a worse step, applied or not", () => {
  fc.assert(
    fc.property(
      fc.record({
        history: anyHistory,
        prepared: anyPolicy,
        on: anyDay,
        share: fc.integer({ min: 0, max: 100 }),
        which: fc.nat(4),
      }),
      ({ history, prepared, on, share, which }) => {
        const before = rankOf(prepared, ladderState(history, prepared, on));
        const invoices = history.invoices.map((invoice, n) => {
          const left = invoice.applied.reduce((sum, { amountMinor }) => sum - amountMinor, invoice.amountMinor);
          const amountMinor = (left * BigInt(share)) / 100n;
          return n === which
            ? { ...invoice, applied: [...invoice.applied, { day: START.subtract({ days: 60 }), amountMinor }] }
            : invoice;
        });
        assert.ok(rankOf(prepared, ladderState({ ...history, invoices }, prepared, on)) <= before);
        const money = [...history.money, { currency: "SEK", day: on, amountMinor: BigInt(share) * 1000n }];
        assert.ok(rankOf(prepared, ladderState({ ...history, money }, prepared, on)) <= before);
      },
    ),
    { numRuns: 1000 },
  );
});

test("asked twice it says the same; explaining changes nothing but the reasons", () => {
  fc.assert(
    fc.property(anyHistory, anyPolicy, anyDay, (history, prepared, on) => {
      const state = text(ladderState(history, prepared, on));
      assert.equal(text(ladderState(history, prepared, on)), state);
      const explained = explainLadder(history, prepared, on);
      assert.equal(text({ ...explained, steps: explained.steps.map((one) => ({ ...one, because: [] })) }), state);
      for (const one of explained.steps)
        if (one.matches)
          assert.ok(
            one.because.every(({ isMet }) => isMet),
            text(one),
          );
      for (const one of explained.steps)
        if (!one.matches)
          assert.ok(
            one.because.some(({ isMet }) => !isMet),
            text(one),
          );
    }),
    RUNS,
  );
});

test("the order in which facts arrived does not matter", () => {
  fc.assert(
    fc.property(anyHistory, anyPolicy, anyChance, (history, prepared, chance) => {
      const { diary } = lived(history, prepared, chance);
      const turned: AccountHistory = {
        ...diary.history,
        invoices: diary.history.invoices.toReversed().map((one) => ({ ...one, applied: one.applied.toReversed() })),
        money: diary.history.money.toReversed(),
        notices: diary.history.notices.toReversed(),
      };
      for (let n = 0; n <= DAYS; n += 17) {
        const sorted = (state: LadderState) => ({
          ...state,
          resting: [...state.resting].sort((a, b) => (text(a) < text(b) ? -1 : 1)),
        });
        assert.equal(
          text(sorted(ladderState(turned, prepared, dayAt(n)))),
          text(sorted(ladderState(diary.history, prepared, dayAt(n)))),
        );
      }
    }),
    RUNS,
  );
});

test("what happens later never changes a past day", () => {
  fc.assert(
    fc.property(
      fc.record({ history: anyHistory, prepared: anyPolicy, chance: anyChance, n: fc.integer({ min: 0, max: DAYS }) }),
      ({ history, prepared, chance, n }) => {
        const { diary } = lived(history, prepared, chance);
        const on = dayAt(n);
        assert.equal(
          text(ladderState(knownOn(diary.history, on), prepared, on)),
          text(ladderState(diary.history, prepared, on)),
        );
      },
    ),
    RUNS,
  );
});

/** The history as it could be read on `on`: everything dated later is gone. */
function knownOn(history: AccountHistory, on: Temporal.PlainDate): AccountHistory {
  const by = (one: Temporal.PlainDate) => Temporal.PlainDate.compare(one, on) <= 0;
  return {
    ...history,
    invoices: history.invoices
      .filter(({ issueDay }) => by(issueDay))
      .map((invoice) => {
        const later = (invoice.dueChanges ?? []).filter(({ changedOn }) => !by(changedOn));
        return {
          ...invoice,
          dueDay: later[0]?.before ?? invoice.dueDay,
          dueChanges: (invoice.dueChanges ?? []).filter(({ changedOn }) => by(changedOn)),
          applied: invoice.applied.filter(({ day: one }) => by(one)),
        };
      }),
    money: history.money.filter(({ day: one }) => by(one)),
    notices: history.notices
      .filter(({ decidedOn }) => by(decidedOn))
      .map((one) => ({ ...one, failedOn: one.failedOn !== undefined && by(one.failedOn) ? one.failedOn : undefined })),
    holds: history.holds.filter(({ from }) => by(from)),
    promises: history.promises.filter(({ madeOn }) => by(madeOn)),
    effects: history.effects
      .filter(({ doneOn }) => by(doneOn))
      .map((one) => ({ ...one, undoneOn: one.undoneOn !== undefined && by(one.undoneOn) ? one.undoneOn : undefined })),
  };
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? `${one.toString()}n` : one));

test("a quiet account says the same as one that is looked at closely", () => {
  const prepared = preparedOf([{ id: "s0", daysPastDue: 5, tell: tells("reminder") }]);
  const diary: Diary = {
    history: historyOf({ invoices: [{ id: "A", amount: "1", issued: "2026-01-01", due: "2026-02-01" }] }),
    lines: [],
  };
  live(diary, prepared, { from: "2026-01-01", to: "2026-02-05" });
  assert.deepEqual(diary.lines, []);
  const early = ladderState(diary.history, prepared, day("2026-01-10"));
  assert.deepEqual(
    [early.step, early.next?.day.toString(), early.currencies[0]?.notDueMinor],
    [undefined, "2026-02-06", 100n],
  );
});
