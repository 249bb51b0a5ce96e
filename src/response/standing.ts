import type { ProposalId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { ProposalKind, ProposalStateKind } from "./contract.ts";
import { findProposal } from "./store.ts";
import { actionsOf } from "./store-actions.ts";

/** How proposals stand, for a slice that asked for them and waits. */
export type ProposalStanding = {
  readonly id: ProposalId;
  readonly number: number;
  readonly kind: ProposalKind;
  readonly state: ProposalStateKind;
  readonly stateAt: Temporal.Instant;
  readonly have: number;
  readonly need: number;
  /** All of its effect was there before anything was sent: not ours to take back. */
  readonly foundSo: boolean;
  readonly undoneBy: ProposalId | undefined;
};

export async function proposalStandings(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ProposalStanding>> {
  const found = new Map<string, ProposalStanding>();
  const actions = Map.groupBy(await actionsOf(tx, ids as readonly ProposalId[]), (one) => one.proposalId);
  for (const id of ids) {
    const proposal = await findProposal(tx, id);
    if (proposal === undefined) continue;
    const { number, kind, state, approvals, need, undoneBy } = proposal;
    const own = actions.get(proposal.id) ?? [];
    const foundSo = own.length > 0 && own.every((one) => one.foundSo);
    const standing = { id: proposal.id, number: Number(number), kind, state: state.kind, stateAt: state.at };
    found.set(id, { ...standing, have: approvals.length, need, foundSo, undoneBy });
  }
  return found;
}
