import { unreachable } from "../core/assert.ts";
import { canonicalJson, type Json } from "../core/canonical.ts";
import type {
  AzureEntitlement,
  PartnerCenterProblem,
  SecurityAlert,
  Subscription,
} from "../partner-center/contract.ts";
import type { Facts, StepState, WhyNot } from "./contract.ts";
import { STATUS_AFTER, STATUS_NEEDED, whyNot } from "./decide.ts";
import { basisOfAlert, basisOfEntitlement, basisOfSubscription, type Step } from "./decide-plan.ts";

/** What to do with one action, given what was recorded about it and what Partner Center shows. */

/** A target as Partner Center shows it now. */
export type Seen =
  | { readonly kind: "subscription"; readonly value: Subscription }
  | { readonly kind: "entitlement"; readonly value: AzureEntitlement }
  | { readonly kind: "alert"; readonly value: SecurityAlert };

const mismatch = (step: Step, seen: Seen): never => {
  throw new Error(`invariant broken: a ${seen.kind} was read for ${step.kind}`);
};

/** Whether Partner Center already shows what the step is to bring about. */
export function effectSeen(step: Step, seen: Seen): boolean {
  switch (step.kind) {
    case "suspend-subscription":
    case "reactivate-subscription":
      return seen.kind === "subscription" ? seen.value.status === STATUS_AFTER[step.kind] : mismatch(step, seen);
    case "set-auto-renew":
      if (seen.kind !== "subscription") return mismatch(step, seen);
      return (
        seen.value.autoRenew === step.autoRenew &&
        sameSchedule(step.scheduled, seen.value.scheduledNextTermInstructions)
      );
    case "cancel-entitlement":
    case "reactivate-entitlement":
      return seen.kind === "entitlement" ? seen.value.status === STATUS_AFTER[step.kind] : mismatch(step, seen);
    case "answer-alert":
      if (seen.kind !== "alert") return mismatch(step, seen);
      if (seen.value.status !== step.answer.status) return false;
      return step.answer.status === "investigating" || seen.value.resolvedReason === step.answer.reason;
    default:
      return unreachable(step);
  }
}

const sameSchedule = (wanted: Json | undefined, shown: Json | undefined): boolean =>
  wanted === undefined || canonicalJson(wanted) === canonicalJson(shown ?? null);

/** The state before anything is sent, kept so that the undo can put it back. Instants and days as text. */
export type Before = {
  readonly status: string;
  readonly etag: string | undefined;
  readonly autoRenew: boolean | undefined;
  readonly quantity: number | undefined;
  readonly termEnd: string | undefined;
  readonly scheduled: Json | undefined;
  /** The full object as it came. */
  readonly raw: Json;
};

export function recordOf(seen: Seen): Before {
  if (seen.kind !== "subscription") {
    const { status, raw } = seen.value;
    return {
      status,
      etag: undefined,
      autoRenew: undefined,
      quantity: undefined,
      termEnd: undefined,
      scheduled: undefined,
      raw,
    };
  }
  const {
    status,
    etag,
    autoRenew,
    quantity,
    commitmentEndDay,
    scheduledNextTermInstructions: scheduled,
    raw,
  } = seen.value;
  return { status, etag, autoRenew, quantity, termEnd: commitmentEndDay?.toString(), scheduled, raw };
}

/** The record in a few words, for pages. */
export function factsOf(before: Pick<Before, "status" | "etag" | "autoRenew" | "quantity" | "scheduled">): Facts {
  return {
    status: before.status,
    ...(before.autoRenew !== undefined && { autoRenew: before.autoRenew ? "on" : "off" }),
    ...(before.quantity !== undefined && { quantity: before.quantity }),
    ...(before.autoRenew !== undefined && {
      scheduled: before.scheduled === undefined || before.scheduled === null ? "none" : "some",
    }),
    ...(before.etag !== undefined && { etag: before.etag }),
  };
}

