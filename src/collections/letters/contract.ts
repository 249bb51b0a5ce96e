import { z } from "zod";
import { type Language, LANGUAGES } from "../../access/contract.ts";
import type { Currency } from "../../core/currency.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Result } from "../../core/result.ts";
import { dayJson, instantJson, moneyJson } from "../../core/wire.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import type { AccountHistory, HistoryNotice } from "../contract-history.ts";
import type { LadderState, PlannedNotice } from "../contract-ladder.ts";
import { type Channel, CHANNELS, CUSTOMER_CLASSES, EFFECTS, type PolicyVersion } from "../contract-policy.ts";

/** The door of letters: telling the customer, and the proof of it. */

/** What a letter is for. A step's `tell[].letter` names one of these. */
export const PURPOSES = [
  "heads-up",
  "friendly-reminder",
  "reminder",
  "reminder-fee",
  "auto-renew-notice",
  "freeze-notice",
  "suspension-notice",
  "final-demand",
  "agency-notice",
  "thanks",
  "broken-promise",
  "call-script",
  "sms",
] as const;
export type Purpose = (typeof PURPOSES)[number];
/** Whose practice a letter follows; a customer elsewhere in the Union gets EU, any other the country of the policy's law. */
export const PLACES = ["SE", "EU", "UK", "US"] as const;
export type Place = (typeof PLACES)[number];

/** How far a letter is. `sent` for mail: a server answered 250; for paper: posted on a day; for SMS: the gateway took it; for calls: reached. */
export const LETTER_STATES = ["queued", "sending", "sent", "deferred", "failed", "returned", "cancelled"] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** Why a letter was not sent, or counts no more. */
export const LETTER_WHYS = [
  "paid",
  "below",
  "held",
  "disputed",
  "hacked",
  "promised",
  "fraud-case",
  "policy",
  "by-person",
  "no-address",
  "refused",
  "gave-up",
  "bounced",
  "returned-by-post",
  "not-reached",
  "unknown-outcome",
  "not-printable",
] as const;
export type LetterWhy = (typeof LETTER_WHYS)[number];

/** A fee, interest or cost that the letter states besides the items. Amounts in minor units of `currency`. */
export type LetterClaim = {
  readonly kind: "reminder-fee" | "compensation" | "collection-demand" | "interest";
  readonly invoiceId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** The law or agreement it rests on, e.g. "Act 1981:739 s. 4". */
  readonly basis: string;
  /** Interest only: percent a year as decimal text, over which days (first, last) and their number, on what principal. */
  readonly interest?: InterestStretch | undefined;
  /** Interest whose rate or principal changed: each stretch with its sum; together with what was claimed before, they make the amount. */
  readonly stretches?: readonly (InterestStretch & { readonly amountMinor: bigint })[] | undefined;
  /** Interest on the same days that was claimed by an earlier letter and is taken off here. */
  readonly earlierMinor?: bigint | undefined;
};
export type InterestStretch = {
  readonly ratePercent: string;
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
  readonly days: number;
  readonly principalMinor: bigint;
};

/** What the policy does next if nothing is paid, and not before which day. Only this may be announced in a letter. */
export type LetterConsequence = {
  readonly kind: (typeof EFFECTS)[number] | "reminder" | "fee";
  /** Not before this day. */
  readonly day: Temporal.PlainDate | undefined;
};

export type QueueAsk = {
  readonly account: AccountHistory;
  readonly state: LadderState;
  readonly notice: PlannedNotice;
  readonly policy: PolicyVersion;
  /** The day of the decision, in the customer's zone. */
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
  /** What the step's charges came to; claims of earlier steps are read from the history. */
  readonly claims?: readonly LetterClaim[] | undefined;
  /** What may be announced, if the caller knows better than the policy's steps in their order, e.g. after exemptions. */
  readonly consequences?: readonly LetterConsequence[] | undefined;
  /** For a broken promise. */
  readonly promise?:
    | { readonly currency: Currency; readonly amountMinor: bigint; readonly dueOn: Temporal.PlainDate }
    | undefined;
};
/**
 * Writes one letter a channel into the outbox; the same account, step, day and channel a second time changes nothing and gives
 * the ids of the first. A channel without an address gives a letter that failed with "no-address", so that it never counts as told.
 */
export type QueueNotice = (
  tx: Tx,
  ask: QueueAsk,
) => Promise<
  readonly {
    readonly letterId: string;
    readonly channel: Channel;
    readonly already: boolean;
    readonly state: LetterState;
  }[]
