import type { LetterState, LetterWhy } from "./contract.ts";

/** How a letter stands by what became of its copies, and when a copy is tried again. */

export type Copy = "waiting" | "sending" | "accepted" | "deferred" | "refused" | "bounced";

/** Minutes until the next try after the first, second …; then it is given up: about two days, as mail servers do. */
const AGAIN_AFTER_MINUTES = [5, 15, 60, 240, 720, 1_440] as const;
/** Deferred in one place for this long and then refused for good. */
export const ATTEMPTS_MAX = AGAIN_AFTER_MINUTES.length + 1;

/** When to try again after `attempts` tries; undefined = never. */
export function nextTry(attempts: number, now: Temporal.Instant): Temporal.Instant | undefined {
  const minutes = AGAIN_AFTER_MINUTES[attempts - 1];
  return minutes === undefined ? undefined : now.add({ minutes });
}

/** An attempt that began this long ago and never ended was left by a process that died: every wait in it is shorter. */
export const LEFT_BEHIND_MINUTES = 10;
/** Settings that are refused are tried again this often, without counting as tries of the address. */
export const SETTINGS_AGAIN_MINUTES = 10;

/** One accepted copy makes a letter sent; it failed when no copy can arrive any more. */
export function stateOf(copies: readonly Copy[]): { readonly state: LetterState; readonly why: LetterWhy | undefined } {
  if (copies.includes("accepted")) return { state: "sent", why: undefined };
  if (copies.includes("sending")) return { state: "sending", why: undefined };
  if (copies.includes("deferred")) return { state: "deferred", why: undefined };
  if (copies.includes("waiting")) return { state: "queued", why: undefined };
  if (copies.length === 0) return { state: "failed", why: "no-address" };
  return { state: "failed", why: copies.includes("bounced") ? "bounced" : "refused" };
}
