import { z } from "zod";
import { type Person, ROLES } from "../access/contract.ts";
import type { CaseId, CustomerId, EntitlementId, NoticeId, SubscriptionId } from "../core/ids.ts";
import { instantJson, moneyJson } from "../core/wire.ts";
import type { Tx } from "../store/contract.ts";

/**
 * The one way anything happens at Microsoft: a proposal, approved by another person, becomes actions, which are verified
 * against Partner Center and can be undone by a proposal of their own.
 */

/** What may be proposed. Each kind names its effect, not its button. */
export const PROPOSAL_KINDS = [
  "suspend-subscription",
  "reactivate-subscription",
  "auto-renew-off",
  "auto-renew-on",
  "cancel-entitlement",
  "reactivate-entitlement",
  "answer-alert",
] as const;
export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

/** README.md draws the arrows. */
export const PROPOSAL_STATES = [
  "proposed",
  "approved",
  "running",
  "sent",
  "verified",
  "failed",
  "unverified",
  "withdrawn",
  "rejected",
  "expired",
] as const;
export type ProposalStateKind = (typeof PROPOSAL_STATES)[number];

/** One call to Microsoft: planned → waiting → sending → sent → verified, or an end that says what happened instead. */
export const STEP_STATES = [
  "planned",
  "waiting",
  "sending",
  "sent",
  "verified",
  "failed",
  "unverified",
  "skipped",
  "dropped",
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** Why something may not be done. Pages word each; `facts` fill the sentence. */
export const WHY_NOT = [
  "already-so",
  "wrong-status",
  "azure-plan-has-active-subscriptions",
  "not-a-seat-subscription",
  "no-auto-renew-here",
  "renews-today-or-past",
  "plan-not-active",
  "alert-already-resolved",
  "status-unknown",
  "already-proposed",
  "nothing-chosen",
  "too-many-targets",
  "target-unknown",
  "role-may-not-approve",
  "you-proposed-it",
  "you-approved-already",
  "not-waiting-for-approval",
  "expired",
  "facts-changed",
  "not-yours-to-withdraw",
  "already-started",
  "not-failed",
  "approval-too-old",
  "not-verified-yet",
  "already-undone",
  "undo-already-proposed",
  "no-way-back",
  "undo-too-late",
  "nothing-was-done",
  "role-may-not-run",
] as const;
export type WhyNotCode = (typeof WHY_NOT)[number];
export type Facts = Readonly<Record<string, string | number>>;
export type WhyNot = { readonly code: WhyNotCode; readonly facts: Facts };

/** How an alert is answered (CONTRACT 10.2). */
export type AlertAnswer =
  | { readonly status: "investigating" }
  | { readonly status: "resolved"; readonly reason: "fraud" | "legitimate" | "ignore" };

/** What a person asks for. Azure subscriptions are cancelled one call each; their open alerts may be answered as Fraud under the same approval. */
export type Wanted =
  | {
      readonly kind: "suspend-subscription" | "reactivate-subscription" | "auto-renew-off" | "auto-renew-on";
      readonly subscriptionId: SubscriptionId;
    }
  | {
      readonly kind: "cancel-entitlement";
      readonly entitlementIds: readonly EntitlementId[];
      readonly answerAlertsAsFraud: boolean;
    }
  | { readonly kind: "reactivate-entitlement"; readonly entitlementIds: readonly EntitlementId[] }
  | {
      readonly kind: "answer-alert";
      readonly noticeIds: readonly NoticeId[];
      readonly answer: AlertAnswer;
    };

/** One thing that happens besides what is wanted. `lasting` = cannot be undone: shown with a padlock, before the button. */
export const EFFECT_KINDS = [
  "machines-stop",
  "public-ips-lost",
  "data-deleted-later",
  "owner-can-reactivate",
  "used-and-reserved-still-billed",
  "users-blocked",
  "addons-suspended",
  "auto-renew-goes-off",
  "scheduled-changes-dropped",
  "bills-on",
  "deleted-after-term",
  "ends-at-term-end",
  "price-lock-lost",
  "users-back",
  "machines-stay-stopped",
  "spend-resumes",
  "renews-and-commits",
  "clock-stops",
  "answer-is-final",
  "stops-nothing",
] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];
export type Effect = {
  readonly kind: EffectKind;
  readonly lasting: boolean;
  readonly facts: Facts;
};

