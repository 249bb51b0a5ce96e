import type { CustomerId } from "../core/ids.ts";
import type { CustomerSubscriptions } from "../sync/contract.ts";
import { MICROSOFT, type NewEvent, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { CommittedPart } from "./contract.ts";
import { decideCommitted } from "./decide-committed.ts";
import { decideHoldingChanges, factsFromJson, type HoldingChange, knownFrom } from "./decide-holdings.ts";
import { loadTerms } from "./store-committed.ts";
import {
  dropEntitlements,
  loadKept,
  loadKeptEntitlements,
  lockHoldings,
  markGone,
  moveHoldingsRead,
  upsertEntitlements,
  upsertObjects,
  writeVersions,
} from "./store-holdings.ts";

/**
 * Keeps what one customer holds. Safe to repeat: an unchanged answer writes nothing but the time of reading, and an answer
 * older than the kept one is ignored. The first answer for a customer is told by one event, later changes one by one.
 * Gives the customer when something about it changed.
 */
export async function saveSubscriptions(
  tx: Tx,
  facts: CustomerSubscriptions,
  at: Temporal.Instant,
): Promise<readonly CustomerId[]> {
  const { customerId, subscriptions } = facts;
  const before = await lockHoldings(tx, customerId, at);
  if (before !== undefined && Temporal.Instant.compare(at, before) < 0) return [];
  const kept = await loadKept(tx, customerId);
  const changes = decideHoldingChanges(kept, subscriptions);
  const changeOf = new Map(changes.map((change) => [change.id, change]));
  const etags = new Map(kept.map((one) => [one.id, one.etag]));
  const objects = subscriptions.filter(
    (one) => changeOf.has(one.id) || one.etag === undefined || one.etag !== etags.get(one.id),
  );
  if (objects.length > 0)
    await upsertObjects(
      tx,
      customerId,
      objects.map((subscription) => ({ subscription, knownFrom: knownFrom(subscription, at) })),
    );
  const versions = changes.filter((change) => change.kind !== "gone");
  if (versions.length > 0)
    await writeVersions(
      tx,
      customerId,
      versions.map((change) => ({
        id: change.id,
        facts: change.facts,
        from: change.kind === "added" ? knownFrom(factsFromJson(change.facts), at) : at,
      })),
    );
  const gone = changes.filter((change) => change.kind === "gone").map((change) => change.id);
  if (gone.length > 0) await markGone(tx, gone, at);
  const entitlementEvents = await saveEntitlements(tx, facts, { at, isFirstReading: before === undefined });
  await moveHoldingsRead(tx, customerId, at);
  const events = changes.map((change) => eventOf(customerId, change, at));
  const isFirst = before === undefined && kept.length === 0;
  await appendEvents(tx, isFirst && changes.length > 0 ? [firstEvent(facts, at)] : [...events, ...entitlementEvents]);
  return changes.length > 0 ? [customerId] : [];
}

async function saveEntitlements(
  tx: Tx,
  { customerId, entitlements }: CustomerSubscriptions,
  { at, isFirstReading }: { readonly at: Temporal.Instant; readonly isFirstReading: boolean },
): Promise<readonly NewEvent[]> {
  const kept = new Map((await loadKeptEntitlements(tx, customerId)).map((one) => [one.id, one]));
  const listed = new Set(entitlements.map((one) => one.id));
  const changed = entitlements.filter((one) => {
    const known = kept.get(one.id);
    return (
      known === undefined ||
      known.gone ||
      known.status !== one.status ||
      known.name !== one.name ||
      known.plan_id !== one.planId
    );
  });
  const gone = [...kept.values()].filter((one) => !one.gone && !listed.has(one.id));
  if (changed.length > 0)
    await upsertEntitlements(tx, customerId, { entitlements: changed, appearedAt: isFirstReading ? undefined : at });
  if (gone.length > 0)
    await dropEntitlements(
      tx,
      gone.map((one) => one.id),
      at,
    );
  const base = (id: string) => ({ actor: MICROSOFT, at, subject: { kind: "entitlement", id }, customerId });
  return [
    ...changed.map((one): NewEvent => {
      const known = kept.get(one.id);
      const type = known === undefined || known.gone ? "customers.entitlement-added" : "customers.entitlement-changed";
      return {
        type,
        ...base(one.id),
        before: known && { name: known.name, status: known.status },
        after: { name: one.name, status: one.status },
        data: { name: one.name },
      };
    }),
    ...gone.map((one): NewEvent => ({ type: "customers.entitlement-gone", ...base(one.id), data: { name: one.name } })),
  ];
}

function eventOf(customerId: CustomerId, change: HoldingChange, at: Temporal.Instant): NewEvent {
  const data = { name: change.facts["name"], quantity: change.facts["quantity"] };
  const base = { actor: MICROSOFT, at, subject: { kind: "subscription", id: change.id }, customerId, data };
  if (change.kind === "changed")
    return { type: "customers.subscription-changed", ...base, before: change.before, after: change.after };
  return {
    type: `customers.subscription-${change.kind}`,
    ...base,
    ...(change.kind === "gone" ? { before: change.facts } : { after: change.facts }),
  };
}

const firstEvent = (
  { customerId, subscriptions, entitlements }: CustomerSubscriptions,
  at: Temporal.Instant,
): NewEvent => ({
  type: "customers.subscriptions-first-read",
  actor: MICROSOFT,
  at,
  subject: { kind: "customer", id: customerId },
  customerId,
  data: { subscriptions: subscriptions.length, entitlements: entitlements.length },
});

/** What is still to be paid on every subscription as known at the end of `asOf`; see `CommittedTerms`. */
export async function committedTerms(
  tx: Tx,
  asOf: Temporal.PlainDate,
  customerIds?: readonly CustomerId[],
): Promise<readonly CommittedPart[]> {
  const rows = await loadTerms(tx, asOf, customerIds);
  const parts: CommittedPart[] = [];
  for (const row of rows) {
    const committed =
      row.facts === undefined
        ? ({ kind: "unknown", why: "not-known-then" } as const)
        : decideCommitted(row.facts, row.price, asOf);
    if (committed.kind === "none") continue;
    parts.push({
      customerId: row.customerId,
      subscriptionId: row.subscriptionId,
      name: row.name,
      status: row.status,
      quantity: row.quantity,
      unitPrice: row.price,
      committed,
      readAt: row.readAt,
    });
  }
  return parts;
}
