import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { calendarOf, FEATURE_NAMES, FEATURES } from "./decide-features.ts";
import { areaUnderCurve, brier, calibrationGap, calibrationTable } from "./decide-judge.ts";
import { chanceOf, judgeOn, learn, reasonsOf } from "./decide-model.ts";
import { askInOrder } from "./decide-moments.ts";
import { dayOfEpoch, epochDay, expectedDaysLate, newHistory, type PastInvoice, weekdayOf } from "./decide-payer.ts";
import { fitLogistic, linearOf, logistic } from "./decide-solve.ts";
import { daysTable, hasSets, lateTable, readHighRadius, readIbm } from "./testing-sets.ts";
import { seededRng } from "../../core/rng.ts";

const skip = hasSets() ? false : "the public sets are not beside this repository";

test("late is told by the payer's history: IBM set, chronological 70/30, purged", { skip }, () => {
  const { rows, train, test: asked } = lateTable(readIbm());
  const auc = Object.fromEntries(rows.map((row) => [row.model, row.auc]));
  assert.equal(train.length + asked.length < 1_726, true, "rows settled after the cut teach nothing");
  assert.ok((auc["logistic, with payment history"] ?? 0) >= 0.86, JSON.stringify(auc));
  assert.ok((auc["logistic, with payment history + Disputed"] ?? 0) >= 0.915, JSON.stringify(auc));
  assert.ok(
    (auc["logistic, invoice only"] ?? 1) <= 0.6,
    "an invoice alone tells next to nothing: anything better is a leak",
  );
});

test("days late: HighRadius rows, chronological 70/30, purged", { skip }, () => {
  const mae = Object.fromEntries(daysTable(readHighRadius()).rows.map((row) => [row.model, row.maeDays]));
  assert.ok((mae["ours: median, same weekday counted thrice"] ?? 9) <= 2.7, JSON.stringify(mae));
  assert.ok(
    (mae["ours: median, same weekday counted thrice"] ?? 9) < (mae["customer median, last 80"] ?? 0),
    JSON.stringify(mae),
  );
  assert.ok((mae["due date itself"] ?? 0) > 3.5, JSON.stringify(mae));
});

test("what is learnt from the sample set is calibrated on rows it never saw", { skip }, () => {
  const invoices = readHighRadius();
  const learnt = learn(invoices, { kind: "late", asOfDay: epochDay(Temporal.PlainDate.from("2019-08-01")) });
  assert.ok(learnt.ok);
  const { judged } = learnt.value;
  assert.ok(judged.calibrationGap < 0.08, `off by ${judged.calibrationGap}`);
  assert.ok(judged.logLoss < judged.baseLogLoss - 0.1, "better than giving everyone the same chance");
  assert.ok(judged.auc > judged.aucWithoutHistory + 0.05, "history is worth something");
});

/** Invoices of a few payers with habits, some never paid. */
function world(seed: number, n: number): readonly PastInvoice[] {
  const rng = seededRng(seed);
  return Array.from({ length: n }, (_, at) => {
    const payer = rng.int(0, 24);
    const issuedDay = 18_000 + rng.int(0, 900);
    const dueDay = issuedDay + rng.pick([10, 30]);
    const late = (payer % 5) * 9 - 12 + rng.int(-6, 6) + (rng.next() < 0.08 ? 50 : 0);
    return {
      invoiceId: `i${String(at).padStart(5, "0")}`,
      payerId: `p${payer}`,
      currency: rng.pick(["SEK", "EUR"]),
      size: 100 + rng.next() * 1_000,
      issuedDay,
      dueDay,
      settledDay: rng.next() < 0.03 ? undefined : Math.max(issuedDay, dueDay + late),
      disputedFrom: rng.next() < 0.1 ? dueDay : undefined,
    };
  });
}

