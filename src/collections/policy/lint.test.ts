import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPolicyText, isPublishable } from "./contract-check.ts";
import { type FindingCode, findingText, FINDINGS } from "./contract-findings.ts";
import { holidayPlaces } from "./decide-calendar.ts";
import type { LintFacts } from "./decide-lint-shape.ts";
import { policyText } from "./testing.ts";

const FRIENDLY =
  "  - { id: friendly, name: { en: F }, daysPastDue: 5, tell: [{ channel: mail, letter: friendly-reminder }] }\n";
const NOTICE =
  "  - { id: notice, name: { en: N }, daysPastDue: 20, tell: [{ channel: mail, letter: suspension-notice }], noticeDays: 10 }\n";
const OFF = "  - { id: off, name: { en: O }, daysPastDue: 25, effects: [auto-renew-off], approve: one }\n";
const SUSPEND = "  - { id: suspend, name: { en: S }, daysPastDue: 30, effects: [suspend-seats], approve: two }\n";
const LADDER = FRIENDLY + NOTICE + OFF + SUSPEND;
const step = (more: string, days = 40) => `  - { id: more, name: { en: M }, daysPastDue: ${days}, ${more} }\n`;
const tell = (channel: string, letter: string) => `tell: [{ channel: ${channel}, letter: ${letter} }]`;
const when = (source: string, days = 40) => step(`${tell("mail", "reminder")}, when: '${source}'`, days);
const day = Temporal.PlainDate.from("2026-03-01");

