import { badInput, hasMember, member, refused, textMember } from "../http/replies.ts";
import type { Reply } from "../http/route.ts";
import { instantOf, iso, plusDays } from "../kernel/clock.ts";
import type { SubscriptionRow } from "../kernel/rows.ts";
import { etagOf } from "./subscription-json.ts";

/** Days in which seats can be taken back and a subscription cancelled (CONTRACT 4.3). */
export const CANCEL_DAYS = 7;

export type ChangeFacts = {
  readonly row: SubscriptionRow;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly now: Temporal.Instant;
  /** What Microsoft's vetting says; null when it has said nothing. */
  readonly vetting: string | null;
  /** Azure subscriptions under this plan that are still active. */
  readonly activeEntitlements: number;
};

/** Decides what a PATCH does: the changed members, or the refusal Partner Center would give. Source: CONTRACT 4.3. */
export function decideChange(facts: ChangeFacts): { changes: Partial<SubscriptionRow> } | { refusal: Reply } {
  const no = refusalOf(facts);
  if (no !== undefined) return { refusal: no };
  const { row, body } = facts;
  const status = wantedStatus(facts);
  const quantity = quantityChange(facts);
  if ("refusal" in quantity) return quantity;
  const left = leftOutMembers(body);
  const friendlyName = textMember(body, "friendlyName") ?? row.friendlyName;
  if (status === row.status)
    return {
      changes: { ...left, ...quantity.changes, friendlyName, ...(row.status === "active" ? {} : { autoRenew: false }) },
    };
  const moved = statusChange(facts, status);
  return "refusal" in moved ? moved : { changes: { ...left, ...quantity.changes, friendlyName, ...moved.changes } };
}

const wantedStatus = ({ row, body }: ChangeFacts): string => (textMember(body, "status") ?? row.status).toLowerCase();

function refusalOf({ row, body, ifMatch }: ChangeFacts): Reply | undefined {
  if (textMember(body, "id")?.toLowerCase() !== row.id)
    return badInput("The whole subscription is needed, with its id.");
  if (!hasMember(body, "quantity") || !hasMember(body, "status"))
    return badInput("The whole subscription is needed: quantity and status are missing.");
  const given = ifMatch ?? textMember(member(body, "attributes"), "etag");
  if (given !== undefined && given.replaceAll('"', "") !== etagOf(row))
    return refused(400, "2055", "Etag is no longer valid");
  if (row.pending !== null) return refused(409, "900278", "A pending operation exists for this subscription.");
  if (row.status === "deleted") return refused(400, "2011", "The subscription is already deleted.");
  if (row.status === "expired" || row.status === "disabled")
    return refused(400, "900277", "No more changes can be made to this subscription.");
  return undefined;
}

/** What the caller leaves out is reset: auto-renew to false, instructions dropped. The one trap everybody falls into. */
function leftOutMembers(body: unknown): Partial<SubscriptionRow> {
  return {
    autoRenew: member(body, "autoRenewEnabled") === true || textMember(body, "autoRenewEnabled") === "true",
    scheduledNextTerm: member(body, "scheduledNextTermInstructions") ?? null,
    nextCharge: member(body, "nextChargeInstructions") ?? null,
  };
}

type Decided = { changes: Partial<SubscriptionRow> } | { refusal: Reply };

function quantityChange({ row, body, now, vetting }: ChangeFacts): Decided {
  const quantity = Number(member(body, "quantity"));
  if (!Number.isInteger(quantity) || quantity < 1)
    return { refusal: badInput("quantity is not a whole number above 0.") };
  if (quantity === row.quantity) return { changes: {} };
  if (row.status === "suspended")
    return { refusal: refused(400, "800091", "The quantity cannot be changed while the subscription is suspended.") };
  if (row.product !== "seat" && row.product !== "software") return { refusal: badInput("This product has no seats.") };
  const unvetted = quantity > row.quantity ? purchaseRefusal(vetting) : undefined;
  if (unvetted !== undefined) return { refusal: unvetted };
  if (quantity > row.quantity) {
    const until = iso(plusDays(now, CANCEL_DAYS));
    const open =
      row.refundable !== null && Temporal.Instant.compare(instantOf(row.refundable.until), now) > 0
        ? row.refundable.quantity
        : 0;
    return { changes: { quantity, refundable: { quantity: open + quantity - row.quantity, until } } };
  }
  const takenBack = row.quantity - quantity;
  const open =
    row.refundable !== null && Temporal.Instant.compare(instantOf(row.refundable.until), now) > 0
      ? row.refundable.quantity
      : 0;
  if (takenBack > open)
    return { refusal: refused(400, "900214", "Seats can only be reduced within the cancellation window.") };
  return { changes: { quantity, refundable: row.refundable && { ...row.refundable, quantity: open - takenBack } } };
}

/** More seats are a purchase: anything but Allowed refuses it (CONTRACT 3.5). */
function purchaseRefusal(vetting: string | null): Reply | undefined {
  if (vetting === "Allowed" || vetting === null) return undefined;
  if (vetting === "NotAllowed") return refused(403, "800075", "The customer account was not approved.");
  return refused(403, "800073", "Your customer account is currently under review. Check back in few days.");
}

function statusChange(facts: ChangeFacts, wanted: string): Decided {
  const { row, now, activeEntitlements } = facts;
  const at = iso(now);
  if (wanted === "suspended" && row.status === "active") {
    if (row.product === "azure-plan" && activeEntitlements > 0)
      return {
        refusal: refused(
          403,
          "900115",
          "Azure plan can't be moved to suspended state since you have one or more Azure Subscriptions in the active state",
        ),
      };
    // Scheduled next-term changes go, pending billing changes stay, auto-renew goes off.
    return {
      changes: {
        status: "suspended",
        autoRenew: false,
        scheduledNextTerm: null,
        nextCharge: row.nextCharge,
        suspensionReasons: ["Partner"],
        statusSince: at,
      },
    };
  }
  if (wanted === "active" && row.status === "suspended")
    return { changes: { status: "active", suspensionReasons: [], statusSince: at } };
  if (wanted === "deleted") {
    if (row.cancelUntil === null || Temporal.Instant.compare(instantOf(row.cancelUntil), now) < 0)
      return { refusal: refused(400, "900117", "The cancellation window of the subscription has passed.") };
    return { changes: { status: "deleted", autoRenew: false, cancelUntil: null, refundable: null, statusSince: at } };
  }
  return { refusal: refused(400, "800040", `The status cannot change from ${row.status} to ${wanted}.`) };
}
