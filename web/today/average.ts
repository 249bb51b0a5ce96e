import type { AveragePoint, TodayWire } from "../../src/today/contract.ts";

export type Average = NonNullable<TodayWire["average"]>;
/** What the authorisation allows on average. */
export const LIMIT_HOURS = 24;

/** The exact fraction as hours, for drawing and writing only. */
export const hoursOf = ({ sumMinutes, count }: Pick<AveragePoint, "sumMinutes" | "count">): number =>
  count === 0 ? 0 : sumMinutes / count / 60;
