import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgreedFee, ChargeKind, CustomerClass } from "../../contract-policy.ts";
import { parsePolicy } from "../decide-parse.ts";
import { policyText } from "../testing.ts";
import { type Charges, chargesFor, type PastCharge } from "./decide-charges.ts";
import { agreedFeeMinor } from "./decide-fees.ts";
import { interestOn } from "./decide-interest.ts";

type Ask = {
  readonly law?: string;
  readonly head?: string;
  readonly charges: readonly ChargeKind[];
  readonly past?: readonly PastCharge[];
  readonly customerClass?: CustomerClass | undefined;
  readonly currency?: string;
  readonly minor?: bigint;
  readonly due?: string;
  readonly day?: string;
  readonly applied?: readonly { day: Temporal.PlainDate; amountMinor: bigint }[];
};
const day = (text: string) => Temporal.PlainDate.from(text);
function charge(ask: Ask): Charges {
  const text = policyText(
    ask.head ?? "",
    `  - id: r\n    name: { en: R }\n    daysPastDue: 1\n    charges: [${ask.charges.join(", ")}]\n`,
  );
  const read = parsePolicy(text.replace("law: SE", `law: ${ask.law ?? "SE"}`));
  assert.ok(read.ok, JSON.stringify(read));
  const [step] = read.value.steps;
  assert.ok(step !== undefined);
  return chargesFor({
    policy: read.value,
    step,
    past: ask.past ?? [],
    customerClass: "customerClass" in ask ? ask.customerClass : "business",
    day: day(ask.day ?? "2026-04-16"),
    item: {
      invoiceId: "i1",
      currency: ask.currency ?? "SEK",
      amountMinor: ask.minor ?? 1_000_000n,
      dueDay: day(ask.due ?? "2026-04-15"),
      applied: ask.applied ?? [],
    },
  });
}
const says = ({ charges, refused }: Charges) => [
  ...charges.map(({ kind, amount }) => `${kind} ${amount.minor} ${amount.currency}`),
  ...refused.map(({ kind, why }) => `${kind}: ${why}`),
];
const past = (kind: ChargeKind, amountMinor: bigint, stepId = "earlier"): PastCharge => ({
  invoiceId: "i1",
  kind,
  stepId,
  amountMinor,
});

