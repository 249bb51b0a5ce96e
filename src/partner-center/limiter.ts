import type { Outside } from "./settings.ts";

const WINDOW_MS = 60_000;

/** Whether a call may go ahead of those that wait. */
export type Urgency = "in-turn" | "at-once";

/**
 * Lets at most `perMinute` calls start in any minute; the others wait in the order they came. A call "at once" is counted
 * but does not wait: stopping a loss may not stand behind a big reading. Microsoft's own 429 still holds for it.
 */
export function createLimiter(
  perMinute: number,
  outside: Pick<Outside, "monotonicMs" | "sleep">,
): (urgency?: Urgency) => Promise<void> {
  const started: number[] = [];
  let tail: Promise<void> = Promise.resolve();

  async function turn(): Promise<void> {
    const oldest = started.length < perMinute ? undefined : started.shift();
    if (oldest !== undefined) {
      const waitMs = oldest + WINDOW_MS - outside.monotonicMs();
      if (waitMs > 0) await outside.sleep(waitMs);
    }
    started.push(outside.monotonicMs());
  }
  return (urgency = "in-turn") => {
    if (urgency === "at-once") {
      started.push(outside.monotonicMs());
      return Promise.resolve();
    }
    tail = tail.then(turn);
    return tail;
  };
}
