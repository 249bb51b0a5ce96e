import { hashPassword } from "better-auth/crypto";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { ACCESS_EVENTS, type LinkKind, type welcomeBody, type WelcomeLinkWire } from "./contract.ts";
import type { z } from "zod";
import { decideEntry, decideLink, LINK_HOURS } from "./decide.ts";
import { DEMO_ADMIN, DEMO_PEOPLE } from "./demo.ts";
import { actorOfRow, type Desk, type Origin, personSubject } from "./desk.ts";
import { checkPassword } from "./password.ts";
import { demoPassword, newToken, tokenHash } from "./secret.ts";
import { startSession } from "./session.ts";
import {
  insertLink,
  linkByHash,
  type LinkRow,
  lockLink,
  markUsed,
  type NewLink,
  withdrawLinks,
} from "./store-links.ts";
import {
  countPeople,
  endSessions,
  insertPerson,
  lockFirstRun,
  personByEmail,
  personById,
  type PersonRow,
  removeTwoFactor,
  setPassword,
} from "./store-people.ts";

type Given = z.output<typeof welcomeBody>;
export type Entered = {
  readonly person: PersonRow;
  /** A whole `Set-Cookie`, or undefined when a second factor is still asked. */ readonly cookie: string | undefined;
};

const linkTo = (desk: Desk, token: string): string => `${desk.baseUrl}/welcome?token=${token}`;

/** Makes a link: the token goes into the returned address, only its hash is kept. */
export async function makeLink(
  desk: Desk,
  tx: Tx,
  link: Pick<NewLink, "kind" | "role" | "madeBy" | "madeByName"> &
    Partial<Pick<NewLink, "email" | "name" | "userId" | "removesTwoFactor">>,
): Promise<{ readonly id: string; readonly link: string; readonly expiresAt: Temporal.Instant }> {
  const token = newToken();
  const madeAt = desk.wall.now();
  const made = {
    id: desk.newId(),
    email: null,
    name: null,
    userId: null,
    removesTwoFactor: false,
    ...link,
    tokenHash: tokenHash(token),
    madeAt,
    expiresAt: madeAt.add({ hours: LINK_HOURS[link.kind] }),
  };
  await insertLink(tx, made);
  return { id: made.id, link: linkTo(desk, token), expiresAt: made.expiresAt };
}

const BY_SURETY = { madeBy: SURETY.id, madeByName: SURETY.name } as const;

/** The link that makes the first Global admin, a new one each time; undefined as soon as somebody is here. */
export const firstRunLink = (desk: Desk): Promise<string | undefined> =>
  desk.store.inTransaction(async (tx) => {
    await lockFirstRun(tx);
    if ((await countPeople(tx, desk.isDemo)) > 0) return undefined;
    await withdrawLinks(tx, { kind: "first-run" }, desk.wall.now());
    return (await makeLink(desk, tx, { kind: "first-run", role: "global-admin", ...BY_SURETY })).link;
  });

/** At a demo desk: makes the demo people if they are not there, and a link that signs in as its Global admin once. */
export async function demoLink(desk: Desk): Promise<string | undefined> {
  if (!desk.isDemo) return undefined;
  await ensureDemoPeople(desk);
  return desk.store.inTransaction(async (tx) => {
    const admin = await personByEmail(tx, DEMO_ADMIN);
    if (admin === undefined) return undefined;
    await withdrawLinks(tx, { kind: "demo" }, desk.wall.now());
    return (await makeLink(desk, tx, { kind: "demo", role: admin.role, userId: admin.id, ...BY_SURETY })).link;
  });
}

async function ensureDemoPeople(desk: Desk): Promise<void> {
  const there = await Promise.all(DEMO_PEOPLE.map(({ email }) => personByEmail(desk.store.db, email)));
  const missing = DEMO_PEOPLE.filter((_, at) => there[at] === undefined);
  const made = await Promise.all(
    missing.map(async (person) => ({
      ...person,
      id: desk.newId(),
      accountId: desk.newId(),
      isDemo: true,
      language: null,
      passwordHash: await hashPassword(demoPassword(desk.keys.demo, person.email)),
    })),
  );
  if (made.length === 0) return;
  await desk.store.inTransaction(async (tx) => {
    const events: NewEvent[] = [];
    for (const person of made) if (await insertPerson(tx, person)) events.push(joined(desk, { ...person, by: "demo" }));
    await appendEvents(tx, events);
  });
}

const joined = (
  desk: Desk,
  { id, name, email, role, by }: Pick<PersonRow, "id" | "name" | "email" | "role"> & { readonly by: LinkKind },
): NewEvent => ({
  type: ACCESS_EVENTS.personJoined,
  actor: by === "demo" ? SURETY : { kind: "person", id, name },
  at: desk.clock.now(),
  subject: personSubject(id),
  after: { role },
  data: { by, name, email, role },
});

