import { assert } from "./assert.ts";
import { ok, refuse, type Result } from "./result.ts";

/** Where "now" comes from. Services ask it once per decision and pass the instant on; pure code never sees a clock. */
export type Clock = { now(): Temporal.Instant };

/** The calendar day of an instant in a time zone (IANA name, e.g. `Europe/Stockholm`). */
export const dayOf = (instant: Temporal.Instant, zone: string): Temporal.PlainDate =>
  instant.toZonedDateTimeISO(zone).toPlainDate();

/** First instant of a day in a time zone; correct across changes of summer time. */
export const startOf = (day: Temporal.PlainDate, zone: string): Temporal.Instant =>
  day.toZonedDateTime(zone).toInstant();

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: Temporal.PlainDate, to: Temporal.PlainDate): number =>
  from.until(to, { largestUnit: "days" }).days;

/** Whole minutes from `from` to `to`, rounded down toward the past. */
export const minutesBetween = (from: Temporal.Instant, to: Temporal.Instant): number =>
  Math.floor((to.epochMilliseconds - from.epochMilliseconds) / 60_000);

/** `instant` plus whole minutes, which may be negative. */
export function plusMinutes(instant: Temporal.Instant, minutes: number): Temporal.Instant {
  assert(Number.isInteger(minutes), "minutes are whole");
  return instant.add({ minutes });
}

/** Parses a day in ISO 8601 (`2026-03-31`); refuses impossible dates such as 30 February. */
export function parseDay(text: string): Result<Temporal.PlainDate, string> {
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return refuse(`"${text}" is not a day such as 2026-03-31`);
    return ok(Temporal.PlainDate.from(text, { overflow: "reject" }));
  } catch {
    return refuse(`"${text}" is not a day in the calendar`);
  }
}

/** Parses an ISO 8601 instant; one without zone is read as UTC (CONTRACT section 0.6). */
export function parseInstant(text: string): Result<Temporal.Instant, string> {
  try {
    const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text.trim());
    return ok(Temporal.Instant.from(zoned ? text.trim() : `${text.trim()}Z`));
  } catch {
    return refuse(`"${text}" is not a moment such as 2026-03-31T02:10:00Z`);
  }
}
