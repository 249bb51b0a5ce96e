import type { CustomerId, EntitlementId, NoticeId } from "../core/ids.ts";
import type { NoticeChannel } from "./contract.ts";

/** How far apart two channels may date one event. Graph and v1 write the same moment; rounding and zones are what differs. */
export const SAME_EVENT_MINUTES = 15;
/** How long before Microsoft's own listing, or after it, a webhook may have been sent for the same event. */
export const HINT_BEFORE_MINUTES = 60;
export const HINT_AFTER_MINUTES = 24 * 60;

/** v1 without the new model does not say what kind an event is. */
const UNKNOWN_KIND = "unknown";

export type Copy = {
  readonly channel: NoticeChannel;
  readonly customerId: CustomerId;
  readonly entitlementId?: EntitlementId | undefined;
  readonly kind: string;
  readonly detectedAt: Temporal.Instant;
};
export type Candidate = Omit<Copy, "channel"> & {
  readonly noticeId: NoticeId;
  readonly channels: readonly NoticeChannel[];
};

/**
 * Which notice this copy belongs to, undefined for a new one. Graph and v1 ids of one event do not match (CONTRACT 10.4), so
 * customer, Azure subscription, kind and time decide. Two alerts of one channel are always two notices: Microsoft gave them two ids.
 */
export function decideNoticeOf(copy: Copy, candidates: readonly Candidate[]): NoticeId | undefined {
  return candidates
    .filter(
      (other) =>
        !other.channels.includes(copy.channel) &&
        other.customerId === copy.customerId &&
        other.entitlementId === copy.entitlementId,
    )
    .filter((other) => sameKind(copy.kind, other.kind))
    .map((other) => ({
      noticeId: other.noticeId,
      apart: secondsApart(copy.detectedAt, other.detectedAt),
      exact: other.kind.toLowerCase() === copy.kind.toLowerCase(),
    }))
    .filter(({ apart }) => apart <= SAME_EVENT_MINUTES * 60)
    .sort((a, b) => Number(b.exact) - Number(a.exact) || a.apart - b.apart || (a.noticeId < b.noticeId ? -1 : 1))[0]
    ?.noticeId;
}

const sameKind = (a: string, b: string): boolean => {
  const [one, two] = [a.toLowerCase(), b.toLowerCase()];
  return one === two || one === UNKNOWN_KIND || two === UNKNOWN_KIND;
};

const secondsApart = (a: Temporal.Instant, b: Temporal.Instant): number =>
  Math.abs(a.epochMilliseconds - b.epochMilliseconds) / 1000;
