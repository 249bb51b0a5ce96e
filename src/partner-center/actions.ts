import type { Json } from "../core/canonical.ts";
import { ok, refuse, type Result } from "../core/result.ts";
import type { MsAnswer, MsCall, MsClient } from "./client.ts";
import {
  type ActionCall,
  type ActionDone,
  type AlertChange,
  type AzureEntitlement,
  type Budget,
  type EntitlementKey,
  type PartnerCenterActions,
  PartnerCenterError,
  type PartnerCenterProblem,
  type PartnerCenterReader,
  PROBLEM_ADVICE,
  type SecurityAlert,
  type Subscription,
  type SubscriptionKey,
  type WebhookRegistration,
} from "./contract.ts";
import { readAnswer } from "./paging.ts";
import { parseFraudEvents, parseGraphAlert } from "./parse-alerts.ts";
import { parseEntitlement, parseSubscription } from "./parse-subscriptions.ts";
import { parseBudget } from "./parse-usage.ts";
import { parseRegistration } from "./parse-webhooks.ts";
import { createReader, GRAPH_ALERTS, NEW_EVENTS_MODEL } from "./reader.ts";
import {
  autoRenewBody,
  budgetBody,
  cancelEntitlementBody,
  fraudStatusBody,
  graphAlertBody,
  registrationBody,
  statusBody,
} from "./requests.ts";

/** Fresh reads before giving up on an object that somebody else keeps changing. */
const STALE_TRIES_MAX = 3;
const PASSING: readonly PartnerCenterProblem["kind"][] = ["throttled", "outage", "unreadable-answer"];

type Doing = { readonly client: MsClient; readonly reader: PartnerCenterReader; readonly call: ActionCall };
type Write = Pick<MsCall, "what" | "method" | "path"> &
  Partial<Pick<MsCall, "auth" | "audience" | "headers" | "body" | "requestId">>;

/** Actions out. Each looks first, so that repeating one after a crash finds it done instead of doing it twice. */
export function createActions(client: MsClient): PartnerCenterActions {
  const doing = (call: ActionCall): Doing => ({
    client,
    call,
    reader: createReader(client, { correlationId: call.correlationId, onUnreadable: () => {} }),
  });
  return {
    suspendSubscription: (key, call) => asAnswer(() => setStatus(doing(call), key, "suspended")),
    reactivateSubscription: (key, call) => asAnswer(() => setStatus(doing(call), key, "active")),
    setAutoRenew: (change, call) =>
      asAnswer(() =>
        changeSubscription(doing(call), change, {
          what: "subscription.auto-renew",
          isDone: (now) => now.autoRenew === change.autoRenew && change.scheduledNextTermInstructions === undefined,
          body: (raw) => autoRenewBody(raw, change),
        }),
      ),
    cancelEntitlement: (key, call) => asAnswer(() => changeEntitlement(doing(call), key, "cancel")),
    reactivateEntitlement: (key, call) => asAnswer(() => changeEntitlement(doing(call), key, "reactivate")),
    setBudget: (budget, call) => asAnswer(() => setBudget(doing(call), budget)),
    updateAlert: (change, call) => asAnswer(() => updateAlert(doing(call), change)),
    registerWebhook: (wanted, call) => asAnswer(() => register(doing(call), wanted)),
  };
}

/** Refusals become values; what waiting may mend is thrown on. */
async function asAnswer<T>(work: () => Promise<ActionDone<T>>): Promise<Result<ActionDone<T>, PartnerCenterProblem>> {
  try {
    return ok(await work());
  } catch (error) {
    if (!(error instanceof PartnerCenterError) || PASSING.includes(error.problem.kind)) throw error;
    return refuse(error.problem);
  }
}

async function write(
  { client, call }: Doing,
  write: Write,
): Promise<{ readonly sent: MsCall; readonly answer: MsAnswer }> {
  const sent: MsCall = {
    audience: "rest",
    auth: "app",
    correlationId: call.correlationId,
    requestId: call.requestId,
    ...write,
  };
  return { sent, answer: await client.send(sent) };
}

type SubscriptionChange = {
  readonly what: string;
  readonly isDone: (now: Subscription) => boolean;
  readonly body: (raw: Json) => Json;
};

const setStatus = (
  doing: Doing,
  key: SubscriptionKey,
  status: "active" | "suspended",
): Promise<ActionDone<Subscription>> =>
  changeSubscription(doing, key, {
    what: `subscription.${status}`,
    isDone: (now) => now.status === status,
    body: (raw) => statusBody(raw, status),
  });

/** Fresh read, one member changed, sent back whole under its ETag. A stale one is read again: that is no blind repeat. */
async function changeSubscription(
  doing: Doing,
  key: SubscriptionKey,
  change: SubscriptionChange,
): Promise<ActionDone<Subscription>> {
  const path = `/v1/customers/${key.customerId}/subscriptions/${key.subscriptionId}`;
  for (let tries = 1; ; tries++) {
    const now = await doing.reader.subscription(key);
    if (change.isDone(now)) return { kind: "unchanged", value: now };
    const headers = now.etag === undefined ? {} : { "If-Match": now.etag };
    const requestId = tries === 1 ? doing.call.requestId : doing.client.newId();
    try {
      const { sent, answer } = await write(doing, {
        what: change.what,
        method: "PATCH",
        path,
        headers,
        body: change.body(now.raw),
        requestId,
      });
      if (answer.status === 202 || answer.body === undefined) return { kind: "accepted", value: now };
      return { kind: "done", value: readAnswer(answer, sent, parseSubscription) };
    } catch (error) {
      const stale = error instanceof PartnerCenterError && error.problem.kind === "stale-etag";
      if (!stale || tries >= STALE_TRIES_MAX) throw error;
    }
  }
}

