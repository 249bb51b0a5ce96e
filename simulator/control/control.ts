import { member, textMember } from "../http/replies.ts";
import { queryOf } from "../http/paging.ts";
import { FAULT_KINDS, type Fault, type FaultKind, type Faults } from "../http/faults.ts";
import type { RequestLog } from "../http/log.ts";
import type { Reply } from "../http/route.ts";
import type { Asked } from "../http/shell.ts";
import { instantOf, iso } from "../kernel/clock.ts";
import type { PartnerUserRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { newRefreshToken } from "../tokens/endpoint.ts";
import { type Courier, TRICKS, deliveryJson, isTrick } from "../webhooks/deliver.ts";
import { addTrick, clearTricks, waitingTricks } from "../webhooks/tricks.ts";
import { activityLever, pushLever } from "../activity/control.ts";
import { ACTIVITY_TRICKS } from "../activity/feeds.ts";
import { EVENTS } from "./events.ts";
import { UnknownFact } from "./facts.ts";
import { LEDGER_FILES } from "./ledger-csv.ts";
import { credentialsOf, publicSettings, summary } from "./state.ts";

export type ControlDeps = {
  readonly sim: Sim;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly courier: Courier;
  readonly runDue: () => number;
};

const ok = (body: unknown): Reply => ({ status: 200, body });
const bad = (problem: string): Reply => ({ status: 400, body: { problem } });

/** The levers: `/sim/…`. Only this machine reaches them, and no web page does (see server.ts). */
export async function control(deps: ControlDeps, asked: Asked): Promise<Reply> {
  const path = asked.path.replace(/^\/sim\/?/, "").replace(/\/$/, "");
  try {
    const reply = await answerControl(deps, asked, path);
    deps.sim.commit();
    return reply;
  } catch (error) {
    deps.sim.book.rollBack();
    if (error instanceof UnknownFact || error instanceof RangeError) return bad(error.message);
    throw error;
  }
}

async function answerControl(deps: ControlDeps, asked: Asked, path: string): Promise<Reply> {
  const { sim } = deps;
  const write = asked.method === "POST";
  if (path === "" || path === "help") return ok(HELP);
  if (path === "clock") return write ? changeClock(deps, asked.body) : ok({ now: nowIso(sim) });
  if (path === "faults") return faults(deps, asked);
  if (path === "requests") return ok(requests(deps, asked));
  if (path === "state") return ok(summary(sim, queryOf(asked, "customer")));
  if (path === "credentials") return ok(credentialsOf(sim));
  if (path === "stories")
    return ok(sim.tables.customers.all().map(({ id, key, name, says }) => ({ id, key, name, says })));
  if (path === "settings" && write) return changeSettings(sim, asked.body);
  if (path === "tokens" && write) return testToken(sim, asked.body);
  if (path === "tokens/revoke" && write) return revoke(sim, asked.body);
  if (path === "webhooks") return webhooks(sim, asked);
  if (path === "activity") return activityLever(sim, asked);
  if (path === "push") return pushLever(sim, asked);
  if (path.startsWith("events/") && write) return raise(sim, path.slice("events/".length), asked.body);
  if (path === "root.cer")
    return { status: 200, bytes: { data: sim.certificates().der("root"), type: "application/pkix-cert" } };
  if (path === "ledger.csv") return ledger(sim, asked, "invoices.csv");
  if (path.startsWith("ledger/")) return ledger(sim, asked, path.slice("ledger/".length));
  return { status: 404, body: { problem: `no lever ${asked.method} /sim/${path}`, help: "/sim/help" } };
}

const HELP = {
  levers: [
    "GET|POST /sim/clock {set|advance}",
    "GET|POST|DELETE /sim/faults",
    "GET /sim/requests ?effect=true&method=&path=&requestId=&since=",
    "GET /sim/state ?customer=",
    "GET /sim/stories",
    "GET /sim/credentials",
    "POST /sim/settings {speedCancelSeconds|throttlePerMinute|pageRowsMax|usageDelayHours|webhookDelaySeconds|laterAlerts}",
    "POST /sim/tokens {user|roles|mfa}",
    "POST /sim/tokens/revoke {token?}",
    "GET|POST|DELETE /sim/webhooks {trick,count,seconds}",
    "GET|POST|DELETE /sim/activity {trick} | {customer,access}",
    "GET|POST|DELETE /sim/push {url,key,from}",
    "POST /sim/events/{kind}",
    "GET /sim/ledger/{invoices|payments|deposits}.csv ?locale=sv",
    "GET /sim/root.cer",
  ],
  faults: FAULT_KINDS,
  webhookTricks: TRICKS,
  activityTricks: ACTIVITY_TRICKS,
  events: Object.fromEntries(Object.entries(EVENTS).map(([kind, { says }]) => [kind, says])),
};

async function changeClock({ sim, runDue, courier }: ControlDeps, body: unknown): Promise<Reply> {
  const set = textMember(body, "set");
  const advance = textMember(body, "advance");
  if ((set === undefined) === (advance === undefined))
    return bad("give either set (an instant) or advance (a duration such as PT10M)");
  const now = sim.clock.now();
  const target =
    set === undefined
      ? now
          .toZonedDateTimeISO("UTC")
          .add(Temporal.Duration.from(advance ?? ""))
          .toInstant()
      : instantOf(set);
  moveClock(sim, target);
  runDue();
  await courier.settled();
  runDue();
  return ok({ now: nowIso(sim) });
}

/** The clock runs on while a lever is pulled: a target that "now" has just passed is now. */
const JUST_PASSED_MS = 5_000;

/** Time goes forward only: what has happened cannot be undone. */
export function moveClock(sim: Sim, target: Temporal.Instant): void {
  const now = sim.clock.now();
  const stepMs = target.epochMilliseconds - now.epochMilliseconds;
  if (stepMs < -JUST_PASSED_MS) throw new UnknownFact(`the clock stands at ${iso(now)} and only goes forward`);
  if (stepMs <= 0) return;
  sim.clock.setOffsetMs(sim.clock.offsetMs() + stepMs);
  sim.tables.meta.put({ key: "clockOffsetMs", value: sim.clock.offsetMs() });
}

function faults({ faults: armed }: ControlDeps, asked: Asked): Reply {
  if (asked.method === "DELETE") {
    armed.clear();
    return ok({ faults: [] });
  }
  if (asked.method !== "POST") return ok({ faults: armed.list() });
  const kind = textMember(asked.body, "kind");
  if (kind === undefined || !(kind in FAULT_KINDS)) return bad(`kind is one of ${Object.keys(FAULT_KINDS).join(", ")}`);
  const path = textMember(asked.body, "path");
  if (path !== undefined && !isPattern(path)) return bad("path is not a regular expression");
  return ok({ id: armed.add({ ...(asked.body as Fault), kind: kind as FaultKind }) });
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text).test("");
    return true;
  } catch {
    return false;
  }
}

