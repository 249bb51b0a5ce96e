import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { type Access, createAccess } from "./access/access.ts";
import type { Clock } from "./core/time.ts";
import { createServer } from "./http/server.ts";
import { testConnection, registerWebhookWith, webhookRoute } from "./main-connection.ts";
import { type Demo, prepareDemo } from "./main-demo.ts";
import type { Mode } from "./main-database.ts";
import { cloudNamed, type ConnectionFacts, connectMicrosoft, type Microsoft } from "./main-microsoft.ts";
import { deskRoutes } from "./main-pages.ts";
import { type Slices, wireSlices } from "./main-slices.ts";
import { resumeImports } from "./receivables/jobs.ts";
import { freeHeldActions } from "./response/run.ts";
import { ROOT, type Settings } from "./settings.ts";
import { type Connection, isAnswering, openStore, type OpenStore } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import type { Enqueue } from "./worker/contract.ts";
import { type Queue, startQueue } from "./worker/queue.ts";

export type DeskOptions = {
  readonly settings: Settings;
  readonly version: string;
  readonly connection: Connection;
  readonly mode: Mode;
  readonly baseUrl: () => string;
  /** No other process works on this database: what a killed one had in hand is taken over at once. */
  readonly isAlone?: boolean;
  /** Leaves this desk for the other one; undefined where there is no other (command line). */
  readonly switchTo?: ((mode: Mode) => Promise<{ readonly link: string | undefined }>) | undefined;
};

/** A desk that is wired and migrated, but neither listens nor works until told. */
export type Desk = {
  readonly store: OpenStore;
  readonly slices: Slices;
  readonly routes: ReturnType<Slices["routes"]>;
  listen(at: { readonly port: number; readonly host: string }): Promise<unknown>;
  /** Starts working off jobs, and in the demo loads the reseller. */
  work(): Promise<void>;
  /** A sign-in link for the terminal: first-run, or demo. undefined once people have passwords. */
  link(): Promise<string | undefined>;
  close(): Promise<void>;
};

const WEBHOOK_PATH = "/api/webhooks/partner-center";

/** What a desk is made of once everything is wired. */
type Wired = {
  readonly store: OpenStore;
  readonly demo: Demo | undefined;
  readonly access: Access;
  readonly microsoft: Microsoft;
  readonly slices: Slices;
  readonly routes: ReturnType<Slices["routes"]>;
  readonly queue: Queue;
  readonly log: Logger;
  readonly clock: Clock;
};

/** Opens, migrates and wires a desk. */
export async function openDesk(options: DeskOptions): Promise<Desk> {
  const wired = await wireDesk(options);
  const { store, slices, routes, access, demo, queue } = wired;
  const app = await serverOf(options, wired);
  const state = { isClosing: false, working: Promise.resolve() };
  return {
    store,
    slices,
    routes,
    listen: async (at) => {
      await app.listen(at);
      const address = app.server.address();
      const isOnPort = typeof address === "object" && address !== null;
      await demo?.listening({ webhookUrl: isOnPort ? `http://${at.host}:${address.port}${WEBHOOK_PATH}` : undefined });
      return address;
    },
    work: async () => {
      // The demo is loaded before jobs run, so that the same facts are not read twice at once; the page is open meanwhile.
      const loaded = demo?.load(wired) ?? Promise.resolve();
      state.working = loaded.then(async () => {
        if (state.isClosing) return;
        if (options.isAlone === true) await takeOver(slices);
        await slices.activity.lab.seed();
        await queue.work();
        slices.activity.watch.start();
      });
      if (demo === undefined) await state.working;
    },
    link: () => (demo === undefined ? access.firstRunLink() : access.demoLink()),
    close: async () => {
      state.isClosing = true;
      await app.close();
      await demo?.stopLoading();
      await state.working;
      await slices.activity.watch.stop();
      await queue.stop();
      slices.desk.stop();
      await demo?.close();
      await store.close();
    },
  };
}

