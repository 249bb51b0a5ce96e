import { unreachable } from "../core/assert.ts";
import type { Json } from "../core/canonical.ts";
import type { EntitlementId, NoticeId, SubscriptionId } from "../core/ids.ts";
import type { AlertChannel } from "../partner-center/contract.ts";
import type { AlertAnswer, Effect, ProposalKind, Wanted, WhyNot } from "./contract.ts";
import { TARGETS_MAX, whyNot, whyNotAlert, whyNotEntitlement, whyNotSubscription } from "./decide.ts";
import { effectsOfAnswer, effectsOfEntitlements, effectsOfSubscription, type Recorded } from "./decide-effects.ts";
import { type Saving, savingOfEntitlements, savingOfSubscription } from "./decide-saving.ts";
import { undoOf, type UndoPlan } from "./decide-undo.ts";
import type { AlertFacts, BurnRate, EntitlementFacts, SubscriptionFacts } from "./facts.ts";

/** One call to Microsoft, as it is kept with the proposal. */
export type Step =
  | {
      readonly kind: "suspend-subscription" | "reactivate-subscription";
      readonly subscriptionId: SubscriptionId;
      readonly name: string;
      readonly quantity: number;
    }
  | {
      readonly kind: "set-auto-renew";
      readonly subscriptionId: SubscriptionId;
      readonly name: string;
      readonly quantity: number;
      readonly autoRenew: boolean;
      /** Changes for the next term to put back; undefined = leave them as they are. */
      readonly scheduled?: Json | undefined;
    }
  | {
      readonly kind: "cancel-entitlement" | "reactivate-entitlement";
      readonly planId: SubscriptionId;
      readonly entitlementId: EntitlementId;
      readonly name: string;
    }
  | {
      readonly kind: "answer-alert";
      readonly noticeId: NoticeId;
      readonly channel: AlertChannel;
      readonly externalId: string;
      readonly entitlementId?: EntitlementId | undefined;
      readonly name: string;
      readonly answer: AlertAnswer;
    };

/** A step with those before it whose effect must be seen first, by position. */
export type PlannedStep = { readonly step: Step; readonly dependsOn: readonly number[] };

export type Plan = {
  readonly kind: ProposalKind;
  readonly steps: readonly PlannedStep[];
  readonly saving: Saving;
  readonly effects: readonly Effect[];
  readonly undo: UndoPlan;
  readonly answer: AlertAnswer | undefined;
  /** State of each target when it was decided: a proposal whose basis no longer holds must be made again. */
  readonly basis: Readonly<Record<string, string>>;
  readonly takesMinutes: number;
};

/** All that was read to judge one request. */
export type PlanFacts = {
  readonly subscriptions: readonly SubscriptionFacts[];
  readonly entitlements: readonly EntitlementFacts[];
  readonly burn: ReadonlyMap<EntitlementId, BurnRate>;
  readonly alerts: readonly AlertFacts[];
  /** Of the suspension that a reactivation takes back; undefined when the desk did not do it. */
  readonly recorded: Recorded | undefined;
};

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly whyNot: WhyNot };
const refused = (reason: WhyNot): Planned => ({ ok: false, whyNot: reason });

/** Minutes until the effect is seen: a cancellation takes about ten (GUIDANCE 2), everything else answers at once. */
const CANCEL_MINUTES = 10;

/** Turns what a person wants into the calls, their price and their consequences; or says why not. */
export function planOf(wanted: Wanted, facts: PlanFacts, today: Temporal.PlainDate): Planned {
  switch (wanted.kind) {
    case "suspend-subscription":
    case "reactivate-subscription":
    case "auto-renew-off":
    case "auto-renew-on":
      return planSubscription(wanted, facts, today);
    case "cancel-entitlement":
    case "reactivate-entitlement":
      return planEntitlements(wanted, facts);
    case "answer-alert":
      return planAnswer(wanted, facts);
    default:
      return unreachable(wanted);
  }
}

type SubscriptionWanted = Extract<Wanted, { subscriptionId: SubscriptionId }>;

