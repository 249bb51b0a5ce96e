import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimalToText, parseDecimal } from "../../../core/decimal.ts";
import { type InterestAsk, interestOn } from "./decide-interest.ts";
import {
  halfYearOf,
  missingRates,
  REFERENCE_RATES,
  type ReferenceRate,
  referenceFromPolicyRate,
  statutoryRate,
} from "./decide-rates.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const STATUTORY: InterestAsk["terms"] = { by: "statutory", yearDays: "365" };
const contract = (ratePercent: string): InterestAsk["terms"] => ({ by: "contract", ratePercent, yearDays: "365" });
const ask = (more: Partial<InterestAsk> & { due: string; to: string; minor: bigint }) =>
  interestOn({
    law: "SE",
    terms: STATUTORY,
    currency: "SEK",
    principalMinor: more.minor,
    dueDay: day(more.due),
    asOf: day(more.to),
    ...more,
  });

/** Bank of England base rate of LI-12, whose half-year the source does not name. */
const LOW_BASE: readonly ReferenceRate[] = [
  { series: "UK", from: "2020-07-01", percent: "0.5", standing: "single-source", source: "LI-12" },
];

/** Vectors of late interest. Amounts in minor units; "none" = nothing is owed. */
const VECTORS: readonly [id: string, made: ReturnType<typeof interestOn>, minor: bigint | "none"][] = [
  ["LI-01", ask({ minor: 678_000n, due: "2020-12-31", to: "2021-04-20" }), 16_346n],
  ["LI-03", ask({ minor: 1_000_000n, due: "2026-04-15", to: "2026-05-15" }), 8_219n],
  ["LI-05 as of the due date", ask({ minor: 1_000_000n, due: "2026-04-15", to: "2026-04-15" }), "none"],
  ["LI-05 before the due date", ask({ minor: 1_000_000n, due: "2026-04-15", to: "2026-04-01" }), "none"],
  ["LI-05 amount 0", ask({ minor: 0n, due: "2026-04-15", to: "2026-05-15" }), "none"],
  ["LI-06 at 5 %", ask({ minor: 1_000_000n, due: "2026-04-15", to: "2026-05-15", terms: contract("5") }), 4_110n],
  ["LI-06 at 11.5 %", ask({ minor: 1_000_000n, due: "2026-04-15", to: "2026-05-15", terms: contract("11.5") }), 9_452n],
  ["LI-06 at 0 %", ask({ minor: 1_000_000n, due: "2026-04-15", to: "2026-05-15", terms: contract("0") }), 0n],
  ["LI-07", ask({ minor: 1_234_500n, due: "2026-04-15", to: "2026-05-02", terms: contract("11.5") }), 6_612n],
  ["LI-08", ask({ minor: 10_000_000n, due: "2022-12-15", to: "2023-01-31" }), 126_438n],
  ["LI-10 of 365 days", ask({ minor: 10_000_000n, due: "2023-12-01", to: "2024-02-29" }), 291_781n],
  [
    "LI-10 of the year's days",
    ask({ minor: 10_000_000n, due: "2023-12-01", to: "2024-02-29", terms: { by: "statutory", yearDays: "actual" } }),
    291_242n,
  ],
  [
    "LI-11",
    ask({
      minor: 1_000_000n,
      due: "2023-03-31",
      to: "2023-07-31",
      payments: [{ day: day("2023-05-15"), amountMinor: 400_000n }],
    }),
    26_745n,
  ],
  // gov.uk prints 11.50: it rounds to 0.23 a day. Ours is exact and rounds once.
  [
    "LI-12 [ours: exact]",
    ask({ law: "UK", currency: "GBP", minor: 100_000n, due: "2020-08-01", to: "2020-09-20", rates: LOW_BASE }),
    1_164n,
  ],
  ["LI-14", ask({ law: "UK", currency: "GBP", minor: 100_000n, due: "2024-10-01", to: "2024-11-15" }), 1_634n],
  ["LI-16", ask({ law: "EU", currency: "EUR", minor: 1_000_000n, due: "2024-06-15", to: "2024-07-31" }), 15_541n],
];
for (const [id, made, minor] of VECTORS)
  test(`${id}: ${String(minor)}`, () => {
    if (minor === "none") return assert.equal(made.kind, "none");
    assert.ok(made.kind === "known");
    return assert.equal(made.amount.minor, minor);
  });

