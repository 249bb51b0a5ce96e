import assert from "node:assert/strict";
import { after, test } from "node:test";
import { sql } from "kysely";
import { pino } from "pino";
import { z } from "zod";
import type { Person, Role } from "../access/contract.ts";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { moneyInput } from "../core/wire.ts";
import { appendEvents, readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { downloadRoute, route, type Route, uploadRoute } from "./contract.ts";
import { createServer } from "./server.ts";

const store = await testStore();
await sql`create table thing (name text primary key, minor bigint not null)`.execute(store.db);
const now = Temporal.Instant.from("2026-11-17T02:10:00Z");

let holding = 0;
const bothHold = Promise.withResolvers<undefined>();

/** What the route with a door of its own was asked, and its hold on the answer. */
const asked: (number | undefined)[] = [];
let released = 0;
let held: Promise<void> = Promise.resolve();

const routes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/things",
    permission: "receivables.import",
    summary: "make a thing",
    body: z.strictObject({ name: z.string().min(2, "must have at least 2 letters"), amount: moneyInput }),
    response: z.object({ name: z.string(), count: z.number() }),
    handle: async ({ tx, body, actor }) => {
      if (body.name === "refused") return no("conflict", "thing-refused", "no such luck");
      if (body.name === "broken") throw new Error("bug");
      await sql`insert into thing values (${body.name}, ${body.amount.minor})`.execute(tx);
      await appendEvents(tx, [{ type: "http.thing-made", actor, at: now, subject: { kind: "thing", id: body.name } }]);
      const { rows } = await sql<{ n: bigint }>`select count(*) as n from thing`.execute(tx);
      return ok({ name: body.name, count: Number(rows[0]?.n) });
    },
  }),
  route({
    method: "GET",
    path: "/api/things/:name",
    permission: "desk.read",
    summary: "read a thing",
    params: z.object({ name: z.string() }),
    response: z.object({ name: z.string() }),
    handle: async ({ params }) =>
      params.name === "a" ? ok({ name: "a" }) : no("not-found", "thing-unknown", `there is no thing ${params.name}`),
  }),
  route({
    method: "POST",
    path: "/api/crossed",
    permission: "receivables.import",
    summary: "hold one thing, then take another",
    body: z.strictObject({ hold: z.string(), take: z.string() }),
    response: z.object({ minor: z.string() }),
    handle: async ({ tx, body }) => {
      await sql`update thing set minor = minor + 1 where name = ${body.hold}`.execute(tx);
      if (++holding >= 2) bothHold.resolve(undefined);
      await bothHold.promise;
      const { rows } = await sql<{ minor: bigint }>`update thing set minor = minor + 1 where name = ${body.take}
        returning minor`.execute(tx);
      return ok({ minor: String(rows[0]?.minor) });
    },
  }),
  uploadRoute({
    method: "POST",
    path: "/api/things/file",
    permission: "receivables.import",
    summary: "send a file",
    bodyBytesMax: 10,
    response: z.object({ bytes: z.number() }),
    handle: async ({ body }) => ok({ bytes: body.length }),
  }),
  downloadRoute({
    method: "GET",
    path: "/api/things.csv",
    permission: "audit.export",
    summary: "get a file",
    handle: async () =>
      ok({
        contentType: "text/csv",
        fileName: "åäö.csv",
        chunks: (async function* () {
          yield "a\n";
          yield "b\n";
        })(),
      }),
  }),
  uploadRoute({
    method: "POST",
    path: "/api/things/stream",
    permission: "receivables.import",
    summary: "send much",
    ownTransaction: true,
    admit: (bytes) => {
      asked.push(bytes);
      if (asked.length - released > 1)
        return { ok: false, refusal: { kind: "unavailable", code: "full", detail: "no room" }, retryAfterSeconds: 9 };
      return { ok: true, release: () => void (released += 1) };
    },
    response: z.object({ bytes: z.number(), key: z.string().nullable() }),
    handle: async ({ body, headers, tx }) => {
      assert.equal(tx, store.db, "no transaction is open");
      await held;
      return ok({ bytes: body.length, key: headers["idempotency-key"] ?? null });
    },
  }),
  route({
    method: "GET",
    path: "/api/open",
    permission: "public",
    summary: "anyone",
    response: z.object({ id: z.string() }),
    handle: async ({ person }) => ok({ id: person.id }),
  }),
];

