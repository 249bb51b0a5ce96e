import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import { ANONYMOUS, type Call, type Download, type Route } from "../http/contract.ts";
import type { Store } from "../store/contract.ts";
import { type Access, createAccess } from "./access.ts";
import { actorOf, may, type Person } from "./contract.ts";

const BASE = "http://desk.test:4400";
export const GOOD_PASSWORD = "granit-lykta-7-molnbro";

export type Ask = {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
};
export type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** A clock that tests move. */
export function testClock(start = "2026-11-17T08:00:00Z") {
  let now = Temporal.Instant.from(start);
  return { now: () => now, forward: (by: Temporal.DurationLike) => void (now = now.add(by)) };
}

/** A desk without its HTTP shell: routes run as the shell would run them, and browsers keep their cookies. */
export function testAccess(
  store: Store,
  options: { readonly isDemo?: boolean; readonly wall?: { now(): Temporal.Instant } } = {},
) {
  const dataFolder = mkdtempSync(join(tmpdir(), "surety-access-"));
  after(() => rmSync(dataFolder, { recursive: true, force: true }));
  const access = createAccess({
    store,
    dataFolder,
    baseUrl: BASE,
    clock: testClock(),
    isDemo: options.isDemo ?? false,
    ...(options.wall && { wall: options.wall }),
  });
  return { access, dataFolder, browser: (ip = "203.0.113.7") => browser({ access, store, ip }) };
}

type Place = { readonly access: Access; readonly store: Store; readonly ip: string };

/** One browser: its cookies, its address, and what it may ask. */
function browser(place: Place) {
  const cookies = new Map<string, string>();
  const headers = (): Record<string, string> => ({
    "user-agent": "test browser",
    ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
  });
  const keep = (setCookie: string): void => {
    const [pair = "", ...attributes] = setCookie.split("; ");
    const name = pair.slice(0, pair.indexOf("="));
    if (attributes.some((attribute) => attribute === "Max-Age=0")) cookies.delete(name);
    else cookies.set(name, pair.slice(pair.indexOf("=") + 1));
  };
  return {
    cookies,
    headers,
    me: () => place.access.personOf(headers()),
    /** `/api/auth/*`, as the shell passes it on. */
    async auth(path: string, body?: unknown): Promise<Answer & { readonly headers: Headers }> {
      const sent = new Headers({ ...headers(), host: "desk.test:4400", origin: BASE, "x-forwarded-for": place.ip });
      const init =
        body === undefined
          ? { method: "GET", headers: sent }
          : { method: "POST", headers: sent, body: JSON.stringify(body) };
      const response = await place.access.handler(new Request(`${BASE}/api/auth${path}`, init));
      for (const cookie of response.headers.getSetCookie()) keep(cookie);
      return {
        status: response.status,
        body: (await response.json()) as Record<string, unknown>,
        headers: response.headers,
      };
    },
    /** A route of this slice. */
    ask: (ask: Ask): Promise<Answer> => askRoute(place, { ask, headers: headers(), keep }),
  };
}
export type Browser = ReturnType<typeof browser>;

type Sent = { readonly ask: Ask; readonly headers: Record<string, string>; readonly keep: (cookie: string) => void };

async function askRoute({ access, store, ip }: Place, { ask, headers, keep }: Sent): Promise<Answer> {
  const { spec, params } = find(access, ask);
  const person = spec.permission === "public" ? ANONYMOUS : await access.personOf(headers);
  if (person === undefined) return { status: 401, body: { code: "not-signed-in" } };
  const refused = await refusal(access, spec, person);
  if (refused) return { status: 403, body: refused };
  const parse = (schema: { parse(value: unknown): unknown } | undefined, value: unknown) => schema?.parse(value);
  const cookies: string[] = [];
  const call = {
    params: parse(spec.params, params),
    query: parse(spec.query, ask.query ?? {}),
    body: parse("body" in spec ? spec.body : undefined, ask.body ?? {}),
    person,
    actor: actorOf(person),
    now: Temporal.Instant.from("2026-11-17T08:00:00Z"),
    requestId: "test",
    headers,
    ip,
    setHeader: (_name: string, value: string) => void cookies.push(value),
  };
  const run = spec.handle as (call: Omit<Call<unknown, unknown, unknown>, never>) => Promise<Result<unknown, Refusal>>;
  const result =
    ask.method === "GET"
      ? await run({ ...call, tx: store.db })
      : await inTransaction(store, (tx) => run({ ...call, tx }));
  if (!result.ok) return { status: 400, body: { ...result.error } };
  for (const cookie of cookies) keep(cookie);
  if (spec.kind !== "json") return { status: 200, body: { text: await textOf(result.value as Download) } };
  return { status: 200, body: spec.response.parse(result.value) as Record<string, unknown> };
}

const refusal = async (access: Access, spec: Route, person: Person): Promise<Record<string, unknown> | undefined> => {
  if (spec.permission === "public") return undefined;
  if (!may(person.role, spec.permission)) return { code: "role-may-not" };
  return access.extraRefusal(person, spec.permission);
};

function find(access: Access, ask: Ask): { readonly spec: Route; readonly params: Record<string, string> } {
  for (const spec of access.routes()) {
    const names = [...spec.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
    const found = new RegExp(`^${spec.path.replaceAll(/:\w+/g, "([^/]+)")}$`).exec(ask.path);
    if (spec.method === ask.method && found)
      return { spec, params: Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""])) };
  }
  throw new Error(`no route ${ask.method} ${ask.path}`);
}

class Refused extends Error {
  readonly result: Result<unknown, Refusal>;
  constructor(result: Result<unknown, Refusal>) {
    super("refused");
    this.result = result;
  }
}
const inTransaction = (
  store: Store,
  work: (tx: Store["db"]) => Promise<Result<unknown, Refusal>>,
): Promise<Result<unknown, Refusal>> =>
  store
    .inTransaction(async (tx) => {
      const result = await work(tx);
      if (!result.ok) throw new Refused(result);
      return result;
    })
    .catch((error: unknown) => {
      if (error instanceof Refused) return error.result;
      throw error;
    });

async function textOf({ chunks }: Download): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return text;
}

/** The token of a link. */
export const tokenIn = (link: unknown): string => new URL(String(link)).searchParams.get("token") ?? "";

/** Uses a first-run link or invitation with a good password and stays signed in. */
export async function enterBy(
  one: Browser,
  link: unknown,
  who: { readonly name: string; readonly email?: string },
): Promise<Answer> {
  return one.ask({
    method: "POST",
    path: "/api/welcome",
    body: { token: tokenIn(link), password: GOOD_PASSWORD, ...who },
  });
}
