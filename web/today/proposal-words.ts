import type { ProposalKind, ProposalRowJson } from "../../src/response/contract.ts";
import { type T, useT } from "../i18n/t.ts";

const ONE_TARGET: readonly ProposalKind[] = [
  "suspend-subscription",
  "reactivate-subscription",
  "auto-renew-off",
  "auto-renew-on",
];

type Named = Pick<ProposalRowJson, "kind" | "targets">;

const nameOf = ({ targets }: Named): string => {
  const first = targets[0];
  if (first === undefined) return "";
  return first.quantity !== null && first.quantity > 1 ? `${first.name}\u00a0×\u00a0${first.quantity}` : first.name;
};

export const proposalName = (proposal: Named, t: T): string =>
  ONE_TARGET.includes(proposal.kind)
    ? t(`proposal.${proposal.kind}`, { name: nameOf(proposal) })
    : t(`proposal.${proposal.kind}`, { n: proposal.targets.length });

/** A proposal named by its effect: "Cancel 2 Azure subscriptions", "Suspend Microsoft 365 E5 × 140". */
export function useProposalName(): (proposal: Named) => string {
  const t = useT();
  return (proposal) => proposalName(proposal, t);
}
