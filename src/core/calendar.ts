import { assert } from "./assert.ts";

/** A business calendar: which days are worked, and between which hours, in one time zone. */
export type BusinessCalendar = {
  readonly zone: string;
  /** ISO weekdays worked: 1 is Monday, 7 is Sunday. */
  readonly weekdays: readonly number[];
  /** Public holidays, ISO days, sorted or not. */
  readonly holidays: ReadonlySet<string>;
  readonly opens: Temporal.PlainTime;
  readonly closes: Temporal.PlainTime;
};

/** Longest run of closed days we search before calling the calendar broken. */
const CLOSED_DAYS_MAX = 60;

export const isBusinessDay = (calendar: BusinessCalendar, day: Temporal.PlainDate): boolean =>
  calendar.weekdays.includes(day.dayOfWeek) && !calendar.holidays.has(day.toString());

/** `day` itself when it is worked, else the next worked day. */
export function onOrAfterBusinessDay(calendar: BusinessCalendar, day: Temporal.PlainDate): Temporal.PlainDate {
  for (let offset = 0; offset <= CLOSED_DAYS_MAX; offset++) {
    const candidate = day.add({ days: offset });
    if (isBusinessDay(calendar, candidate)) return candidate;
  }
  throw new Error(`invariant broken: no business day within ${CLOSED_DAYS_MAX} days of ${day.toString()}`);
}

/** The day that is `count` business days after `day`; a count of 0 gives `onOrAfterBusinessDay`. */
export function addBusinessDays(
  calendar: BusinessCalendar,
  day: Temporal.PlainDate,
  count: number,
): Temporal.PlainDate {
  assert(Number.isInteger(count) && count >= 0 && count <= 3_660, "between 0 and 3,660 business days");
  let current = onOrAfterBusinessDay(calendar, day);
  for (let done = 0; done < count; done++) current = onOrAfterBusinessDay(calendar, current.add({ days: 1 }));
  return current;
}

/** Whether the office is staffed at this instant. Nights and weekends are "overnight" on the Today page. */
export function isOfficeHour(calendar: BusinessCalendar, instant: Temporal.Instant): boolean {
  const local = instant.toZonedDateTimeISO(calendar.zone);
  const time = local.toPlainTime();
  return (
    isBusinessDay(calendar, local.toPlainDate()) &&
    Temporal.PlainTime.compare(time, calendar.opens) >= 0 &&
    Temporal.PlainTime.compare(time, calendar.closes) < 0
  );
}
