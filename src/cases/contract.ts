import { z } from "zod";
import { ROLES } from "../access/contract.ts";
import type { CaseId, CustomerId, FindingId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { dayJson, instantJson, moneyJson, pageOf } from "../core/wire.ts";
import { clockJson, holderJson, noticeRowJson, runningJson } from "../notices/contract.ts";
import { proposalRowJson } from "../response/contract.ts";
import { type PriorityJson, priorityJson } from "./contract-priority.ts";
import type { Tx } from "../store/contract.ts";
import {
  CASE_FAMILIES,
  CASE_STATES,
  type CaseFamily,
  OUTCOMES,
  SEVERITIES,
  type Severity,
  STEP_STATES,
} from "./contract-states.ts";

export {
  CASE_ACTIONS,
  CASE_FAMILIES,
  CASE_STATES,
  type CaseAction,
  type CaseFamily,
  type CaseState,
  CLOSE_NOTE_MIN,
  DOCUMENT_BYTES_MAX,
  mayNow,
  NOTE_MAX,
  type Outcome,
  OUTCOMES,
  OUTCOMES_OF,
  REFUND_DAYS,
  SEVERITIES,
  type Severity,
  STEP_STATES,
  type StepState,
} from "./contract-states.ts";

/** One fact in the chain of evidence: when, what, where it was read. Pages word it by `kind` and `facts`. */
export type Evidence = {
  readonly at: Temporal.Instant;
  /** `slice.what`, a key of the page's word table, e.g. `notices.received`. */
  readonly kind: string;
  readonly facts: Readonly<Record<string, string | number>>;
  /** System of record, e.g. "Partner Center", "Microsoft Graph", "ledger". */
  readonly source: string;
  /** Id of the record in that system, when it has one. */
  readonly recordId?: string | undefined;
  /** The record as it arrived, kept with the finding. */
  readonly raw?: unknown;
};

/** What one of our detectors saw. The one thing detectors produce, whatever they look at. */
export type NewFinding = {
  /** `slice.detector`, e.g. `spending.over-budget`. Pages word it by this key and `facts`. */
  readonly kind: string;
  readonly family: CaseFamily;
  readonly customerId: CustomerId;
  /** Partner Center or Azure subscription, when one is meant. */
  readonly subscriptionId?: string | undefined;
  readonly severity: Severity;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly evidence: readonly Evidence[];
  /** What could be lost through this; undefined means unknown, never zero. */
  readonly moneyAtRisk?: Money | undefined;
  /** Same fingerprint = same finding seen again, e.g. `over-budget:{customer}:2026-11`. */
  readonly fingerprint: string;
  readonly observedAt: Temporal.Instant;
  /** Microsoft's clock runs from here until the finding is resolved. */
  readonly answerClockFrom?: Temporal.Instant | undefined;
  /** Earliest use that this finding calls unauthorised; starts the 60-day refund countdown. */
  readonly firstUseAt?: Temporal.Instant | undefined;
  /** How urgent, with what it is made of; undefined: from severity and money at risk alone. */
  readonly priority?: PriorityJson | undefined;
  /** Says what a finding that comes again after its case was closed means; absent: it is only counted. */
  readonly refire?: Refire | undefined;
};

/** For findings about acts: something done after the judgement is not covered by it. */
export type Refire = {
  /** When the newest of what it tells happened. After the case was closed: a new case opens, linked to the old. */
  readonly newestAt: Temporal.Instant;
  /** Fingerprint of the last finding of the same kind: a case that this one opens is linked to that one's, if it is closed. */
  readonly follows?: string | undefined;
};

/**
 * Keeps a finding and folds it into the customer's open case of that family, opening one when there is none. Safe to repeat.
 * A finding whose case was closed is only counted again, unless it has become more severe or says by `refire` that it goes on: then a new
 * case opens, linked to the old.
 * Report several in the order of customer id, so that two reporters never wait for each other.
 */
export type ReportFinding = (
  tx: Tx,
  finding: NewFinding,
) => Promise<{ readonly findingId: FindingId; readonly caseId: CaseId; readonly isNew: boolean }>;

/** The cause is gone (spend is back under budget, the notice is answered). The case stays open for a person; an unknown fingerprint is ignored. */
export type ResolveFinding = (
  tx: Tx,
  resolved: { readonly fingerprint: string; readonly at: Temporal.Instant; readonly why: string },
) => Promise<void>;

/** A sentence as kind and facts; pages word it. */
export const sentenceJson = z.object({
  kind: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** Sum over open findings of one currency; of findings about one subscription the largest. `amount` null = nothing is known; `unknownParts` = findings without an amount or in another currency. */
export const moneyAtRiskJson = z.object({
  amount: moneyJson.nullable(),
  unknownParts: z.number().int(),
});

export const caseRowJson = z.object({
  id: z.string(),
  /** `CASE-0001`. */
  number: z.string(),
  customerId: z.string(),
  customerName: z.string().nullable(),
  resellerName: z.string().nullable(),
  family: z.enum(CASE_FAMILIES),
  state: z.enum(CASE_STATES),
  severity: z.enum(SEVERITIES),
  /** The worst finding. */
  title: sentenceJson,
  openFindings: z.number().int(),
  openedAt: instantJson,
  updatedAt: instantJson,
  closedAt: instantJson.nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  assignee: holderJson.nullable(),
  /** The earliest unanswered notice; null when Microsoft waits for nothing. */
  clock: clockJson.nullable(),
  moneyAtRisk: moneyAtRiskJson,
  /** Severity times exposure, of the most urgent open finding; null for cases from before there was one. */
  priority: priorityJson.nullable(),
});
export type CaseRowJson = z.infer<typeof caseRowJson>;

export const casePageJson = pageOf(caseRowJson).extend({
  counts: z.object({
    open: z.number().int(),
    mine: z.number().int(),
    unassigned: z.number().int(),
    closed: z.number().int(),
  }),
  asOf: instantJson,
});
export type CasePageJson = z.infer<typeof casePageJson>;

export const evidenceJson = z.object({
  id: z.string(),
  findingId: z.string(),
  at: instantJson,
  ...sentenceJson.shape,
  source: z.string(),
  recordId: z.string().nullable(),
  /** Hash of the record as it arrived; null when none was kept. Read it with `GET …/evidence/:id`. */
  rawSha256: z.string().nullable(),
});
export type EvidenceJson = z.infer<typeof evidenceJson>;

export const findingJson = z.object({
  id: z.string(),
  ...sentenceJson.shape,
  severity: z.enum(SEVERITIES),
  subscriptionId: z.string().nullable(),
  moneyAtRisk: moneyJson.nullable(),
  firstSeenAt: instantJson,
  lastSeenAt: instantJson,
  timesSeen: z.number().int(),
  resolvedAt: instantJson.nullable(),
  resolvedWhy: z.string().nullable(),
});
export type FindingJson = z.infer<typeof findingJson>;

export const documentJson = z.object({
  sha256: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int(),
  stepId: z.string().nullable(),
  by: z.string(),
  at: instantJson,
});
export type DocumentJson = z.infer<typeof documentJson>;

export const stepJson = z.object({
  id: z.string(),
  state: z.enum(STEP_STATES),
  note: z.string().nullable(),
  by: z.string().nullable(),
  at: instantJson.nullable(),
  /** Link to the place where the step happens: `answer`, `cancel`, `refund`, or none. */
  does: z.string().nullable(),
});
export const playbookJson = z.object({
  id: z.string(),
  version: z.number().int(),
  stages: z.array(z.object({ id: z.string(), aimMinutes: z.number().int().nullable(), steps: z.array(stepJson) })),
});
export type PlaybookJson = z.infer<typeof playbookJson>;
export type StepJson = z.infer<typeof stepJson>;

/** What a loss costs over time: three lines from the same few facts. Every amount is an estimate and says on what it rests. */
export const costJson = z.object({
  currency: z.string(),
  firstUseAt: instantJson,
  /** Minutes until acting now takes effect. */
  stopsAfterMinutes: z.number().int(),
  spentMinor: z.string(),
  /** Amounts at named moments if nobody acts. */
  byNextOffice: z.object({ at: instantJson, minor: z.string() }),
  byInvoice: z.object({ at: instantJson, minor: z.string() }),
  /** What acting now saves over the next 24 h. */
  savesInDayMinor: z.string(),
  points: z.array(
    z.object({
      at: instantJson,
      spent: z.string().nullable(),
      ifActed: z.string().nullable(),
      ifNot: z.string().nullable(),
    }),
  ),
});
export type CostJson = z.infer<typeof costJson>;

export const refundJson = z.object({
  /** First fraudulent use as far as known, and what says so. */
  firstUseOn: dayJson,
  lastDay: dayJson,
  daysLeft: z.number().int(),
  /** `open`: may be filed. `filed`: was, here. `used`: this tenant's one request was used in another case. `expired`: too late. */
  state: z.enum(["open", "filed", "used", "expired"]),
  ticket: z.string().nullable(),
  filedOn: dayJson.nullable(),
});
export type RefundJson = z.infer<typeof refundJson>;

/** One thing that stops closing; `code` is worded by the page. */
export const blockerJson = z.object({
  code: z.enum([
    "notice-open",
    "proposal-live",
    "step-open",
    "note-missing",
    "note-long",
    "outcome-missing",
    "outcome-wrong",
    "already-closed",
  ]),
  /** N-0001, P-0012, a step id … */
  ref: z.string().nullable(),
  id: z.string().nullable(),
});
export type BlockerJson = z.infer<typeof blockerJson>;

export const timelineRowJson = z.object({
  seq: z.string(),
  at: instantJson,
  type: z.string(),
  actor: z.object({
    kind: z.enum(["person", "machine", "microsoft"]),
    id: z.string(),
    name: z.string(),
  }),
  subject: z.object({ kind: z.string(), id: z.string() }),
  why: z.string().nullable(),
  data: z.unknown(),
  hash: z.string(),
});
export type TimelineRowJson = z.infer<typeof timelineRowJson>;

/** What the case page says about the customer; every member is null while unknown. */
export const caseCustomerJson = z.object({
  standing: z.string().nullable(),
  exposure: moneyJson.nullable(),
  exposureAt: instantJson.nullable(),
  limit: moneyJson.nullable(),
  budget: moneyJson.nullable(),
  budgetUsedBps: z.number().int().nullable(),
});
export type CaseCustomer = z.infer<typeof caseCustomerJson>;
export type CustomerCard = (tx: Tx, customerId: CustomerId, now: Temporal.Instant) => Promise<CaseCustomer | undefined>;

/** Someone a case can be handed to. */
export const assignableJson = z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES) });
export type Assignable = z.infer<typeof assignableJson>;
export type People = (tx: Tx) => Promise<readonly Assignable[]>;

