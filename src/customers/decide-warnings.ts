import { minutesBetween } from "../core/time.ts";
import type { Committed, HeldSubscription } from "./contract.ts";
import { termFactsOf, willRenew } from "./decide-committed.ts";

/** Days before a renewal from which on it is worth a look, and the last day to think about an overdue customer's term. */
export const RENEWS_SOON_DAYS = 30;
/** Hours before a cancel window closes from which on it is a warning. Microsoft's window is 7 days. */
export const WINDOW_CLOSING_HOURS = 48;
/** Microsoft's cancel window for new commerce, in days. Source: GUIDANCE 2. */
export const CANCEL_WINDOW_DAYS = 7;

export const WARNINGS = [
  "renews-overdue",
  "renews-soon",
  "window-closing",
  "suspended-but-billed",
  "auto-renew-off",
] as const;
export type Warning = (typeof WARNINGS)[number];

export type CancelWindow = { readonly kind: "any-time" | "open" | "closed" | "unknown"; readonly until: string | null };

/** Until when a subscription may be left. Usage may end any time; new commerce has seven days from its order or renewal. */
export function cancelWindow(
  held: Pick<HeldSubscription, "family" | "cancellableUntil" | "createdAt" | "startsAt">,
  now: Temporal.Instant,
): CancelWindow {
  if (held.family === "azure-plan" || held.family === "azure-legacy" || held.family === "legacy-seat")
    return { kind: "any-time", until: null };
  const until = held.cancellableUntil;
  if (until !== undefined)
    return { kind: Temporal.Instant.compare(until, now) > 0 ? "open" : "closed", until: until.toString() };
  const begun = held.startsAt ?? held.createdAt;
  const isPast = begun !== undefined && minutesBetween(begun, now) > CANCEL_WINDOW_DAYS * 24 * 60;
  return { kind: isPast ? "closed" : "unknown", until: null };
}

type Facts = {
  readonly now: Temporal.Instant;
  readonly today: Temporal.PlainDate;
  readonly hasOverdue: boolean;
  readonly committed: Committed;
};

/** Why a person should look at this subscription, most urgent first. */
export function subscriptionWarnings(
  held: HeldSubscription,
  { now, today, hasOverdue, committed }: Facts,
): readonly Warning[] {
  if (held.goneAt !== undefined) return [];
  const found: Warning[] = [];
  const daysLeft =
    held.commitmentEndDay === undefined ? undefined : today.until(held.commitmentEndDay, { largestUnit: "days" }).days;
  const renewsSoon =
    willRenew(termFactsOf(held)) && daysLeft !== undefined && daysLeft >= 0 && daysLeft <= RENEWS_SOON_DAYS;
  if (renewsSoon && hasOverdue) found.push("renews-overdue");
  const until = held.cancellableUntil;
  if (until !== undefined && held.family === "new-commerce" && held.status !== "deleted") {
    const minutes = minutesBetween(now, until);
    if (minutes > 0 && minutes <= WINDOW_CLOSING_HOURS * 60) found.push("window-closing");
  }
  if (held.status === "suspended" && committed.kind === "committed") found.push("suspended-but-billed");
  if (renewsSoon && !hasOverdue && daysLeft > 1) found.push("renews-soon");
  if (
    !held.autoRenew &&
    held.status === "active" &&
    daysLeft !== undefined &&
    daysLeft >= 0 &&
    daysLeft <= RENEWS_SOON_DAYS
  )
    found.push("auto-renew-off");
  return found;
}
