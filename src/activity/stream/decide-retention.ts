import type { RetentionClass } from "./decide-filing.ts";

/**
 * Days that events are kept, by class, unless the desk sets others. Administration covers the year in which a takeover or a dispute is looked
 * into, and a month more; sign-ins and mailbox work tell most in their first months and are personal data.
 */
export const RETENTION_DAYS: Readonly<Record<RetentionClass, number>> = {
  admin: 400,
  "sign-in": 180,
  alert: 400,
  mailbox: 90,
  unknown: 30,
};
export const RETENTION_DAYS_MIN = 1;
export const RETENTION_DAYS_MAX = 3_650;

/** An old file that is brought in stays at least so long, or it would be gone the night after it came. */
export const GRACE_DAYS = 30;

export type DayPlan = {
  readonly day: string;
  /** Classes whose time is over on this day; all of them: the day's table may go whole. */
  readonly over: readonly RetentionClass[];
  readonly isWhole: boolean;
};

/** Which classes of which days have had their time, oldest day first. A day is over when its last moment is older than the class's days. */
export function planForgetting(
  days: readonly string[],
  kept: Readonly<Record<RetentionClass, number>>,
  now: Temporal.Instant,
): readonly DayPlan[] {
  const today = now.toZonedDateTimeISO("UTC").toPlainDate();
  const classes = Object.keys(kept) as RetentionClass[];
  return days.flatMap((day) => {
    const age = Temporal.PlainDate.from(day).until(today, { largestUnit: "days" }).days;
    const over = classes.filter((one) => age > kept[one]);
    return over.length === 0 ? [] : [{ day, over, isWhole: over.length === classes.length }];
  });
}
