import assert from "node:assert/strict";
import { test } from "node:test";
import { businessCalendar, holidayPlaces } from "./decide-calendar.ts";

const calendarOf = (holidays: string, dueDateOnDayOff: "stays" | "next-business-day" = "next-business-day") =>
  businessCalendar({
    timeZone: "Europe/Stockholm",
    holidays,
    dueDateOnDayOff,
    onBusinessDaysOnly: true,
    sendAt: "09:00",
  });

/** Where, a day, and the business day on or after it. */
const CASES = [
  ["SE", "2026-11-17", "2026-11-17"],
  ["SE", "2026-11-21", "2026-11-23"],
  ["SE", "2026-01-01", "2026-01-02"],
  ["SE", "2026-01-06", "2026-01-07"],
  ["SE", "2026-04-03", "2026-04-07"],
  ["SE", "2026-05-14", "2026-05-15"],
  ["SE", "2026-12-25", "2026-12-28"],
  ["GB-ENG", "2026-12-28", "2026-12-29"],
  ["US", "2026-11-26", "2026-11-27"],
  ["DE-BY", "2026-06-04", "2026-06-05"],
  ["DE-BE", "2026-06-04", "2026-06-04"],
] as const;
for (const [where, day, next] of CASES)
  test(`in ${where} ${day} is worked on ${next}`, () =>
    assert.equal(calendarOf(where).next(Temporal.PlainDate.from(day)).toString(), next));

test("a due date on a day off moves only where the policy says so", () => {
  const saturday = Temporal.PlainDate.from("2026-11-21");
  assert.equal(calendarOf("SE").dueDay(saturday).toString(), "2026-11-23");
  assert.equal(calendarOf("SE", "stays").dueDay(saturday).toString(), "2026-11-21");
});

test("countries and regions that a policy may name", () => {
  const places = holidayPlaces();
  for (const place of ["SE", "NO", "FI", "DK", "DE-BY", "GB", "GB-ENG", "US", "IE"])
    assert.ok(places.includes(place), place);
});
