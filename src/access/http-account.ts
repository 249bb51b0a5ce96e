import { z } from "zod";
import { type Route, route } from "../http/contract.ts";
import { accountJson, LANGUAGES } from "./contract.ts";
import type { Desk } from "./desk.ts";
import { account, changeProfile, endOwnSessions } from "./service-account.ts";

const permission = "account.self";
const endedJson = z.object({ ended: z.number().int() });

/** One's own account. Password and second factor are changed at `/api/auth/*`, where the sign-in library asks for the password again. */
export const accountRoutes = (desk: Desk): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/account",
    permission,
    summary: "One's own account: role, second factor, language, sessions",
    response: accountJson,
    handle: ({ tx, headers }) => account(desk, tx, headers),
  }),
  route({
    method: "PUT",
    path: "/api/account",
    permission,
    summary: "Change one's own name or language; null takes the desk's language",
    body: z.strictObject({
      name: z.string().trim().min(1).max(100).optional(),
      language: z.enum(LANGUAGES).nullable().optional(),
    }),
    response: accountJson,
    handle: ({ tx, actor, now, headers, body }) => changeProfile(desk, tx, { actor, now, headers, ...body }),
  }),
  route({
    method: "POST",
    path: "/api/account/sessions/end-others",
    permission,
    summary: "End all one's sessions but this one",
    response: endedJson,
    handle: ({ tx, actor, now, headers }) => endOwnSessions(desk, tx, { actor, now, headers }),
  }),
  route({
    method: "DELETE",
    path: "/api/account/sessions/:sessionId",
    permission,
    summary: "End one of one's own sessions",
    params: z.object({ sessionId: z.string().min(1).max(100) }),
    response: endedJson,
    handle: ({ tx, actor, now, headers, params }) =>
      endOwnSessions(desk, tx, { actor, now, headers, sessionId: params.sessionId }),
  }),
];
