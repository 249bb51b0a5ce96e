import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  amountText,
  dayText,
  durationText,
  longDayText,
  minutesFrom,
  momentText,
  moneyText,
  percentText,
  shareOf,
  zoneText,
} from "./format.ts";

const sek = (minor: string) => ({ minor, currency: "SEK" });
const plain = (text: string) => text.replaceAll("\u00a0", " ");

const amounts = [
  // minor        currency  style                     English        Swedish
  ["114240000", "SEK", {}, "1,142,400", "1 142 400"],
  ["41230000", "SEK", { signed: true }, "+412,300", "+412 300"],
  ["-4170000", "SEK", { signed: true }, "−41,700", "−41 700"],
  ["0", "SEK", { signed: true }, "0", "0"],
  ["-49", "SEK", { signed: true }, "0", "0"],
  ["-50", "SEK", { signed: true }, "−1", "−1"],
  ["1999", "SEK", { digits: "minor" }, "19.99", "19,99"],
  ["-5", "EUR", { digits: "minor" }, "−0.05", "−0,05"],
  ["1200", "JPY", { digits: "minor" }, "1,200", "1 200"],
  ["1234567", "KWD", { digits: "minor" }, "1,234.567", "1 234,567"],
  ["123456789012345678901234", "SEK", {}, "1,234,567,890,123,456,789,012", "1 234 567 890 123 456 789 012"],
] as const;
for (const [minor, currency, style, english, swedish] of amounts)
  test(`${minor} ${currency} minor is written ${english}`, () => {
    assert.equal(amountText({ minor, currency }, "en", style), english);
    assert.equal(plain(amountText({ minor, currency }, "sv", style)), swedish);
  });

test("a figure never breaks over a line", () => {
  assert.doesNotMatch(moneyText(sek("114240000"), "sv"), / /);
  assert.doesNotMatch(durationText(83), / /);
});

test("what is written with all minor units is exactly the amount", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (minor) => {
      const text = amountText(sek(minor.toString()), "en", { digits: "minor" });
      assert.equal(BigInt(text.replaceAll(/[,.]/g, "").replace("−", "-")), minor);
    }),
  );
});

const durations = [
  [0, "0 min"],
  [14, "14 min"],
  [60, "1 h"],
  [83, "1 h 23 min"],
  [-71, "1 h 11 min"],
  [47 * 60 + 59, "47 h 59 min"],
  [48 * 60, "2 d"],
  [76 * 60 + 18, "3 d 4 h"],
  [9 * 1440 + 300, "9 d"],
] as const;
for (const [minutes, text] of durations)
  test(`${minutes} minutes are ${text}`, () => assert.equal(plain(durationText(minutes)), text));

const place = (language: "en" | "sv") =>
  ({ language, zone: "Europe/Stockholm", nowIso: "2026-11-17T07:42:00Z" }) as const;
test("moments: today only the time, this year without it, another year with it", () => {
  assert.equal(momentText("2026-11-17T01:10:00Z", place("en")), "02:10");
  assert.equal(plain(momentText("2026-11-16T09:05:00Z", place("en"))), "16 Nov 10:05");
  assert.equal(plain(momentText("2026-11-16T09:05:00Z", place("sv"))), "16 nov 10:05");
  assert.equal(plain(dayText("2025-03-31", place("en"))), "31 Mar 2025");
  assert.equal(plain(dayText("2026-09-01", place("en"))), "1 Sep");
});
test("the day is the desk's, not the browser's", () => {
  assert.equal(plain(dayText("2026-11-16T23:30:00Z", place("en"))), "17 Nov");
});
test("the long day", () => {
  assert.equal(longDayText("2026-11-17T07:42:00Z", place("en")), "Tuesday, 17 November 2026");
  assert.equal(longDayText("2026-11-17T07:42:00Z", place("sv")), "Tisdag 17 november 2026");
});
test("the zone is named as it is on that day", () => {
  assert.equal(zoneText("2026-11-17T07:42:00Z", "Europe/Stockholm"), "CET");
  assert.equal(zoneText("2026-07-17T07:42:00Z", "Europe/Stockholm"), "CEST");
});
test("percentages", () => {
  assert.equal(percentText(0.97, "en"), "97%");
  assert.equal(plain(percentText(0.165, "sv", 1)), "16,5 %");
});
test("a share of nothing is nothing, and a share is exact to a hundredth of a percent", () => {
  assert.equal(shareOf(5n, 0n), 0);
  assert.equal(shareOf(1n, 3n), 0.3333);
});
test("minutes are rounded toward the past", () => {
  assert.equal(minutesFrom("2026-11-17T07:00:30Z", "2026-11-17T07:01:00Z"), 0);
  assert.equal(minutesFrom("2026-11-17T07:01:00Z", "2026-11-17T07:00:30Z"), -1);
});
