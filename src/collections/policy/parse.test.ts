import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FaultCode } from "./contract.ts";
import { parsePolicy, POLICY_CHARS_MAX } from "./decide-parse.ts";
import { policyText, STEP } from "./testing.ts";

const step = (more: string) => `  - id: a\n    name: { en: A }\n    daysPastDue: 5\n${more}`;
const faultsOf = (text: string) => {
  const read = parsePolicy(text);
  return read.ok ? [] : read.error;
};

test("a small policy is read, with what is left out", () => {
  const read = parsePolicy(policyText("", STEP));
  assert.ok(read.ok);
  assert.equal(read.value.steps[0]?.noticeDays, 0);
  assert.equal(read.value.calendar.dueDateOnDayOff, "next-business-day");
  assert.equal(read.value.partnerDays, 60);
});

/** Text below the head, and the fault with its place. The head has five lines. */
const FAULTS: readonly [says: string, text: string, code: FaultCode, path: string, line: number, column: number][] = [
  [
    "a day that is no number",
    policyText("", "  - id: a\n    name: { en: A }\n    daysPastDue: ten\n"),
    "type",
    "steps[0].daysPastDue",
    9,
    18,
  ],
  [
    "a day out of range",
    policyText("", "  - id: a\n    name: { en: A }\n    daysPastDue: 731\n"),
    "range",
    "steps[0].daysPastDue",
    9,
    18,
  ],
  ["a member that is missing", policyText("", "  - id: a\n    daysPastDue: 5\n"), "missing", "steps[0].name", 7, 5],
  ["a member that does not exist", policyText("", step("    fee: 60\n")), "unknown-key", "steps[0].fee", 10, 5],
  [
    "an effect that does not exist",
    policyText("", step("    effects: [freeze]\n")),
    "choice",
    "steps[0].effects[0]",
    10,
    15,
  ],
  ["an id with a capital", policyText("", STEP.replace("friendly\n", "Friendly\n")), "format", "steps[0].id", 7, 9],
  ["an amount that is a number", policyText("tolerance: { SEK: 100 }\n", STEP), "type", "tolerance.SEK", 6, 19],
  ["an amount with a comma", policyText('tolerance: { SEK: "100,00" }\n', STEP), "format", "tolerance.SEK", 6, 19],
  [
    "a currency in small letters",
    policyText('tolerance: { sek: "100.00" }\n', STEP),
    "currency",
    "tolerance.sek",
    6,
    14,
  ],
  [
    "a currency that does not exist",
    policyText('tolerance: { SEQ: "100.00" }\n', STEP),
    "currency",
    "tolerance.SEQ",
    6,
    14,
  ],
  [
    "more decimals than the currency has",
    policyText('tolerance: { JPY: "100.5" }\n', STEP),
    "decimals",
    "tolerance.JPY",
    6,
    19,
  ],
  ["two steps of one id", policyText("", STEP + STEP), "duplicate", "steps[1].id", 11, 9],
  ["one member twice", policyText("law: EU\n", STEP), "duplicate", "", 6, 1],
  [
    "contract interest without a rate",
    policyText("interest: { by: contract }\n", STEP),
    "contract-rate",
    "interest",
    6,
    11,
  ],
  [
    "a rate that nothing uses",
    policyText('interest: { by: statutory, ratePercent: "9" }\n', STEP),
    "contract-rate",
    "interest",
    6,
    11,
  ],
  [
    "a time zone that does not exist",
    policyText("", STEP).replace("Europe/Stockholm", "Europe/Umea"),
    "time-zone",
    "calendar.timeZone",
    5,
    23,
  ],
  ["a tab for indentation", policyText("", "\t- id: a\n"), "yaml", "", 7, 1],
  ["a tag that would make an object", policyText("about: !!js/function x\n", STEP), "yaml", "", 6, 8],
  ["two documents", `${policyText("", STEP)}---\na: 1\n`, "yaml", "", 11, 1],
  [
    "a condition that does not parse",
    policyText("", step("    when: invoices >\n")),
    "expression",
    "steps[0].when",
    10,
    21,
  ],
  [
    "a fact that does not exist",
    policyText("", step("    when: overdu > 5\n")),
    "expression-fact",
    "steps[0].when",
    10,
    11,
  ],
  [
    "a fact of the account where the policy is chosen",
    policyText("applies: overdue > 5\n", STEP),
    "expression-fact",
    "applies",
    6,
    10,
  ],
  [
    "a number compared with a text",
    policyText("", step('    when: invoices > "3"\n')),
    "expression-type",
    "steps[0].when",
    10,
    11,
  ],
  [
    "a condition that gives no yes or no",
    policyText("", step("    when: invoices + 3\n")),
    "expression-type",
    "steps[0].when",
    10,
    11,
  ],
  [
    "a loop",
    policyText("", step("    when: '[1, 2].all(one, one > 1)'\n")),
    "expression-call",
    "steps[0].when",
    10,
    12,
  ],
  [
    "a pattern that is none",
    policyText("", step(`    when: 'customer.country.matches("(")'\n`)),
    "expression-pattern",
    "steps[0].when",
    10,
    37,
  ],
  [
    "a pattern that looks around",
    policyText("", step(`    when: 'customer.country.matches("(?=S)")'\n`)),
    "expression-pattern",
    "steps[0].when",
    10,
    37,
  ],
  [
    "a condition over two lines",
    policyText("", step("    when: |\n      invoices > 3 &&\n        wrong > 3\n")),
    "expression-fact",
    "steps[0].when",
    12,
    9,
  ],
];
for (const [says, text, code, path, line, column] of FAULTS)
  test(`${says} is refused at ${line}:${column}`, () => {
    const [first] = faultsOf(text);
    assert.deepEqual(
      { code: first?.code, path: first?.path, line: first?.line, column: first?.column },
      { code, path, line, column },
    );
    assert.ok(first?.fix);
  });

