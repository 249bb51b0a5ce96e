import type { FieldError } from "../src/core/refusal.ts";

/** The page's one way to the server: same-origin JSON, one idempotency key per user action, refusals as `Problem`. */

/** What the server refused or failed to do (RFC 9457), or that it could not be reached (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  /** Stable and kebab-case; pages translate by it: word key `problem.<code>`. */
  readonly code: string;
  readonly detail: string;
  readonly fields: readonly FieldError[];
  readonly facts: Readonly<Record<string, string | number>>;
  /** Correlation id: what to quote when asking about it. */
  readonly requestId: string | undefined;

  constructor(
    parts: Pick<Problem, "status" | "code" | "detail"> & Partial<Pick<Problem, "fields" | "facts" | "requestId">>,
  ) {
    super(parts.detail);
    this.name = "Problem";
    this.status = parts.status;
    this.code = parts.code;
    this.detail = parts.detail;
    this.fields = parts.fields ?? [];
    this.facts = parts.facts ?? {};
    this.requestId = parts.requestId;
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type RequestOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Keep one key for one user action, however often it is sent: the server then does it once. A new one is drawn if absent. */
  readonly idempotencyKey?: string;
};

/** A request that hangs longer than this is given up and said so. */
const TIMEOUT_MS = 30_000;
/** Times a write is sent again after a lost connection; safe because the idempotency key stays. */
const RESENDS_MAX = 2;
const RESEND_AFTER_MS = 600;

let signedOut: () => void = () => undefined;
/** Tells the client what to do when the server says nobody is signed in. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

/** Query text of the members that are set: `?q=solvik&limit=50`, or nothing. */
export function query(members: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(members))
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  return search.size > 0 ? `?${search}` : "";
}

async function request<R>(method: Method, path: string, body: unknown, options: RequestOptions = {}): Promise<R> {
  const isWrite = method !== "GET";
  const headers = new Headers({ accept: "application/json, application/problem+json" });
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers.set("content-type", "application/json");
  if (isWrite) headers.set("idempotency-key", options.idempotencyKey ?? crypto.randomUUID());
  const payload = body === undefined ? null : isForm ? body : JSON.stringify(body, bigintAsText);
  const response = await send(path, { method, headers, body: payload, credentials: "same-origin" }, options.signal);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as R;
  const problem = await problemOf(response);
  if (problem.status === 401 && !path.startsWith("/api/auth/")) signedOut();
  throw problem;
}

async function send(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(path, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    } catch (error) {
      if (signal?.aborted) throw error;
      const gaveUp = attempt >= RESENDS_MAX || init.method === "GET" || timeout.aborted;
      if (gaveUp) throw new Problem({ status: 0, code: "desk-unreachable", detail: "The desk could not be reached." });
      await new Promise((done) => setTimeout(done, RESEND_AFTER_MS * (attempt + 1)));
    }
  }
}

const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get("x-request-id") ?? undefined;
  const given: unknown = await response.json().catch(() => undefined);
  const body = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
  const text = (value: unknown, otherwise: string) => (typeof value === "string" && value !== "" ? value : otherwise);
  return new Problem({
    status: response.status,
    code: text(body["code"], `http-${response.status}`).toLowerCase().replaceAll("_", "-"),
    detail: text(body["detail"], text(body["message"], text(body["title"], `The desk answered ${response.status}.`))),
    fields: Array.isArray(body["fields"]) ? (body["fields"] as FieldError[]) : [],
    facts: (body["facts"] ?? {}) as Readonly<Record<string, string | number>>,
    requestId: text(body["requestId"], requestId ?? "") || undefined,
  });
}

/** Typed by the caller with the types of the slice's `contract.ts`: `api.get<TodayWire>("/api/today")`. */
export const api = {
  get: <R>(path: string, options?: RequestOptions) => request<R>("GET", path, undefined, options),
  post: <R>(path: string, body?: unknown, options?: RequestOptions) => request<R>("POST", path, body ?? {}, options),
  put: <R>(path: string, body: unknown, options?: RequestOptions) => request<R>("PUT", path, body, options),
  patch: <R>(path: string, body: unknown, options?: RequestOptions) => request<R>("PATCH", path, body, options),
  delete: <R>(path: string, body?: unknown, options?: RequestOptions) => request<R>("DELETE", path, body, options),
};
