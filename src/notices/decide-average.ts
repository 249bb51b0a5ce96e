import { minutesBetween, plusMinutes } from "../core/time.ts";
import { type AnswerAverageJson, AVERAGE_DAYS, LIMIT_MINUTES } from "./contract.ts";

const DAY_MINUTES = 24 * 60;
/** Days of answers behind the history: its oldest point looks back as far as its newest. */
export const HISTORY_DAYS = 2 * AVERAGE_DAYS;

/** Alerts answered, and minutes from detection to answer over all of them: what Microsoft counts. */
export type Sum = { readonly count: number; readonly minutes: number };
/** Answers of one period of 24 hours, counted back from now: 0 is the last 24 hours. An answer before its detection took 0 minutes. */
export type DaySum = Sum & { readonly daysAgo: number };

/** Sum over the 30 days that ended `daysAgo` days ago. */
export function answeredIn30Days(days: readonly DaySum[], daysAgo = 0): Sum {
  const inWindow = days.filter((day) => day.daysAgo >= daysAgo && day.daysAgo < daysAgo + AVERAGE_DAYS);
  return inWindow.reduce((sum, day) => ({ count: sum.count + day.count, minutes: sum.minutes + day.minutes }), {
    count: 0,
    minutes: 0,
  });
}

/** Mean in whole minutes, rounded; undefined of nothing. */
export const meanMinutes = ({ count, minutes }: Sum): number | undefined =>
  count === 0 ? undefined : Math.round(minutes / count);

const agesAt = (openStartedAt: readonly Temporal.Instant[], when: Temporal.Instant): number =>
  openStartedAt.reduce((total, start) => total + Math.max(0, minutesBetween(start, when)), 0);

/**
 * The moment at which the average passes 24 h if nothing is answered until then and everything at it: the answered sum plus each open
 * notice's age, over their count. Linear in time, so solved and not searched.
 * undefined when nothing is open, or it is above already.
 */
export function crossesLimitAt(
  answered: Sum,
  openStartedAt: readonly Temporal.Instant[],
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  if (openStartedAt.length === 0) return undefined;
  const whole = LIMIT_MINUTES * (answered.count + openStartedAt.length);
  const missing = whole - answered.minutes - agesAt(openStartedAt, now);
  return missing <= 0 ? undefined : plusMinutes(now, Math.ceil(missing / openStartedAt.length));
}

/** Everything the pages show about the average. `days` holds the last `HISTORY_DAYS`. */
export function decideAverage(
  days: readonly DaySum[],
  openStartedAt: readonly Temporal.Instant[],
  now: Temporal.Instant,
): AnswerAverageJson {
  const sum = answeredIn30Days(days);
  const averageMinutes = meanMinutes(sum) ?? null;
  const history = Array.from({ length: AVERAGE_DAYS }, (_, i) => {
    const daysAgo = AVERAGE_DAYS - 1 - i;
    const at = plusMinutes(now, -daysAgo * DAY_MINUTES);
    return { at: at.toString(), averageMinutes: meanMinutes(answeredIn30Days(days, daysAgo)) ?? null };
  });
  return {
    averageMinutes,
    answeredCount: sum.count,
    answeredMinutes: sum.minutes,
    openStartedAt: openStartedAt.map(String),
    history,
    crossesLimitAt: crossesLimitAt(sum, openStartedAt, now)?.toString() ?? null,
    aboveLimit: averageMinutes !== null && averageMinutes > LIMIT_MINUTES,
    asOf: now.toString(),
  };
}
