import { setTimeout as sleep } from "node:timers/promises";
import type { CustomerId, NoticeId } from "../core/ids.ts";
import { money } from "../core/money.ts";
import type { Clock } from "../core/time.ts";
import { createActions } from "../partner-center/actions.ts";
import { createClient } from "../partner-center/client.ts";
import type { PartnerCenterReader, SecurityAlert, Subscription } from "../partner-center/contract.ts";
import { createReader } from "../partner-center/reader.ts";
import { simulatorCloud } from "../partner-center/settings.ts";
import { REFRESH_TOKEN } from "../partner-center/tokens.ts";
import { createVault } from "../partner-center/vault.ts";
import type { Store } from "../store/contract.ts";
import type { PartnerCenterAccess } from "./deps.ts";
import type { AlertFacts, AnsweredAlert, Approver, ResponseFacts, SubscriptionFacts } from "./facts.ts";

/** The real client against a running simulator, and facts read straight from it. For tests. */

export type SimulatorAddress = {
  readonly url: string;
  readonly partnerTenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
};

export type Connected = PartnerCenterAccess & { readonly reader: PartnerCenterReader };

export async function connectTo(
  at: SimulatorAddress,
  { store, clock, newId }: { readonly store: Store; readonly clock: Clock; readonly newId: () => string },
): Promise<Connected> {
  const vault = createVault(store, Buffer.alloc(32, 7));
  if (!(await vault.has(REFRESH_TOKEN))) await vault.put(REFRESH_TOKEN, at.refreshToken);
  const settings = {
    cloud: simulatorCloud(at.url),
    tenantId: at.partnerTenantId,
    clientId: at.clientId,
    clientSecret: at.clientSecret,
  };
  const client = createClient(settings, vault, {
    fetch: globalThis.fetch,
    clock,
    monotonicMs: () => performance.now(),
    // The client's own waits are cut short; what it decides stays the same.
    sleep: (ms) => sleep(Math.min(ms, 20)),
    chance: () => 0.5,
    newId,
    log: () => {},
  });
  return {
    reader: createReader(client, { correlationId: newId(), onUnreadable: () => {} }),
    actions: createActions(client),
  };
}

/** Facts as they are at the simulator at this moment; prices and rates are made up. */
export function factsFromReader(
  reader: PartnerCenterReader,
  {
    answered,
    approvers,
    clock,
  }: { readonly answered: AnsweredAlert[]; readonly approvers: readonly Approver[]; readonly clock: Clock },
): ResponseFacts {
  const alertsOf = async (_tx: unknown, customerId: CustomerId) => {
    const alerts = await reader.alerts("graph");
    return alerts.filter((one) => one.customerId === customerId).map((one) => toAlert(one, clock.now()));
  };
  return {
    customerOf: async (_tx, id) => ({ id, name: (await reader.customer(id)).name }),
    subscriptionsOf: async (_tx, customerId) =>
      (await reader.subscriptions(customerId)).map((one) => toFacts(one, customerId, clock.now())),
    entitlementsOf: async (_tx, customerId) => {
      const plans = (await reader.subscriptions(customerId)).filter((one) => one.family === "azure-plan");
      const lists = await Promise.all(plans.map((plan) => reader.entitlements(customerId, plan.id)));
      return lists.flat().map(({ id: entitlementId, planId, name, status }) => ({
        customerId,
        planId,
        planStatus: plans.find((plan) => plan.id === planId)?.status ?? "none",
        entitlementId,
        name,
        status,
        readAt: clock.now(),
      }));
    },
    burnRateOf: async () => ({ kind: "known", perHour: money(864_000n, "SEK"), asOf: clock.now() }),
    alertsOf,
    alertOf: async (_tx, id) => toAlert(await reader.alert("graph", id), clock.now()),
    approvers: async () => approvers,
    approvalsSetting: async () => undefined,
    alertAnswered: async (_tx, one) => void answered.push(one),
    changedAtMicrosoft: async () => {},
  };
}

const toAlert = (
  { externalId, channel, customerId, entitlementId, kind, status }: SecurityAlert,
  readAt: Temporal.Instant,
): AlertFacts => ({
  noticeId: externalId as NoticeId,
  channel,
  externalId,
  customerId,
  entitlementId,
  name: kind,
  status,
  readAt,
});

const toFacts = (one: Subscription, customerId: CustomerId, readAt: Temporal.Instant): SubscriptionFacts => ({
  customerId,
  subscriptionId: one.id,
  name: one.name,
  family: one.family,
  status: one.status,
  quantity: one.quantity,
  autoRenew: one.autoRenew,
  commitmentEndDay: one.commitmentEndDay,
  hasScheduledChanges: one.scheduledNextTermInstructions !== undefined && one.scheduledNextTermInstructions !== null,
  nextTerm: { kind: "known", amount: money(114_240_000n, "SEK") },
  month: { kind: "known", amount: money(9_520_000n, "SEK") },
  readAt,
});