export const caseJson = caseRowJson.extend({
  customer: caseCustomerJson.nullable(),
  closeNote: z.string().nullable(),
  closedBy: z.string().nullable(),
  previous: z.object({ id: z.string(), number: z.string() }).nullable(),
  followedBy: z.object({ id: z.string(), number: z.string() }).nullable(),
  findings: z.array(findingJson),
  evidence: z.array(evidenceJson),
  documents: z.array(documentJson),
  notices: z.array(noticeRowJson),
  proposals: z.array(proposalRowJson),
  playbook: playbookJson.nullable(),
  running: runningJson,
  cost: costJson.nullable(),
  refund: refundJson.nullable(),
  timeline: z.array(timelineRowJson),
  /** True when older events exist: read them with `GET …/timeline`. */
  timelineHasMore: z.boolean(),
  /** What stops closing whatever the outcome; `stepsIfFraud` comes on top for that one. */
  blockers: z.array(blockerJson),
  stepsIfFraud: z.array(blockerJson),
  /** The case before and after this one in the queue, for J and K. */
  neighbours: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
  averageMinutes: z.number().int().nullable(),
  asOf: instantJson,
});
export type CaseJson = z.infer<typeof caseJson>;

export type CasesOf = (tx: Tx, customerId: CustomerId, now: Temporal.Instant) => Promise<readonly CaseRowJson[]>;
/** Work waiting per customer; a customer with nothing open is not in the map. */
export type CustomerCounts = {
  readonly openNotices: number;
  readonly openCases: number;
  readonly worst: Severity | undefined;
};
export type CountsFor = (
  tx: Tx,
  customerIds: readonly CustomerId[],
) => Promise<ReadonlyMap<CustomerId, CustomerCounts>>;
/** Case numbers for rows of other slices. */
export type CaseNumbers = (tx: Tx, ids: readonly CaseId[]) => Promise<ReadonlyMap<CaseId, string>>;
/** Which of these cases nobody closed yet. */
export type OpenAmong = (tx: Tx, ids: readonly CaseId[]) => Promise<ReadonlySet<CaseId>>;
/** Someone claimed a notice: they have its case too, unless somebody already does. */
export type TakeCaseIfFree = (
  tx: Tx,
  caseId: CaseId,
  holder: { readonly id: string; readonly name: string },
  now: Temporal.Instant,
) => Promise<void>;