function requests({ log }: ControlDeps, asked: Asked): { requests: unknown[] } {
  const [method, path, requestId, effect] = ["method", "path", "requestId", "effect"].map((name) =>
    queryOf(asked, name),
  );
  const since = Number(queryOf(asked, "since") ?? 0);
  const rows = log
    .all()
    .filter(
      (one) =>
        one.n > since &&
        (method === undefined || one.method === method.toUpperCase()) &&
        (path === undefined || one.path.toLowerCase().includes(path.toLowerCase())) &&
        (requestId === undefined || one.requestId?.toLowerCase() === requestId.toLowerCase()) &&
        (effect === undefined || String(one.effect) === effect),
    );
  return { requests: rows };
}

function changeSettings(sim: Sim, body: unknown): Reply {
  const numbers = ["speedCancelSeconds", "throttlePerMinute", "pageRowsMax", "usageDelayHours"] as const;
  for (const name of numbers) {
    const value = member(body, name);
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= 0)) return bad(`${name} is a number, 0 or more`);
    sim.changeSettings({ [name]: value });
  }
  const later = member(body, "laterAlerts");
  if (later !== undefined && typeof later !== "boolean") return bad("laterAlerts is true or false");
  if (later !== undefined) sim.changeSettings({ laterAlerts: later });
  const delay = member(body, "webhookDelaySeconds");
  if (Array.isArray(delay) && delay.length === 2)
    sim.changeSettings({ webhookDelaySeconds: [Number(delay[0]), Number(delay[1])] });
  return ok(publicSettings(sim));
}

/** A refresh token for a user of the tenant, or for a new one with these roles; `mfa: false` signs in without. */
function testToken(sim: Sim, body: unknown): Reply {
  const upn = textMember(body, "user");
  const known = sim.tables.partnerUsers.all().find((user) => user.upn === upn);
  const roles = member(body, "roles");
  const user: PartnerUserRow = known ?? {
    id: sim.newId(),
    upn: upn ?? `test-${sim.newId().slice(0, 8)}@skargardcloud.example`,
    roles: Array.isArray(roles) ? roles.map(String) : ["Global admin", "Admin agent"],
    mfa: member(body, "mfa") !== false,
  };
  if (known === undefined) sim.tables.partnerUsers.put(user);
  return ok({ user: user.upn, roles: user.roles, mfa: user.mfa, refreshToken: newRefreshToken(sim, user.id) });
}

/** As after a password reset: the named token, or all of them, stop working. */
function revoke(sim: Sim, body: unknown): Reply {
  const token = textMember(body, "token");
  const rows = sim.tables.refreshTokens
    .all()
    .filter((row) => !row.revoked && (token === undefined || row.token === token));
  for (const row of rows) sim.tables.refreshTokens.put({ ...row, revoked: true });
  return ok({ revoked: rows.length });
}

function webhooks(sim: Sim, asked: Asked): Reply {
  if (asked.method === "DELETE") clearTricks(sim);
  if (asked.method === "POST") {
    const trick = textMember(asked.body, "trick");
    if (trick === undefined || !isTrick(trick)) return bad(`trick is one of ${Object.keys(TRICKS).join(", ")}`);
    const seconds = member(asked.body, "seconds");
    addTrick(sim, {
      trick,
      count: Number(member(asked.body, "count") ?? 1),
      seconds: typeof seconds === "number" ? seconds : undefined,
    });
  }
  return ok({
    registration: sim.tables.registration.get("registration") ?? null,
    tricks: waitingTricks(sim),
    deliveries: sim.tables.deliveries.all().map(deliveryJson),
  });
}

function raise(sim: Sim, kind: string, body: unknown): Reply {
  const event = EVENTS[kind];
  if (event === undefined) return bad(`kind is one of ${Object.keys(EVENTS).join(", ")}`);
  return ok(event.raise(sim, (body ?? {}) as Record<string, unknown>));
}

function ledger(sim: Sim, asked: Asked, name: string): Reply {
  const write = LEDGER_FILES[name];
  if (write === undefined)
    return { status: 404, body: { problem: `no file ${name}: ${Object.keys(LEDGER_FILES).join(", ")}` } };
  const csv = write(sim, queryOf(asked, "locale") === "sv" ? "sv" : "en");
  return {
    status: 200,
    headers: { "Content-Disposition": `attachment; filename="${name}"` },
    bytes: { data: Buffer.from(csv), type: "text/csv; charset=utf-8" },
  };
}