/** A policy in which the finding stands, and its repaired twin in which nothing does. */
type Case = {
  readonly code: FindingCode;
  readonly bad: string;
  readonly good: string;
  readonly facts?: LintFacts;
  readonly goodFacts?: LintFacts;
  readonly at: string;
};
const policy = (steps: string, head = "") => policyText(head, steps);
const CASES: readonly Case[] = [
  {
    code: "step-unreachable",
    bad: policy(LADDER + when("daysPastDue < 40")),
    good: policy(LADDER + when("daysPastDue < 41")),
    at: "steps[4].when",
  },
  {
    code: "condition-impossible",
    bad: policy(LADDER + when("invoices > 3 && invoices < 3")),
    good: policy(LADDER + when("invoices > 3 && invoices < 5")),
    at: "steps[4].when",
  },
  {
    code: "condition-impossible",
    bad: policy(LADDER + when('customer.class == "farmer"')),
    good: policy(LADDER + when('customer.class == "charity"')),
    at: "steps[4].when",
  },
  {
    code: "condition-impossible",
    bad: policy(LADDER + when("known(limit) && !known(limit)")),
    good: policy(LADDER + when("known(limit)")),
    at: "steps[4].when",
  },
  {
    code: "condition-impossible",
    bad: policy(LADDER, "applies: customer.customers < 1\n"),
    good: policy(LADDER, "applies: customer.customers <= 1\n"),
    at: "applies",
  },
  {
    code: "fact-without-feed",
    bad: policy(LADDER + when('payments.lastFailure == "expired_card"')),
    good: policy(LADDER + when('payments.lastFailure == "expired_card"')),
    facts: { feeds: ["customer-class"] },
    goodFacts: { feeds: ["failed-payments"] },
    at: "steps[4].when",
  },
  {
    code: "fact-partly-without-feed",
    bad: policy(LADDER + when("overdue > limit || invoices > 2")),
    good: policy(LADDER + when("invoices > 2")),
    facts: { feeds: [] },
    at: "steps[4].when",
  },
  {
    code: "suspension-late",
    bad: policy(FRIENDLY + NOTICE + OFF + SUSPEND.replace("30", "61")),
    good: policy(FRIENDLY + NOTICE + OFF + SUSPEND.replace("30", "60")),
    at: "steps[3].daysPastDue",
  },
  { code: "notice-missing", bad: policy(OFF + SUSPEND), good: policy(NOTICE + OFF + SUSPEND), at: "steps[1].effects" },
  {
    code: "notice-short",
    bad: policy(LADDER.replace("noticeDays: 10", "noticeDays: 6")),
    good: policy(LADDER.replace("noticeDays: 10", "noticeDays: 7")),
    at: "steps[1].noticeDays",
  },
  {
    code: "notice-delays",
    bad: policy(LADDER.replace("noticeDays: 10", "noticeDays: 11")),
    good: policy(LADDER),
    at: "steps[3].daysPastDue",
  },
  {
    code: "letter-unknown",
    bad: policy(LADDER.replace("friendly-reminder", "gentle-nudge")),
    good: policy(LADDER),
    at: "steps[0].tell[0].letter",
  },
  {
    code: "letter-statements",
    bad: policy(LADDER.replace("suspension-notice", "reminder")),
    good: policy(LADDER),
    at: "steps[3].effects",
  },
  {
    code: "letter-incomplete",
    bad: policy(LADDER),
    good: policy(LADDER),
    facts: { incompleteLetters: [{ letter: "suspension-notice", missing: "how to object" }] },
    goodFacts: { incompleteLetters: [] },
    at: "steps[1].tell[0].letter",
  },
  {
    code: "channel-unreachable",
    bad: policy(LADDER + step(tell("sms", "sms"))),
    good: policy(LADDER + step(tell("mail", "reminder"))),
    facts: { customers: 214, withoutAddress: { sms: 214 } },
    at: "steps[4].tell[0].channel",
  },
  {
    code: "channel-partly-unreachable",
    bad: policy(LADDER + step(tell("sms", "sms"))),
    good: policy(LADDER + step(tell("sms", "sms"))),
    facts: { customers: 214, withoutAddress: { sms: 12 } },
    goodFacts: { customers: 214, withoutAddress: { sms: 0 } },
    at: "steps[4].tell[0].channel",
  },
  {
    code: "fee-stacking",
    bad: policy(LADDER + step("charges: [compensation, collection-demand]")),
    good: policy(LADDER + step("charges: [compensation]")),
    at: "steps[4].charges[1]",
  },
  {
    code: "fee-not-agreed",
    bad: policy(LADDER + step("charges: [reminder-fee]")),
    good: policy(LADDER + step("charges: [reminder-fee]"), "feesAgreed: true\n"),
    at: "steps[4].charges[0]",
  },
  {
    code: "fee-without-sum",
    bad: policy(LADDER + step("charges: [reminder-fee]")).replace("law: SE", "law: US"),
    good: policy(
      LADDER + step("charges: [reminder-fee]"),
      'feesAgreed: true\nagreedFees: [{ charge: reminder-fee, currency: USD, ranges: [{ from: "0", fixed: "25" }] }]\n',
    ).replace("law: SE", "law: US"),
    at: "steps[4].charges[0]",
  },
  {
    code: "fee-above-law",
    bad: policy(
      LADDER,
      'feesAgreed: true\nagreedFees: [{ charge: reminder-fee, currency: SEK, ranges: [{ from: "0", fixed: "61" }] }]\n',
    ),
    good: policy(
      LADDER,
      'feesAgreed: true\nagreedFees: [{ charge: reminder-fee, currency: SEK, ranges: [{ from: "0", fixed: "60" }] }]\n',
    ),
    at: "agreedFees[0]",
  },
  {
    code: "suspension-as-saving",
    bad: policy(LADDER, "about: { en: We suspend seats to save cost. }\n"),
    good: policy(LADDER, "about: { en: Suspended seats are billed on by Microsoft. }\n"),
    at: "about.en",
  },
  {
    code: "suspension-as-saving",
    bad: policy(LADDER.replace("{ en: S }", "{ en: S, sv: Avstängning sparar pengar }")),
    good: policy(LADDER),
    at: "steps[3].name.sv",
  },
  {
    code: "suspension-bills-on",
    bad: policy(FRIENDLY + NOTICE + SUSPEND),
    good: policy(LADDER),
    at: "steps[2].effects",
  },
  {
    code: "step-order",
    bad: policy(NOTICE + FRIENDLY + OFF + SUSPEND),
    good: policy(LADDER),
    at: "steps[1].daysPastDue",
  },
  {
    code: "step-gap",
    bad: policy(LADDER + step(tell("mail", "reminder"), 20)).replace("step-order", ""),
    good: policy(LADDER + step(tell("mail", "reminder"))),
    at: "steps[4].daysPastDue",
  },
  {
    code: "step-empty",
    bad: policy(`${LADDER}  - { id: more, name: { en: M }, daysPastDue: 40 }\n`),
    good: policy(LADDER),
    at: "steps[4].id",
  },
  {
    code: "step-in-grace",
    bad: policy(LADDER, "graceDays: 5\n"),
    good: policy(LADDER, "graceDays: 4\n"),
    at: "steps[0].daysPastDue",
  },
  {
    code: "effect-before-due",
    bad: policy(step("effects: [freeze-purchases]", 0)),
    good: policy(step("effects: [freeze-purchases]", 1)),
    at: "steps[0].daysPastDue",
  },
  {
    code: "exemption-swallows",
    bad: policy(LADDER, "exemptions: [{ when: daysPastDue >= 25, from: [suspend-seats], because: { en: B } }]\n"),
    good: policy(LADDER, "exemptions: [{ when: daysPastDue >= 31, from: [suspend-seats], because: { en: B } }]\n"),
    at: "steps[3].id",
  },
  {
    code: "tolerance-above-minimum",
    bad: policy(
      LADDER + step(`${tell("mail", "reminder")}, minimumOverdue: { SEK: "100" }`),
      'tolerance: { SEK: "100.00" }\n',
    ),
    good: policy(
      LADDER + step(`${tell("mail", "reminder")}, minimumOverdue: { SEK: "100.01" }`),
      'tolerance: { SEK: "100.00" }\n',
    ),
    at: "steps[4].minimumOverdue.SEK",
  },
  {
    code: "currency-missing",
    bad: policy(LADDER, 'tolerance: { SEK: "100.00" }\n'),
    good: policy(LADDER, 'tolerance: { SEK: "100.00", EUR: "10.00" }\n'),
    facts: { currencies: ["SEK", "EUR"] },
    at: "tolerance",
  },
  {
    code: "amount-without-currency",
    bad: policy(LADDER + when("overdue > 1000")),
    good: policy(LADDER + when('currency == "SEK" && overdue > 1000')),
    at: "steps[4].when",
  },
  {
    code: "rates-missing",
    bad: policy(LADDER, "interest: { by: statutory }\n"),
    good: policy(LADDER, "interest: { by: statutory }\n"),
    facts: { day: Temporal.PlainDate.from("2026-11-17") },
    goodFacts: {
      day,
      rates: [
        { series: "SE", from: "2025-07-01", percent: "2", standing: "desk", source: "Riksbank" },
        { series: "SE", from: "2026-01-01", percent: "2", standing: "desk", source: "Riksbank" },
      ],
    },
    at: "interest",
  },
  {
    code: "rates-none",
    bad: policy(LADDER, "interest: { by: statutory }\n").replace("law: SE", "law: US"),
    good: policy(LADDER, 'interest: { by: contract, ratePercent: "12" }\n').replace("law: SE", "law: US"),
    at: "interest",
  },
  {
    code: "approval-missing",
    bad: policy(LADDER.replace("approve: two", "approve: none")),
    good: policy(LADDER),
    at: "steps[3].effects",
  },
  {
    code: "approval-unused",
    bad: policy(LADDER.replace("noticeDays: 10 }", "noticeDays: 10, approve: one }")),
    good: policy(LADDER),
    at: "steps[1].approve",
  },
  {
    code: "holidays-unknown",
    bad: policy(LADDER).replace("holidays: SE", "holidays: XX"),
    good: policy(LADDER),
    facts: { holidays: ["SE"] },
    at: "calendar.holidays",
  },
];

