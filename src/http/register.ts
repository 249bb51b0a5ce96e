import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { actorOf, may, type Person, PERMISSIONS } from "../access/contract.ts";
import type { Refusal } from "../core/refusal.ts";
import { no } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import type { Clock } from "../core/time.ts";
import type { Store, Tx } from "../store/contract.ts";
import { ANONYMOUS, type Call, type Download, type Route } from "./contract.ts";
import { type Answer, KEY_FORM, withKey } from "./idempotency.ts";
import { fieldErrors, refusalProblem, sendProblem, problemOf } from "./problem.ts";

export type RouteDeps = {
  readonly store: Store;
  readonly clock: Clock;
  /** Who is asking, from the session cookie or an API key. */
  readonly personOf: (headers: Readonly<Record<string, string | undefined>>) => Promise<Person | undefined>;
  /** A reason why this person may not use the permission now although the role holds it, e.g. no second factor. */
  readonly extraRefusal?: (person: Person, permission: string) => Promise<Refusal | undefined>;
  /** Also check each answer against its schema and fail loudly: for tests. */
  readonly checkAnswers: boolean;
};

const BODY_BYTES_MAX = 1_048_576;
const SAFE = new Set(["GET", "HEAD"]);

type AnyCall = Call<unknown, unknown, unknown>;
type Reads = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** Registers every route: permission, input, transaction, idempotency, answer. */
export function registerRoutes(app: FastifyInstance, routes: readonly Route[], deps: RouteDeps): void {
  for (const spec of routes) {
    app.route({
      method: spec.method,
      url: spec.path,
      bodyLimit: spec.bodyBytesMax ?? BODY_BYTES_MAX,
      ...(spec.admit && { onRequest: (request, reply) => admitted(spec, { request, reply, deps }) }),
      handler: (request, reply) => serve(spec, { request, reply, deps }),
    });
  }
}

type Serving = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly deps: RouteDeps };

/** People that `admitted` has looked up already. */
const known = new WeakMap<FastifyRequest, Person>();

/** Who asks, when the route is theirs; otherwise the refusal is sent. */
async function allowed(spec: Route, { request, reply, deps }: Serving): Promise<Person | undefined> {
  const person = spec.permission === "public" ? ANONYMOUS : await deps.personOf(headersOf(request));
  if (person === undefined) {
    sendProblem(reply, { status: 401, code: "not-signed-in", detail: "sign in, or send an API key" });
    return undefined;
  }
  const refused = await whyRefused(spec, person, deps);
  if (refused === undefined) return person;
  sendProblem(reply, refusalProblem(refused));
  return undefined;
}

/** Before a large body is read: whether its sender may send it, and whether there is room. Strangers take no room. */
async function admitted(spec: Route, serving: Serving): Promise<FastifyReply | undefined> {
  const { request, reply } = serving;
  const person = await allowed(spec, serving);
  if (person === undefined) return reply;
  known.set(request, person);
  const length = Number(request.headers["content-length"]);
  const admission = spec.admit?.(Number.isSafeInteger(length) ? length : undefined);
  if (admission === undefined) return undefined;
  if (admission.ok) {
    reply.raw.once("close", admission.release);
    return undefined;
  }
  reply.header("retry-after", String(admission.retryAfterSeconds));
  return sendProblem(reply, refusalProblem(admission.refusal));
}

async function serve(spec: Route, serving: Serving): Promise<FastifyReply> {
  const { request, reply, deps } = serving;
  const person = known.get(request) ?? (await allowed(spec, serving));
  if (person === undefined) return reply;
  if (!SAFE.has(spec.method) && crossSite(request))
    return sendProblem(reply, {
      status: 403,
      code: "cross-site",
      detail: "writes are taken from the desk's own page or with an API key",
    });
  const input = parseInput(spec, request);
  if (!input.ok) return sendProblem(reply, refusalProblem(input.error));
  const call = (tx: Tx): AnyCall => ({
    ...input.value,
    tx,
    person,
    actor: actorOf(person),
    now: deps.clock.now(),
    requestId: request.id,
    headers: headersOf(request),
    ip: request.ip,
    setHeader: (name, value) => void reply.header(name, value),
  });
  if (spec.kind === "download")
    return sendDownload(
      reply,
      await (spec.handle as (c: AnyCall) => Promise<Result<Download, Refusal>>)(call(deps.store.db)),
    );
  if (spec.ownTransaction && !keyFits(request)) return sendKeyForm(reply);
  return spec.method === "GET" || spec.ownTransaction
    ? read(spec, call, serving)
    : write(spec, { call, person, input: input.value, serving });
}

