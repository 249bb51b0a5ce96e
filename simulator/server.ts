import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { control, moveClock } from "./control/control.ts";
import { newPusher } from "./activity/push.ts";
import { EVENTS } from "./control/events.ts";
import { credentialsOf, summary } from "./control/state.ts";
import type { Control, Simulator, SimulatorOptions } from "./contract.ts";
import { newFaults } from "./http/faults.ts";
import { newRequestLog, type RequestLog } from "./http/log.ts";
import { refused } from "./http/replies.ts";
import { newRouter } from "./http/route.ts";
import { type Asked, BODY_BYTES_MAX, type Shell, answer, unmount } from "./http/shell.ts";
import { newThrottle } from "./http/throttle.ts";
import { instantOf } from "./kernel/clock.ts";
import { runDueJobs } from "./kernel/jobs.ts";
import { type Sim, nowIso, openSim } from "./kernel/sim.ts";
import { ROUTES } from "./routes.ts";
import { type StoredCertificates, makeCertificates, openCertificates } from "./webhooks/certificates.ts";
import { type Courier, newCourier } from "./webhooks/deliver.ts";
import { buildWorld } from "./world/build.ts";

/** The longest the clock is left alone, in milliseconds: a set clock or a suspended machine is noticed within this. */
const LOOK_MS_MAX = 1_000;

/** A jump of months takes seconds; connections must outlive it. */
const KEEP_ALIVE_MS = 120_000;

/** Starts a simulator and answers once it listens. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const log = options.log ?? (() => {});
  const { sim, isNew } = openSim({ state: options.state, log });
  if (isNew) buildWorld(sim, options);
  else applyOptions(sim, options);
  await readyCertificates(sim);
  const shell: Shell = {
    sim,
    router: newRouter(ROUTES),
    faults: newFaults(() => sim.settings().seed),
    log: rememberedLog(sim),
    throttle: newThrottle(),
  };
  const heart = newHeart(sim);
  const server = createServer((request, response) => {
    handle({ shell, heart }, request, response).catch((error: unknown) => {
      log(`request broke: ${String(error)}`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = await listen(server, options);
  sim.setPublicUrl(url);
  sim.commit();
  heart.beat();
  const pusher = newPusher(sim);
  pusher.start();
  return {
    url,
    control: { ...controlOf({ shell, heart }), pushed: () => pusher.settled() },
    close: async () => {
      await pusher.stop();
      await close(server, { sim, heart });
    },
  };
}

/** A restart may change speeds, never the world itself. */
function applyOptions(sim: Sim, options: SimulatorOptions): void {
  const { speedCancelSeconds, throttlePerMinute, pageRowsMax, usageDelayHours, webhookDelaySeconds } = options;
  const given = Object.entries({
    speedCancelSeconds,
    throttlePerMinute,
    pageRowsMax,
    usageDelayHours,
    webhookDelaySeconds,
  }).filter(([, value]) => value !== undefined);
  if (given.length > 0) sim.changeSettings(Object.fromEntries(given));
  const broken = sim.tables.deliveries
    .all()
    .filter((one) => one.state === "waiting" && sim.tables.jobs.get(`deliver ${one.id}`) === undefined);
  // A delivery under way when the process died is tried again: at least once, never silently lost.
  for (const one of broken)
    sim.schedule.add({ id: `deliver ${one.id}`, at: nowIso(sim), kind: "deliver", facts: { delivery: one.id } });
}

async function readyCertificates(sim: Sim): Promise<void> {
  const kept = sim.tables.meta.get("certificates")?.value as StoredCertificates | undefined;
  const all = kept ?? (await makeCertificates());
  if (kept === undefined) sim.tables.meta.put({ key: "certificates", value: all });
  sim.setCertificates(openCertificates(all));
}

/** The log of an earlier run, as far as its effects tell. */
function rememberedLog(sim: Sim): RequestLog {
  const earlier = sim.tables.effects.all().map((row) => ({
    at: row.at,
    method: row.method,
    path: row.path,
    status: row.status,
    requestId: row.requestId,
    correlationId: row.correlationId,
    caller: null,
    effect: true,
    replay: false,
    fault: null,
  }));
  return newRequestLog(earlier);
}

