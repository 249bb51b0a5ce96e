import { z } from "zod";
import type { CaseId, CustomerId, EntitlementId, NoticeId, ProposalId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import { instantJson, moneyJson, pageOf } from "../core/wire.ts";
import type { AlertChannel } from "../partner-center/contract.ts";
import type { Actor, Tx } from "../store/contract.ts";

/** A notice is one thing that Microsoft told us, however many channels carried it. It starts a clock; answering stops it. */
export const NOTICE_STATES = ["open", "answered"] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** Which channels carried a notice. A webhook names only the Azure subscription, so it joins the notice that the next reading brings. */
export const NOTICE_CHANNELS = ["graph", "fraud-events", "webhook"] as const;
export type NoticeChannel = AlertChannel | "webhook";

/** What Microsoft accepts as an answer. Source: CONTRACT 10.1. */
export const ANSWER_REASONS = ["fraud", "legitimate", "ignore"] as const;
export type AnswerReason = (typeof ANSWER_REASONS)[number];

/** Minutes after detection: the aim, and the limit that CSP authorisation is measured by. Source: GUIDANCE 2. */
export const AIM_MINUTES = 60;
export const LIMIT_MINUTES = 24 * 60;
/** Days over which Microsoft averages the time to answer. Source: GUIDANCE 4. */
export const AVERAGE_DAYS = 30;
/** Minutes after detection at which an unanswered notice is raised again: before the aim, at half time, two hours before the limit. */
export const ESCALATION_MINUTES = [45, 12 * 60, 22 * 60] as const;

export const CLOCK_LEVELS = ["ok", "warn", "crit"] as const;

/** The clock of an unanswered notice. Pages recompute it each minute from `startedAt`, `aimAt` and `limitAt`. */
export const clockJson = z.object({
  /** When Microsoft detected it: what its average counts from, and never later than when we heard. */
  startedAt: instantJson,
  aimAt: instantJson,
  limitAt: instantJson,
  /** The next boundary that can still be met; the limit once it has passed. */
  toward: z.enum(["aim", "limit"]),
  boundaryAt: instantJson,
  elapsedMinutes: z.number().int(),
  /** Minutes to the boundary; negative once the limit has passed. */
  leftMinutes: z.number().int(),
  level: z.enum(CLOCK_LEVELS),
});
export type ClockJson = z.infer<typeof clockJson>;

/** Money that runs while nobody acts. Always an estimate with its basis; unknown is not zero. */
export const runningJson = z.discriminatedUnion("known", [
  z.object({
    known: z.literal(true),
    perHour: moneyJson,
    /** Time of the newest usage behind it. */
    asOf: instantJson.nullable(),
    /** Key of the page's word table: what the estimate rests on. */
    basis: z.string(),
  }),
  z.object({ known: z.literal(false), reason: z.string() }),
]);
export type RunningJson = z.infer<typeof runningJson>;

/** A person who holds a notice or a case. */
export const holderJson = z.object({ id: z.string(), name: z.string(), since: instantJson });

export const answerJson = z.object({
  /** Open list: what Microsoft's copy says. */
  reason: z.string().nullable(),
  at: instantJson,
  by: z.string().nullable(),
  /** `desk`: through a proposal here. `elsewhere`: in Microsoft's portal or by another tool. */
  where: z.enum(["desk", "elsewhere"]),
  afterMinutes: z.number().int(),
  proposalId: z.string().nullable(),
});

export const noticeRowJson = z.object({
  id: z.string(),
  /** `N-0001`. */
  number: z.string(),
  /** Microsoft's alert type; pages word the known ones and show others as they are. */
  kind: z.string(),
  title: z.string().nullable(),
  severity: z.string().nullable(),
  confidence: z.string().nullable(),
  state: z.enum(NOTICE_STATES),
  /** Microsoft's own status: active, investigating, resolved or a newer word. */
  status: z.string(),
  isTest: z.boolean(),
  customerId: z.string(),
  customerName: z.string().nullable(),
  resellerName: z.string().nullable(),
  entitlementId: z.string().nullable(),
  detectedAt: instantJson,
  receivedAt: instantJson,
  lastSeenAt: instantJson.nullable(),
  /** null once answered. */
  clock: clockJson.nullable(),
  claimedBy: holderJson.nullable(),
  caseId: z.string().nullable(),
  caseNumber: z.string().nullable(),
  running: runningJson,
  answer: answerJson.nullable(),
  channels: z.array(z.string()),
});
export type NoticeRowJson = z.infer<typeof noticeRowJson>;

export const noticeSourceJson = z.object({
  channel: z.string(),
  externalId: z.string(),
  receivedAt: instantJson,
  changedAt: instantJson,
  status: z.string().nullable(),
  raw: z.unknown(),
  rawSha256: z.string(),
});

export const noticeJson = noticeRowJson.extend({
  description: z.string().nullable(),
  firstSeenAt: instantJson.nullable(),
  resources: z.array(z.object({ id: z.string(), type: z.string().nullable() })),
  details: z.record(z.string(), z.unknown()),
  /** Microsoft's own record of status changes. */
  log: z.array(
    z.object({
      from: z.string().nullable(),
      to: z.string(),
      by: z.string().nullable(),
      at: instantJson.nullable(),
    }),
  ),
  sources: z.array(noticeSourceJson),
});
export type NoticeJson = z.infer<typeof noticeJson>;

/** `hintsWaiting`: webhooks whose alert could not be read yet. */
export const noticePageJson = pageOf(noticeRowJson).extend({
  counts: z.object({
    open: z.number().int(),
    mine: z.number().int(),
    overdue: z.number().int(),
    test: z.number().int(),
  }),
  hintsWaiting: z.number().int(),
  asOf: instantJson,
});
export type NoticePageJson = z.infer<typeof noticePageJson>;

/** Average time to answer, as Microsoft counts it: mean of detected → resolved over alerts resolved in the last 30 days, tests left out. */
export const answerAverageJson = z.object({
  /** null when nothing was answered in the window: unknown, not zero. */
  averageMinutes: z.number().int().nullable(),
  answeredCount: z.number().int(),
  answeredMinutes: z.number().int(),
  /** When the clocks of the open ones started: what a forecast adds to the answered sum. */
  openStartedAt: z.array(instantJson),
  /** One point a day, oldest first. */
  history: z.array(z.object({ at: instantJson, averageMinutes: z.number().int().nullable() })),
  /** When the average passes 24 h if nothing is answered; null when it never does or already has. */
  crossesLimitAt: instantJson.nullable(),
  aboveLimit: z.boolean(),
  asOf: instantJson,
});
export type AnswerAverageJson = z.infer<typeof answerAverageJson>;

/** What runs per hour in a customer's Azure subscription; `spending` answers, main.ts adapts. */
export type Running =
  | {
      readonly known: true;
      readonly perHour: Money;
      readonly asOf?: Temporal.Instant | undefined;
      readonly basis: string;
    }
  | { readonly known: false; readonly reason: string };
export type RunningKey = {
  readonly customerId: CustomerId;
  readonly entitlementId?: EntitlementId | undefined;
};
/** Answers in the order of the keys. */
export type RunningOf = (tx: Tx, keys: readonly RunningKey[]) => Promise<readonly Running[]>;

export type CustomerName = { readonly name: string; readonly resellerName?: string | undefined };
/** Names for rows; a customer that is not in the map is no longer ours. */
export type CustomerNames = (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, CustomerName>>;

/** What `response` needs to answer Microsoft, and to check that the answer is still wanted. */
export type AnswerableNotice = {
  readonly noticeId: NoticeId;
  readonly number: string;
  readonly state: NoticeState;
  readonly kind: string;
  readonly customerId: CustomerId;
  readonly caseId?: CaseId | undefined;
  readonly entitlementId?: EntitlementId | undefined;
  /** Every channel that carried it; answering one of them, Graph first, answers the alert. */
  readonly sources: readonly { readonly channel: AlertChannel; readonly externalId: string }[];
};
export type NoticeToAnswer = (tx: Tx, noticeId: NoticeId) => Promise<AnswerableNotice | undefined>;

/** Asks `response` to propose the answer; it is given to Microsoft once approved, and read back. */
export type ProposeAlertAnswer = (
  tx: Tx,
  ask: {
    readonly noticeId: NoticeId;
    readonly caseId?: CaseId | undefined;
    readonly reason: AnswerReason;
    readonly why: string;
    readonly actor: Actor;
    readonly now: Temporal.Instant;
  },
) => Promise<Result<{ readonly proposalId: ProposalId }, Refusal>>;

/** Microsoft's copy says resolved after an action of ours: the notice is answered, by the people of the proposal. Safe to repeat. */
export type RecordAnswer = (
  tx: Tx,
  answer: {
    readonly noticeId: NoticeId;
    readonly reason: AnswerReason;
    readonly actor: Actor;
    readonly at: Temporal.Instant;
    readonly proposalId: ProposalId;
  },
) => Promise<void>;

/** The open notices of all customers, next boundary first; test notices are left out. */
export type OpenNotices = (tx: Tx, now: Temporal.Instant) => Promise<readonly NoticeRowJson[]>;
export type NoticesOf = (tx: Tx, customerId: CustomerId, now: Temporal.Instant) => Promise<readonly NoticeRowJson[]>;
export type AnswerAverage = (tx: Tx, now: Temporal.Instant) => Promise<AnswerAverageJson>;
/** Open, counted notices per customer; a customer without any is not in the map. */
export type OpenNoticeCounts = (tx: Tx, customerIds: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, number>>;
/** A webhook said that something happened in an Azure subscription: keeps the moment until the alert is read. Safe to repeat. */
export type SaveAlertHint = (
  tx: Tx,
  hint: {
    readonly dedupKey: string;
    readonly entitlementId?: EntitlementId | undefined;
    readonly raw: unknown;
  },
  at: Temporal.Instant,
) => Promise<void>;
/** The open notices of a case that nobody has go with whoever took the case. */
export type ClaimNoticesOfCase = (
  tx: Tx,
  caseId: CaseId,
  holder: { readonly id: string; readonly name: string },
  now: Temporal.Instant,
) => Promise<void>;
export type NoticesOfCase = (tx: Tx, caseId: CaseId, now: Temporal.Instant) => Promise<readonly NoticeRowJson[]>;
