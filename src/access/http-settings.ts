import { z } from "zod";
import type { Refusal } from "../core/refusal.ts";
import { no } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { type Route, route } from "../http/contract.ts";
import {
  connectionTestJson,
  type ConnectionTestWire,
  settingsBody,
  type SettingsBody,
  settingsJson,
  webhookJson,
} from "./contract-settings.ts";
import type { Desk } from "./desk.ts";
import { askWebhook, type WebhookDeps, webhookState } from "./service-webhook.ts";
import {
  changeSettings,
  type PartnerCenterSettings,
  partnerCenterSettings,
  settingsForPage,
} from "./service-settings.ts";

/** Tries the connection to Microsoft with these settings; main.ts hands it in. Reads only. */
export type TestConnection = (settings: PartnerCenterSettings) => Promise<ConnectionTestWire>;

export type SettingsDeps = WebhookDeps & {
  readonly testConnection?: TestConnection | undefined;
};

const permission = "settings.manage";

export const settingsRoutes = (desk: Desk, deps: SettingsDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/settings",
    permission,
    summary: "Every setting of the desk; secrets only say whether they are set",
    response: settingsJson,
    handle: async ({ tx }) => ok(await settingsForPage(desk, tx)),
  }),
  route({
    method: "PUT",
    path: "/api/settings",
    permission,
    summary: "Change some settings and secrets, all or none; null goes back to the default or removes a secret",
    body: settingsBody,
    response: settingsJson,
    handle: async ({ tx, actor, now, body }) =>
      ok(await changeSettings(desk, tx, { actor, now, ...(body as SettingsBody) })),
  }),
  route({
    method: "GET",
    path: "/api/settings/partner-center/test",
    permission,
    summary: "Try the connection to Microsoft with the saved settings; reads one page of customers and changes nothing",
    response: connectionTestJson,
    handle: async ({ tx }): Promise<Result<ConnectionTestWire, Refusal>> => {
      const settings = await partnerCenterSettings(desk, tx);
      const missing = (["tenantId", "appId", "clientSecret"] as const).filter((name) => settings[name] === undefined);
      if (!desk.isDemo && missing.length > 0)
        return no("conflict", "connection-incomplete", `these are not set yet: ${missing.join(", ")}`, {
          facts: { missing: missing.join(", ") },
        });
      if (deps.testConnection === undefined)
        return no("unavailable", "connection-not-built", "this desk runs without a connection to Microsoft");
      return ok(await deps.testConnection(settings));
    },
  }),
  route({
    method: "GET",
    path: "/api/settings/partner-center/webhook",
    permission,
    summary: "Where Microsoft sends its events, and how the last registration ended",
    response: webhookJson,
    handle: async ({ tx }) => ok(await webhookState(tx, deps)),
  }),
  route({
    method: "POST",
    path: "/api/settings/partner-center/webhook",
    permission,
    summary: "Tell Microsoft to send its events here; done by a job, the answer says how it stands",
    body: z.strictObject({ replaceForeign: z.boolean().default(false) }),
    response: webhookJson,
    handle: ({ tx, actor, body }) => askWebhook(tx, deps, { actor, replaceForeign: body.replaceForeign }),
  }),
];