const person = (role: Role): Person => ({
  id: `p-${role}`,
  name: role,
  email: `${role}@example.com`,
  role,
  twoFactor: true,
});
const app = await createServer({
  store,
  clock: { now: () => now },
  routes,
  log: pino({ level: "silent" }),
  version: "test",
  checkAnswers: true,
  personOf: async (headers) => (headers["x-role"] ? person(headers["x-role"] as Role) : undefined),
  health: async () => ({ ok: true, facts: {} }),
});
after(() => app.close());

type Ask = {
  readonly role?: Role;
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};
async function ask(method: "GET" | "POST", url: string, { role, key, body, headers }: Ask = {}) {
  const answer = await app.inject({
    method,
    url,
    headers: {
      ...(role && { "x-role": role }),
      ...(key && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    type: String(answer.headers["content-type"]),
    text: answer.body,
    json: () => JSON.parse(answer.body) as Record<string, unknown>,
    headers: answer.headers,
  };
}
const thing = (name: string) => ({ name, amount: { minor: "1999", currency: "SEK" } });
const things = async () =>
  (await sql<{ name: string }>`select name from thing order by name`.execute(store.db)).rows.map((row) => row.name);

test("the same key gives the first answer and one effect, also when asked at once", async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      ask("POST", "/api/things", { role: "billing-admin", key: "key-00001", body: thing("one") }),
    ),
  );
  assert.deepEqual(new Set(answers.map((a) => `${a.status} ${a.text}`)), new Set(['200 {"name":"one","count":1}']));
  assert.deepEqual(await things(), ["one"]);
  assert.equal((await readEvents(store.db, { limit: 9, typePrefix: "http." })).length, 1);
  const other = await ask("POST", "/api/things", { role: "billing-admin", key: "key-00001", body: thing("two") });
  assert.deepEqual([other.status, other.json()["code"]], [422, "idempotency-key-reused"]);
});

test("a refusal leaves nothing behind, not even its key; a bug neither, and says so without telling inside matters", async () => {
  const refused = await ask("POST", "/api/things", { role: "billing-admin", key: "key-00002", body: thing("refused") });
  assert.deepEqual([refused.status, refused.json()["code"]], [409, "thing-refused"]);
  assert.equal(
    (await ask("POST", "/api/things", { role: "billing-admin", key: "key-00002", body: thing("three") })).status,
    200,
  );
  const broken = await ask("POST", "/api/things", { role: "billing-admin", key: "key-00003", body: thing("broken") });
  assert.equal(broken.status, 500);
  assert.doesNotMatch(broken.text, /bug/);
  assert.match(broken.text, new RegExp(String(broken.headers["x-request-id"])));
  assert.deepEqual(await things(), ["one", "three"]);
});

const refusals: readonly (readonly [string, "GET" | "POST", string, Ask, number, string])[] = [
  ["nobody", "POST", "/api/things", { body: thing("x1") }, 401, "not-signed-in"],
  ["an auditor writing", "POST", "/api/things", { role: "auditor", body: thing("x1") }, 403, "role-may-not"],
  [
    "another site",
    "POST",
    "/api/things",
    { role: "global-admin", body: thing("x1"), headers: { origin: "https://evil.example" } },
    403,
    "cross-site",
  ],
  [
    "a bad key",
    "POST",
    "/api/things",
    { role: "global-admin", key: "short", body: thing("x1") },
    400,
    "idempotency-key-form",
  ],
  ["a short name", "POST", "/api/things", { role: "global-admin", body: thing("x") }, 400, "input-invalid"],
  ["text that is not JSON", "POST", "/api/things", { role: "global-admin", body: "{oops" }, 400, "not-json"],
  ["a missing body", "POST", "/api/things", { role: "global-admin" }, 400, "input-invalid"],
  ["an unknown thing", "GET", "/api/things/zzz", { role: "auditor" }, 404, "thing-unknown"],
  ["an unknown address", "GET", "/api/nothing", { role: "auditor" }, 404, "no-such-address"],
  [
    "a file that is too large",
    "POST",
    "/api/things/file",
    { role: "global-admin", body: "x".repeat(11) },
    413,
    "body-too-large",
  ],
];
for (const [who, method, url, how, status, code] of refusals)
  test(`${who} gets ${status} ${code} as problem details`, async () => {
    const answer = await ask(method, url, how);
    assert.deepEqual([answer.status, answer.json()["code"], answer.json()["status"]], [status, code, status]);
    assert.match(answer.type, /^application\/problem\+json/);
  });