for (const { code, bad, good, facts = {}, goodFacts = facts, at } of CASES) {
  test(`${code} at ${at} stands, and not in the repaired twin`, () => {
    const found = checkPolicyText(bad, facts);
    assert.deepEqual(found.faults, []);
    const hit = found.findings.find((one) => one.code === code);
    assert.equal(hit?.path, at, JSON.stringify(found.findings.map(({ code: c, path }) => [c, path])));
    assert.equal(
      bad
        .split("\n")
        .slice(0, hit.line - 1)
        .join("\n").length +
        (hit.line > 1 ? 1 : 0) +
        hit.column -
        1,
      hit.from,
    );
    assert.deepEqual(checkPolicyText(good, goodFacts), {
      ...checkPolicyText(good, goodFacts),
      faults: [],
      findings: [],
    });
  });
}

test("every finding has a case, and words without holes in both languages", () => {
  assert.deepEqual([...new Set(CASES.map(({ code }) => code))].sort(), Object.keys(FINDINGS).sort());
  for (const { code, bad, facts } of CASES) {
    const hit = checkPolicyText(bad, facts).findings.find((one) => one.code === code);
    assert.ok(hit);
    for (const language of ["en", "sv"] as const) assert.doesNotMatch(findingText(hit, language), /\{\w+\}/);
  }
});

test("an error keeps a policy from being asked for, a warning does not", () => {
  assert.equal(isPublishable(checkPolicyText(policy(LADDER))), true);
  assert.equal(isPublishable(checkPolicyText(policy(FRIENDLY + NOTICE + SUSPEND))), true);
  assert.equal(isPublishable(checkPolicyText(policy(SUSPEND))), false);
  assert.equal(isPublishable(checkPolicyText("law: SE")), false);
});

for (const pack of ["se", "eu", "uk", "us"])
  test(`the pack ${pack} is clean and says what it does in both languages`, () => {
    const text = readFileSync(new URL(`packs/${pack}.yaml`, import.meta.url), "utf8");
    const facts: LintFacts = { holidays: holidayPlaces(), feeds: ["customer-class", "customer-country"] };
    const { policy: read, faults, findings } = checkPolicyText(text, facts);
    assert.deepEqual({ faults, findings }, { faults: [], findings: [] });
    assert.ok(read?.about?.en && read.about.sv && read.name.sv);
    for (const { name } of read.steps) assert.ok(name.sv);
    const told = read.steps.map(({ id }) => id);
    assert.deepEqual(told, [
      "heads-up",
      "friendly",
      "reminder",
      "freeze",
      "suspension-notice",
      "auto-renew-off",
      "suspend",
      "cancel-azure",
      "final-demand",
      "hand-over",
    ]);
  });
