import { createHmac, timingSafeEqual } from "node:crypto";
import type { Caller, Surface } from "../http/route.ts";
import type { Sim } from "../kernel/sim.ts";

export const TOKEN_SECONDS = 3_600;
/** A refresh token dies after 90 days without use (CONTRACT 1.3). */
export const REFRESH_DAYS = 90;
export const REST_AUDIENCE = "https://api.partnercenter.microsoft.com";
export const GRAPH_AUDIENCE = "https://graph.microsoft.com";
export const OFFICE_AUDIENCE = "https://manage.office.com";
export const ARM_AUDIENCE = "https://management.azure.com";
/** Retired in August 2025: tokens are still issued, and refused with 900420. */
export const RETIRED_AUDIENCE = "https://graph.windows.net";

const CLOCK_SKEW_SECONDS = 300;

/** Whether a token for `audience` opens `surface`. The simulator's own addresses count as the hosts they stand for. */
export function opens(sim: Sim, surface: Surface, audience: string): boolean {
  const own = sim.publicUrl();
  const hosts = { graph: GRAPH_AUDIENCE, office: OFFICE_AUDIENCE, arm: ARM_AUDIENCE } as const;
  const host = surface in hosts ? hosts[surface as keyof typeof hosts] : REST_AUDIENCE;
  return [host, own, `${own}/${host.slice("https://".length)}`].includes(audience.replace(/\/$/, ""));
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const signed = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64url");

/** A bearer token in the shape of Entra's: readable claims, though the signature is the simulator's own. */
export function accessToken(sim: Sim, caller: Caller, authority: string): string {
  const settings = sim.settings();
  const now = Math.floor(sim.clock.now().epochMilliseconds / 1000);
  const claims = {
    aud: caller.audience,
    iss: `https://sts.${authority}/${caller.tenant ?? settings.partnerTenantId}/`,
    iat: now,
    nbf: now,
    exp: now + TOKEN_SECONDS,
    appid: settings.clientId,
    tid: caller.tenant ?? settings.partnerTenantId,
    oid: caller.id,
    idtyp: caller.kind,
    ...(caller.kind === "app"
      ? { roles: caller.roles }
      : {
          upn: caller.name,
          amr: caller.mfa ? ["pwd", "mfa"] : ["pwd"],
          scp: "user_impersonation",
          wids: caller.roles,
        }),
  };
  const text = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
  return `${text}.${signed(settings.tokenKey, text)}`;
}

/** Reads a bearer token; `expired` and `broken` are told apart for the log, both mean 401. */
export function readToken(sim: Sim, token: string): Caller | "expired" | "broken" {
  const [head, body, signature] = token.split(".");
  if (head === undefined || body === undefined || signature === undefined) return "broken";
  const expected = Buffer.from(signed(sim.settings().tokenKey, `${head}.${body}`));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return "broken";
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const now = sim.clock.now().epochMilliseconds / 1000;
  if (Number(claims["exp"]) <= now || Number(claims["nbf"]) > now + CLOCK_SKEW_SECONDS) return "expired";
  const isApp = claims["idtyp"] === "app";
  return {
    kind: isApp ? "app" : "user",
    id: String(claims["oid"]),
    name: isApp ? String(claims["appid"]) : String(claims["upn"]),
    mfa: Array.isArray(claims["amr"]) && claims["amr"].includes("mfa"),
    roles: (Array.isArray(claims["wids"]) ? claims["wids"] : []) as string[],
    audience: String(claims["aud"]),
    ...(claims["tid"] === sim.settings().partnerTenantId ? {} : { tenant: String(claims["tid"]) }),
  };
}

/** Role names of the partner tenant, as CONTRACT section 14 has them. */
export const hasRole = (caller: Caller | undefined, role: string): boolean => caller?.roles.includes(role) === true;
