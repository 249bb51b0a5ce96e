import { type BusinessCalendar, isBusinessDay } from "../core/calendar.ts";
import { divideRounded, type Money } from "../core/money.ts";
import type { CostJson } from "./contract.ts";

/** Cancelling an Azure subscription takes about this long. Source: GUIDANCE 2. */
export const STOPS_AFTER_MINUTES = 10;
/** Day of the month by which Microsoft's invoice for the month before is there. */
const INVOICE_DAY = 8;
/** The curve goes at least this far ahead, so that the two futures part visibly. */
const AHEAD_MINUTES_MIN = 6 * 60;
const DAY_MINUTES = 24 * 60;
const POINTS_PAST = 8;
const POINTS_AHEAD = 12;
const OPENING_DAYS_MAX = 60;
const HOUR_SECONDS = 3_600n;

export type CostFacts = {
  /** What runs per hour now; the whole curve rests on it being steady. */
  readonly perHour: Money;
  readonly firstUseAt: Temporal.Instant;
  readonly now: Temporal.Instant;
  readonly calendar: BusinessCalendar;
};

/**
 * What was spent since the first use, and the two futures: acting now, or nobody acting until the office opens, until the invoice.
 * A steady rate is assumed both ways, so every figure is an estimate and pages must say so.
 */
export function decideCost({ perHour, firstUseAt, now, calendar }: CostFacts): CostJson {
  const start = Temporal.Instant.compare(firstUseAt, now) > 0 ? now : firstUseAt;
  const at = (when: Temporal.Instant): bigint => costBetween(perHour, start, when);
  const stopsAt = now.add({ minutes: STOPS_AFTER_MINUTES });
  const officeAt = nextOpening(calendar, now);
  const ahead = now.add({ minutes: AHEAD_MINUTES_MIN });
  const end = Temporal.Instant.compare(officeAt, ahead) > 0 ? officeAt : ahead;
  const invoiceAt = nextInvoice(now, calendar.zone);
  const ifActed = at(stopsAt);
  return {
    currency: perHour.currency,
    firstUseAt: start.toString(),
    stopsAfterMinutes: STOPS_AFTER_MINUTES,
    spentMinor: at(now).toString(),
    byNextOffice: { at: officeAt.toString(), minor: at(officeAt).toString() },
    byInvoice: { at: invoiceAt.toString(), minor: at(invoiceAt).toString() },
    savesInDayMinor: costBetween(perHour, stopsAt, now.add({ minutes: DAY_MINUTES })).toString(),
    points: [
      ...spread(start, now, POINTS_PAST).map((when) => point(when, { spent: at(when) })),
      point(now, { spent: at(now), ifActed: at(now), ifNot: at(now) }),
      point(stopsAt, { ifActed, ifNot: at(stopsAt) }),
      ...spread(stopsAt, end, POINTS_AHEAD)
        .slice(1)
        .map((when) => point(when, { ifActed, ifNot: at(when) })),
      point(end, { ifActed, ifNot: at(end) }),
    ],
  };
}

type Line = { readonly spent?: bigint; readonly ifActed?: bigint; readonly ifNot?: bigint };
const point = (when: Temporal.Instant, { spent, ifActed, ifNot }: Line): CostJson["points"][number] => ({
  at: when.toString({ smallestUnit: "second" }),
  spent: spent?.toString() ?? null,
  ifActed: ifActed?.toString() ?? null,
  ifNot: ifNot?.toString() ?? null,
});

/** Minor units between two moments at a steady rate, rounded half away from zero. */
export function costBetween(perHour: Money, from: Temporal.Instant, to: Temporal.Instant): bigint {
  const seconds = BigInt(Math.max(0, Math.round((to.epochMilliseconds - from.epochMilliseconds) / 1000)));
  return divideRounded(perHour.minor * seconds, HOUR_SECONDS);
}

/** `count` moments from `from` up to but without `to`. None when there is no time between them. */
function spread(from: Temporal.Instant, to: Temporal.Instant, count: number): readonly Temporal.Instant[] {
  const span = to.epochMilliseconds - from.epochMilliseconds;
  if (span <= 0) return [];
  return Array.from({ length: count }, (_, i) => from.add({ milliseconds: Math.floor((span * i) / count) }));
}

/** When somebody is next in the office; now itself does not count. */
export function nextOpening(calendar: BusinessCalendar, now: Temporal.Instant): Temporal.Instant {
  const today = now.toZonedDateTimeISO(calendar.zone).toPlainDate();
  for (let offset = 0; offset <= OPENING_DAYS_MAX; offset++) {
    const day = today.add({ days: offset });
    const opens = day.toZonedDateTime({ timeZone: calendar.zone, plainTime: calendar.opens }).toInstant();
    if (isBusinessDay(calendar, day) && Temporal.Instant.compare(opens, now) > 0) return opens;
  }
  throw new Error(`invariant broken: no office hour within ${OPENING_DAYS_MAX} days`);
}

/** The eighth of next month: about when the invoice with today's use arrives. */
function nextInvoice(now: Temporal.Instant, zone: string): Temporal.Instant {
  const day = now.toZonedDateTimeISO(zone).toPlainDate().with({ day: 1 }).add({ months: 1 }).with({ day: INVOICE_DAY });
  return day.toZonedDateTime(zone).toInstant();
}
