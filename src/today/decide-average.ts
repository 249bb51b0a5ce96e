import { assert } from "../core/assert.ts";
import { minutesBetween } from "../core/time.ts";
import type { AveragePoint } from "./contract.ts";

/** What the average is made of: the answered alerts of the window and the starts of the open clocks. */
export type AverageBasis = {
  readonly answeredCount: number;
  readonly answeredMinutes: number;
  readonly openStartedAt: readonly string[];
};

/** When the office opens and closes on a working day, for "wait until tonight" and "tomorrow". */
export type OfficeHours = {
  readonly zone: string;
  readonly opens: Temporal.PlainTime;
  readonly closes: Temporal.PlainTime;
};

type Choice = AveragePoint & { readonly choice: "by" | "tonight" | "tomorrow" };

/** Nobody answers five notices in less; the nearest whole hour further off than this is offered first. */
const SOONEST_MINUTES = 15;
/** Days the dashed line runs ahead, when it does not cross the limit before. */
const AHEAD_DAYS = 2;

/**
 * The average if every open notice is answered at `when`, and none before: the answered sum plus each one's age at that
 * moment, over their count. Kept as a fraction, so that nothing is rounded before it is written.
 */
export function averageAt(basis: AverageBasis, when: Temporal.Instant): AveragePoint {
  assert(basis.answeredCount >= 0 && basis.answeredMinutes >= 0, "the answered part is not negative");
  const ages = basis.openStartedAt.reduce(
    (sum, start) => sum + Math.max(0, minutesBetween(Temporal.Instant.from(start), when)),
    0,
  );
  return {
    at: when.toString(),
    sumMinutes: basis.answeredMinutes + ages,
    count: basis.answeredCount + basis.openStartedAt.length,
  };
}

/** The next whole hour that is at least a quarter of an hour away. */
function soon(now: Temporal.Instant, zone: string): Temporal.ZonedDateTime {
  return now
    .add({ minutes: SOONEST_MINUTES })
    .toZonedDateTimeISO(zone)
    .round({ smallestUnit: "hour", roundingMode: "ceil" });
}

/** The moments between which a person can choose, and the average each leads to. Nothing when no notice is open. */
export function averageChoices(basis: AverageBasis, now: Temporal.Instant, office: OfficeHours): readonly Choice[] {
  if (basis.openStartedAt.length === 0) return [];
  const local = now.toZonedDateTimeISO(office.zone);
  const by = soon(now, office.zone);
  const tonight = local.withPlainTime(office.closes);
  const tomorrow = local.add({ days: 1 }).withPlainTime(office.opens);
  const later = Temporal.ZonedDateTime.compare(tonight, by) > 0 ? [{ choice: "tonight" as const, when: tonight }] : [];
  return [{ choice: "by" as const, when: by }, ...later, { choice: "tomorrow" as const, when: tomorrow }].map(
    ({ choice, when }) => ({ choice, ...averageAt(basis, when.toInstant()) }),
  );
}

/** The dashed line: from now straight to two days ahead, the average being linear in time while nothing is answered. */
export function averageAhead(basis: AverageBasis, now: Temporal.Instant): readonly AveragePoint[] {
  if (basis.openStartedAt.length === 0) return [];
  return Array.from({ length: AHEAD_DAYS + 1 }, (_, day) => averageAt(basis, now.add({ hours: day * 24 })));
}
