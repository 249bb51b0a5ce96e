import { textMember } from "../http/replies.ts";
import { queryOf } from "../http/paging.ts";
import type { Call, Caller, Reply, Route } from "../http/route.ts";
import { instantOf, iso, plusDays } from "../kernel/clock.ts";
import type { PartnerUserRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { accessOf } from "../activity/feeds.ts";
import {
  ARM_AUDIENCE,
  GRAPH_AUDIENCE,
  OFFICE_AUDIENCE,
  REFRESH_DAYS,
  REST_AUDIENCE,
  RETIRED_AUDIENCE,
  TOKEN_SECONDS,
  accessToken,
} from "./tokens.ts";

/** The token service of every cloud: the authority differs only by its host, which is a mount here (see http/shell.ts). */
export const tokenRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/:tenant/oauth2/token",
    surface: "login",
    access: "none",
    handle: (call, sim) => grant(call, sim, 1),
  },
  {
    method: "POST",
    path: "/:tenant/oauth2/v2.0/token",
    surface: "login",
    access: "none",
    handle: (call, sim) => grant(call, sim, 2),
  },
  { method: "GET", path: "/:tenant/oauth2/authorize", surface: "login", access: "none", handle: consent },
  { method: "GET", path: "/:tenant/oauth2/v2.0/authorize", surface: "login", access: "none", handle: consent },
];

function grant(call: Call, sim: Sim, version: 1 | 2): Reply {
  const settings = sim.settings();
  const tenant = (call.params["tenant"] ?? "").toLowerCase();
  const customer = sim.tables.customers.get(tenant);
  if (customer === undefined && ![settings.partnerTenantId, "common", "organizations"].includes(tenant))
    return no(sim, 400, { error: "invalid_request", code: 90002, text: `Tenant '${tenant}' not found.` });
  if (textMember(call.body, "client_id")?.toLowerCase() !== settings.clientId)
    return no(sim, 400, {
      error: "unauthorized_client",
      code: 700016,
      text: "Application was not found in the directory.",
    });
  const secret = textMember(call.body, "client_secret");
  if (secret !== settings.clientSecret && textMember(call.body, "client_assertion") === undefined)
    return no(sim, 401, { error: "invalid_client", code: 7000215, text: "Invalid client secret provided." });
  const audience = audienceOf(call, sim);
  if (audience === undefined)
    return no(sim, 400, {
      error: "invalid_resource",
      code: 500011,
      text: "The resource principal was not found in the tenant.",
    });
  if (customer !== undefined && accessOf(sim, customer) === "no-consent")
    return no(sim, 400, {
      error: "invalid_grant",
      code: 65001,
      text: `The user or administrator has not consented to use the application with ID '${settings.clientId}'.`,
    });
  const forTenant = customer === undefined ? {} : { tenant: customer.id };
  const authority = call.headers["x-sim-host"] ?? "login.microsoftonline.com";
  const kind = textMember(call.body, "grant_type");
  if (kind === "client_credentials") {
    const caller: Caller = {
      kind: "app",
      id: settings.clientId,
      name: settings.clientId,
      mfa: false,
      roles: ["PartnerSecurity.ReadWrite.All"],
      audience,
      ...forTenant,
    };
    return answer(sim, { token: accessToken(sim, caller, authority), audience, version });
  }
  const user =
    kind === "refresh_token"
      ? byRefreshToken(call, sim)
      : kind === "authorization_code"
        ? byCode(call, sim)
        : undefined;
  if (user === undefined)
    return no(sim, 400, {
      error: "unsupported_grant_type",
      code: 70003,
      text: `The app requested an unsupported grant type '${kind ?? ""}'.`,
    });
  if ("refusal" in user) return user.refusal;
  const caller: Caller = {
    kind: "user",
    id: user.id,
    name: user.upn,
    mfa: user.mfa,
    roles: user.roles,
    audience,
    ...forTenant,
  };
  const refresh = newRefreshToken(sim, user.id);
  return answer(sim, { token: accessToken(sim, caller, authority), audience, version, refresh });
}

/** v1 names a `resource`, v2 a `scope` that ends in `/.default` or names a permission of the resource. */
function audienceOf(call: Call, sim: Sim): string | undefined {
  const own = sim.publicUrl();
  const known = [
    REST_AUDIENCE,
    GRAPH_AUDIENCE,
    OFFICE_AUDIENCE,
    ARM_AUDIENCE,
    RETIRED_AUDIENCE,
    ...[REST_AUDIENCE, GRAPH_AUDIENCE].map((a) => `${own}/${a.slice(8)}`),
    own,
  ];
  const asked =
    textMember(call.body, "resource") ??
    textMember(call.body, "scope")
      ?.split(" ")
      .find((scope) => scope.startsWith("http")) ??
    "";
  return known.find((audience) => asked === audience || asked.startsWith(`${audience}/`));
}