const CASES: readonly [says: string, ask: Ask, expect: readonly string[]][] = [
  [
    "LI-18: SE, one day late, no agreement: 450 and no reminder fee",
    { charges: ["reminder-fee", "compensation"] },
    ["compensation 45000 SEK", "reminder-fee: instead"],
  ],
  ["LI-18: a reminder without agreement costs nothing", { charges: ["reminder-fee"] }, ["reminder-fee: not-agreed"]],
  ["60 SEK if agreed", { charges: ["reminder-fee"], head: "feesAgreed: true\n" }, ["reminder-fee 6000 SEK"]],
  ["180 SEK for a demand", { charges: ["collection-demand"] }, ["collection-demand 18000 SEK"]],
  [
    "450 instead: what was charged before is taken off",
    { charges: ["compensation"], past: [past("reminder-fee", 6_000n)] },
    ["compensation 39000 SEK"],
  ],
  [
    "after the 450 nothing of what it stands for",
    {
      charges: ["reminder-fee", "collection-demand"],
      head: "feesAgreed: true\n",
      past: [past("compensation", 45_000n)],
    },
    ["reminder-fee: instead", "collection-demand: instead"],
  ],
  [
    "a sum of the law once an invoice",
    { charges: ["compensation"], past: [past("compensation", 45_000n)] },
    ["compensation: already-charged"],
  ],
  [
    "no 450 from a consumer",
    { charges: ["compensation"], customerClass: "consumer" },
    ["compensation: not-between-businesses"],
  ],
  [
    "no 450 where the class is unknown",
    { charges: ["compensation"], customerClass: undefined },
    ["compensation: class-unknown"],
  ],
  ["a public body pays it", { charges: ["compensation"], customerClass: "public" }, ["compensation 45000 SEK"]],
  [
    "a Swedish sum is not turned into euros",
    { charges: ["compensation"], currency: "EUR" },
    ["compensation: other-currency"],
  ],
  ["EU 40", { law: "EU", charges: ["compensation"], currency: "EUR" }, ["compensation 4000 EUR"]],
  [
    "UK below 1,000",
    { law: "UK", charges: ["compensation"], currency: "GBP", minor: 99_999n },
    ["compensation 4000 GBP"],
  ],
  [
    "LI-14: UK 1,000 owes 70 fixed",
    { law: "UK", charges: ["compensation"], currency: "GBP", minor: 100_000n },
    ["compensation 7000 GBP"],
  ],
  [
    "UK from 10,000",
    { law: "UK", charges: ["compensation"], currency: "GBP", minor: 1_000_000n },
    ["compensation 10000 GBP"],
  ],
  [
    "US: nothing without an agreement",
    { law: "US", charges: ["reminder-fee", "compensation"], currency: "USD" },
    ["reminder-fee: no-sum", "compensation: no-sum"],
  ],
  [
    "US: what was agreed",
    {
      law: "US",
      charges: ["reminder-fee"],
      currency: "USD",
      minor: 15_000n,
      head: 'feesAgreed: true\nagreedFees: [{ charge: reminder-fee, currency: USD, ranges: [{ from: "0", fixed: "25" }] }]\n',
    },
    ["reminder-fee 2500 USD"],
  ],
  [
    "SE: an agreement for 100 gets the law's 60",
    {
      charges: ["reminder-fee"],
      head: 'feesAgreed: true\nagreedFees: [{ charge: reminder-fee, currency: SEK, ranges: [{ from: "0", fixed: "100" }] }]\n',
    },
    ["reminder-fee 6000 SEK"],
  ],
  [
    "interest goes on what was not yet charged",
    {
      charges: ["interest"],
      head: "interest: { by: statutory }\n",
      day: "2026-05-15",
      past: [past("interest", 2_000n)],
    },
    ["interest 6219 SEK"],
  ],
  [
    "interest of one step once",
    {
      charges: ["interest"],
      head: "interest: { by: statutory }\n",
      day: "2026-05-15",
      past: [past("interest", 2_000n, "r")],
    },
    ["interest: already-charged"],
  ],
  [
    "interest without a rate is not charged",
    { charges: ["interest"], head: "interest: { by: statutory }\n", due: "2026-08-01", day: "2026-09-01" },
    ["interest: rate-unknown"],
  ],
  [
    "no interest where the policy takes none",
    { charges: ["interest"], day: "2026-05-15" },
    ["interest: nothing-to-charge"],
  ],
  // ERPNext
  [
    "EN-01: 100, 20 days, no terms: 100.00",
    { charges: ["interest", "reminder-fee"], minor: 10_000n, day: "2026-05-05" },
    ["interest: nothing-to-charge", "reminder-fee: not-agreed"],
  ],
  [
    "EN-02: 100, 15 days, 10 %, fee 10: interest 0.41, together 10.41",
    {
      law: "US",
      currency: "USD",
      minor: 10_000n,
      day: "2026-04-30",
      charges: ["interest", "reminder-fee"],
      head: 'interest: { by: contract, ratePercent: "10" }\nfeesAgreed: true\nagreedFees: [{ charge: reminder-fee, currency: USD, ranges: [{ from: "0", fixed: "10" }] }]\n',
    },
    ["interest 41 USD", "reminder-fee 1000 USD"],
  ],
];
for (const [title, ask, expected] of CASES) test(title, () => assert.deepEqual(says(charge(ask)), expected));

test("a charge has one key ever: step, invoice and kind", () =>
  assert.equal(charge({ charges: ["compensation"] }).charges[0]?.key, "r:i1:compensation"));