test("every fault of a text is told, in the order of the text", () => {
  const text = policyText("tolerance: { SEK: 100 }\nlaw2: x\n", "  - id: A\n    name: {}\n    daysPastDue: 900\n");
  assert.deepEqual(
    faultsOf(text).map(({ code }) => code),
    ["type", "unknown-key", "format", "missing", "range"],
  );
});

const ATTACKS: readonly [says: string, text: string, code: FaultCode][] = [
  ["a text too long", "#".repeat(POLICY_CHARS_MAX + 1), "text-too-long"],
  ["sixty thousand brackets", "[".repeat(60_000), "too-deep"],
  ["thirty thousand dashes", `${"- ".repeat(30_000)}1`, "too-deep"],
  [
    "anchors that multiply",
    `a: &a [${"x,".repeat(9)}x]\nb: &b [${"*a,".repeat(9)}*a]\nc: &c [${"*b,".repeat(9)}*b]\nd: [${"*c,".repeat(9)}*c]\n`,
    "aliases",
  ],
  ["nothing", "", "empty"],
];
for (const [says, text, code] of ATTACKS)
  test(`${says} is refused as ${code}`, () => assert.equal(faultsOf(text)[0]?.code, code));

test("no text makes the reader throw, and every fault lies in it", () => {
  const bits = fc.constantFrom(
    "steps:\n",
    "  - ",
    "id: a\n",
    "when: ",
    "overdue",
    " > ",
    "{",
    "}",
    "[",
    "&a ",
    "*a ",
    '"',
    "\n",
    "é🦊",
    ": ",
    "!!x ",
    "|",
    "#",
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      for (const one of faultsOf(text)) {
        assert.ok(one.from >= 0 && one.to <= text.length && one.from <= one.to);
        assert.ok(one.line >= 1 && one.column >= 1);
      }
    }),
    { numRuns: 500 },
  );
});
