import type { Json } from "../core/canonical.ts";
import type { CustomerId, EntitlementId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { Wanted } from "./contract.ts";
import { type ApprovalsSetting, approvalsSetting } from "./decide-approval.ts";
import type { Recorded } from "./decide-effects.ts";
import type { PlanFacts } from "./decide-plan.ts";
import type { Before } from "./decide-run.ts";
import type { AlertFacts, BurnRate, EntitlementFacts, ResponseFacts, SubscriptionFacts } from "./facts.ts";
import { lastShown, recordedBefore } from "./store-actions.ts";

/** Gathers what a decision needs. What the desk itself saw at Microsoft since the last sync counts more than the sync. */

export type CustomerState = Pick<PlanFacts, "subscriptions" | "entitlements" | "alerts">;

export async function loadState(tx: Tx, facts: ResponseFacts, customerId: CustomerId): Promise<CustomerState> {
  const subscriptions = await facts.subscriptionsOf(tx, customerId);
  const entitlements = await facts.entitlementsOf(tx, customerId);
  const alerts = await facts.alertsOf(tx, customerId);
  const ids = [
    ...subscriptions.map((one) => one.subscriptionId),
    ...entitlements.map((one) => one.entitlementId),
    ...alerts.map((one) => one.noticeId),
  ];
  const seen = await lastShown(tx, ids);
  const newer = (id: string, readAt: Temporal.Instant): Before | undefined => {
    const last = seen.get(id);
    return last !== undefined && Temporal.Instant.compare(last.at, readAt) >= 0 ? last.shown : undefined;
  };
  return {
    subscriptions: subscriptions.map((one) => withShown(one, newer(one.subscriptionId, one.readAt))),
    entitlements: entitlements.map((one) => {
      const plan = newer(one.planId, one.readAt);
      const planStatus = plan?.status ?? one.planStatus;
      return { ...one, planStatus, status: newer(one.entitlementId, one.readAt)?.status ?? one.status };
    }),
    alerts: alerts.map((one) => withAlertShown(one, newer(one.noticeId, one.readAt))),
  };
}

function withShown(facts: SubscriptionFacts, shown: Before | undefined): SubscriptionFacts {
  if (shown === undefined) return facts;
  const { status, autoRenew = facts.autoRenew, quantity = facts.quantity, scheduled } = shown;
  return { ...facts, status, autoRenew, quantity, hasScheduledChanges: hasSome(scheduled) };
}
const withAlertShown = (facts: AlertFacts, shown: Before | undefined): AlertFacts =>
  shown === undefined ? facts : { ...facts, status: shown.status };
const hasSome = (scheduled: Json | undefined): boolean => scheduled !== undefined && scheduled !== null;

/** Present rates of the Azure subscriptions that a plan would stop. */
export async function loadBurn(
  tx: Tx,
  facts: ResponseFacts,
  of: { readonly customerId: CustomerId; readonly entitlements: readonly Pick<EntitlementFacts, "entitlementId">[] },
): Promise<ReadonlyMap<EntitlementId, BurnRate>> {
  const rates = new Map<EntitlementId, BurnRate>();
  for (const { entitlementId } of of.entitlements)
    rates.set(entitlementId, await facts.burnRateOf(tx, { customerId: of.customerId, entitlementId }));
  return rates;
}

/** Everything `planOf` asks for. `recorded` given = of the very action that is to be undone. */
export async function loadPlanFacts(
  tx: Tx,
  facts: ResponseFacts,
  ask: { readonly customerId: CustomerId; readonly wanted: Wanted; readonly recorded?: Recorded | undefined },
): Promise<PlanFacts> {
  const { customerId, wanted } = ask;
  const state = await loadState(tx, facts, customerId);
  const chosen = "entitlementIds" in wanted ? new Set<string>(wanted.entitlementIds) : new Set<string>();
  const entitlements = state.entitlements.filter((one) => chosen.has(one.entitlementId));
  const burn =
    wanted.kind === "cancel-entitlement"
      ? await loadBurn(tx, facts, { customerId, entitlements })
      : new Map<EntitlementId, BurnRate>();
  return { ...state, burn, recorded: ask.recorded ?? (await loadRecorded(tx, wanted)) };
}

async function loadRecorded(tx: Tx, wanted: Wanted): Promise<Recorded | undefined> {
  if (wanted.kind === "reactivate-subscription")
    return toRecorded(await recordedBefore(tx, wanted.subscriptionId, "suspend"));
  if (wanted.kind === "auto-renew-on")
    return toRecorded(await recordedBefore(tx, wanted.subscriptionId, "auto-renew-off"));
  return undefined;
}

/** What an undo must put back; undefined when nothing was recorded. */
export function toRecorded(before: Before | undefined): Recorded | undefined {
  if (before?.autoRenew === undefined) return undefined;
  return { autoRenew: before.autoRenew, scheduled: hasSome(before.scheduled) ? before.scheduled : undefined };
}

/** The setting, or no changes to the defaults when it is absent or broken (a broken one must not lower the bar). */
export async function loadApprovalsSetting(tx: Tx, facts: ResponseFacts): Promise<ApprovalsSetting> {
  const parsed = approvalsSetting.safeParse((await facts.approvalsSetting(tx)) ?? {});
  return parsed.success ? parsed.data : {};
}
