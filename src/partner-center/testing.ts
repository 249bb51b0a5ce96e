import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "../core/canonical.ts";
import { createClient, type MsClient } from "./client.ts";
import { type Outside, simulatorCloud } from "./settings.ts";
import { REFRESH_TOKEN } from "./tokens.ts";
import type { TokenVault } from "./vault.ts";

/** A tiny server that answers by script, for what only odd servers do: wrong lengths, redirects, broken JSON. */

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};
export type Say = (seen: Seen, count: number) => Told;
export type Told =
  | {
      readonly status: number;
      readonly json?: Json;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | "reset"
  | "truncate";

export type Fixture = {
  readonly client: MsClient;
  readonly seen: Seen[];
  readonly slept: number[];
  readonly logged: string[];
  readonly steps: string[];
  readonly vault: Map<string, string>;
  readonly origin: string;
  close(): Promise<void>;
};

const respond = (response: ServerResponse, told: Told): void => {
  if (told === "reset") return void response.destroy();
  if (told === "truncate") {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
    response.write('{"items":[');
    return void setTimeout(() => response.destroy(), 5);
  }
  response.writeHead(told.status, { "Content-Type": "application/json", ...told.headers });
  response.end(told.text ?? (told.json === undefined ? "" : JSON.stringify(told.json)));
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A client and a scripted server. Tokens are `app-1`, `user-2` …; the user's refresh token moves on with each exchange. */
export async function startFixture(
  say: Say,
  options: { readonly user?: boolean; readonly token?: Say } = {},
): Promise<Fixture> {
  const state = {
    seen: [] as Seen[],
    slept: [] as number[],
    logged: [] as string[],
    steps: [] as string[],
    vault: new Map<string, string>(),
  };
  if (options.user !== false) state.vault.set(REFRESH_TOKEN, "refresh-0");
  let tokens = 0;
  let ids = 0;
  const giveToken: Say = (seen) => {
    tokens += 1;
    const user = seen.body.includes("grant_type=refresh_token");
    state.steps.push(user ? "exchange" : "app-token");
    const shared = { token_type: "Bearer", expires_in: "3600", access_token: `${user ? "user" : "app"}-${tokens}` };
    return { status: 200, json: user ? { ...shared, refresh_token: `refresh-${tokens}` } : shared };
  };
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const seen = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      if (seen.path.endsWith("/oauth2/token")) return respond(response, (options.token ?? giveToken)(seen, tokens));
      state.steps.push(`call ${String(seen.headers.authorization)}`);
      state.seen.push(seen);
      respond(response, say(seen, state.seen.length));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outside: Outside = {
    fetch,
    clock: { now: () => Temporal.Instant.from("2026-11-22T12:00:00Z") },
    monotonicMs: () => state.slept.reduce((a, b) => a + b, 0),
    sleep: async (ms) => void state.slept.push(ms),
    chance: () => 0.5,
    newId: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, "0")}`,
    log: (level, what, facts) => void state.logged.push(`${level} ${what} ${JSON.stringify(facts)}`),
  };
  const settings = {
    cloud: simulatorCloud(origin),
    tenantId: "tenant",
    clientId: "client",
    clientSecret: "top-secret",
  };
  return {
    ...state,
    client: createClient(settings, vaultOf(state), outside),
    origin,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const vaultOf = ({ vault, steps }: { vault: Map<string, string>; steps: string[] }): TokenVault => ({
  has: async (name) => vault.has(name),
  put: async (name, secret) => void vault.set(name, secret),
  rotate: async (name, exchange) => {
    const secret = vault.get(name);
    if (secret === undefined) return undefined;
    const { next, value } = await exchange(secret);
    if (next !== undefined) {
      vault.set(name, next);
      steps.push(`kept ${next}`);
    }
    return value;
  },
});

/** A vault for tests that keeps its secrets in memory. */
export function memoryVault(secrets: Readonly<Record<string, string>>): TokenVault {
  return vaultOf({ vault: new Map(Object.entries(secrets)), steps: [] });
}

export type SimulatorDesk = {
  readonly url: string;
  readonly credentials: {
    readonly partnerTenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly refreshToken: string;
  };
  now(): string;
  advance(duration: string): Promise<string>;
};

/** A client of a running simulator whose waits move the simulator's clock instead of the test's. */
export function clientOf(desk: SimulatorDesk, logged: string[] = []): MsClient {
  let slept = 0;
  const outside: Outside = {
    fetch,
    clock: { now: () => Temporal.Instant.from(desk.now()) },
    monotonicMs: () => performance.now() + slept,
    sleep: async (ms) => {
      slept += ms;
      await desk.advance(`PT${Math.ceil(ms / 1_000)}S`);
    },
    chance: () => 0.5,
    newId: () => randomUUID(),
    log: (level, what, facts) => void logged.push(`${level} ${what} ${JSON.stringify(facts)}`),
  };
  const { partnerTenantId: tenantId, clientId, clientSecret, refreshToken } = desk.credentials;
  const settings = { cloud: simulatorCloud(desk.url), tenantId, clientId, clientSecret };
  return createClient(settings, memoryVault({ [REFRESH_TOKEN]: refreshToken }), outside);
}