test("bad input names each field, its value and the fix", async () => {
  const answer = await ask("POST", "/api/things", {
    role: "global-admin",
    body: { name: "x", amount: { minor: "1.5", currency: "EURO" }, extra: 1 },
  });
  const fields = answer.json()["fields"] as { field: string; value: string; fix: string }[];
  assert.deepEqual(
    fields.map((f) => [f.field, f.value]),
    [
      ["body.name", '"x"'],
      ["body.amount.minor", '"1.5"'],
      ["body.amount.currency", '"EURO"'],
      ["body.extra", "1"],
    ],
  );
  assert.ok(fields.every((f) => f.fix.length > 5));
});

test("of two writes that wait for each other both come through, each once", async () => {
  await sql`insert into thing values ('left', 0), ('right', 0)`.execute(store.db);
  const cross = (hold: string, take: string) =>
    ask("POST", "/api/crossed", { role: "billing-admin", body: { hold, take } });
  const answers = await Promise.all([cross("left", "right"), cross("right", "left")]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  const { rows } = await sql<{ minor: bigint }>`select minor from thing where name in ('left', 'right')`.execute(
    store.db,
  );
  assert.deepEqual(
    rows.map(({ minor }) => minor),
    [2n, 2n],
  );
  assert.ok(holding > 2, "one of them was ended and tried again");
});

test("files go in and out as they are", async () => {
  assert.deepEqual((await ask("POST", "/api/things/file", { role: "global-admin", body: "åb" })).json(), { bytes: 3 });
  const file = await ask("GET", "/api/things.csv", { role: "auditor" });
  assert.deepEqual(
    [file.text, file.headers["content-disposition"]],
    ["a\nb\n", "attachment; filename*=UTF-8''%C3%A5%C3%A4%C3%B6.csv"],
  );
});

test("health, OpenAPI and public routes need nobody", async () => {
  assert.deepEqual((await ask("GET", "/api/health")).json(), { status: "ready", version: "test" });
  const document = (await ask("GET", "/api/openapi.json")).json() as {
    openapi: string;
    paths: Record<string, Record<string, { parameters: { name: string }[]; requestBody?: object }>>;
  };
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(Object.keys(document.paths), [
    "/api/things",
    "/api/things/{name}",
    "/api/crossed",
    "/api/things/file",
    "/api/things.csv",
    "/api/things/stream",
    "/api/open",
  ]);
  assert.ok(document.paths["/api/things"]?.["post"]?.requestBody);
  assert.deepEqual((await ask("GET", "/api/open")).json(), { id: "anonymous" });
});

test("a route with a door asks before it reads, strangers take no room, and room is given back", async () => {
  const send = (role: Role | undefined, key?: string) =>
    app.inject({
      method: "POST",
      url: "/api/things/stream",
      headers: { ...(role && { "x-role": role }), ...(key && { "idempotency-key": key }) },
      payload: "12345",
    });
  assert.equal((await send(undefined)).statusCode, 401);
  assert.equal((await send("auditor")).statusCode, 403);
  assert.deepEqual(asked, [], "who may not send is not asked about");
  let letGo = (): void => {};
  held = new Promise((done) => (letGo = done));
  const first = send("billing-admin", "key-of-stream");
  while (asked.length === 0) await new Promise((done) => setTimeout(done, 5));
  const second = await send("billing-admin");
  assert.deepEqual(
    [second.statusCode, second.headers["retry-after"], second.json<{ code: string }>().code],
    [503, "9", "full"],
  );
  assert.match(second.headers["content-type"] ?? "", /problem\+json/);
  released += 1;
  letGo();
  assert.deepEqual((await first).json(), { bytes: 5, key: "key-of-stream" });
  assert.equal(released, 2);
  assert.deepEqual(
    (await send("billing-admin", "key-of-stream")).json(),
    { bytes: 5, key: "key-of-stream" },
    "repeats are the handler's own",
  );
  assert.equal((await send("billing-admin", "short")).statusCode, 400);
  assert.deepEqual(asked, [5, 5, 5, 5]);
});