test("nothing that happens on or after a day reaches a score of that day", () => {
  const arbitrary = fc.record({
    seed: fc.nat(10_000),
    day: fc.integer({ min: 18_100, max: 18_800 }),
    salt: fc.nat(10_000),
  });
  fc.assert(
    fc.property(arbitrary, ({ seed, day, salt }) => {
      const invoices = world(seed, 120);
      const rng = seededRng(salt);
      // The future is changed as wildly as it may be: other rows in another order, other payments, other disputes.
      const past = invoices.filter((one) => one.issuedDay < day);
      const future = world(salt, 80).map((one, at) => ({
        ...one,
        invoiceId: `f${at}`,
        issuedDay: Math.max(one.issuedDay, day),
        settledDay: day + at,
      }));
      const changed = [...past, ...future]
        .map((one) => ({
          ...one,
          settledDay:
            one.settledDay !== undefined && one.settledDay >= day
              ? rng.next() < 0.3
                ? undefined
                : day + rng.int(0, 90)
              : one.settledDay,
          disputedFrom: one.disputedFrom !== undefined && one.disputedFrom >= day ? undefined : one.disputedFrom,
        }))
        .sort(() => rng.next() - 0.5);
      const question = past[rng.int(0, past.length - 1)];
      if (question === undefined) return;
      const ask = (rows: readonly PastInvoice[]) =>
        [
          ...askInOrder(rows, [{ invoice: rows.find((one) => one.invoiceId === question.invoiceId) ?? question, day }]),
        ][0]?.features;
      assert.deepEqual([...(ask(changed)?.values ?? [])], [...(ask(invoices)?.values ?? [1])]);
    }),
    { numRuns: 60 },
  );
});

test("a model that was learnt as of a day does not change when the future does", () => {
  const invoices = world(7, 1_500);
  const day = 18_700;
  const before = learn(invoices, { kind: "late", asOfDay: day });
  const rng = seededRng(3);
  const other = invoices
    .map((one) =>
      one.settledDay !== undefined && one.settledDay >= day ? { ...one, settledDay: one.settledDay + 200 } : one,
    )
    .filter((one) => one.issuedDay < day || rng.next() < 0.5)
    .sort(() => rng.next() - 0.5);
  assert.ok(before.ok);
  assert.deepEqual(learn(other, { kind: "late", asOfDay: day }), before);
});

test("chance of payment falls with age, and its reasons say what moved it", () => {
  const invoices = world(11, 3_000);
  const learnt = learn(invoices, { kind: "paid", asOfDay: 19_200 });
  assert.ok(learnt.ok, JSON.stringify(learnt));
  const good = invoices.find((one) => one.payerId === "p0") ?? invoices[0];
  assert.ok(good);
  const open = { ...good, invoiceId: "open", settledDay: undefined, issuedDay: 18_990, dueDay: 19_000 };
  const at = (age: number) => {
    const [answer] = [...askInOrder([...invoices, open], [{ invoice: open, day: 19_000 + age }])];
    assert.ok(answer);
    return {
      chance: chanceOf(learnt.value, answer.features.values),
      reasons: reasonsOf(learnt.value, answer.features),
    };
  };
  assert.ok(at(1).chance > at(150).chance, `${at(1).chance} then ${at(150).chance}`);
  assert.ok(
    at(150).reasons.some(
      ({ kind, facts }) => kind === "chance.age" && facts["days"] === 150 && Number(facts["points"]) < 0,
    ),
  );
});

test("an older model is judged on the slice of a newer one", () => {
  const invoices = world(5, 2_500);
  const [older, newer] = [18_500, 18_900].map((asOfDay) => learn(invoices, { kind: "late", asOfDay }));
  assert.ok(older?.ok === true && newer?.ok === true);
  const judged = judgeOn(older.value, invoices, { ...newer.value.judged, asOfDay: newer.value.asOfDay });
  assert.equal(judged.rows, newer.value.judged.rows);
  assert.ok(Math.abs(judged.auc - newer.value.judged.auc) < 0.1);
});

