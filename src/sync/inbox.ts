import type { CustomerId } from "../core/ids.ts";
import { PartnerCenterError } from "../partner-center/contract.ts";
import { MICROSOFT, type Store, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { AlertHint, CustomerSubscriptions, Feed, VerifyWebhook, WebhookDelivery } from "./contract.ts";
import { decideReaction, hintedEntitlement, mayPass, type Reaction } from "./decide-run.ts";
import { hasAzure, subscriptionsOf } from "./feeds-customers.ts";
import type { SyncDeps } from "./run.ts";
import { type InboxRow, insertDelivery, loadDelivery, loadWaiting, lockDelivery, markHandled } from "./store-inbox.ts";
import { markAzure } from "./store.ts";

/** Webhooks: believed only when verified, kept once, answered at once, worked on from the queue. */

export const WEBHOOK_JOB = "sync.webhook";
/** Deliveries worked off in one catch-up; the next one takes the rest. */
const CATCH_UP_MAX = 200;

export type ReceiveDeps = {
  readonly store: Store;
  readonly clock: SyncDeps["clock"];
  readonly log: SyncDeps["log"];
  readonly enqueue: Enqueue;
  readonly verify: VerifyWebhook;
};

/**
 * Takes a posted webhook. The status is all the sender is told: 200 also for one that came before (a repeat and a replay
 * look the same, and neither has an effect), 4xx for one that is not believed, 503 when it could not be checked now.
 */
export async function receiveDelivery(
  deps: ReceiveDeps,
  delivery: WebhookDelivery,
): Promise<{ readonly status: number }> {
  const now = deps.clock.now();
  const verified = await deps.verify({ ...delivery, now });
  if (!verified.ok) {
    deps.log("warn", "sync.webhook-refused", { code: verified.error.code, status: verified.error.httpStatus });
    return { status: verified.error.httpStatus };
  }
  const event = verified.value;
  await deps.store.inTransaction(async (tx) => {
    const id = await insertDelivery(tx, event, now);
    if (id === undefined) return;
    await deps.enqueue(tx, WEBHOOK_JOB, { id: id.toString() }, { singletonKey: id.toString() });
    const data = { name: event.name, resourceUri: event.resourceUri, changedAt: event.changedAt };
    await appendEvents(tx, [
      {
        type: "sync.webhook-received",
        actor: MICROSOFT,
        at: now,
        subject: { kind: "webhook", id: id.toString() },
        data,
      },
    ]);
  });
  return { status: 200 };
}

/** Works off one delivery. Reads first, then keeps what it read and marks the delivery in one transaction. */
export async function handleDelivery(deps: SyncDeps, id: bigint): Promise<void> {
  const row = await loadDelivery(deps.store.db, id);
  if (row === undefined || row.handled_at !== null) return;
  const reaction = decideReaction(row.name, row.resource_uri ?? undefined);
  const work = await prepare(deps, reaction);
  await deps.store.inTransaction(async (tx) => {
    if ((await lockDelivery(tx, id)) === undefined) return;
    await work.keep(tx);
    if (isAlert(row.name)) await deps.sinks.saveAlertHint(tx, hintOf(row), row.received_at);
    await markHandled(tx, id, { at: deps.clock.now(), outcome: work.outcome });
  });
}

const isAlert = (name: string): boolean => name.toLowerCase() === "azure-fraud-event-detected";

const hintOf = (row: InboxRow): AlertHint => ({
  dedupKey: `webhook ${row.dedup_key}`,
  entitlementId: hintedEntitlement(row.name, row.resource_uri ?? undefined),
  raw: row.raw,
});

/** Works off deliveries whose job was lost; one that fails stays for the next time. */
export async function handleWaiting(deps: SyncDeps): Promise<void> {
  for (const id of await loadWaiting(deps.store.db, CATCH_UP_MAX)) {
    try {
      await handleDelivery(deps, id);
    } catch (error) {
      if (!(error instanceof PartnerCenterError)) throw error;
      deps.log("warn", "sync.webhook-waits", {
        id: id.toString(),
        kind: error.problem.kind,
        correlationId: error.problem.correlationId,
      });
    }
  }
}

type Work = { readonly outcome: string; readonly keep: (tx: Tx) => Promise<void> };

const runLater = (deps: SyncDeps, feeds: readonly Feed[], outcome: string): Work => ({
  outcome,
  keep: async (tx) => {
    for (const feed of feeds) await deps.enqueue(tx, `sync.${feed}`, null, { singletonKey: "asked" });
  },
});

async function prepare(deps: SyncDeps, reaction: Reaction): Promise<Work> {
  if (reaction.kind === "none") return { outcome: "nothing to do", keep: async () => {} };
  if (reaction.kind === "run") return runLater(deps, reaction.feeds, `runs ${reaction.feeds.join(", ")}`);
  const at = deps.clock.now();
  const reader = deps.connect({ correlationId: deps.newId(), onUnreadable: () => {} });
  try {
    const facts = await subscriptionsOf(reader, reaction.customerId as CustomerId);
    return {
      outcome: `read ${facts.subscriptions.length} subscriptions`,
      keep: (tx) => keepSubscriptions(deps, tx, { facts, at }),
    };
  } catch (error) {
    if (!(error instanceof PartnerCenterError) || mayPass(error.problem)) throw error;
    // The customer may have left, or be newer than our list: the list tells.
    return runLater(deps, ["customers"], `could not read: ${error.problem.kind}`);
  }
}

async function keepSubscriptions(
  deps: SyncDeps,
  tx: Tx,
  { facts, at }: { readonly facts: CustomerSubscriptions; readonly at: Temporal.Instant },
): Promise<void> {
  await deps.sinks.saveSubscriptions(tx, facts, at);
  if (hasAzure(facts)) await markAzure(tx, [facts.customerId]);
}