/** Documents say 200 with the entitlement still as before, or 202: both mean that Microsoft works on it. */
async function changeEntitlement(
  doing: Doing,
  key: EntitlementKey,
  verb: "cancel" | "reactivate",
): Promise<ActionDone<AzureEntitlement>> {
  const now = await doing.reader.entitlement(key);
  const wanted = verb === "cancel" ? "inactive" : "active";
  if (now.status === wanted) return { kind: "unchanged", value: now };
  const path = `/v1/customers/${key.customerId}/subscriptions/${key.planId}/azureEntitlements/${key.entitlementId}/${verb}`;
  const { sent, answer } = await write(doing, {
    what: `entitlement.${verb}`,
    method: "POST",
    // The caller must be Global admin and Admin agent, which only a person can be.
    auth: "user-first",
    path,
    ...(verb === "cancel" ? { body: cancelEntitlementBody } : {}),
  });
  const value = answer.body === undefined || answer.status === 202 ? now : readAnswer(answer, sent, parseEntitlement);
  return { kind: value.status === wanted ? "done" : "accepted", value };
}

const sameAmount = (a: Budget["amount"], b: Budget["amount"]): boolean =>
  a === undefined || b === undefined ? a === b : a.units === b.units && a.scale === b.scale;

async function setBudget(doing: Doing, budget: Budget): Promise<ActionDone<Budget>> {
  const now = await doing.reader.budget(budget.customerId);
  if (sameAmount(now.amount, budget.amount)) return { kind: "unchanged", value: now };
  const { sent, answer } = await write(doing, {
    what: "budget.set",
    method: "PATCH",
    path: `/v1/customers/${budget.customerId}/usagebudget`,
    body: budgetBody(budget.amount),
  });
  const value = answer.body === undefined ? budget : readAnswer(answer, sent, parseBudget(budget.customerId));
  return { kind: "done", value };
}

async function updateAlert(doing: Doing, change: AlertChange): Promise<ActionDone<SecurityAlert>> {
  const now = await doing.reader.alert(change.channel, change.externalId);
  const sameReason = change.reason === undefined || change.reason === now.resolvedReason;
  if (now.status === change.status && sameReason) return { kind: "unchanged", value: now };
  return change.channel === "graph" ? updateGraphAlert(doing, change) : updateFraudEvent(doing, change, now);
}

async function updateGraphAlert(doing: Doing, change: AlertChange): Promise<ActionDone<SecurityAlert>> {
  const path = `${GRAPH_ALERTS}/${encodeURIComponent(change.externalId)}`;
  const { sent, answer } = await write(doing, {
    what: "alert.update",
    audience: "graph",
    auth: "user-first",
    method: "PATCH",
    path,
    body: graphAlertBody(change),
  });
  // 204 is how Graph answers updates that return nothing.
  if (answer.body === undefined) return { kind: "done", value: await doing.reader.alert("graph", change.externalId) };
  return { kind: "done", value: readAnswer(answer, sent, parseGraphAlert) };
}

async function updateFraudEvent(
  doing: Doing,
  change: AlertChange,
  now: SecurityAlert,
): Promise<ActionDone<SecurityAlert>> {
  const subscriptionId = change.entitlementId ?? now.entitlementId;
  if (subscriptionId === undefined)
    throw ownRefusal(doing, "bad-request", "this alert names no Azure subscription to answer for");
  const { sent, answer } = await write(doing, {
    what: "fraud-event.update",
    auth: "user",
    method: "POST",
    path: `/v1/fraudEvents/subscription/${subscriptionId}/status`,
    headers: NEW_EVENTS_MODEL,
    body: fraudStatusBody(change),
  });
  const updated = answer.body === undefined ? [] : readAnswer(answer, sent, parseFraudEvents).items;
  const value = updated.find((event) => event.externalId === change.externalId);
  return { kind: "done", value: value ?? (await doing.reader.alert("fraud-events", change.externalId)) };
}

type Wanted = WebhookRegistration & { readonly replaceForeign: boolean };

/** One registration per tenant: another tool may own it, so its address is never taken over unasked. */
async function register(doing: Doing, wanted: Wanted): Promise<ActionDone<WebhookRegistration>> {
  const [now, offered] = [await doing.reader.webhookRegistration(), await doing.reader.webhookEventNames()];
  if (now !== undefined && now.url !== wanted.url && !wanted.replaceForeign) {
    throw ownRefusal(
      doing,
      "not-allowed-now",
      `webhooks of this tenant go to another address (${new URL(now.url).host})`,
    );
  }
  const events = [...new Set([...(now?.events ?? []), ...wanted.events.filter((name) => offered.includes(name))])];
  const unchanged = now?.url === wanted.url && events.length === now.events.length;
  if (unchanged) return { kind: "unchanged", value: now };
  const { sent, answer } = await write(doing, {
    what: "webhook.register",
    method: now === undefined ? "POST" : "PUT",
    path: "/webhooks/v1/registration",
    body: registrationBody({ url: wanted.url, events }),
  });
  const value = answer.body === undefined ? { url: wanted.url, events } : readAnswer(answer, sent, parseRegistration);
  return { kind: "done", value };
}

const ownRefusal = ({ call }: Doing, kind: "bad-request" | "not-allowed-now", detail: string): PartnerCenterError =>
  new PartnerCenterError({ kind, advice: PROBLEM_ADVICE[kind], detail, ...call, outcomeUnknown: false });
