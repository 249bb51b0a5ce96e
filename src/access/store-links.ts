import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import type { LinkKind, Role } from "./contract.ts";

export type LinkRow = {
  readonly id: string;
  readonly kind: LinkKind;
  readonly role: Role;
  readonly email: string | null;
  readonly name: string | null;
  readonly userId: string | null;
  readonly removesTwoFactor: boolean;
  readonly madeBy: string;
  readonly madeByName: string;
  readonly madeAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly usedAt: Temporal.Instant | null;
  readonly withdrawnAt: Temporal.Instant | null;
};
export type NewLink = Omit<LinkRow, "usedAt" | "withdrawnAt"> & { readonly tokenHash: string };

const LINK =
  sql.raw(`id, kind, role, email, name, user_id as "userId", removes_two_factor as "removesTwoFactor", made_by as "madeBy",
  made_by_name as "madeByName", made_at as "madeAt", expires_at as "expiresAt", used_at as "usedAt", withdrawn_at as "withdrawnAt"`);

export async function insertLink(tx: Tx, link: NewLink): Promise<void> {
  await sql`insert into access_link (id, kind, token_hash, role, email, name, user_id, removes_two_factor, made_by, made_by_name, made_at, expires_at)
    values (${link.id}, ${link.kind}, ${link.tokenHash}, ${link.role}, ${link.email}, ${link.name}, ${link.userId}, ${link.removesTwoFactor},
      ${link.madeBy}, ${link.madeByName}, ${link.madeAt}, ${link.expiresAt})`.execute(tx);
}

export async function linkByHash(tx: Tx, tokenHash: string): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`select ${LINK} from access_link where token_hash = ${tokenHash}`.execute(tx);
  return rows[0];
}

/** The link, locked until commit: a second use at the same moment waits and then sees that it was used. */
export async function lockLink(tx: Tx, tokenHash: string): Promise<LinkRow | undefined> {
  const { rows } =
    await sql<LinkRow>`select ${LINK} from access_link where token_hash = ${tokenHash} for update`.execute(tx);
  return rows[0];
}

export async function markUsed(tx: Tx, id: string, now: Temporal.Instant): Promise<void> {
  await sql`update access_link set used_at = ${now} where id = ${id} and used_at is null`.execute(tx);
}

/** Withdraws open links of a kind: all of them, those for one address, one person or one id. Returns what was withdrawn. */
export async function withdrawLinks(
  tx: Tx,
  which: {
    readonly kind: LinkKind;
    readonly email?: string | undefined;
    readonly userId?: string | undefined;
    readonly id?: string | undefined;
  },
  now: Temporal.Instant,
): Promise<readonly LinkRow[]> {
  const { kind, email = null, userId = null, id = null } = which;
  const { rows } = await sql<LinkRow>`update access_link set withdrawn_at = ${now}
    where kind = ${kind} and used_at is null and withdrawn_at is null
      and (${email}::text is null or email = ${email}) and (${userId}::text is null or user_id = ${userId})
      and (${id}::text is null or id = ${id}) returning ${LINK}`.execute(tx);
  return rows;
}

/** Invitations that still wait for their person, newest first. */
export async function openInvitations(tx: Tx, now: Temporal.Instant): Promise<readonly LinkRow[]> {
  const { rows } = await sql<LinkRow>`select ${LINK} from access_link
    where kind = 'invitation' and used_at is null and withdrawn_at is null and expires_at > ${now} order by made_at desc, id`.execute(
    tx,
  );
  return rows;
}
