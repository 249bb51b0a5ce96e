import type { Tx } from "../store/contract.ts";
import { cookieNames } from "./auth.ts";
import type { Person } from "./contract.ts";
import { SESSION_DAYS, sessionEnd, TOUCH_MINUTES } from "./decide.ts";
import type { Desk, Origin } from "./desk.ts";
import { newToken, signedValue, tokenHash, verifiedToken } from "./secret.ts";
import { keyByHash, touchKey } from "./store-keys.ts";
import { insertSession, type PersonRow, type SignedIn, signedInBy, touchSession } from "./store-people.ts";

/** Header names in lower case, as the HTTP shell hands them over. */
export type HeaderMap = Readonly<Record<string, string | undefined>>;
export const KEY_PREFIX = "surety_";

/** Starts a session in the caller's transaction and returns the whole `Set-Cookie` for it. */
export async function startSession(
  desk: Desk,
  tx: Tx,
  { person, origin }: { readonly person: Pick<PersonRow, "id">; readonly origin: Origin },
): Promise<string> {
  const token = newToken();
  const now = desk.wall.now();
  await insertSession(tx, {
    id: desk.newId(),
    token,
    userId: person.id,
    now,
    expiresAt: sessionEnd(now, now),
    ...origin,
  });
  const { session, isSecure } = cookieNames(desk.baseUrl);
  const value = encodeURIComponent(signedValue(desk.keys.auth, token));
  return `${session}=${value}; Max-Age=${SESSION_DAYS * 86_400}; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
}

/** The session of a request, when it still runs. Does not write. */
export async function signedIn(desk: Desk, tx: Tx, headers: HeaderMap): Promise<SignedIn | undefined> {
  const token = sessionToken(desk, headers["cookie"]);
  return token === undefined ? undefined : signedInBy(tx, token, { now: desk.wall.now(), isDemo: desk.isDemo });
}

function sessionToken(desk: Desk, cookies: string | undefined): string | undefined {
  const { session } = cookieNames(desk.baseUrl);
  for (const part of cookies?.split(";") ?? []) {
    const [name, value] = [part.slice(0, part.indexOf("=")).trim(), part.slice(part.indexOf("=") + 1).trim()];
    if (name === session) return verifiedToken(desk.keys.auth, decoded(value));
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Who sends this request: by session cookie or by API key. Keeps the session or key fresh. */
export async function personOf(desk: Desk, headers: HeaderMap): Promise<Person | undefined> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
  if (bearer !== undefined) return personOfKey(desk, bearer);
  const found = await signedIn(desk, desk.store.db, headers);
  if (found === undefined) return undefined;
  const now = desk.wall.now();
  const { id, startedAt, usedAt } = found.session;
  if (Temporal.Instant.compare(usedAt.add({ minutes: TOUCH_MINUTES }), now) <= 0)
    await touchSession(desk.store.db, id, { now, expiresAt: sessionEnd(startedAt, now) });
  return toPerson(found);
}

export const toPerson = ({ id, name, email, role, twoFactor }: PersonRow): Person => ({
  id,
  name,
  email,
  role,
  twoFactor,
  via: "session",
});

async function personOfKey(desk: Desk, key: string): Promise<Person | undefined> {
  if (!key.startsWith(KEY_PREFIX)) return undefined;
  const now = desk.wall.now();
  const found = await keyByHash(desk.store.db, tokenHash(key), now);
  if (found === undefined) return undefined;
  await touchKey(desk.store.db, found.id, now);
  return { id: `key:${found.id}`, name: found.name, email: "", role: found.role, twoFactor: false, via: "api-key" };
}
