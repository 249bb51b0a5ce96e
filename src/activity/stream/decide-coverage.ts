import type { CustomerState, FeedState } from "./contract.ts";

/** How far back a feed's rhythm is learnt from, and gaps are told. */
export const RHYTHM_DAYS = 14;
/** With fewer hours that told anything there is no rhythm to speak of. */
const HOURS_KNOWN_MIN = 6;
/** A silence is a gap when it is this many times as long as is usual, and longer than this. */
const GAP_TIMES = 2;
const GAP_HOURS_MIN = 4;
/** After so many usual silences, and at least a day, a feed has not just paused. */
const STOPPED_TIMES = 4;
const STOPPED_HOURS_MIN = 24;
/** Of the silences between telling hours, the share that counts as usual: nights and weekends are, one long stop in two weeks is not. */
const USUAL_SHARE = 0.98;
/** Gaps told of one feed, newest first. */
export const GAPS_MAX = 20;

export type Gap = { readonly fromHour: number; readonly untilHour: number | undefined };
export type FeedLook = {
  readonly state: FeedState;
  /** Hours; undefined: not known. */
  readonly usualHours: number | undefined;
  /** Newest first. */
  readonly gaps: readonly Gap[];
};

/**
 * How a feed stands, from the hours (counted from 1970) in which it told anything. Its rhythm is its own: a feed that speaks every hour is late
 * after four, one that speaks on working days is not late on Sunday.
 */
export function lookAtFeed(hours: readonly number[], nowHour: number): FeedLook {
  const last = hours.at(-1);
  if (last === undefined) return { state: "stopped", usualHours: undefined, gaps: [] };
  const silences = hours.slice(1).map((hour, n) => ({ from: (hours[n] as number) + 1, until: hour }));
  const silent = Math.max(0, nowHour - last - 1);
  if (hours.length < HOURS_KNOWN_MIN)
    return { state: silent > RHYTHM_DAYS * 12 ? "stopped" : "unknown", usualHours: undefined, gaps: [] };
  const lengths = silences.map(({ from, until }) => until - from).sort((a, b) => a - b);
  const usualHours = lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * USUAL_SHARE))] ?? 0;
  const most = Math.max(GAP_HOURS_MIN, usualHours * GAP_TIMES);
  const past = silences
    .filter(({ from, until }) => until - from > most)
    .map(({ from, until }) => ({ fromHour: from, untilHour: until }));
  const lasting = silent > most ? [{ fromHour: last + 1, untilHour: undefined }] : [];
  const gaps = [...past, ...lasting].reverse().slice(0, GAPS_MAX);
  return { state: stateOf(silent, usualHours), usualHours, gaps };
}

function stateOf(silent: number, usualHours: number): FeedState {
  if (silent > Math.max(STOPPED_HOURS_MIN, usualHours * STOPPED_TIMES)) return "stopped";
  return silent > Math.max(GAP_HOURS_MIN, usualHours * GAP_TIMES) ? "late" : "on-time";
}

const WORST_FIRST: readonly CustomerState[] = ["stopped", "late", "unknown", "on-time"];
/**
 * A customer stands as the worst of its own feeds. Files are brought in once and are nobody's rhythm; what Partner Center tells comes for every
 * customer by itself and shows nothing of what happens inside a tenant, so a customer with only that has no feed.
 */
export function customerState(
  feeds: readonly { readonly source: string; readonly feed: string; readonly state: FeedState }[],
): CustomerState {
  const own = feeds.filter(({ source }) => source !== "partner-center");
  if (own.length === 0) return "never";
  const live = own.filter(({ feed }) => feed !== "file");
  return WORST_FIRST.find((state) => live.some((one) => one.state === state)) ?? "unknown";
}

/** Hours after which a reader of the whole desk that brought nothing for anybody is late, and stopped. */
const DESK_LATE_HOURS = 48;
const DESK_STOPPED_HOURS = 96;

/** A feed that one reader brings for all customers stands as that reader does: a quiet customer of it is quiet, not unseen. */
export function deskFeedState(lastReceived: Temporal.Instant, now: Temporal.Instant): FeedState {
  const hours = (now.epochMilliseconds - lastReceived.epochMilliseconds) / 3_600_000;
  if (hours <= DESK_LATE_HOURS) return "on-time";
  return hours <= DESK_STOPPED_HOURS ? "late" : "stopped";
}
