import { symmetricDecrypt } from "better-auth/crypto";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { ACCESS_EVENTS, type AccountWire, type Language, may } from "./contract.ts";
import { type Act, type Desk, personSubject } from "./desk.ts";
import { readDeskSettings } from "./service-settings.ts";
import { type HeaderMap, signedIn } from "./session.ts";
import { backupCodesOf, endSessions, passwordOf, sessionsOf, setProfile, type SignedIn } from "./store-people.ts";

const notHere = () => no("forbidden", "person-required", "an API key has no account: sign in");

/** All a person may know about their own account. */
export async function account(desk: Desk, tx: Tx, headers: HeaderMap): Promise<Result<AccountWire, Refusal>> {
  const me = await signedIn(desk, tx, headers);
  if (me === undefined) return notHere();
  const [sessions, password, settings, codes] = await Promise.all([
    sessionsOf(tx, me.id, desk.wall.now()),
    passwordOf(tx, me.id),
    readDeskSettings(desk, tx),
    codesLeft(desk, tx, me),
  ]);
  return ok({
    id: me.id,
    name: me.name,
    email: me.email,
    role: me.role,
    twoFactor: me.twoFactor,
    language: me.language,
    twoFactorNeeded: !me.twoFactor && settings["access.requireTwoFactor"] === true && may(me.role, "proposals.approve"),
    backupCodesLeft: codes,
    passwordChangedAt: password?.changedAt.toString() ?? null,
    sessions: sessions.map(({ id, startedAt, usedAt, expiresAt, ip, userAgent }) => ({
      id,
      current: id === me.session.id,
      startedAt: startedAt.toString(),
      usedAt: usedAt.toString(),
      expiresAt: expiresAt.toString(),
      ip,
      userAgent,
    })),
  });
}

async function codesLeft(desk: Desk, tx: Tx, me: SignedIn): Promise<number | null> {
  const sealed = me.twoFactor ? await backupCodesOf(tx, me.id) : undefined;
  if (sealed === undefined) return null;
  const text = await symmetricDecrypt({ key: desk.keys.auth, data: sealed }).catch(() => "[]");
  return (JSON.parse(text) as readonly string[]).length;
}

export async function changeProfile(
  desk: Desk,
  tx: Tx,
  ask: Act & {
    readonly headers: HeaderMap;
    readonly name?: string | undefined;
    readonly language?: Language | null | undefined;
  },
): Promise<Result<AccountWire, Refusal>> {
  const me = await signedIn(desk, tx, ask.headers);
  if (me === undefined) return notHere();
  const before = { name: me.name, language: me.language };
  const after = { name: ask.name ?? me.name, language: ask.language === undefined ? me.language : ask.language };
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    await setProfile(tx, me.id, after);
    await appendEvents(tx, [
      {
        type: ACCESS_EVENTS.personChanged,
        actor: ask.actor,
        at: ask.now,
        subject: personSubject(me.id),
        before,
        after,
      },
    ]);
  }
  return account(desk, tx, ask.headers);
}

/** Ends one other session of one's own, or with no id all but the one that asks. */
export async function endOwnSessions(
  desk: Desk,
  tx: Tx,
  ask: Act & { readonly headers: HeaderMap; readonly sessionId?: string | undefined },
): Promise<Result<{ ended: number }, Refusal>> {
  const me = await signedIn(desk, tx, ask.headers);
  if (me === undefined) return notHere();
  const ended = await endSessions(
    tx,
    me.id,
    ask.sessionId === undefined ? { keep: me.session.id } : { only: ask.sessionId },
  );
  if (ask.sessionId !== undefined && ended === 0)
    return no("not-found", "session-unknown", "this session is not one of yours, or has ended already");
  if (ended > 0)
    await appendEvents(tx, [
      {
        type: ACCESS_EVENTS.sessionsEnded,
        actor: ask.actor,
        at: ask.now,
        subject: personSubject(me.id),
        data: { count: ended, by: "self" },
      },
    ]);
  return ok({ ended });
}
