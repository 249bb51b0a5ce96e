import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { AUTH_PATH, type SignIn } from "./auth.ts";
import { ACCESS_EVENTS } from "./contract.ts";
import { actorOfRow, type Desk, personSubject } from "./desk.ts";
import { clearSignIn, gate, tryOther, trySignIn, type Wait } from "./limits.ts";
import { checkPassword } from "./password.ts";
import { signedIn } from "./session.ts";
import { personByEmail, personById, type SignedIn } from "./store-people.ts";

/**
 * The library's endpoints that this desk opens; every other one is not there. People and their rights are ours,
 * and nobody signs up, resets or deletes through the library.
 */
const OPEN = new Set([
  "POST /sign-in/email",
  "POST /sign-out",
  "GET /get-session",
  "POST /change-password",
  "POST /two-factor/enable",
  "POST /two-factor/verify-totp",
  "POST /two-factor/verify-backup-code",
  "POST /two-factor/disable",
  "POST /two-factor/generate-backup-codes",
]);
const BODY_CHARS_MAX = 10_000;

type Body = Readonly<Record<string, unknown>>;
type Ask = {
  readonly desk: Desk;
  readonly path: string;
  readonly body: Body;
  readonly headers: Headers;
  readonly ip: string;
  /** Who sent it, when a session already runs. */
  readonly before: SignedIn | undefined;
};
type Answer = { readonly status: number; readonly body: Body; readonly headers: Headers };

export type HandlerDeps = {
  readonly desk: Desk;
  readonly auth: SignIn;
  readonly within: <T>(tx: Tx, work: () => Promise<T>) => Promise<T>;
};

/**
 * Serves `/api/auth/*`: counts attempts, then runs the library and the event of what it did in one transaction.
 * `x-forwarded-for` must hold the one address the HTTP shell saw.
 */
export function authHandler({ desk, auth, within }: HandlerDeps): (request: Request) => Promise<Response> {
  const door = gate();
  return async (request) => {
    const path = new URL(request.url).pathname.slice(AUTH_PATH.length);
    if (!OPEN.has(`${request.method} ${path}`))
      return problem(404, { code: "no-such-address", detail: "this is not an address of this desk" });
    const body = await readBody(request);
    if (body === undefined) return problem(400, { code: "not-json", detail: "the body is not a JSON object" });
    const ip = request.headers.get("x-forwarded-for") ?? "unknown";
    const wait = request.method === "POST" ? await attempt(desk, { path, body, ip }) : undefined;
    if (wait !== undefined) return tooMany(wait);
    const leave = await door.enter();
    if (leave === undefined)
      return problem(503, { code: "overloaded", detail: "too many people sign in at once: try again in a moment" });
    try {
      const part = { desk, path, body, ip, headers: request.headers };
      return await desk.store.inTransaction((tx) =>
        within(tx, () => serve(tx, part, (sent) => auth.handler(forwarded(request, sent)))),
      );
    } finally {
      leave();
    }
  };
}

