import type { Json } from "../../core/canonical.ts";

/** Years that stand for "no moment": 9999 is open-ended, 0001 was never set. Source: CONTRACT section 0. */
const YEAR_MIN = 1971;
const YEAR_MAX = 9998;

/**
 * A moment in any form that Microsoft's logs use: ISO 8601 with `T` or a blank, up to nine digits of a second, any zone or none (then UTC),
 * a day alone, `/Date(…)/`, epoch seconds or milliseconds, `3/23/2021 10:00:00 AM`, `Tue, 23 Mar 2021 10:00:00 GMT`. Kept to the
 * microsecond, as the database does. Undefined for everything else.
 */
export function timeOf(value: Json | undefined): Temporal.Instant | undefined {
  if (typeof value === "number") return ofEpoch(value);
  if (typeof value !== "string" || value.length < 8 || value.length > 64) return undefined;
  return isoOf(value) ?? otherOf(value.trim());
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** Two digits at a place; NaN when they are none. */
function two(of: string, at: number): number {
  const tens = of.charCodeAt(at);
  const ones = of.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 48) * 10 + ones - 48 : Number.NaN;
}

/** Days since 1970-01-01 in the Gregorian calendar. Source: H. Hinnant, "chrono-compatible low-level date algorithms". */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}
const DAYS_IN = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
function isDay(year: number, month: number, day: number): boolean {
  if (!(year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1)) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 && !isLeap ? 28 : (DAYS_IN[month - 1] ?? 0));
}

type Parts = {
  readonly days: number;
  readonly seconds: number;
  readonly micros: number;
  readonly offsetMinutes: number;
};
function instantOf({ days, seconds, micros, offsetMinutes }: Parts): Temporal.Instant {
  const ms = (days * 86_400 + seconds - offsetMinutes * 60) * 1_000 + Math.floor(micros / 1_000);
  const rest = micros % 1_000;
  return rest === 0
    ? Temporal.Instant.fromEpochMilliseconds(ms)
    : Temporal.Instant.fromEpochNanoseconds(BigInt(ms) * 1_000_000n + BigInt(rest) * 1_000n);
}

/** By hand and not by expression: it is read once or more in every record. */
function isoOf(of: string): Temporal.Instant | undefined {
  if (of.charCodeAt(4) !== 45 || of.charCodeAt(7) !== 45) return undefined;
  const year = two(of, 0) * 100 + two(of, 2);
  const month = two(of, 5);
  const day = two(of, 8);
  if (!isDay(year, month, day)) return undefined;
  const days = daysOf(year, month, day);
  if (of.length === 10) return instantOf({ days, seconds: 0, micros: 0, offsetMinutes: 0 });
  const gap = of.charCodeAt(10);
  if (gap !== 84 && gap !== 116 && gap !== 32) return undefined;
  const hour = two(of, 11);
  const minute = two(of, 14);
  if (!(hour < 24 && minute < 60) || of.charCodeAt(13) !== 58) return undefined;
  const hasSeconds = of.charCodeAt(16) === 58;
  const second = hasSeconds ? two(of, 17) : 0;
  if (!(second <= 60)) return undefined;
  let at = hasSeconds ? 19 : 16;
  let micros = 0;
  if (of.charCodeAt(at) === 46 || of.charCodeAt(at) === 44) {
    at++;
    let place = 100_000;
    for (; isDigit(of.charCodeAt(at)); at++) {
      if (place >= 1) micros += (of.charCodeAt(at) - 48) * place;
      place = Math.floor(place / 10);
    }
  }
  const offsetMinutes =
    at === of.length || (at === of.length - 1 && of.charCodeAt(at) === 90) ? 0 : zoneOf(of.slice(at));
  if (offsetMinutes === undefined) return undefined;
  return instantOf({ days, seconds: hour * 3_600 + minute * 60 + Math.min(second, 59), micros, offsetMinutes });
}

