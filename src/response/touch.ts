import { unreachable } from "../core/assert.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import type { ActionCall, ActionDone, PartnerCenterProblem } from "../partner-center/contract.ts";
import type { Step } from "./decide-plan.ts";
import type { Seen } from "./decide-run.ts";
import type { PartnerCenterAccess } from "./deps.ts";

/** The only two places where a step meets Microsoft: reading its target, and doing it. */

/** The step's target as Partner Center shows it now. Throws `PartnerCenterError`. */
export async function readTarget(
  { reader }: Pick<PartnerCenterAccess, "reader">,
  customerId: CustomerId,
  step: Step,
): Promise<Seen> {
  switch (step.kind) {
    case "suspend-subscription":
    case "reactivate-subscription":
    case "set-auto-renew":
      return {
        kind: "subscription",
        value: await reader.subscription({ customerId, subscriptionId: step.subscriptionId }),
      };
    case "cancel-entitlement":
    case "reactivate-entitlement": {
      const { planId, entitlementId } = step;
      return { kind: "entitlement", value: await reader.entitlement({ customerId, planId, entitlementId }) };
    }
    case "answer-alert":
      return { kind: "alert", value: await reader.alert(step.channel, step.externalId) };
    default:
      return unreachable(step);
  }
}

export type Performed = { readonly kind: ActionDone<unknown>["kind"]; readonly seen: Seen };

/** Does the step. A problem as value is Microsoft's no; what may pass by waiting is thrown as `PartnerCenterError`. */
export async function perform(
  { actions }: Pick<PartnerCenterAccess, "actions">,
  { customerId, step }: { readonly customerId: CustomerId; readonly step: Step },
  call: ActionCall,
): Promise<Result<Performed, PartnerCenterProblem>> {
  switch (step.kind) {
    case "suspend-subscription":
      return asSeen(
        "subscription",
        await actions.suspendSubscription({ customerId, subscriptionId: step.subscriptionId }, call),
      );
    case "reactivate-subscription":
      return asSeen(
        "subscription",
        await actions.reactivateSubscription({ customerId, subscriptionId: step.subscriptionId }, call),
      );
    case "set-auto-renew": {
      const { subscriptionId, autoRenew, scheduled } = step;
      const change = {
        customerId,
        subscriptionId,
        autoRenew,
        ...(scheduled !== undefined && { scheduledNextTermInstructions: scheduled }),
      };
      return asSeen("subscription", await actions.setAutoRenew(change, call));
    }
    case "cancel-entitlement":
    case "reactivate-entitlement": {
      const key = { customerId, planId: step.planId, entitlementId: step.entitlementId };
      const send = step.kind === "cancel-entitlement" ? actions.cancelEntitlement : actions.reactivateEntitlement;
      return asSeen("entitlement", await send(key, call));
    }
    case "answer-alert": {
      const { channel, externalId, entitlementId, answer } = step;
      const reason = answer.status === "resolved" ? { reason: answer.reason } : {};
      return asSeen(
        "alert",
        await actions.updateAlert({ channel, externalId, entitlementId, status: answer.status, ...reason }, call),
      );
    }
    default:
      return unreachable(step);
  }
}

function asSeen<K extends Seen["kind"]>(
  kind: K,
  answer: Result<ActionDone<Extract<Seen, { kind: K }>["value"]>, PartnerCenterProblem>,
): Result<Performed, PartnerCenterProblem> {
  if (!answer.ok) return answer;
  const { value, kind: how } = answer.value;
  return { ok: true, value: { kind: how, seen: { kind, value } as Seen } };
}
