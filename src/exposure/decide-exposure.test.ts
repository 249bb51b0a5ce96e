import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { money } from "../core/money.ts";
import { type ExposureInput, PARTS } from "./contract.ts";
import { decideExposure, decideLimitUse } from "./decide-exposure.ts";
import { rateFinder } from "./decide-rates.ts";

const day = Temporal.PlainDate.from("2026-11-16");
const rates = rateFinder([
  { day, from: "EUR", to: "SEK", rate: "11.2345", source: "test" },
  { day, from: "EUR", to: "USD", rate: "1.09", source: "test" },
]);
const input = (part: ExposureInput["part"], minor: bigint, currency = "SEK"): ExposureInput => ({
  part,
  amount: money(minor, currency),
  asOf: null,
  source: "test",
  rows: 1,
});
const decide = (...inputs: ExposureInput[]) => decideExposure({ inputs, unknown: [], reporting: "SEK", rates });

const cases: readonly (readonly [string, readonly ExposureInput[], bigint | undefined, boolean])[] = [
  ["nothing is known to be owed", [], 0n, false],
  [
    "open invoices, usage and term add up",
    [
      input("open-not-due", 100n),
      input("open-overdue", 20n),
      input("unbilled-usage", 3n),
      input("committed-term", 4_000n),
    ],
    4_123n,
    false,
  ],
  ["a deposit comes off", [input("open-overdue", 1_000n), input("deposits", 400n)], 600n, false],
  ["a deposit covers no more than is owed", [input("open-overdue", 1_000n), input("deposits", 4_000n)], 0n, false],
  [
    "a deposit in euros does not cover kronor",
    [input("open-overdue", 1_000n), input("deposits", 400n, "EUR")],
    1_000n,
    false,
  ],
  [
    "euros count at the day's rate",
    [input("open-overdue", 1_000n), input("unbilled-usage", 10_000n, "EUR")],
    113_345n,
    false,
  ],
  ["dollars go through the euro", [input("unbilled-usage", 10_900n, "USD")], 112_345n, false],
  [
    "yen without a rate are unknown, not 1",
    [input("open-overdue", 500n), input("unbilled-usage", 10_000n, "JPY")],
    500n,
    true,
  ],
  ["only yen: nothing of usage is known, the rest is nought", [input("unbilled-usage", 10_000n, "JPY")], 0n, true],
];
for (const [says, inputs, total, isPartial] of cases)
  test(`exposure: ${says}`, () => {
    const exposure = decide(...inputs);
    assert.equal(exposure.total?.minor, total);
    assert.equal(exposure.isPartial, isPartial);
  });

test("a part that could not be read is unknown, and the total is a lower bound", () => {
  const exposure = decideExposure({
    inputs: [input("open-overdue", 5n)],
    unknown: [{ part: "unbilled-usage", reason: "usage-unread" }],
    reporting: "SEK",
    rates,
  });
  assert.equal(exposure.parts.find(({ kind }) => kind === "unbilled-usage")?.amount, undefined);
  assert.deepEqual([exposure.total?.minor, exposure.isPartial], [5n, true]);
});

test("a customer of whom every part is unknown has no total, not nought", () => {
  const exposure = decideExposure({
    inputs: [],
    unknown: PARTS.map((part) => ({ part, reason: "no-receivables" as const })),
    reporting: "SEK",
    rates,
  });
  assert.equal(exposure.total, undefined);
});

const inputs = fc.array(
  fc
    .record({
      part: fc.constantFrom(...PARTS),
      minor: fc.bigInt(0n, 10n ** 12n),
      currency: fc.constantFrom("SEK", "EUR", "USD", "JPY"),
    })
    .map(({ part, minor, currency }) => input(part, minor, currency)),
  { maxLength: 30 },
);
const sumOf = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

test("the total is the sum of its parts, and a part the sum of its currencies", () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const { total, parts, byCurrency } = decide(...given);
      assert.equal(total?.minor ?? 0n, sumOf(parts.flatMap(({ amount }) => amount?.minor ?? [])));
      for (const part of parts)
        if (part.amount)
          assert.equal(part.amount.minor, sumOf(part.byCurrency.flatMap(({ reporting }) => reporting?.minor ?? [])));
      for (const one of byCurrency) assert.equal(one.total.minor, sumOf(PARTS.map((part) => one.parts[part].minor)));
    }),
  );
});

test("the order of facts does not matter", () => {
  fc.assert(
    fc.property(
      inputs.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
      ([given, shuffled]) => {
        assert.deepEqual(decide(...shuffled), decide(...given));
      },
    ),
  );
});

test("deposits never make exposure negative, and what is held is taken or unused", () => {
  fc.assert(
    fc.property(inputs, (given) => {
      for (const { total, depositsHeld, depositsUnused, parts } of decide(...given).byCurrency) {
        assert.ok(total.minor >= 0n);
        assert.equal(depositsHeld.minor, depositsUnused.minor - parts.deposits.minor);
      }
    }),
  );
});

test("a currency without a rate never changes the reporting total", () => {
  fc.assert(
    fc.property(inputs, fc.bigInt(1n, 10n ** 9n), (given, minor) => {
      const before = decide(...given);
      const after = decide(...given, input("unbilled-usage", minor, "KWD"));
      assert.equal(after.total?.minor ?? 0n, before.total?.minor ?? 0n);
      assert.ok(after.unknown.some(({ reason, amount }) => reason === "rate-missing" && amount?.currency === "KWD"));
    }),
  );
});

const now = Temporal.Instant.from("2026-11-17T08:00:00Z");
const sek = (minor: bigint | undefined) => (minor === undefined ? undefined : money(minor, "SEK"));
const uses: readonly (readonly [
  bigint | undefined,
  bigint | undefined,
  bigint | undefined,
  bigint | undefined,
  number | undefined,
  number | undefined,
])[] = [
  // total, limit, burn per hour, headroom, used bps, minutes left
  [970n, 1_000n, 10n, 30n, 9_700, 180],
  [1_200n, 1_000n, 10n, -200n, 12_000, 0],
  [1_000n, 1_000n, undefined, 0n, 10_000, 0],
  [500n, 1_000n, 0n, 500n, 5_000, undefined],
  [500n, 1_000n, undefined, 500n, 5_000, undefined],
  [undefined, 1_000n, 10n, undefined, undefined, undefined],
  [500n, undefined, 10n, undefined, undefined, undefined],
  [500n, 0n, 10n, -500n, undefined, 0],
];
for (const [total, limit, burn, headroom, usedBps, minutesLeft] of uses)
  test(`limit ${limit}: ${total} used at ${burn} an hour leaves ${headroom} and ${minutesLeft} minutes`, () => {
    const use = decideLimitUse({ total: sek(total), limit: sek(limit), burnPerHour: sek(burn), now });
    assert.deepEqual([use.headroom?.minor, use.usedBps, use.minutesLeft], [headroom, usedBps, minutesLeft]);
  });
