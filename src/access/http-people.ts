import { z } from "zod";
import { ok } from "../core/result.ts";
import { type Route, route } from "../http/contract.ts";
import { apiKeyRowJson, apiKeysJson, linkJson, newApiKeyJson, peopleJson, ROLES } from "./contract.ts";
import type { Desk } from "./desk.ts";
import { endKey, keys, makeKey } from "./service-keys.ts";
import {
  changeRole,
  deactivate,
  endPersonsSessions,
  invite,
  people,
  reactivate,
  resetLink,
  withdrawInvitation,
} from "./service-people.ts";

const permission = "people.manage";
const personParams = z.object({ personId: z.string().min(1).max(100) });
const idParams = z.object({ id: z.string().min(1).max(100) });
const why = z.string().trim().min(3).max(500).optional();
const changedJson = z.object({ id: z.string(), changed: z.boolean() });
const KEY_DAYS_MAX = 3_650;

/** Who may enter, and as what. */
export const peopleRoutes = (desk: Desk): readonly Route[] => [
  ...listAndInvite(desk),
  ...onePerson(desk),
  ...keyRoutes(desk),
];

const listAndInvite = (desk: Desk): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/people",
    permission,
    summary: "Everyone at the desk and the invitations that wait",
    response: peopleJson,
    handle: async ({ tx }) => ok(await people(desk, tx)),
  }),
  route({
    method: "POST",
    path: "/api/people/invitations",
    permission,
    secretAnswer: true,
    summary: "Invite somebody: the link is shown in this answer only, and works once within seven days",
    body: z.strictObject({
      email: z.email().max(254).toLowerCase(),
      name: z.string().trim().min(1).max(100).optional(),
      role: z.enum(ROLES),
    }),
    response: linkJson,
    handle: ({ tx, actor, now, body }) => invite(desk, tx, { actor, now, ...body }),
  }),
  route({
    method: "DELETE",
    path: "/api/people/invitations/:id",
    permission,
    summary: "Withdraw an invitation",
    params: idParams,
    response: z.object({ withdrawn: z.boolean() }),
    handle: ({ tx, actor, now, params }) => withdrawInvitation(desk, tx, { actor, now, id: params.id }),
  }),
];

const onePerson = (desk: Desk): readonly Route[] => [
  route({
    method: "PUT",
    path: "/api/people/:personId/role",
    permission,
    summary: "Give a person another role; never the last Global admin",
    params: personParams,
    body: z.strictObject({ role: z.enum(ROLES), why }),
    response: changedJson,
    handle: ({ tx, actor, now, params, body }) => changeRole(desk, tx, { actor, now, id: params.personId, ...body }),
  }),
  route({
    method: "POST",
    path: "/api/people/:personId/deactivate",
    permission,
    summary: "Take a person's access away: their sessions end at once; never the last Global admin",
    params: personParams,
    body: z.strictObject({ why }),
    response: changedJson,
    handle: ({ tx, actor, now, params, body }) => deactivate(desk, tx, { actor, now, id: params.personId, ...body }),
  }),
  route({
    method: "POST",
    path: "/api/people/:personId/reactivate",
    permission,
    summary: "Give a person their access back",
    params: personParams,
    body: z.strictObject({ why }),
    response: changedJson,
    handle: ({ tx, actor, now, params, body }) => reactivate(desk, tx, { actor, now, id: params.personId, ...body }),
  }),
  route({
    method: "POST",
    path: "/api/people/:personId/reset-link",
    permission,
    secretAnswer: true,
    summary:
      "A link, shown in this answer only, with which a person sets a new password; may also remove a lost second factor",
    params: personParams,
    body: z.strictObject({ removesTwoFactor: z.boolean().default(false), why }),
    response: linkJson,
    handle: ({ tx, actor, now, params, body }) => resetLink(desk, tx, { actor, now, id: params.personId, ...body }),
  }),
  route({
    method: "POST",
    path: "/api/people/:personId/end-sessions",
    permission,
    summary: "Sign a person out everywhere",
    params: personParams,
    body: z.strictObject({ why }),
    response: z.object({ ended: z.number().int() }),
    handle: ({ tx, actor, now, params, body }) => endPersonsSessions(tx, { actor, now, id: params.personId, ...body }),
  }),
];

const keyRoutes = (desk: Desk): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/api-keys",
    permission,
    summary: "Keys of machines, with when each was last used",
    response: apiKeysJson,
    handle: async ({ tx }) => ok(await keys(tx)),
  }),
  route({
    method: "POST",
    path: "/api/api-keys",
    permission,
    secretAnswer: true,
    summary: "Make a key for a machine or the command line; its text is shown in this answer only",
    body: z.strictObject({
      name: z.string().trim().min(1).max(80),
      role: z.enum(ROLES),
      days: z.int().min(1).max(KEY_DAYS_MAX).optional(),
    }),
    response: newApiKeyJson,
    handle: ({ tx, actor, now, body }) => makeKey(desk, tx, { actor, now, ...body }),
  }),
  route({
    method: "DELETE",
    path: "/api/api-keys/:id",
    permission,
    summary: "Revoke a key: it stops working at once",
    params: idParams,
    response: apiKeyRowJson,
    handle: ({ tx, actor, now, params }) => endKey(desk, tx, { actor, now, id: params.id }),
  }),
];
