import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { ACCESS_EVENTS, type ApiKeysWire, type Role } from "./contract.ts";
import type { Act, Desk } from "./desk.ts";
import { newToken, tokenHash } from "./secret.ts";
import { KEY_PREFIX } from "./session.ts";
import { allKeys, insertKey, keyById, type KeyRow, revokeKey } from "./store-keys.ts";

const HINT_CHARS = KEY_PREFIX.length + 4;
type Row = ApiKeysWire["keys"][number];

const rowOf = (key: KeyRow): Row => ({
  id: key.id,
  name: key.name,
  role: key.role,
  hint: key.hint,
  createdBy: key.madeByName,
  createdAt: key.madeAt.toString(),
  expiresAt: key.expiresAt?.toString() ?? null,
  usedAt: key.usedAt?.toString() ?? null,
  revokedAt: key.revokedAt?.toString() ?? null,
});

export const keys = async (tx: Tx): Promise<ApiKeysWire> => ({ keys: (await allKeys(tx)).map(rowOf) });

/** A new key: its text is in the answer and nowhere else. */
export async function makeKey(
  desk: Desk,
  tx: Tx,
  ask: Act & { readonly name: string; readonly role: Role; readonly days?: number | undefined },
): Promise<Result<Row & { key: string }, Refusal>> {
  const { actor, now, name, role, days } = ask;
  const key = `${KEY_PREFIX}${newToken()}`;
  const madeAt = desk.wall.now();
  const expiresAt = days === undefined ? null : madeAt.add({ hours: days * 24 });
  const row = { id: desk.newId(), name, role, hint: key.slice(0, HINT_CHARS), madeAt, expiresAt };
  await insertKey(tx, { ...row, keyHash: tokenHash(key), madeBy: actor.id });
  await appendEvents(tx, [
    {
      type: ACCESS_EVENTS.keyMade,
      actor,
      at: now,
      subject: { kind: "api-key", id: row.id },
      after: { name, role, hint: row.hint, expiresAt },
    },
  ]);
  return ok({ ...rowOf({ ...row, madeByName: actor.name, usedAt: null, revokedAt: null }), key });
}

export async function endKey(
  desk: Desk,
  tx: Tx,
  { actor, now, id }: Act & { readonly id: string },
): Promise<Result<Row, Refusal>> {
  const found = await keyById(tx, id);
  if (found === undefined) return no("not-found", "api-key-unknown", "there is no such API key");
  if (found.revokedAt !== null) return ok(rowOf(found));
  const revokedAt = desk.wall.now();
  await revokeKey(tx, id, revokedAt);
  await appendEvents(tx, [
    {
      type: ACCESS_EVENTS.keyRevoked,
      actor,
      at: now,
      subject: { kind: "api-key", id },
      before: { name: found.name, role: found.role, hint: found.hint },
    },
  ]);
  return ok(rowOf({ ...found, revokedAt }));
}