export type SendDecision =
  /** It is so already. `foundSo`: nobody of us did it, nothing is sent. Otherwise an earlier try of ours took effect. */
  | { readonly kind: "effect-seen"; readonly foundSo: boolean }
  | { readonly kind: "send" }
  | { readonly kind: "refuse"; readonly whyNot: WhyNot };

/**
 * Decided on a fresh reading, each time before anything is sent.
 * @param maySent an earlier try may have reached Microsoft without our hearing its answer
 */
export function decideSend(
  step: Step,
  seen: Seen,
  { maySent, basis }: { readonly maySent: boolean; readonly basis: string | undefined },
): SendDecision {
  if (effectSeen(step, seen)) return { kind: "effect-seen", foundSo: !maySent };
  const reason = whyNotSend(step, seen) ?? (maySent ? undefined : whyNotBasis(seen, basis));
  return reason === undefined ? { kind: "send" } : { kind: "refuse", whyNot: reason };
}

function whyNotSend(step: Step, seen: Seen): WhyNot | undefined {
  switch (step.kind) {
    case "suspend-subscription":
    case "reactivate-subscription":
    case "cancel-entitlement":
    case "reactivate-entitlement": {
      const { status } = seen.value;
      return status === STATUS_NEEDED[step.kind]
        ? undefined
        : whyNot("wrong-status", { status, needed: STATUS_NEEDED[step.kind] });
    }
    case "set-auto-renew":
      return seen.value.status === "active"
        ? undefined
        : whyNot("wrong-status", { status: seen.value.status, needed: "active" });
    case "answer-alert":
      return seen.value.status === "resolved" ? whyNot("alert-already-resolved") : undefined;
    default:
      return unreachable(step);
  }
}

/** People said yes to something else than what would now happen: they must be asked again. */
function whyNotBasis(seen: Seen, basis: string | undefined): WhyNot | undefined {
  if (basis === undefined) return undefined;
  const now =
    seen.kind === "subscription"
      ? basisOfSubscription(seen.value)
      : seen.kind === "entitlement"
        ? basisOfEntitlement(seen.value)
        : basisOfAlert(seen.value);
  return now === basis ? undefined : whyNot("facts-changed", { before: basis, now });
}

/** Tries of one action before it is given up; with the growing waits below about three hours of outage. */
export const TRIES_MAX = 14;
/** A changed ETag is read and decided again at once, this often. */
export const STALE_TRIES_MAX = 5;
/** Microsoft asks for a day before a subscription with a pending operation is touched again (900278, CONTRACT 2.6). */
const PENDING_SECONDS = 24 * 3_600;
const WAIT_FIRST_SECONDS = 2;
const WAIT_LAST_SECONDS = 1_200;

/** 2, 4, 8 … seconds, never above twenty minutes. */
export const backOffSeconds = (tries: number): number =>
  Math.min(WAIT_FIRST_SECONDS * 2 ** Math.max(0, tries - 1), WAIT_LAST_SECONDS);

export type AfterTrouble =
  | { readonly kind: "again"; readonly afterSeconds: number }
  /** Microsoft seems to have it from an earlier try: only reading tells. */
  | { readonly kind: "treat-as-sent" }
  | { readonly kind: "end"; readonly as: "failed" | "unverified" };

type Trouble = {
  readonly tries: number;
  /** An earlier try, or this one, may have reached Microsoft without our hearing its answer. */
  readonly maySent: boolean;
};

/** Problems that pass by waiting. Everything else is Microsoft's no. */
const PASSING: readonly string[] = [
  "throttled",
  "outage",
  "unreadable-answer",
] satisfies PartnerCenterProblem["kind"][];

