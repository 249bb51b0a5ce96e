/**
 * Days as whole numbers since 1970-01-01. The ladder compares and adds thousands of days an account; a number does that in a nanosecond.
 * `Temporal.PlainDate` stays at the door.
 */
export type DayNumber = number;

/** Howard Hinnant's days_from_civil: exact over the whole proleptic Gregorian calendar. */
export function dayNumber(day: Temporal.PlainDate): DayNumber {
  const month = day.month;
  const year = month <= 2 ? day.year - 1 : day.year;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const EPOCH = new Temporal.PlainDate(1970, 1, 1);
/** Days are asked for again and again: a desk looks at a few years. More than this many and the memory starts anew. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<DayNumber, Temporal.PlainDate>();

export function plainDay(number: DayNumber): Temporal.PlainDate {
  const known = remembered.get(number);
  if (known !== undefined) return known;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const day = EPOCH.add({ days: number });
  remembered.set(number, day);
  return day;
}

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (number: DayNumber): number => ((((number + 3) % 7) + 7) % 7) + 1;