/** What a link is for, before it is used. */
export async function lookAtLink(desk: Desk, tx: Tx, token: string): Promise<Result<WelcomeLinkWire, Refusal>> {
  const link = decideLink(await linkByHash(tx, tokenHash(token)), desk.wall.now());
  if (!link.ok) return link;
  const { kind, email, name, role, expiresAt, userId } = link.value;
  const person = userId === null ? undefined : await personById(tx, userId);
  return ok({ kind, role, email: person?.email ?? email, name: person?.name ?? name, expiresAt: expiresAt.toString() });
}

/** Uses a link, in the caller's transaction: whatever is refused leaves the link as it was. */
export async function enter(
  desk: Desk,
  tx: Tx,
  { given, origin }: { readonly given: Given; readonly origin: Origin },
): Promise<Result<Entered, Refusal>> {
  const link = decideLink(await lockLink(tx, tokenHash(given.token)), desk.wall.now());
  if (!link.ok) return link;
  const complete = decideEntry(link.value.kind, given);
  if (!complete.ok) return complete;
  const entered = await personFor(desk, tx, { link: link.value, given });
  if (!entered.ok) return entered;
  const { person, events } = entered.value;
  await markUsed(tx, link.value.id, desk.wall.now());
  const mustProve = link.value.kind === "reset" && person.twoFactor;
  const cookie = mustProve ? undefined : await startSession(desk, tx, { person, origin });
  const signedIn: NewEvent = {
    type: ACCESS_EVENTS.signedIn,
    actor: actorOfRow(person),
    at: desk.clock.now(),
    subject: personSubject(person.id),
    data: { method: "link", ip: origin.ip },
  };
  await appendEvents(tx, mustProve ? events : [...events, signedIn]);
  return ok({ person, cookie });
}

type Entering = { readonly person: PersonRow; readonly events: readonly NewEvent[] };
type Use = { readonly link: LinkRow; readonly given: Given };

function personFor(desk: Desk, tx: Tx, use: Use): Promise<Result<Entering, Refusal>> {
  switch (use.link.kind) {
    case "first-run":
      return firstPerson(desk, tx, use);
    case "invitation":
      return newPerson(desk, tx, { ...use, email: use.link.email ?? "" });
    case "reset":
      return newPassword(desk, tx, use);
    case "demo":
      return knownPerson(tx, use.link);
  }
}

async function firstPerson(desk: Desk, tx: Tx, use: Use): Promise<Result<Entering, Refusal>> {
  await lockFirstRun(tx);
  if ((await countPeople(tx, desk.isDemo)) > 0)
    return no("conflict", "desk-has-people", "somebody is at this desk already: ask them for an invitation");
  return newPerson(desk, tx, { ...use, email: use.given.email ?? "" });
}

async function newPerson(
  desk: Desk,
  tx: Tx,
  { link, given, email }: Use & { readonly email: string },
): Promise<Result<Entering, Refusal>> {
  const { name = "", password = "", language = null } = given;
  const good = await checkPassword(password, [name, email]);
  if (!good.ok) return good;
  const id = desk.newId();
  const made = await insertPerson(tx, {
    id,
    accountId: desk.newId(),
    name,
    email,
    role: link.role,
    language,
    isDemo: false,
    passwordHash: await hashPassword(password),
  });
  const person = made ? await personById(tx, id) : undefined;
  if (person === undefined)
    return no("conflict", "person-exists", "somebody with this e-mail address is at this desk already: sign in");
  return ok({ person, events: [joined(desk, { ...person, by: link.kind })] });
}

async function knownPerson(tx: Tx, link: LinkRow): Promise<Result<Entering, Refusal>> {
  const person = link.userId === null ? undefined : await personById(tx, link.userId);
  if (person === undefined || person.deactivatedAt !== null)
    return no("forbidden", "account-deactivated", "an administrator has taken your access away");
  return ok({ person, events: [] });
}

async function newPassword(desk: Desk, tx: Tx, { link, given }: Use): Promise<Result<Entering, Refusal>> {
  const known = await knownPerson(tx, link);
  if (!known.ok) return known;
  const { person } = known.value;
  const { password = "" } = given;
  const good = await checkPassword(password, [person.name, person.email]);
  if (!good.ok) return good;
  await setPassword(tx, person.id, await hashPassword(password));
  const ended = await endSessions(tx, person.id);
  const loses = link.removesTwoFactor && person.twoFactor;
  if (loses) await removeTwoFactor(tx, person.id);
  const event = (type: NewEvent["type"], data?: unknown): NewEvent => ({
    type,
    actor: actorOfRow(person),
    at: desk.clock.now(),
    subject: personSubject(person.id),
    data,
  });
  return ok({
    person: { ...person, twoFactor: person.twoFactor && !loses },
    events: [
      event(ACCESS_EVENTS.passwordChanged, { by: "link", sessionsEnded: ended }),
      ...(loses ? [event(ACCESS_EVENTS.twoFactorOff, { by: "link" })] : []),
    ],
  });
}
