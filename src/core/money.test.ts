import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimalToText, parseDecimal, parseLocalDecimal, type NumberStyle } from "./decimal.ts";
import {
  add,
  allocate,
  convert,
  divideRounded,
  money,
  moneyFromDecimal,
  moneyFromJson,
  moneyToJson,
  moneyToText,
} from "./money.ts";

const minor = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const currency = fc.constantFrom("EUR", "SEK", "JPY", "KWD");

test("shares of a split always sum to the whole, and none is off by more than one minor unit", () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 12 })
    .filter((all) => all.some((w) => w > 0n));
  fc.assert(
    fc.property(minor, weights, (total, all) => {
      const shares = allocate(money(total, "SEK"), all).map((share) => share.minor);
      const sum = all.reduce((a, w) => a + w, 0n);
      assert.equal(
        shares.reduce((a, s) => a + s, 0n),
        total,
      );
      shares.forEach((share, i) => {
        const off = share * sum - total * (all[i] ?? 0n);
        assert.ok((off < 0n ? -off : off) < sum, "a share is within one unit of its exact part");
      });
    }),
  );
});

test("money survives the wire, and its text is exact", () => {
  fc.assert(
    fc.property(minor, currency, (amount, code) => {
      const one = money(amount, code);
      assert.deepEqual(moneyFromJson(JSON.parse(JSON.stringify(moneyToJson(one)))), one);
      const parsed = parseDecimal(moneyToText(one));
      assert.ok(parsed.ok);
      assert.deepEqual(moneyFromDecimal(parsed.value, code), one);
    }),
  );
});

test("addition does not mix currencies, whatever the types were told", () => {
  assert.throws(() => add(money(1n, "EUR"), money(1n, "USD")), /EUR \+ USD/);
  assert.throws(() => money(1n, "EURO"), /known currency/);
});

const rounded = [
  // units, scale, currency, minor
  ["0.005", "EUR", 1n],
  ["-0.005", "EUR", -1n],
  ["0.0049999", "EUR", 0n],
  ["12.345", "KWD", 12_345n],
  ["0.5", "JPY", 1n],
  ["1e-7", "EUR", 0n],
  ["3", "EUR", 300n],
] as const;
for (const [text, code, expected] of rounded)
  test(`${text} ${code} is ${expected} minor units`, () => {
    const parsed = parseDecimal(text);
    assert.ok(parsed.ok);
    assert.equal(moneyFromDecimal(parsed.value, code).minor, expected);
  });

test("conversion is exact to the last minor unit and rounds half away from zero", () => {
  const rate = parseDecimal("11.2345");
  assert.ok(rate.ok);
  assert.equal(convert(money(10_000n, "EUR"), "SEK", rate.value).minor, 112_345n);
  assert.equal(convert(money(1n, "JPY"), "SEK", { units: 7n, scale: 2 }).minor, 7n);
  assert.equal(convert(money(1n, "KWD"), "JPY", { units: 5_005n, scale: 1 }).minor, 1n);
});

test("rounding a quotient is symmetric around zero", () => {
  fc.assert(
    fc.property(minor, fc.bigInt({ min: 1n, max: 10n ** 9n }), (a, b) =>
      assert.equal(divideRounded(-a, b), -divideRounded(a, b)),
    ),
  );
});

const german: NumberStyle = { decimal: ",", group: "." };
const swedish: NumberStyle = { decimal: ",", group: " " };
const english: NumberStyle = { decimal: ".", group: "," };
const numbers = [
  // text, style, value or undefined when refused
  ["1.234,50", german, "1234.5"],
  ["1 234,50", swedish, "1234.5"],
  ["1\u00a0234\u00a0567,89", swedish, "1234567.89"],
  ["1,234.50", english, "1234.5"],
  ["(99.00)", english, "-99"],
  ["99,00-", german, "-99"],
  ["\u221212,5", swedish, "-12.5"],
  ["12", english, "12"],
  [".5", english, "0.5"],
  ["1.234,50", english, undefined],
  ["1,23,456.00", english, undefined],
  ["12.345", german, "12345"],
  ["12.34", german, undefined],
  ["", english, undefined],
  ["abc", english, undefined],
  ["1e5", english, undefined],
  ["1.2.3", english, undefined],
  ["--1", english, undefined],
  ["(-1)", english, undefined],
] as const;
for (const [text, style, expected] of numbers)
  test(`"${text}" with decimal sign "${style.decimal}" ${expected === undefined ? "is refused" : `is ${expected}`}`, () => {
    const parsed = parseLocalDecimal(text, style);
    assert.equal(parsed.ok ? decimalToText(parsed.value) : undefined, expected);
  });

test("what people write in any style is read back as the same number", () => {
  const style = fc.constantFrom(
    german,
    swedish,
    english,
    { decimal: ".", group: "'" } as const,
    { decimal: ",", group: "" } as const,
  );
  fc.assert(
    fc.property(minor, style, (amount, how) => {
      const digits = (amount < 0n ? -amount : amount).toString().padStart(3, "0");
      const whole = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, how.group);
      const parsed = parseLocalDecimal(`${amount < 0n ? "-" : ""}${whole}${how.decimal}${digits.slice(-2)}`, how);
      assert.ok(parsed.ok);
      assert.equal(moneyFromDecimal(parsed.value, "EUR").minor, amount);
    }),
  );
});
