import type { Route } from "./route.ts";

/** Counts calls per resource family and virtual minute, refused ones too: retrying early also counts (CONTRACT 2.5). */
export type Throttle = {
  /** Seconds to wait, or undefined when the call may go on. */
  check(counts: Route["counts"], atMs: number, perMinute: number): number | undefined;
};

const VALIDATION_EVENTS_A_MINUTE = 2;

export function newThrottle(): Throttle {
  const windows = new Map<string, { minute: number; calls: number }>();
  return {
    check(counts, atMs, perMinute) {
      if (counts === undefined) return undefined;
      const limit = counts === "validation-event" ? VALIDATION_EVENTS_A_MINUTE : perMinute;
      if (limit === 0) return undefined;
      const minute = Math.floor(atMs / 60_000);
      const window = windows.get(counts);
      const calls = window?.minute === minute ? window.calls + 1 : 1;
      windows.set(counts, { minute, calls });
      return calls > limit ? Math.max(1, 60 - Math.floor((atMs % 60_000) / 1000)) : undefined;
    },
  };
}
