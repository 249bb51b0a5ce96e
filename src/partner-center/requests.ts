import type { Json } from "../core/canonical.ts";
import { type Decimal, decimalToText, parseDecimal } from "../core/decimal.ts";
import type { AlertChange, AutoRenewChange, WebhookRegistration } from "./contract.ts";
import { withMember } from "./tolerant.ts";

/** The bodies we send, as Microsoft's samples write them. */

/** The complete object from a fresh read with only its status changed: what is left out is reset by Microsoft (4.3). */
export const statusBody = (raw: Json, status: "active" | "suspended"): Json => withMember(raw, "status", status);

/** The complete object with auto-renew set, and scheduled changes put back when given. */
export function autoRenewBody(
  raw: Json,
  change: Pick<AutoRenewChange, "autoRenew" | "scheduledNextTermInstructions">,
): Json {
  const renewed = withMember(raw, "autoRenewEnabled", change.autoRenew);
  const { scheduledNextTermInstructions: instructions } = change;
  return instructions === undefined ? renewed : withMember(renewed, "scheduledNextTermInstructions", instructions);
}

/** "compromise" is the only documented reason. */
export const cancelEntitlementBody: Json = { cancellationReason: "compromise" };

/** No amount means no budget. Throws when a JSON number cannot carry the amount (more than 15 digits: our bug). */
export function budgetBody(amount: Decimal | undefined): Json {
  return { Amount: amount === undefined ? null : exactNumber(amount), Attributes: { ObjectType: "SpendingBudget" } };
}

function exactNumber(amount: Decimal): number {
  const number = Number(decimalToText(amount));
  const held = parseDecimal(String(number));
  // 16000.00 is 16000: both are brought to the same form before they are compared.
  const asked = parseDecimal(decimalToText(amount));
  if (!held.ok || !asked.ok || held.value.units !== asked.value.units || held.value.scale !== asked.value.scale) {
    throw new Error(`invariant broken: a JSON number cannot carry ${decimalToText(amount)}`);
  }
  return number;
}

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** v1. The id list is never empty: that would mean every event of the subscription. */
export const fraudStatusBody = ({ externalId, status, reason }: AlertChange): Json => ({
  EventIds: [externalId],
  EventStatus: capital(status),
  ...(reason === undefined ? {} : { ResolvedReason: capital(reason) }),
});

export const graphAlertBody = ({ status, reason }: AlertChange): Json => ({
  "@odata.type": "#microsoft.graph.partner.security.partnerSecurityAlert",
  status,
  ...(reason === undefined ? {} : { resolvedReason: reason }),
});

export const registrationBody = ({ url, events }: WebhookRegistration): Json => ({
  WebhookUrl: url,
  WebhookEvents: [...events],
});
