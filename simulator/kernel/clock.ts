/** The simulator's time: the real clock plus an offset. While a job runs, it is the moment the job was due. */
export type VirtualClock = {
  now(): Temporal.Instant;
  offsetMs(): number;
  setOffsetMs(offset: number): void;
  /** Runs `work` as if it were `at`. */
  during<T>(at: Temporal.Instant, work: () => T): T;
};

export function virtualClock(offsetMs: number): VirtualClock {
  let offset = offsetMs;
  let frozen: Temporal.Instant | undefined;
  return {
    now: () => frozen ?? Temporal.Instant.fromEpochMilliseconds(Temporal.Now.instant().epochMilliseconds + offset),
    offsetMs: () => offset,
    setOffsetMs(next) {
      offset = next;
    },
    during(at, work) {
      const before = frozen;
      frozen = at;
      try {
        return work();
      } finally {
        frozen = before;
      }
    },
  };
}

const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export const iso = (instant: Temporal.Instant): string => instant.toString({ smallestUnit: "millisecond" });
export const instantOf = (text: string): Temporal.Instant => Temporal.Instant.from(text);
export const msOf = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const plusMs = (instant: Temporal.Instant, ms: number): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(instant.epochMilliseconds + Math.round(ms));
export const plusDays = (instant: Temporal.Instant, days: number): Temporal.Instant => plusMs(instant, days * DAY_MS);
export const plusHours = (instant: Temporal.Instant, hours: number): Temporal.Instant =>
  plusMs(instant, hours * HOUR_MS);
export const plusSeconds = (instant: Temporal.Instant, seconds: number): Temporal.Instant =>
  plusMs(instant, seconds * 1000);
/** The UTC day: Partner Center counts in UTC. */
export const utcDay = (instant: Temporal.Instant): Temporal.PlainDate =>
  instant.toZonedDateTimeISO("UTC").toPlainDate();
export const startOfUtcDay = (day: Temporal.PlainDate): Temporal.Instant => day.toZonedDateTime("UTC").toInstant();
