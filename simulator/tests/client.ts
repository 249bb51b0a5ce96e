import { type IncomingMessage, createServer } from "node:http";
import type { Credentials, Simulator, SimulatorOptions } from "../contract.ts";
import { startSimulator } from "../server.ts";

/** The moment all tests of the demo world begin. */
export const TEST_NOW = "2026-11-17T07:42:00Z";
export const REST = "https://api.partnercenter.microsoft.com";
export const GRAPH = "https://graph.microsoft.com";

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: Json };
/** An answer's JSON, to be looked into by name. */
export type Json = { readonly [key: string]: Json } & readonly Json[] & { readonly length: number };

export type Client = {
  readonly url: string;
  call(method: string, path: string, more?: CallMore): Promise<Answer>;
  get(path: string, more?: CallMore): Promise<Answer>;
  token(form: Record<string, string>): Promise<Answer>;
  sim(method: string, path: string, body?: unknown): Promise<Answer>;
};
export type CallMore = {
  readonly as?: "user" | "app" | "graph-user" | "graph-app" | "nobody";
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
};

/** A simulator for one test, and a client signed in as everybody. */
export async function withSimulator(
  options: SimulatorOptions,
  work: (client: Client, simulator: Simulator) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({ now: TEST_NOW, webhookDelaySeconds: [0, 0], ...options });
  try {
    await work(clientOf(simulator.url, simulator.control.credentials), simulator);
  } finally {
    await simulator.close();
  }
}

export function clientOf(url: string, credentials: Credentials): Client {
  const tokens = new Map<string, string>();
  const token = (form: Record<string, string>): Promise<Answer> =>
    send(`${url}/${credentials.partnerTenantId}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ client_id: credentials.clientId, client_secret: credentials.clientSecret, ...form }),
    });
  const tokenFor = async (as: NonNullable<CallMore["as"]>): Promise<string> => {
    const kept = tokens.get(as);
    if (kept !== undefined) return kept;
    const resource = as.startsWith("graph") ? GRAPH : REST;
    const grant: Record<string, string> = as.endsWith("user")
      ? { grant_type: "refresh_token", refresh_token: credentials.refreshToken }
      : { grant_type: "client_credentials" };
    const fresh = String((await token({ resource, ...grant })).json["access_token"]);
    tokens.set(as, fresh);
    return fresh;
  };
  const call = async (
    method: string,
    path: string,
    { as, token: given, headers, body }: CallMore = {},
  ): Promise<Answer> => {
    const who = as ?? (/^\/(beta|v1\.0)\//.test(path) ? "graph-user" : "user");
    const attempt = async (): Promise<Answer> => {
      const bearer = given ?? (who === "nobody" ? undefined : await tokenFor(who));
      const auth: Record<string, string> = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
      const json: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
      return send(`${url}${path}`, {
        method,
        headers: { ...auth, ...json, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    };
    const first = await attempt();
    // The virtual clock may have outrun the token.
    if (first.status !== 401 || !first.text.includes("expired") || given !== undefined) return first;
    tokens.delete(who);
    return attempt();
  };
  return {
    url,
    call,
    get: (path, more) => call("GET", path, more),
    token,
    sim: (method, path, body) => call(method, `/sim/${path}`, { as: "nobody", body }),
  };
}

async function send(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {} as Json;
  }
}

/** Ids by the keys of the demo's stories. */
export async function find(
  client: Client,
  key: string,
): Promise<{ id: string; plan: string; entitlements: Record<string, string>; seats: Record<string, string> }> {
  const state = (await client.sim("GET", `state?customer=${key}`)).json;
  const rows = (name: string): { [key: string]: string }[] =>
    [...(state[name] ?? [])] as unknown as { [key: string]: string }[];
  return {
    id: String(rows("customers")[0]?.["id"]),
    plan: String(rows("subscriptions").find((one) => one["product"] === "azure-plan")?.["id"]),
    entitlements: Object.fromEntries(rows("entitlements").map((one) => [one["name"], one["id"]])),
    seats: Object.fromEntries(
      rows("subscriptions")
        .filter((one) => one["product"] === "seat")
        .map((one) => [one["name"], one["id"]]),
    ),
  };
}

export type Heard = {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly json: Record<string, string>;
};
/** A webhook receiver on an ephemeral port that answers what it is told to. */
export async function withReceiver(
  work: (receiver: { url: string; heard: Heard[]; answer: (status: number) => void }) => Promise<void>,
): Promise<void> {
  const heard: Heard[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      heard.push({ headers, body, json: JSON.parse(body.toString()) as Record<string, string> });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    await work({ url: `http://127.0.0.1:${port}/hook`, heard, answer: (next) => (status = next) });
  } finally {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