/** Runs what falls due, also when nobody calls. */
type Heart = { readonly courier: Courier; beat(): number; stop(): void };

function newHeart(sim: Sim): Heart {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const beat = (): number => {
    if (stopped) return 0;
    clearTimeout(timer);
    const ran = runDueJobs(sim, courier);
    timer = setTimeout(beat, Math.max(5, Math.min(LOOK_MS_MAX, sim.schedule.dueInMs() ?? LOOK_MS_MAX)));
    return ran;
  };
  const courier = newCourier(sim, () => void beat());
  return {
    courier,
    beat,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

type Running = { readonly shell: Shell; readonly heart: Heart };

async function handle({ shell, heart }: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  heart.beat();
  const asked = newAsked(request, body);
  if (!asked.path.startsWith("/sim")) {
    await answer(shell, asked, { request, response });
    return;
  }
  const reply = isLocalTool(request)
    ? await control({ ...shell, courier: heart.courier, runDue: heart.beat }, asked)
    : refused(403, "403", "The levers are for tools on this machine.");
  const bytes = reply.bytes?.data ?? Buffer.from(JSON.stringify(reply.body));
  response
    .writeHead(reply.status, {
      "Content-Type": reply.bytes?.type ?? "application/json; charset=utf-8",
      ...reply.headers,
    })
    .end(bytes);
}

/** From this machine, and not by a web page in its browser: those send an Origin. */
const isLocalTool = (request: IncomingMessage): boolean =>
  /^(::1|(::ffff:)?127\.)/.test(request.socket.remoteAddress ?? "") && request.headers.origin === undefined;

function newAsked(request: IncomingMessage, body: Buffer): Asked {
  const { target, host } = unmount(request.url ?? "/");
  const [path = "/", query] = target.split("?");
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : (value ?? ""),
    ]),
  );
  // Internal headers come from here only, never from outside.
  delete headers["x-sim-accept-seconds"];
  delete headers["x-sim-host"];
  if (host !== undefined) headers["x-sim-host"] = host;
  return {
    method: request.method ?? "GET",
    target,
    path,
    query: new URLSearchParams(query ?? ""),
    headers,
    body: parse(body, headers["content-type"] ?? ""),
  };
}

function parse(body: Buffer, type: string): unknown {
  if (body.length === 0) return undefined;
  const text = body.toString("utf8");
  if (type.includes("x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function listen(server: Server, options: SimulatorOptions): Promise<string> {
  const host = options.host ?? "127.0.0.1";
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(options.port ?? 0, host, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      done(`http://${host.includes(":") ? `[${host}]` : host}:${port}`);
    });
  });
}

async function close(server: Server, { sim, heart }: { sim: Sim; heart: Heart }): Promise<void> {
  heart.stop();
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
  await heart.courier.settled();
  sim.commit();
  sim.close();
}

function controlOf({ shell, heart }: Running): Omit<Control, "pushed"> {
  const { sim, faults, log } = shell;
  const goTo = async (target: Temporal.Instant): Promise<string> => {
    moveClock(sim, target);
    sim.commit();
    heart.beat();
    await heart.courier.settled();
    heart.beat();
    return nowIso(sim);
  };
  return {
    credentials: credentialsOf(sim),
    now: () => nowIso(sim),
    advance: (duration) =>
      goTo(sim.clock.now().toZonedDateTimeISO("UTC").add(Temporal.Duration.from(duration)).toInstant()),
    setClock: (instant) => goTo(instantOf(instant)),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    requests: () => log.all(),
    raise(kind, facts) {
      const event = EVENTS[kind];
      if (event === undefined) throw new Error(`no event ${kind}: ${Object.keys(EVENTS).join(", ")}`);
      const raised = event.raise(sim, facts);
      sim.commit();
      heart.beat();
      return raised;
    },
    state: () => summary(sim, undefined),
    settled: () => heart.courier.settled(),
  };
}
