import type { Kept } from "../contract-detector.ts";
import { DAY_MS } from "./decide-window.ts";

/** What history says of a value at an event. `unknown`: too little history to call anything new; it is not judged. */
export type Novelty = {
  readonly at: Kept;
  readonly value: string;
  readonly seen: "new" | "known" | "unknown";
  /** Whole days between the group's oldest event in the span and this one. */
  readonly historyDays: number;
};

/**
 * For each event of a settled group whether its value is new: nothing in (t − span, t) carried it. Only a group that has been watched for
 * `learnMs` is judged; a value that first came while learning is known from then on. Events of the very same time do not make each other known,
 * except that of equal values only the first is new. An empty value is never judged.
 */
export function novelties(
  all: readonly Kept[],
  { spanMs, learnMs, valueOf }: { spanMs: number; learnMs: number; valueOf: (one: Kept) => string },
): readonly Novelty[] {
  const lastSeen = new Map<string, number>();
  const found: Novelty[] = [];
  let from = 0;
  for (const at of all) {
    while ((all[from] ?? at).at <= at.at - spanMs) from += 1;
    const value = valueOf(at);
    if (value === "") continue;
    const history = at.at - (all[from] ?? at).at;
    const before = lastSeen.get(value);
    const known = before !== undefined && before > at.at - spanMs;
    lastSeen.set(value, at.at);
    found.push({
      at,
      value,
      seen: known ? "known" : history >= learnMs ? "new" : "unknown",
      historyDays: Math.floor(history / DAY_MS),
    });
  }
  return found;
}
