import { minutesBetween, plusMinutes } from "../core/time.ts";
import { AIM_MINUTES, type ClockJson, ESCALATION_MINUTES, LIMIT_MINUTES } from "./contract.ts";

/** Amber from this close to the aim, red from this close to the limit, amber again from half the limit. Source: PAGES, "Order of clocks". */
const AMBER_BEFORE_AIM_MINUTES = 20;
const AMBER_AFTER_MINUTES = 12 * 60;
const RED_BEFORE_LIMIT_MINUTES = 2 * 60;

export type NoticeClock = {
  readonly startedAt: Temporal.Instant;
  readonly aimAt: Temporal.Instant;
  readonly limitAt: Temporal.Instant;
  /** The 1 h aim while it can still be met, then the 24 h limit. */
  readonly toward: "aim" | "limit";
  readonly boundaryAt: Temporal.Instant;
  readonly elapsedMinutes: number;
  /** Negative once the limit has passed. */
  readonly leftMinutes: number;
  readonly level: "ok" | "warn" | "crit";
};

/** Where the clock of an unanswered notice stands. A start in the future (clocks differ) counts as now. */
export function decideClock(startedAt: Temporal.Instant, now: Temporal.Instant): NoticeClock {
  const elapsedMinutes = Math.max(0, minutesBetween(startedAt, now));
  const toward = elapsedMinutes < AIM_MINUTES ? "aim" : "limit";
  const leftMinutes = (toward === "aim" ? AIM_MINUTES : LIMIT_MINUTES) - elapsedMinutes;
  const aimAt = plusMinutes(startedAt, AIM_MINUTES);
  const limitAt = plusMinutes(startedAt, LIMIT_MINUTES);
  return {
    startedAt,
    aimAt,
    limitAt,
    toward,
    boundaryAt: toward === "aim" ? aimAt : limitAt,
    elapsedMinutes,
    leftMinutes,
    level: levelOf({ toward, elapsedMinutes, leftMinutes }),
  };
}

function levelOf({
  toward,
  elapsedMinutes,
  leftMinutes,
}: Pick<NoticeClock, "toward" | "elapsedMinutes" | "leftMinutes">) {
  if (toward === "limit" && leftMinutes < RED_BEFORE_LIMIT_MINUTES) return "crit";
  if (toward === "aim" && leftMinutes < AMBER_BEFORE_AIM_MINUTES) return "warn";
  return elapsedMinutes >= AMBER_AFTER_MINUTES ? "warn" : "ok";
}

/** The wire form. */
export const clockToJson = (clock: NoticeClock): ClockJson => ({
  startedAt: clock.startedAt.toString(),
  aimAt: clock.aimAt.toString(),
  limitAt: clock.limitAt.toString(),
  toward: clock.toward,
  boundaryAt: clock.boundaryAt.toString(),
  elapsedMinutes: clock.elapsedMinutes,
  leftMinutes: clock.leftMinutes,
  level: clock.level,
});

/**
 * The boundary to raise an unanswered notice for: the latest one that has passed and was not announced yet.
 * A desk that was away announces once, not three times.
 */
export function decideEscalation(
  startedAt: Temporal.Instant,
  announcedMinutes: number,
  now: Temporal.Instant,
): number | undefined {
  const elapsed = minutesBetween(startedAt, now);
  return ESCALATION_MINUTES.filter((minutes) => minutes <= elapsed && minutes > announcedMinutes).at(-1);
}
