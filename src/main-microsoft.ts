import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Clock } from "./core/time.ts";
import { createActions } from "./partner-center/actions.ts";
import { createClient, type MsCall, type MsClient } from "./partner-center/client.ts";
import { PartnerCenterError } from "./partner-center/contract.ts";
import { createReader, type ReaderOptions } from "./partner-center/reader.ts";
import { type Cloud, CLOUDS, type Outside, type PartnerCenterSettings } from "./partner-center/settings.ts";
import { REFRESH_TOKEN } from "./partner-center/tokens.ts";
import { createVault, keyFrom, type TokenVault } from "./partner-center/vault.ts";
import { createWebhookReceiver, type ReceiveWebhook } from "./partner-center/webhook.ts";
import type { Store, Tx } from "./store/contract.ts";

/** What the desk was told about its Partner Center: by the settings page, or by the demo about its simulator. */
export type ConnectionFacts = {
  readonly cloud: Cloud;
  readonly tenantId: string | undefined;
  readonly appId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly refreshToken: string | undefined;
  /** Root certificates besides Microsoft's, for the simulator's webhooks. */
  readonly roots: readonly X509Certificate[];
};
export const cloudNamed = (name: "commercial" | "us-government"): Cloud => CLOUDS[name];

type Options = {
  readonly store: Store;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Read at each use, so that a change in the settings page takes effect at once. */
  readonly facts: (tx: Tx) => Promise<ConnectionFacts>;
};

/** The key under which the vault keeps which refresh token of the settings page it was started from. */
const SEEDED_FROM = "partner-center.refresh-token.from";

/** The one connection to Microsoft: a client that follows the settings, and what is made of it. */
export function connectMicrosoft({ store, dataFolder, clock, log, facts }: Options) {
  const vault = createVault(store, keyFrom(join(dataFolder, "vault.key")));
  const outside = outsideWorld(clock, log);
  let current: { readonly digest: string; readonly client: MsClient } | undefined;

  async function client(): Promise<MsClient> {
    const told = await facts(store.db);
    const digest = digestOf(told);
    if (current?.digest === digest) return current.client;
    const settings = complete(told);
    if (told.refreshToken !== undefined) await seed(vault, told.refreshToken);
    current = { digest, client: createClient(settings, vault, outside) };
    return current.client;
  }
  const following: MsClient = { send: async (call) => (await client()).send(call), newId: outside.newId };

  let receiver: { readonly digest: string; readonly receive: ReceiveWebhook } | undefined;
  const receiveWebhook: ReceiveWebhook = async (delivery) => {
    const { cloud, roots } = await facts(store.db);
    const digest = [cloud.name, cloud.restBase, ...roots.map((root) => root.fingerprint256)].join();
    if (receiver?.digest !== digest)
      receiver = { digest, receive: createWebhookReceiver({ cloud, outside, extraRoots: roots }) };
    return receiver.receive(delivery);
  };

  return {
    reader: (options: ReaderOptions) => createReader(following, options),
    actions: createActions(following),
    /** Calls for a customer's own tenant, with the delegated rights of the person who consented. */
    askTenant: (call: Omit<MsCall, "auth" | "audience"> & { readonly service: "graph" | "office" | "arm" }) =>
      following.send({ ...call, audience: call.service, auth: "user" }),
    receiveWebhook,
    isConnected: async (tx: Tx) => missing(await facts(tx)).length === 0,
    hasUserToken: () => vault.has(REFRESH_TOKEN),
    resourceHosts: async () => (await facts(store.db)).cloud.resourceHosts,
    /** A reader on settings that are not saved yet, for the "test connection" button. Keeps nothing. */
    trial: async (told: ConnectionFacts, options: ReaderOptions) =>
      createReader(createClient(complete(told), trialVault(told.refreshToken), outside), options),
  };
}
export type Microsoft = ReturnType<typeof connectMicrosoft>;

/** A token that is tried only; what Microsoft gives in exchange serves this trial and is then forgotten. */
function trialVault(refreshToken: string | undefined): TokenVault {
  let secret = refreshToken;
  return {
    has: async () => secret !== undefined,
    put: async (_name, next) => void (secret = next),
    rotate: async (_name, exchange) => {
      if (secret === undefined) return undefined;
      const { next, value } = await exchange(secret);
      secret = next ?? secret;
      return value;
    },
  };
}

/** A new token of the settings page replaces the one in use; the old one, rotated many times, is not put back at each start. */
async function seed(vault: TokenVault, refreshToken: string): Promise<void> {
  const digest = createHash("sha256").update(refreshToken).digest("hex");
  const before = await vault.rotate(SEEDED_FROM, async (value) => ({ next: undefined, value }));
  if (before === digest) return;
  await vault.put(REFRESH_TOKEN, refreshToken);
  await vault.put(SEEDED_FROM, digest);
}

const missing = (told: ConnectionFacts): readonly string[] =>
  (["tenantId", "appId", "clientSecret"] as const).filter((name) => told[name] === undefined);

function complete(told: ConnectionFacts): PartnerCenterSettings {
  const absent = missing(told);
  if (absent.length > 0) {
    const ids = { correlationId: randomUUID(), requestId: randomUUID() };
    throw new PartnerCenterError({
      kind: "auth-config",
      advice: "fix-settings",
      detail: `Partner Center is not connected: ${absent.join(", ")} missing`,
      outcomeUnknown: false,
      ...ids,
    });
  }
  return {
    cloud: told.cloud,
    tenantId: told.tenantId ?? "",
    clientId: told.appId ?? "",
    clientSecret: told.clientSecret ?? "",
  };
}

const digestOf = ({ cloud, tenantId, appId, clientSecret, refreshToken }: ConnectionFacts): string =>
  createHash("sha256")
    .update(JSON.stringify([cloud, tenantId, appId, clientSecret, refreshToken]))
    .digest("hex");

function outsideWorld(clock: Clock, log: Logger): Outside {
  const logger = log.child({ part: "partner-center" });
  return {
    fetch: globalThis.fetch,
    clock,
    monotonicMs: () => performance.now(),
    sleep: (ms) => sleep(ms),
    chance: () => Math.random(),
    newId: () => randomUUID(),
    log: (level, what, facts) => logger[level](facts, what),
  };
}
