import type { Refusal, RefusalKind } from "../core/refusal.ts";
import { no } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import type { WhyNot, WhyNotCode } from "./contract.ts";

/** The English sentence of each reason, for API callers; pages word the code themselves. */
const DETAIL: Readonly<Record<WhyNotCode, string>> = {
  "already-so": "It is so already.",
  "wrong-status": "The present status does not allow it.",
  "azure-plan-has-active-subscriptions":
    "An Azure plan can only be suspended once all its Azure subscriptions are cancelled.",
  "not-a-seat-subscription": "This is not a seat subscription.",
  "no-auto-renew-here": "Only new-commerce subscriptions renew by themselves.",
  "renews-today-or-past": "The term ends today or has ended: it is too late to change the renewal.",
  "plan-not-active": "The Azure plan is not active, so nothing under it can be reactivated.",
  "alert-already-resolved": "The alert is resolved already; Microsoft takes no second answer.",
  "status-unknown": "Microsoft shows a status that this desk does not know.",
  "already-proposed": "The same is already proposed or under way.",
  "nothing-chosen": "Nothing was chosen.",
  "too-many-targets": "Too many at once.",
  "target-unknown": "This customer has no such subscription or alert.",
  "role-may-not-approve": "Your role may not approve this kind of proposal.",
  "you-proposed-it": "You proposed it; another person must decide.",
  "you-approved-already": "You have approved it already; one person counts once.",
  "not-waiting-for-approval": "It does not wait for approval.",
  expired: "The proposal is too old to be approved; propose it again.",
  "facts-changed": "The subscription or alert has changed since it was proposed; propose it again.",
  "not-yours-to-withdraw": "Only the person who proposed it, or a Global admin, may withdraw it.",
  "already-started": "It is decided already and can no longer be withdrawn.",
  "not-failed": "Only a failed or unverified proposal can run again.",
  "approval-too-old": "The approval is too old; propose it again.",
  "not-verified-yet": "There is nothing to undo before it took effect.",
  "already-undone": "It is undone already.",
  "undo-already-proposed": "Its undo is already proposed or under way.",
  "no-way-back": "Microsoft offers no way back.",
  "undo-too-late": "The last day for undoing it has passed.",
  "nothing-was-done": "Nothing was done that could be undone.",
  "role-may-not-run": "Your role may not run this kind of action.",
};

const KIND: Partial<Record<WhyNotCode, RefusalKind>> = {
  "role-may-not-approve": "forbidden",
  "role-may-not-run": "forbidden",
  "you-proposed-it": "forbidden",
  "not-yours-to-withdraw": "forbidden",
  "target-unknown": "not-found",
  "nothing-chosen": "invalid",
  "too-many-targets": "invalid",
};

/** A reason as a refusal. */
export const refuseWith = ({ code, facts }: WhyNot): Result<never, Refusal> =>
  no(KIND[code] ?? "conflict", code, DETAIL[code], { facts });

export const unknownProposal = (id: string): Result<never, Refusal> =>
  no("not-found", "proposal-unknown", `There is no proposal ${id}.`);
export const unknownCustomer = (id: string): Result<never, Refusal> =>
  no("not-found", "customer-unknown", `There is no customer ${id}.`);