>;

/** Every notice of these accounts with the days on which it counted; what was cancelled is left out. */
export type NoticesOf = (
  tx: Tx,
  accountIds: readonly CustomerId[],
) => Promise<ReadonlyMap<CustomerId, readonly HistoryNotice[]>>;

/** What was chosen for an account, and over which channels it can be reached now. undefined = not chosen. */
export type AccountContacts = {
  readonly customerClass: (typeof CUSTOMER_CLASSES)[number] | undefined;
  readonly language: Language | undefined;
  readonly timeZone: string | undefined;
  readonly country: string | undefined;
  readonly reachable: readonly Channel[];
};
export type AccountContactsOf = (
  tx: Tx,
  accountIds: readonly CustomerId[],
) => Promise<ReadonlyMap<CustomerId, AccountContacts>>;

/** Asked again right before a letter leaves: may it still, and with which facts. */
export type StillWanted = (
  tx: Tx,
  ask: {
    readonly accountId: CustomerId;
    readonly stepId: string;
    readonly decidedOn: Temporal.PlainDate;
    readonly invoiceIds: readonly string[];
    readonly now: Temporal.Instant;
  },
) => Promise<{ readonly kind: "send" } | { readonly kind: "cancel"; readonly why: LetterWhy }>;

/** Work for a person that letters bring about; the desk keeps the tasks. */
export type OpenTask = (
  tx: Tx,
  task: {
    readonly kind: "wrong-address" | "reply" | "call";
    readonly accountId: CustomerId;
    readonly letterId: string | undefined;
    readonly facts: Readonly<Record<string, string>>;
    readonly now: Temporal.Instant;
  },
) => Promise<void>;

/** The outcome of a call that a step asked for; only "reached" counts as told. */
export type MarkCall = (
  tx: Tx,
  ask: {
    readonly letterId: string;
    readonly outcome: "reached" | "not-reached";
    readonly day: Temporal.PlainDate;
    readonly actor: Actor;
    readonly now: Temporal.Instant;
  },
) => Promise<Result<{ readonly letterId: string }, Refusal>>;

export const LETTER_EVENTS = {
  queued: "collections.letter-queued",
  sent: "collections.letter-sent",
  failed: "collections.letter-failed",
  returned: "collections.letter-returned",
  cancelled: "collections.letter-cancelled",
  resent: "collections.letter-resent",
  posted: "collections.letter-posted",
  replied: "collections.customer-replied",
  templateSaved: "collections.template-saved",
  contactSaved: "collections.contact-saved",
  contactRemoved: "collections.contact-removed",
  accountSettings: "collections.account-settings-changed",
} as const;

/* ---- what the page reads ---- */

export const letterRowJson = z.object({
  letterId: z.string(),
  number: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  stepId: z.string(),
  purpose: z.enum(PURPOSES),
  channel: z.enum(CHANNELS),
  state: z.enum(LETTER_STATES),
  why: z.enum(LETTER_WHYS).nullable(),
  decidedOn: dayJson,
  queuedAt: instantJson,
  notBefore: instantJson,
  sentOn: dayJson.nullable(),
  failedOn: dayJson.nullable(),
  subject: z.string(),
  recipients: z.array(z.string()),
  /** What the letter asks for, one amount a currency. */
  toPay: z.array(moneyJson),
  items: z.number().int(),
  /** A crash lay between sending and recording: it may have arrived twice, under one Message-ID. */
  isMaybeTwice: z.boolean(),
  printedAt: instantJson.nullable(),
});
export type LetterRowWire = z.infer<typeof letterRowJson>;

export const recipientJson = z.object({
  address: z.string(),
  state: z.enum(["waiting", "sending", "accepted", "deferred", "refused", "bounced"]),
  attempts: z.number().int(),
  /** The server's own words. */
  answer: z.string().nullable(),
  at: instantJson.nullable(),
  nextAt: instantJson.nullable(),
});
export const trailJson = z.object({
  at: instantJson,
  what: z.string(),
  address: z.string().nullable(),
  detail: z.string().nullable(),
});
export const letterJson = letterRowJson.extend({
  language: z.enum(LANGUAGES),
  place: z.enum(PLACES),
  policyId: z.string().nullable(),
  policyVersion: z.number().int().nullable(),
  templateVersion: z.number().int(),
  messageId: z.string().nullable(),
  html: z.string(),
  text: z.string(),
  delivery: z.array(recipientJson),
  trail: z.array(trailJson),
  /** Characters the paper letter cannot show; a box stands in their place. */
  unprintable: z.array(z.string()),
});
export type LetterWire = z.infer<typeof letterJson>;

