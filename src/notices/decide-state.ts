import type { AlertChannel } from "../partner-center/contract.ts";

/** One copy of a notice: its status, and since when as far as known. */
export type StatusCopy = {
  readonly channel: AlertChannel;
  readonly status: string;
  readonly since: Temporal.Instant;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
};
/** What the desk itself did: an action of ours was verified at Microsoft. */
export type DeskAnswer = {
  readonly at: Temporal.Instant;
  readonly by: string;
  readonly reason: string;
  readonly proposalId: string;
};

export type DecidedState =
  | { readonly state: "open" }
  | {
      readonly state: "answered";
      readonly at: Temporal.Instant;
      readonly where: "desk" | "elsewhere";
      readonly by: string | undefined;
      readonly reason: string | undefined;
    };

/** Microsoft writes its own time when our answer arrives; the copy may say so a little before we noted it. */
const SAME_ANSWER_MINUTES = 60;

export const isResolved = (status: string): boolean => status.toLowerCase() === "resolved";

/**
 * Since when a copy has its status. A copy that is not resolved when we first see it has been so since detection: a channel that
 * lags behind must not open again what another one has seen answered.
 */
export function statusSince(
  copy: {
    readonly status: string;
    readonly resolvedAt?: Temporal.Instant | undefined;
    readonly detectedAt: Temporal.Instant;
  },
  known: { readonly status: string | null; readonly since: Temporal.Instant } | undefined,
  readAt: Temporal.Instant,
): Temporal.Instant {
  if (isResolved(copy.status))
    return copy.resolvedAt ?? (known && isResolved(known.status ?? "") ? known.since : readAt);
  if (known === undefined) return copy.detectedAt;
  return isResolved(known.status ?? "") ? readAt : known.since;
}

/** Open or answered, by whom: the newest change among the copies wins, and resolved wins a tie. */
export function decideState(copies: readonly StatusCopy[], desk: DeskAnswer | undefined): DecidedState {
  const newest = [...copies].sort(
    (a, b) =>
      Temporal.Instant.compare(b.since, a.since) ||
      Number(isResolved(b.status)) - Number(isResolved(a.status)) ||
      (a.channel === "graph" ? -1 : 1),
  )[0];
  const resolved = newest && isResolved(newest.status) ? newest : undefined;
  if (desk !== undefined) {
    const openAgain =
      newest !== undefined && resolved === undefined && Temporal.Instant.compare(newest.since, desk.at) > 0;
    const other =
      resolved !== undefined &&
      Temporal.Instant.compare(resolved.since, desk.at.add({ minutes: SAME_ANSWER_MINUTES })) > 0;
    if (!openAgain && !other)
      return {
        state: "answered",
        at: earlier(desk.at, resolved?.since),
        where: "desk",
        by: desk.by,
        reason: resolved?.reason ?? desk.reason,
      };
  }
  if (resolved === undefined) return { state: "open" };
  return { state: "answered", at: resolved.since, where: "elsewhere", by: resolved.by, reason: resolved.reason };
}

const earlier = (a: Temporal.Instant, b: Temporal.Instant | undefined): Temporal.Instant =>
  b !== undefined && Temporal.Instant.compare(b, a) < 0 ? b : a;