async function whyRefused(spec: Route, person: Person, deps: RouteDeps): Promise<Refusal | undefined> {
  if (spec.permission === "public") return undefined;
  if (!may(person.role, spec.permission)) {
    const roles = PERMISSIONS[spec.permission].join(", ");
    return {
      kind: "forbidden",
      code: "role-may-not",
      detail: `your role may not do this; these may: ${roles}`,
      facts: { permission: spec.permission, roles },
    };
  }
  return deps.extraRefusal?.(person, spec.permission);
}

/** A browser says where a write comes from; one from another site is not ours. Programs send no Origin. */
function crossSite(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return request.headers["sec-fetch-site"] === "cross-site";
  try {
    return new URL(origin).host !== host;
  } catch {
    return true;
  }
}

const headersOf = (request: FastifyRequest): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );

function parseInput(spec: Route, request: FastifyRequest): Result<Reads, Refusal> {
  const params = parsePart(spec.params, "path", request.params);
  if (!params.ok) return params;
  const query = parsePart(spec.query, "query", request.query);
  if (!query.ok) return query;
  if (spec.kind === "upload") {
    const bytes =
      request.body instanceof Uint8Array
        ? request.body
        : new TextEncoder().encode(typeof request.body === "string" ? request.body : "");
    return { ok: true, value: { params: params.value, query: query.value, body: bytes } };
  }
  const body =
    spec.kind === "json"
      ? parsePart(spec.body, "body", readBody(request.body))
      : { ok: true as const, value: undefined };
  if (!body.ok) return body;
  return { ok: true, value: { params: params.value, query: query.value, body: body.value } };
}