/** Minutes east of UTC; undefined for a zone that cannot be read. */
function zoneOf(of: string): number | undefined {
  const zone = of.trim().toUpperCase();
  if (zone === "" || zone === "Z" || zone === "UTC" || zone === "GMT") return 0;
  const found = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  if (found === null) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return minutes > 18 * 60 ? undefined : found[1] === "-" ? -minutes : minutes;
}

/** Numbers below are seconds, above milliseconds: 10^11 s is the year 5138, 10^11 ms is 1973. */
const SECONDS_BELOW = 100_000_000_000;
function ofEpoch(value: number): Temporal.Instant | undefined {
  const ms = Math.round(value < SECONDS_BELOW ? value * 1_000 : value);
  // From 1973 to 5138: smaller numbers are counts, not moments.
  return ms >= SECONDS_BELOW && ms < SECONDS_BELOW * 1_000 ? Temporal.Instant.fromEpochMilliseconds(ms) : undefined;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? +(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? *(AM|PM)?$/i;
const MAIL = /^(?:[a-z]{3}, *)?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(.*)$/i;

function otherOf(of: string): Temporal.Instant | undefined {
  const wcf = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(of);
  if (wcf !== null) return ofEpoch(Number(wcf[1]));
  if (/^\d{9,14}(?:\.\d+)?$/.test(of)) return ofEpoch(Number(of));
  const us = US.exec(of);
  if (us !== null) {
    const half = us[8]?.toUpperCase();
    const hour = half === undefined ? Number(us[4]) : (Number(us[4]) % 12) + (half === "PM" ? 12 : 0);
    const micros = Number((us[7] ?? "").padEnd(6, "0").slice(0, 6));
    const clock = { hour, minute: Number(us[5]), second: Number(us[6] ?? 0), micros };
    return onClock([Number(us[3]), Number(us[1]), Number(us[2])], clock, 0);
  }
  const mail = MAIL.exec(of);
  if (mail === null) return undefined;
  const clock = { hour: Number(mail[4]), minute: Number(mail[5]), second: Number(mail[6]), micros: 0 };
  const month = MONTHS.indexOf((mail[2] ?? "").toLowerCase()) + 1;
  return onClock([Number(mail[3]), month, Number(mail[1])], clock, zoneOf(mail[7] ?? ""));
}

type Day = readonly [year: number, month: number, day: number];
type ClockTime = { readonly hour: number; readonly minute: number; readonly second: number; readonly micros: number };
function onClock(
  day: Day,
  { hour, minute, second, micros }: ClockTime,
  zone: number | undefined,
): Temporal.Instant | undefined {
  if (!isDay(...day) || hour > 23 || minute > 59 || second > 60 || zone === undefined) return undefined;
  const seconds = hour * 3_600 + minute * 60 + Math.min(second, 59);
  return instantOf({ days: daysOf(...day), seconds, micros, offsetMinutes: zone });
}

const pad = (value: number): string => (value < 10 ? `0${value}` : String(value));
/** ISO 8601 in UTC to the millisecond, as `Temporal` writes it; by hand, since it is written for every event that rules look at. */
export function timeText(instant: Temporal.Instant): string {
  const ms = instant.epochMilliseconds;
  const days = Math.floor(ms / 86_400_000);
  const inDay = ms - days * 86_400_000;
  const second = Math.floor(inDay / 1_000);
  const [year, month, day] = dayOf(days);
  const rest = inDay % 1_000;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(3, "0").replace(/0+$/, "")}`;
  const clock = `${pad(Math.floor(second / 3_600))}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)}`;
  return `${year}-${pad(month)}-${pad(day)}T${clock}${fraction}Z`;
}
/** The day of the Gregorian calendar, from days since 1970-01-01: `daysOf` backwards. */
function dayOf(days: number): Day {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const of = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (of - Math.floor(of / 1_460) + Math.floor(of / 36_524) - Math.floor(of / 146_096)) / 365,
  );
  const dayOfYear = of - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  return [yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day];
}