type Signed = PartnerUserRow | { readonly refusal: Reply };

function byRefreshToken(call: Call, sim: Sim): Signed {
  const stored = sim.tables.refreshTokens.get(textMember(call.body, "refresh_token") ?? "");
  const user = stored === undefined ? undefined : sim.tables.partnerUsers.get(stored.userId);
  if (stored === undefined || user === undefined)
    return {
      refusal: no(sim, 400, {
        error: "invalid_grant",
        code: 9002313,
        text: "Invalid request. Request is malformed or invalid.",
      }),
    };
  if (stored.revoked)
    return {
      refusal: no(sim, 400, {
        error: "invalid_grant",
        code: 50173,
        text: "The provided grant has expired due to it being revoked.",
      }),
    };
  const now = sim.clock.now();
  if (Temporal.Instant.compare(plusDays(instantOf(stored.usedAt), REFRESH_DAYS), now) < 0)
    return {
      refusal: no(sim, 400, {
        error: "invalid_grant",
        code: 700082,
        text: "The refresh token has expired due to inactivity.",
      }),
    };
  sim.tables.refreshTokens.put({ ...stored, usedAt: iso(now) });
  return user;
}

/** Codes are `code-<user id>`: consent here asks nobody. */
function byCode(call: Call, sim: Sim): Signed {
  const user = sim.tables.partnerUsers.get((textMember(call.body, "code") ?? "").replace(/^code-/, ""));
  return (
    user ?? {
      refusal: no(sim, 400, {
        error: "invalid_grant",
        code: 70008,
        text: "The provided authorization code has expired.",
      }),
    }
  );
}

/** Each exchange gives a new token; the old one keeps working until it is 90 days unused or revoked, as Entra's do. */
export function newRefreshToken(sim: Sim, userId: string): string {
  const token = `0.${Buffer.from(`${sim.newId()}.${sim.newId()}`).toString("base64url")}`;
  const at = nowIso(sim);
  sim.tables.refreshTokens.put({ token, userId, issuedAt: at, usedAt: at, revoked: false });
  return token;
}

type Granted = {
  readonly token: string;
  readonly audience: string;
  readonly version: 1 | 2;
  readonly refresh?: string;
};

function answer(sim: Sim, { token, audience, version, refresh }: Granted): Reply {
  const now = Math.floor(sim.clock.now().epochMilliseconds / 1000);
  const more = refresh === undefined ? {} : { scope: "user_impersonation", refresh_token: refresh };
  if (version === 2)
    return ok({
      token_type: "Bearer",
      expires_in: TOKEN_SECONDS,
      ext_expires_in: TOKEN_SECONDS,
      access_token: token,
      ...more,
    });
  return ok({
    token_type: "Bearer",
    expires_in: String(TOKEN_SECONDS),
    ext_expires_in: String(TOKEN_SECONDS),
    expires_on: String(now + TOKEN_SECONDS),
    not_before: String(now - 300),
    resource: audience,
    access_token: token,
    ...more,
  });
}

const ok = (body: unknown): Reply => ({ status: 200, headers: { "Cache-Control": "no-store" }, body });

function no(sim: Sim, status: number, { error, code, text }: { error: string; code: number; text: string }): Reply {
  const id = sim.newId();
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${id} Correlation ID: ${id} Timestamp: ${nowIso(sim)}`,
      error_codes: [code],
      timestamp: nowIso(sim),
      trace_id: id,
      correlation_id: id,
    },
  };
}

/** The interactive consent of the Secure Application Model, without a person: signs in `login_hint` or the first user. */
function consent(call: Call, sim: Sim): Reply {
  const users = sim.tables.partnerUsers.all();
  const user = users.find((one) => one.upn === queryOf(call, "login_hint")) ?? users[0];
  const target = queryOf(call, "redirect_uri");
  if (user === undefined || target === undefined || !/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(target))
    return no(sim, 400, { error: "invalid_request", code: 50011, text: "The redirect URI must be on this machine." });
  const values = { code: `code-${user.id}`, state: queryOf(call, "state") ?? "" };
  if (queryOf(call, "response_mode") !== "form_post")
    return { status: 302, headers: { Location: `${target}?${new URLSearchParams(values).toString()}` } };
  const fields = Object.entries(values).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
  );
  const page = `<!DOCTYPE html><form method="post" action="${escape(target)}">${fields.join("")}<button>Continue</button></form><script>document.forms[0].submit()</script>`;
  return { status: 200, bytes: { data: Buffer.from(page), type: "text/html; charset=utf-8" } };
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