/** Events of this slice, for those who follow the log. `subject` is the proposal; `data` as told. */
export const RESPONSE_EVENTS = {
  /** data: kind, number, targets. */
  made: "response.proposal-made",
  /** data: kind, number, have, need: one per approval; the last one has have = need and starts the work. */
  approved: "response.proposal-approved",
  rejected: "response.proposal-rejected",
  withdrawn: "response.proposal-withdrawn",
  /** data: why = time | facts-changed. */
  expired: "response.proposal-expired",
  /** A person let a failed or unverified proposal run again. */
  runAgain: "response.run-again",
  dryRun: "response.dry-run",
  /** Per action. data: step, target, name, requestId. `before` is the recorded state. */
  actionSent: "response.action-sent",
  /** Per action. data: step, target, name, foundSo = it was so already and nothing was sent. `after` is what Partner Center shows. */
  actionVerified: "response.action-verified",
  /** Per action. data: step, target, name, problem {kind, advice, code} or whyNot. */
  actionFailed: "response.action-failed",
  /** Per action: sent, but the effect was not seen in time; a person must look. */
  actionUnverified: "response.action-unverified",
  /** The whole proposal took effect. data: kind, number, targets, saving. */
  verified: "response.proposal-verified",
  /** The original proposal, once its undo is verified. data: by = the undo proposal. */
  undone: "response.undone",
} as const;

/** Proposals of one customer or one case, newest first; `person` decides `waitingForMe`. */
export type ProposalsOf = (
  tx: Tx,
  of: {
    readonly customerId?: CustomerId;
    readonly caseId?: CaseId;
    readonly person?: Person;
    readonly now: Temporal.Instant;
  },
) => Promise<readonly ProposalRowJson[]>;
/** What waits for approval: first what this person may approve, then what waits for others. `mine` counts the first kind. */
export type WaitingProposals = (
  tx: Tx,
  person: Person,
  now: Temporal.Instant,
) => Promise<{ readonly rows: readonly ProposalRowJson[]; readonly total: number; readonly mine: number }>;

// ---- Wire forms. ----

const factsJson = z.record(z.string(), z.union([z.string(), z.number()]));
export const whyNotJson = z.object({ code: z.enum(WHY_NOT), facts: factsJson });
export type WhyNotJson = z.infer<typeof whyNotJson>;

export const savingJson = z.object({
  kind: z.enum(["spend-stopped", "term-avoided", "billing-paused", "nothing", "unknown"]),
  /** Signed amount to show first; null when there is none or it is unknown. */
  amount: moneyJson.nullable(),
  /** What the amount counts: 24 hours, a month, or the whole next term. */
  per: z.enum(["day", "month", "term"]).nullable(),
  month: moneyJson.nullable(),
  why: z.string().nullable(),
  /** Until when Microsoft bills on, or from when the term would have run. */
  day: z.string().nullable(),
  asOf: instantJson.nullable(),
  unknownParts: z.number().int(),
});
export type SavingJson = z.infer<typeof savingJson>;
export const effectJson = z.object({
  kind: z.enum(EFFECT_KINDS),
  lasting: z.boolean(),
  facts: factsJson,
});
export const undoJson = z.object({
  possible: z.boolean(),
  by: z.enum(PROPOSAL_KINDS).nullable(),
  why: z.string().nullable(),
  untilDay: z.string().nullable(),
  withinDays: z.number().int().nullable(),
  restores: z.array(z.enum(EFFECT_KINDS)),
  keepsLost: z.array(z.enum(EFFECT_KINDS)),
});
export const targetJson = z.object({
  kind: z.enum(["subscription", "entitlement", "alert"]),
  id: z.string(),
  name: z.string(),
  /** Seats, for a subscription. */
  quantity: z.number().int().nullable(),
});
export const alertAnswerJson = z.object({
  status: z.enum(["investigating", "resolved"]),
  reason: z.enum(["fraud", "legitimate", "ignore"]).nullable(),
});
const actorJson = z.object({
  kind: z.enum(["person", "machine", "microsoft"]),
  id: z.string(),
  name: z.string(),
});

/** A row of the decisions list, also shown on Today, the passport and the case. */
export const proposalRowJson = z.object({
  id: z.string(),
  /** Shown as P-0981. */
  number: z.number().int(),
  kind: z.enum(PROPOSAL_KINDS),
  customerId: z.string(),
  customerName: z.string(),
  caseId: z.string().nullable(),
  undoOf: z.string().nullable(),
  undoneBy: z.string().nullable(),
  targets: z.array(targetJson),
  /** For answer-alert, and for cancellations that answer the alerts too. */
  answer: alertAnswerJson.nullable(),
  state: z.enum(PROPOSAL_STATES),
  stateAt: instantJson,
  madeBy: actorJson,
  madeAt: instantJson,
  expiresAt: instantJson,
  reason: z.string(),
  saving: savingJson,
  effects: z.array(effectJson),
  undo: undoJson,
  approvals: z.object({
    have: z.number().int(),
    need: z.number().int(),
    roles: z.array(z.enum(ROLES)),
  }),
  /** The asking person may approve it now. */
  waitingForMe: z.boolean(),
  whyNotMe: whyNotJson.nullable(),
});
export type ProposalRowJson = z.infer<typeof proposalRowJson>;

