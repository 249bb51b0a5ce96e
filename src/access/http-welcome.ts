import { z } from "zod";
import { type Route, route } from "../http/contract.ts";
import { ok } from "../core/result.ts";
import { welcomeBody, welcomeJson, welcomeLinkJson, welcomeStateJson } from "./contract.ts";
import { DEMO_PEOPLE } from "./demo.ts";
import type { Desk } from "./desk.ts";
import { demoPassword } from "./secret.ts";
import { readDeskSettings } from "./service-settings.ts";
import { enter, lookAtLink } from "./service-welcome.ts";
import { countPeople } from "./store-people.ts";

const USER_AGENT_CHARS_MAX = 300;
const TOKEN_CHARS_MAX = 200;

/** Entering by a link, for those who cannot sign in yet. All public: the token is what proves. */
export const welcomeRoutes = (desk: Desk): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/welcome/state",
    permission: "public",
    summary: "Whether anybody can sign in yet; in a demo, with whom",
    response: welcomeStateJson,
    handle: async ({ tx }) => {
      const settings = await readDeskSettings(desk, tx);
      const shown = {
        deskName: settings["desk.name"] ?? "Surety",
        language: settings["desk.language"] ?? ("en" as const),
      };
      if (desk.isDemo)
        return ok({
          ...shown,
          state: "demo",
          people: DEMO_PEOPLE.map((person) => ({ ...person, password: demoPassword(desk.keys.demo, person.email) })),
        });
      return ok({ ...shown, state: (await countPeople(tx, false)) === 0 ? "first-run" : "ready" });
    },
  }),
  route({
    method: "POST",
    path: "/api/welcome/link",
    permission: "public",
    summary: "What a link is for, before it is used",
    body: z.strictObject({ token: z.string().min(1).max(TOKEN_CHARS_MAX) }),
    response: welcomeLinkJson,
    handle: ({ tx, body }) => lookAtLink(desk, tx, body.token),
  }),
  route({
    method: "POST",
    path: "/api/welcome",
    permission: "public",
    summary:
      "Enter by a first-run link, an invitation, a link for a new password or a demo link; signs in with a cookie",
    body: welcomeBody,
    response: welcomeJson,
    handle: async ({ tx, body, ip, headers, setHeader }) => {
      const userAgent = headers["user-agent"]?.slice(0, USER_AGENT_CHARS_MAX) ?? null;
      const entered = await enter(desk, tx, { given: body, origin: { ip, userAgent } });
      if (!entered.ok) return entered;
      const { person, cookie } = entered.value;
      if (cookie !== undefined) setHeader("set-cookie", cookie);
      return ok({
        id: person.id,
        name: person.name,
        email: person.email,
        role: person.role,
        signedIn: cookie !== undefined,
      });
    },
  }),
];
