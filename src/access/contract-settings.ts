import { z } from "zod";
import { isGuid } from "../core/ids.ts";
import { PULL_FEEDS } from "../activity/intake/contract-pull.ts";
import { currencyInput, instantJson } from "../core/wire.ts";
import { LANGUAGES } from "./contract.ts";

const isZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
};
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 08:00");
const guidText = z.string().trim().refine(isGuid, { error: "must be a GUID" }).toLowerCase();
/** Working hours: outside them the desk speaks of "overnight", and the agent on call is paged. */
export const calendarSetting = z
  .strictObject({
    /** 1 is Monday. */
    weekdays: z.array(z.int().min(1).max(7)).min(1).max(7),
    opens: clockTime,
    closes: clockTime,
    holidays: z.array(z.iso.date()).max(400),
  })
  .refine(({ opens, closes }) => opens < closes, { error: "must close after it opens", path: ["closes"] });
export type CalendarSetting = z.infer<typeof calendarSetting>;

const line = (max: number) => z.string().trim().min(1).max(max);
/** Who asks for money in letters, and how it is paid. */
export const creditorSetting = z.strictObject({
  name: line(120),
  registrationNumber: line(40).optional(),
  vatNumber: line(40).optional(),
  addressLines: z.array(line(80)).max(6),
  contact: line(120).optional(),
  email: z.email().max(254).optional(),
  phone: line(40).optional(),
  bankgiro: z
    .string()
    .regex(/^\d{3,4}-?\d{4}$/, "must be a bankgiro number such as 5050-1055")
    .optional(),
  plusgiro: z
    .string()
    .regex(/^\d{1,8}-?\d$/, "must be a plusgiro number such as 123456-7")
    .optional(),
  iban: z
    .string()
    .regex(/^[A-Z]{2}\d{2}[A-Z0-9 ]{11,40}$/, "must be an IBAN in capital letters")
    .optional(),
  bic: z
    .string()
    .regex(/^[A-Z0-9]{8}([A-Z0-9]{3})?$/, "must be 8 or 11 capital letters and digits")
    .optional(),
  bankCode: line(20).optional(),
  accountNumber: line(40).optional(),
  paymentLink: z
    .url({ protocol: /^https$/ })
    .max(300)
    .optional(),
  reference: z.enum(["number", "rf"]).optional(),
});
export type CreditorSetting = z.infer<typeof creditorSetting>;

/** The mail server that letters leave by. Bounces and replies come to the reply address with a tag: `name+tag@domain`. */
export const mailSetting = z.strictObject({
  host: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9.:-]{1,253}$/, "must be a host name or an address"),
  port: z.int().min(1).max(65_535),
  /** "starttls": refused where the server cannot; "none" only for a server on this machine or network. */
  tls: z.enum(["tls", "starttls", "none"]),
  user: line(254).optional(),
  from: z.email().max(254),
  fromName: line(120).optional(),
  replyTo: z.email().max(200),
});
export type MailSetting = z.infer<typeof mailSetting>;
export const smsSetting = z.strictObject({
  gateway: z.literal("46elks"),
  user: line(100),
  /** A number in international form, or up to 11 letters and digits. */
  from: z
    .string()
    .regex(
      /^(\+\d{7,15}|[A-Za-z][A-Za-z0-9]{1,10})$/,
      "must be a number such as +46701234567, or a name of at most 11 letters",
    ),
});
export type SmsSetting = z.infer<typeof smsSetting>;
/** For letters alone: who sends them, and the servers they leave by. A member is undefined while nobody has given it. */
export type LetterSettings = {
  readonly creditor: CreditorSetting | undefined;
  readonly mail: (MailSetting & { readonly password: string | undefined }) | undefined;
  readonly sms: (SmsSetting & { readonly password: string | undefined }) | undefined;
};

