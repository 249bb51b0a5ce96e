import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { NewEvent, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import {
  ACCESS_EVENTS,
  type LinkWire,
  may,
  type PeopleWire,
  type Person,
  type PersonRowWire,
  type Role,
} from "./contract.ts";
import { decideDeactivation, decideReactivation, decideRole, type Member } from "./decide.ts";
import { type Act, type Desk, personSubject } from "./desk.ts";
import { makeLink } from "./service-welcome.ts";
import { readDeskSettings } from "./service-settings.ts";
import { openInvitations, withdrawLinks } from "./store-links.ts";
import {
  allPeople,
  endSessions,
  lockAdmins,
  personByEmail,
  personById,
  type PersonRow,
  setDeactivated,
  setRole,
} from "./store-people.ts";

export async function people(desk: Desk, tx: Tx): Promise<PeopleWire> {
  const [everyone, invitations] = await Promise.all([allPeople(tx), openInvitations(tx, desk.wall.now())]);
  const admins = everyone.filter((person) => person.role === "global-admin" && isActive(desk, person));
  return {
    people: everyone.map((person) => rowOf(person, admins.length === 1 && admins[0]?.id === person.id)),
    invitations: invitations.map((link) => ({
      id: link.id,
      email: link.email ?? "",
      name: link.name,
      role: link.role,
      invitedBy: link.madeByName,
      invitedAt: link.madeAt.toString(),
      expiresAt: link.expiresAt.toString(),
    })),
  };
}

const isActive = (desk: Desk, person: PersonRow): boolean =>
  person.deactivatedAt === null && (desk.isDemo || !person.isDemo);

const rowOf = (
  person: PersonRow & { readonly seenAt: Temporal.Instant | null },
  isLastAdmin: boolean,
): PersonRowWire => ({
  id: person.id,
  name: person.name,
  email: person.email,
  role: person.role,
  twoFactor: person.twoFactor,
  isDemo: person.isDemo,
  joinedAt: person.createdAt.toString(),
  seenAt: person.seenAt?.toString() ?? null,
  deactivatedAt: person.deactivatedAt?.toString() ?? null,
  isLastAdmin,
});

/** Everyone who may approve a proposal now: role, access and, where the desk asks it, a second factor. */
export async function approvers(desk: Desk, tx: Tx): Promise<readonly Pick<Person, "id" | "name" | "role">[]> {
  const [everyone, { "access.requireTwoFactor": needsSecond }] = await Promise.all([
    allPeople(tx),
    readDeskSettings(desk, tx),
  ]);
  return everyone
    .filter(
      (person) =>
        isActive(desk, person) && may(person.role, "proposals.approve") && (person.twoFactor || needsSecond !== true),
    )
    .map(({ id, name, role }) => ({ id, name, role }));
}

/** Invites somebody: the link is in the answer and nowhere else. An older invitation of the same address stops working. */
export async function invite(
  desk: Desk,
  tx: Tx,
  ask: Act & { readonly email: string; readonly name?: string | undefined; readonly role: Role },
): Promise<Result<LinkWire, Refusal>> {
  const { actor, now, email, role } = ask;
  const known = await personByEmail(tx, email);
  if (known !== undefined) {
    const isOff = known.deactivatedAt !== null;
    return isOff
      ? no(
          "conflict",
          "person-deactivated",
          "somebody with this e-mail address was here before: give them their access back instead",
          { facts: { name: known.name } },
        )
      : no("conflict", "person-exists", "somebody with this e-mail address is at this desk already", {
          facts: { name: known.name },
        });
  }
  await withdrawLinks(tx, { kind: "invitation", email }, desk.wall.now());
  const made = await makeLink(desk, tx, {
    kind: "invitation",
    role,
    email,
    name: ask.name ?? null,
    madeBy: actor.id,
    madeByName: actor.name,
  });
  const expiresAt = made.expiresAt.toString();
  await appendEvents(tx, [
    {
      type: ACCESS_EVENTS.invited,
      actor,
      at: now,
      subject: { kind: "invitation", id: made.id },
      data: { email, role, expiresAt },
    },
  ]);
  return ok({ ...made, expiresAt });
}

export async function withdrawInvitation(
  desk: Desk,
  tx: Tx,
  { actor, now, id }: Act & { readonly id: string },
): Promise<Result<{ withdrawn: boolean }, Refusal>> {
  const [gone] = await withdrawLinks(tx, { kind: "invitation", id }, desk.wall.now());
  if (gone === undefined)
    return no(
      "not-found",
      "invitation-unknown",
      "there is no open invitation with this id: it was used, withdrawn or never made",
    );
  await appendEvents(tx, [
    {
      type: ACCESS_EVENTS.invitationWithdrawn,
      actor,
      at: now,
      subject: { kind: "invitation", id },
      data: { email: gone.email, role: gone.role },
    },
  ]);
  return ok({ withdrawn: true });
}

/** The person and how many other Global admins there are, locked until commit. */
async function lockMember(
  desk: Desk,
  tx: Tx,
  id: string,
): Promise<{ readonly row: PersonRow | undefined; readonly member: Member | undefined; readonly otherAdmins: number }> {
  const admins = await lockAdmins(tx, desk.isDemo);
  const row = await personById(tx, id);
  const member = row && { id, role: row.role, active: row.deactivatedAt === null };
  return { row, member, otherAdmins: admins.filter((admin) => admin !== id).length };
}

type Changed = Result<{ readonly id: string; readonly changed: boolean }, Refusal>;
type Change = Act & { readonly id: string; readonly why?: string | undefined };

export async function changeRole(desk: Desk, tx: Tx, ask: Change & { readonly role: Role }): Promise<Changed> {
  const found = await lockMember(desk, tx, ask.id);
  const decision = decideRole(found, ask.role);
  if (!decision.ok) return decision;
  if (decision.value === "none") return ok({ id: ask.id, changed: false });
  await setRole(tx, ask.id, ask.role);
  await appendEvents(tx, [
    personEvent(ask, {
      type: ACCESS_EVENTS.roleChanged,
      before: { role: found.row?.role },
      after: { role: ask.role },
      data: { name: found.row?.name },
    }),
  ]);
  return ok({ id: ask.id, changed: true });
}

/** Takes access away: their sessions end with this transaction, and links that wait for them stop working. */
export async function deactivate(desk: Desk, tx: Tx, ask: Change): Promise<Changed> {
  const found = await lockMember(desk, tx, ask.id);
  const decision = decideDeactivation(found);
  if (!decision.ok) return decision;
  if (decision.value === "none") return ok({ id: ask.id, changed: false });
  await setDeactivated(tx, ask.id, desk.wall.now());
  const sessionsEnded = await endSessions(tx, ask.id);
  await withdrawLinks(tx, { kind: "reset", userId: ask.id }, desk.wall.now());
  await appendEvents(tx, [
    personEvent(ask, {
      type: ACCESS_EVENTS.personDeactivated,
      before: { active: true },
      after: { active: false },
      data: { name: found.row?.name, sessionsEnded },
    }),
  ]);
  return ok({ id: ask.id, changed: true });
}

export async function reactivate(desk: Desk, tx: Tx, ask: Change): Promise<Changed> {
  const found = await lockMember(desk, tx, ask.id);
  const decision = decideReactivation(found);
  if (!decision.ok) return decision;
  if (decision.value === "none") return ok({ id: ask.id, changed: false });
  await setDeactivated(tx, ask.id, null);
  await appendEvents(tx, [
    personEvent(ask, {
      type: ACCESS_EVENTS.personReactivated,
      before: { active: false },
      after: { active: true },
      data: { name: found.row?.name },
    }),
  ]);
  return ok({ id: ask.id, changed: true });
}

/** A link with which a person who forgot sets a new password, and if asked also loses a second factor they cannot use any more. */
export async function resetLink(
  desk: Desk,
  tx: Tx,
  ask: Change & { readonly removesTwoFactor: boolean },
): Promise<Result<LinkWire, Refusal>> {
  const person = await personById(tx, ask.id);
  if (person === undefined) return no("not-found", "person-unknown", "there is no such person at this desk");
  if (person.deactivatedAt !== null)
    return no("conflict", "person-deactivated", "give them their access back first", { facts: { name: person.name } });
  await withdrawLinks(tx, { kind: "reset", userId: ask.id }, desk.wall.now());
  const made = await makeLink(desk, tx, {
    kind: "reset",
    role: person.role,
    userId: ask.id,
    removesTwoFactor: ask.removesTwoFactor,
    madeBy: ask.actor.id,
    madeByName: ask.actor.name,
  });
  const expiresAt = made.expiresAt.toString();
  await appendEvents(tx, [
    personEvent(ask, {
      type: ACCESS_EVENTS.resetLinkMade,
      data: { name: person.name, removesTwoFactor: ask.removesTwoFactor, expiresAt },
    }),
  ]);
  return ok({ ...made, expiresAt });
}

/** Signs a person out everywhere, e.g. after a lost laptop. */
export async function endPersonsSessions(tx: Tx, ask: Change): Promise<Result<{ readonly ended: number }, Refusal>> {
  const person = await personById(tx, ask.id);
  if (person === undefined) return no("not-found", "person-unknown", "there is no such person at this desk");
  const ended = await endSessions(tx, ask.id);
  await appendEvents(
    tx,
    ended === 0
      ? []
      : [
          personEvent(ask, {
            type: ACCESS_EVENTS.sessionsEnded,
            data: { name: person.name, count: ended, by: "admin" },
          }),
        ],
  );
  return ok({ ended });
}

const personEvent = (
  { actor, now, id, why }: Change,
  rest: Pick<NewEvent, "type" | "before" | "after" | "data">,
): NewEvent => ({ actor, at: now, subject: personSubject(id), why, ...rest });