function planSubscription(wanted: SubscriptionWanted, facts: PlanFacts, today: Temporal.PlainDate): Planned {
  const { kind, subscriptionId } = wanted;
  const found = facts.subscriptions.find((one) => one.subscriptionId === subscriptionId);
  if (found === undefined) return refused(whyNot("target-unknown", { id: subscriptionId }));
  const activeEntitlements = facts.entitlements.filter(
    (e) => e.planId === subscriptionId && e.status === "active",
  ).length;
  const reason = whyNotSubscription(kind, found, { today, activeEntitlements });
  if (reason !== undefined) return refused(reason);
  const plan: Plan = {
    kind,
    steps: stepsOf(kind, found, facts.recorded),
    saving: savingOfSubscription(kind, found),
    effects: effectsOfSubscription(kind, found, facts.recorded),
    undo: undoOf(kind, {
      untilDay: found.commitmentEndDay,
      effects: effectsOfSubscription(kind, found, facts.recorded),
    }),
    answer: undefined,
    basis: { [subscriptionId]: basisOfSubscription(found) },
    takesMinutes: 1,
  };
  return { ok: true, plan };
}

function stepsOf(
  kind: SubscriptionWanted["kind"],
  { subscriptionId, name, quantity }: SubscriptionFacts,
  recorded: Recorded | undefined,
): readonly PlannedStep[] {
  const of = { subscriptionId, name, quantity };
  const scheduled = recorded?.scheduled;
  const renew = (autoRenew: boolean, dependsOn: readonly number[]): PlannedStep => ({
    step: { kind: "set-auto-renew", ...of, autoRenew, ...(scheduled !== undefined && { scheduled }) },
    dependsOn,
  });
  switch (kind) {
    case "suspend-subscription":
      return [{ step: { kind, ...of }, dependsOn: [] }];
    case "reactivate-subscription": {
      // Microsoft puts neither auto-renew nor scheduled changes back (CONTRACT 4.3), so a second call does.
      const hasMore = recorded !== undefined && (recorded.autoRenew || scheduled !== undefined);
      return [{ step: { kind, ...of }, dependsOn: [] }, ...(hasMore ? [renew(recorded.autoRenew, [0])] : [])];
    }
    case "auto-renew-off":
      return [{ step: { kind: "set-auto-renew", ...of, autoRenew: false }, dependsOn: [] }];
    case "auto-renew-on":
      return [renew(true, [])];
    default:
      return unreachable(kind);
  }
}

type EntitlementWanted = Extract<Wanted, { entitlementIds: readonly EntitlementId[] }>;

function planEntitlements(wanted: EntitlementWanted, facts: PlanFacts): Planned {
  const { kind } = wanted;
  const ids = [...new Set(wanted.entitlementIds)];
  if (ids.length === 0) return refused(whyNot("nothing-chosen"));
  if (ids.length > TARGETS_MAX) return refused(whyNot("too-many-targets", { count: ids.length, max: TARGETS_MAX }));
  const chosen: EntitlementFacts[] = [];
  for (const id of ids) {
    const found = facts.entitlements.find((one) => one.entitlementId === id);
    if (found === undefined) return refused(whyNot("target-unknown", { id }));
    const reason = whyNotEntitlement(kind, found);
    if (reason !== undefined) return refused({ ...reason, facts: { ...reason.facts, name: found.name } });
    chosen.push(found);
  }
  const alerts =
    wanted.kind === "cancel-entitlement" && wanted.answerAlertsAsFraud ? openAlertsOf(ids, facts.alerts) : [];
  const calls = chosen.map(({ planId, entitlementId, name }): PlannedStep => ({
    step: { kind, planId, entitlementId, name },
    dependsOn: [],
  }));
  const answer: AlertAnswer | undefined = alerts.length > 0 ? { status: "resolved", reason: "fraud" } : undefined;
  // An alert is answered once its Azure subscription is seen to be cancelled: answering stops nothing (GUIDANCE 3.6).
  const answers = alerts.map((alert) => answerStep(alert, { status: "resolved", reason: "fraud" }, ids));
  const effects = [
    ...effectsOfEntitlements(kind, chosen.length),
    ...(answer ? effectsOfAnswer(answer, alerts.length) : []),
  ];
  const burn = chosen.map((one) => facts.burn.get(one.entitlementId) ?? { kind: "unknown" as const, why: "no-data" });
  const plan: Plan = {
    kind,
    steps: [...calls, ...answers],
    saving: savingOfEntitlements(kind, burn),
    effects,
    undo: undoOf(kind, { untilDay: undefined, effects }),
    answer,
    basis: Object.fromEntries(chosen.map((one) => [one.entitlementId, basisOfEntitlement(one)])),
    takesMinutes: CANCEL_MINUTES,
  };
  return { ok: true, plan };
}

