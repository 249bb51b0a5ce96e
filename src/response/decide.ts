import type { Role } from "../access/contract.ts";
import type { AlertAnswer, ProposalKind, WhyNot, WhyNotCode, Facts } from "./contract.ts";
import type { AlertFacts, EntitlementFacts, SubscriptionFacts } from "./facts.ts";

/** What may be done in which state. The server, the option cards and the buttons all read this table. */

/**
 * The status a thing must have. Sources: CONTRACT 4.3 (suspend-a-subscription, reactivate-a-suspended-a-subscription,
 * update-a-subscription-by-id), 4.6 (cancel- and reactivate-an-azure-subscription).
 */
export const STATUS_NEEDED = {
  "suspend-subscription": "active",
  "reactivate-subscription": "suspended",
  "auto-renew-off": "active",
  "auto-renew-on": "active",
  "cancel-entitlement": "active",
  "reactivate-entitlement": "inactive",
} as const satisfies Record<Exclude<ProposalKind, "answer-alert">, string>;

/** The status a thing has once the action took effect: finding it there means that nothing is left to do. */
export const STATUS_AFTER = {
  "suspend-subscription": "suspended",
  "reactivate-subscription": "active",
  "cancel-entitlement": "inactive",
  "reactivate-entitlement": "active",
} as const;

/**
 * Whose yes counts. Cancelling in Partner Center asks for Global admin and Admin agent, answering alerts for Admin agent
 * (CONTRACT 4.6, 14); money levers may also be approved by the Billing admin.
 */
export const APPROVER_ROLES: Readonly<Record<ProposalKind, readonly Role[]>> = {
  "suspend-subscription": ["global-admin", "admin-agent", "billing-admin"],
  "reactivate-subscription": ["global-admin", "admin-agent", "billing-admin"],
  "auto-renew-off": ["global-admin", "admin-agent", "billing-admin"],
  "auto-renew-on": ["global-admin", "admin-agent", "billing-admin"],
  "cancel-entitlement": ["global-admin", "admin-agent"],
  "reactivate-entitlement": ["global-admin", "admin-agent"],
  "answer-alert": ["global-admin", "admin-agent"],
};

/** Most Azure subscriptions or alerts in one proposal; the portal takes ten cancellations at once (GUIDANCE 2), we send one by one. */
export const TARGETS_MAX = 50;

export const whyNot = (code: WhyNotCode, facts: Facts = {}): WhyNot => ({ code, facts });

export type SubscriptionKind = Extract<
  ProposalKind,
  "suspend-subscription" | "reactivate-subscription" | "auto-renew-off" | "auto-renew-on"
>;
export type EntitlementKind = Extract<ProposalKind, "cancel-entitlement" | "reactivate-entitlement">;

type SubscriptionContext = {
  readonly today: Temporal.PlainDate;
  /** Azure subscriptions of the plan that still run; 0 for anything but a plan. */
  readonly activeEntitlements: number;
};

/** Why a subscription may not be suspended, reactivated or renewed differently; undefined = it may. */
export function whyNotSubscription(
  kind: SubscriptionKind,
  facts: Pick<SubscriptionFacts, "family" | "status" | "autoRenew" | "commitmentEndDay">,
  { today, activeEntitlements }: SubscriptionContext,
): WhyNot | undefined {
  if (kind === "auto-renew-off" || kind === "auto-renew-on") return whyNotAutoRenew(kind, facts, today);
  if (facts.status === STATUS_AFTER[kind]) return whyNot("already-so", { status: facts.status });
  if (facts.status !== STATUS_NEEDED[kind]) return wrongStatus(kind, facts.status);
  // 900115: a plan is suspended only after all of its Azure subscriptions are cancelled (CONTRACT 4.6).
  if (kind === "suspend-subscription" && facts.family === "azure-plan" && activeEntitlements > 0)
    return whyNot("azure-plan-has-active-subscriptions", { count: activeEntitlements });
  if (kind === "reactivate-subscription" && isOver(facts.commitmentEndDay, today))
    return whyNot("undo-too-late", { day: String(facts.commitmentEndDay) });
  return undefined;
}

function whyNotAutoRenew(
  kind: "auto-renew-off" | "auto-renew-on",
  facts: Pick<SubscriptionFacts, "family" | "status" | "autoRenew" | "commitmentEndDay">,
  today: Temporal.PlainDate,
): WhyNot | undefined {
  // Only new commerce has terms that renew by themselves (CONTRACT 4.3).
  if (facts.family !== "new-commerce") return whyNot("no-auto-renew-here", { family: facts.family });
  if (facts.status !== STATUS_NEEDED[kind]) return wrongStatus(kind, facts.status);
  if (facts.autoRenew === (kind === "auto-renew-on"))
    return whyNot("already-so", { status: facts.autoRenew ? "on" : "off" });
  if (isOver(facts.commitmentEndDay, today))
    return whyNot("renews-today-or-past", { day: String(facts.commitmentEndDay) });
  return undefined;
}

/** The last day of a term is inclusive; a renewal may come at any hour of it, so that day is too late (CONTRACT 4.1). */
const isOver = (end: Temporal.PlainDate | undefined, today: Temporal.PlainDate): boolean =>
  end !== undefined && Temporal.PlainDate.compare(end, today) <= 0;

const KNOWN_STATUS = ["none", "active", "pending", "suspended", "expired", "disabled", "deleted", "inactive"];
const wrongStatus = (kind: Exclude<ProposalKind, "answer-alert">, status: string): WhyNot =>
  KNOWN_STATUS.includes(status)
    ? whyNot("wrong-status", { status, needed: STATUS_NEEDED[kind] })
    : whyNot("status-unknown", { status });

/** Why an Azure subscription may not be cancelled or reactivated; undefined = it may. */
export function whyNotEntitlement(
  kind: EntitlementKind,
  facts: Pick<EntitlementFacts, "status" | "planStatus">,
): WhyNot | undefined {
  if (facts.status === STATUS_AFTER[kind]) return whyNot("already-so", { status: facts.status });
  if (facts.status !== STATUS_NEEDED[kind]) return wrongStatus(kind, facts.status);
  // 900337: nothing under a plan that is not active can be reactivated.
  if (kind === "reactivate-entitlement" && facts.planStatus !== "active")
    return whyNot("plan-not-active", { status: facts.planStatus });
  return undefined;
}

/** Why an alert may not be answered so; undefined = it may. Documented ways: active → investigating → resolved (CONTRACT 9.2, 10.2). */
export function whyNotAlert(answer: AlertAnswer, facts: Pick<AlertFacts, "status">): WhyNot | undefined {
  if (facts.status === "resolved") return whyNot("alert-already-resolved", {});
  if (facts.status === answer.status) return whyNot("already-so", { status: facts.status });
  if (facts.status !== "active" && facts.status !== "investigating")
    return whyNot("status-unknown", { status: facts.status });
  return undefined;
}

/** What takes each kind back; undefined = nothing does. */
export const UNDONE_BY: Readonly<Record<ProposalKind, ProposalKind | undefined>> = {
  "suspend-subscription": "reactivate-subscription",
  "reactivate-subscription": "suspend-subscription",
  "auto-renew-off": "auto-renew-on",
  "auto-renew-on": "auto-renew-off",
  "cancel-entitlement": "reactivate-entitlement",
  "reactivate-entitlement": "cancel-entitlement",
  // Microsoft documents no way from resolved or investigating back to active.
  "answer-alert": undefined,
};