for (const [policyRate, reference] of [
  ["3.75", "4.0"],
  ["2.75", "3.0"],
  ["1.75", "2.0"],
  ["2.00", "2.0"],
  ["-0.25", "0.0"],
  ["0.01", "0.5"],
] as const)
  test(`LI-19: a policy rate of ${policyRate} gives the reference rate ${reference}`, () => {
    const parsed = parseDecimal(policyRate);
    assert.ok(parsed.ok);
    assert.equal(decimalToText(referenceFromPolicyRate(parsed.value)), reference);
  });

test("a half-year without a rate is not guessed: what is known is told, and from which day it is not", () => {
  const made = ask({ minor: 1_000_000n, due: "2025-06-15", to: "2025-08-01" });
  assert.ok(made.kind === "unknown");
  assert.equal(made.from.toString(), "2025-07-01");
  // 15 days at 11 %.
  assert.equal(made.amount.minor, 4_521n);
});

test("Swedish and EU interest float, UK and Irish stay what they were when the debt became late", () => {
  const rates = (law: InterestAsk["law"], country?: string) => {
    const made = ask({ law, country, minor: 100n, due: "2024-06-15", to: "2024-07-31" });
    return made.kind === "none" ? [] : made.segments.map(({ percent }) => decimalToText(percent));
  };
  assert.deepEqual(rates("EU"), ["12.5", "12.25"]);
  assert.deepEqual(rates("EU", "IE"), ["12.5", "12.5"]);
  assert.deepEqual(rates("EU", "DE"), ["13.5", "13.25"]);
  assert.deepEqual(rates("EU", "FR"), ["14.5", "14.25"]);
  assert.deepEqual(rates("EU", "FI"), ["12.5", "12.5"]);
});

test("US law gives no rate, only a contract does", () => {
  const made = ask({ law: "US", currency: "USD", minor: 100_000n, due: "2026-01-15", to: "2026-03-01" });
  assert.deepEqual(made, { kind: "none", why: "no-statutory-rate" });
});

test("what the findings do not establish is missing", () => {
  const missing = (law: "SE" | "EU" | "UK") => missingRates({ law, from: day("2024-01-01"), to: day("2026-12-31") });
  assert.deepEqual(missing("SE"), ["2025-07-01", "2026-07-01"]);
  assert.deepEqual(missing("EU"), ["2025-01-01", "2025-07-01"]);
  assert.deepEqual(missing("UK"), ["2024-01-01", "2025-01-01", "2025-07-01", "2026-01-01", "2026-07-01"]);
});

test("every rate has a source, starts a half-year and stands once", () => {
  for (const { from, source } of REFERENCE_RATES) {
    assert.equal(halfYearOf(day(from)).toString(), from);
    assert.ok(source.length > 5);
  }
  assert.equal(new Set(REFERENCE_RATES.map(({ series, from }) => series + from)).size, REFERENCE_RATES.length);
});

test("a rate of the desk comes before the built-in one", () => {
  const own: ReferenceRate = { series: "SE", from: "2026-01-01", percent: "2.5", standing: "desk", source: "Riksbank" };
  const rate = statutoryRate({ law: "SE", day: day("2026-03-01"), rates: [own, ...REFERENCE_RATES] });
  assert.ok(rate.known && decimalToText(rate.percent) === "10.5");
});

test("interest of two stretches is that of both together, to one rounding", () =>
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 12n), fc.nat(200), fc.nat(200), (minor, first, second) => {
      const due = day("2022-11-30");
      const terms = STATUTORY;
      const to = (days: number) =>
        interestOn({ law: "SE", terms, currency: "SEK", principalMinor: minor, dueDay: due, asOf: due.add({ days }) });
      const sum = (made: ReturnType<typeof interestOn>) => (made.kind === "none" ? 0n : made.amount.minor);
      const whole = sum(to(first + second));
      const later = interestOn({
        law: "SE",
        terms,
        currency: "SEK",
        principalMinor: minor,
        dueDay: due.add({ days: first }),
        asOf: due.add({ days: first + second }),
      });
      const gap = whole - sum(to(first)) - sum(later);
      assert.ok(gap >= -1n && gap <= 1n);
      assert.ok(whole >= sum(to(first)));
    }),
  ));
