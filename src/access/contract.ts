import { z } from "zod";
import { isGuid } from "../core/ids.ts";
import { currencyInput, instantJson } from "../core/wire.ts";
import type { Actor } from "../store/contract.ts";

/** Roles, named as Partner Center names them, plus the read-only Auditor. Source: GUIDANCE 1.1, CONTRACT 14. */
export const ROLES = ["global-admin", "admin-agent", "billing-admin", "auditor"] as const;
export type Role = (typeof ROLES)[number];

const EVERYONE: readonly Role[] = ROLES;
const WORKERS: readonly Role[] = ["global-admin", "admin-agent", "billing-admin"];
const AGENTS: readonly Role[] = ["global-admin", "admin-agent"];
const FINANCE: readonly Role[] = ["global-admin", "billing-admin"];

/** The one table of who may do what: the server, the command line and the page all read it. */
export const PERMISSIONS = {
  "desk.read": EVERYONE,
  "customers.read": EVERYONE,
  "customers.edit": FINANCE,
  "receivables.read": EVERYONE,
  "receivables.import": FINANCE,
  "exposure.read": EVERYONE,
  "exposure.set-rates": FINANCE,
  "spending.read": EVERYONE,
  "spending.set-budget": WORKERS,
  "notices.read": EVERYONE,
  "notices.claim": AGENTS,
  "notices.answer": AGENTS,
  "cases.read": EVERYONE,
  "cases.work": WORKERS,
  "cases.close": AGENTS,
  "proposals.read": EVERYONE,
  "proposals.create": WORKERS,
  "proposals.approve": WORKERS,
  "sync.read": EVERYONE,
  "sync.run": AGENTS,
  "audit.read": EVERYONE,
  "audit.export": ["global-admin", "auditor"],
  "people.manage": ["global-admin"],
  "settings.manage": ["global-admin"],
  "account.self": EVERYONE,
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

/** Whether a role holds a permission. */
export const may = (role: Role, permission: Permission): boolean =>
  (PERMISSIONS[permission] as readonly Role[]).includes(role);

/** Who may instead, when `role` may not; undefined when it may. The page words it: "Admin agent and Global admin may." */
export const whyNot = (role: Role, permission: Permission): { readonly who: readonly Role[] } | undefined =>
  may(role, permission) ? undefined : { who: PERMISSIONS[permission] };

/** What takes a person: an API key never does these, whatever its role. Approval is two people, not one person and a script. */
export const PERSON_ONLY: readonly Permission[] = [
  "proposals.approve",
  "people.manage",
  "settings.manage",
  "account.self",
];
/** What asks for a second factor while the setting `access.requireTwoFactor` is on. */
export const SECOND_FACTOR_ONLY: readonly Permission[] = ["proposals.approve"];

/** The signed-in person, as every handler receives them. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** True once a second factor is set up. */
  readonly twoFactor: boolean;
  /** "api-key": a machine that came with `Authorization: Bearer surety_…`; its id is the key's. "session" unless told. */
  readonly via?: "session" | "api-key" | undefined;
};

/** How an act of this person is written into the event log: a key is a machine, and says so. */
export const actorOf = ({ id, name, via }: Person): Actor => ({
  kind: via === "api-key" ? "machine" : "person",
  id,
  name,
});

/** Languages of the page and of letters. */
export const LANGUAGES = ["en", "sv"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Events this slice writes; `subject` is the person, invitation, key or setting. */
export const ACCESS_EVENTS = {
  /** data: method ("password" | "totp" | "backup-code" | "link"), ip */
  signedIn: "access.signed-in",
  /** Wrong password of a known person. data: ip */
  signInFailed: "access.sign-in-failed",
  signedOut: "access.signed-out",
  /** data: count, by ("self" | "admin") */
  sessionsEnded: "access.sessions-ended",
  passwordChanged: "access.password-changed",
  twoFactorOn: "access.two-factor-enabled",
  twoFactorOff: "access.two-factor-disabled",
  backupCodesRenewed: "access.backup-codes-renewed",
  /** A person entered the desk for the first time. data: by ("first-run" | "invitation"), email, role */
  personJoined: "access.person-joined",
  /** before, after: name, language */
  personChanged: "access.person-changed",
  /** before, after: role */
  roleChanged: "access.role-changed",
  personDeactivated: "access.person-deactivated",
  personReactivated: "access.person-reactivated",
  /** data: email, role, expiresAt */
  invited: "access.person-invited",
  invitationWithdrawn: "access.invitation-withdrawn",
  /** An administrator made a link with which a person sets a new password. data: removesTwoFactor */
  resetLinkMade: "access.reset-link-made",
  keyMade: "access.api-key-created",
  keyRevoked: "access.api-key-revoked",
  /** before, after: the values; a secret is only said to be set or removed. */
  settingsChanged: "access.settings-changed",
  /** data: rows, brokenSeq, why. Written when a check of the chain fails, and when it is good again. */
  auditBroken: "access.audit-chain-broken",
  auditMended: "access.audit-chain-good",
  auditExported: "access.audit-exported",
} as const;

/* ---- signing in ---- */

export const LINK_KINDS = ["first-run", "invitation", "reset", "demo"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** `GET /api/welcome/state`: whether anyone can sign in yet, and in a demo with whom. */
export const welcomeStateJson = z.object({
  /** "first-run": nobody is here yet, the printed link makes the first person. */
  state: z.enum(["first-run", "ready", "demo"]),
  deskName: z.string(),
  language: z.enum(LANGUAGES),
  /** Only in a demo: people whose password anyone may know. */
  people: z
    .array(z.object({ name: z.string(), email: z.string(), role: z.enum(ROLES), password: z.string() }))
    .optional(),
});
export type WelcomeStateWire = z.infer<typeof welcomeStateJson>;

export const PASSWORD_CHARS_MIN = 10;
export const PASSWORD_CHARS_MAX = 128;

/** `POST /api/welcome/link` `{token}`: what a link is for, before it is used. */
export const welcomeLinkJson = z.object({
  kind: z.enum(LINK_KINDS),
  /** Known for an invitation and a new password; the first person chooses. */
  email: z.string().nullable(),
  name: z.string().nullable(),
  role: z.enum(ROLES),
  expiresAt: instantJson,
});
export type WelcomeLinkWire = z.infer<typeof welcomeLinkJson>;

/** `POST /api/welcome`: a first-run link needs name, e-mail and password; an invitation name and password; a reset password; demo nothing. */
export const welcomeBody = z.strictObject({
  token: z.string().min(1).max(200),
  name: z.string().trim().min(1).max(100).optional(),
  email: z.email().max(254).toLowerCase().optional(),
  password: z.string().min(1).max(PASSWORD_CHARS_MAX).optional(),
  language: z.enum(LANGUAGES).optional(),
});
export type WelcomeBody = z.input<typeof welcomeBody>;
/** `signedIn` is false after a new password of a person whose second factor stays: they sign in with it. */
export const welcomeJson = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  signedIn: z.boolean(),
});

