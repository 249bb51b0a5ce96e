import { type EntitlementId, guid } from "../core/ids.ts";
import { PROBLEM_ADVICE, type PartnerCenterProblem } from "../partner-center/contract.ts";
import { CADENCE, type Feed, type FeedJson } from "./contract.ts";

/** A feed as kept; times as the database has them. */
export type FeedState = {
  readonly isOpen: boolean;
  readonly startedAt: Temporal.Instant | undefined;
  readonly finishedAt: Temporal.Instant | undefined;
  readonly failedAt: Temporal.Instant | undefined;
};

/**
 * Whether a run goes on: one that was cut short keeps its start, so that what it has read is not read again;
 * one that is too old to go on with begins anew.
 */
export function mayResume(feed: Feed, state: FeedState | undefined, now: Temporal.Instant): boolean {
  const started = state?.startedAt;
  if (state?.isOpen !== true || started === undefined) return false;
  const age = started.until(now).total("seconds");
  // A start in the future is a clock that was set back.
  return age >= 0 && age <= CADENCE[feed].lateAfterSeconds;
}

/** How fresh a feed is. "failed" wins over "late": the reason is known then. */
export function decideFreshness(feed: Feed, state: FeedState | undefined, now: Temporal.Instant): FeedJson["state"] {
  if (state === undefined) return "never";
  if (state.failedAt !== undefined) return "failed";
  if (state.finishedAt === undefined) return "never";
  return state.finishedAt.until(now).total("seconds") > CADENCE[feed].lateAfterSeconds ? "late" : "on-time";
}

export const nextRunAt = (feed: Feed, state: FeedState | undefined): Temporal.Instant | undefined =>
  state?.startedAt?.add({ seconds: CADENCE[feed].everySeconds });

/** What to do when one customer could not be read. */
export type AfterMiss = "next-customer" | "stop-run";

/** Misses in a row after which the trouble is not the customer's. */
export const MISSES_IN_A_ROW_MAX = 25;
/** Outages in a row after which Microsoft is down, not slow. */
export const OUTAGES_IN_A_ROW_MAX = 5;

/**
 * Troubles of one customer (no relation, no role in that tenant, an answer nobody can read) never stop the others;
 * troubles of our own sign-in hit everybody, so going on would only add refusals to the log.
 */
export function decideAfterMiss(problem: PartnerCenterProblem, missesInARow: number): AfterMiss {
  switch (PROBLEM_ADVICE[problem.kind]) {
    case "fix-settings":
    case "consent-again":
    case "add-user-consent":
    case "sign-agreement":
    case "check-conditional-access":
      return "stop-run";
    case "wait":
      return missesInARow >= OUTAGES_IN_A_ROW_MAX ? "stop-run" : "next-customer";
    default:
      return missesInARow >= MISSES_IN_A_ROW_MAX ? "stop-run" : "next-customer";
  }
}

/** Whether repeating soon may help: a person is not needed. */
export const mayPass = (problem: PartnerCenterProblem): boolean => PROBLEM_ADVICE[problem.kind] === "wait";

/** The activity log is kept 90 days at Microsoft, and an earlier start is refused. */
export const AUDIT_DAYS_BACK = 89;

/**
 * Days of the activity log to read, oldest first: from the day before the last complete one, since records come late,
 * to today. Days are UTC, as the log's are.
 */
export function auditDays(
  lastDay: Temporal.PlainDate | undefined,
  today: Temporal.PlainDate,
): readonly Temporal.PlainDate[] {
  const earliest = today.subtract({ days: AUDIT_DAYS_BACK });
  const wanted = lastDay?.subtract({ days: 1 }) ?? earliest;
  const from = Temporal.PlainDate.compare(wanted, earliest) < 0 ? earliest : wanted;
  const count = from.until(today, { largestUnit: "days" }).days + 1;
  return Array.from({ length: Math.max(count, 1) }, (_, offset) => (count < 1 ? today : from.add({ days: offset })));
}

/** What an event asks for: feeds to run now, or one customer to read again. */
export type Reaction =
  | { readonly kind: "run"; readonly feeds: readonly Feed[] }
  | { readonly kind: "read-subscriptions"; readonly customerId: string }
  | { readonly kind: "none" };

const FEEDS_OF_EVENT: readonly (readonly [RegExp, readonly Feed[]])[] = [
  [/^azure-fraud-event-detected$/, ["alerts"]],
  [/^usagerecords-thresholdexceeded$/, ["usage"]],
  [/^invoice-ready$/, ["prices"]],
  [/^(indirect-)?reseller-relationship-|^create-transfer$/, ["customers", "subscriptions"]],
  [/^granular-admin-/, ["gdap"]],
  [/^dap-admin-/, ["gdap", "customers"]],
  [/^new-commerce-migration-|subscription|^transfer/, ["subscriptions"]],
];

/** The Azure subscription that an alert's webhook names, when it names one. */
export function hintedEntitlement(name: string, resourceUri: string | undefined): EntitlementId | undefined {
  if (name.toLowerCase() !== "azure-fraud-event-detected") return undefined;
  const named = /[?&]SubscriptionId=([0-9a-f-]{36})(?:&|$)/i.exec(resourceUri ?? "")?.[1];
  return named === undefined ? undefined : (guid(named) as EntitlementId | undefined);
}

/** An event names what changed, never how: the desk reads again. Names that nobody knows yet are kept and left. */
export function decideReaction(name: string, resourceUri: string | undefined): Reaction {
  const event = name.toLowerCase();
  const customerId = /\/customers\/([0-9a-f-]{36})\/subscriptions\//i.exec(resourceUri ?? "")?.[1]?.toLowerCase();
  if (event === "subscription-updated" && customerId !== undefined) return { kind: "read-subscriptions", customerId };
  const feeds = FEEDS_OF_EVENT.find(([pattern]) => pattern.test(event))?.[1];
  return feeds === undefined ? { kind: "none" } : { kind: "run", feeds };
}
