import { type Decimal, subtractDecimal } from "../core/decimal.ts";

/** A figure of Microsoft: what the month has cost so far, at a moment. */
export type Reading = { readonly through: Temporal.Instant; readonly monthToDate: Decimal };
/** The figure before it that is kept, of an earlier day. */
export type KeptReading = Reading & { readonly day: Temporal.PlainDate; readonly month: Temporal.PlainDate };
/** Where a figure belongs and what is new in it. */
export type PlacedReading = {
  readonly day: Temporal.PlainDate;
  /** First day of the month it is the total of. */
  readonly month: Temporal.PlainDate;
  /** What came since the figure before; negative when Microsoft corrected itself. */
  readonly cost: Decimal;
  /** From when on `cost` counts. */
  readonly fromAt: Temporal.Instant;
  /** The kept figure before turns out to be last month's total: it must be moved to last month's last day. */
  readonly beforeIsOfLastMonth: boolean;
};

/** Days into a new month in which a figure may still be the total of the old one: data is about a day late (GUIDANCE 2). */
export const LATE_DAYS = 2;

const utcDay = (at: Temporal.Instant) => at.toZonedDateTimeISO("UTC").toPlainDate();
export const monthOf = (day: Temporal.PlainDate): Temporal.PlainDate => day.with({ day: 1 });
export const monthStart = (month: Temporal.PlainDate): Temporal.Instant => month.toZonedDateTime("UTC").toInstant();

/**
 * Tells the day and month of a figure and what it adds. Microsoft's total starts at zero with each month; a figure in the
 * first days that is not below last month's total is still last month's, and counts for its last day. When nothing is known
 * of last month, that shows only with the next figure: the total then falls by more than half.
 */
export function placeReading(before: KeptReading | undefined, reading: Reading): PlacedReading {
  const given = utcDay(reading.through);
  const ownMonth = monthOf(given);
  const isLate = before !== undefined && isStillLastMonth(before, { ...reading, day: given });
  const month = isLate ? before.month : ownMonth;
  const day = isLate ? month.add({ months: 1 }).subtract({ days: 1 }) : given;
  const beforeIsOfLastMonth =
    before !== undefined && before.month.equals(month) && !isLate && wasLastMonth(before, reading);
  const continues = before !== undefined && before.month.equals(month) && !beforeIsOfLastMonth;
  return {
    day,
    month,
    cost: continues ? subtractDecimal(reading.monthToDate, before.monthToDate) : reading.monthToDate,
    fromAt: continues ? before.through : monthStart(month),
    beforeIsOfLastMonth,
  };
}

/** A figure of the first days of a month that has not begun again from nothing. */
function isStillLastMonth(before: KeptReading, reading: Reading & { readonly day: Temporal.PlainDate }): boolean {
  const follows = before.month.add({ months: 1 }).equals(monthOf(reading.day));
  return (
    follows &&
    reading.day.day <= LATE_DAYS &&
    before.monthToDate.units > 0n &&
    !isBelow(reading.monthToDate, before.monthToDate)
  );
}

/** The figure before was of the first days, and the total fell by more than half since: no correction is that large. */
function wasLastMonth(before: KeptReading, reading: Reading): boolean {
  const twice = { ...reading.monthToDate, units: reading.monthToDate.units * 2n };
  return before.day.day <= LATE_DAYS && before.monthToDate.units > 0n && isBelow(twice, before.monthToDate);
}

const isBelow = (a: Decimal, b: Decimal): boolean => subtractDecimal(a, b).units < 0n;
