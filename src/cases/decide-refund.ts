import { dayOf, daysBetween } from "../core/time.ts";
import { REFUND_DAYS, type RefundJson } from "./contract.ts";

export type RefundFacts = {
  /** Earlier of Microsoft's first observation and the first anomalous usage; undefined while neither is known. */
  readonly firstUseAt: Temporal.Instant | undefined;
  readonly now: Temporal.Instant;
  /** The tenant's one request, wherever it was made. */
  readonly request:
    | { readonly caseId: string; readonly ticket: string; readonly filedOn: Temporal.PlainDate }
    | undefined;
  readonly caseId: string;
};

/** Microsoft dates usage by UTC days, so the countdown does too. */
const USAGE_ZONE = "UTC";

/**
 * Until when the refund ticket may be filed: 60 calendar days from the first fraudulent use, one request per customer tenant, ever.
 * undefined while the first use is unknown. Source: GUIDANCE 1.3.
 */
export function decideRefund({ firstUseAt, now, request, caseId }: RefundFacts): RefundJson | undefined {
  if (firstUseAt === undefined) return undefined;
  const firstUseOn = dayOf(firstUseAt, USAGE_ZONE);
  const lastDay = firstUseOn.add({ days: REFUND_DAYS });
  const daysLeft = daysBetween(dayOf(now, USAGE_ZONE), lastDay);
  const state =
    request === undefined ? (daysLeft < 0 ? "expired" : "open") : request.caseId === caseId ? "filed" : "used";
  return {
    firstUseOn: firstUseOn.toString(),
    lastDay: lastDay.toString(),
    daysLeft,
    state,
    ticket: request?.ticket ?? null,
    filedOn: request?.filedOn.toString() ?? null,
  };
}