/** Bodies arrive as bytes so that uploads keep theirs; JSON is read here. */
function readBody(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return body ?? undefined;
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    return new UnreadableJson(error instanceof Error ? error.message : String(error));
  }
}
class UnreadableJson {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

function parsePart(schema: z.ZodType | undefined, place: string, given: unknown): Result<unknown, Refusal> {
  if (given instanceof UnreadableJson) return no("invalid", "not-json", `the body is not JSON: ${given.why}`);
  if (schema === undefined) return { ok: true, value: undefined };
  const parsed = schema.safeParse(given ?? (place === "body" ? {} : given));
  if (parsed.success) return { ok: true, value: parsed.data };
  const fields = fieldErrors(parsed.error, place, given);
  const first = fields[0];
  return no(
    "invalid",
    "input-invalid",
    first ? `${first.field} is ${first.value}: ${first.fix}` : "the input cannot be used",
    { fields },
  );
}

type JsonRoute = Exclude<Route, { kind: "download" }>;
const run = (spec: JsonRoute, call: AnyCall) =>
  (spec.handle as (c: AnyCall) => Promise<Result<unknown, Refusal>>)(call);

async function read(spec: JsonRoute, call: (tx: Tx) => AnyCall, { reply, deps }: Serving): Promise<FastifyReply> {
  const result = await run(spec, call(deps.store.db));
  return result.ok
    ? send(reply, { status: 200, text: answerText(spec, result.value, deps) })
    : sendProblem(reply, refusalProblem(result.error));
}

/** Thrown inside the transaction so that a refusal undoes everything, its idempotency key included. */
class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

const keyOf = ({ headers }: FastifyRequest): string | undefined => headers["idempotency-key"] as string | undefined;
const keyFits = (request: FastifyRequest): boolean => {
  const key: unknown = request.headers["idempotency-key"];
  return key === undefined || (typeof key === "string" && KEY_FORM.test(key));
};
const sendKeyForm = (reply: FastifyReply): FastifyReply =>
  sendProblem(reply, {
    status: 400,
    code: "idempotency-key-form",
    detail: "Idempotency-Key must be 8 to 200 visible ASCII characters",
  });

type Writing = {
  readonly call: (tx: Tx) => AnyCall;
  readonly person: Person;
  readonly input: Reads;
  readonly serving: Serving;
};

async function write(spec: JsonRoute, { call, person, input, serving }: Writing): Promise<FastifyReply> {
  const { request, reply, deps } = serving;
  const key = keyOf(request);
  if (!keyFits(request)) return sendKeyForm(reply);
  try {
    const answer = await againIfInTheWay(serving, async (tx): Promise<Answer | "other-input"> => {
      const outcome =
        key === undefined
          ? undefined
          : await withKey(tx, { personId: person.id, key, input: inputText(spec, request, input) });
      if (outcome?.kind === "again") return outcome.answer;
      if (outcome?.kind === "other-input") return "other-input";
      const result = await run(spec, call(tx));
      if (!result.ok) throw new Refused(result.error);
      const fresh: Answer = { status: 200, text: answerText(spec, result.value, deps) };
      await outcome?.keep(spec.secretAnswer ? shownOnce(request.id) : fresh);
      return fresh;
    });
    if (answer === "other-input")
      return await sendProblem(reply, {
        status: 422,
        code: "idempotency-key-reused",
        detail: "this Idempotency-Key came with other input before: choose a new one",
      });
    return send(reply, answer);
  } catch (error) {
    if (error instanceof Refused) return sendProblem(reply, refusalProblem(error.refusal));
    throw error;
  }
}

/**
 * PostgreSQL ends one of two transactions that wait for each other and asks that it be tried again: nothing of it was kept.
 * A lock that nobody gave up in time is the desk being busy, not broken. Source: PostgreSQL manual, "Serialization Failure Handling".
 */
async function againIfInTheWay<T>({ deps, request }: Serving, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await deps.store.inTransaction(work);
    } catch (error) {
      const { code } = error as { readonly code?: string };
      if (code === LOCK_TIMEOUT)
        throw new Refused({ kind: "unavailable", code: "busy", detail: "the desk is busy: try again in a moment" });
      if ((code !== DEADLOCK && code !== SERIALIZATION_FAILURE) || tries >= IN_THE_WAY_TRIES_MAX) throw error;
      request.log.warn(
        { err: error, requestId: request.id, tries },
        "two writes were in each other's way: tried again",
      );
    }
  }
}
const DEADLOCK = "40P01";
const SERIALIZATION_FAILURE = "40001";
const LOCK_TIMEOUT = "55P03";
const IN_THE_WAY_TRIES_MAX = 4;

/** What a repeated request gets in place of a secret that was shown once. */
function shownOnce(requestId: string): Answer {
  const detail = "this was done, and its answer was shown once: make a new link or key if it was lost";
  const problem = problemOf({ status: 409, code: "answer-shown-once", detail }, requestId);
  return { status: 409, text: JSON.stringify(problem) };
}

function inputText(spec: Route, request: FastifyRequest, input: Reads): string {
  const body =
    input.body instanceof Uint8Array
      ? Buffer.from(input.body).toString("latin1")
      : request.body instanceof Uint8Array
        ? Buffer.from(request.body).toString("latin1")
        : "";
  return `${spec.method} ${request.url}\n${body}`;
}

function answerText(spec: JsonRoute, value: unknown, deps: RouteDeps): string {
  if (deps.checkAnswers) {
    const checked = spec.response.safeParse(value);
    if (!checked.success)
      throw new Error(`${spec.method} ${spec.path} answers otherwise than it declares: ${checked.error.message}`);
  }
  return JSON.stringify(value);
}

const send = (reply: FastifyReply, { status, text }: Answer): FastifyReply =>
  reply.code(status).type("application/json; charset=utf-8").header("cache-control", "no-store").send(text);

function sendDownload(reply: FastifyReply, result: Result<Download, Refusal>): FastifyReply {
  if (!result.ok) return sendProblem(reply, refusalProblem(result.error));
  const { contentType, fileName, chunks } = result.value;
  const name = encodeURIComponent(fileName);
  return reply
    .type(contentType)
    .header("content-disposition", `attachment; filename*=UTF-8''${name}`)
    .send(Readable.from(chunks, { objectMode: false }));
}