/* ---- own account ---- */

export const sessionJson = z.object({
  id: z.string(),
  /** The session that asks. */
  current: z.boolean(),
  startedAt: instantJson,
  usedAt: instantJson,
  expiresAt: instantJson,
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export const accountJson = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  twoFactor: z.boolean(),
  /** True when this person may approve but must set up a second factor first. */
  twoFactorNeeded: z.boolean(),
  /** Backup codes not yet used; null without a second factor. */
  backupCodesLeft: z.number().int().nullable(),
  language: z.enum(LANGUAGES).nullable(),
  passwordChangedAt: instantJson.nullable(),
  sessions: z.array(sessionJson),
});
export type AccountWire = z.infer<typeof accountJson>;

/* ---- people and keys ---- */

export const personRowJson = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  twoFactor: z.boolean(),
  isDemo: z.boolean(),
  joinedAt: instantJson,
  /** Last use of any session; null when never signed in. */
  seenAt: instantJson.nullable(),
  deactivatedAt: instantJson.nullable(),
  /** The only Global admin left: may not be deactivated or given another role. */
  isLastAdmin: z.boolean(),
});
export type PersonRowWire = z.infer<typeof personRowJson>;

export const invitationRowJson = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(ROLES),
  invitedBy: z.string(),
  invitedAt: instantJson,
  expiresAt: instantJson,
});
export const peopleJson = z.object({ people: z.array(personRowJson), invitations: z.array(invitationRowJson) });
export type PeopleWire = z.infer<typeof peopleJson>;

/** A link that is shown this once: only its hash is kept. */
export const linkJson = z.object({ id: z.string(), link: z.string(), expiresAt: instantJson });
export type LinkWire = z.infer<typeof linkJson>;

export const apiKeyRowJson = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  /** First characters, to recognise it by: `surety_k3Jd`. */
  hint: z.string(),
  createdBy: z.string(),
  createdAt: instantJson,
  expiresAt: instantJson.nullable(),
  usedAt: instantJson.nullable(),
  revokedAt: instantJson.nullable(),
});
export const apiKeysJson = z.object({ keys: z.array(apiKeyRowJson) });
export type ApiKeysWire = z.infer<typeof apiKeysJson>;
/** A new key; `key` is shown this once. */
export const newApiKeyJson = apiKeyRowJson.extend({ key: z.string() });

/* ---- audit ---- */

export const auditRowJson = z.object({
  seq: z.string(),
  type: z.string(),
  at: instantJson,
  actor: z.object({ kind: z.enum(["person", "machine", "microsoft"]), id: z.string(), name: z.string() }),
  subject: z.object({ kind: z.string(), id: z.string() }),
  customerId: z.string().nullable(),
  caseId: z.string().nullable(),
  why: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  data: z.unknown(),
  hash: z.string(),
});
export type AuditRowWire = z.infer<typeof auditRowJson>;
/** Newest first. `older` continues; null at the beginning of the log. No total: counting a filtered log costs more than it tells. */
export const auditPageJson = z.object({
  rows: z.array(auditRowJson),
  older: z.string().nullable(),
  newestSeq: z.string(),
});
export type AuditPageWire = z.infer<typeof auditPageJson>;

/** The last walk along the chain. Kept under the setting `AUDIT_CHECK`. */
export const auditCheckJson = z.object({
  at: instantJson,
  ok: z.boolean(),
  /** Rows checked from the start of the log. */
  rows: z.number().int(),
  lastHash: z.string().nullable(),
  brokenSeq: z.string().nullable(),
  why: z.string().nullable(),
});
export type AuditCheckWire = z.infer<typeof auditCheckJson>;
/** The setting that holds the last check of the chain, for the foot bar. */
export const AUDIT_CHECK = "access.audit-check";

/* ---- settings ---- */

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
  "partner-center.cloud": z.enum(["commercial", "us-government"]),
  /** The partner's own tenant. */
  "partner-center.tenantId": guidText,
  "partner-center.appId": guidText,
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
  "partner-center.cloud": "commercial",
  "partner-center.tenantId": null,
  "partner-center.appId": null,
};

/** Secrets: taken, kept encrypted, used by the desk, never given back. */
export const SECRETS = ["partner-center.clientSecret", "partner-center.refreshToken"] as const;
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