export const templateFaultJson = z.object({
  line: z.number().int(),
  column: z.number().int(),
  code: z.enum([
    "unknown-fact",
    "unknown-statement",
    "not-closed",
    "not-opened",
    "missing-statement",
    "statement-not-alone",
    "conditional-statement",
    "no-subject",
    "too-long",
    "bad-tag",
    "threat",
  ]),
  /** The fact or statement in question. */
  name: z.string(),
});
export type TemplateFault = z.infer<typeof templateFaultJson>;

export const templateRowJson = z.object({
  purpose: z.enum(PURPOSES),
  language: z.enum(LANGUAGES),
  place: z.enum(PLACES),
  /** 0 is the one that Surety brings. */
  version: z.number().int(),
  savedAt: instantJson.nullable(),
  savedBy: z.string().nullable(),
});
export const templateJson = templateRowJson.extend({
  text: z.string(),
  note: z.string().nullable(),
  required: z.array(z.string()),
  facts: z.array(z.string()),
  statements: z.array(z.string()),
  versions: z.array(templateRowJson.extend({ note: z.string().nullable() })),
});
export type TemplateWire = z.infer<typeof templateJson>;
export type TemplateRowWire = z.infer<typeof templateRowJson>;

/** A rendered letter that nobody has sent. */
export const previewJson = z.object({
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  unprintable: z.array(z.string()),
  faults: z.array(templateFaultJson),
  /** Settings that are still missing and for which a gap is shown. */
  missing: z.array(z.string()),
});
export type PreviewWire = z.infer<typeof previewJson>;

export const CONTACT_SOURCES = ["person", "ledger", "partner-center"] as const;
export const contactJson = z.object({
  contactId: z.string(),
  customerId: z.string(),
  channel: z.enum(CHANNELS),
  address: z.string(),
  name: z.string().nullable(),
  since: dayJson,
  source: z.enum(CONTACT_SOURCES),
  badSince: dayJson.nullable(),
  badWhy: z.string().nullable(),
});
export type ContactWire = z.infer<typeof contactJson>;
export const ADDRESS_CHARS_MAX = 500;
export const CONTACTS_MAX = 20;
export const contactBody = z.strictObject({
  channel: z.enum(CHANNELS),
  address: z.string().trim().min(3).max(ADDRESS_CHARS_MAX),
  name: z.string().trim().min(1).max(120).nullable().default(null),
});
export const accountSettingsJson = z.object({
  accountId: z.string(),
  customerClass: z.enum(CUSTOMER_CLASSES).nullable(),
  language: z.enum(LANGUAGES).nullable(),
  timeZone: z.string().nullable(),
  country: z.string().nullable(),
  contacts: z.array(contactJson),
});
export type AccountSettingsWire = z.infer<typeof accountSettingsJson>;

/** What came in by mail. */
export const MAIL_IN_KINDS = ["bounce-hard", "bounce-soft", "auto-reply", "reply", "unknown"] as const;
export type MailInKind = (typeof MAIL_IN_KINDS)[number];
export const mailInJson = z.object({
  mailId: z.string(),
  kind: z.enum(MAIL_IN_KINDS),
  receivedAt: instantJson,
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  letterId: z.string().nullable(),
  accountId: z.string().nullable(),
  attachments: z.number().int(),
});
export type MailInWire = z.infer<typeof mailInJson>;

/** How mail goes out now, for the page's banner. */
export const mailStateJson = z.object({
  /** "demo-folder": written as files, nothing leaves this machine. "unset": letters wait until the settings are there. */
  mail: z.enum(["smtp", "demo-folder", "unset"]),
  sms: z.enum(["46elks", "demo-folder", "unset"]),
  folder: z.string().nullable(),
  waiting: z.number().int(),
  toPrint: z.number().int(),
  missing: z.array(z.string()),
});
export type MailStateWire = z.infer<typeof mailStateJson>;

export const TEMPLATE_CHARS_MAX = 20_000;
/** Raw mail that comes in: larger is refused. */
export const MAIL_IN_BYTES_MAX = 10 * 1_048_576;
