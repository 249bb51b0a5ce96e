import { useFormat, useT } from "../i18n/t.ts";

/** Time since a notice came, on a square-root scale so that the first hour is as readable as the last twelve. */
const LIMIT_HOURS = 24;
const TICKS_HOURS = [1, 6, 24] as const;
const isHeavy = (hours: number) => hours === 1 || hours === 24;

/** Place on the track in percent of its width. */
export const trackX = (hours: number): number =>
  Math.sqrt(Math.max(0, Math.min(hours, LIMIT_HOURS)) / LIMIT_HOURS) * 100;

/** The scale of the tracks below it. */
export function ClockAxis() {
  const t = useT();
  return (
    <div className="clock-axis tiny ink3 num" aria-hidden="true">
      <span style={{ left: 0 }}>0</span>
      {TICKS_HOURS.map((hours) => (
        <span
          key={hours}
          style={hours === LIMIT_HOURS ? { right: 0 } : { left: `${trackX(hours)}%`, transform: "translateX(-50%)" }}
        >
          {hours === 1 ? t("kit.track.aim") : hours === LIMIT_HOURS ? t("kit.track.limit") : `${hours} h`}
        </span>
      ))}
    </div>
  );
}

export type ClockTone = "crit" | "warn" | "ok";

/** One notice's clock. Show it with its axis, or with the time left in words beside it. */
export function ClockTrack({ elapsedMinutes, tone }: { readonly elapsedMinutes: number; readonly tone: ClockTone }) {
  const t = useT();
  const f = useFormat();
  const x = trackX(elapsedMinutes / 60);
  const colour = tone === "ok" ? "var(--s-data-3)" : tone === "warn" ? "var(--s-warn-fill)" : "var(--s-crit)";
  return (
    <div className="clock-track" role="img" aria-label={t("kit.track", { time: f.duration(elapsedMinutes) })}>
      <i className="groove" />
      <i className="run" style={{ width: `${x}%`, background: colour }} />
      {TICKS_HOURS.map((hours) => (
        <i
          key={hours}
          className={isHeavy(hours) ? "tick heavy" : "tick"}
          style={{ left: `calc(${trackX(hours)}% - ${hours === LIMIT_HOURS ? 1.5 : 0.5}px)` }}
        />
      ))}
      <i className="hand" style={{ left: `calc(${x}% - 4px)`, borderColor: colour }} />
    </div>
  );
}
