import { secondsText } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { clockAt, type ClockEdges } from "../kit/clock.ts";
import { ClockAxis, ClockTrack } from "../kit/ClockTrack.tsx";
import { useNow } from "../shell/place.ts";

/** A clock counts seconds in its last five minutes, minutes before. */
const SECONDS_UNDER_MINUTES = 5;

type TimeLeftProps = { readonly clock: ClockEdges; readonly className?: string };

/** The time left to the next boundary, counting by itself. */
export function TimeLeft({ clock, className = "" }: TimeLeftProps) {
  const f = useFormat();
  const now = clockAt(clock, f.nowIso);
  const tone = now.tone === "ok" ? "" : now.tone;
  const isLast = now.leftMinutes > 0 && now.leftMinutes <= SECONDS_UNDER_MINUTES;
  return (
    <span className={`num nowrap ${tone} ${className}`}>
      {isLast ? <Seconds until={now.toward === "aim" ? clock.aimAt : clock.limitAt} /> : f.duration(now.leftMinutes)}
    </span>
  );
}

function Seconds({ until }: { readonly until: string }) {
  const now = useNow(1);
  const left = (Temporal.Instant.from(until).epochMilliseconds - now.epochMilliseconds) / 1000;
  return secondsText(Math.max(0, left));
}

/** Toward what the time left counts. */
export function Toward({ clock }: { readonly clock: ClockEdges }) {
  const t = useT();
  const f = useFormat();
  const now = clockAt(clock, f.nowIso);
  return t(now.leftMinutes < 0 ? "notices.pastLimit" : now.toward === "aim" ? "notices.toAim" : "notices.toLimit");
}

/** A clock in full: the time left in large, the boundary's moment, the track with its axis. */
export function BigClock({ clock }: { readonly clock: ClockEdges }) {
  const f = useFormat();
  const now = clockAt(clock, f.nowIso);
  return (
    <>
      <span className="row base wrap" style={{ gap: "0 8px" }}>
        <TimeLeft clock={clock} className="big" />
        <span className="small ink2">
          <Toward clock={clock} />,{" "}
          <span className="num">{f.moment(now.toward === "aim" ? clock.aimAt : clock.limitAt)}</span>
        </span>
      </span>
      <div style={{ margin: "8px 0 2px" }}>
        <ClockTrack elapsedMinutes={now.elapsedMinutes} tone={now.tone} />
      </div>
      <ClockAxis />
    </>
  );
}