/** What to do after Microsoft refused, or could not be reached. */
export function decideAfterProblem(
  problem: Pick<PartnerCenterProblem, "kind" | "retryAfterSeconds">,
  { tries, maySent }: Trouble,
): AfterTrouble {
  const spent = tries >= TRIES_MAX;
  const end = { kind: "end", as: maySent ? "unverified" : "failed" } as const;
  if (PASSING.includes(problem.kind))
    return spent
      ? end
      : { kind: "again", afterSeconds: Math.max(problem.retryAfterSeconds ?? 0, backOffSeconds(tries)) };
  if (problem.kind === "stale-etag") return tries >= STALE_TRIES_MAX ? end : { kind: "again", afterSeconds: 0 };
  // An earlier try of the same request may be what is pending, or what made the status change impossible.
  if (maySent && (problem.kind === "pending-operation" || problem.kind === "not-allowed-now"))
    return { kind: "treat-as-sent" };
  if (problem.kind === "pending-operation")
    return spent ? end : { kind: "again", afterSeconds: problem.retryAfterSeconds ?? PENDING_SECONDS };
  return end;
}

/** How long after sending the effect may take before a person must look, in minutes. */
const SEEN_WITHIN_MINUTES: Readonly<Record<Step["kind"], number>> = {
  "suspend-subscription": 60,
  "reactivate-subscription": 60,
  "set-auto-renew": 60,
  // About ten minutes is documented (CONTRACT 2.6); three times that is not yet a failure.
  "cancel-entitlement": 45,
  "reactivate-entitlement": 45,
  "answer-alert": 30,
};
export const seenBy = (step: Step, sentAt: Temporal.Instant): Temporal.Instant =>
  sentAt.add({ minutes: SEEN_WITHIN_MINUTES[step.kind] });

/** Seconds until the n-th look: often at first, then once a minute. */
const LOOK_SECONDS = [2, 5, 10, 15, 30] as const;
export const lookAgainSeconds = (checks: number): number => LOOK_SECONDS[checks] ?? 60;

export type VerifyDecision =
  | { readonly kind: "verified" }
  | { readonly kind: "look-again"; readonly afterSeconds: number }
  | { readonly kind: "unverified" };

/** Whether the effect is there, is still to be waited for, or is overdue. */
export function decideVerify(
  step: Step,
  seen: Seen,
  {
    sentAt,
    checks,
    now,
  }: { readonly sentAt: Temporal.Instant; readonly checks: number; readonly now: Temporal.Instant },
): VerifyDecision {
  if (effectSeen(step, seen)) return { kind: "verified" };
  if (Temporal.Instant.compare(now, seenBy(step, sentAt)) >= 0) return { kind: "unverified" };
  return { kind: "look-again", afterSeconds: lookAgainSeconds(checks) };
}

type StepAt = {
  readonly position: number;
  readonly state: StepState;
  readonly dependsOn: readonly number[];
  readonly isReady: boolean;
};

/** Which waiting steps may now start, and which never will because one before them did not take effect. */
export function decideNext(steps: readonly StepAt[]): {
  readonly start: readonly number[];
  readonly skip: readonly number[];
} {
  const stateAt = new Map(steps.map((step) => [step.position, step.state]));
  const start: number[] = [];
  const skip: number[] = [];
  for (const { position, state, dependsOn, isReady } of steps) {
    if (state !== "waiting") continue;
    const before = dependsOn.map((at) => (skip.includes(at) ? "skipped" : stateAt.get(at)));
    if (before.some((one) => one === "failed" || one === "unverified" || one === "skipped" || one === "dropped"))
      skip.push(position);
    else if (!isReady && before.every((one) => one === "verified")) start.push(position);
  }
  return { start, skip };
}

/** The state of an approved proposal, from the states of its steps. */
export function stateFromSteps(
  states: readonly StepState[],
): "running" | "sent" | "verified" | "failed" | "unverified" {
  if (states.includes("sending")) return "running";
  if (states.includes("sent")) return "sent";
  if (states.includes("waiting") || states.includes("planned")) return "running";
  if (states.includes("failed")) return "failed";
  if (states.includes("unverified") || states.includes("skipped")) return "unverified";
  return "verified";
}
