import type { Clock } from "../core/time.ts";

/** Closer than this is the same moment: reading the other clock takes time itself. Milliseconds. */
const SAME_MS = 2_000;

/** A clock that may run ahead of the real one, at its speed. Only the demo's does. */
export type MovableClock = Clock & {
  /** Goes on from this moment. An earlier one is ignored: what has happened stays in the past. */
  moveTo(moment: Temporal.Instant): void;
};

/** `real` is where time comes from. */
export function movableClock(real: Clock = { now: () => Temporal.Now.instant() }): MovableClock {
  let aheadMs = 0;
  const now = (): Temporal.Instant =>
    aheadMs === 0 ? real.now() : Temporal.Instant.fromEpochMilliseconds(real.now().epochMilliseconds + aheadMs);
  return {
    now,
    moveTo: (moment) => {
      const stepMs = moment.epochMilliseconds - now().epochMilliseconds;
      if (stepMs > SAME_MS) aheadMs += stepMs;
    },
  };
}
