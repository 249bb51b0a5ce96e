import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import {
  type LinkKind,
  may,
  type Permission,
  PERSON_ONLY,
  type Person,
  PERMISSIONS,
  type Role,
  SECOND_FACTOR_ONLY,
} from "./contract.ts";

/** How long a session lives. Source: OWASP session management: an idle limit and an absolute one. */
export const IDLE_HOURS = 12;
export const SESSION_DAYS = 7;
/** Last use is written at most this often: a page that asks each second must not write each second. */
export const TOUCH_MINUTES = 5;

/** When a session used now ends: twelve hours on, but never beyond seven days from its start. */
export function sessionEnd(startedAt: Temporal.Instant, now: Temporal.Instant): Temporal.Instant {
  const idle = now.add({ hours: IDLE_HOURS });
  const last = startedAt.add({ hours: SESSION_DAYS * 24 });
  return Temporal.Instant.compare(idle, last) < 0 ? idle : last;
}

/** How long each kind of link works, in hours. */
export const LINK_HOURS: Readonly<Record<LinkKind, number>> = {
  "first-run": 24,
  demo: 24,
  reset: 24,
  invitation: 7 * 24,
};

export type LinkFacts = {
  readonly kind: LinkKind;
  readonly expiresAt: Temporal.Instant;
  readonly usedAt: Temporal.Instant | null;
  readonly withdrawnAt: Temporal.Instant | null;
};

/** Whether a link still works. A refusal says why not and what to do instead. */
export function decideLink<L extends LinkFacts>(link: L | undefined, now: Temporal.Instant): Result<L, Refusal> {
  if (link === undefined)
    return no("not-found", "link-unknown", "this link is not one of this desk's: copy it again, all of it");
  if (link.usedAt !== null)
    return no("conflict", "link-used", "this link was used already: sign in, or ask for a new one", {
      facts: { kind: link.kind },
    });
  if (link.withdrawnAt !== null)
    return no("conflict", "link-withdrawn", "this link was withdrawn or replaced by a newer one", {
      facts: { kind: link.kind },
    });
  if (Temporal.Instant.compare(link.expiresAt, now) <= 0)
    return no("conflict", "link-expired", "this link is too old: ask for a new one", {
      facts: { kind: link.kind, expiredAt: link.expiresAt.toString() },
    });
  return ok(link);
}

/** Why this person may not use a permission now; undefined when they may. */
export function refusalFor(
  person: Person,
  permission: Permission,
  desk: { readonly requireTwoFactor: boolean },
): Refusal | undefined {
  const roles = PERMISSIONS[permission].join(", ");
  if (!may(person.role, permission))
    return {
      kind: "forbidden",
      code: "role-may-not",
      detail: `your role may not do this; these may: ${roles}`,
      facts: { permission, roles },
    };
  if (person.via === "api-key" && PERSON_ONLY.includes(permission))
    return {
      kind: "forbidden",
      code: "person-required",
      detail: "an API key may not do this: a person must sign in and do it",
      facts: { permission },
    };
  if (desk.requireTwoFactor && !person.twoFactor && SECOND_FACTOR_ONLY.includes(permission))
    return {
      kind: "forbidden",
      code: "second-factor-required",
      detail: "set up a second factor in your account first: this desk asks it of everyone who approves",
      facts: { permission },
    };
  return undefined;
}

export type Member = { readonly id: string; readonly role: Role; readonly active: boolean };
/** `otherAdmins` counts the active Global admins besides this person. */
type Change = { readonly member: Member | undefined; readonly otherAdmins: number };

const unknown = () => no("not-found", "person-unknown", "there is no such person at this desk");
const lastAdmin = () =>
  no(
    "conflict",
    "last-global-admin",
    "this is the last Global admin: make somebody else one first, or nobody could let people in",
  );

/** Another role for a person. Refuses when the desk would be left without a Global admin. */
export function decideRole({ member, otherAdmins }: Change, role: Role): Result<"change" | "none", Refusal> {
  if (member === undefined) return unknown();
  if (member.role === role) return ok("none");
  if (member.active && member.role === "global-admin" && otherAdmins === 0) return lastAdmin();
  return ok("change");
}

/** Takes a person's access away. */
export function decideDeactivation({ member, otherAdmins }: Change): Result<"change" | "none", Refusal> {
  if (member === undefined) return unknown();
  if (!member.active) return ok("none");
  if (member.role === "global-admin" && otherAdmins === 0) return lastAdmin();
  return ok("change");
}

/** Gives access back. */
export function decideReactivation({ member }: Change): Result<"change" | "none", Refusal> {
  if (member === undefined) return unknown();
  return ok(member.active ? "none" : "change");
}

/** What a person must tell when they use a link of each kind. */
export function decideEntry(
  kind: LinkKind,
  given: { name?: string | undefined; email?: string | undefined; password?: string | undefined },
): Result<undefined, Refusal> {
  const needed: Readonly<Record<LinkKind, readonly ("name" | "email" | "password")[]>> = {
    "first-run": ["name", "email", "password"],
    invitation: ["name", "password"],
    reset: ["password"],
    demo: [],
  };
  const missing = needed[kind].filter((field) => given[field] === undefined);
  if (missing.length === 0) return ok(undefined);
  const fields = missing.map((field) => ({
    field: `body.${field}`,
    value: "(missing)",
    fix: `your ${field === "email" ? "e-mail address" : field}`,
  }));
  return no("invalid", "input-invalid", `this link also needs: ${missing.join(", ")}`, { fields });
}
