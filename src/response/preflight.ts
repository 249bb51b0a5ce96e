import type { Person } from "../access/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { PreflightJson, ProposalKind } from "./contract.ts";
import { APPROVER_ROLES } from "./decide.ts";
import type { ResponseDeps } from "./deps.ts";
import type { CustomerState } from "./load.ts";
import type { KeptProposal } from "./store.ts";
import type { Action } from "./store-actions.ts";

/** What would stand in the way, told before the button: role, connection, delegated access, approvers, saved state, time. */

/** Cancelling Azure and answering alerts need a person's token: the caller must hold roles that only people can (CONTRACT 4.6, 9). */
const NEEDS_PERSON: readonly ProposalKind[] = ["cancel-entitlement", "reactivate-entitlement", "answer-alert"];
const GDAP_SOON_DAYS = 14;

type Ask = {
  readonly proposal: KeptProposal;
  readonly actions: readonly Action[];
  readonly state: CustomerState;
  readonly person: Person;
  readonly now: Temporal.Instant;
};

export async function preflightOf(
  tx: Tx,
  deps: Pick<ResponseDeps, "facts" | "partnerCenter">,
  ask: Ask,
): Promise<readonly PreflightJson[]> {
  const { proposal, now } = ask;
  const customer = await deps.facts.customerOf(tx, proposal.customerId);
  const connected = (await deps.partnerCenter()) !== undefined;
  return [
    yourRole(ask),
    connection(proposal.kind, connected, proposal.dryRun !== undefined),
    gdap(customer?.gdapEndsAt, now),
    approvers(proposal, await deps.facts.approvers(tx)),
    stateSaved(ask),
    ...(proposal.state.kind === "proposed" ? [expiry(proposal, now)] : []),
  ];
}

function yourRole({ proposal, person }: Ask): PreflightJson {
  const roles = APPROVER_ROLES[proposal.kind];
  const facts = { role: person.role, roles: roles.join(",") };
  const mayApprove = roles.includes(person.role);
  const code = !mayApprove ? "may-not" : person.twoFactor ? "may" : "may-without-second-factor";
  return { kind: "your-role", level: code === "may" ? "ok" : "warn", code, facts };
}

/** Whether the token is really good only Microsoft knows: a dry run asks. */
function connection(kind: ProposalKind, connected: boolean, tried: boolean): PreflightJson {
  if (!connected) return { kind: "connection", level: "crit", code: "not-connected", facts: {} };
  const needs = NEEDS_PERSON.includes(kind) ? "person" : "app";
  return { kind: "connection", level: tried ? "ok" : "unknown", code: tried ? "read" : "not-tried", facts: { needs } };
}

function gdap(endsAt: Temporal.Instant | null | undefined, now: Temporal.Instant): PreflightJson {
  if (endsAt === undefined) return { kind: "gdap", level: "unknown", code: "unknown", facts: {} };
  if (endsAt === null) return { kind: "gdap", level: "warn", code: "none", facts: {} };
  const days = Math.floor((endsAt.epochMilliseconds - now.epochMilliseconds) / 86_400_000);
  const facts = { day: endsAt.toString(), days };
  if (days < 0) return { kind: "gdap", level: "warn", code: "ended", facts };
  return {
    kind: "gdap",
    level: days <= GDAP_SOON_DAYS ? "warn" : "ok",
    code: days <= GDAP_SOON_DAYS ? "ends-soon" : "active",
    facts,
  };
}

function approvers(
  { kind, madeBy, need, approvals }: KeptProposal,
  people: readonly { readonly id: string; readonly name: string; readonly role: Person["role"] }[],
): PreflightJson {
  const given = new Set(approvals.map((one) => one.personId));
  const others = people.filter(
    (one) => APPROVER_ROLES[kind].includes(one.role) && one.id !== madeBy.id && !given.has(one.id),
  );
  const missing = Math.max(0, need - approvals.length);
  const facts = {
    missing,
    available: others.length,
    names: others
      .slice(0, 3)
      .map((one) => one.name)
      .join(", "),
  };
  if (missing === 0) return { kind: "approvers", level: "ok", code: "enough", facts };
  return {
    kind: "approvers",
    level: others.length >= missing ? "ok" : "crit",
    code: others.length >= missing ? "available" : "too-few",
    facts,
  };
}

function stateSaved({ proposal, actions, state }: Ask): PreflightJson {
  const saved = actions.filter((one) => one.before !== undefined).length;
  const facts = { saved, count: actions.length };
  if (saved === actions.length) return { kind: "state-saved", level: "ok", code: "saved", facts };
  const subscription = state.subscriptions.find((one) => one.subscriptionId in proposal.plan.basis);
  const more =
    subscription === undefined
      ? {}
      : {
          autoRenew: subscription.autoRenew ? "on" : "off",
          scheduled: subscription.hasScheduledChanges ? "some" : "none",
        };
  return { kind: "state-saved", level: "ok", code: "will-be-saved", facts: { ...facts, ...more } };
}

function expiry({ expiresAt }: KeptProposal, now: Temporal.Instant): PreflightJson {
  const minutes = Math.floor((expiresAt.epochMilliseconds - now.epochMilliseconds) / 60_000);
  const facts = { at: expiresAt.toString(), minutes };
  return {
    kind: "expiry",
    level: minutes <= 0 ? "crit" : minutes <= 60 ? "warn" : "ok",
    code: minutes <= 0 ? "expired" : "until",
    facts,
  };
}
