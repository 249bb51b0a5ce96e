import { sql } from "kysely";
import { ADVISORY_LOCK } from "../store/lock-numbers.ts";
import type { Tx } from "../store/contract.ts";
import type { Language, Role } from "./contract.ts";
import { TOUCH_MINUTES } from "./decide.ts";

export type PersonRow = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly twoFactor: boolean;
  readonly language: Language | null;
  readonly isDemo: boolean;
  readonly createdAt: Temporal.Instant;
  readonly deactivatedAt: Temporal.Instant | null;
};

const PERSON =
  sql.raw(`u.id, u.name, u.email, u.role, u.two_factor_enabled as "twoFactor", u.language, u.is_demo as "isDemo",
  u.created_at as "createdAt", u.deactivated_at as "deactivatedAt"`);

export async function personById(tx: Tx, id: string): Promise<PersonRow | undefined> {
  const { rows } = await sql<PersonRow>`select ${PERSON} from auth_user u where u.id = ${id}`.execute(tx);
  return rows[0];
}

export async function personByEmail(tx: Tx, email: string): Promise<PersonRow | undefined> {
  const { rows } =
    await sql<PersonRow>`select ${PERSON} from auth_user u where u.email = ${email.toLowerCase()}`.execute(tx);
  return rows[0];
}

/** Everyone, with when they were last here. Active people first, then by name. */
export async function allPeople(
  tx: Tx,
): Promise<readonly (PersonRow & { readonly seenAt: Temporal.Instant | null })[]> {
  const { rows } = await sql<PersonRow & { seenAt: Temporal.Instant | null }>`select ${PERSON},
      greatest((select max(updated_at) from auth_session s where s.user_id = u.id), u.seen_at) as "seenAt"
    from auth_user u order by u.deactivated_at is not null, lower(u.name), u.id`.execute(tx);
  return rows;
}

/** How many active people could enter; demo people count only at a demo desk. */
export async function countPeople(tx: Tx, isDemo: boolean): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from auth_user
    where deactivated_at is null and (${isDemo} or not is_demo)`.execute(tx);
  return rows[0]?.n ?? 0;
}

/**
 * Locks the Global admins until commit, so that two administrators who demote each other at the same moment are put in
 * line, and returns the ids of the active ones. Demo people do not count at a desk that is no demo.
 */
export async function lockAdmins(tx: Tx, isDemo: boolean): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select id from auth_user
    where role = 'global-admin' and deactivated_at is null and (${isDemo} or not is_demo) order by id for update`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** Lets only one transaction at a time ask "is nobody here yet?". */
