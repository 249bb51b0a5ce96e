import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import type { Role } from "./contract.ts";
import type { SecretName } from "./contract-settings.ts";

export type KeyRow = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hint: string;
  readonly madeByName: string;
  readonly madeAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | null;
  readonly usedAt: Temporal.Instant | null;
  readonly revokedAt: Temporal.Instant | null;
};

const KEY =
  sql.raw(`k.id, k.name, k.role, k.hint, u.name as "madeByName", k.made_at as "madeAt", k.expires_at as "expiresAt",
  k.used_at as "usedAt", k.revoked_at as "revokedAt"`);

export async function insertKey(
  tx: Tx,
  key: Pick<KeyRow, "id" | "name" | "role" | "hint" | "madeAt" | "expiresAt"> & {
    readonly keyHash: string;
    readonly madeBy: string;
  },
): Promise<void> {
  await sql`insert into access_key (id, name, role, key_hash, hint, made_by, made_at, expires_at)
    values (${key.id}, ${key.name}, ${key.role}, ${key.keyHash}, ${key.hint}, ${key.madeBy}, ${key.madeAt}, ${key.expiresAt})`.execute(
    tx,
  );
}

/** The key when it works; its maker must still be at the desk, so that a person who leaves takes their keys along. */
export async function keyByHash(tx: Tx, keyHash: string, now: Temporal.Instant): Promise<KeyRow | undefined> {
  const { rows } = await sql<KeyRow>`select ${KEY} from access_key k join auth_user u on u.id = k.made_by
    where k.key_hash = ${keyHash} and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now})
      and u.deactivated_at is null`.execute(tx);
  return rows[0];
}

export async function keyById(tx: Tx, id: string): Promise<KeyRow | undefined> {
  const { rows } =
    await sql<KeyRow>`select ${KEY} from access_key k join auth_user u on u.id = k.made_by where k.id = ${id} for update of k`.execute(
      tx,
    );
  return rows[0];
}

/** Every key, those that work first, newest first. */
export async function allKeys(tx: Tx): Promise<readonly KeyRow[]> {
  const { rows } = await sql<KeyRow>`select ${KEY} from access_key k join auth_user u on u.id = k.made_by
    order by k.revoked_at is not null, k.made_at desc, k.id`.execute(tx);
  return rows;
}

/** Remembers a use, at most once a minute. */
export async function touchKey(tx: Tx, id: string, now: Temporal.Instant): Promise<void> {
  await sql`update access_key set used_at = ${now}
    where id = ${id} and (used_at is null or used_at <= ${now.subtract({ minutes: 1 })})`.execute(tx);
}

export async function revokeKey(tx: Tx, id: string, now: Temporal.Instant): Promise<void> {
  await sql`update access_key set revoked_at = ${now} where id = ${id} and revoked_at is null`.execute(tx);
}

export type SealedRow = { readonly name: SecretName; readonly sealed: string; readonly changedAt: Temporal.Instant };

export async function allSecrets(tx: Tx): Promise<readonly SealedRow[]> {
  const { rows } = await sql<SealedRow>`select name, sealed, changed_at as "changedAt" from access_secret`.execute(tx);
  return rows;
}

export async function keepSecret(tx: Tx, { name, sealed, changedAt }: SealedRow): Promise<void> {
  await sql`insert into access_secret (name, sealed, changed_at) values (${name}, ${sealed}, ${changedAt})
    on conflict (name) do update set sealed = excluded.sealed, changed_at = excluded.changed_at`.execute(tx);
}

export async function dropSecret(tx: Tx, name: SecretName): Promise<void> {
  await sql`delete from access_secret where name = ${name}`.execute(tx);
}

/**
 * Counts one more try under `key` and says how many there were in the present window, which starts with its first try.
 * One statement, so that many tries at once are each counted.
 */
export async function countTry(
  tx: Tx,
  key: string,
  window: { readonly seconds: number; readonly now: Temporal.Instant },
): Promise<{ readonly count: number; readonly startedAt: Temporal.Instant }> {
  const oldest = window.now.subtract({ seconds: window.seconds });
  const { rows } = await sql<{
    count: number;
    startedAt: Temporal.Instant;
  }>`insert into access_limit as l (key, started_at, count)
    values (${key}, ${window.now}, 1)
    on conflict (key) do update set
      count = case when l.started_at <= ${oldest} then 1 else l.count + 1 end,
      started_at = case when l.started_at <= ${oldest} then excluded.started_at else l.started_at end
    returning count, started_at as "startedAt"`.execute(tx);
  return rows[0] ?? { count: 1, startedAt: window.now };
}

export async function clearTries(tx: Tx, keys: readonly string[]): Promise<void> {
  await sql`delete from access_limit where key in (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))`.execute(
    tx,
  );
}

export async function forgetTries(tx: Tx, before: Temporal.Instant): Promise<void> {
  await sql`delete from access_limit where started_at < ${before}`.execute(tx);
}
