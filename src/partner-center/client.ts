import type { Json } from "../core/canonical.ts";
import { PartnerCenterError, type PartnerCenterProblem } from "./contract.ts";
import { type CallIds, problemOf, silence } from "./decide-problem.ts";
import { decideRetry } from "./decide-retry.ts";
import { createLimiter, type Urgency } from "./limiter.ts";
import type { Outside, PartnerCenterSettings } from "./settings.ts";
import { type Audience, createTokens, jsonOrNothing, type TokenKind } from "./tokens.ts";
import { parseExactJson } from "./tolerant.ts";
import type { TokenVault } from "./vault.ts";
import { exchange, type Heard } from "./wire.ts";

/** One logical call. It keeps its ids through every repeat. */
export type MsCall = {
  /** What it is, for logs, e.g. "subscription.get". */
  readonly what: string;
  readonly audience: Audience;
  /** "app" = app-only will do. "user" = only a person's token is accepted. "user-first" = a person's token if there is one. */
  readonly auth: "app" | "user" | "user-first";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query on the audience's own host, or an address on that host. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly correlationId: string;
  readonly requestId?: string | undefined;
  /** A customer's tenant: its own token is asked for, and its calls are counted apart from Partner Center's. */
  readonly tenant?: string | undefined;
  /** That there is no such thing is an answer here, not trouble: nothing to warn of. */
  readonly mayBeAbsent?: boolean | undefined;
};
export type MsAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json | undefined;
} & CallIds;

/** Sends calls to Microsoft under the one policy for tokens, limits, repeats and logs. Throws `PartnerCenterError`. */
export type MsClient = { send(call: MsCall): Promise<MsAnswer>; readonly newId: () => string };

type Session = {
  readonly settings: PartnerCenterSettings;
  readonly outside: Outside;
  readonly tokens: ReturnType<typeof createTokens>;
  readonly limit: (urgency?: Urgency) => Promise<void>;
  readonly limitTenants: (urgency?: Urgency) => Promise<void>;
};
type Attempt = { readonly call: MsCall; readonly ids: CallIds; readonly url: URL; readonly token: string };

export function createClient(settings: PartnerCenterSettings, vault: TokenVault, outside: Outside): MsClient {
  const tokens = createTokens(settings, vault, outside);
  const { callsPerMinute, tenantCallsPerMinute } = settings.cloud;
  const limit = createLimiter(callsPerMinute, outside);
  const session = { settings, outside, tokens, limit, limitTenants: createLimiter(tenantCallsPerMinute, outside) };
  return { send: (call) => send(session, call), newId: outside.newId };
}

async function send(session: Session, call: MsCall): Promise<MsAnswer> {
  const { outside, tokens } = session;
  const ids = { requestId: call.requestId ?? outside.newId(), correlationId: call.correlationId };
  const url = addressOf(session.settings, call, ids);
  const hasUserToken = await tokens.hasUser();
  let tokenKind: TokenKind = call.auth === "user" || (call.auth === "user-first" && hasUserToken) ? "user" : "app";
  let tokenRenewed = false;
  for (let tries = 1; ; tries++) {
    const token = await tokens.get(tokenKind, call);
    try {
      return await attempt(session, { call, ids, url, token });
    } catch (error) {
      if (!(error instanceof PartnerCenterError)) throw error;
      const retry = decideRetry(error.problem, {
        tries,
        tokenRenewed,
        tokenKind,
        hasUserToken,
        chance: outside.chance(),
      });
      logTrouble(outside, call, { problem: error.problem, tries, next: retry.kind });
      if (retry.kind === "give-up") throw error;
      if (retry.kind === "again") await outside.sleep(retry.afterMs);
      if (retry.kind === "renew-token") {
        tokenRenewed = true;
        tokens.forget(token);
      }
      if (retry.kind === "use-user-token") tokenKind = "user";
    }
  }
}

/** The address of a call; one on another host is refused, since it would carry our token there. */
function addressOf(settings: PartnerCenterSettings, call: MsCall, ids: CallIds): URL {
  const base = new URL(settings.cloud[`${call.audience}Base`]);
  const url = new URL(call.path, base);
  if (url.origin === base.origin) return url;
  const detail = `the answer points to another host (${url.host}) than ${base.host}`;
  throw new PartnerCenterError(silence("unreadable-answer", detail, { ...ids, isWrite: false }));
}

function headersOf({ call, ids, token }: Attempt): Record<string, string> {
  const shared = {
    Authorization: `Bearer ${token}`,
    Accept: "application/json",
    ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
  };
  if (call.audience !== "rest") return { ...shared, "client-request-id": ids.requestId, ...call.headers };
  const ours = {
    "MS-RequestId": ids.requestId,
    "MS-CorrelationId": ids.correlationId,
    "MS-Contract-Version": "v1",
    "MS-PartnerCenter-Application": "Surety",
    "X-Locale": "en-US",
  };
  return { ...shared, ...ours, ...call.headers };
}

async function attempt(session: Session, one: Attempt): Promise<MsAnswer> {
  const { call, ids, url } = one;
  const limit = call.tenant === undefined ? session.limit : session.limitTenants;
  await limit(call.method === "GET" || call.tenant !== undefined ? "in-turn" : "at-once");
  const startedMs = session.outside.monotonicMs();
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const heard = await exchange(
    session.outside,
    { method: call.method, url: url.href, headers: headersOf(one), body },
    ids,
  );
  session.outside.log("info", "partner-center.call", {
    what: call.what,
    method: call.method,
    path: url.pathname,
    status: heard.status,
    ms: Math.round(session.outside.monotonicMs() - startedMs),
    ...ids,
  });
  if (heard.status < 200 || heard.status > 299) throw new PartnerCenterError(refusalIn(heard, call, ids));
  return { status: heard.status, headers: heard.headers, body: bodyOf(heard, call, ids), ...ids };
}

function refusalIn(heard: Heard, call: MsCall, ids: CallIds): PartnerCenterProblem {
  const answer = {
    httpStatus: heard.status,
    body: jsonOrNothing(heard.text),
    retryAfter: heard.headers.get("retry-after"),
    wwwAuthenticate: heard.headers.get("www-authenticate"),
    isWrite: call.method !== "GET",
  };
  return problemOf(answer, ids);
}

function bodyOf(heard: Heard, call: MsCall, ids: CallIds): Json | undefined {
  const text = heard.text.replace(/^\ufeff/, "").trim();
  if (text === "") return undefined;
  try {
    return parseExactJson(text);
  } catch {
    const seen = text.startsWith("<") ? "a web page" : "broken JSON";
    const detail = `${call.what} answered with ${seen} instead of JSON`;
    throw new PartnerCenterError(
      silence("unreadable-answer", detail, { ...ids, isWrite: call.method !== "GET", httpStatus: heard.status }),
    );
  }
}

type Trouble = { readonly problem: PartnerCenterProblem; readonly tries: number; readonly next: string };

function logTrouble(outside: Outside, call: MsCall, { problem, tries, next }: Trouble): void {
  if (call.mayBeAbsent === true && problem.kind === "not-found") return;
  // What one customer's tenant refuses is a state of that customer, kept by who asked.
  if (call.tenant !== undefined && next === "give-up") return;
  outside.log("warn", "partner-center.trouble", {
    what: call.what,
    kind: problem.kind,
    code: problem.code ?? null,
    status: problem.httpStatus ?? null,
    detail: problem.detail,
    tries,
    next,
    requestId: problem.requestId,
    correlationId: problem.correlationId,
  });
}
