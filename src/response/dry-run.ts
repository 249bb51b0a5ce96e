import { unreachable } from "../core/assert.ts";
import { canonicalJson, type Json, toJson } from "../core/canonical.ts";
import type { Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { PartnerCenterError } from "../partner-center/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { type DryRunJson, RESPONSE_EVENTS } from "./contract.ts";
import { type Step, targetOf } from "./decide-plan.ts";
import { decideSend, type Seen } from "./decide-run.ts";
import type { PartnerCenterAccess, ResponseDeps } from "./deps.ts";
import { keptProblem, proposalEvent } from "./record.ts";
import { unknownProposal } from "./refusals.ts";
import { findProposal, type KeptProposal, saveDryRun } from "./store.ts";
import { type Action, actionsOf } from "./store-actions.ts";
import { readTarget } from "./touch.ts";
import { whyNotWire } from "./wire.ts";

/** Reads Partner Center and tells exactly which calls would be sent now, sending none. */
export async function dryRun(
  tx: Tx,
  deps: Pick<ResponseDeps, "partnerCenter">,
  { id, actor, now }: { readonly id: string; readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<DryRunJson, Refusal>> {
  const proposal = await findProposal(tx, id);
  if (proposal === undefined) return unknownProposal(id);
  const access = await deps.partnerCenter();
  const calls: DryRunJson["calls"] = [];
  for (const action of await actionsOf(tx, [proposal.id])) calls.push(await callOf(action, proposal, access));
  const result: DryRunJson = { at: now.toString(), calls };
  await saveDryRun(tx, proposal.id, toJson(result));
  const data = { calls: calls.map(({ position, would }) => ({ position, would })) };
  await appendEvents(tx, [proposalEvent(proposal, RESPONSE_EVENTS.dryRun, { actor, at: now, data })]);
  return ok(result);
}

type Planned = DryRunJson["calls"][number];

async function callOf(
  action: Action,
  proposal: KeptProposal,
  access: PartnerCenterAccess | undefined,
): Promise<Planned> {
  const { step, position } = action;
  const base = {
    position,
    ...describeCall(step, proposal.customerId),
    headers: { "MS-RequestId": action.requestId } as Record<string, string>,
  };
  const unread = { ...base, diff: diffOf(step, undefined), now: null, would: "unknown" as const, whyNot: null };
  if (access === undefined) return { ...unread, problem: null };
  try {
    const seen = await readTarget(access, proposal.customerId, step);
    const basis =
      action.dependsOn.length === 0 && proposal.state.kind === "proposed"
        ? proposal.plan.basis[targetOf(step).id]
        : undefined;
    const decision = decideSend(step, seen, { maySent: action.sendBeganAt !== undefined, basis });
    const etag = seen.kind === "subscription" ? seen.value.etag : undefined;
    // A later step starts from what the one before it leaves behind, so today's status is not what it will meet.
    const would =
      decision.kind === "effect-seen"
        ? "already-so"
        : decision.kind === "send" || action.dependsOn.length > 0
          ? "send"
          : "refuse";
    return {
      ...base,
      headers: { ...base.headers, ...(etag !== undefined && { "If-Match": etag }) },
      diff: diffOf(step, seen),
      now: seen.value.status,
      would,
      whyNot: would === "refuse" && decision.kind === "refuse" ? whyNotWire(decision.whyNot) : null,
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof PartnerCenterError)) throw error;
    return { ...unread, problem: keptProblem(error.problem) };
  }
}

/** Method and path as partner-center sends them; a test compares them with what the simulator receives. */
export function describeCall(step: Step, customerId: string): Pick<Planned, "method" | "path"> {
  switch (step.kind) {
    case "suspend-subscription":
    case "reactivate-subscription":
    case "set-auto-renew":
      return { method: "PATCH", path: `/v1/customers/${customerId}/subscriptions/${step.subscriptionId}` };
    case "cancel-entitlement":
    case "reactivate-entitlement": {
      const verb = step.kind === "cancel-entitlement" ? "cancel" : "reactivate";
      return {
        method: "POST",
        path: `/v1/customers/${customerId}/subscriptions/${step.planId}/azureEntitlements/${step.entitlementId}/${verb}`,
      };
    }
    case "answer-alert":
      return step.channel === "graph"
        ? { method: "PATCH", path: `/beta/security/partner/securityAlerts/${encodeURIComponent(step.externalId)}` }
        : {
            method: "POST",
            path: `/v1/fraudEvents/subscription/${step.entitlementId ?? "{subscription of the alert}"}/status`,
          };
    default:
      return unreachable(step);
  }
}

type Diff = Planned["diff"][number];
const change = (member: string, from: string | null, to: string | null): Diff => ({
  member,
  from,
  to,
  byMicrosoft: false,
});
const follows = (member: string, from: string | null, to: string | null): Diff => ({
  member,
  from,
  to,
  byMicrosoft: true,
});

/** What the request changes in the object, and what Microsoft changes along with it. The rest is sent back as it was read. */
export function diffOf(step: Step, seen: Seen | undefined): Diff[] {
  const status = seen?.value.status ?? null;
  const held = seen?.kind === "subscription" ? seen.value : undefined;
  const onOff = (on: boolean | undefined) => (on === undefined ? null : String(on));
  const schedule = (json: Json | undefined) => (json === undefined || json === null ? null : canonicalJson(json));
  switch (step.kind) {
    case "suspend-subscription":
      return [
        change("status", status, "suspended"),
        ...(held?.autoRenew === true ? [follows("autoRenewEnabled", "true", "false")] : []),
        ...(schedule(held?.scheduledNextTermInstructions) === null
          ? []
          : [follows("scheduledNextTermInstructions", schedule(held?.scheduledNextTermInstructions), null)]),
      ];
    case "reactivate-subscription":
      return [change("status", status, "active")];
    case "set-auto-renew":
      return [
        change("autoRenewEnabled", onOff(held?.autoRenew), String(step.autoRenew)),
        ...(step.scheduled === undefined
          ? []
          : [
              change(
                "scheduledNextTermInstructions",
                schedule(held?.scheduledNextTermInstructions),
                schedule(step.scheduled),
              ),
            ]),
      ];
    case "cancel-entitlement":
      return [change("cancellationReason", null, "compromise"), follows("status", status, "inactive")];
    case "reactivate-entitlement":
      return [follows("status", status, "active")];
    case "answer-alert":
      return [
        change("status", status, step.answer.status),
        ...(step.answer.status === "resolved" ? [change("resolvedReason", null, step.answer.reason)] : []),
      ];
    default:
      return unreachable(step);
  }
}
