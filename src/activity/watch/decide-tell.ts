import type { FoldRow } from "./store.ts";

/** A finding is written again at most this often while more of the same comes in. */
export const TELL_EVERY_MS = 30_000;
/** And this often when nothing else is waiting. */
export const TELL_IDLE_MS = 2_000;

/**
 * Whether news of a fold is told now or may wait. At once: a finding that is new, that was resolved or whose case was closed, that got worse,
 * or whose priority changed.
 */
export function decideTellNow(of: {
  readonly fold: FoldRow;
  /** Its case is not closed. */
  readonly isOpen: boolean;
  readonly priority: number;
  /** News of folds that were told at this moment or before is told. */
  readonly before: Temporal.Instant;
}): boolean {
  const { fold, isOpen, priority, before } = of;
  const { finding_id: finding, reported_at: reported, told_level: level, inhibited_by: takenBy } = fold;
  if (finding === null || reported === null || level === null || takenBy !== null || !isOpen) return true;
  if (fold.level > level || priority !== fold.told_priority) return true;
  return Temporal.Instant.compare(reported, before) <= 0;
}
