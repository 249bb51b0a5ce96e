import type { Outside } from "./settings.ts";

const WINDOW_MS = 60_000;

/** Lets at most `perMinute` calls start in any minute; the others wait in the order they came. */
export function createLimiter(perMinute: number, outside: Pick<Outside, "monotonicMs" | "sleep">): () => Promise<void> {
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
  return () => {
    tail = tail.then(turn);
    return tail;
  };
}
