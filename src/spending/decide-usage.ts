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
};

/** Days into a new month in which a figure may still be the total of the old one: data is about a day late (GUIDANCE 2). */
export const LATE_DAYS = 2;

const utcDay = (at: Temporal.Instant) => at.toZonedDateTimeISO("UTC").toPlainDate();
export const monthOf = (day: Temporal.PlainDate): Temporal.PlainDate => day.with({ day: 1 });
export const monthStart = (month: Temporal.PlainDate): Temporal.Instant => month.toZonedDateTime("UTC").toInstant();

/**
 * Tells the day and month of a figure and what it adds. Microsoft's total starts at zero with each month; a figure in the
 * first days that is not below last month's total is still last month's, and counts for its last day.
 */
export function placeReading(before: KeptReading | undefined, reading: Reading): PlacedReading {
  const given = utcDay(reading.through);
  const isLate =
    before !== undefined &&
    given.day <= LATE_DAYS &&
    Temporal.PlainDate.compare(before.month, monthOf(given)) < 0 &&
    monthOf(given).subtract({ months: 1 }).equals(before.month) &&
    isPositive(before.monthToDate) &&
    !isBelow(reading.monthToDate, before.monthToDate);
  const month = isLate ? before.month : monthOf(given);
  const day = isLate ? month.add({ months: 1 }).subtract({ days: 1 }) : given;
  const isSameMonth = before !== undefined && before.month.equals(month);
  return {
    day,
    month,
    cost: isSameMonth ? subtractDecimal(reading.monthToDate, before.monthToDate) : reading.monthToDate,
    fromAt: isSameMonth ? before.through : monthStart(month),
  };
}

const isPositive = (value: Decimal): boolean => value.units > 0n;
const isBelow = (a: Decimal, b: Decimal): boolean => subtractDecimal(a, b).units < 0n;