async function readBody(request: Request): Promise<Body | undefined> {
  if (request.method !== "POST") return {};
  const text = await request.text();
  if (text.length > BODY_CHARS_MAX) return undefined;
  try {
    const value: unknown = text === "" ? {} : JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

/** Counted on its own, outside the transaction: an attempt counts whatever becomes of it. */
function attempt(desk: Desk, { path, body, ip }: Pick<Ask, "path" | "body" | "ip">): Promise<Wait> {
  const now = desk.wall.now();
  return path === "/sign-in/email"
    ? trySignIn(desk.store.db, { ip, email: emailOf(body), now })
    : tryOther(desk.store.db, { ip, now });
}

const emailOf = (body: Body): string => (typeof body["email"] === "string" ? body["email"].trim().toLowerCase() : "");

function forwarded(request: Request, body: Body): Request {
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  if (request.method !== "POST") return new Request(request.url, { method: request.method, headers });
  headers.set("content-type", "application/json");
  return new Request(request.url, { method: "POST", headers, body: JSON.stringify(body) });
}

async function serve(tx: Tx, part: Omit<Ask, "before">, run: (body: Body) => Promise<Response>): Promise<Response> {
  const before = await signedIn(part.desk, tx, Object.fromEntries(part.headers));
  const ask = { ...part, before };
  const refused = await refuseFirst(ask);
  if (refused) return refused;
  const response = await run(sentBody(ask));
  // The answer is the library's; a failure of its own must not leave half of what it did behind.
  if (response.status >= 500) throw new Error(`sign-in failed at ${ask.path} with ${response.status}`);
  const answer = { status: response.status, body: await jsonOf(response), headers: response.headers };
  const events = await eventsOf(tx, ask, answer);
  if (ask.path === "/sign-in/email" && response.ok) await clearSignIn(tx, { ip: ask.ip, email: emailOf(ask.body) });
  await appendEvents(tx, events);
  return response.ok ? good(answer) : bad(answer);
}

/** What the library does not look at: whether a new password is good, and who may have one. */
async function refuseFirst({ path, body, before }: Ask): Promise<Response | undefined> {
  if (path !== "/change-password" || before === undefined) return undefined;
  if (before.isDemo)
    return problem(409, {
      code: "demo-password",
      detail: "the password of a demo person stays as it is: anyone may use it",
    });
  const checked = await checkPassword(String(body["newPassword"] ?? ""), [before.name, before.email]);
  if (checked.ok) return undefined;
  const { detail, code, fields, facts } = checked.error;
  return problem(400, { code, detail, fields, facts });
}

/** A new password ends all other sessions, unless the person says otherwise. */
const sentBody = ({ path, body }: Ask): Body =>
  path === "/change-password"
    ? { revokeOtherSessions: true, ...body }
    : path === "/sign-in/email"
      ? { ...body, email: emailOf(body) }
      : body;

async function jsonOf(response: Response): Promise<Body> {
  const value: unknown = await response.json().catch(() => ({}));
  return typeof value === "object" && value !== null ? (value as Body) : {};
}

async function eventsOf(tx: Tx, ask: Ask, answer: Answer): Promise<readonly NewEvent[]> {
  const { path, before } = ask;
  const isGood = answer.status < 300;
  if (path === "/sign-in/email")
    return isGood ? signInEvents(tx, ask, { answer, method: "password" }) : failedSignIn(tx, ask);
  if (path.startsWith("/two-factor/verify") && before === undefined)
    return isGood ? signInEvents(tx, ask, { answer, method: path.endsWith("totp") ? "totp" : "backup-code" }) : [];
  if (!isGood || before === undefined) return [];
  const type = OWN_EVENTS[path];
  if (type === undefined || (path === "/two-factor/verify-totp" && before.twoFactor)) return [];
  return [event(ask, { type, person: before, data: { ip: ask.ip } })];
}

/** What a signed-in person changed about their own account. */
const OWN_EVENTS: Readonly<Record<string, NewEvent["type"]>> = {
  "/sign-out": ACCESS_EVENTS.signedOut,
  "/change-password": ACCESS_EVENTS.passwordChanged,
  "/two-factor/verify-totp": ACCESS_EVENTS.twoFactorOn,
  "/two-factor/disable": ACCESS_EVENTS.twoFactorOff,
  "/two-factor/generate-backup-codes": ACCESS_EVENTS.backupCodesRenewed,
};

const event = (
  { desk }: Ask,
  {
    type,
    person,
    data,
  }: {
    readonly type: NewEvent["type"];
    readonly person: { readonly id: string; readonly name: string };
    readonly data: unknown;
  },
): NewEvent => ({
  type,
  actor: actorOfRow(person),
  at: desk.clock.now(),
  subject: personSubject(person.id),
  data,
});

async function signInEvents(
  tx: Tx,
  ask: Ask,
  { answer, method }: { readonly answer: Answer; readonly method: string },
): Promise<readonly NewEvent[]> {
  // With a second factor still to come nobody is signed in yet, and the answer names nobody.
  const id = (answer.body["user"] as { id?: unknown } | undefined)?.id;
  const person = typeof id === "string" ? await personById(tx, id) : undefined;
  return person === undefined
    ? []
    : [event(ask, { type: ACCESS_EVENTS.signedIn, person, data: { method, ip: ask.ip } })];
}

/** Only for people of this desk: what strangers type is counted, not written down for ever. */
async function failedSignIn(tx: Tx, { desk, body, ip }: Ask): Promise<readonly NewEvent[]> {
  const person = await personByEmail(tx, emailOf(body));
  if (person === undefined) return [];
  return [
    {
      type: ACCESS_EVENTS.signInFailed,
      actor: SURETY,
      at: desk.clock.now(),
      subject: personSubject(person.id),
      data: { ip },
    },
  ];
}

/** Session tokens are for the cookie alone, which scripts cannot read: none stands in an answer. */
function good({ status, body, headers }: Answer): Response {
  const { token: _token, session, ...rest } = body as Body & { session?: Body };
  const shown = session === undefined || session === null ? {} : { session: { ...session, token: undefined } };
  return Response.json({ ...rest, ...shown }, { status, headers: kept(headers) });
}

function bad({ status, body, headers }: Answer): Response {
  const code = typeof body["code"] === "string" ? body["code"].toLowerCase().replaceAll("_", "-") : `http-${status}`;
  const detail = typeof body["message"] === "string" && body["message"] !== "" ? body["message"] : "this was refused";
  return problem(status, { code, detail }, kept(headers));
}

function kept(headers: Headers): Headers {
  const answer = new Headers({ "cache-control": "no-store" });
  for (const cookie of headers.getSetCookie()) answer.append("set-cookie", cookie);
  return answer;
}

type Refused = { readonly code: string; readonly detail: string; readonly fields?: unknown; readonly facts?: unknown };
function problem(status: number, refused: Refused, headers: Headers = new Headers()): Response {
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  const body = { type: `urn:surety:problem:${refused.code}`, title: "Refused", status, ...refused };
  return new Response(JSON.stringify(body), { status, headers });
}

function tooMany(seconds: number): Response {
  const minutes = Math.ceil(seconds / 60);
  const refused = {
    code: "too-many-attempts",
    detail: `too many attempts: wait ${minutes} min`,
    facts: { minutes, seconds },
  };
  return problem(429, refused, new Headers({ "retry-after": String(seconds) }));
}
