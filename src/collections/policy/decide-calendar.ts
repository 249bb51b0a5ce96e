import Holidays from "date-holidays";
import type { Policy } from "../contract-policy.ts";

export type PolicyCalendar = {
  readonly isBusinessDay: (day: Temporal.PlainDate) => boolean;
  /** The day itself if it is worked, else the next that is. */
  readonly next: (day: Temporal.PlainDate) => Temporal.PlainDate;
  /** When an invoice counts as due: moved off a day off where the policy says so. */
  readonly dueDay: (day: Temporal.PlainDate) => Temporal.PlainDate;
};

/** Longest run of days off that is looked over. */
const CLOSED_DAYS_MAX = 30;
/** Days off with these types: public and bank holidays close banks; observances and school holidays do not. */
const TYPES = new Set(["public", "bank"]);

const daysOff = new Map<string, ReadonlySet<string>>();
const calendars = new Map<string, Holidays>();

/** Countries and regions whose holidays are known, as a policy writes them: `SE`, `DE`, `DE-BY`. */
export function holidayPlaces(): readonly string[] {
  const all = new Holidays();
  return Object.keys(all.getCountries()).flatMap((country) => [
    country,
    ...Object.keys(all.getStates(country) ?? {}).map((state) => `${country}-${state}`),
  ]);
}

/**
 * Business days of a policy: Monday to Friday less the public and bank holidays of its country. Read once a place and year,
 * then only looked up. Source of the days: the package date-holidays.
 */
export function businessCalendar(calendar: Policy["calendar"]): PolicyCalendar {
  const isBusinessDay = (day: Temporal.PlainDate) =>
    day.dayOfWeek <= 5 && !holidaysOf(calendar.holidays, day.year).has(day.toString());
  const next = (day: Temporal.PlainDate) => {
    for (let offset = 0; offset <= CLOSED_DAYS_MAX; offset++) {
      const candidate = offset === 0 ? day : day.add({ days: offset });
      if (isBusinessDay(candidate)) return candidate;
    }
    throw new Error(`invariant broken: ${CLOSED_DAYS_MAX} days off in a row after ${day.toString()}`);
  };
  return { isBusinessDay, next, dueDay: calendar.dueDateOnDayOff === "stays" ? (day) => day : next };
}

function holidaysOf(place: string, year: number): ReadonlySet<string> {
  const key = `${place} ${year}`;
  const kept = daysOff.get(key);
  if (kept !== undefined) return kept;
  const days = new Set<string>();
  for (const holiday of calendarOf(place).getHolidays(year) ?? []) {
    if (!TYPES.has(holiday.type)) continue;
    const first = Temporal.PlainDate.from(holiday.date.slice(0, 10));
    // Some last several days; an end at midnight belongs to the day before.
    const length = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / 86_400_000));
    for (let offset = 0; offset < length; offset++) days.add(first.add({ days: offset }).toString());
  }
  daysOff.set(key, days);
  return days;
}

function calendarOf(place: string): Holidays {
  const kept = calendars.get(place);
  if (kept !== undefined) return kept;
  const [country = "", state] = place.split("-");
  const made = state === undefined ? new Holidays(country) : new Holidays(country, state);
  calendars.set(place, made);
  return made;
}
