import assert from "node:assert/strict";
import { test } from "node:test";
import { readAmount } from "./amount.ts";

const cases = [
  ["720,000", "SEK", "en", "72000000"],
  ["720 000", "SEK", "en", "72000000"],
  ["720 000,50", "SEK", "sv", "72000050"],
  ["720000.5", "SEK", "en", "72000050"],
  ["1.234", "SEK", "en", undefined],
  ["1,5", "SEK", "en", undefined],
  ["500", "JPY", "en", "500"],
  ["500.1", "JPY", "en", undefined],
  ["-5", "SEK", "en", undefined],
  ["", "SEK", "en", undefined],
  ["abc", "SEK", "en", undefined],
  ["5", "XXX", "en", undefined],
] as const;
for (const [text, currency, language, minor] of cases)
  test(`"${text}" ${currency} in ${language} is ${minor ?? "no amount"}`, () =>
    assert.equal(readAmount(text, currency, language)?.minor, minor));
