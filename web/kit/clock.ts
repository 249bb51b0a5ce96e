import { minutesFrom } from "../i18n/format.ts";
import type { ClockTone } from "./ClockTrack.tsx";

/** The boundaries of a notice's clock as the server gives them; ISO instants. */
export type ClockEdges = { readonly startedAt: string; readonly aimAt: string; readonly limitAt: string };

export type ClockNow = {
  readonly elapsedMinutes: number;
  /** Minutes to the next boundary; negative once the limit has passed. */
  readonly leftMinutes: number;
  readonly toward: "aim" | "limit";
  /** The instant of that boundary. */
  readonly boundaryAt: string;
  readonly tone: ClockTone;
};

const AIM_NEAR_MINUTES = 20;
const HALF_TIME_MINUTES = 12 * 60;
const LIMIT_NEAR_MINUTES = 120;

/**
 * The clock at this minute: the 1 h aim while it can be met, then the 24 h limit. Amber under 20 minutes to the aim or past
 * 12 h, red under 2 h to the limit. The page recomputes it each minute, also when the line to the desk is down.
 */
export function clockAt(edges: ClockEdges, nowIso: string): ClockNow {
  const elapsedMinutes = Math.max(0, minutesFrom(edges.startedAt, nowIso));
  const toAim = minutesFrom(nowIso, edges.aimAt);
  const toward = toAim > 0 ? "aim" : "limit";
  const leftMinutes = toward === "aim" ? toAim : minutesFrom(nowIso, edges.limitAt);
  const isRed = toward === "limit" && leftMinutes < LIMIT_NEAR_MINUTES;
  const isAmber = toward === "aim" ? leftMinutes < AIM_NEAR_MINUTES : elapsedMinutes > HALF_TIME_MINUTES;
  return {
    elapsedMinutes,
    leftMinutes,
    toward,
    boundaryAt: toward === "aim" ? edges.aimAt : edges.limitAt,
    tone: isRed ? "crit" : isAmber ? "warn" : "ok",
  };
}