/* BC-14: ranges from 0: 10 + 5 %; from 50: 20 + 2 %; 150 and 40 remain. */
const fee = (method: AgreedFee["method"], more: Partial<AgreedFee> = {}): AgreedFee => ({
  charge: "reminder-fee",
  currency: "USD",
  method,
  ranges: [
    { from: "0", fixed: "10", percent: "5" },
    { from: "50", fixed: "20", percent: "2" },
  ],
  ...more,
});
for (const [id, made, minor] of [
  ["BC-14 single, 150", agreedFeeMinor(fee("single"), 15_000n), 2_300n],
  ["BC-14 single, 40", agreedFeeMinor(fee("single"), 4_000n), 1_200n],
  ["BC-14 accumulated, 150", agreedFeeMinor(fee("accumulated"), 15_000n), 3_450n],
  ["BC-14 accumulated, 40", agreedFeeMinor(fee("accumulated"), 4_000n), 1_200n],
  ["the most, then the least", agreedFeeMinor(fee("single", { most: "15", least: "12.50" }), 15_000n), 1_500n],
  ["at least", agreedFeeMinor(fee("single", { least: "12.50" }), 4_000n), 1_250n],
] as const)
  test(`${id}: ${minor}`, () => assert.equal(made, minor));

/* BC-15: 1,000 overdue 45 days, 1.5 % per 30 days. Ours is interest by days: 18.25 % a year (1.5 x 365 / 30). */
test("BC-15: the average-daily-balance method is ours; the balance-due method is a fixed percentage of an agreed fee", () => {
  const terms = { by: "contract", ratePercent: "18.25", yearDays: "365" } as const;
  const due = day("2026-01-01");
  const made = interestOn({
    law: "US",
    terms,
    currency: "USD",
    principalMinor: 100_000n,
    dueDay: due,
    asOf: due.add({ days: 45 }),
  });
  assert.ok(made.kind === "known");
  assert.equal(made.amount.minor, 2_250n);
  assert.equal(agreedFeeMinor({ ...fee("single"), ranges: [{ from: "0", percent: "1.5" }] }, 100_000n), 1_500n);
});

/* EN-03 to EN-06 are about what is left open once the principal is paid; the amounts are ours, the switch is the policy's. */
const EN_02 = (head: string) => policyText(head, "  - id: r\n    name: { en: R }\n    daysPastDue: 1\n");
test("EN-06: claims stay open once the principal is paid, unless the policy gives them up", () => {
  const keep = parsePolicy(EN_02(""));
  const waive = parsePolicy(EN_02("claimsAfterPrincipal: waive\n"));
  assert.ok(keep.ok && keep.value.claimsAfterPrincipal === "keep");
  assert.ok(waive.ok && waive.value.claimsAfterPrincipal === "waive");
});
const US_10 = {
  law: "US",
  currency: "USD",
  minor: 10_000n,
  charges: ["interest"] as const,
  head: 'interest: { by: contract, ratePercent: "10" }\n',
} as const;
test("EN-03, EN-06: paid in full on day 15, interest stops there", () => {
  const paid = charge({ ...US_10, day: "2026-06-30", applied: [{ day: day("2026-04-30"), amountMinor: 10_000n }] });
  assert.deepEqual(says(paid), ["interest 41 USD"]);
});
test("EN-05: a linked credit note ends interest, cancelled it starts again", () => {
  const credit = { day: day("2026-04-15"), amountMinor: 10_000n };
  const cancelled = { day: day("2026-04-20"), amountMinor: -10_000n };
  assert.deepEqual(says(charge({ ...US_10, day: "2026-04-30", applied: [credit] })), ["interest: nothing-to-charge"]);
  assert.deepEqual(says(charge({ ...US_10, day: "2026-04-30", applied: [credit, cancelled] })), ["interest 27 USD"]);
});
