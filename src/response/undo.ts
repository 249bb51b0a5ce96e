import type { EntitlementId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import type { Wanted } from "./contract.ts";
import { whyNotUndo } from "./decide-approval.ts";
import type { Recorded } from "./decide-effects.ts";
import type { ResponseDeps } from "./deps.ts";
import { toRecorded } from "./load.ts";
import { refuseWith, unknownProposal } from "./refusals.ts";
import { whyNot } from "./decide.ts";
import { type Decision, type Made, propose } from "./service.ts";
import { findProposal, type KeptProposal, openUndoOf } from "./store.ts";
import { type Action, actionsOf } from "./store-actions.ts";

/** Proposes to take a proposal's effect back: a proposal of its own, which another person must approve. Without a person the desk itself asks. */
export async function proposeUndo(
  tx: Tx,
  deps: Pick<ResponseDeps, "facts" | "enqueue" | "newId">,
  { id, person, actor, note, now }: Omit<Decision, "person"> & Partial<Pick<Decision, "person">>,
): Promise<Result<Made, Refusal>> {
  const proposal = await findProposal(tx, id, { lock: true });
  if (proposal === undefined) return unknownProposal(id);
  const actions = await actionsOf(tx, [proposal.id]);
  const openUndo = (await openUndoOf(tx, proposal.id)) !== undefined;
  const reason = whyNotUndo(proposal, { openUndo, steps: actions.map((one) => one.state), today: dayOf(now, "UTC") });
  if (reason !== undefined) return refuseWith(reason);
  const back = wantedBack(proposal, actions);
  if (back === undefined) return refuseWith(whyNot("nothing-was-done", { state: proposal.state.kind }));
  return propose(tx, deps, {
    customerId: proposal.customerId,
    caseId: proposal.caseId,
    wanted: back.wanted,
    reason: note ?? "",
    by: actor,
    person,
    now,
    undo: { of: proposal.id, recorded: back.recorded },
  });
}

/** Only what this proposal itself brought about is taken back, from what was recorded before it. */
export function wantedBack(
  { kind }: Pick<KeptProposal, "kind">,
  actions: readonly Action[],
): { readonly wanted: Wanted; readonly recorded: Recorded | undefined } | undefined {
  const ours = actions.filter((one) => one.state === "verified" && !one.foundSo);
  const first = ours[0];
  if (first === undefined) return undefined;
  const entitlementIds = ours.flatMap(({ step }): EntitlementId[] => ("planId" in step ? [step.entitlementId] : []));
  const subscriptionId = "subscriptionId" in first.step ? first.step.subscriptionId : undefined;
  switch (kind) {
    case "suspend-subscription":
      return (
        subscriptionId && {
          wanted: { kind: "reactivate-subscription", subscriptionId },
          recorded: toRecorded(first.before),
        }
      );
    case "reactivate-subscription":
      return subscriptionId && { wanted: { kind: "suspend-subscription", subscriptionId }, recorded: undefined };
    case "auto-renew-off":
      return (
        subscriptionId && { wanted: { kind: "auto-renew-on", subscriptionId }, recorded: toRecorded(first.before) }
      );
    case "auto-renew-on":
      return subscriptionId && { wanted: { kind: "auto-renew-off", subscriptionId }, recorded: undefined };
    case "cancel-entitlement":
      return { wanted: { kind: "reactivate-entitlement", entitlementIds }, recorded: undefined };
    case "reactivate-entitlement":
      return {
        wanted: { kind: "cancel-entitlement", entitlementIds, answerAlertsAsFraud: false },
        recorded: undefined,
      };
    default:
      return undefined;
  }
}
