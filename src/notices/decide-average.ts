import { minutesBetween, plusMinutes } from "../core/time.ts";
import { type AnswerAverageJson, AVERAGE_DAYS, LIMIT_MINUTES } from "./contract.ts";

const DAY_MINUTES = 24 * 60;

/** One answered alert: Microsoft counts from detection to resolution. */
export type Answered = { readonly startedAt: Temporal.Instant; readonly answeredAt: Temporal.Instant };
export type Sum = { readonly count: number; readonly minutes: number };

/** Sum over the alerts resolved in the 30 days up to `when`, both ends included. An answer before detection counts 0. */
export function answeredIn30Days(answered: readonly Answered[], when: Temporal.Instant): Sum {
  const from = plusMinutes(when, -AVERAGE_DAYS * DAY_MINUTES);
  const inWindow = answered.filter(
    ({ answeredAt }) =>
      Temporal.Instant.compare(answeredAt, from) >= 0 && Temporal.Instant.compare(answeredAt, when) <= 0,
  );
  const minutes = inWindow.reduce((total, a) => total + Math.max(0, minutesBetween(a.startedAt, a.answeredAt)), 0);
  return { count: inWindow.length, minutes };
}

/** Mean in whole minutes, rounded; undefined of nothing. */
export const meanMinutes = ({ count, minutes }: Sum): number | undefined =>
  count === 0 ? undefined : Math.round(minutes / count);

/** The average if every open notice is answered at `when`: the answered sum plus each one's age at that moment, over their count. */
export function averageIfAnsweredAt(
  answered: Sum,
  openStartedAt: readonly Temporal.Instant[],
  when: Temporal.Instant,
): number | undefined {
  const ages = openStartedAt.reduce((total, start) => total + Math.max(0, minutesBetween(start, when)), 0);
  return meanMinutes({ count: answered.count + openStartedAt.length, minutes: answered.minutes + ages });
}

/**
 * The moment at which that average passes 24 h if nothing is answered: linear in time, so solved and not searched.
 * undefined when nothing is open, or it is above already.
 */
export function crossesLimitAt(
  answered: Sum,
  openStartedAt: readonly Temporal.Instant[],
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  if (openStartedAt.length === 0) return undefined;
  const ages = openStartedAt.reduce((total, start) => total + Math.max(0, minutesBetween(start, now)), 0);
  const missing = LIMIT_MINUTES * (answered.count + openStartedAt.length) - answered.minutes - ages;
  return missing <= 0 ? undefined : plusMinutes(now, Math.ceil(missing / openStartedAt.length));
}

/** Everything the pages show about the average. `answered` must reach back twice the window, for the history. */
export function decideAverage(
  answered: readonly Answered[],
  openStartedAt: readonly Temporal.Instant[],
  now: Temporal.Instant,
): AnswerAverageJson {
  const sum = answeredIn30Days(answered, now);
  const averageMinutes = meanMinutes(sum) ?? null;
  const history = Array.from({ length: AVERAGE_DAYS }, (_, i) => {
    const at = plusMinutes(now, -(AVERAGE_DAYS - 1 - i) * DAY_MINUTES);
    return { at: at.toString(), averageMinutes: meanMinutes(answeredIn30Days(answered, at)) ?? null };
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
