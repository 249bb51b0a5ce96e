import assert from "node:assert/strict";
import { after, test } from "node:test";
import { sql } from "kysely";
import { pino } from "pino";
import { createServer } from "../http/server.ts";
import { verifyExport } from "../store/audit.ts";
import { testStore } from "../store/testing.ts";
import { GOOD_PASSWORD, testAccess, tokenIn } from "./testing.ts";

const store = await testStore();
const { access } = testAccess(store);
const clock = { now: () => Temporal.Instant.from("2026-11-17T08:00:00Z") };
const app = await createServer({
  store,
  clock,
  routes: access.routes(),
  log: pino({ level: "silent" }),
  version: "test",
  checkAnswers: true,
  personOf: access.personOf,
  extraRefusal: access.extraRefusal,
  authHandler: access.handler,
  health: async () => ({ ok: true, facts: {} }),
});
after(() => app.close());

const HOST = "desk.test:4400";
let cookie = "";
type Sent = { readonly body?: object; readonly headers?: Readonly<Record<string, string>> };
async function send(method: "GET" | "POST" | "DELETE", url: string, { body, headers = {} }: Sent = {}) {
  const answer = await app.inject({
    method,
    url,
    headers: {
      host: HOST,
      origin: `http://${HOST}`,
      ...(cookie && { cookie }),
      ...(body && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body && { payload: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    body: answer.json<Record<string, unknown>>(),
    headers: answer.headers,
    text: answer.body,
  };
}
const cookieOf = (headers: Record<string, unknown>): string =>
  String([headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";

test("every address but those for entering asks who is there", async () => {
  const open = ["/api/welcome", "/api/welcome/link", "/api/welcome/state"];
  for (const { method, path } of access.routes()) {
    const answer = await app.inject({ method, url: path.replaceAll(/:\w+/g, "x"), headers: { host: HOST } });
    assert.equal(answer.statusCode === 401, !open.includes(path), `${method} ${path}: ${answer.statusCode}`);
  }
});

test("the first person enters over HTTP, and a page of another site cannot enter for them", async () => {
  const token = tokenIn(await access.firstRunLink());
  const body = { token, name: "Jonas Wik", email: "jonas@nordvik.se", password: GOOD_PASSWORD };
  assert.equal(
    (await send("POST", "/api/welcome", { body, headers: { origin: "https://evil.example" } })).body["code"],
    "cross-site",
  );
  const entered = await send("POST", "/api/welcome", { body });
  assert.equal(entered.status, 200);
  assert.match(String(entered.headers["set-cookie"]), /; HttpOnly; SameSite=Lax$/);
  cookie = cookieOf(entered.headers);
  assert.equal((await send("GET", "/api/account")).body["email"], "jonas@nordvik.se");
});

test("signing out and in goes through the shell with its cookies", async () => {
  assert.equal((await send("POST", "/api/auth/sign-out", { body: {} })).status, 200);
  assert.equal((await send("GET", "/api/account")).status, 401);
  const wrong = await send("POST", "/api/auth/sign-in/email", {
    body: { email: "jonas@nordvik.se", password: "wrong" },
  });
  assert.deepEqual([wrong.status, wrong.body["code"]], [401, "invalid-email-or-password"]);
  const right = await send("POST", "/api/auth/sign-in/email", {
    body: { email: "jonas@nordvik.se", password: GOOD_PASSWORD },
  });
  assert.equal(right.status, 200);
  cookie = cookieOf(right.headers);
  assert.equal((await send("GET", "/api/account")).status, 200);
});

test("a repeated invitation invites once, and its link lies nowhere", async () => {
  const ask = {
    body: { email: "elin@nordvik.se", role: "admin-agent" },
    headers: { "idempotency-key": "invite-elin-1" },
  };
  const first = await send("POST", "/api/people/invitations", ask);
  const again = await send("POST", "/api/people/invitations", ask);
  assert.deepEqual([first.status, again.status, again.body["code"]], [200, 409, "answer-shown-once"]);
  const { rows } = await sql<{
    all: string;
  }>`select coalesce(string_agg(answer, ''), '') as all from idempotency_key`.execute(store.db);
  assert.doesNotMatch(rows[0]?.all ?? "", new RegExp(tokenIn(first.body["link"])));
  assert.equal(((await send("GET", "/api/people")).body["invitations"] as unknown[]).length, 1);
});

test("an API key reads with its role and writes nothing that takes a person", async () => {
  const made = await send("POST", "/api/api-keys", { body: { name: "reader", role: "global-admin" } });
  const headers = { authorization: `Bearer ${String(made.body["key"])}`, cookie: "" };
  assert.equal((await send("GET", "/api/audit", { headers })).status, 200);
  assert.equal((await send("GET", "/api/people", { headers })).body["code"], "person-required");
  assert.equal(
    (await send("GET", "/api/audit", { headers: { authorization: "Bearer surety_wrong" } })).status,
    401,
    "a wrong key is not saved by a cookie",
  );
});

test("the export is a file that verifies", async () => {
  const answer = await app.inject({ method: "GET", url: "/api/audit/export", headers: { host: HOST, cookie } });
  assert.match(String(answer.headers["content-disposition"]), /surety-audit-20261117T080000Z\.jsonl/);
  const report = await verifyExport(
    (async function* () {
      yield* answer.body.split("\n");
    })(),
  );
  assert.equal(report.ok, true);
});
