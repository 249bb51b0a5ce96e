import { canonicalJson, type Json, toJson } from "../core/canonical.ts";
import type { SubscriptionId } from "../core/ids.ts";
import type { Subscription } from "../partner-center/contract.ts";
import { monthsOf } from "./decide-committed.ts";

/** Everything Microsoft says about a subscription except the object itself and its ETag, as kept in its history. */
export type SubscriptionFacts = Omit<Subscription, "raw" | "etag">;
export type FactsJson = { readonly [member: string]: Json };

/** The kept form: no absent members, days and instants as text. The same facts always give the same text. */
export function factsToJson(subscription: Subscription | SubscriptionFacts): FactsJson {
  const { raw: _raw, etag: _etag, ...facts } = subscription as Subscription;
  return toJson(facts) as FactsJson;
}

const instant = (value: Json | undefined) => (typeof value === "string" ? Temporal.Instant.from(value) : undefined);
const day = (value: Json | undefined) => (typeof value === "string" ? Temporal.PlainDate.from(value) : undefined);

/** The facts as they were kept. We wrote them, so their shape is trusted. */
export function factsFromJson(kept: FactsJson): SubscriptionFacts {
  return {
    ...(kept as unknown as SubscriptionFacts),
    createdAt: instant(kept["createdAt"]),
    startsAt: instant(kept["startsAt"]),
    commitmentEndDay: day(kept["commitmentEndDay"]),
    cancellableUntil: instant(kept["cancellableUntil"]),
    fullRefundUntil: instant(kept["fullRefundUntil"]),
  };
}

/** The members that differ, each side with its own value; a member that is absent on one side is null there. */
export function changedMembers(
  before: FactsJson,
  after: FactsJson,
): { readonly before: FactsJson; readonly after: FactsJson } | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null),
  );
  if (names.length === 0) return undefined;
  const only = (facts: FactsJson) => Object.fromEntries(names.map((name) => [name, facts[name] ?? null]));
  return { before: only(before), after: only(after) };
}

/** A subscription as it is kept now. */
export type KeptSubscription = { readonly id: SubscriptionId; readonly facts: FactsJson; readonly isGone: boolean };

export type HoldingChange =
  | { readonly kind: "added"; readonly id: SubscriptionId; readonly facts: FactsJson }
  | {
      readonly kind: "changed";
      readonly id: SubscriptionId;
      readonly facts: FactsJson;
      readonly before: FactsJson;
      readonly after: FactsJson;
    }
  | { readonly kind: "returned"; readonly id: SubscriptionId; readonly facts: FactsJson }
  | { readonly kind: "gone"; readonly id: SubscriptionId; readonly facts: FactsJson };

/** What a complete answer for one customer changes about what is kept. Nothing new gives an empty list. */
export function decideHoldingChanges(
  kept: readonly KeptSubscription[],
  answer: readonly Subscription[],
): readonly HoldingChange[] {
  const known = new Map(kept.map((one) => [one.id, one]));
  const listed = new Set(answer.map((one) => one.id));
  const changes: HoldingChange[] = [];
  for (const subscription of answer) {
    const facts = factsToJson(subscription);
    const before = known.get(subscription.id);
    if (before === undefined) changes.push({ kind: "added", id: subscription.id, facts });
    else if (before.isGone) changes.push({ kind: "returned", id: subscription.id, facts });
    else {
      const changed = changedMembers(before.facts, facts);
      if (changed !== undefined) changes.push({ kind: "changed", id: subscription.id, facts, ...changed });
    }
  }
  for (const one of kept)
    if (!one.isGone && !listed.has(one.id)) changes.push({ kind: "gone", id: one.id, facts: one.facts });
  return changes;
}

/**
 * From when on the facts of a subscription seen for the first time can be told. They held since its present term began
 * (or since it was bought): before that it may have had other seats and other terms, which nobody told us.
 */
export function knownFrom(facts: SubscriptionFacts, readAt: Temporal.Instant): Temporal.Instant {
  const months = monthsOf(facts.term);
  const termStart =
    facts.commitmentEndDay === undefined || months === undefined
      ? undefined
      : facts.commitmentEndDay.add({ days: 1 }).subtract({ months }).toZonedDateTime("UTC").toInstant();
  const starts = [facts.createdAt, termStart].filter((one) => one !== undefined);
  const latest = starts.reduce<Temporal.Instant | undefined>(
    (newest, one) => (newest === undefined || Temporal.Instant.compare(one, newest) > 0 ? one : newest),
    undefined,
  );
  return latest === undefined || Temporal.Instant.compare(latest, readAt) > 0 ? readAt : latest;
}
