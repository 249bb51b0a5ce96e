import { toJson } from "../core/canonical.ts";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import type { PassportOwn, SubscriptionDetail } from "./contract.ts";
import { timelineOf } from "./service-timeline.ts";
import { loadEntitlements, loadHeld, loadHeldOf, loadVersions } from "./store-holdings.ts";
import { loadRow } from "./store-list.ts";
import { loadIdentity, loadNotes, newestLimit } from "./store.ts";
import { identityToWire, limitToWire, noteToWire, rowToWire, standingToWire, subscriptionToWire } from "./wire.ts";

const NOTES_SHOWN = 20;
const TIMELINE_SHOWN = 12;
const VERSIONS_SHOWN = 100;
/** Days for which a subscription that left Microsoft's answer stays on the passport. */
const GONE_DAYS = 90;

export type At = { readonly now: Temporal.Instant; readonly today: Temporal.PlainDate };

/** The customers slice's own part of the passport; undefined when nobody knows the customer. */
export async function ownPart(
  tx: Tx,
  id: CustomerId,
  { now, today }: At,
): Promise<Omit<PassportOwn, "unavailable"> | undefined> {
  const [identity, row] = await Promise.all([loadIdentity(tx, id), loadRow(tx, id)]);
  if (identity === undefined || row === undefined) return undefined;
  const [limit, held, entitlements, notes, timeline] = await Promise.all([
    newestLimit(tx, id),
    loadHeldOf(tx, id, now.subtract({ hours: 24 * GONE_DAYS })),
    loadEntitlements(tx, { customerId: id }),
    loadNotes(tx, id, NOTES_SHOWN),
    timelineOf(tx, { customerId: id, limit: TIMELINE_SHOWN }),
  ]);
  const hasOverdue = row.overdue !== null && row.overdue > 0n;
  return {
    identity: identityToWire(identity),
    standing: standingToWire(identity),
    limit: limit === undefined ? null : limitToWire(limit),
    figures: rowToWire(row),
    subscriptions: held.map((one) => subscriptionToWire(one, { now, today, hasOverdue, entitlements })),
    notes: notes.map(noteToWire),
    timeline,
    asOf: now.toString(),
  };
}

type SubscriptionKey = { readonly customerId: CustomerId; readonly subscriptionId: SubscriptionId };

/** One subscription opened. One that belongs to another customer is not found. */
export async function subscriptionDetail(
  tx: Tx,
  { customerId, subscriptionId }: SubscriptionKey,
  { now, today }: At,
): Promise<Result<SubscriptionDetail, Refusal>> {
  const held = await loadHeld(tx, subscriptionId);
  if (held === undefined || held.customerId !== customerId)
    return no("not-found", "subscription-unknown", "This customer holds no subscription with this id.");
  const [versions, entitlements, row] = await Promise.all([
    loadVersions(tx, subscriptionId, VERSIONS_SHOWN),
    loadEntitlements(tx, { customerId }),
    loadRow(tx, customerId),
  ]);
  const hasOverdue = (row?.overdue ?? 0n) > 0n;
  return ok({
    subscription: subscriptionToWire(held, { now, today, hasOverdue, entitlements }),
    history: versions.map((version) => ({
      from: version.valid_from.toString(),
      until: version.valid_to?.toString() ?? null,
      facts: { ...version.facts },
    })),
    raw: toJson(held.raw),
    etag: held.etag ?? null,
  });
}
