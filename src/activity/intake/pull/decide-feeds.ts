import type { PullFeed } from "../contract-pull.ts";

/** How a feed is read. All of it in hours, minutes and seconds of wall time. */
export type FeedPlan = {
  readonly everySeconds: number;
  /** How far back Microsoft answers at all. */
  readonly backHours: number;
  /** How far back is read when a customer is met for the first time. */
  readonly firstHours: number;
  /** The longest stretch asked for at once; a long absence is read in such steps. */
  readonly windowHours: number;
  /** What was read is read again for so long, since records arrive late. */
  readonly overlapMinutes: number;
  /** Now and then much more is read again: some records arrive hours late. */
  readonly sweepHours: number;
  readonly sweepEveryMinutes: number;
};

const GRAPH: FeedPlan = {
  everySeconds: 300,
  // Seven days without a premium licence, thirty with one. Source: learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention
  backHours: 7 * 24,
  firstHours: 7 * 24,
  windowHours: 24,
  overlapMinutes: 15,
  sweepHours: 6,
  sweepEveryMinutes: 60,
};

export const FEED_PLANS: Readonly<Record<PullFeed, FeedPlan>> = {
  "graph.directory-audits": GRAPH,
  "graph.sign-ins": GRAPH,
  // Offline detections are dated back by up to two days. Source: learn.microsoft.com/entra/id-protection/concept-identity-protection-risks
  "graph.risk-detections": { ...GRAPH, everySeconds: 900, windowHours: 72, sweepHours: 48, sweepEveryMinutes: 6 * 60 },
  "graph.alerts": { ...GRAPH, backHours: 30 * 24 },
  // Listed by when content was made available, so nothing comes late; blobs that were read are remembered.
  // Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference
  "office.audit": { ...GRAPH, overlapMinutes: 60, sweepHours: 24, sweepEveryMinutes: 12 * 60 },
  "azure.activity": { ...GRAPH, everySeconds: 180, backHours: 90 * 24, overlapMinutes: 20 },
};
/** Microsoft counts the last moments of what it still answers a little differently than we do. */
const EDGE_MINUTES = 10;

export type PullPlace = {
  /** Everything before this was read; undefined before the first reading. */
  readonly cursor: Temporal.Instant | undefined;
  readonly sweptAt: Temporal.Instant | undefined;
};
export type PullWindow = {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** When much was last read again, this window included. */
  readonly sweptAt: Temporal.Instant | undefined;
  /** What Microsoft has forgotten before we read it. */
  readonly gap: { readonly from: Temporal.Instant; readonly until: Temporal.Instant } | undefined;
};

const later = (a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(a, b) >= 0 ? a : b;
const earlier = (a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(a, b) <= 0 ? a : b;

/** Which stretch is read next. */
export function decideWindow(plan: FeedPlan, { cursor, sweptAt }: PullPlace, now: Temporal.Instant): PullWindow {
  const oldest = now.subtract({ minutes: plan.backHours * 60 - EDGE_MINUTES });
  const until = (from: Temporal.Instant): Temporal.Instant => earlier(now, from.add({ hours: plan.windowHours }));
  if (cursor === undefined) {
    const from = later(oldest, now.subtract({ hours: plan.firstHours }));
    return { from, until: until(from), sweptAt, gap: undefined };
  }
  const gap = Temporal.Instant.compare(cursor, oldest) < 0 ? { from: cursor, until: oldest } : undefined;
  const isNear = Temporal.Instant.compare(cursor, now.subtract({ hours: plan.windowHours })) >= 0;
  const isSweep =
    isNear &&
    (sweptAt === undefined || Temporal.Instant.compare(sweptAt.add({ minutes: plan.sweepEveryMinutes }), now) <= 0);
  const back = isSweep ? { minutes: plan.sweepHours * 60 } : { minutes: plan.overlapMinutes };
  const from = later(oldest, cursor.subtract(back));
  // A sweep reads up to the present in one go, so that it does not put the newest off.
  return {
    from,
    until: isSweep && plan.sweepHours < plan.windowHours ? now : until(from),
    sweptAt: isSweep ? now : sweptAt,
    gap,
  };
}

/** Where a feed stands after a window: never further back than it was. */
export const placeAfter = (place: PullPlace, window: PullWindow): PullPlace => ({
  cursor: place.cursor === undefined ? window.until : later(place.cursor, window.until),
  sweptAt: window.sweptAt,
});