const openAlertsOf = (ids: readonly EntitlementId[], alerts: readonly AlertFacts[]): readonly AlertFacts[] =>
  alerts.filter(
    (one) => one.status !== "resolved" && one.entitlementId !== undefined && ids.includes(one.entitlementId),
  );

function answerStep(alert: AlertFacts, answer: AlertAnswer, ids: readonly EntitlementId[]): PlannedStep {
  const { noticeId, channel, externalId, entitlementId, name } = alert;
  const at = entitlementId === undefined ? -1 : ids.indexOf(entitlementId);
  return {
    step: { kind: "answer-alert", noticeId, channel, externalId, entitlementId, name, answer },
    dependsOn: at < 0 ? [] : [at],
  };
}

function planAnswer(wanted: Extract<Wanted, { kind: "answer-alert" }>, facts: PlanFacts): Planned {
  const ids = [...new Set(wanted.noticeIds)];
  if (ids.length === 0) return refused(whyNot("nothing-chosen"));
  if (ids.length > TARGETS_MAX) return refused(whyNot("too-many-targets", { count: ids.length, max: TARGETS_MAX }));
  const chosen: AlertFacts[] = [];
  for (const id of ids) {
    const found = facts.alerts.find((one) => one.noticeId === id);
    if (found === undefined) return refused(whyNot("target-unknown", { id }));
    const reason = whyNotAlert(wanted.answer, found);
    if (reason !== undefined) return refused({ ...reason, facts: { ...reason.facts, name: found.name } });
    chosen.push(found);
  }
  const effects = effectsOfAnswer(wanted.answer, chosen.length);
  const plan: Plan = {
    kind: "answer-alert",
    steps: chosen.map((alert) => answerStep(alert, wanted.answer, [])),
    saving: { kind: "nothing", why: "answer-stops-nothing" },
    effects,
    undo: undoOf("answer-alert", { untilDay: undefined, effects }),
    answer: wanted.answer,
    basis: Object.fromEntries(chosen.map((one) => [one.noticeId, basisOfAlert(one)])),
    takesMinutes: 1,
  };
  return { ok: true, plan };
}

// A change of these means that people agreed to something else than what would now happen.
export const basisOfSubscription = (
  s: Pick<SubscriptionFacts, "status" | "quantity" | "autoRenew" | "commitmentEndDay">,
): string =>
  [s.status, s.quantity, s.autoRenew ? "renews" : "ends", s.commitmentEndDay?.toString() ?? "open"].join("|");
export const basisOfEntitlement = (e: Pick<EntitlementFacts, "status">): string => e.status;
/** Investigating or not makes no difference to an answer; resolved does. */
export const basisOfAlert = (a: Pick<AlertFacts, "status">): string => (a.status === "resolved" ? "resolved" : "open");

/** First target whose state is no longer what the proposal was decided on; undefined = the basis still holds. */
export function changedSince(
  plan: Pick<Plan, "basis">,
  facts: Pick<PlanFacts, "subscriptions" | "entitlements" | "alerts">,
): WhyNot | undefined {
  for (const [id, before] of Object.entries(plan.basis)) {
    const now = basisNow(id, facts);
    if (now !== before) return whyNot("facts-changed", { id, before, now: now ?? "gone" });
  }
  return undefined;
}

function basisNow(id: string, facts: Pick<PlanFacts, "subscriptions" | "entitlements" | "alerts">): string | undefined {
  const subscription = facts.subscriptions.find((one) => one.subscriptionId === id);
  if (subscription !== undefined) return basisOfSubscription(subscription);
  const entitlement = facts.entitlements.find((one) => one.entitlementId === id);
  if (entitlement !== undefined) return basisOfEntitlement(entitlement);
  const alert = facts.alerts.find((one) => one.noticeId === id);
  return alert === undefined ? undefined : basisOfAlert(alert);
}

/** The id that one step changes, so that two open actions never do the same thing to the same target. */
export function targetOf(step: Step): { readonly kind: "subscription" | "entitlement" | "alert"; readonly id: string } {
  switch (step.kind) {
    case "suspend-subscription":
    case "reactivate-subscription":
    case "set-auto-renew":
      return { kind: "subscription", id: step.subscriptionId };
    case "cancel-entitlement":
    case "reactivate-entitlement":
      return { kind: "entitlement", id: step.entitlementId };
    case "answer-alert":
      return { kind: "alert", id: step.noticeId };
    default:
      return unreachable(step);
  }
}