/** What a killed process had in hand goes on at once. */
async function takeOver({ responseDeps, importDeps, collections }: Slices): Promise<void> {
  await freeHeldActions(responseDeps);
  await collections.letters.takeOver();
  await resumeImports(importDeps);
}

async function wireDesk(options: DeskOptions): Promise<Wired> {
  const { settings, connection, mode } = options;
  const isDemo = mode === "demo";
  // At the level "info" a person reads the terminal: only warnings are for them.
  const level = settings.logLevel === "info" ? "warn" : settings.logLevel;
  const log = pino({ level, base: null }, pino.destination(2));
  const store = openStore(connection);
  const demo = await migrated(store, isDemo ? prepareDemo({ settings, store, log }) : Promise.resolve(undefined));
  const clock: Clock = demo?.clock ?? { now: () => Temporal.Now.instant() };
  const webhookUrl = webhookUrlOf(options, isDemo);
  let queue: Queue | undefined;
  const enqueue: Enqueue = async (tx, ...ask) => {
    if (queue === undefined) throw new Error("invariant broken: the queue is started before anything asks for a job");
    await queue.enqueue(tx, ...ask);
  };
  const facts = async (): Promise<ConnectionFacts> => {
    if (demo) return demo.connection();
    const { cloud, ...told } = await access.partnerCenterSettings(store.db);
    return { cloud: cloudNamed(cloud), roots: [], ...told };
  };
  const microsoft = connectMicrosoft({ store, dataFolder: settings.dataFolder, clock, log, facts });
  const access = createAccess({
    store,
    dataFolder: settings.dataFolder,
    baseUrl: options.baseUrl(),
    clock,
    isDemo,
    enqueue,
    webhookUrl,
    testConnection: testConnection(microsoft, facts, isDemo),
    registerWebhook: registerWebhookWith(microsoft, webhookUrl),
  });
  const slices = await wireSlices({
    store,
    connection,
    clock,
    enqueue,
    access,
    microsoft,
    log,
    webhookUrl,
    isDemo,
    dataFolder: settings.dataFolder,
    demoMail: settings.demoMail,
  });
  const routes = [
    ...slices.routes(),
    ...deskRoutes({ slices, access, store, demo, enqueue, switchTo: options.switchTo, log }),
    webhookRoute({ path: WEBHOOK_PATH, store, clock, enqueue, microsoft, log }),
  ];
  queue = await startQueue({ connection, jobs: slices.jobs(), log });
  return { store, demo, access, microsoft, slices, routes, queue, log, clock };
}

/** Brings the database up to date while the demo's simulator starts; a simulator without its desk must not stay behind. */
async function migrated(store: OpenStore, preparing: Promise<Demo | undefined>): Promise<Demo | undefined> {
  const [demo, schema] = await Promise.allSettled([preparing, migrate(store)]);
  if (schema.status === "rejected") {
    if (demo.status === "fulfilled") await demo.value?.close();
    throw schema.reason;
  }
  if (demo.status === "rejected") throw demo.reason;
  return demo.value;
}

function serverOf({ settings, version }: DeskOptions, { store, clock, routes, log, access, demo }: Wired) {
  const webFolder = join(ROOT, "dist", "web");
  return createServer({
    store,
    clock,
    routes,
    log,
    version,
    checkAnswers: settings.checkAnswers,
    personOf: access.personOf,
    extraRefusal: access.extraRefusal,
    authHandler: access.handler,
    ...(existsSync(webFolder) && { webFolder }),
    health: async () => ({ ok: await isAnswering(store), facts: { demo: demo !== undefined } }),
  });
}

/** Where Microsoft (or in the demo its simulator) finds us; Microsoft itself calls https addresses only. */
function webhookUrlOf({ settings }: DeskOptions, isDemo: boolean): string | undefined {
  const base = settings.baseUrl;
  return !isDemo && base?.startsWith("https://") ? `${base}${WEBHOOK_PATH}` : undefined;
}
