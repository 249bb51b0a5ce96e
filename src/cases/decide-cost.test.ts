import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { BusinessCalendar } from "../core/calendar.ts";
import { costBetween, decideCost, nextOpening } from "./decide-cost.ts";

const calendar: BusinessCalendar = {
  zone: "Europe/Stockholm",
  weekdays: [1, 2, 3, 4, 5],
  holidays: new Set(["2026-12-25"]),
  opens: Temporal.PlainTime.from("08:00"),
  closes: Temporal.PlainTime.from("17:00"),
};
const perHour = { minor: 864_000n, currency: "SEK" };
const at = (text: string) => Temporal.Instant.from(text);

const openings = [
  ["a night in the week: this morning", "2026-11-17T02:38:00+01:00", "2026-11-17T08:00:00+01:00"],
  ["at eight itself: tomorrow", "2026-11-17T08:00:00+01:00", "2026-11-18T08:00:00+01:00"],
  ["Friday evening: Monday", "2026-11-20T18:00:00+01:00", "2026-11-23T08:00:00+01:00"],
  ["Christmas Eve: over the holiday and the weekend", "2026-12-24T20:00:00+01:00", "2026-12-28T08:00:00+01:00"],
  ["the night the clocks go forward", "2026-03-29T01:30:00+01:00", "2026-03-30T08:00:00+02:00"],
] as const;
for (const [says, now, expected] of openings)
  test(`next office hour, ${says}`, () => {
    assert.equal(nextOpening(calendar, at(now)).epochMilliseconds, at(expected).epochMilliseconds);
  });

test("a crypto-mining night: spent, by the office, by the invoice", () => {
  const cost = decideCost({
    perHour,
    firstUseAt: at("2026-11-17T01:53:00+01:00"),
    now: at("2026-11-17T02:38:00+01:00"),
    calendar,
  });
  assert.equal(cost.spentMinor, "648000", "45 minutes at 8,640 SEK/h");
  assert.equal(
    cost.byNextOffice.minor,
    costBetween(perHour, at("2026-11-17T01:53:00+01:00"), at("2026-11-17T08:00:00+01:00")).toString(),
  );
  assert.equal(cost.byInvoice.at, "2026-12-07T23:00:00Z");
  assert.equal(cost.savesInDayMinor, ((864_000n * (24n * 60n - 10n)) / 60n).toString());
});

test("the curve: spent up to now, then two lines from there; acting is flat after it takes effect", () => {
  const now = at("2026-11-17T02:38:00+01:00");
  const { points } = decideCost({ perHour, firstUseAt: at("2026-11-17T01:38:00+01:00"), now, calendar });
  const turn = points.findIndex((p) => p.spent !== null && p.ifActed !== null);
  assert.ok(turn > 0);
  assert.ok(points.slice(0, turn).every((p) => p.ifActed === null && p.ifNot === null));
  const ahead = points.slice(turn + 1);
  assert.ok(ahead.every((p) => p.spent === null && p.ifActed === ahead[0]?.ifActed));
  const minutes = points.map((p) => at(p.at).epochMilliseconds);
  assert.deepEqual(
    minutes,
    [...minutes].sort((a, b) => a - b),
    "in order of time",
  );
});

test("a first use in the future costs nothing yet", () => {
  const now = at("2026-11-17T02:38:00+01:00");
  assert.equal(decideCost({ perHour, firstUseAt: now.add({ minutes: 5 }), now, calendar }).spentMinor, "0");
});

test("cost adds up over any split of the time, to the minor unit per part", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 10_000 }),
      (minor, a, b) => {
        const from = at("2026-11-17T00:00:00Z");
        const mid = from.add({ minutes: a });
        const to = mid.add({ minutes: b });
        const rate = { minor, currency: "SEK" };
        const whole = costBetween(rate, from, to);
        const split = costBetween(rate, from, mid) + costBetween(rate, mid, to);
        assert.ok(whole - split <= 1n && split - whole <= 1n);
      },
    ),
  );
});
