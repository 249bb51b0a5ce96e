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

/** The signed-in person, as every handler receives them. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** True once a second factor is set up. */
  readonly twoFactor: boolean;
};
