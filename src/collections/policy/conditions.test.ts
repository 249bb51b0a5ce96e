import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileExpression, contextOf } from "./decide-cel.ts";
import { compileConditions } from "./decide-conditions.ts";
import { FACTS, type FactName, type PolicyFacts } from "./decide-facts.ts";
import { parsePolicy } from "./decide-parse.ts";
import { policyText, STEP } from "./testing.ts";

const FACTS_OF: PolicyFacts = {
  currency: "SEK",
  overdueMinor: 60_000n,
  creditsMinor: 9_949n,
  netOverdueMinor: 50_051n,
  notDueMinor: 0n,
  invoices: 2,
  daysPastDue: 31,
  customer: { class: undefined, country: "SE", daysKnown: 400, customers: 1 },
  promises: { broken: 1 },
  payments: { lastFailure: undefined },
};
const ask = (source: string, change: Partial<PolicyFacts> = {}) => {
  const made = compileExpression(source, "account");
  assert.ok(made.ok, source);
  return made.value.ask(contextOf({ ...FACTS_OF, ...change }));
};

/** Expression, what differs from the facts above, and the answer: yes, no, or the facts that are not known. */
const CASES: readonly [source: string, change: Partial<PolicyFacts>, answer: "yes" | "no" | readonly FactName[]][] = [
  ["netOverdue > 500.50", {}, "yes"],
  ["netOverdue > 500.51", {}, "no"],
  ["netOverdue >= 500.51", {}, "yes"],
  ["overdue == 600", {}, "yes"],
  ["600 <= overdue", {}, "yes"],
  ["overdue > netOverdue", {}, "yes"],
  ["netOverdue > 500.51", { currency: "JPY" }, "yes"],
  ['currency == "SEK" && invoices >= 2', {}, "yes"],
  ['customer.class == "public"', {}, ["customer.class"]],
  ['customer.class != "public"', {}, ["customer.class"]],
  ['customer.class == "public" || invoices == 2', {}, "yes"],
  ['customer.class == "public" && invoices == 3', {}, "no"],
  ["known(customer.class)", {}, "no"],
  ['has(customer.class) && customer.class == "public"', {}, "no"],
  ["!known(limit) || overdue > limit", {}, "yes"],
  ["overdue > limit", {}, ["limit"]],
  ["overdue > limit", { limit: { minor: 10_000n, currency: "SEK" } }, "yes"],
  ["overdue > limit", { limit: { minor: 10_000n, currency: "EUR" } }, ["overdue", "limit"]],
  ['payments.lastFailure == "insufficient_funds"', {}, ["payments.lastFailure"]],
  ['payments.lastFailure == ""', { payments: { lastFailure: "" } }, "yes"],
  ['customer.country.matches("^(SE|NO)$")', {}, "yes"],
  ['customer.country.matches("^N")', {}, "no"],
  ['customer.country in ["NO", "SE"]', {}, "yes"],
];
for (const [source, change, answer] of CASES)
  test(`${source} ${JSON.stringify(change, (_, v) => (typeof v === "bigint" ? `${v}` : v))}: ${String(answer)}`, () =>
    assert.deepEqual(
      ask(source, change),
      answer === "yes" ? { matches: true } : { matches: false, unknown: answer === "no" ? [] : answer },
    ));

test("every fact's example compiles and reads that fact", () => {
  for (const { name, example } of FACTS) {
    const made = compileExpression(example, "account");
    assert.ok(made.ok, example);
    assert.ok(made.value.facts.includes(name), example);
  }
});

test("a pattern that makes others hang answers at once", () => {
  const started = performance.now();
  ask('customer.country.matches("^(a+)+$")', { customer: { ...FACTS_OF.customer, country: `${"a".repeat(5_000)}b` } });
  assert.ok(performance.now() - started < 1_000);
});

test("an amount compares as its exact decimal does", () =>
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n), (have, asked) => {
      const literal = `${asked / 100n}.${String(asked % 100n).padStart(2, "0")}`;
      assert.equal(ask(`netOverdue > ${literal}`, { netOverdueMinor: have }).matches, have > asked);
    }),
  ));

test("a policy's conditions: whom it is for, when a step matches, who is exempt", () => {
  const read = parsePolicy(
    policyText(
      'applies: customer.country == "SE"\nexemptions:\n  - { when: customer.class == "public", from: [suspend-seats], because: { en: Public body } }\n',
      `${STEP}    when: invoices > 1\n`,
    ),
  );
  assert.ok(read.ok);
  const compiled = compileConditions(read.value);
  assert.deepEqual(compiled.applies({ ...FACTS_OF.customer, country: "NO" }), { matches: false, unknown: [] });
  assert.deepEqual(compiled.applies({ ...FACTS_OF.customer, country: undefined }), {
    matches: false,
    unknown: ["customer.country"],
  });
  assert.equal(compiled.step("friendly", FACTS_OF).matches, true);
  assert.equal(compiled.step("friendly", { ...FACTS_OF, invoices: 1 }).matches, false);
  assert.deepEqual(compiled.exemptions[0]?.ask(FACTS_OF), { matches: false, unknown: ["customer.class"] });
  const isPublic = { ...FACTS_OF, customer: { ...FACTS_OF.customer, class: "public" as const } };
  assert.equal(compiled.exemptions[0]?.ask(isPublic).matches, true);
});
