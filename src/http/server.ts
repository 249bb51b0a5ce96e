import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastifyStatic from "@fastify/static";
import underPressure from "@fastify/under-pressure";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { openApi } from "./openapi.ts";
import type { Route } from "./contract.ts";
import { liveFeed, registerLive } from "./live.ts";
import { sendProblem } from "./problem.ts";
import { registerRoutes, type RouteDeps } from "./register.ts";

export type ServerOptions = RouteDeps & {
  readonly routes: readonly Route[];
  readonly log: Logger;
  readonly version: string;
  /** Folder of the built page; without it only the API is served. */
  readonly webFolder?: string;
  /** better-auth's own handler, mounted at `/api/auth/*`. */
  readonly authHandler?: (request: Request) => Promise<Response>;
  /** Whether the desk can do its work now, for `GET /api/health`. */
  readonly health: () => Promise<{
    readonly ok: boolean;
    readonly facts: Readonly<Record<string, string | number | boolean>>;
  }>;
};

const REQUESTS_A_MINUTE_MAX = 1_200;
const EVENT_LOOP_DELAY_MS_MAX = 5_000;

/** Input and answers are checked by zod, so no route gives Fastify a schema; its own compilers would only slow the start. */
const noCompiler = (): never => {
  throw new Error("invariant broken: routes declare zod schemas, not Fastify's");
};
const NO_COMPILERS = { buildValidator: () => noCompiler, buildSerializer: () => noCompiler };

/** The HTTP shell: security headers, limits, sign-in, the routes of all slices and the page. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.log.child(
      { part: "http" },
      { level: ["debug", "silent"].includes(options.log.level) ? options.log.level : "warn" },
    ),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: "loopback",
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: true,
    schemaController: { compilersFactory: NO_COMPILERS },
  }) as unknown as FastifyInstance;
  await app.register(helmet, {
    contentSecurityPolicy: { directives: CSP },
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: { policy: "same-origin" },
  });
  await app.register(rateLimit, {
    max: REQUESTS_A_MINUTE_MAX,
    timeWindow: "1 minute",
    errorResponseBuilder: () => Object.assign(new Error("too many requests: wait a minute"), { statusCode: 429 }),
  });
  await app.register(underPressure, { maxEventLoopDelay: EVENT_LOOP_DELAY_MS_MAX });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onSend", async (request, reply) => void reply.header("x-request-id", request.id));
  app.setErrorHandler(onError);
  app.get("/api/health", async (_request, reply) => {
    const { ok, facts } = await options.health();
    return reply
      .code(ok ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: ok ? "ready" : "not-ready", version: options.version, ...facts });
  });
  let document: string | undefined;
  app.get("/api/openapi.json", (_request, reply) => {
    document ??= JSON.stringify(openApi(options.routes, options.version));
    return reply.type("application/json").send(document);
  });
  registerRoutes(app, options.routes, options);
  await registerStream(app, options);
  if (options.authHandler) registerAuth(app, options.authHandler);
  if (options.webFolder && existsSync(options.webFolder)) await registerPage(app, options.webFolder);
  else app.setNotFoundHandler(notFound);
  return app;
}

const CSP = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'", "data:"],
  connectSrc: ["'self'"],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  upgradeInsecureRequests: null,
};

function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500 && status !== 503) request.log.error({ err: error, requestId: request.id }, "request failed");
  if (status === 413)
    return sendProblem(reply, { status, code: "body-too-large", detail: "the body is larger than this address takes" });
  if (status >= 500) {
    const detail =
      status === 503
        ? "the desk is overloaded: try again in a moment"
        : `nothing was saved; quote ${request.id} when you report this`;
    return sendProblem(reply, { status, code: status === 503 ? "overloaded" : "internal", detail });
  }
  return sendProblem(reply, {
    status,
    code: status === 429 ? "too-many-requests" : "bad-request",
    detail: error.message,
  });
}

const notFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, {
    status: 404,
    code: "no-such-address",
    detail: `${request.method} ${request.url.slice(0, 200)} is not an address of this desk`,
  });

async function registerStream(app: FastifyInstance, options: ServerOptions): Promise<void> {
  const feed = liveFeed(options.store, options.log);
  app.addHook("onClose", () => feed.stop());
  await app.register(async (scope) => {
    scope.addHook("onRequest", async (request, reply) => {
      const person = await options.personOf(request.headers as Record<string, string | undefined>);
      return person ? undefined : sendProblem(reply, { status: 401, code: "not-signed-in", detail: "sign in first" });
    });
    registerLive(scope, feed);
  });
}

/** Hands requests to better-auth in the web platform's own types. */
function registerAuth(app: FastifyInstance, handler: (request: Request) => Promise<Response>): void {
  app.all("/api/auth/*", async (request, reply) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    headers.set("x-forwarded-for", request.ip);
    const body = request.body instanceof Uint8Array && request.body.length > 0 ? Buffer.from(request.body) : null;
    const url = `${request.protocol}://${request.host}${request.url}`;
    const answer = await handler(new Request(url, { method: request.method, headers, body }));
    reply.code(answer.status);
    for (const [name, value] of answer.headers) if (name !== "set-cookie") reply.header(name, value);
    const cookies = answer.headers.getSetCookie();
    if (cookies.length > 0) reply.header("set-cookie", cookies);
    return reply.send(Buffer.from(await answer.arrayBuffer()));
  });
}

/** The built page; every address that is not the API's or a file's is the page's own. */
async function registerPage(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    index: ["index.html"],
    preCompressed: true,
    setHeaders: (res, path) => {
      const lasting = path.startsWith(join(folder, "assets"));
      res.header("cache-control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  app.setNotFoundHandler((request, reply) =>
    request.method === "GET" && !/^\/(api|assets)\//.test(request.url)
      ? reply.sendFile("index.html")
      : notFound(request, reply),
  );
}
