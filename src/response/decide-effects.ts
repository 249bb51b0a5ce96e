import { unreachable } from "../core/assert.ts";
import type { AlertAnswer, Effect, EffectKind, Facts } from "./contract.ts";
import type { EntitlementKind, SubscriptionKind } from "./decide.ts";
import type { Json } from "../core/canonical.ts";
import type { SubscriptionFacts } from "./facts.ts";

/** What was recorded before a suspension, to be put back by its undo. */
export type Recorded = { readonly autoRenew: boolean; readonly scheduled: Json | undefined };

/** What else happens. Source of all: the effects table of GUIDANCE 7 and CONTRACT 4.3, 4.6. */

const lasting = (kind: EffectKind, facts: Facts = {}): Effect => ({ kind, lasting: true, facts });
const passing = (kind: EffectKind, facts: Facts = {}): Effect => ({ kind, lasting: false, facts });

/** Azure keeps the data of a cancelled subscription this long (GUIDANCE 2; the stricter reading first). */
const DATA_DAYS = { fromDay: 30, toDay: 90 } as const;
/** New commerce after the term: 30 days of grace or suspension, then 90 days disabled, then deleted (CONTRACT 4.3). */
const DELETED_AFTER_DAYS = 120;

type Told = Pick<SubscriptionFacts, "family" | "autoRenew" | "hasScheduledChanges" | "commitmentEndDay" | "quantity">;

export function effectsOfSubscription(
  kind: SubscriptionKind,
  facts: Told,
  recorded: Recorded | undefined,
): readonly Effect[] {
  const end: Facts = facts.commitmentEndDay === undefined ? {} : { day: facts.commitmentEndDay.toString() };
  switch (kind) {
    case "suspend-subscription":
      return effectsOfSuspension(facts, end);
    case "auto-renew-off":
      return [
        passing("ends-at-term-end", end),
        lasting("price-lock-lost", end),
        lasting("deleted-after-term", { ...end, days: DELETED_AFTER_DAYS }),
      ];
    case "reactivate-subscription":
      return [
        passing("users-back", { seats: facts.quantity }),
        ...(recorded?.autoRenew === true ? [passing("renews-and-commits", end)] : []),
      ];
    case "auto-renew-on":
      return [passing("renews-and-commits", end)];
    default:
      return unreachable(kind);
  }
}

function effectsOfSuspension(
  { family, autoRenew, hasScheduledChanges, quantity }: Told,
  end: Facts,
): readonly Effect[] {
  if (family === "azure-plan") return [passing("users-blocked", { seats: 0 })];
  const isNewCommerce = family === "new-commerce";
  return [
    passing("users-blocked", { seats: quantity }),
    passing("addons-suspended"),
    ...(isNewCommerce ? [passing("bills-on", end)] : []),
    // Both are recorded before and put back by the undo, so they do not last.
    ...(isNewCommerce && autoRenew ? [passing("auto-renew-goes-off")] : []),
    ...(isNewCommerce && hasScheduledChanges ? [passing("scheduled-changes-dropped")] : []),
    lasting("deleted-after-term", { ...end, days: isNewCommerce ? DELETED_AFTER_DAYS : 90 }),
  ];
}

export function effectsOfEntitlements(kind: EntitlementKind, count: number): readonly Effect[] {
  if (kind === "reactivate-entitlement")
    return [passing("spend-resumes", { count }), passing("machines-stay-stopped", { count })];
  return [
    passing("machines-stop", { count }),
    lasting("public-ips-lost", { count }),
    lasting("data-deleted-later", DATA_DAYS),
    passing("used-and-reserved-still-billed"),
    passing("owner-can-reactivate"),
  ];
}

export function effectsOfAnswer(answer: AlertAnswer, count: number): readonly Effect[] {
  if (answer.status === "investigating")
    return [passing("stops-nothing"), lasting("answer-is-final", { count, status: "investigating" })];
  return [
    passing("clock-stops", { count, reason: answer.reason }),
    passing("stops-nothing"),
    lasting("answer-is-final", { count, status: "resolved", reason: answer.reason }),
  ];
}
