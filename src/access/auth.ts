import { randomUUID } from "node:crypto";
import { type Auth, betterAuth, type BetterAuthOptions } from "better-auth";
import { APIError } from "better-auth/api";
import { twoFactor } from "better-auth/plugins";
import type { Tx } from "../store/contract.ts";
import { PASSWORD_CHARS_MAX } from "./contract.ts";
import { IDLE_HOURS, SESSION_DAYS } from "./decide.ts";

export const AUTH_PATH = "/api/auth";
const TWO_FACTOR_MINUTES = 10;
/** Wrong second factors in a row, over several sign-ins, before the second factor is locked for a while. */
const TWO_FACTOR_TRIES_MAX = 10;
const TWO_FACTOR_LOCK_SECONDS = 900;

export type AuthConfig = {
  readonly db: Tx;
  readonly baseUrl: string;
  readonly secret: string;
  /** Further addresses of the desk, beside the one a request names as its own host. */
  readonly trustedOrigins: () => Promise<readonly string[]>;
  /** Whether a person may get a session now: not deactivated, and no demo person at a real desk. */
  readonly mayEnter: (userId: string) => Promise<boolean>;
};

/**
 * Two desks on one machine differ only in their port, which cookies do not look at: so the port is in the name.
 * Secure, and with the prefix that browsers enforce it by, as soon as the desk is reached by https.
 */
export function cookieNames(baseUrl: string): {
  readonly prefix: string;
  readonly session: string;
  readonly isSecure: boolean;
} {
  const { port, protocol } = new URL(baseUrl);
  const prefix = port === "" ? "surety" : `surety-${port}`;
  const isSecure = protocol === "https:";
  return { prefix, session: `${isSecure ? "__Secure-" : ""}${prefix}.session_token`, isSecure };
}

const DATES = { createdAt: "created_at", updatedAt: "updated_at" } as const;

/** Our names for the library's tables and columns: migration 0020. */
const TABLES = {
  user: { modelName: "auth_user", fields: { ...DATES, emailVerified: "email_verified" } },
  session: {
    modelName: "auth_session",
    fields: { ...DATES, userId: "user_id", expiresAt: "expires_at", ipAddress: "ip_address", userAgent: "user_agent" },
  },
  account: {
    modelName: "auth_account",
    fields: {
      ...DATES,
      userId: "user_id",
      accountId: "account_id",
      providerId: "provider_id",
      accessToken: "access_token",
      refreshToken: "refresh_token",
      idToken: "id_token",
      accessTokenExpiresAt: "access_token_expires_at",
      refreshTokenExpiresAt: "refresh_token_expires_at",
    },
  },
  verification: { modelName: "auth_verification", fields: { ...DATES, expiresAt: "expires_at" } },
};

const secondFactor = () =>
  twoFactor({
    issuer: "Surety",
    twoFactorCookieMaxAge: TWO_FACTOR_MINUTES * 60,
    accountLockout: { maxFailedAttempts: TWO_FACTOR_TRIES_MAX, durationSeconds: TWO_FACTOR_LOCK_SECONDS },
    schema: {
      user: { fields: { twoFactorEnabled: "two_factor_enabled" } },
      twoFactor: {
        modelName: "auth_two_factor",
        fields: {
          userId: "user_id",
          backupCodes: "backup_codes",
          failedVerificationCount: "failed_verification_count",
          lockedUntil: "locked_until",
        },
      },
    },
  });

/** A session is given only to those who may enter, and ends after idle hours. */
const sessionHook = (mayEnter: AuthConfig["mayEnter"]) => ({
  before: async (session: { readonly userId: string }) => {
    if (!(await mayEnter(session.userId)))
      throw new APIError("FORBIDDEN", {
        code: "ACCOUNT_DEACTIVATED",
        message: "an administrator has taken your access away",
      });
    return { data: { expiresAt: new Date(Date.now() + IDLE_HOURS * 3_600_000) } };
  },
});

export const authOptions = ({ db, baseUrl, secret, trustedOrigins, mayEnter }: AuthConfig) =>
  ({
    appName: "Surety",
    baseURL: baseUrl,
    basePath: AUTH_PATH,
    secret,
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: { db, type: "postgres" },
    emailAndPassword: { enabled: true, disableSignUp: true, maxPasswordLength: PASSWORD_CHARS_MAX },
    user: TABLES.user,
    // The cookie lives as long as a session ever can; the row ends earlier when it is idle (see `sessionEnd`).
    session: { ...TABLES.session, expiresIn: SESSION_DAYS * 86_400, disableSessionRefresh: true },
    account: TABLES.account,
    verification: { ...TABLES.verification, storeIdentifier: "hashed" },
    // Counted by us before a transaction is opened: see `limits.ts`.
    rateLimit: { enabled: false },
    trustedOrigins: async (request) => [...ownOrigins(request), ...(await trustedOrigins())],
    advanced: {
      useSecureCookies: cookieNames(baseUrl).isSecure,
      cookiePrefix: cookieNames(baseUrl).prefix,
      // Said outright: otherwise the library switches both checks off whenever NODE_ENV is "test".
      disableCSRFCheck: false,
      disableOriginCheck: false,
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
      ipAddress: { ipAddressHeaders: ["x-forwarded-for"] },
      database: { generateId: () => randomUUID(), validateSchema: false },
    },
    databaseHooks: { session: { create: sessionHook(mayEnter) } },
    plugins: [secondFactor()],
  }) satisfies BetterAuthOptions;

/** A page is always trusted by the host it came from: a browser writes `Host` itself, and cookies are bound to it. */
function ownOrigins(request: Request | undefined): readonly string[] {
  const host = request?.headers.get("host");
  return host ? [`http://${host}`, `https://${host}`] : [];
}

export type SignIn = Pick<Auth<BetterAuthOptions>, "handler">;
export const openAuth = (config: AuthConfig): SignIn => betterAuth(authOptions(config));
