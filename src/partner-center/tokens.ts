import { PartnerCenterError } from "./contract.ts";
import { type CallIds, tokenProblemOf } from "./decide-problem.ts";
import { decideRetry } from "./decide-retry.ts";
import type { Outside, PartnerCenterSettings } from "./settings.ts";
import { count, ms, need, parser, text, UnreadableAnswer } from "./tolerant.ts";
import type { TokenVault } from "./vault.ts";
import { exchange } from "./wire.ts";

export type TokenKind = "app" | "user";
export type Audience = "rest" | "graph" | "office" | "arm";
/** What a token opens: an interface, for the partner's own tenant or for a customer's. */
export type TokenFor = { readonly audience: Audience; readonly tenant?: string | undefined };

/** The name under which the refresh token of the person who consented is kept. */
export const REFRESH_TOKEN = "partner-center.refresh-token";

export type Tokens = {
  /** A token good for at least a few minutes. Throws `PartnerCenterError`. */
  get(kind: TokenKind, wanted: TokenFor): Promise<string>;
  /** Forgets a token that Microsoft refused, so that the next `get` asks for a new one. */
  forget(token: string): void;
  hasUser(): Promise<boolean>;
};

type Held = { readonly token: string; readonly goodUntil: Temporal.Instant };

/** A token this close to its end is not used any more: calls and clocks take time. */
const MARGIN_SECONDS = 300;

export const parseTokenAnswer = parser(
  "token answer",
  ms({ access_token: need(text), expires_in: need(count), refresh_token: text, token_type: text }),
);

/** The form of a token request. Source: CONTRACT 1.2 and 1.3. */
export const tokenForm = (
  settings: PartnerCenterSettings,
  resource: string,
  refreshToken?: string,
): Readonly<Record<string, string>> => ({
  resource,
  client_id: settings.clientId,
  client_secret: settings.clientSecret,
  ...(refreshToken === undefined
    ? { grant_type: "client_credentials" }
    : { grant_type: "refresh_token", refresh_token: refreshToken, scope: "openid" }),
});

export function createTokens(settings: PartnerCenterSettings, vault: TokenVault, outside: Outside): Tokens {
  const held = new Map<string, Held>();
  const pending = new Map<string, Promise<Held>>();
  let userKnown = false;

  const resourceOf = (audience: Audience): string => settings.cloud[`${audience}Resource`];

  /**
   * One exchange under the vault's lock: the new refresh token is kept before the access token is used. What a customer's tenant gives is
   * not kept: the partner's own token is exchanged anew for every tenant.
   */
  async function askUser({ audience, tenant }: TokenFor, ids: CallIds): Promise<Held> {
    const got = await vault.rotate(REFRESH_TOKEN, async (refreshToken) => {
      const form = tokenForm(settings, resourceOf(audience), refreshToken);
      const answer = await ask(settings, outside, { form, ids, tenant });
      return { next: tenant === undefined ? answer.refreshToken : undefined, value: answer.held };
    });
    if (got === undefined) throw noUser(ids);
    return got;
  }

  async function fresh(kind: TokenKind, wanted: TokenFor, key: string): Promise<Held> {
    const ids = { requestId: outside.newId(), correlationId: outside.newId() };
    const { audience, tenant } = wanted;
    const once = async (): Promise<Held> =>
      kind === "user"
        ? askUser(wanted, ids)
        : (await ask(settings, outside, { form: tokenForm(settings, resourceOf(audience)), ids, tenant })).held;
    const got = await patiently(outside, once);
    held.set(key, got);
    return got;
  }

  return {
    get: async (kind, wanted) => {
      const key = `${kind}:${wanted.audience}:${wanted.tenant ?? ""}`;
      const known = held.get(key);
      if (known !== undefined && Temporal.Instant.compare(known.goodUntil, outside.clock.now()) > 0) return known.token;
      // One exchange at a time: two would rotate the refresh token against each other.
      const running = pending.get(key) ?? fresh(kind, wanted, key).finally(() => pending.delete(key));
      pending.set(key, running);
      return (await running).token;
    },
    forget: (token) => {
      for (const [key, one] of held) if (one.token === token) held.delete(key);
    },
    hasUser: async () => (userKnown ||= await vault.has(REFRESH_TOKEN)),
  };
}

type Answer = { readonly held: Held; readonly refreshToken: string | undefined };

/** The retry policy around one exchange. It is outside the vault's lock, which must not be held while waiting. */
async function patiently(outside: Outside, once: () => Promise<Held>): Promise<Held> {
  for (let tries = 1; ; tries++) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof PartnerCenterError)) throw error;
      const tried = {
        tries,
        tokenRenewed: false,
        tokenKind: "none",
        hasUserToken: false,
        chance: outside.chance(),
      } as const;
      const retry = decideRetry(error.problem, tried);
      const { kind, requestId, correlationId } = error.problem;
      outside.log("warn", "partner-center.token-trouble", { kind, tries, next: retry.kind, requestId, correlationId });
      if (retry.kind !== "again") throw error;
      await outside.sleep(retry.afterMs);
    }
  }
}

type Asking = {
  readonly form: Readonly<Record<string, string>>;
  readonly ids: CallIds;
  readonly tenant: string | undefined;
};

async function ask(settings: PartnerCenterSettings, outside: Outside, { form, ids, tenant }: Asking): Promise<Answer> {
  const url = `${settings.cloud.authority}/${encodeURIComponent(tenant ?? settings.tenantId)}/oauth2/token`;
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    Accept: "application/json",
    "client-request-id": ids.correlationId,
  };
  const asked = outside.clock.now();
  const heard = await exchange(
    outside,
    { method: "POST", url, headers, body: new URLSearchParams(form).toString() },
    ids,
  );
  const body = jsonOrNothing(heard.text);
  const bad = (): PartnerCenterError =>
    new PartnerCenterError(
      tokenProblemOf(
        {
          httpStatus: heard.status === 200 ? 502 : heard.status,
          body,
          retryAfter: heard.headers.get("retry-after"),
          wwwAuthenticate: null,
          isWrite: false,
        },
        ids,
      ),
    );
  if (heard.status !== 200) throw bad();
  try {
    const sent = parseTokenAnswer(body);
    const goodUntil = asked.add({
      seconds: Math.max(sent.expires_in - MARGIN_SECONDS, Math.floor(sent.expires_in / 2)),
    });
    return { held: { token: sent.access_token, goodUntil }, refreshToken: sent.refresh_token };
  } catch (error) {
    if (error instanceof UnreadableAnswer) throw bad();
    throw error;
  }
}

export function jsonOrNothing(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

const noUser = (ids: CallIds): PartnerCenterError =>
  new PartnerCenterError({
    kind: "needs-user-token",
    advice: "add-user-consent",
    detail: "this needs the token of a person, and nobody has consented yet",
    ...ids,
    outcomeUnknown: false,
  });
