import { z } from "zod";
import { instantJson } from "../core/wire.ts";
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
  "receivables.allocate": FINANCE,
  "collections.read": EVERYONE,
  "collections.work": WORKERS,
  "collections.policy": FINANCE,
  "collections.publish": FINANCE,
  "exposure.read": EVERYONE,
  "exposure.set-rates": FINANCE,
  "spending.read": EVERYONE,
  "spending.set-budget": WORKERS,
  "activity.read": EVERYONE,
  "activity.send": AGENTS,
  "activity.tune": AGENTS,
  "activity.rules": AGENTS,
  "activity.keep": ["global-admin"],
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
  "collections.publish",
  "people.manage",
  "settings.manage",
  "account.self",
];
/** What asks for a second factor while the setting `access.requireTwoFactor` is on. */
export const SECOND_FACTOR_ONLY: readonly Permission[] = ["proposals.approve", "collections.publish"];

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
  /** data: url. The desk told Microsoft where to send its webhooks. */
  webhookRegistered: "access.webhook-registered",
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
  verifiedAt: instantJson,
  ok: z.boolean(),
  /** Rows from the start of the log that are known to be good. */
  rows: z.number().int(),
  /** When the walk last began at the first row: between two of those only what was added is walked. */
  wholeAt: instantJson,
  lastHash: z.string().nullable(),
  brokenSeq: z.string().nullable(),
  why: z.string().nullable(),
});
export type AuditCheckWire = z.infer<typeof auditCheckJson>;
/** The setting that holds the last check of the chain, for the foot bar. */
export const AUDIT_CHECK = "access.audit-check";
