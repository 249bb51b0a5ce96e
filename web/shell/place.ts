import { createContext, useContext, useMemo, useSyncExternalStore } from "react";

/**
 * The desk's zone and clock. The desk's clock may be set (demo, drill), so the page never asks the browser what time it
 * is: it keeps the distance between the two at the last answer and counts on from there, also when the line is down.
 */
export type Place = { readonly zone: string; readonly clockAheadMs: number };

export const PlaceContext = createContext<Place>({
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  clockAheadMs: 0,
});

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  timer ??= setInterval(() => {
    for (const one of listeners) one();
  }, 1000);
  return () => {
    listeners.delete(tell);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The desk's time in steps of `everySeconds`, counted from the desk's own whole minutes. */
export function useNow(everySeconds: 1 | 60 = 60): Temporal.Instant {
  const { clockAheadMs } = useContext(PlaceContext);
  const stepMs = everySeconds * 1000;
  const step = useSyncExternalStore(subscribe, () =>
    Math.floor((Temporal.Now.instant().epochMilliseconds + clockAheadMs) / stepMs),
  );
  return useMemo(() => Temporal.Instant.fromEpochMilliseconds(step * stepMs), [step, stepMs]);
}

/** The desk's zone and present minute, for formatting. */
export function useDeskPlace(): { readonly zone: string; readonly nowIso: string } {
  const { zone } = useContext(PlaceContext);
  return { zone, nowIso: useNow().toString() };
}
