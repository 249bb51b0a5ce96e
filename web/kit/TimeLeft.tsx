import { secondsText } from "../i18n/format.ts";
import { useFormat } from "../i18n/t.ts";
import { useNow } from "../shell/place.ts";
import type { ClockNow } from "./clock.ts";

/** In these last minutes a clock changes its text each second. */
const SECONDS_BELOW_MINUTES = 5;

/** Time to the next boundary: each minute, and each second in the last five. Never a live region. */
export function TimeLeft({ clock }: { readonly clock: ClockNow }) {
  const f = useFormat();
  const isShort = clock.leftMinutes >= 0 && clock.leftMinutes < SECONDS_BELOW_MINUTES;
  return isShort ? <Seconds to={clock.boundaryAt} /> : f.duration(clock.leftMinutes);
}

function Seconds({ to }: { readonly to: string }) {
  const now = useNow(1);
  const left = Temporal.Instant.from(to).epochMilliseconds - now.epochMilliseconds;
  return secondsText(Math.max(0, Math.floor(left / 1000)));
}