test("too little to learn from is said, with what there was", () => {
  assert.deepEqual(learn(world(1, 40), { kind: "late", asOfDay: 19_500 }), {
    ok: false,
    error: { code: "too-little", rows: 40, payers: 18 },
  });
});

test("no feature describes a person or where somebody comes from", () => {
  const words = FEATURE_NAMES.join(" ");
  assert.doesNotMatch(words, /age\b|sex|gender|nation|country|language|name/);
  assert.equal(Object.keys(FEATURES).length, FEATURE_NAMES.length);
});

test("logistic regression finds the odds that made the rows, the same to the last bit each time", () => {
  const rng = seededRng(1);
  const rows = Array.from({ length: 4_000 }, () => Float64Array.of(rng.next() * 4, rng.next(), 1));
  const targets = rows.map((row) => (rng.next() < logistic(-2 + 1.5 * (row[0] ?? 0)) ? 1 : 0));
  const fit = () => fitLogistic({ rows, targets }, { ridge: 1, columns: [0, 1, 2] });
  const linear = fit();
  assert.deepEqual(linear, fit());
  assert.ok(Math.abs((linear.coefficients[0] ?? 0) / (linear.deviations[0] ?? 1) - 1.5) < 0.1);
  assert.ok(Math.abs(linearOf(linear, Float64Array.of(0, 0.5, 1)) + 2) < 0.25);
});

test("rows with weight 2 count as two rows", () => {
  const rows = [0, 1, 2, 3, 4, 5].map((x) => Float64Array.of(x));
  const targets = [0, 1, 0, 1, 0, 1];
  const weighted = fitLogistic({ rows, targets, weights: [1, 1, 1, 1, 1, 2] }, { ridge: 0, columns: [0] });
  const twice = fitLogistic(
    { rows: [...rows, Float64Array.of(5)], targets: [...targets, 1] },
    { ridge: 0, columns: [0] },
  );
  const at = Float64Array.of(3);
  assert.ok(Math.abs(linearOf(weighted, at) - linearOf(twice, at)) < 1e-6);
});

const curves = [
  ["right every time", [0.1, 0.2, 0.8, 0.9], 1],
  ["wrong every time", [0.9, 0.8, 0.2, 0.1], 0],
  ["ties count half", [0.5, 0.5, 0.5, 0.5], 0.5],
  ["one pair of four wrong", [0.1, 0.7, 0.6, 0.9], 0.75],
] as const;
for (const [title, scores, auc] of curves)
  test(`area under the curve: ${title}`, () => assert.equal(areaUnderCurve(scores, [false, false, true, true]), auc));

test("a calibration table holds every row once", () => {
  const rng = seededRng(2);
  const scores = Array.from({ length: 103 }, () => rng.next());
  const truths = scores.map((score) => rng.next() < score);
  const table = calibrationTable(scores, truths);
  assert.equal(
    table.reduce((sum, { rows }) => sum + rows, 0),
    103,
  );
  assert.ok(calibrationGap(table) < 0.2);
  assert.ok(brier(scores, truths) < 0.25);
});

test("the calendar of a day number is the calendar's own", () => {
  for (let day = -800; day < 40_000; day += 17) {
    const date = dayOfEpoch(day);
    assert.deepEqual(calendarOf(day), { weekday: date.dayOfWeek, month: date.month - 1, dayOfMonth: date.day });
    assert.equal(weekdayOf(day), date.dayOfWeek);
    assert.equal(epochDay(date), day);
  }
});

test("days late to expect: the same weekday counts thrice, nothing known is nothing said", () => {
  const monday = epochDay(Temporal.PlainDate.from("2026-11-16"));
  const history = { ...newHistory(), settled: 4, kept: [2, 2, 2, 9], keptWeekdays: [3, 3, 3, 1] };
  assert.equal(expectedDaysLate(history, monday + 2), 2);
  assert.equal(expectedDaysLate(history, monday), 6, "between 2, 2, 2 and 9, 9, 9");
  assert.equal(expectedDaysLate(newHistory(), monday), undefined);
});
