import assert from "node:assert/strict";
import { test } from "node:test";
import { money } from "../../core/money.ts";
import { seededRng } from "../../core/rng.ts";
import { policySchema } from "../contract-policy.ts";
import { FACTS } from "../policy/decide-facts.ts";
import { proposedLimit, type LimitFacts } from "./decide-limit.ts";
import { logistic } from "./decide-solve.ts";
import {
  assumed,
  CALLS_MIN,
  contactedChance,
  contactValue,
  estimateContact,
  pointsOfShift,
  shiftOfPoints,
} from "./decide-worklist.ts";

const SEK = (minor: bigint) => money(minor, "SEK");
const effect = assumed(17);

const values = [
  // what                                   overdue       chance     resting    worth
  ["an even chance: 17 points", 1_000_000n, 0.5, undefined, 170_000n],
  ["all but certain: hardly anything", 1_000_000n, 0.98, undefined, 10_000n],
  ["all but lost: hardly anything", 1_000_000n, 0.02, undefined, 19_800n],
  ["nothing overdue", 0n, 0.5, undefined, 0n],
  ["held: known to be 0", 1_000_000n, 0.5, "dispute", 0n],
  ["exempt: known to be 0", 1_000_000n, undefined, "exempt", 0n],
  ["a chance that is not known gives no worth", 1_000_000n, undefined, undefined, undefined],
] as const;
for (const [title, overdue, chance, resting, worth] of values)
  test(`value of a contact: ${title}`, () =>
    assert.equal(contactValue({ overdue: SEK(overdue), chance, effect, resting })?.minor, worth));

test("the assumed effect is stated in points at an even chance, and adjustable", () => {
  assert.ok(Math.abs(contactedChance(0.5, effect) - 0.67) < 1e-9);
  assert.ok(Math.abs(pointsOfShift(shiftOfPoints(30)) - 30) < 1e-9);
  assert.equal(contactValue({ overdue: SEK(1_000n), chance: 0.5, effect: assumed(0) })?.minor, 0n);
});

const TRUTH = 0.8;
function called(seed: number, n: number) {
  const rng = seededRng(seed);
  return Array.from({ length: n }, () => {
    const z = rng.next() * 4 - 2;
    return { chance: logistic(z), paid: rng.next() < logistic(z + TRUTH) };
  });
}

test("below 200 logged calls nothing is estimated; from then on the interval holds the truth 95 times of 100", () => {
  assert.equal(estimateContact(called(1, CALLS_MIN - 1)), undefined);
  const estimates = Array.from({ length: 400 }, (_, seed) => estimateContact(called(seed, CALLS_MIN)));
  const right = estimates.filter((one) => one !== undefined && one.low < TRUTH && TRUTH < one.high).length;
  assert.ok(right >= 370 && right <= 394, `${right} of 400`);
  const [few, many] = [estimateContact(called(1, CALLS_MIN)), estimateContact(called(1, 10 * CALLS_MIN))];
  assert.ok(
    few !== undefined && many !== undefined && many.high - many.low < (few.high - few.low) / 2,
    "more calls, narrower",
  );
});

test("calls after which all paid, or none, give a finite estimate", () => {
  for (const paid of [true, false]) {
    const one = estimateContact(Array.from({ length: 250 }, () => ({ chance: 0.6, paid })));
    assert.ok(one !== undefined && Number.isFinite(one.shift) && one.low < one.high, JSON.stringify(one));
    assert.equal(one.shift > 0, paid);
  }
});

test("a call that does harm is worth 0, not less", () => {
  const harmful = { kind: "estimated", shift: -0.5, low: -0.9, high: -0.1, calls: 300 } as const;
  assert.equal(contactValue({ overdue: SEK(100_000n), chance: 0.5, effect: harmful })?.minor, 0n);
});

const usual: LimitFacts = {
  billed90: SEK(9_000_000n),
  termsDays: 30,
  usualDaysLate: 0,
  settled: 20,
  chance: undefined,
  brokenPromises: 0,
  deposit: SEK(0n),
};
const limits = [
  // 90,000 in 90 days is 1,000 a day; 30 days outstanding, a quarter more
  ["pays on time", {}, 3_800_000n, ["limit.turnover", "limit.habit"]],
  ["pays 12 days late", { usualDaysLate: 12 }, 5_300_000n, ["limit.turnover", "limit.habit"]],
  ["pays early: terms count", { usualDaysLate: -10 }, 3_800_000n, ["limit.turnover", "limit.habit"]],
  [
    "will hardly pay now",
    { usualDaysLate: 12, chance: 0.2 },
    4_500_000n,
    ["limit.turnover", "limit.habit", "limit.chance"],
  ],
  [
    "broke a promise: no room",
    { usualDaysLate: 12, brokenPromises: 1 },
    3_000_000n,
    ["limit.turnover", "limit.habit", "limit.promises"],
  ],
  ["a deposit is added", { deposit: SEK(1_000_000n) }, 4_800_000n, ["limit.turnover", "limit.habit", "limit.deposit"]],
  ["hardly anything settled", { settled: 2 }, undefined, ["limit.new"]],
  ["turnover not known", { billed90: undefined }, undefined, ["limit.unknown-turnover"]],
] as const;
for (const [title, facts, minor, kinds] of limits)
  test(`proposed limit: ${title}`, () => {
    const { limit, reasons } = proposedLimit({ ...usual, ...facts });
    assert.equal(limit?.minor, minor);
    assert.deepEqual(
      reasons.map(({ kind }) => kind),
      kinds,
    );
  });

test("no policy can ask for a chance: the score is never a ground for anything", () => {
  const facts = JSON.stringify(FACTS).toLowerCase();
  assert.ok(facts.length > 200, "the facts were found");
  assert.doesNotMatch(facts, /chance|score|predict|probab|likel/);
  assert.doesNotMatch(JSON.stringify(Object.keys(policySchema.shape)).toLowerCase(), /chance|score|predict/);
});