export async function lockFirstRun(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.people})`.execute(tx);
}

export type NewPerson = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly language: Language | null;
  readonly isDemo: boolean;
  /** As `hashPassword` of the sign-in library gives it. */
  readonly passwordHash: string;
  readonly accountId: string;
};

/** A person with a password. `false` when somebody has the e-mail address already. */
export async function insertPerson(tx: Tx, person: NewPerson): Promise<boolean> {
  const made = await sql`insert into auth_user (id, name, email, role, language, is_demo, email_verified)
    values (${person.id}, ${person.name}, ${person.email}, ${person.role}, ${person.language}, ${person.isDemo}, true)
    on conflict (email) do nothing returning 1`.execute(tx);
  if (made.rows.length === 0) return false;
  await sql`insert into auth_account (id, account_id, provider_id, user_id, password)
    values (${person.accountId}, ${person.id}, 'credential', ${person.id}, ${person.passwordHash})`.execute(tx);
  return true;
}

export async function setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await sql`update auth_account set password = ${passwordHash}, updated_at = now()
    where user_id = ${userId} and provider_id = 'credential'`.execute(tx);
}

export async function passwordOf(
  tx: Tx,
  userId: string,
): Promise<{ readonly hash: string; readonly changedAt: Temporal.Instant } | undefined> {
  const { rows } = await sql<{
    hash: string;
    changedAt: Temporal.Instant;
  }>`select password as hash, updated_at as "changedAt"
    from auth_account where user_id = ${userId} and provider_id = 'credential' and password is not null`.execute(tx);
  return rows[0];
}

export async function setRole(tx: Tx, userId: string, role: Role): Promise<void> {
  await sql`update auth_user set role = ${role}, updated_at = now() where id = ${userId}`.execute(tx);
}

export async function setDeactivated(tx: Tx, userId: string, at: Temporal.Instant | null): Promise<void> {
  await sql`update auth_user set deactivated_at = ${at}, updated_at = now() where id = ${userId}`.execute(tx);
}

export async function setProfile(
  tx: Tx,
  userId: string,
  profile: { name: string; language: Language | null },
): Promise<void> {
  await sql`update auth_user set name = ${profile.name}, language = ${profile.language}, updated_at = now() where id = ${userId}`.execute(
    tx,
  );
}

export async function removeTwoFactor(tx: Tx, userId: string): Promise<void> {
  await sql`delete from auth_two_factor where user_id = ${userId}`.execute(tx);
  await sql`update auth_user set two_factor_enabled = false, updated_at = now() where id = ${userId}`.execute(tx);
}

/** The sealed backup codes of a person; undefined without a second factor. */
export async function backupCodesOf(tx: Tx, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{
    codes: string;
  }>`select backup_codes as codes from auth_two_factor where user_id = ${userId} and verified`.execute(tx);
  return rows[0]?.codes;
}

export type SessionRow = {
  readonly id: string;
  readonly startedAt: Temporal.Instant;
  readonly usedAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly ip: string | null;
  readonly userAgent: string | null;
};

export type SignedIn = PersonRow & { readonly session: SessionRow };

/** Whose session a token is, when it still runs and its person may enter. */
export async function signedInBy(
  tx: Tx,
  token: string,
  { now, isDemo }: { now: Temporal.Instant; isDemo: boolean },
): Promise<SignedIn | undefined> {
  const { rows } = await sql<
    PersonRow & {
      sid: string;
      startedAt: Temporal.Instant;
      usedAt: Temporal.Instant;
      expiresAt: Temporal.Instant;
      ip: string | null;
      userAgent: string | null;
    }
  >`
    select ${PERSON}, s.id as sid, s.created_at as "startedAt", s.updated_at as "usedAt", s.expires_at as "expiresAt",
      s.ip_address as ip, s.user_agent as "userAgent"
    from auth_session s join auth_user u on u.id = s.user_id
    where s.token = ${token} and s.expires_at > ${now} and u.deactivated_at is null and (${isDemo} or not u.is_demo)`.execute(
    tx,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { sid, startedAt, usedAt, expiresAt, ip, userAgent, ...person } = row;
  return { ...person, session: { id: sid, startedAt, usedAt, expiresAt, ip, userAgent } };
}

export type NewSession = {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly now: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly ip: string;
  readonly userAgent: string | null;
};

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await sql`insert into auth_session (id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent)
    values (${session.id}, ${session.token}, ${session.userId}, ${session.expiresAt}, ${session.now}, ${session.now}, ${session.ip},
      ${session.userAgent})`.execute(tx);
}

/** Moves a session's end on; several requests at once write it once. */
export async function touchSession(
  tx: Tx,
  id: string,
  { now, expiresAt }: { now: Temporal.Instant; expiresAt: Temporal.Instant },
): Promise<void> {
  await sql`update auth_session set updated_at = ${now}, expires_at = ${expiresAt}
    where id = ${id} and updated_at <= ${now.subtract({ minutes: TOUCH_MINUTES })}`.execute(tx);
}

export async function sessionsOf(tx: Tx, userId: string, now: Temporal.Instant): Promise<readonly SessionRow[]> {
  const { rows } =
    await sql<SessionRow>`select id, created_at as "startedAt", updated_at as "usedAt", expires_at as "expiresAt",
      nullif(ip_address, '') as ip, nullif(user_agent, '') as "userAgent"
    from auth_session where user_id = ${userId} and expires_at > ${now} order by updated_at desc, id`.execute(tx);
  return rows;
}

/** Ends sessions of a person at once: one, all, or all but one. Returns how many there were. */
export async function endSessions(
  tx: Tx,
  userId: string,
  which: { readonly only?: string | undefined; readonly keep?: string | undefined } = {},
): Promise<number> {
  const ended = await sql`with gone as (delete from auth_session where user_id = ${userId}
      and (${which.only ?? null}::text is null or id = ${which.only ?? null})
      and (${which.keep ?? null}::text is null or id <> ${which.keep ?? null}) returning updated_at),
    seen as (update auth_user set seen_at = greatest(seen_at, (select max(updated_at) from gone))
      where id = ${userId} and exists (select from gone))
    select 1 from gone`.execute(tx);
  return ended.rows.length;
}

/** Forgets ended sessions and half-finished sign-ins, keeping when each person was last here. */
export async function forgetEnded(tx: Tx, now: Temporal.Instant): Promise<void> {
  await sql`with gone as (delete from auth_session where expires_at <= ${now} returning user_id, updated_at),
      last as (select user_id, max(updated_at) as at from gone group by user_id)
    update auth_user u set seen_at = greatest(u.seen_at, last.at) from last where last.user_id = u.id`.execute(tx);
  await sql`delete from auth_verification where expires_at <= ${now}`.execute(tx);
}
