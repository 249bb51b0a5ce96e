import type { IncomingMessage, ServerResponse } from "node:http";
import type { EffectRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { opens, readToken } from "../tokens/tokens.ts";
import { type ArmedFault, type Faults, noMfa, replyInstead, spoil } from "./faults.ts";
import type { LoggedRequest, RequestLog } from "./log.ts";
import { graphRefused, refused, throttled } from "./replies.ts";
import type { Call, Caller, Match, Reply, Route, Router } from "./route.ts";
import type { Throttle } from "./throttle.ts";

export type Shell = {
  readonly sim: Sim;
  readonly router: Router;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly throttle: Throttle;
};

/** A request after its body was read, before anything was decided. */
export type Asked = Omit<Call, "caller" | "params">;

const MUTATING = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** Real host names usable as first path segment, so that one address can stand for all of Microsoft's hosts. */
const MOUNTS = new Set([
  "login.microsoftonline.com",
  "login.microsoftonline.us",
  "api.partnercenter.microsoft.com",
  "graph.microsoft.com",
  "graph.microsoft.us",
  "manage.office.com",
  "management.azure.com",
]);
export const BODY_BYTES_MAX = 1_000_000;

/** Takes the host mount off: `/login.microsoftonline.us/{tenant}/oauth2/token` is that authority's token endpoint. */
export function unmount(target: string): { target: string; host: string | undefined } {
  const match = /^\/([^/?]+)(\/.*)$/.exec(target);
  const host = match?.[1]?.toLowerCase();
  return host !== undefined && MOUNTS.has(host) ? { target: match?.[2] ?? "/", host } : { target, host: undefined };
}

/** Answers one call: faults, token, throttle, repeat of an earlier change, handler, durable commit, faults again. */
export async function answer(
  shell: Shell,
  asked: Asked,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { sim } = shell;
  const match = shell.router(asked.method, asked.path);
  const fault = shell.faults.take({ method: asked.method, target: asked.target });
  const note = newNote(sim, asked, fault);
  const { reply, ...outcome } =
    fault === undefined ? decide(shell, asked, match) : decideWithFault(shell, { asked, match, fault });
  shell.log.add({ ...note, ...outcome, status: reply?.status ?? null });
  sim.log(`${asked.method} ${asked.target} ${reply?.status ?? "-"}${fault === undefined ? "" : ` [${fault.kind}]`}`);
  await send(exchange, {
    asked,
    reply: reply === undefined ? undefined : withStandardHeaders(sim, asked, reply),
    fault,
  });
}

type Outcome = {
  readonly reply: Reply | undefined;
  readonly caller: string | null;
  readonly effect: boolean;
  readonly replay: boolean;
};

function newNote(
  sim: Sim,
  asked: Asked,
  fault: ArmedFault | undefined,
): Omit<LoggedRequest, "n" | "status" | "caller" | "effect" | "replay"> {
  return {
    at: nowIso(sim),
    method: asked.method,
    path: asked.target,
    requestId: asked.headers["ms-requestid"] ?? asked.headers["client-request-id"] ?? null,
    correlationId: asked.headers["ms-correlationid"] ?? null,
    fault: fault?.kind ?? null,
  };
}

function decideWithFault(
  shell: Shell,
  { asked, match, fault }: { asked: Asked; match: ReturnType<Router>; fault: ArmedFault },
): Outcome {
  const instead = replyInstead(fault);
  if (instead !== undefined) return { reply: instead, caller: null, effect: false, replay: false };
  if (fault.kind === "hang" || fault.kind === "reset")
    return { reply: undefined, caller: null, effect: false, replay: false };
  const headers =
    fault.kind === "accepted"
      ? { ...asked.headers, "x-sim-accept-seconds": String(fault.seconds ?? 30) }
      : asked.headers;
  const outcome = decide(shell, { ...asked, headers }, match);
  if (fault.kind === "lost-answer" && fault.status !== undefined)
    return { ...outcome, reply: refused(fault.status, "5000", "The service is not available right now.") };
  return outcome.reply === undefined ? outcome : { ...outcome, reply: spoil(fault, outcome.reply) };
}

function decide(shell: Shell, asked: Asked, match: ReturnType<Router>): Outcome {
  const { sim } = shell;
  const none = { caller: null, effect: false, replay: false };
  if (match === undefined) return { ...none, reply: refused(404, "404", "Resource not found.") };
  if (match === "method-not-allowed") return { ...none, reply: refused(405, "405", "Method not allowed.") };
  const { route } = match;
  const who = route.access === "none" ? undefined : authenticate(sim, asked, route);
  if (who !== undefined && "refusal" in who) return { ...none, reply: who.refusal };
  const caller = who?.kind === "app" ? "app" : (who?.name ?? null);
  const wait = shell.throttle.check(route.counts, sim.clock.now().epochMilliseconds, sim.settings().throttlePerMinute);
  if (wait !== undefined) return { ...none, caller, reply: throttled(wait) };
  const earlier = earlierEffect(sim, asked);
  if (earlier !== undefined) return { caller, effect: false, replay: true, reply: earlier };
  return { caller, replay: false, ...run(sim, { ...asked, caller: who, params: match.params }, match) };
}

function run(sim: Sim, call: Call, { route }: Match): { reply: Reply; effect: boolean } {
  const changes = MUTATING.has(call.method) && route.surface !== "login";
  try {
    const reply = route.handle(call, sim);
    const done = changes && reply.status < 300;
    if (done) rememberEffect(sim, call, reply);
    sim.commit();
    return { reply: withMfaHeader(call, reply), effect: done };
  } catch (error) {
    sim.book.rollBack();
    sim.log(`fault in the simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { reply: refused(500, "5001", "The simulator failed; see its log."), effect: false };
  }
}

/** `isMfaCompliant` answers a call that asked for it with `ValidateMfa: true` (CONTRACT 1.4). */
function withMfaHeader(call: Call, reply: Reply): Reply {
  if (call.headers["validatemfa"]?.toLowerCase() !== "true" || call.caller?.kind !== "user") return reply;
  return { ...reply, headers: { ...reply.headers, isMfaCompliant: String(call.caller.mfa) } };
}

const effectKey = (asked: Asked): string | undefined => {
  const id = asked.headers["ms-requestid"];
  return id === undefined || !MUTATING.has(asked.method)
    ? undefined
    : `${id} ${asked.method} ${asked.path}`.toLowerCase();
};

function earlierEffect(sim: Sim, asked: Asked): Reply | undefined {
  const key = effectKey(asked);
  const row = key === undefined ? undefined : sim.tables.effects.get(key);
  return row === undefined
    ? undefined
    : { status: row.status, headers: row.headers, ...(row.body === null ? {} : { body: row.body }) };
}

function rememberEffect(sim: Sim, call: Call, reply: Reply): void {
  const requestId = call.headers["ms-requestid"] ?? call.headers["client-request-id"] ?? sim.newId();
  const row: EffectRow = {
    key: effectKey(call) ?? `${requestId} ${call.method} ${call.path}`.toLowerCase(),
    at: nowIso(sim),
    method: call.method,
    path: call.target,
    requestId,
    correlationId: call.headers["ms-correlationid"] ?? "",
    status: reply.status,
    headers: reply.headers ?? {},
    body: reply.body ?? null,
  };
  sim.tables.effects.put(row);
}

function authenticate(sim: Sim, asked: Asked, route: Route): Caller | { refusal: Reply } {
  const isGraph = route.surface !== "partner-center";
  const no = (status: number, code: string, text: string): { refusal: Reply } => ({
    refusal: isGraph
      ? graphRefused(sim, status, { code: status === 401 ? "InvalidAuthenticationToken" : "Forbidden", message: text })
      : refused(status, code, text),
  });
  const bearer = /^Bearer (.+)$/i.exec(asked.headers["authorization"] ?? "")?.[1];
  if (bearer === undefined) return no(401, "400", "Access token is missing.");
  const caller = readToken(sim, bearer);
  if (caller === "broken") return no(401, "800001", "Access denied.");
  if (caller === "expired") return no(401, "800001", "Access denied: the token has expired.");
  if (!opens(sim, route.surface, caller.audience)) return no(401, "900420", "The audience of the token is not valid.");
  if (route.access === "user" && caller.kind === "app")
    return no(403, "900329", "This resource does not support application-only authentication.");
  if (caller.kind === "user" && !caller.mfa) {
    const { headers } = noMfa();
    const refusal = no(401, "900421", "MFA required for user access.").refusal;
    const asksMfa = asked.headers["validatemfa"]?.toLowerCase() === "true";
    return { refusal: { ...refusal, headers: { ...headers, ...(asksMfa ? { isMfaCompliant: "false" } : {}) } } };
  }
  return caller;
}

function withStandardHeaders(sim: Sim, asked: Asked, reply: Reply): Reply {
  const requestId = asked.headers["ms-requestid"] ?? sim.newId();
  const standard = {
    "MS-RequestId": requestId,
    "MS-CorrelationId": asked.headers["ms-correlationid"] ?? sim.newId(),
    "MS-CV": `${requestId.slice(0, 8)}.0`,
    "MS-ServerId": "simulator",
    "request-id": requestId,
    "client-request-id": asked.headers["client-request-id"] ?? requestId,
  };
  return { ...reply, headers: { ...standard, ...reply.headers } };
}

type Sending = { readonly asked: Asked; readonly reply: Reply | undefined; readonly fault: ArmedFault | undefined };

async function send(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  { asked, reply, fault }: Sending,
): Promise<void> {
  if (fault?.kind === "slow") await sleep((fault.seconds ?? 5) * 1000);
  if (fault?.kind === "hang") await sleep((fault.seconds ?? 60) * 1000, request);
  if (reply === undefined || fault?.kind === "reset" || (fault?.kind === "lost-answer" && fault.status === undefined)) {
    request.socket.resetAndDestroy();
    return;
  }
  const bytes =
    reply.bytes?.data ?? (reply.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(reply.body)));
  const type = reply.bytes?.type ?? "application/json; charset=utf-8";
  const headers: Record<string, string | number> = { ...reply.headers, "Content-Length": bytes.length };
  if (bytes.length > 0) headers["Content-Type"] = type;
  if (reply.status === 204) delete headers["Content-Length"];
  response.writeHead(reply.status, headers);
  if (fault?.kind === "truncate") {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy());
    return;
  }
  response.end(asked.method === "HEAD" || reply.status === 204 ? undefined : bytes);
}

/** Waits in real time; ends early when the caller hangs up. */
const sleep = (ms: number, request?: IncomingMessage): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    request?.socket.once("close", () => {
      clearTimeout(timer);
      done();
    });
  });