export const problemJson = z.object({
  kind: z.string(),
  advice: z.string(),
  code: z.string().nullable(),
  httpStatus: z.number().int().nullable(),
  detail: z.string(),
  correlationId: z.string(),
});
export const diffJson = z.object({
  member: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** True when Microsoft changes it by itself as a result. */
  byMicrosoft: z.boolean(),
});
export const plannedCallJson = z.object({
  position: z.number().int(),
  method: z.enum(["GET", "PATCH", "POST"]),
  path: z.string(),
  /** What the request carries besides the standard headers, e.g. If-Match. */
  headers: z.record(z.string(), z.string()),
  diff: z.array(diffJson),
  /** What Partner Center shows now; null when it could not be read. */
  now: z.string().nullable(),
  /** "send", "already-so" or why it would not be sent. */
  would: z.enum(["send", "already-so", "refuse", "unknown"]),
  whyNot: whyNotJson.nullable(),
  problem: problemJson.nullable(),
});
export const dryRunJson = z.object({ at: instantJson, calls: z.array(plannedCallJson) });
export type DryRunJson = z.infer<typeof dryRunJson>;

export const stepJson = z.object({
  position: z.number().int(),
  kind: z.string(),
  target: targetJson,
  state: z.enum(STEP_STATES),
  dependsOn: z.array(z.number().int()),
  requestId: z.string(),
  sentAt: instantJson.nullable(),
  /** What Microsoft answered: done at once, or accepted and still at work. */
  answer: z.enum(["done", "accepted"]).nullable(),
  verifiedAt: instantJson.nullable(),
  /** It was so already: nothing was sent. */
  foundSo: z.boolean(),
  nextAt: instantJson.nullable(),
  before: factsJson.nullable(),
  after: factsJson.nullable(),
  problem: problemJson.nullable(),
  whyNot: whyNotJson.nullable(),
  attempts: z.array(
    z.object({
      number: z.number().int(),
      startedAt: instantJson,
      endedAt: instantJson.nullable(),
      outcome: z.string().nullable(),
      requestId: z.string(),
      correlationId: z.string(),
      problem: problemJson.nullable(),
    }),
  ),
});
export const preflightJson = z.object({
  kind: z.enum(["your-role", "connection", "gdap", "approvers", "state-saved", "expiry"]),
  level: z.enum(["ok", "warn", "crit", "unknown"]),
  /** Which sentence of this kind. */
  code: z.string(),
  facts: factsJson,
});
export type PreflightJson = z.infer<typeof preflightJson>;
export const timelineJson = z.object({
  seq: z.string(),
  at: instantJson,
  type: z.string(),
  actor: actorJson,
  why: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export const PROPOSAL_MOVES = ["approve", "reject", "withdraw", "run-again", "undo", "dry-run"] as const;
export type ProposalMove = (typeof PROPOSAL_MOVES)[number];

/** One proposal with everything there is to know about it. */
export const proposalJson = proposalRowJson.extend({
  stateReason: z.string().nullable(),
  stateBy: actorJson.nullable(),
  approvedBy: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(ROLES),
      at: instantJson,
      note: z.string().nullable(),
    }),
  ),
  steps: z.array(stepJson),
  preflight: z.array(preflightJson),
  dryRun: dryRunJson.nullable(),
  timeline: z.array(timelineJson),
  /** null = the asking person may do it now; else why not. */
  moves: z.record(z.enum(PROPOSAL_MOVES), whyNotJson.nullable()),
});
export type ProposalJson = z.infer<typeof proposalJson>;

/** A way to act, priced before anyone proposes it. */
export const optionJson = z.object({
  /** Stable within one answer: kind and targets. */
  key: z.string(),
  kind: z.enum(PROPOSAL_KINDS),
  targets: z.array(targetJson),
  saving: savingJson,
  effects: z.array(effectJson),
  undo: undoJson,
  takesMinutes: z.number().int(),
  approvalsNeeded: z.number().int(),
  roles: z.array(z.enum(ROLES)),
  /** Azure subscriptions with open alerts: how many would be answered as Fraud along with it. */
  openAlerts: z.number().int(),
  recommended: z.boolean(),
  whyNot: whyNotJson.nullable(),
});
export type OptionJson = z.infer<typeof optionJson>;
export const optionsJson = z.object({
  customerId: z.string(),
  customerName: z.string(),
  options: z.array(optionJson),
  cut: z.number().int(),
});
export type OptionsJson = z.infer<typeof optionsJson>;
