type CaseProposalsProps = { readonly caseId: string; readonly customerId: string };

/** The ways to stop the loss and what is already proposed, inside a case. */
export function CaseProposals(_props: CaseProposalsProps) {
  return null;
}