/** Every setting of the desk that a person may change here, each with the form it must have. Source for `PUT /api/settings`. */
export const SETTINGS = z.strictObject({
  "desk.name": z.string().trim().min(1).max(80),
  /** IANA name. */
  "desk.zone": z.string().max(60).refine(isZone, { error: "must be a time zone such as Europe/Stockholm" }),
  /** The reporting currency. */
  "desk.currency": currencyInput,
  "desk.language": z.enum(LANGUAGES),
  "desk.calendar": calendarSetting,
  /** How many other people must approve each kind of proposal; a kind that is not named keeps its default. */
  "response.approvals": z.record(z.string().regex(/^[a-z][a-z-]{1,60}$/), z.int().min(1).max(3)),
  "access.requireTwoFactor": z.boolean(),
  /** Further addresses under which the desk is reached, e.g. behind a proxy that changes the host name. */
  "access.trustedOrigins": z.array(z.url({ protocol: /^https?$/ }).max(200)).max(20),
  /** Whether events of Stripe's test mode change the ledger: only while trying. */
  "stripe.testEvents": z.boolean(),
  /** What money pays first of an invoice with claims on it, while no policy says another. */
  "receivables.allocationOrder": z.enum(["costs-interest-principal", "principal-first"]),
  /** Whole units of a currency that one person may write off; more takes a second person. */
  "receivables.writeOffAlone": z.int().min(0).max(1_000_000_000),
  "partner-center.cloud": z.enum(["commercial", "us-government"]),
  /** The partner's own tenant. */
  "partner-center.tenantId": guidText,
  "partner-center.appId": guidText,
  /** Logs of customers that the desk reads by itself, with its delegated rights. */
  "activity.pullFeeds": z.array(z.enum(PULL_FEEDS)).max(PULL_FEEDS.length),
  "collections.creditor": creditorSetting,
  "collections.mail": mailSetting,
  "collections.sms": smsSetting,
});
export type Settings = z.output<typeof SETTINGS>;
export type SettingKey = keyof Settings;
/** What holds while nobody has chosen; null = there is no sensible default, it is simply not set. */
export const SETTING_DEFAULTS: { readonly [Key in SettingKey]: Settings[Key] | null } = {
  "desk.name": "Surety",
  "desk.zone": "Europe/Stockholm",
  "desk.currency": "SEK",
  "desk.language": "en",
  "desk.calendar": { weekdays: [1, 2, 3, 4, 5], opens: "08:00", closes: "17:00", holidays: [] },
  "response.approvals": {},
  "access.requireTwoFactor": true,
  "access.trustedOrigins": [],
  "stripe.testEvents": false,
  "receivables.allocationOrder": "costs-interest-principal",
  "receivables.writeOffAlone": 1_000,
  "partner-center.cloud": "commercial",
  "partner-center.tenantId": null,
  "partner-center.appId": null,
  /** Not chosen: none; in the demo all, since its logs are invented. */
  "activity.pullFeeds": null,
  "collections.creditor": null,
  "collections.mail": null,
  "collections.sms": null,
};

/** Secrets: taken, kept encrypted, used by the desk, never given back. */
export const SECRETS = [
  "partner-center.clientSecret",
  "partner-center.refreshToken",
  "collections.mailPassword",
  "collections.smsPassword",
  /** Signing secrets of Stripe's webhook endpoints: one, or several separated by blanks while they are changed. */
  "stripe.webhookSecrets",
] as const;
export type SecretName = (typeof SECRETS)[number];
const SECRET_CHARS_MAX = 8_192;

/** `PUT /api/settings`: only what is named changes; null puts a value back to its default and removes a secret. */
export const settingsBody = z.strictObject({
  values: z
    .strictObject(
      Object.fromEntries(
        Object.entries(SETTINGS.shape).map(([key, form]) => [key, (form as z.ZodType).nullable().optional()]),
      ),
    )
    .default({}),
  secrets: z.partialRecord(z.enum(SECRETS), z.string().trim().min(1).max(SECRET_CHARS_MAX).nullable()).default({}),
});
export type SettingsBody = {
  readonly values?: { readonly [Key in SettingKey]?: Settings[Key] | null };
  readonly secrets?: { readonly [Name in SecretName]?: string | null };
};

export const settingsJson = z.object({
  values: z.record(z.string(), z.unknown()),
  /** Whether each secret is set, and since when. Its text never leaves the desk. */
  secrets: z.record(z.string(), z.object({ isSet: z.boolean(), changedAt: instantJson.nullable() })),
});
export type SettingsWire = {
  readonly values: { readonly [Key in SettingKey]: Settings[Key] | null };
  readonly secrets: Readonly<Record<SecretName, { readonly isSet: boolean; readonly changedAt: string | null }>>;
};

/** What trying the connection to Microsoft gave; `problem` is a `PartnerCenterProblem` kind with its advice. */
export const connectionTestJson = z.object({
  ok: z.boolean(),
  /** Customers Microsoft listed on the first page; null when it did not answer. */
  customersSeen: z.number().int().nullable(),
  /** Whether Microsoft says that the user token satisfies its multi-factor rule; null when it did not say. */
  mfaCompliant: z.boolean().nullable(),
  tookMs: z.number().int(),
  problem: z.object({ kind: z.string(), advice: z.string(), detail: z.string(), correlationId: z.string() }).nullable(),
});
export type ConnectionTestWire = z.infer<typeof connectionTestJson>;

/** The setting that holds how the last registration of our webhook ended. */
export const WEBHOOK_RESULT = "access.webhook-result";
export const webhookResultJson = z.object({
  at: instantJson,
  ok: z.boolean(),
  /** Where Microsoft now sends events; null when it refused. */
  url: z.string().nullable(),
  problem: z.object({ kind: z.string(), advice: z.string(), detail: z.string() }).nullable(),
});
export type WebhookResult = z.infer<typeof webhookResultJson>;
export const webhookJson = z.object({
  /** The address of this desk that Microsoft must be able to reach; null while the desk has no https address. */
  ourUrl: z.string().nullable(),
  /** True while a registration is on its way. */
  isAsked: z.boolean(),
  last: webhookResultJson.nullable(),
});
export type WebhookWire = z.infer<typeof webhookJson>;
