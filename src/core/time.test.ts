import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addBusinessDays,
  type BusinessCalendar,
  isBusinessDay,
  isOfficeHour,
  onOrAfterBusinessDay,
} from "./calendar.ts";
import { canonicalJson, toJson, type Json } from "./canonical.ts";
import { dayOf, daysBetween, minutesBetween, parseDay, parseInstant, startOf } from "./time.ts";

const instant = Temporal.Instant.from;
const day = Temporal.PlainDate.from;

const days = [
  ["2026-03-31", true],
  ["2026-02-29", false],
  ["2024-02-29", true],
  ["2026-3-1", false],
  ["31/03/2026", false],
  ["2026-13-01", false],
  ["", false],
] as const;
for (const [text, good] of days)
  test(`"${text}" is ${good ? "" : "not "}a day`, () => assert.equal(parseDay(text).ok, good));

const instants = [
  ["2026-11-17T02:10:00Z", "2026-11-17T02:10:00Z"],
  ["2026-11-17T02:10:00", "2026-11-17T02:10:00Z"],
  ["2026-11-17T02:10:00.1234567Z", "2026-11-17T02:10:00.1234567Z"],
  ["2026-11-17T03:10:00+01:00", "2026-11-17T02:10:00Z"],
  ["2026-11-17 02:10:00", "2026-11-17T02:10:00Z"],
  ["yesterday", undefined],
  ["2026-02-30T00:00:00Z", undefined],
] as const;
for (const [text, expected] of instants)
  test(`"${text}" is the moment ${expected ?? "of nothing"}`, () => {
    const parsed = parseInstant(text);
    assert.equal(parsed.ok ? parsed.value.toString() : undefined, expected);
  });

test("the day of a moment depends on the zone, also in the night of summer time", () => {
  assert.equal(dayOf(instant("2026-03-28T23:30:00Z"), "Europe/Stockholm").toString(), "2026-03-29");
  assert.equal(startOf(day("2026-03-30"), "Europe/Stockholm").toString(), "2026-03-29T22:00:00Z");
  assert.equal(
    minutesBetween(startOf(day("2026-03-29"), "Europe/Stockholm"), startOf(day("2026-03-30"), "Europe/Stockholm")),
    23 * 60,
  );
  assert.equal(daysBetween(day("2026-03-31"), day("2026-03-01")), -30);
  assert.equal(minutesBetween(instant("2026-01-01T00:01:30Z"), instant("2026-01-01T00:00:00Z")), -2);
});

const office: BusinessCalendar = {
  zone: "Europe/Stockholm",
  weekdays: [1, 2, 3, 4, 5],
  holidays: new Set(["2026-12-24", "2026-12-25"]),
  opens: Temporal.PlainTime.from("08:00"),
  closes: Temporal.PlainTime.from("17:00"),
};

const business = [
  ["2026-12-23", 1, "2026-12-28"],
  ["2026-12-24", 0, "2026-12-28"],
  ["2026-11-20", 1, "2026-11-23"],
  ["2026-11-21", 0, "2026-11-23"],
  ["2026-11-16", 4, "2026-11-20"],
] as const;
for (const [from, count, expected] of business)
  test(`${count} business days after ${from} is ${expected}`, () =>
    assert.equal(addBusinessDays(office, day(from), count).toString(), expected));

test("a business day is always found, never before the day asked, and is worked", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000 }), (offset) => {
      const asked = day("2020-01-01").add({ days: offset });
      const found = onOrAfterBusinessDay(office, asked);
      assert.ok(daysBetween(asked, found) >= 0 && isBusinessDay(office, found));
    }),
  );
  assert.throws(() => onOrAfterBusinessDay({ ...office, weekdays: [] }, day("2026-01-01")), /no business day/);
});

const hours = [
  ["2026-11-17T07:30:00Z", true],
  ["2026-11-17T06:59:00Z", false],
  ["2026-11-17T16:00:00Z", false],
  ["2026-11-17T02:10:00Z", false],
  ["2026-11-21T10:00:00Z", false],
] as const;
for (const [at, staffed] of hours)
  test(`at ${at} the office is ${staffed ? "staffed" : "closed"}`, () =>
    assert.equal(isOfficeHour(office, instant(at)), staffed));

test("the same value always gives the same text, whatever the order of its keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const flipped = (one: Json): Json =>
        Array.isArray(one)
          ? one.map(flipped)
          : one !== null && typeof one === "object"
            ? Object.fromEntries(
                Object.entries(one)
                  .reverse()
                  .map(([key, member]) => [key, flipped(member)]),
              )
            : one;
      const json = toJson(value);
      assert.equal(canonicalJson(flipped(json)), canonicalJson(json));
      assert.deepEqual(JSON.parse(canonicalJson(json)), JSON.parse(JSON.stringify(json)));
    }),
  );
  assert.equal(
    canonicalJson(toJson({ b: 1n, a: instant("2026-01-01T00:00:00Z"), c: undefined })),
    '{"a":"2026-01-01T00:00:00Z","b":"1"}',
  );
});
