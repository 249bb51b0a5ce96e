import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  averageDaysDelinquent,
  bestPossibleDso,
  collectionEffectiveness,
  countBackDso,
  type Measured,
  monthsBack,
  promisesKept,
  shareOfOwed,
  simpleDso,
} from "./decide-measures.ts";

const text = (of: Measured): string => (of.known ? (Number(of.hundredths) / 100).toFixed(2) : of.why);
const k = (thousands: number): bigint => BigInt(thousands) * 100_000n;

test("ME-01: begin 400k, sales 1.2M, end 350k of which 280k current gives a CEI of 94.7 %", () =>
  assert.equal(
    text(
      collectionEffectiveness({ beginMinor: k(400), salesMinor: k(1_200), endMinor: k(350), endNotDueMinor: k(280) }),
    ),
    "94.70",
  ));
test("ME-02: receivables 350k on sales of 1.2M in 90 days is a simple DSO of 26.25", () =>
  assert.equal(text(simpleDso({ receivablesMinor: k(350), salesMinor: k(1_200), days: 90 })), "26.25"));

for (const [name, measured, expected] of [
  ["no sales: DSO is unknown, not 0", simpleDso({ receivablesMinor: k(350), salesMinor: 0n, days: 90 }), "no-sales"],
  ["more credited than sold is no sales", simpleDso({ receivablesMinor: k(1), salesMinor: -5n, days: 90 }), "no-sales"],
  ["nothing owed on some sales is a DSO of 0", simpleDso({ receivablesMinor: 0n, salesMinor: k(1), days: 90 }), "0.00"],
  ["count-back within the newest month", countBackDso(k(100), [{ salesMinor: k(200), days: 30 }]), "15.00"],
  [
    "count-back over a month and a half",
    countBackDso(k(300), [
      { salesMinor: k(200), days: 30 },
      { salesMinor: k(200), days: 31 },
    ]),
    "45.50",
  ],
  [
    "a month without sales counts its days",
    countBackDso(k(100), [
      { salesMinor: 0n, days: 30 },
      { salesMinor: k(200), days: 31 },
    ]),
    "45.50",
  ],
  [
    "receivables older than the sales known: unknown",
    countBackDso(k(500), [{ salesMinor: k(200), days: 30 }]),
    "history-too-short",
  ],
  ["no sales at all: count-back is unknown", countBackDso(k(500), [{ salesMinor: 0n, days: 30 }]), "no-sales"],
  ["nothing owed: count-back is 0", countBackDso(0n, [{ salesMinor: k(200), days: 30 }]), "0.00"],
  [
    "best possible DSO counts what is not due only",
    bestPossibleDso({ notDueMinor: k(280), salesMinor: k(1_200), days: 90 }),
    "21.00",
  ],
  [
    "nothing was there to collect",
    collectionEffectiveness({ beginMinor: 0n, salesMinor: k(5), endMinor: k(5), endNotDueMinor: k(5) }),
    "nothing-to-collect",
  ],
  ["nothing owed: at-risk share is unknown", shareOfOwed(0n, 0n), "nothing-owed"],
  ["a third at risk", shareOfOwed(1n, 3n), "33.33"],
  ["no promises due: unknown", promisesKept([{ state: "open" }, { state: "withdrawn" }]), "no-promises"],
  [
    "two of three promises kept",
    promisesKept([{ state: "kept" }, { state: "kept" }, { state: "broken" }, { state: "open" }]),
    "66.67",
  ],
] as const)
  test(name, () => assert.equal(text(measured), expected));

test("average days delinquent is DSO less best possible DSO, and unknown with either", () => {
  const sold = { salesMinor: k(1_200), days: 90 };
  const dso = simpleDso({ receivablesMinor: k(350), ...sold });
  assert.equal(text(averageDaysDelinquent(dso, bestPossibleDso({ notDueMinor: k(280), ...sold }))), "5.25");
  assert.equal(text(averageDaysDelinquent({ known: false, why: "no-sales" }, dso)), "no-sales");
  assert.equal(text(averageDaysDelinquent(dso, { known: false, why: "no-sales" })), "no-sales");
});

test("with even sales count-back and simple DSO agree", () =>
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 9n), fc.integer({ min: 1, max: 12 }), (sales, months) => {
      const newestFirst = Array.from({ length: months }, () => ({ salesMinor: sales, days: 30 }));
      const receivablesMinor = (sales * BigInt(months)) / 2n;
      assert.deepEqual(
        countBackDso(receivablesMinor, newestFirst),
        simpleDso({ receivablesMinor, salesMinor: sales * BigInt(months), days: 30 * months }),
      );
    }),
  ));

test("months go back from the part of the own month, without gap or overlap", () => {
  const months = monthsBack(Temporal.PlainDate.from("2026-03-31"), 3);
  assert.deepEqual(
    months.map(({ from, upTo, days }) => `${from.toString()}..${upTo.toString()} ${days}`),
    ["2026-03-01..2026-03-31 31", "2026-02-01..2026-02-28 28", "2026-01-01..2026-01-31 31"],
  );
});
